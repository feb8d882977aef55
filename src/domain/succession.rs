//! Customers that merge or split (REQUIREMENTS E1, vector 13): who goes on counting what, from when.

use chrono::NaiveDate;

use super::instant::Instant;
use super::names::{CustomerId, PlanId, ServiceId};
use super::quantity::Quantity;

/// `tally.merger.v1`: the customer ends, and its use counts on the survivor from an instant on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merger {
    pub into: CustomerId,
    pub from: Instant,
    pub actor: String,
    pub reason: String,
}

/// `tally.split.v1`: the customer is divided. It goes on only if it is one of the parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    pub parts: Vec<SplitPart>,
    pub from: Instant,
    pub actor: String,
    pub reason: String,
}

impl Merger {
    /// As the account keeps it, before its instant.
    #[must_use]
    pub fn handover(&self) -> Handover {
        let to = Successors::Survivor(self.into.clone());
        Handover { from: self.from, due: Some(self.from), to, actor: self.actor.clone(), reason: self.reason.clone() }
    }
}

impl Split {
    /// As the account keeps it, before its instant.
    #[must_use]
    pub fn handover(&self) -> Handover {
        let to = Successors::Parts(self.parts.clone());
        Handover { from: self.from, due: Some(self.from), to, actor: self.actor.clone(), reason: self.reason.clone() }
    }
}

/// A customer that comes out of a split, and which share of the units left in pools it gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitPart {
    pub customer: CustomerId,
    /// 0 to 1; the shares of all parts sum to 1, or none has one.
    pub pool_share: Quantity,
}

/// A merger or split of a customer, as its account keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    pub from: Instant,
    /// When its pools are handed over; none: they were.
    pub due: Option<Instant>,
    pub to: Successors,
    pub actor: String,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Successors {
    /// The use of the customer counts here.
    Survivor(CustomerId),
    /// The use of each is its own.
    Parts(Vec<SplitPart>),
}

impl Successors {
    #[must_use]
    pub fn customers(&self) -> Vec<&CustomerId> {
        match self {
            Self::Survivor(into) => vec![into],
            Self::Parts(parts) => parts.iter().map(|part| &part.customer).collect(),
        }
    }
}

impl Handover {
    /// Does it end the customer? Not if that is one of its parts.
    #[must_use]
    pub fn ends(&self, customer: &CustomerId) -> bool {
        !self.to.customers().contains(&customer)
    }
}

/// A customer whose use counts on this one from an instant on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Predecessor {
    pub customer: CustomerId,
    pub from: Instant,
}

/// Document parts that an archive's ledger handed to another customer's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveHandover {
    pub plan: PlanId,
    pub to: CustomerId,
    pub service: ServiceId,
    /// The first reference date at which they count there.
    pub reference: NaiveDate,
    /// How many count then.
    pub parts: Quantity,
}

/// Pupils that count on the survivor of a merger from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PupilHandover {
    pub to: CustomerId,
    pub on: NaiveDate,
    /// Active on that day, as known now.
    pub count: u64,
    pub how: PupilsTaken,
}

/// What is known of those who may be in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PupilsTaken {
    /// Who is in both rosters counts once.
    Roster,
    /// The survivor's are told by numbers: those of the roster are added to the last one of before.
    Added,
    /// Told by numbers here: they count on nobody until a number or a roster of both is told.
    Unknown,
}

impl PupilsTaken {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Roster => "roster",
            Self::Added => "added",
            Self::Unknown => "unknown",
        }
    }
}

/// What a pool handed to another customer's pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolHandover {
    pub plan: PlanId,
    pub to: CustomerId,
    /// Units used, and units bought, that moved: their difference is what is left to use.
    pub used: Quantity,
    pub covered: Quantity,
}
