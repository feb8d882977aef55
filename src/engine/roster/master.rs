//! Our numbers against those of the sources (REQUIREMENTS E8).

use std::collections::BTreeSet;

use crate::domain::instant::Instant;
use crate::domain::notice::NoticeKind;
use crate::domain::roster::{Counted, Drift, MasterCount, MasterRow, Roster};
use crate::engine::customer::Customer;
use crate::engine::input::Step;
use crate::engine::issue::Outbox;

use super::{change, entry};

/// Compares, where numbers may differ otherwise than before. Tells what differs when a source has counted, and that
/// nothing does any more as soon as that is so.
pub fn reconcile(customer: &mut Customer, is_told: bool, watermark: Instant, outbox: &mut Outbox<'_>) -> Step<()> {
    let Some(roster) = customer.account.gates.roster.as_deref() else { return Step::Done(()) };
    let is_due = |count: &MasterCount| roster.changed_from.is_some_and(|from| from <= count.on);
    if !is_told && roster.drifts.is_empty() && !roster.masters.iter().any(is_due) {
        return Step::Done(());
    }
    let units: BTreeSet<&str> = roster.masters.iter().flat_map(|count| &count.rows).filter_map(|row| row.unit.as_deref()).collect();
    let wants = entry::missing_units(customer, units);
    if !wants.is_empty() {
        return Step::Missing(wants);
    }
    let drifts: Vec<Drift> = roster.masters.iter().flat_map(|count| drifts(customer, roster, count)).collect();
    let on = roster.masters.iter().map(|count| count.on).max();
    let Some(on) = on.filter(|_| drifts != roster.drifts && (is_told || drifts.is_empty() || roster.drifts.is_empty())) else {
        return Step::Done(());
    };
    change(customer).drifts.clone_from(&drifts);
    let kind = if drifts.is_empty() { NoticeKind::RosterInSync { on } } else { NoticeKind::RosterDrift { on, drifts } };
    outbox.notice(customer, watermark, kind);
    Step::Done(())
}

fn drifts(customer: &Customer, roster: &Roster, count: &MasterCount) -> Vec<Drift> {
    let ours = |row: &MasterRow| {
        let forms = row.form.clone().map(|form| vec![form]);
        match &row.unit {
            // A source counts what is told of this customer, not what came with a merger.
            None => roster.own_on(count.on, forms.as_deref(), Counted::Once),
            Some(unit) => customer.roster.unit(unit).map_or(0, |counts| counts.on(count.on, forms.as_deref(), Counted::Once)),
        }
    };
    let compared = count.rows.iter().map(|row| Drift { row: row.clone(), ours: ours(row) });
    compared.filter(|drift| drift.ours != drift.row.count).collect()
}
