//! The original of a published suspense record, opened where it is sealed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::ring::KeyRing;
use super::seal::{self, Unopened};
use crate::domain::parked::Origin;
use crate::domain::suspense::Sealed;
use crate::wire::published;

/// What of a suspense record tells its original.
#[derive(Debug, Clone, Deserialize)]
pub struct PublishedOriginal {
    customer: Option<String>,
    origin: published::Origin,
    original: Option<String>,
    original_sealed: Option<PublishedSeal>,
}

#[derive(Debug, Clone, Deserialize)]
struct PublishedSeal {
    key: String,
    person: Option<String>,
    value: Option<String>,
}

impl PublishedOriginal {
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.original_sealed.is_some()
    }

    /// Where it stands in the log.
    #[must_use]
    pub fn origin(&self) -> &published::Origin {
        &self.origin
    }

    #[must_use]
    pub fn customer(&self) -> Option<&str> {
        self.customer.as_deref()
    }

    /// The bytes; none: they were redacted.
    ///
    /// # Errors
    /// See [`Unopened`].
    pub fn open(&self, ring: &KeyRing) -> Result<Option<Vec<u8>>, Unopened> {
        let bytes = |text: &str| STANDARD.decode(text).map_err(|_| Unopened::Damaged);
        let Some(sealed) = &self.original_sealed else { return self.original.as_deref().map(bytes).transpose() };
        let mut person = [0; 16];
        let has_person = sealed.person.as_deref().map(|hex| hex::decode_to_slice(hex, &mut person)).transpose();
        let sealed = Sealed {
            version: sealed.key.parse().map_err(|_| Unopened::Damaged)?,
            person: has_person.map_err(|_| Unopened::Damaged)?.map(|()| person),
            value: sealed.value.as_deref().map(bytes).transpose()?,
        };
        let published::Origin { topic, partition, offset } = self.origin.clone();
        seal::open(ring, self.customer.as_deref(), &Origin { topic, partition, offset }, &sealed).map(Some)
    }
}
