//! A usage event as decoded: borrowed from its input, nothing allocated for a good one.

use std::borrow::Cow;

use super::instant::Instant;
use super::quantity::Quantity;

/// A decoded usage event (CONTRACT 4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageEvent<'a> {
    /// The it-system; with `id` the dedup key.
    pub source: Cow<'a, str>,
    pub id: Cow<'a, str>,
    /// Selects the service.
    pub kind: Cow<'a, str>,
    /// The customer.
    pub subject: Cow<'a, str>,
    /// Event time.
    pub time: Instant,
    pub recorded: Option<Instant>,
    pub sequence: Option<Cow<'a, str>>,
    /// May be negative here: whether the service allows that, the catalog says.
    pub quantity: Reported<Quantity>,
    /// Length of a text message, for services that are counted in segments; its text is never reported.
    pub characters: Reported<u64>,
    pub encoding: Option<Cow<'a, str>>,
    pub outcome: Option<Cow<'a, str>>,
    pub environment: Environment,
    pub created: Option<Cow<'a, str>>,
    pub action: Option<Cow<'a, str>>,
    /// A keyed pseudonym of who used it.
    pub person: Option<Cow<'a, str>>,
    /// Which part of the service was used: an e-service of its own, where persons are counted.
    pub part: Option<Cow<'a, str>>,
    /// The id of the event of the same source that this one takes back (REQUIREMENTS, vector 7).
    pub retracts: Option<Cow<'a, str>>,
    /// The unit (a school, a store) whose stored bytes a snapshot tells.
    pub unit: Option<Cow<'a, str>>,
    /// Whether stored bytes are in use or archived.
    pub lifecycle: Option<Cow<'a, str>>,
    /// What the call was made with, where that says which it-system it is.
    pub certificate: Option<CertificateRef<'a>>,
    /// The member that holds a personal number, if one does.
    pub personal: Option<&'static str>,
}

/// A certificate as an event names it: a serial number is unique only for its issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRef<'a> {
    pub issuer: Cow<'a, str>,
    pub serial: Cow<'a, str>,
}

/// Characters of a pseudonym: 64 to 512 bits in hex.
const PSEUDONYM: std::ops::RangeInclusive<usize> = 16..=128;

/// Can a text be a keyed pseudonym of a person, e.g. an HMAC-SHA-256 in hex or base64url?
#[must_use]
pub fn is_pseudonym(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    PSEUDONYM.contains(&text.len()) && text.bytes().all(plain)
}

/// A number of `data`, as it was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reported<T> {
    Absent,
    Given(T),
    /// It is not such a number.
    Unreadable,
}

impl<T> Reported<T> {
    /// The number, if it is one.
    #[must_use]
    pub fn given(self) -> Option<T> {
        match self {
            Self::Given(number) => Some(number),
            Self::Absent | Self::Unreadable => None,
        }
    }
}

/// `data.environment`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    Production,
    Test,
    /// It says nothing: that of its log (REQUIREMENTS P4).
    Unsaid,
    /// Neither: verdict `bad_data`, because charging it could be wrong and testing it too.
    Unknown,
}

impl Environment {
    /// Is it test use, on a log of this kind?
    #[must_use]
    pub fn is_test(self, on_test_log: bool) -> bool {
        match self {
            Self::Test => true,
            Self::Unsaid => on_test_log,
            Self::Production | Self::Unknown => false,
        }
    }
}

impl UsageEvent<'_> {
    /// The recorded clock: `recordedtime`, or else `time` (CONTRACT 3).
    #[must_use]
    pub fn recorded_log_time(&self) -> Instant {
        self.recorded.unwrap_or(self.time)
    }
}

/// A usage event that outlives its input: what parking stores and release applies.
pub type OwnedUsage = UsageEvent<'static>;

impl UsageEvent<'_> {
    #[must_use]
    pub fn to_owned(&self) -> OwnedUsage {
        let own = |text: &Cow<'_, str>| Cow::Owned(text.clone().into_owned());
        UsageEvent {
            source: own(&self.source),
            id: own(&self.id),
            kind: own(&self.kind),
            subject: own(&self.subject),
            time: self.time,
            recorded: self.recorded,
            sequence: self.sequence.as_ref().map(own),
            quantity: self.quantity,
            characters: self.characters,
            encoding: self.encoding.as_ref().map(own),
            outcome: self.outcome.as_ref().map(own),
            environment: self.environment,
            created: self.created.as_ref().map(own),
            action: self.action.as_ref().map(own),
            person: self.person.as_ref().map(own),
            part: self.part.as_ref().map(own),
            retracts: self.retracts.as_ref().map(own),
            unit: self.unit.as_ref().map(own),
            lifecycle: self.lifecycle.as_ref().map(own),
            certificate: self.certificate.as_ref().map(|one| CertificateRef { issuer: own(&one.issuer), serial: own(&one.serial) }),
            personal: self.personal,
        }
    }
}
