//! Test use by system and span: it is in no window, and costs nothing (REQUIREMENTS P17).

use std::collections::BTreeMap;

use super::By;
use super::read::Usage;
use super::windows::quarter;
use crate::domain::names::{ServiceId, SystemId};
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;

/// The tests of a service by one system in a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    pub service: ServiceId,
    /// None: no system was known by its source or certificate.
    pub system: Option<SystemId>,
    pub period: Period,
    pub events: u64,
    /// None: it is beyond what can be counted.
    pub quantity: Option<Quantity>,
}

/// By service, system and time. Tests have no hours: of those, their days are shown.
#[must_use]
pub fn sum(usage: &Usage, by: By) -> Vec<Tried> {
    let mut sums: BTreeMap<(ServiceId, Option<SystemId>, Period), (u64, Option<Quantity>)> = BTreeMap::new();
    for day in &usage.days {
        let period = if by == By::Quarter { quarter(day.date) } else { Period::day(day.date) };
        for one in &day.window.tests {
            let sum = sums.entry((day.service.clone(), one.system.clone(), period)).or_insert((0, Some(Quantity::ZERO)));
            *sum = (sum.0.saturating_add(one.events), sum.1.and_then(|known| known.checked_add(one.quantity)));
        }
    }
    let tried = |((service, system, period), (events, quantity))| Tried { service, system, period, events, quantity };
    sums.into_iter().map(tried).filter(|one| one.events > 0).collect()
}
