//! Charging a span of a plan again, after its prices were mended (`tally.rerate.v1`).

use super::names::PlanId;
use super::period::Period;

/// Who wants which periods reckoned again, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rerate {
    pub plan: PlanId,
    /// Every period that has a day of it in common is reckoned again.
    pub span: Period,
    pub actor: String,
    pub reason: String,
}
