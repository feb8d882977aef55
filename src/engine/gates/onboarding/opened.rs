//! When production is open, worked out once a service and kept: an event asks for a look-up only.

use super::steps::Asking;
use crate::domain::instant::Instant;
use crate::domain::names::ServiceId;
use crate::domain::spans::Spans;

/// Of one customer. It is worked out anew after each fact about it, and when the catalog or the descriptions change.
#[derive(Debug, Default)]
pub struct Opened {
    /// Digest of the catalog, and how often the descriptions had changed.
    known_by: ([u8; 32], u64),
    services: Vec<(ServiceId, Spans)>,
}

impl Opened {
    pub fn forget(&mut self) {
        self.services.clear();
    }

    pub fn contains(&mut self, asking: &Asking<'_>, at: Instant) -> bool {
        let known_by = (asking.world.catalog.digest, asking.world.directory.changes());
        if self.known_by != known_by {
            self.known_by = known_by;
            self.services.clear();
        }
        let id = &asking.service.id;
        if let Some((_, open)) = self.services.iter().find(|(known, _)| known == id) {
            return open.contains(at);
        }
        let open = asking.open();
        let contains = open.contains(at);
        self.services.push((id.clone(), open));
        contains
    }
}
