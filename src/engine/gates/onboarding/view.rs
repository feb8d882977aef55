//! How far a customer has come with each service, for people: every gate, since when it is open, and what opens it.

use std::sync::Arc;

use super::steps::{Asking, Step};
use crate::domain::account::Account;
use crate::domain::catalog::{Catalog, Service};
use crate::domain::directory::Directory;
use crate::domain::gates::onboarding::OnboardingRules;
use crate::domain::instant::Instant;
use crate::domain::names::ServiceId;
use crate::domain::spans::Spans;
use crate::engine::world::World;

/// A service that must be activated or taken into use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceView {
    pub service: ServiceId,
    /// Is use at the instant charged, as far as these gates know?
    pub is_open: bool,
    pub gates: Vec<GateView>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateView {
    pub gate: &'static str,
    pub is_open: bool,
    /// Open since; none: it is shut, or always was open.
    pub since: Option<Instant>,
    /// Of a gate that is shut: what opens it. Of a report: what is due.
    pub opens: Option<String>,
    /// False: it is told, and does not keep production shut.
    pub is_asked: bool,
}

/// The gates of all services that have some, at an instant.
#[must_use]
pub fn view(account: &Account, catalog: &Arc<Catalog>, directory: Directory, at: Instant) -> Vec<ServiceView> {
    let world = World { catalog: Arc::clone(catalog), directory };
    let asked = catalog.services.iter().filter(|service| service.activation || service.onboarding.is_some());
    asked.map(|service| of_service(account, service, &world, at)).collect()
}

fn of_service(account: &Account, service: &Service, world: &World, at: Instant) -> ServiceView {
    let activation = service.activation.then(|| of_activation(account, service, at));
    let steps = service.onboarding.as_ref().map(|rules| of_steps(&Asking { account, service, rules, world }, at));
    let gates: Vec<GateView> = activation.into_iter().chain(steps.into_iter().flatten()).collect();
    ServiceView { service: service.id.clone(), is_open: gates.iter().all(|gate| gate.is_open || !gate.is_asked), gates }
}

/// REQUIREMENTS U5.
fn of_activation(account: &Account, service: &Service, at: Instant) -> GateView {
    let own = account.activations.iter().filter(|one| one.service == service.id.as_str());
    let spans = own.fold(Spans::default(), |all, one| all.or(one.from, one.to.unwrap_or(Instant::MAX)));
    gate("activation", &spans, at, || format!("`{}` is not activated at {at}: send tally.activation.v1", service.id))
}

fn of_steps(asking: &Asking<'_>, at: Instant) -> Vec<GateView> {
    let steps = Step::ALL.into_iter().filter(|step| *step != Step::Report);
    let gates = steps.map(|step| gate(step.as_str(), &step.spans(asking), at, || step.cure(asking, at)));
    gates.chain([of_report(asking, at)]).collect()
}

/// The last test that was passed, and whether it was reported: asked for or not, it is due.
fn of_report(asking: &Asking<'_>, at: Instant) -> GateView {
    let OnboardingRules { report_closes, .. } = *asking.rules;
    let tests = asking.told().of_service(&asking.service.id).filter_map(|(_, one)| Some((one.tested()?, one)));
    let last = tests.max_by_key(|(test, _)| *test);
    let reported = last.and_then(|(_, one)| one.reported);
    let opens = match last {
        Some((_, one)) if reported.is_none() => one.due().map(|due| {
            let is = if due <= at { "is overdue since" } else { "is due by" };
            format!("the report of the commissioning test `{}` {is} {due}: send tally.commissioning_report.v1", one.id)
        }),
        Some(_) => None,
        None => Some("nothing is to be reported before the commissioning test is passed".to_owned()),
    };
    let is_closed =
        report_closes && last.is_some() && !Step::Report.spans(asking).contains(at) && Step::Verification.spans(asking).contains(at);
    GateView { gate: Step::Report.as_str(), is_open: reported.is_some(), since: reported, opens, is_asked: is_closed }
}

fn gate(name: &'static str, spans: &Spans, at: Instant, cure: impl FnOnce() -> String) -> GateView {
    let open = spans.around(at);
    let since = open.map(|(from, _)| from).filter(|from| *from > Instant::MIN);
    GateView { gate: name, is_open: open.is_some(), since, opens: open.is_none().then(cure), is_asked: true }
}
