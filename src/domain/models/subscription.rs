//! A price per started calendar month.

use crate::domain::catalog::{Amounts, PriceList};
use crate::domain::timetable::Timetable;

#[derive(Debug, Clone, PartialEq)]
pub struct SubscriptionPlan {
    /// Its periods begin with a month.
    pub timetable: Timetable,
    /// Per month.
    pub prices: PriceList<Amounts>,
}
