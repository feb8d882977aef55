//! Keys of the directory: a number for what the entry is, then its name.

use super::ordered::{KeyReader, KeyWriter};
use crate::domain::directory::{BrakeScope, CertificateKey, DirectoryKey};
use crate::domain::names::{FreezeId, PartyId, ServiceId, SystemId};

/// Permanent.
const PARTY: u8 = 1;
const SYSTEM: u8 = 2;
const CERTIFICATE: u8 = 3;
const TRIAL: u8 = 4;
const DESCRIPTION: u8 = 5;
const TEST_ID: u8 = 6;
const BRAKE: u8 = 7;
const FREEZE: u8 = 8;

/// What a brake is of. Permanent.
const ALL: u8 = 1;
const SERVICE: u8 = 2;
const SOURCE: u8 = 3;

pub(super) fn encode(writer: KeyWriter, key: &DirectoryKey) -> KeyWriter {
    match key {
        DirectoryKey::Party(id) => writer.u8(PARTY).name(id.as_str()),
        DirectoryKey::System(id) => writer.u8(SYSTEM).name(id.as_str()),
        DirectoryKey::Certificate(id) => writer.u8(CERTIFICATE).name(&id.issuer).name(&id.serial),
        DirectoryKey::Trial(id) => writer.u8(TRIAL).name(id.as_str()),
        DirectoryKey::Description(service) => writer.u8(DESCRIPTION).name(service.as_str()),
        DirectoryKey::TestId(id) => writer.u8(TEST_ID).name(id),
        DirectoryKey::Brake(BrakeScope::All) => writer.u8(BRAKE).u8(ALL),
        DirectoryKey::Brake(BrakeScope::Service(id)) => writer.u8(BRAKE).u8(SERVICE).name(id.as_str()),
        DirectoryKey::Brake(BrakeScope::Source(source)) => writer.u8(BRAKE).u8(SOURCE).name(source),
        DirectoryKey::Freeze(id) => writer.u8(FREEZE).name(id.as_str()),
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
        TRIAL => Some(DirectoryKey::Trial(SystemId::new(reader.name()?))),
        DESCRIPTION => Some(DirectoryKey::Description(ServiceId::new(reader.name()?))),
        TEST_ID => Some(DirectoryKey::TestId(reader.name()?.to_owned())),
        BRAKE => brake(reader).map(DirectoryKey::Brake),
        FREEZE => Some(DirectoryKey::Freeze(FreezeId::new(reader.name()?))),
        _ => None,
    }
}

fn brake(reader: &mut KeyReader<'_>) -> Option<BrakeScope> {
    match reader.u8()? {
        ALL => Some(BrakeScope::All),
        SERVICE => Some(BrakeScope::Service(ServiceId::new(reader.name()?))),
        SOURCE => Some(BrakeScope::Source(reader.name()?.to_owned())),
        _ => None,
    }
}
