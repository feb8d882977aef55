//! Archive plans: document parts older than an age, counted once a year (REQUIREMENTS U22).

use chrono::{Datelike, NaiveDate};

use crate::domain::account::{Account, PeriodKey, Task, TaskKind};
use crate::domain::archive::{ArchiveCount, ArchiveLedger, ArchiveRow};
use crate::domain::catalog::{ArchivePlan, Plan};
use crate::domain::instant::Instant;
use crate::domain::lineage::ENTRY_BYTES;
use crate::domain::metered::{PeriodStatus, Tally};
use crate::domain::money::Money;
use crate::domain::names::ServiceId;
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;
use crate::domain::record::{Basis, Line};

use super::agenda;
use super::customer::Customer;
use super::gate::Part;
use super::issue::Outbox;

/// Parts made or culled.
#[derive(Debug)]
pub struct ArchiveUse<'c> {
    pub plan: &'c Plan,
    pub rules: &'c ArchivePlan,
    pub service: ServiceId,
    pub key: PeriodKey,
    pub part: Part,
    pub time: Instant,
    pub quantity: Quantity,
    pub offset: u64,
    pub entry: [u8; ENTRY_BYTES],
    pub watermark: Instant,
}

/// Counts the parts at their first reference date and all later ones.
/// None if a sum cannot be counted exactly, or the date is out of the calendar's range.
pub fn apply(customer: &mut Customer, using: &ArchiveUse<'_>) -> Option<()> {
    let first = first_reference(&customer.account, using)?;
    let next_open = agenda::first_open_reference(using.plan, using.rules, using.key.zone, using.watermark)?;
    let ledger = customer.archives.change_or(&using.plan.id, ArchiveLedger::default);
    for year in first.year()..=first.year().max(next_open.year() - 1) {
        let reference = using.rules.reference.in_year(year)?;
        let status = if reference < next_open { PeriodStatus::Closed } else { PeriodStatus::Open };
        row_at(ledger, reference, status);
    }
    let mut late = Vec::new();
    for row in ledger.rows.iter_mut().filter(|row| row.reference >= first) {
        let is_late = row.status == PeriodStatus::Closed;
        add(row, using, is_late)?;
        if is_late {
            let (zone, currency) = row.issued_in.unwrap_or((using.key.zone, using.key.currency));
            late.push(PeriodKey { from: row.reference, zone, currency });
        }
    }
    for key in late {
        agenda::schedule_correction(&mut customer.account, using.plan, key, using.watermark);
    }
    schedule(&mut customer.account, using.plan, next_open, using.key);
    customer.account_dirty = true;
    Some(())
}

/// The first reference date R with `creation date + age < R` and `event time < midnight of R`.
fn first_reference(account: &Account, using: &ArchiveUse<'_>) -> Option<NaiveDate> {
    let from = using.part.aged.max(using.key.zone.date_of(using.time));
    let zone = |reference| account.version_on(reference).map_or(using.key.zone, |version| version.zone);
    let counts = |reference: &NaiveDate| using.part.aged < *reference && using.time < zone(*reference).midnight(*reference);
    (from.year()..=from.year() + 1).filter_map(|year| using.rules.reference.in_year(year)).find(counts)
}

/// The row of a reference date; a new one starts with what the row before it counts.
pub fn row_at(ledger: &mut ArchiveLedger, reference: NaiveDate, status: PeriodStatus) -> &mut ArchiveRow {
    let place = ledger.rows.partition_point(|row| row.reference < reference);
    if ledger.rows.get(place).is_none_or(|row| row.reference != reference) {
        let before = place.checked_sub(1).and_then(|place| ledger.rows.get(place));
        let services = before.map_or_else(Vec::new, |row| row.services.iter().map(carried_over).collect());
        ledger.rows.insert(place, ArchiveRow { reference, status, issued_in: None, record: None, services });
    }
    &mut ledger.rows[place]
}

fn carried_over(count: &ArchiveCount) -> ArchiveCount {
    ArchiveCount { late: Tally::default(), ..count.clone() }
}

fn add(row: &mut ArchiveRow, using: &ArchiveUse<'_>, is_late: bool) -> Option<()> {
    let place = row.services.iter().position(|count| count.service == using.service).unwrap_or_else(|| {
        row.services.push(ArchiveCount { service: using.service.clone(), total: Tally::default(), late: Tally::default() });
        row.services.len() - 1
    });
    let count = row.services.get_mut(place)?;
    let signed = if using.part.culled { using.quantity.negated() } else { using.quantity };
    for tally in [Some(&mut count.total), is_late.then_some(&mut count.late)].into_iter().flatten() {
        tally.quantity = tally.quantity.checked_add(signed)?;
        tally.lineage.push(&using.entry, using.offset);
    }
    Some(())
}

/// The year that a reference date charges.
pub fn period(rules: &ArchivePlan, reference: NaiveDate) -> Option<Period> {
    let year = reference.year();
    Some(if rules.advance {
        Period { from: reference, to: rules.reference.in_year(year + 1)? }
    } else {
        Period { from: rules.reference.in_year(year - 1)?, to: reference }
    })
}

/// The lines of a reference date: all that counts, or what came late.
///
/// # Errors
/// Why the record is held: more culled than created, no price, an amount with too many digits.
pub fn lines(
    plan: &Plan,
    rules: &ArchivePlan,
    row: &ArchiveRow,
    key: PeriodKey,
    late: bool,
    outbox: &Outbox<'_>,
) -> Result<Vec<Line>, String> {
    let mut counts: Vec<&ArchiveCount> = row.services.iter().collect();
    counts.sort_by(|a, b| a.service.cmp(&b.service));
    let mut lines = Vec::new();
    for count in counts {
        let tally = if late { &count.late } else { &count.total };
        if !late && tally.quantity < Quantity::ZERO {
            return Err(format!("{} of `{}` is {}: more was culled than created", count.service, plan.id, tally.quantity));
        }
        if !tally.quantity.is_zero() {
            lines.push(line(plan, rules, row.reference, &count.service, tally, key, outbox)?);
        }
    }
    Ok(lines)
}

/// One line; also the zero line of a year without parts.
///
/// # Errors
/// As [`lines`].
pub fn line(
    plan: &Plan,
    rules: &ArchivePlan,
    reference: NaiveDate,
    service: &ServiceId,
    tally: &Tally,
    key: PeriodKey,
    outbox: &Outbox<'_>,
) -> Result<Line, String> {
    let service = outbox.catalog.service(service.as_str()).ok_or_else(|| format!("service {service} is not in the catalog"))?;
    let price = rules.prices.at(reference).and_then(|(_, amounts)| amounts.get(&key.currency));
    let unit_price = *price.ok_or_else(|| format!("`{}` has no price in {} on {reference}", plan.id, key.currency))?;
    let net = Money::line_net(tally.quantity, unit_price, Quantity::ONE, key.currency);
    Ok(Line {
        plan: plan.id.clone(),
        service: Some(service.id.clone()),
        description: rules.heading.clone(),
        quantity: tally.quantity,
        unit: service.unit.clone(),
        unit_price,
        base_quantity: Quantity::ONE,
        net: net.ok_or_else(|| "an amount has too many digits to be exact".to_owned())?,
        vat: plan.vat.clone(),
        period: period(rules, reference).ok_or_else(|| format!("{reference} is out of the calendar's range"))?,
        package: None,
        basis: Basis::new(),
        lineage: tally.lineage,
    })
}

/// Zone and currency of a customer at a reference date.
pub fn key_at(account: &Account, reference: NaiveDate) -> Option<PeriodKey> {
    let version = account.version_on(reference)?;
    Some(PeriodKey { from: reference, zone: version.zone, currency: version.currency })
}

/// Puts the close of a reference date into the agenda, in the zone that the customer has then.
pub fn schedule(account: &mut Account, plan: &Plan, reference: NaiveDate, now: PeriodKey) {
    let key = key_at(account, reference).unwrap_or(PeriodKey { from: reference, ..now });
    agenda::schedule_close(account, plan, reference, key);
}

/// The customer moved, or will: reference dates that are due in the zone of before are due in the new one.
pub fn move_closes(account: &mut Account, plan: &Plan) {
    let waits = |task: &Task| {
        let key = task.period;
        (&task.plan, task.what) == (&plan.id, TaskKind::Close) && task.at == agenda::due(plan, key.from, key.zone)
    };
    let moved: Vec<PeriodKey> = account.agenda.extract_if(.., |task| waits(task)).map(|task| task.period).collect();
    for key in moved {
        schedule(account, plan, key.from, key);
    }
}
