//! Keys of the directory: a number for what the entry is, then its name.

use super::ordered::{KeyReader, KeyWriter};
use crate::domain::directory::DirectoryKey;
use crate::domain::names::{PartyId, ServiceId, SystemId};

/// Permanent.
const PARTY: u8 = 1;
const SYSTEM: u8 = 2;
const DESCRIPTION: u8 = 5;
const TEST_ID: u8 = 6;

pub(super) fn encode(writer: KeyWriter, key: &DirectoryKey) -> KeyWriter {
    match key {
        DirectoryKey::Party(id) => writer.u8(PARTY).name(id.as_str()),
        DirectoryKey::System(id) => writer.u8(SYSTEM).name(id.as_str()),
        DirectoryKey::Description(service) => writer.u8(DESCRIPTION).name(service.as_str()),
        DirectoryKey::TestId(id) => writer.u8(TEST_ID).name(id),
    }
}

pub(super) fn decode(reader: &mut KeyReader<'_>) -> Option<DirectoryKey> {
    match reader.u8()? {
        PARTY => Some(DirectoryKey::Party(PartyId::new(reader.name()?))),
        SYSTEM => Some(DirectoryKey::System(SystemId::new(reader.name()?))),
        DESCRIPTION => Some(DirectoryKey::Description(ServiceId::new(reader.name()?))),
        TEST_ID => Some(DirectoryKey::TestId(reader.name()?.to_owned())),
        _ => None,
    }
}
