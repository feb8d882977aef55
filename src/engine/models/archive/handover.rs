//! A merger: the parts of an archive count on the survivor from the next reference date on.

use chrono::{Datelike, NaiveDate};

use super::{row_at, schedule};
use crate::domain::account::PeriodKey;
use crate::domain::archive::{ArchiveCount, ArchiveLedger, ArchiveRow};
use crate::domain::catalog::{ArchivePlan, Plan};
use crate::domain::cell::{PeriodStatus, Tally};
use crate::domain::instant::Instant;
use crate::engine::agenda;
use crate::engine::customer::Customer;
use crate::engine::models::Billing;

/// The first reference date from an instant on that is not due.
pub fn first(rules: &ArchivePlan, plan: &Plan, customer: &Customer, from: Instant, watermark: Instant) -> Option<NaiveDate> {
    let zone = customer.account.versions.last()?.zone;
    let timetable = rules.timetable(&customer.account)?;
    let open = agenda::first_open(plan, timetable, zone, watermark)?.to;
    let from = zone.date_of(from);
    (open.year()..=from.year() + 1).filter_map(|year| rules.reference.in_year(year)).find(|date| *date >= from && *date >= open)
}

/// Leaves nothing from the date on. Its own lineage stays with a customer: only quantities move.
pub fn give(plan: &Plan, customer: &mut Customer, first: NaiveDate) -> Vec<ArchiveRow> {
    let Some(ledger) = customer.archives.change(&plan.id) else { return Vec::new() };
    row_at(ledger, first, PeriodStatus::Open);
    let rows = ledger.rows.iter_mut().filter(|row| row.reference >= first);
    rows.map(|row| ArchiveRow { services: std::mem::take(&mut row.services), ..row.clone() }).collect()
}

/// Adds what was given to each reference date.
pub fn take(plan: &Plan, customer: &mut Customer, given: &[ArchiveRow]) -> Option<()> {
    let Some(first) = given.first().filter(|_| given.iter().any(|row| !row.services.is_empty())) else { return Some(()) };
    let ledger = customer.archives.change_or(&plan.id, ArchiveLedger::default);
    for row in given {
        row_at(ledger, row.reference, PeriodStatus::Open);
    }
    for row in ledger.rows.iter_mut().filter(|row| row.reference >= first.reference) {
        // A date between two rows counts as the row before it.
        let counts = given.iter().rfind(|one| one.reference <= row.reference).map_or(&[][..], |one| &one.services);
        for count in counts {
            add(row, count)?;
        }
    }
    let version = customer.account.version_on(first.reference)?;
    let key = PeriodKey { from: first.reference, zone: version.zone, currency: version.currency };
    schedule(&mut customer.account, plan, first.reference, key);
    customer.account_dirty = true;
    Some(())
}

fn add(row: &mut ArchiveRow, given: &ArchiveCount) -> Option<()> {
    let place = row.services.iter().position(|count| count.service == given.service).unwrap_or_else(|| {
        row.services.push(ArchiveCount { service: given.service.clone(), total: Tally::default(), late: Tally::default() });
        row.services.len() - 1
    });
    let total = &mut row.services.get_mut(place)?.total;
    total.quantity = total.quantity.checked_add(given.total.quantity)?;
    Some(())
}
