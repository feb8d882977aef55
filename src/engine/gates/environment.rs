//! Gate `wrong_environment` (REQUIREMENTS P4, P17): does the use come from the environment that it claims? And its door: test
//! use is counted apart, and never charged.

use super::system;
use crate::domain::catalog::Catalog;
use crate::domain::directory::Directory;
use crate::domain::names::SystemId;
use crate::domain::notice::Misplaced;
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::Reason;
use crate::engine::gate::Refusal;
use crate::engine::world::World;

/// Is it test use? On a log of the test environment all is, unless it says otherwise.
#[must_use]
pub fn is_test(event: &UsageEvent<'_>, catalog: &Catalog) -> bool {
    event.environment.is_test(catalog.test_environment)
}

/// Why use that claims to be production waits; none: it may be.
///
/// It is asked before all else that waits: traffic of the other environment is told as that, whatever it lacks too.
pub fn refusal(event: &UsageEvent<'_>, world: &World) -> Option<Refusal> {
    if world.catalog.test_environment {
        let detail = "it says `production` in a log of the external test environment, from which nothing is charged: \
                      send it to the production topic, and write it off here";
        return Some(Refusal::new(Reason::WrongEnvironment, detail));
    }
    let system = world.directory.trial_of(event).filter(|_| !is_registered(event, &world.directory))?;
    let detail = format!(
        "the system `{system}` is connected by trial only at {}, and its use does not say `test`: register the system \
         (tally.it_system.v1, or tally.certificate.v1), or mend it and write this off",
        event.time
    );
    Some(Refusal::new(Reason::WrongEnvironment, detail))
}

/// For production. A source of two systems is too: which one it is, another gate asks.
fn is_registered(event: &UsageEvent<'_>, directory: &Directory) -> bool {
    match &event.certificate {
        Some(_) => system::check(event, directory).is_ok(),
        None => directory.systems_of(&event.source, event.time).next().is_some(),
    }
}

/// The system of test use: that which is connected by trial, or else registered.
pub fn system_of<'d>(event: &UsageEvent<'_>, directory: &'d Directory) -> Option<&'d SystemId> {
    directory.trial_of(event).or_else(|| system::check(event, directory).ok().map(|(system, _)| system))
}

/// What is to be told of an event that says that it is a test: it comes from no trial connection, where its service asks for one.
pub fn untried(event: &UsageEvent<'_>, world: &World) -> Option<(Misplaced, String)> {
    if !is_test(event, &world.catalog) {
        return None;
    }
    let service = world.catalog.service_of_type(&event.kind).filter(|service| service.trial)?;
    if world.directory.trial_of(event).is_some() {
        return None;
    }
    let detail = format!(
        "test use of `{}` at {} comes from no system with a trial connection: connect it (tally.trial.v1), or ask its supplier",
        service.id, event.time
    );
    Some((Misplaced::TestWithoutTrial, detail))
}
