//! What a catalog says about rosters.

use rust_decimal::Decimal;

use super::codes::Codes;

/// How a pupil in several school forms counts (REQUIREMENTS U19).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Counted {
    /// Once, however many of the forms it is in.
    #[default]
    Once,
    /// Once in each of the forms.
    PerForm,
}

/// `[roster]`: loads that change more wait until two people have released them (REQUIREMENTS E13), and how good the
/// data of a source must be (REQUIREMENTS E4). None: no bound.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RosterRules {
    /// Of the active pupils before the load, 0 to 1.
    pub most_removed_share: Option<Decimal>,
    pub most_removed: Option<u64>,
    pub most_added_share: Option<Decimal>,
    pub most_added: Option<u64>,
    /// The lowest score of a week that is quiet, in thousandths.
    pub quality_floor: Option<u64>,
    /// What the codes of sources mean (REQUIREMENTS E16).
    pub codes: Codes,
}
