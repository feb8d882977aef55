//! By which agreement and system an event was billed, as far as the whole log tells it.

use crate::domain::control::Fact;
use crate::domain::directory::Directory;
use crate::domain::gates::agreement::{Agreements, Claim, Consent};
use crate::domain::instant::Instant;
use crate::domain::names::ServiceId;
use crate::wire::decode::{self, Header};

#[derive(Debug, Default)]
pub struct Told {
    directory: Directory,
    agreements: Agreements,
}

impl Told {
    /// Takes what a control event says of systems and of this customer's agreements.
    pub fn take(&mut self, value: &[u8], headers: &[Header<'_>], customer: &str) {
        let Ok(event) = decode::control(value, headers) else { return };
        match &event.fact {
            Fact::Directory(fact) => {
                self.directory.put(fact);
            }
            Fact::Agreement(fact) if event.subject == customer => {
                self.agreements.put(fact, Instant::MIN);
            }
            _ => {}
        }
    }

    pub fn consent(&self, source: &str, service: &ServiceId, at: Instant) -> Option<Consent> {
        let (system, version) = self.directory.systems_of(source, at).next()?;
        let claim = Claim { supplier: &version.supplier, system, service };
        let agreement = self.agreements.covering(claim, at).0?.clone();
        Some(Consent::new(agreement, system.clone()))
    }
}
