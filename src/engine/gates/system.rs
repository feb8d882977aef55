//! Is the it-system registered that reports the use (REQUIREMENTS P3, P5, P7)?

use crate::domain::directory::{Directory, SystemVersion};
use crate::domain::names::SystemId;
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::Reason;
use crate::engine::gate::Refusal;

/// The system of an event, by its source at event time.
///
/// # Errors
/// `unknown_system`: none is registered with this source, or several are.
pub fn check<'d>(event: &UsageEvent<'_>, directory: &'d Directory) -> Result<(&'d SystemId, &'d SystemVersion), Refusal> {
    let mut systems = directory.systems_of(&event.source, event.time);
    match (systems.next(), systems.next()) {
        (Some(system), None) => Ok(system),
        (None, _) => {
            let detail = format!("no it-system is registered with the source `{}` at {}", event.source, event.time);
            Err(Refusal::new(Reason::UnknownSystem, detail))
        }
        (Some((one, _)), Some((other, _))) => {
            let detail =
                format!("the systems `{one}` and `{other}` are both registered with the source `{}` at {}", event.source, event.time);
            Err(Refusal::new(Reason::UnknownSystem, detail))
        }
    }
}
