//! Gate `not_onboarded` (REQUIREMENTS K1 to K15): is production of the service open for the customer at event time?
//! And its door: an event that is a commissioning test is counted apart, and never charged.

mod deadlines;
mod opened;
pub mod steps;
mod take;
mod test_ids;
mod view;

pub use deadlines::{remind, schedule};
pub use opened::Opened;
pub use take::{Watch, take};
pub use view::{GateView, ServiceView, view};

use self::steps::Asking;
use crate::domain::catalog::Service;
use crate::domain::instant::Instant;
use crate::domain::names::CustomerId;
use crate::domain::notice::{NoticeKind, OnboardingNotice};
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::Reason;
use crate::engine::customer::Customer;
use crate::engine::gate::Refusal;
use crate::engine::gates::system;
use crate::engine::issue::Outbox;
use crate::engine::world::World;

/// What an event's person is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Person {
    /// Of production, as far as is known.
    Real,
    /// A test id that is issued to this customer for this service now, while a test is agreed on (K11).
    OfTest,
    /// A test id, and the customer, the service or the time is another.
    Misused(String),
}

fn person(event: &UsageEvent<'_>, service: &Service, customer: &Customer, world: &World) -> Person {
    let Some(id) = event.person.as_deref().and_then(|person| world.directory.test_id(person)) else { return Person::Real };
    // With a certified system, in production (K8).
    if service.registered
        && let Err(unknown) = system::check(event, &world.directory)
    {
        return Person::Misused(format!("its person is a test id, and {}", unknown.detail));
    }
    // The name that the event gives: after a merger the customer in hand is another one.
    let spans = id.spans(&CustomerId::new(&event.subject), &service.id);
    if !spans.contains(event.time) {
        return Person::Misused(format!(
            "its person is a test id that is not issued to `{}` for `{}` at {}: tell with tally.test_id_issue.v1, or write it off",
            event.subject, service.id, event.time
        ));
    }
    if !customer.account.gates.onboarding.is_test_window(&service.id, &event.source, event.time) {
        return Person::Misused(format!(
            "its person is a test id, and no commissioning test of `{}` is agreed on for {} with `{}`: send tally.commissioning_plan.v1, or write it off",
            service.id, event.time, event.source
        ));
    }
    Person::OfTest
}

/// The service of an event that names a person, if it asks to be taken into use.
fn asking<'w>(event: &UsageEvent<'_>, service: Option<&'w Service>) -> Option<&'w Service> {
    event.person.as_ref()?;
    service.filter(|service| service.onboarding.is_some())
}

/// Is the event a commissioning test? By id **and** customer **and** time (K11); never, where the catalog does not ask.
pub fn is_test(event: &UsageEvent<'_>, service: Option<&Service>, customer: &Customer, world: &World) -> bool {
    asking(event, service).is_some_and(|service| person(event, service, customer, world) == Person::OfTest)
}

/// Why the event waits; none: production is open for it.
pub fn refusal(event: &UsageEvent<'_>, service: &Service, customer: &mut Customer, world: &World) -> Option<Refusal> {
    let rules = service.onboarding.as_ref()?;
    if let Person::Misused(why) = person(event, service, customer, world) {
        return Some(Refusal::new(Reason::NotOnboarded, why));
    }
    let Customer { account, onboarded, .. } = customer;
    let asking = Asking { account, service, rules, world };
    if onboarded.contains(&asking, event.time) {
        return None;
    }
    let (_, cure) = asking.lacks(event.time)?;
    Some(Refusal::new(Reason::NotOnboarded, cure))
}

/// Raises the alarm about an event that waits, if it used a test id where it is none.
pub fn alarm(event: &UsageEvent<'_>, customer: &Customer, watermark: Instant, world: &World, outbox: &mut Outbox<'_>) {
    let Some(service) = asking(event, world.catalog.service_of_type(&event.kind)) else { return };
    let Person::Misused(why) = person(event, service, customer, world) else { return };
    let (source, id) = (event.source.clone().into_owned(), event.id.clone().into_owned());
    let notice = OnboardingNotice::TestIdMisused { service: service.id.clone(), source, id, time: event.time, why };
    outbox.notice(customer, watermark, NoticeKind::Onboarding(notice));
}
