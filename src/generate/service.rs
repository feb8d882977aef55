//! The platform services: which events report them, who uses them, and how much at once.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::municipality::Country;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    Sms,
    Bankid,
    Spar,
    Archive,
    CprLookup,
    CvrLookup,
    Kanta,
    Letter,
    /// Charged by the person.
    Eid,
    Prescription,
    /// Snapshots of what is stored, in bytes.
    Storage,
}

/// Who uses what: country, service, and its share of the country's use.
pub const CHANNELS: [(Country, Service, u64); 14] = [
    (Country::Sweden, Service::Bankid, 45),
    (Country::Sweden, Service::Sms, 35),
    (Country::Sweden, Service::Spar, 8),
    (Country::Sweden, Service::Archive, 12),
    (Country::Sweden, Service::Letter, 1),
    (Country::Sweden, Service::Eid, 4),
    (Country::Sweden, Service::Prescription, 3),
    (Country::Sweden, Service::Storage, 1),
    (Country::Denmark, Service::CprLookup, 55),
    (Country::Denmark, Service::CvrLookup, 25),
    (Country::Denmark, Service::Sms, 20),
    (Country::Finland, Service::Kanta, 45),
    (Country::Finland, Service::Sms, 35),
    (Country::Finland, Service::Archive, 20),
];

/// Bytes: of each pupil's documentation at New Year, and what a day adds. By autumn it is more than is included.
const STORED_PER_PUPIL: u64 = 80_000_000;
const STORED_PER_DAY: u64 = 110_000;

impl Service {
    /// The `CloudEvents` type.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Sms => "se.unikum.sms.sent",
            Self::Bankid => "se.unikum.bankid.auth",
            Self::Spar => "se.unikum.spar.validation",
            Self::Archive => "se.unikum.archive.part",
            Self::CprLookup => "dk.serviceplatformen.sf6004.lookup",
            Self::CvrLookup => "dk.serviceplatformen.sf1530.lookup",
            Self::Kanta => "fi.kanta.document.stored",
            Self::Letter => "se.unikum.letter.sent",
            Self::Eid => "se.unikum.eid.login",
            Self::Prescription => "se.ehalsomyndigheten.prescription.row",
            Self::Storage => "se.unikum.storage.snapshot",
        }
    }

    /// The it-system that reports it.
    pub fn source(self) -> &'static str {
        match self {
            Self::Sms => "//sms.unikum.example",
            Self::Letter => "//brev.unikum.example",
            Self::Bankid | Self::Spar | Self::Eid => "//connect.unikum.example",
            Self::Archive => "//arkiv.unikum.example",
            Self::Storage => "//dokument.unikum.example",
            Self::CprLookup | Self::CvrLookup | Self::Prescription => "//fagsystem.example",
            Self::Kanta => "//klientdata.example",
        }
    }

    /// `pupils` of the customer, and the `day` of the year: what is stored grows by both.
    pub fn quantity(self, rng: &mut ChaCha8Rng, pupils: u64, day: u64) -> u64 {
        match self {
            Self::Bankid | Self::Spar | Self::Eid => 1,
            // Most messages are for one person; now and then a whole school is told at once.
            Self::Sms if rng.random_ratio(1, 50) => rng.random_range(20..400),
            Self::Sms => rng.random_range(1..4),
            Self::Archive => rng.random_range(5..200),
            Self::CprLookup | Self::CvrLookup => rng.random_range(1..20),
            Self::Kanta | Self::Letter | Self::Prescription => rng.random_range(1..5),
            Self::Storage => pupils * (STORED_PER_PUPIL + day * STORED_PER_DAY) + rng.random_range(0..STORED_PER_PUPIL),
        }
    }

    /// How the use went, for services that say so.
    pub fn outcome(self, rng: &mut ChaCha8Rng) -> Option<&'static str> {
        let dice = rng.random_range(0..100);
        match self {
            Self::Sms => Some(if dice < 97 { "delivered" } else { "failed" }),
            Self::Bankid | Self::Eid if dice < 88 => Some("completed"),
            Self::Bankid | Self::Eid => Some(if dice < 96 { "cancelled" } else { "failed" }),
            Self::Spar => Some(if dice < 90 { "match" } else { "mismatch" }),
            Self::Archive | Self::CprLookup | Self::CvrLookup | Self::Kanta | Self::Letter | Self::Prescription | Self::Storage => None,
        }
    }
}
