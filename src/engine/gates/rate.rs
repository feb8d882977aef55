//! Use far outside of a customer's own history, and culls of a large part of its archive, trip the brake
//! (REQUIREMENTS E13, U23): the event that crosses the line waits with all that follow.

use crate::domain::catalog::{Catalog, Model};
use crate::domain::directory::BrakeScope;
use crate::domain::gates::brake::{Brake, BrakeCause};
use crate::domain::gates::rate::{CullsRule, Rate, RateOf, UsageRule};
use crate::domain::instant::NANOS_PER_DAY;
use crate::domain::names::{PlanId, ServiceId};
use crate::domain::quantity::Quantity;
use crate::domain::state::StateKey;
use crate::domain::verdict::Reason;
use crate::engine::customer::Customer;
use crate::engine::gate::{Admitted, Refusal};
use crate::engine::issue::Outbox;
use crate::engine::usage::Use;
use crate::engine::world::World;

use super::brake;

fn culls_rule(admitted: &Admitted<'_>) -> Option<CullsRule> {
    match &admitted.plan.model {
        Model::Archive(rules) => rules.brake,
        _ => None,
    }
}

fn is_cull(using: &Use<'_>) -> bool {
    using.event.action.as_deref() == Some("culled")
}

/// Is it the key of a service's sums? A key that is made for each use costs more than its look-up.
fn is_of(service: &ServiceId, of: RateOf) -> impl Fn(&(ServiceId, RateOf)) -> bool {
    move |(known, counted)| *counted == of && known == service
}

/// The sums that counting this use changes and that are not in memory.
pub fn missing(customer: &Customer, admitted: &Admitted<'_>) -> impl Iterator<Item = StateKey> {
    let service = &admitted.service.id;
    let culls = culls_rule(admitted).map(|_| RateOf::Culls);
    let wanted = admitted.service.brake.map(|_| RateOf::Use).into_iter().chain(culls);
    wanted.filter(|of| !customer.rates.has(is_of(service, *of))).map(|of| StateKey::Rate(customer.id.clone(), service.clone(), of))
}

/// Counts a use into its sums. None if a sum cannot be counted exactly. Days are kept for as long as a late use may be
/// compared with them: it comes within the horizon of ids, and may be dated somewhat ahead.
pub fn count(customer: &mut Customer, admitted: &Admitted<'_>, using: &Use<'_>, catalog: &Catalog) -> Option<()> {
    let service = &admitted.service.id;
    let mut add = |of: RateOf, keep: u16| {
        let late = u16::try_from(catalog.dedupe_horizon / NANOS_PER_DAY + 2).unwrap_or(u16::MAX);
        let rate = customer.rates.change_where(is_of(service, of), || (service.clone(), of), Rate::default);
        rate.add(admitted.day.date, using.quantity, keep.saturating_add(late))
    };
    if let Some(UsageRule { history, .. }) = admitted.service.brake {
        add(RateOf::Use, history)?;
    }
    match culls_rule(admitted) {
        Some(rule) if is_cull(using) => add(RateOf::Culls, rule.within),
        _ => Some(()),
    }
}

/// Trips the brake, if this use crosses the line; it waits then.
pub fn trip(customer: &mut Customer, admitted: &Admitted<'_>, using: &Use<'_>, world: &World, outbox: &mut Outbox<'_>) -> Option<Refusal> {
    let cause = usage(customer, admitted, using, world).or_else(|| culls(customer, admitted, using))?;
    if was_released(customer, admitted, using, world) {
        return None;
    }
    let refusal =
        Refusal::new(Reason::Braked, format!("customer `{}` is braked for `{}`: {}", customer.id, admitted.service.id, cause.why()));
    brake::trip(customer, Some(&admitted.service.id), cause, using.watermark, outbox);
    Some(refusal)
}

fn usage(customer: &Customer, admitted: &Admitted<'_>, using: &Use<'_>, world: &World) -> Option<BrakeCause> {
    let rule = admitted.service.brake.as_ref()?;
    let none = Rate::default();
    let rate = customer.rates.find(is_of(&admitted.service.id, RateOf::Use)).unwrap_or(&none);
    let expected = || world.directory.freezes().expected(admitted.day.start, admitted.day.end);
    let trip = rate.trips(rule, admitted.day.date, using.quantity, expected)?;
    Some(BrakeCause::Usage(trip))
}

fn culls(customer: &Customer, admitted: &Admitted<'_>, using: &Use<'_>) -> Option<BrakeCause> {
    let rule = culls_rule(admitted).filter(|_| is_cull(using))?;
    let none = Rate::default();
    let rate = customer.rates.find(is_of(&admitted.service.id, RateOf::Culls)).unwrap_or(&none);
    let trip = rate.trips_culls(&rule, admitted.day.date, using.quantity, || stored(customer, &admitted.plan.id))?;
    Some(BrakeCause::Culls(trip))
}

/// The document parts of a plan: its last reference date counts all of them.
fn stored(customer: &Customer, plan: &PlanId) -> Quantity {
    let row = customer.archives.get(plan).and_then(|ledger| ledger.rows.last());
    let counts = row.into_iter().flat_map(|row| &row.services).map(|count| count.total.quantity);
    counts.fold(Quantity::ZERO, |sum, count| sum.checked_add(count).unwrap_or(sum))
}

/// Use of a day that had begun when somebody released a brake of it was looked at: it trips no brake again.
fn was_released(customer: &Customer, admitted: &Admitted<'_>, using: &Use<'_>, world: &World) -> bool {
    let (service, begun) = (&admitted.service.id, admitted.day.start);
    let scopes = [BrakeScope::All, BrakeScope::Service(service.clone()), BrakeScope::Source(using.event.source.clone().into_owned())];
    let released = |scope: &BrakeScope| world.directory.brake(scope).and_then(|brake: &Brake| brake.released);
    customer.account.gates.brakes.was_released(service, begun) || scopes.iter().filter_map(released).any(|at| begun <= at)
}
