//! What becomes of an input: exactly one verdict each, and the counts that must add up.

use std::fmt;

/// The verdict on a usage input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Counted,
    Duplicate,
    Test,
    Suspended(Reason),
    Undecodable,
}

/// Why an input is in suspense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    Undecodable,
    BadQuantity,
    BadData,
    PersonalData,
    InFuture,
    TooOld,
    /// What it takes back was not counted so, or was taken back already.
    NothingToRetract,
    /// It claims the production environment, and comes from the test environment or stands in its log (REQUIREMENTS P4, P17).
    WrongEnvironment,
    UnknownService,
    UnknownCustomer,
    NotActivated,
    /// No it-system, or no single one, is registered with its source.
    UnknownSystem,
    /// The certificate that it names is none, has expired or is revoked.
    UnknownCertificate,
    /// No approved agreement covers it.
    NoAgreement,
    /// A brake is on (REQUIREMENTS E13).
    Braked,
    NoPrice,
    IncompleteCustomer,
    NotOnboarded,
}

impl Reason {
    pub const ALL: [Self; 18] = [
        Self::Undecodable,
        Self::BadQuantity,
        Self::BadData,
        Self::PersonalData,
        Self::InFuture,
        Self::TooOld,
        Self::NothingToRetract,
        Self::WrongEnvironment,
        Self::UnknownService,
        Self::UnknownCustomer,
        Self::NotActivated,
        Self::UnknownSystem,
        Self::UnknownCertificate,
        Self::NoAgreement,
        Self::NotOnboarded,
        Self::Braked,
        Self::NoPrice,
        Self::IncompleteCustomer,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Undecodable => "undecodable",
            Self::BadQuantity => "bad_quantity",
            Self::BadData => "bad_data",
            Self::PersonalData => "personal_data",
            Self::InFuture => "in_future",
            Self::TooOld => "too_old",
            Self::NothingToRetract => "nothing_to_retract",
            Self::WrongEnvironment => "wrong_environment",
            Self::UnknownService => "unknown_service",
            Self::UnknownCustomer => "unknown_customer",
            Self::NotActivated => "not_activated",
            Self::UnknownSystem => "unknown_system",
            Self::UnknownCertificate => "unknown_certificate",
            Self::NoAgreement => "no_agreement",
            Self::Braked => "braked",
            Self::NoPrice => "no_price",
            Self::IncompleteCustomer => "incomplete_customer",
            Self::NotOnboarded => "not_onboarded",
        }
    }

    /// Does it wait for the world (parked, released by itself), or is it the event's own fault?
    #[must_use]
    pub fn waits(self) -> bool {
        match self {
            Self::WrongEnvironment
            | Self::UnknownService
            | Self::UnknownCustomer
            | Self::NotActivated
            | Self::UnknownSystem
            | Self::UnknownCertificate
            | Self::NoAgreement
            | Self::Braked
            | Self::NoPrice
            | Self::IncompleteCustomer
            | Self::NotOnboarded => true,
            Self::Undecodable
            | Self::BadQuantity
            | Self::BadData
            | Self::PersonalData
            | Self::InFuture
            | Self::TooOld
            | Self::NothingToRetract => false,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The counts of a partition since its beginning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Usage inputs read, without those forwarded to another partition.
    pub inputs: u64,
    pub counted: u64,
    pub duplicate: u64,
    pub test: u64,
    /// Those still in suspense.
    pub suspended: u64,
    pub undecodable: u64,
    /// Those that waited and were given up.
    pub written_off: u64,
    /// Usage inputs that were sent on to the partition of their customer.
    pub forwarded: u64,
    pub records: u64,
    pub notices: u64,
}

impl Sums {
    /// Counts the final or first verdict of an input.
    pub fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Counted => self.counted += 1,
            Verdict::Duplicate => self.duplicate += 1,
            Verdict::Test => self.test += 1,
            Verdict::Suspended(_) => self.suspended += 1,
            Verdict::Undecodable => self.undecodable += 1,
        }
    }

    /// How many inputs have one: all of them.
    #[must_use]
    pub fn verdicts(&self) -> u64 {
        self.counted + self.duplicate + self.test + self.suspended + self.undecodable + self.written_off
    }

    /// Does every input have exactly one verdict? Asserted at every commit.
    #[must_use]
    pub fn add_up(&self) -> bool {
        self.inputs == self.verdicts()
    }

    /// The sums of several partitions.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            inputs: self.inputs + other.inputs,
            counted: self.counted + other.counted,
            duplicate: self.duplicate + other.duplicate,
            test: self.test + other.test,
            suspended: self.suspended + other.suspended,
            undecodable: self.undecodable + other.undecodable,
            written_off: self.written_off + other.written_off,
            forwarded: self.forwarded + other.forwarded,
            records: self.records + other.records,
            notices: self.notices + other.notices,
        }
    }
}
