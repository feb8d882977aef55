//! Archive plans: document parts older than an age, counted once a year (REQUIREMENTS U22).

use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

use crate::domain::account::{Account, PeriodKey, Task, TaskKind};
use crate::domain::archive::{ArchiveCount, ArchiveIssued, ArchiveLedger, ArchiveRow};
use crate::domain::catalog::{ArchivePlan, Plan};
use crate::domain::cell::{PeriodStatus, Tally};
use crate::domain::charge::{Charge, IssuedCharge, PriceKey};
use crate::domain::control::CustomerVersion;
use crate::domain::instant::Instant;
use crate::domain::period::{Cycle, Period, PeriodLength};
use crate::domain::record::{RecordKind, RecordRef};
use crate::domain::state::StateKey;
use crate::domain::timetable::Timetable;
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::Reason;

use super::{Asked, Billing, Closing, Counted, Priced, Share};
use crate::engine::agenda;
use crate::engine::cell::{self, Scope};
use crate::engine::close::{issued_for, issued_in};
use crate::engine::customer::Customer;
use crate::engine::gate::{Admitted, Refusal};
use crate::engine::issue::Outbox;
use crate::engine::rerate::Again;
use crate::engine::settle;

mod handover;
mod reference;

use self::reference::Reference;

/// A part counts from a reference date on, for good: so the plan keeps a ledger of reference dates
/// instead of periods, and says itself what each owes.
impl Billing for ArchivePlan {
    /// Years that end at the reference date.
    fn timetable(&self, _account: &Account) -> Option<Timetable> {
        Some(Timetable::arrears(Cycle { length: PeriodLength::Year, starts: self.reference }))
    }

    fn applies_to(&self, version: &CustomerVersion) -> bool {
        self.prices.iter().any(|row| row.price.contains_key(&version.currency))
    }

    fn owed(&self, _scope: &Scope<'_>) -> Result<Vec<Charge>, String> {
        Ok(Vec::new())
    }

    fn own_fault(&self, event: &UsageEvent<'_>) -> Result<(), Refusal> {
        part(event, self).map(|_| ())
    }

    /// Priced at its reference date, not now.
    fn price_of(&self, asked: &Asked<'_>) -> Option<Priced> {
        let day = asked.day.date;
        Some(Priced { period: Period::day(day), price: PriceKey { from: day, group: None } })
    }

    fn mark(&self, event: &UsageEvent<'_>) -> (u8, i32) {
        part(event, self).map_or((0, 0), |part| (if part.culled { 2 } else { 1 }, part.created.to_epoch_days()))
    }

    fn state_of(&self, customer: &Customer, admitted: &Admitted<'_>) -> Option<StateKey> {
        ledger_of(customer, &admitted.plan.id)
    }

    fn count(&self, customer: &mut Customer, counted: &Counted<'_>, _outbox: &mut Outbox<'_>) -> Option<()> {
        self.take_in(customer, counted)
    }

    fn awaited_from(&self, period: Period) -> Option<NaiveDate> {
        Some(period.to)
    }

    fn follow(&self, plan: &Plan, customer: &mut Customer, _since: Instant, watermark: Instant) {
        customer.account_dirty |= move_closes(&mut customer.account, plan);
        customer.account_dirty |= retry_held(&mut customer.account, plan, watermark);
        self.schedule_zero(plan, customer, watermark);
    }

    fn state_to_close(&self, customer: &Customer, task: &Task) -> Vec<StateKey> {
        ledger_of(customer, &task.plan).into_iter().collect()
    }

    fn goes_with_mergers(&self) -> bool {
        true
    }

    fn state_to_hand_over(&self, plan: &Plan, customer: &Customer) -> Option<StateKey> {
        ledger_of(customer, &plan.id)
    }

    fn first_handed_over(&self, plan: &Plan, customer: &Customer, from: Instant, watermark: Instant) -> Option<NaiveDate> {
        handover::first(self, plan, customer, from, watermark)
    }

    fn give(&self, plan: &Plan, customer: &mut Customer, first: NaiveDate) -> Vec<ArchiveRow> {
        handover::give(plan, customer, first)
    }

    fn take(&self, plan: &Plan, customer: &mut Customer, given: &[ArchiveRow]) -> Option<()> {
        handover::take(plan, customer, given)
    }

    fn state_to_rerate(&self, again: &Again<'_>, customer: &Customer) -> Vec<StateKey> {
        ledger_of(customer, &again.plan.id).into_iter().collect()
    }

    fn rerate(&self, again: &Again<'_>, customer: &mut Customer) -> u64 {
        let Some(ledger) = customer.archives.get(&again.plan.id) else { return 0 };
        let of_span = |row: &&ArchiveRow| {
            let period = self.period(row.reference);
            row.status == PeriodStatus::Closed && period.is_some_and(|period| period.intersect(&again.span).is_some())
        };
        let closed: Vec<&ArchiveRow> = ledger.rows.iter().filter(of_span).collect();
        let reckoned = closed.len() as u64;
        let places = |row: &&ArchiveRow| issued_places(row).chain(key_at(&customer.account, row.reference)).collect::<Vec<_>>();
        let keys: Vec<PeriodKey> = closed.iter().flat_map(places).collect();
        for key in &keys {
            agenda::schedule_correction(&mut customer.account, again.plan, *key, again.watermark);
            customer.account_dirty = true;
        }
        reckoned
    }

    fn issued(&self, customer: &Customer, task: &Task) -> Vec<IssuedCharge> {
        let rows = customer.archives.get(&task.plan).into_iter().flat_map(|ledger| &ledger.rows);
        let issued = rows.filter(|row| row.reference == task.period.from).flat_map(|row| &row.issued);
        let here = issued.filter(|issued| (issued.zone, issued.currency) == (task.period.zone, task.period.currency));
        here.flat_map(|issued| issued.charges.iter().cloned()).collect()
    }

    fn prepare(&self, closing: Closing<'_>, outbox: &Outbox<'_>) -> Result<Option<Share>, String> {
        self.prepare_reference(closing, outbox)
    }

    fn settle(&self, customer: &mut Customer, share: &Share, record: Option<RecordRef>) {
        let Some(ledger) = customer.archives.change(&share.task.plan) else { return };
        let row = row_at(ledger, share.key.from, PeriodStatus::Closed);
        let PeriodKey { zone, currency, .. } = share.key;
        row.issued.retain(|issued| (issued.zone, issued.currency) != (zone, currency));
        if !share.issued.is_empty() {
            row.issued.push(ArchiveIssued { zone, currency, charges: share.issued.clone() });
        }
        row.services.iter_mut().for_each(|count| count.late = Tally::default());
        row.status = PeriodStatus::Closed;
        if share.task.what == TaskKind::Close {
            row.record = record;
        }
    }

    fn hold(&self, customer: &mut Customer, task: &Task) -> Option<PeriodStatus> {
        let ledger = customer.archives.change(&task.plan)?;
        let row = row_at(ledger, task.period.from, PeriodStatus::Open);
        let was = row.status;
        row.status = was.held();
        Some(was)
    }
}

fn ledger_of(customer: &Customer, plan: &crate::domain::names::PlanId) -> Option<StateKey> {
    (!customer.archives.is_resident(plan)).then(|| StateKey::Archive(customer.id.clone(), plan.clone()))
}

/// A change of the archive: document parts of one creation date, made or culled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    created: NaiveDate,
    /// The date whose passing makes the parts count: creation date + the plan's age.
    aged: NaiveDate,
    culled: bool,
}

fn part(event: &UsageEvent<'_>, rules: &ArchivePlan) -> Result<Part, Refusal> {
    let bad = |detail: &str| Refusal::new(Reason::BadData, detail);
    let created =
        event.created.as_deref().ok_or_else(|| bad("data.created is missing: the creation date of the document parts, YYYY-MM-DD"))?;
    let well_formed = created.len() == 10 && created.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let date = NaiveDate::from_str(created).ok().filter(|_| well_formed);
    let created = date.ok_or_else(|| bad("data.created is not a date: write YYYY-MM-DD"))?;
    let aged = rules.older_than.after_date(created).ok_or_else(|| bad("data.created is too far in the future"))?;
    let culled = match event.action.as_deref() {
        None | Some("created") => false,
        Some("culled") => true,
        Some(_) => return Err(bad("data.action is neither `created` nor `culled`")),
    };
    Ok(Part { created, aged, culled })
}

impl ArchivePlan {
    /// Counts the parts at their first reference date and all later ones.
    /// None if a sum cannot be counted exactly, or the date is out of the calendar's range.
    fn take_in(&self, customer: &mut Customer, counted: &Counted<'_>) -> Option<()> {
        let (admitted, using) = (counted.admitted, counted.using);
        let (plan, key) = (admitted.plan, admitted.key);
        let part = part(using.event, self).ok()?;
        let first = self.first_reference(&customer.account, counted, part)?;
        let timetable = self.timetable(&customer.account)?;
        let next_open = agenda::first_open(plan, timetable, key.zone, using.done_until)?.to;
        let ledger = customer.archives.change_or(&plan.id, ArchiveLedger::default);
        for year in first.year()..=first.year().max(next_open.year() - 1) {
            let reference = self.reference.in_year(year)?;
            let status = if reference < next_open { PeriodStatus::Closed } else { PeriodStatus::Open };
            row_at(ledger, reference, status);
        }
        let mut late = Vec::new();
        for row in ledger.rows.iter_mut().filter(|row| row.reference >= first) {
            let is_late = row.status == PeriodStatus::Closed;
            add(row, counted, part, is_late)?;
            if is_late {
                late.push(key_at(&customer.account, row.reference).unwrap_or(PeriodKey { from: row.reference, ..key }));
            }
        }
        for key in late {
            agenda::schedule_correction(&mut customer.account, plan, key, using.done_until);
        }
        schedule(&mut customer.account, plan, next_open, key);
        customer.account_dirty = true;
        Some(())
    }

    /// The first reference date R with `creation date + age < R` and `event time < midnight of R`.
    fn first_reference(&self, account: &Account, counted: &Counted<'_>, part: Part) -> Option<NaiveDate> {
        let (key, time) = (counted.admitted.key, counted.using.event.time);
        let from = part.aged.max(key.zone.date_of(time));
        let zone = |reference| account.version_on(reference).map_or(key.zone, |version| version.zone);
        let counts = |reference: &NaiveDate| part.aged < *reference && time < zone(*reference).midnight(*reference);
        (from.year()..=from.year() + 1).filter_map(|year| self.reference.in_year(year)).find(counts)
    }

    /// The year that a reference date charges.
    fn period(&self, reference: NaiveDate) -> Option<Period> {
        let year = reference.year();
        Some(if self.advance {
            Period { from: reference, to: self.reference.in_year(year + 1)? }
        } else {
            Period { from: self.reference.in_year(year - 1)?, to: reference }
        })
    }

    /// Where years without parts are published, the first one falls due without any.
    fn schedule_zero(&self, plan: &Plan, customer: &mut Customer, watermark: Instant) {
        let account = &mut customer.account;
        let Some(version) = account.versions.iter().find(|version| plan.zero || version.zero) else { return };
        if account.agenda.iter().any(|task| task.plan == plan.id && task.what == TaskKind::Close) {
            return;
        }
        let now = PeriodKey { from: version.from, zone: version.zone, currency: version.currency };
        let start = version.zone.midnight(version.from).max(watermark);
        let open = self.timetable(account).and_then(|timetable| agenda::first_open(plan, timetable, now.zone, start));
        if let Some(open) = open {
            agenda::schedule_close(account, plan, open.to, PeriodKey { from: open.to, ..now });
            customer.account_dirty = true;
        }
    }

    fn prepare_reference(&self, closing: Closing<'_>, outbox: &Outbox<'_>) -> Result<Option<Share>, String> {
        let Closing { customer, plan, task, freezes } = closing;
        let reference = task.period.from;
        let late = task.what == TaskKind::Correct;
        let Some(period) = self.period(reference) else { return Ok(None) };
        let key = if late { Some(task.period) } else { key_at(&customer.account, reference) };
        if !late {
            let next = self.reference.in_year(reference.year() + 1).unwrap_or(reference);
            schedule(&mut customer.account, plan, next, task.period);
        }
        let ledger = customer.archives.change_or(&plan.id, ArchiveLedger::default);
        let row = row_at(ledger, reference, PeriodStatus::Open).clone();
        if !late && row.status == PeriodStatus::Closed {
            return Ok(None);
        }
        let key = key.ok_or_else(|| format!("customer `{}` is not known on {reference}", customer.id))?;
        let at = Reference { rules: self, plan, period, key, account: &customer.account, outbox };
        // A change of zone or currency was told late: what was issued in the old one is taken back.
        let is_elsewhere = late && key_at(&customer.account, reference).is_some_and(|own| own != key);
        let owed = if is_elsewhere { Vec::new() } else { at.charges(&row, late)? };
        let before = row.issued.iter().find(|issued| (issued.zone, issued.currency) == (key.zone, key.currency));
        let before = before.map_or(&[][..], |issued| &issued.charges);
        let (mut lines, issued) = settle::difference(plan, key.currency, before, &owed)?;
        let ended = customer.account.ended_by(&customer.id, key.zone.midnight(reference)).is_some();
        if !late && lines.is_empty() && !ended && cell::is_zero_published(&customer.account, plan, reference) {
            let zero = |service| at.zero_line(service);
            lines = plan.services.iter().map(zero).collect::<Result<_, _>>()?;
        }
        let due = freezes.thawed(agenda::due(plan, reference, key.zone));
        // Its record, unless that stands in another currency.
        let is_of = |record: &RecordRef| issued_in(customer, *record).is_none_or(|place| place == (key.zone, key.currency));
        let preceding = row.record.filter(is_of).or_else(|| issued_for(customer, plan, RecordKind::Annual, period, key, due));
        let share = Share { task: task.clone(), key, kind: RecordKind::Annual, period, lines, issued, preceding, notices: Vec::new() };
        Ok(Some(share))
    }
}

/// The row of a reference date; a new one starts with what the row before it counts.
fn row_at(ledger: &mut ArchiveLedger, reference: NaiveDate, status: PeriodStatus) -> &mut ArchiveRow {
    let place = ledger.rows.partition_point(|row| row.reference < reference);
    if ledger.rows.get(place).is_none_or(|row| row.reference != reference) {
        let before = place.checked_sub(1).and_then(|place| ledger.rows.get(place));
        let services = before.map_or_else(Vec::new, |row| row.services.iter().map(carried_over).collect());
        ledger.rows.insert(place, ArchiveRow { reference, status, issued: Vec::new(), record: None, services });
    }
    &mut ledger.rows[place]
}

fn carried_over(count: &ArchiveCount) -> ArchiveCount {
    ArchiveCount { late: Tally::default(), ..count.clone() }
}

fn add(row: &mut ArchiveRow, counted: &Counted<'_>, part: Part, is_late: bool) -> Option<()> {
    let service = &counted.admitted.service.id;
    let place = row.services.iter().position(|count| count.service == *service).unwrap_or_else(|| {
        row.services.push(ArchiveCount { service: service.clone(), total: Tally::default(), late: Tally::default() });
        row.services.len() - 1
    });
    let count = row.services.get_mut(place)?;
    let quantity = counted.using.quantity;
    let signed = if part.culled { quantity.negated() } else { quantity };
    for tally in [Some(&mut count.total), is_late.then_some(&mut count.late)].into_iter().flatten() {
        tally.quantity = tally.quantity.checked_add(signed)?;
        tally.lineage.push(&counted.entry, counted.using.offset);
    }
    Some(())
}

/// Where a reference date has issued something.
fn issued_places(row: &ArchiveRow) -> impl Iterator<Item = PeriodKey> {
    row.issued.iter().map(|issued| PeriodKey { from: row.reference, zone: issued.zone, currency: issued.currency })
}

/// Zone and currency of a customer at a reference date.
fn key_at(account: &Account, reference: NaiveDate) -> Option<PeriodKey> {
    let version = account.version_on(reference)?;
    Some(PeriodKey { from: reference, zone: version.zone, currency: version.currency })
}

/// Puts the close of a reference date into the agenda, in the zone that the customer has then.
fn schedule(account: &mut Account, plan: &Plan, reference: NaiveDate, now: PeriodKey) {
    let key = key_at(account, reference).unwrap_or(PeriodKey { from: reference, ..now });
    agenda::schedule_close(account, plan, reference, key);
}

/// A fact may be what a held reference date waits for: it is tried with the next input. True if there was one.
fn retry_held(account: &mut Account, plan: &Plan, watermark: Instant) -> bool {
    agenda::retry_closes(account, plan, |task| Some(agenda::due_or_next(plan, task.period.from, task.period.zone, watermark)))
}

/// The customer moved, or will: reference dates that are due in the zone of before are due in the new one.
/// True if one was moved.
fn move_closes(account: &mut Account, plan: &Plan) -> bool {
    let waits = |task: &Task| {
        let key = task.period;
        (&task.plan, task.what) == (&plan.id, TaskKind::Close) && task.at == agenda::due(plan, key.from, key.zone)
    };
    let moved: Vec<PeriodKey> = account.agenda.extract_if(.., |task| waits(task)).map(|task| task.period).collect();
    let is_elsewhere = |key: &PeriodKey| key_at(account, key.from).is_some_and(|now| now != *key);
    let any = moved.iter().any(is_elsewhere);
    for key in moved {
        schedule(account, plan, key.from, key);
    }
    any
}
