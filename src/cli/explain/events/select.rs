//! Which events a line can have counted, in the orders in which it can have counted them.

use super::input::{Event, Input};
use crate::cli::explain::find::Found;
use crate::domain::catalog::{ArchivePlan, Catalog, Model, Plan};
use crate::domain::period::Period;
use crate::domain::zone::Zone;
use crate::wire::published::Line;

/// Candidates for what was counted, the likeliest first.
#[must_use]
pub fn orders<'a>(found: &Found, line: &Line, input: &'a Input, catalog: &Catalog) -> Vec<Vec<&'a Event>> {
    let (Some(offsets), Some(plan)) = (line.lineage.offsets, catalog.plan(&line.plan)) else { return Vec::new() };
    let zone = found.zone.as_deref().and_then(Zone::parse);
    let belongs = |event: &&Event| {
        (offsets.first..=offsets.last).contains(&event.offset) && is_of_service(event, line, plan) && is_of_days(event, line, plan, zone)
    };
    let belongs = |event: &&Event| belongs(event) && is_of_consent(event, line, input);
    let (released, plain): (Vec<&Event>, Vec<&Event>) = input.events.iter().filter(belongs).partition(|event| event.released);
    let mut in_time = released.clone();
    in_time.sort_by_key(|event| event.entry.time);
    let mut in_order: Vec<&Event> = plain.iter().chain(&released).copied().collect();
    in_order.sort_by_key(|event| event.offset);
    let joined = |first: &[&'a Event], second: &[&'a Event]| first.iter().chain(second).copied().collect::<Vec<_>>();
    vec![plain.clone(), joined(&plain, &in_time), joined(&in_time, &plain), in_order]
}

/// A pool is of the whole plan, everything else of a service.
fn is_of_service(event: &Event, line: &Line, plan: &Plan) -> bool {
    match (&line.package, &line.service) {
        (None, Some(service)) => event.service.as_str() == service,
        _ => plan.services.contains(&event.service),
    }
}

/// A pool is of all systems.
fn is_of_consent(event: &Event, line: &Line, input: &Input) -> bool {
    match (&line.package, &line.agreement, &line.system) {
        (None, Some(agreement), Some(system)) => {
            let consent = input.told.consent(&event.source, &event.service, event.entry.time);
            consent.is_some_and(|found| found.agreement().as_str() == agreement && found.system().as_str() == system)
        }
        _ => true,
    }
}

/// Where no zone is known, the offsets have to do.
fn is_of_days(event: &Event, line: &Line, plan: &Plan, zone: Option<Zone>) -> bool {
    let days = Period { from: line.period.from, to: line.period.to.succ_opt().unwrap_or(line.period.to) };
    match (&plan.model, zone) {
        _ if line.package.is_some() => true,
        (Model::Archive(rules), zone) => counts_at_reference(event, rules, days, zone).unwrap_or(false),
        (_, Some(zone)) => days.contains(zone.date_of(event.entry.time)),
        (_, None) => true,
    }
}

fn counts_at_reference(event: &Event, rules: &ArchivePlan, days: Period, zone: Option<Zone>) -> Option<bool> {
    let reference = if rules.advance { days.from } else { days.to };
    let aged = rules.older_than.after_date(event.created?)?;
    Some(aged < reference && zone.is_none_or(|zone| event.entry.time < zone.midnight(reference)))
}
