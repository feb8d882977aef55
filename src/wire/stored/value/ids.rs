//! Event ids: 16 bytes each, big-endian, so that an ordered block can be searched as it lies.

use super::format::Fault;
use crate::domain::lineage::Fingerprint;

const BYTES: usize = 16;

pub(super) fn pack(version: u8, fingerprints: &[Fingerprint]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1 + fingerprints.len() * BYTES);
    bytes.push(version);
    for fingerprint in fingerprints {
        bytes.extend_from_slice(&fingerprint.0.to_be_bytes());
    }
    bytes
}

pub(super) fn unpack(body: &[u8]) -> Result<Vec<Fingerprint>, Fault> {
    let (chunks, rest) = body.as_chunks::<BYTES>();
    if rest.is_empty() {
        Ok(chunks.iter().map(|chunk| Fingerprint(u128::from_be_bytes(*chunk))).collect())
    } else {
        Err(Fault::new("its last event id is not whole"))
    }
}
