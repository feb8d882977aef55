//! Keyed pseudonyms: what stands for a person in `data.person` and in rosters.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::ring::KeyVersion;
use super::scope::Scope;
use super::secret::Secret;

/// How every pseudonym of ours begins: the first form of them.
pub const PSEUDONYM_PREFIX: &str = "p1-";
const LABEL: &[u8] = b"tally/pseudonym/1";
/// Bytes of the HMAC that are kept: 128 bits.
const KEPT: usize = 16;

/// The pseudonym of a person of a customer: `p1-<key version>-<32 hex digits>`, the first 16 bytes of an
/// HMAC-SHA-256 of the id. The same person of another customer has another one. None: the keys were shredded.
///
/// Hex and not base64url, because no run of 32 hex digits can be taken for a personal number.
#[must_use]
pub fn pseudonym(version: &KeyVersion, customer: &str, id: &str) -> Option<String> {
    let key = version.pseudonyms.leaf(Scope::Customer(customer).path())?;
    let digest = keyed(&key, &[LABEL, id.as_bytes()]);
    let hex = hex::encode(digest.bytes().split_at(KEPT).0);
    Some(format!("{PSEUDONYM_PREFIX}{}-{hex}", version.number))
}

/// HMAC-SHA-256 over the parts, each after its length.
pub(super) fn keyed(key: &Secret, parts: &[&[u8]]) -> Secret {
    // A key of 32 bytes is of a good length, and any length is.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.bytes()) else { return key.clone() };
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    Secret::new(mac.finalize().into_bytes().into())
}
