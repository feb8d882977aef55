//! Keys of the directory: a number for what the entry is, then its name.

use super::ordered::{KeyReader, KeyWriter};
use crate::domain::directory::{CertificateKey, DirectoryKey};
use crate::domain::names::{PartyId, SystemId};

/// Permanent.
const PARTY: u8 = 1;
const SYSTEM: u8 = 2;
const CERTIFICATE: u8 = 3;

pub(super) fn encode(writer: KeyWriter, key: &DirectoryKey) -> KeyWriter {
    match key {
        DirectoryKey::Party(id) => writer.u8(PARTY).name(id.as_str()),
        DirectoryKey::System(id) => writer.u8(SYSTEM).name(id.as_str()),
        DirectoryKey::Certificate(id) => writer.u8(CERTIFICATE).name(&id.issuer).name(&id.serial),
    }
}

pub(super) fn decode(reader: &mut KeyReader<'_>) -> Option<DirectoryKey> {
    match reader.u8()? {
        PARTY => Some(DirectoryKey::Party(PartyId::new(reader.name()?))),
        CERTIFICATE => {
            let (issuer, serial) = (reader.name()?.to_owned(), reader.name()?.to_owned());
            Some(DirectoryKey::Certificate(CertificateKey { issuer, serial }))
        }
        SYSTEM => Some(DirectoryKey::System(SystemId::new(reader.name()?))),
        _ => None,
    }
}
