//! Daily sums, and the figures of a brake that has tripped.

use bincode::{BorrowDecode, Encode};

use super::format::Fault;
use super::plain::date;
use crate::domain::gates::rate::{CullsRule, CullsTrip, DaySum, Rate, UsageTrip};
use crate::domain::quantity::Quantity;

/// Day, quantity.
#[derive(Encode, BorrowDecode)]
pub(super) struct StoredRate(Vec<(i32, i128)>);

impl StoredRate {
    pub fn of(rate: &Rate) -> Self {
        Self(rate.days.iter().map(|one| (one.day.to_epoch_days(), one.quantity.nanos())).collect())
    }

    pub fn into_domain(self) -> Result<Rate, Fault> {
        let day = |(day, quantity)| Ok(DaySum { day: date(day)?, quantity: Quantity::from_nanos(quantity) });
        Ok(Rate { days: self.0.into_iter().map(day).collect::<Result<_, Fault>>()? })
    }
}

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredUsageTrip {
    day: i32,
    quantity: i128,
    limit: i128,
    largest: Option<i128>,
    history: u16,
}

impl StoredUsageTrip {
    pub fn of(trip: &UsageTrip) -> Self {
        let UsageTrip { day, quantity, limit, largest, history } = *trip;
        let largest = largest.map(Quantity::nanos);
        Self { day: day.to_epoch_days(), quantity: quantity.nanos(), limit: limit.nanos(), largest, history }
    }

    pub fn into_domain(self) -> Result<UsageTrip, Fault> {
        let (quantity, limit) = (Quantity::from_nanos(self.quantity), Quantity::from_nanos(self.limit));
        Ok(UsageTrip { day: date(self.day)?, quantity, limit, largest: self.largest.map(Quantity::from_nanos), history: self.history })
    }
}

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredCullsTrip {
    from: i32,
    to: i32,
    culled: i128,
    stored: i128,
    share: i128,
    at_least: i128,
    within: u16,
}

impl StoredCullsTrip {
    pub fn of(trip: &CullsTrip) -> Self {
        let CullsTrip { from, to, culled, stored, rule } = trip;
        Self {
            from: from.to_epoch_days(),
            to: to.to_epoch_days(),
            culled: culled.nanos(),
            stored: stored.nanos(),
            share: rule.share.nanos(),
            at_least: rule.at_least.nanos(),
            within: rule.within,
        }
    }

    pub fn into_domain(self) -> Result<CullsTrip, Fault> {
        let (share, at_least) = (Quantity::from_nanos(self.share), Quantity::from_nanos(self.at_least));
        let rule = CullsRule { share, at_least, within: self.within };
        let (culled, stored) = (Quantity::from_nanos(self.culled), Quantity::from_nanos(self.stored));
        Ok(CullsTrip { from: date(self.from)?, to: date(self.to)?, culled, stored, rule })
    }
}
