//! Sealing of originals: AES-256-GCM-SIV, the same bytes for the same original always.
//!
//! The nonce follows from the place of the input in the log. No two inputs share one, and even if they
//! did, this cipher gives away no more than that two originals are equal.

use aes_gcm_siv::aead::{Aead as _, Payload};
use aes_gcm_siv::{Aes256GcmSiv, KeyInit as _, Nonce};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::pseudonym::keyed;
use super::ring::{KeyRing, KeyVersion};
use super::scope::Scope;
use super::secret::Secret;
use super::tree::Path;
use crate::domain::parked::Origin;
use crate::domain::suspense::Sealed;

const LABEL: &[u8] = b"tally/original/1";

/// Why a sealed original cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unopened {
    #[error("shredded")]
    Shredded,
    #[error("sealed with version {0}, which is not in this key ring")]
    UnknownVersion(u32),
    #[error("damaged, or not sealed with this key ring")]
    Damaged,
}

/// Seals an original with the keys of its customer and, if it names one, its person. Without its value, if
/// one of them was shredded: nothing of it is kept then.
#[must_use]
pub fn seal(version: &KeyVersion, customer: Option<&str>, person: Option<&str>, origin: &Origin, original: &[u8]) -> Sealed {
    let person = person_path(customer, person);
    seal_with(key(version, customer, person).as_ref(), version.number, person, origin, original)
}

pub(super) fn person_path(customer: Option<&str>, person: Option<&str>) -> Option<Path> {
    let (customer, pseudonym) = (customer?, person?);
    Some(Scope::Person { customer, pseudonym }.path())
}

pub(super) fn seal_with(key: Option<&Secret>, version: u32, person: Option<Path>, origin: &Origin, original: &[u8]) -> Sealed {
    let person = person.map(|path| path.0.to_be_bytes());
    let bare = Sealed { version, person, value: None };
    let value = key.and_then(|key| {
        let payload = Payload { msg: original, aad: &associated(&bare) };
        cipher(key)?.encrypt(&nonce(origin), payload).ok()
    });
    Sealed { value, ..bare }
}

/// The original.
///
/// # Errors
/// See [`Unopened`].
pub fn open(ring: &KeyRing, customer: Option<&str>, origin: &Origin, sealed: &Sealed) -> Result<Vec<u8>, Unopened> {
    let version = ring.version(sealed.version).ok_or(Unopened::UnknownVersion(sealed.version))?;
    let value = sealed.value.as_deref().ok_or(Unopened::Shredded)?;
    let person = sealed.person.map(|bytes| Path(u128::from_be_bytes(bytes)));
    let key = key(version, customer, person).ok_or(Unopened::Shredded)?;
    let payload = Payload { msg: value, aad: &associated(sealed) };
    cipher(&key).and_then(|cipher| cipher.decrypt(&nonce(origin), payload).ok()).ok_or(Unopened::Damaged)
}

/// The key of an original; none: it was shredded.
pub(super) fn key(version: &KeyVersion, customer: Option<&str>, person: Option<Path>) -> Option<Secret> {
    let scope = customer.map_or(Scope::Unread, Scope::Customer);
    let of_customer = version.originals.leaf(scope.path())?;
    match person {
        None => Some(keyed(&of_customer, &[LABEL])),
        Some(path) => Some(keyed(&of_customer, &[LABEL, version.originals.leaf(path)?.bytes()])),
    }
}

fn cipher(key: &Secret) -> Option<Aes256GcmSiv> {
    Aes256GcmSiv::new_from_slice(key.bytes()).ok()
}

fn nonce(origin: &Origin) -> Nonce {
    let mut hash = Sha256::new();
    hash.update(LABEL);
    hash.update(origin.topic.as_bytes());
    hash.update([0]);
    hash.update(origin.partition.to_be_bytes());
    hash.update(origin.offset.to_be_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut nonce = Nonce::default();
    nonce.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    nonce
}

/// What must not be changed either.
fn associated(sealed: &Sealed) -> Vec<u8> {
    let person = sealed.person.unwrap_or_default();
    [LABEL, &sealed.version.to_be_bytes(), &[u8::from(sealed.person.is_some())], &person].concat()
}
