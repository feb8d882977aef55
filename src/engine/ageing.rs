//! The age of a customer's oldest waiting event is told when it passes what the catalog names. The age is that of
//! the use: since event time. It needs no event in memory.

use crate::domain::gates::Waiting;
use crate::domain::instant::{Instant, NANOS_PER_MILLISECOND};
use crate::domain::notice::NoticeKind;
use crate::domain::parked::ParkedKey;

use super::customer::Customer;
use super::issue::Outbox;

/// Sets when the oldest is to be looked at next, after waiting events came or went. True if that is another instant.
pub fn follow(customer: &mut Customer, watermark: Instant, ages: &[i64]) -> bool {
    let waiting = &mut customer.account.gates.suspense;
    let due = next(waiting, watermark, ages);
    if waiting.due == due {
        return false;
    }
    waiting.due = due;
    customer.account_dirty = true;
    true
}

/// The age that the oldest passes next; one that it has passed, and that was not told, is told with the next input.
fn next(waiting: &Waiting, watermark: Instant, ages: &[i64]) -> Option<Instant> {
    let oldest = waiting.oldest?;
    let first = ages.iter().find(|age| !was_told(waiting, **age, oldest))?;
    Some(oldest.time.saturating_add(*first).max(watermark.saturating_add(NANOS_PER_MILLISECOND)))
}

fn was_told(waiting: &Waiting, age: i64, oldest: ParkedKey) -> bool {
    waiting.told.contains(&(age, oldest))
}

/// Tells what is due at an instant: the longest age that was passed, once for each event that is the oldest.
pub fn tell(customer: &mut Customer, at: Instant, outbox: &mut Outbox<'_>) {
    let ages = &outbox.catalog.watch.ages;
    let waiting = &mut customer.account.gates.suspense;
    if let Some(oldest) = waiting.oldest {
        let passed = |age: &&i64| oldest.time.saturating_add(**age) <= at && !was_told(waiting, **age, oldest);
        let passed: Vec<i64> = ages.iter().filter(passed).copied().collect();
        // Of those that came before the oldest none waits any more; one that came after it may be the oldest again.
        waiting.told.retain(|(age, told)| ages.contains(age) && *told >= oldest);
        waiting.told.extend(passed.iter().map(|age| (*age, oldest)));
        waiting.told.sort_unstable();
        if let Some(age) = passed.last() {
            let kind = NoticeKind::SuspenseAgeing { age: *age, oldest: oldest.time, waiting: waiting.by_reason.clone() };
            outbox.notice(customer, at, kind);
        }
    }
    customer.account_dirty = true;
    follow(customer, at, ages);
}
