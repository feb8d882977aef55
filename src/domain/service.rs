//! Services: what can be used, and what is asked of its use.

use super::gates::onboarding::OnboardingRules;
use super::gates::rate::UsageRule;
use super::names::ServiceId;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    pub id: ServiceId,
    /// `CloudEvents` types that report its use.
    pub types: Vec<String>,
    pub title: String,
    /// UN/ECE Recommendation 20 code (BT-130).
    pub unit: String,
    /// Must a customer have it activated at event time?
    pub activation: bool,
    /// Must its use come from a registered it-system (REQUIREMENTS P3)?
    pub registered: bool,
    /// Must the customer have approved an agreement with the supplier of the system that uses it (P3, P5)?
    pub agreement: bool,
    /// Must its test use come from a system with a trial connection (P17)? Else it is told.
    pub trial: bool,
    /// When its use trips the brake by itself; none: never.
    pub brake: Option<UsageRule>,
    /// Outcomes that are billed; none: all are.
    pub bill_on: Option<Vec<String>>,
    /// What its quantity is when an event does not say.
    pub measure: Measure,
    /// May an event take another one back by its id?
    pub retractable: bool,
    /// May a quantity be negative?
    pub negative: bool,
    /// What customers do before its use is charged as production (REQUIREMENTS K1 to K15); none: nothing.
    pub onboarding: Option<OnboardingRules>,
    /// The plan that charges it, as an index into [`Catalog::plans`](super::catalog::Catalog::plans); none: its
    /// use waits (`no_price`).
    pub plan: Option<usize>,
}

/// How the quantity of an event is reckoned that does not report it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// One.
    Events,
    /// Segments of a text message, from its length and alphabet.
    SmsSegments,
}

impl Service {
    /// Is use with this outcome charged (REQUIREMENTS U7, P19)?
    #[must_use]
    pub fn bills(&self, outcome: Option<&str>) -> bool {
        match (&self.bill_on, outcome) {
            (None, _) => true,
            (Some(listed), Some(outcome)) => listed.iter().any(|one| one == outcome),
            (Some(_), None) => false,
        }
    }
}
