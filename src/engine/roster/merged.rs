//! Pupils of a merged customer count on those who come after it, from the day of the merger on (REQUIREMENTS E1, vector 13).
//!
//! Each roster stays a list of its own: what is told of the merged customer, before or after, changes its list, and what
//! that says of a child is copied to the survivors. There a child is in all lists at once, so it counts once. A copy depends
//! on nothing but what it is copied from, so facts and mergers may be told in any order.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::domain::account::Account;
use crate::domain::control::HeadCountKind;
use crate::domain::instant::Instant;
use crate::domain::lineage::Fingerprint;
use crate::domain::names::CustomerId;
use crate::domain::roster::{Copying, Counted, PupilRecord, Taken};
use crate::domain::succession::{Handover, PupilHandover, PupilsTaken, Successors};
use crate::engine::customer::Customer;
use crate::engine::customers::Customers;
use crate::engine::input::{EngineError, Step, Want};
use crate::engine::issue::Outbox;
use crate::engine::partition::Engine;
use crate::engine::succession::{MOST_MERGERS, account_of};

use super::entry::{self, Changes};
use super::{change, tell_plans};

/// A customer on which pupils of a merged one count, from a day on.
pub(super) struct Heir {
    pub customer: CustomerId,
    from: NaiveDate,
    /// The latest merger on the way to it.
    pub since: Instant,
}

/// What becomes of the pupils of a customer that was merged; none: none are known, or a number of both was told.
fn handed_over(old: &Account, survivor: &Account, to: &CustomerId, on: NaiveDate) -> Option<PupilHandover> {
    let count = old.pupils_on(None, on, Counted::Once)?;
    let is_told = |account: &Account| account.gates.roster.as_ref().is_some_and(|roster| roster.is_told());
    let has_own = survivor.gates.roster.as_ref().is_some_and(|roster| roster.since.is_some());
    let mut numbers = survivor.head_counts.iter().filter(|one| one.kind == HeadCountKind::ActivePupils).map(|one| one.on).peekable();
    let is_added = !has_own && numbers.peek().is_some();
    if numbers.any(|day| day >= on) {
        return None;
    }
    let how = match (is_told(old), is_added) {
        (true, true) => PupilsTaken::Added,
        (true, false) => PupilsTaken::Roster,
        (false, _) => PupilsTaken::Unknown,
    };
    Some(PupilHandover { to: to.clone(), on, count, how })
}

fn day_of(account: &Account, at: Instant) -> NaiveDate {
    let version = account.version_at(at).or(account.versions.first());
    version.map_or_else(|| at.to_utc().date_naive(), |version| version.zone.date_of(at))
}

fn merger(account: &Account) -> Option<(&Handover, &CustomerId)> {
    account.handovers.iter().find_map(|handover| match &handover.to {
        Successors::Survivor(into) => Some((handover, into)),
        Successors::Parts(_) => None,
    })
}

/// Many pupils have changed, or the customer was merged: all are to be copied.
pub fn copy_all(customer: &mut Customer) {
    let is_told = customer.account.gates.roster.as_ref().is_some_and(|roster| roster.is_told());
    if is_told && merger(&customer.account).is_some() {
        change(customer).copying = Some(Copying::default());
    }
}

impl Engine {
    /// Goes on with copying all pupils of a customer, if that is to be done. Between two steps it may be committed.
    ///
    /// # Errors
    /// None.
    pub(in crate::engine) fn copy_roster(&mut self, id: &CustomerId) -> Result<Step<()>, EngineError> {
        let Some(customer) = self.customers.get(id.as_str()) else { return Ok(account_of(id)) };
        let Some(Copying { after }) = customer.account.gates.roster.as_ref().and_then(|roster| roster.copying) else {
            return Ok(Step::Done(()));
        };
        let is_new = customer.is_new;
        if after.is_none() {
            // Those that are in memory: the store may not know them yet, or as they are.
            let mut keys: Vec<Fingerprint> = customer.roster.pupils.keys().copied().collect();
            keys.sort_unstable();
            ready!(self.copy_pupils(id, &keys));
        }
        let next = if is_new { None } else { ready!(self.copy_stored(id, after)) };
        let Some((customer, changed)) = self.customers.get_with_list(id.as_str()) else { return Ok(account_of(id)) };
        change(customer).copying = next.map(|after| Copying { after: Some(after) });
        Customers::list(changed, customer);
        // Nothing is wanted: it is only a place to commit at.
        Ok(if next.is_some() { Step::Missing(Vec::new()) } else { Step::Done(()) })
    }

    /// The next ones of the store. After which one it goes on; none: that was the last.
    fn copy_stored(&mut self, id: &CustomerId, after: Option<Fingerprint>) -> Step<Option<Fingerprint>> {
        let Some(customer) = self.customers.get(id.as_str()) else { return account_of(id) };
        let Some(swept) = customer.roster.swept_after(after) else {
            return Step::Missing(vec![Want::Pupils { customer: id.clone(), after }]);
        };
        let (keys, is_end) = (swept.pupils.clone(), swept.is_end);
        if let Step::Missing(wants) = self.copy_pupils(id, &keys) {
            return Step::Missing(wants);
        }
        if let Some(customer) = self.customers.get(id.as_str()) {
            customer.roster.let_go_of_swept();
        }
        Step::Done(keys.last().copied().filter(|_| !is_end))
    }

    /// Copies what is known of these pupils, which are in memory, to all who come after their customer.
    pub(in crate::engine) fn copy_pupils(&mut self, id: &CustomerId, pupils: &[Fingerprint]) -> Step<()> {
        let heirs = match self.heirs_of_roster(id) {
            Step::Done(heirs) => heirs,
            Step::Missing(wants) => return Step::Missing(wants),
        };
        for heir in heirs {
            let Some(customer) = self.customers.get(id.as_str()) else { return account_of(id) };
            let of = rosters(customer, heir.from);
            let known = pupils.iter().filter_map(|pupil| entry::root(customer, *pupil).ok());
            let copies = known.filter_map(|root| Some(customer.roster.pupil(root)?.copies(root, id, heir.from)));
            let children: Vec<Vec<PupilRecord>> = copies.filter(|records| !records.is_empty()).collect();
            if let Step::Missing(wants) = self.take_over_pupils(&heir.customer, &of, &children) {
                return Step::Missing(wants);
            }
        }
        Step::Done(())
    }

    fn take_over_pupils(&mut self, heir: &CustomerId, of: &[Taken], children: &[Vec<PupilRecord>]) -> Step<()> {
        let catalog = Arc::clone(&self.world.catalog);
        let watermark = self.meta.watermark;
        let Some((survivor, changed)) = self.customers.get_with_list(heir.as_str()) else { return account_of(heir) };
        let records = || children.iter().flatten();
        let told = records().filter_map(|record| record.stated.as_ref()).flat_map(|(_, enrolments)| enrolments);
        let wants = entry::missing_of(survivor, records().map(|record| record.pupil), told);
        if !wants.is_empty() {
            return Step::Missing(wants);
        }
        let before = survivor.roster.changes;
        of.iter().for_each(|taken| change(survivor).taken.put(taken));
        children.iter().for_each(|child| take_over(survivor, child));
        let outbox = Outbox { effects: &mut self.effects, sums: &mut self.meta.sums, catalog: &catalog };
        tell_plans(survivor, watermark, &outbox);
        self.roster_changes += survivor.roster.changes.saturating_sub(before);
        Customers::list(changed, survivor);
        self.timers.follow(survivor);
        Step::Done(())
    }

    /// Of a merger that falls due; both customers are in memory.
    pub(in crate::engine) fn pupils_handed_over(&mut self, id: &CustomerId, handover: &Handover) -> Option<PupilHandover> {
        let Successors::Survivor(into) = &handover.to else { return None };
        let old = self.customers.get(id.as_str())?.account.clone();
        let survivor = &self.customers.get(into.as_str())?.account;
        handed_over(&old, survivor, into, day_of(&old, handover.from))
    }

    /// Nearest first; pupils count on none of them before the latest merger on the way to it.
    pub(super) fn heirs_of_roster(&mut self, start: &CustomerId) -> Step<Vec<Heir>> {
        let mut heirs: Vec<Heir> = Vec::new();
        let mut id = start.clone();
        while heirs.len() < MOST_MERGERS {
            let Some(customer) = self.customers.get(id.as_str()) else { return account_of(&id) };
            let account = &customer.account;
            let Some((handover, into)) = merger(account) else { break };
            let day = day_of(account, handover.from);
            let from = heirs.last().map_or(day, |heir| heir.from.max(day));
            let since = heirs.last().map_or(handover.from, |heir| heir.since.max(handover.from));
            id.clone_from(into);
            heirs.push(Heir { customer: id.clone(), from, since });
        }
        Step::Done(heirs)
    }
}

/// Whose rosters count on those who come after a customer from a day on: its own, and those that it took over.
fn rosters(customer: &Customer, from: NaiveDate) -> Vec<Taken> {
    let Some(roster) = &customer.account.gates.roster else { return Vec::new() };
    let own = roster.since.map(|_| Taken { customer: customer.id.clone(), from });
    let taken = roster.taken.customers.iter().map(|taken| Taken { from: taken.from.max(from), ..taken.clone() });
    own.into_iter().chain(taken).collect()
}

/// Puts what merged customers' rosters say of a child beside what this one's own says. All is in memory.
fn take_over(customer: &mut Customer, records: &[PupilRecord]) {
    let roots: BTreeSet<Fingerprint> = records.iter().filter_map(|record| entry::root(customer, record.pupil).ok()).collect();
    let Some(place) = roots.first().copied() else { return };
    let mut after = customer.roster.pupil(place).cloned().unwrap_or_default();
    records.iter().for_each(|record| after.put_taken(record.clone()));
    if roots.len() == 1 && customer.roster.pupil(place) == Some(&after) {
        return;
    }
    let mut changes = Changes::default();
    for root in &roots {
        let before = entry::stand(customer, *root);
        entry::add(customer, &before, -1, &mut changes);
    }
    for other in roots.iter().skip(1) {
        entry::join(customer, *other, place);
    }
    let pupil = customer.roster.pupil_mut(place);
    records.iter().for_each(|record| pupil.put_taken(record.clone()));
    let joined = entry::stand(customer, place);
    entry::add(customer, &joined, 1, &mut changes);
    entry::settle(customer, &changes);
}
