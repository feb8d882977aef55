//! A fixed fee per period.

use crate::domain::catalog::{Amounts, PriceList};
use crate::domain::timetable::Timetable;

#[derive(Debug, Clone, PartialEq)]
pub struct FixedPlan {
    pub timetable: Timetable,
    /// What its line says; none: the title of its service.
    pub heading: Option<String>,
    pub prices: PriceList<Amounts>,
}
