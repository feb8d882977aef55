//! Brakes that are about no single customer: every partition knows them.

use std::collections::BTreeMap;

use crate::domain::gates::brake::Brake;
use crate::domain::names::ServiceId;

/// Whose use is stopped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BrakeScope {
    All,
    Service(ServiceId),
    /// The `source` of events.
    Source(String),
}

impl BrakeScope {
    /// As control events and notices name it.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Service(_) => "service",
            Self::Source(_) => "source",
        }
    }

    #[must_use]
    pub fn stops(&self, service: &ServiceId, source: &str) -> bool {
        match self {
            Self::All => true,
            Self::Service(own) => own == service,
            Self::Source(own) => own == source,
        }
    }
}

/// Those that are on, for the gate: few, most of the time none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BrakesOn(BTreeMap<BrakeScope, String>);

impl BrakesOn {
    /// Brings one in line.
    pub fn follow(&mut self, scope: &BrakeScope, brake: &Brake) {
        if brake.is_on() {
            let reason = brake.on.as_ref().map(|on| on.reason.clone()).unwrap_or_default();
            self.0.insert(scope.clone(), reason);
        } else {
            self.0.remove(scope);
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &BrakeScope> {
        self.0.keys()
    }

    /// The first one that stops use of a service by a source, and why it is on.
    #[must_use]
    pub fn stops(&self, service: &ServiceId, source: &str) -> Option<(&BrakeScope, &str)> {
        self.0.iter().find(|(scope, _)| scope.stops(service, source)).map(|(scope, reason)| (scope, reason.as_str()))
    }
}
