//! Control events: facts about customers, and ticks (CONTRACT 5).

use chrono::NaiveDate;

use super::currency::Currency;
use super::directory::{BrakeScope, DirectoryFact, FreezeOrder};
use super::erasure::{Erasure, KeysMade};
use super::gates::agreement::AgreementFact;
use super::gates::brake::BrakeOrder;
use super::gates::onboarding::facts::{OnboardingFact, TestIdFact};
use super::instant::Instant;
use super::names::{FreezeId, GroupId, PlanId, ServiceId};
use super::party::{Address, Endpoint};
use super::rerate::Rerate;
use super::roster::RosterFact;
use super::succession::{Merger, Split};
use super::write_off::{Recycle, WriteOff};
use super::zone::Zone;

/// A decoded control event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlEvent {
    pub source: String,
    pub id: String,
    /// The customer; empty for facts about no one in particular (ticks).
    pub subject: String,
    pub time: Instant,
    pub recorded: Option<Instant>,
    pub fact: Fact,
}

impl ControlEvent {
    #[must_use]
    pub fn recorded_log_time(&self) -> Instant {
        self.recorded.unwrap_or(self.time)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// `tally.customer.v1`: a version of the customer's facts.
    Customer(CustomerVersion),
    /// `tally.activation.v1`: a service may be used in `[from, to)`.
    Activation(Activation),
    /// `tally.head_count.v1`.
    HeadCount(HeadCount),
    /// `tally.catalog.v1`: another catalog is in force from here on.
    Catalog(CatalogChange),
    /// `tally.decision.v1`: what somebody decided about a record that is held.
    Decision(Decision),
    /// `tally.rerate.v1`: periods are reckoned again with the catalog in force.
    Rerate(Rerate),
    /// `tally.merger.v1`: the customer ends, another goes on counting its use.
    Merger(Merger),
    /// `tally.split.v1`: the customer is divided.
    Split(Split),
    /// `tally.agreement_request.v1`, `tally.agreement_answer.v1`.
    Agreement(Box<AgreementFact>),
    /// `tally.erasure.v1`: keys were shredded; nothing that is billed changes.
    Erasure(Erasure),
    /// `tally.keys.v1`: keys were made; nothing that is billed changes.
    Keys(KeysMade),
    /// `tally.party.v1`, `tally.it_system.v1`: what every partition knows.
    Directory(DirectoryFact),
    /// `tally.brake.v1` of a customer: of all that it does, or of one service.
    Brake(Option<ServiceId>, BrakeOrder),
    /// `tally.brake.v1` of a service, a source, or all.
    BrakeAll(BrakeScope, BrakeOrder),
    /// `tally.freeze.v1`: nothing is closed for a while.
    Freeze(FreezeId, FreezeOrder),
    /// `tally.write_off.v1`: waiting events are given up.
    WriteOff(Box<WriteOff>),
    /// `tally.recycle.v1`: waiting events are tried again.
    Recycle(Recycle),
    /// A customer takes a service into use: `tally.relation.v1`, `tally.commissioning_*.v1` and others.
    Onboarding(OnboardingFact),
    /// `tally.test_id_*.v1`: told to all partitions.
    TestId(TestIdFact),
    /// `tally.pupil.v1`, `tally.roster.v1`, `tally.load_decision.v1`, `tally.master_count.v1`.
    Roster(Box<RosterFact>),
    /// `tally.tick.v1`: moves the clock, nothing else.
    Tick,
}

impl Fact {
    /// Is it about one customer? Else it is about the partition in whose log it stands.
    #[must_use]
    pub fn is_of_customer(&self) -> bool {
        match self {
            Self::Catalog(_)
            | Self::Directory(_)
            | Self::BrakeAll(..)
            | Self::Freeze(..)
            | Self::Keys(_)
            | Self::TestId(_)
            | Self::Tick => false,
            Self::Erasure(erasure) => erasure.is_of_customer(),
            _ => true,
        }
    }
}

/// A catalog takes effect; who decided it, and why, is for those who read the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogChange {
    pub digest: [u8; 32],
    /// As people call it; the digest decides.
    pub version: Option<String>,
    pub actor: String,
    pub reason: Option<String>,
}

/// What is known of a customer from a local date on, until the next version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerVersion {
    pub from: NaiveDate,
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    pub zone: Zone,
    pub currency: Currency,
    pub org_number: Option<String>,
    pub endpoint: Option<Endpoint>,
    pub address: Option<Address>,
    /// With the country's prefix (BT-48).
    pub vat_number: Option<String>,
    pub buyer_reference: Option<String>,
    /// The purchase order (BT-13).
    pub order_reference: Option<String>,
    /// The contract or service agreement (BT-12).
    pub contract: Option<String>,
    pub inhabitants: Option<u64>,
    /// The group of customers whose prices apply, where a plan has prices by group.
    pub group: Option<GroupId>,
    /// Is a period without use published too?
    pub zero: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    pub service: String,
    pub from: Instant,
    pub to: Option<Instant>,
}

impl Activation {
    #[must_use]
    pub fn covers(&self, instant: Instant) -> bool {
        self.from <= instant && self.to.is_none_or(|to| instant < to)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadCount {
    pub kind: HeadCountKind,
    pub count: u64,
    pub on: NaiveDate,
    /// Which part of the heads it counts; none: all of them.
    pub school_form: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HeadCountKind {
    Inhabitants,
    ActivePupils,
}

impl HeadCountKind {
    /// As control events and catalogs name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inhabitants => "inhabitants",
            Self::ActivePupils => "active_pupils",
        }
    }
}

/// A decision about the period of a plan that begins on a day. The same plan and day replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub plan: PlanId,
    pub period_from: NaiveDate,
    pub what: Ruling,
    /// Who decided: an id, no personal data.
    pub actor: String,
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ruling {
    /// Nothing is included, and all is charged.
    ChargeAll,
    /// The period is not charged.
    Waive,
}

impl Ruling {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChargeAll => "charge_all",
            Self::Waive => "waive",
        }
    }
}
