//! What goes into the engine and what comes out.

use crate::domain::account::PeriodKey;
use crate::domain::control::ControlEvent;
use crate::domain::instant::Instant;
use crate::domain::lineage::Fingerprint;
use crate::domain::names::{CustomerId, PlanId};
use crate::domain::notice::Notice;
use crate::domain::parked::ParkedKey;
use crate::domain::person::PersonKey;
use crate::domain::record::BillingRecord;
use crate::domain::state::{StateKey, StateRef};
use crate::domain::suspense::SuspenseRecord;
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::{Reason, Verdict};

/// One input in the order of the merged lanes.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    /// Log time; none if the input has no plausible one: undecodable under the recorded clock, or
    /// later than the clock can be ([`Timing::Implausible`]). Such an input moves nothing.
    pub timing: Timing,
    pub offset: u64,
    /// Topic, or a journal's lane: for suspense records.
    pub topic: &'a str,
    /// The bytes of the value, for suspense.
    pub value: &'a [u8],
    pub body: Body<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    At(Instant),
    /// It claims a log time after all clocks (CONTRACT 3): `in_future`.
    Implausible(Instant),
    Unknown,
}

#[derive(Debug, Clone)]
pub enum Body<'a> {
    Usage {
        event: UsageEvent<'a>,
        fingerprint: Fingerprint,
    },
    UndecodableUsage {
        detail: String,
    },
    Control(ControlEvent),
    /// A control input that cannot be applied: `undecodable` or `bad_data`.
    RefusedControl {
        reason: Reason,
        detail: String,
    },
}

/// What became of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Usage(Verdict),
    /// The customer lives on another partition: the shell sends the input there.
    Forward(u32),
    Control,
}

/// How far a step came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<T> {
    Done(T),
    /// Nothing of this step has happened, or a part that is safe to commit and to go on from:
    /// hand over what is wanted and call again with the same input.
    Missing(Vec<Want>),
}

/// A piece of state that a step needs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Want {
    State(StateKey),
    /// The customer's waiting events after a key, in order.
    Parked {
        customer: CustomerId,
        after: Option<ParkedKey>,
    },
    /// The first customer after this one (none: of all) that the store knows, or of whom it has waiting events.
    Customer {
        after: Option<CustomerId>,
        waiting: bool,
    },
    /// The customer's pupils after one of them, in the order of their fingerprints.
    Pupils {
        customer: CustomerId,
        after: Option<Fingerprint>,
    },
    /// The catalog with this digest: it is in force from the input on that is being folded.
    Catalog([u8; 32]),
    /// Keys of the persons of a period after one of them, in order.
    Persons {
        customer: CustomerId,
        plan: PlanId,
        period: PeriodKey,
        after: Option<PersonKey>,
    },
}

/// What the shell publishes. Effects are data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    Record(Box<BillingRecord>),
    Suspense(Box<SuspenseRecord>),
    Notice(Box<Notice>),
}

/// Where post-images go at a freeze.
pub trait PostImages {
    fn put(&mut self, key: &StateKey, value: StateRef<'_>);
    fn delete(&mut self, key: &StateKey);
}

/// The engine met a state that its rules exclude; going on would publish wrong records.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    #[error("the sum of {what} of customer {customer} is too large to count exactly; stop, and look at the events that reported it")]
    Overflow { customer: String, what: &'static str },
    #[error("{inputs} inputs have {verdicts} verdicts; stop, and report this: an event was lost or counted twice")]
    SumsDoNotAddUp { inputs: u64, verdicts: u64 },
    #[error(
        "the log is of the {} environment, and the catalog {catalog} is of the other one: start with the catalog of this log \
         (its key `environment`); tests and production have logs and states of their own",
        if *.is_test { "external test" } else { "production" }
    )]
    OtherEnvironment { is_test: bool, catalog: String },
    #[error("state {key} holds a value of another kind; the store is corrupt: remove it and rebuild")]
    WrongKind { key: String },
}
