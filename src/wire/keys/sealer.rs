//! Sealing many originals: the keys of those customers that come again and again are found once.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ring::KeyRing;
use super::seal;
use super::secret::Secret;
use super::tree::Path;
use crate::domain::instant::Instant;
use crate::domain::parked::Origin;
use crate::domain::suspense::Original;

/// Keys that are kept at once.
const KEPT: usize = 1024;

/// Which key: of a version, a customer, and a person.
type KeyName = (u32, Option<String>, Option<Path>);

/// A ring, and keys of it that were used lately; none: shredded.
#[derive(Debug)]
pub struct Sealer {
    ring: Arc<KeyRing>,
    keys: BTreeMap<KeyName, Option<Secret>>,
}

impl Sealer {
    #[must_use]
    pub fn new(ring: Arc<KeyRing>) -> Self {
        Self { ring, keys: BTreeMap::new() }
    }

    #[must_use]
    pub fn ring(&self) -> &Arc<KeyRing> {
        &self.ring
    }

    /// The original as it may be stored and published. One without a log time is sealed with the first
    /// version; one from before the first stays as it is, and so does what is sealed or redacted.
    #[must_use]
    pub fn seal(
        &mut self,
        original: &Original,
        log_time: Option<Instant>,
        customer: Option<&str>,
        person: Option<&str>,
        origin: &Origin,
    ) -> Original {
        let Original::Clear(bytes) = original else { return original.clone() };
        let version = match log_time {
            Some(at) => self.ring.version_at(at),
            None => self.ring.versions().first(),
        };
        let Some(version) = version else { return original.clone() };
        if self.keys.len() >= KEPT {
            self.keys.clear();
        }
        let path = seal::person_path(customer, person);
        let name = (version.number, customer.map(ToOwned::to_owned), path);
        let key = self.keys.entry(name).or_insert_with(|| seal::key(version, customer, path));
        Original::Sealed(seal::seal_with(key.as_ref(), version.number, path, origin, bytes))
    }
}
