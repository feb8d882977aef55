//! How much of a service a customer uses a day, against its own history: what trips the brake by itself
//! (REQUIREMENTS E13, U23). Days are those of event time, so a backlog that is read late trips nothing.

use chrono::{Days, NaiveDate};

use crate::domain::quantity::{NANOS_PER_UNIT, Quantity};

/// When use of a service trips the brake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageRule {
    /// How many times the customer's own largest day.
    pub factor: Quantity,
    /// No day with less trips it.
    pub at_least: Quantity,
    /// The most of a day, for a customer without history.
    pub start: Quantity,
    /// How many days before are its history.
    pub history: u16,
}

/// When the culling of document parts trips the brake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CullsRule {
    /// More than this share of what was stored before, from 0 to 1 ...
    pub share: Quantity,
    /// ... and more parts than this ...
    pub at_least: Quantity,
    /// ... on so many days in a row.
    pub within: u16,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RateOf {
    Use,
    Culls,
}

/// Sums by local day of (customer, service), as far back as a rule looks from the oldest day of which use may come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rate {
    /// Ascending, no day twice.
    pub days: Vec<DaySum>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DaySum {
    pub day: NaiveDate,
    pub quantity: Quantity,
}

/// Use that tripped the brake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageTrip {
    pub day: NaiveDate,
    /// What the day would have with the event that tripped it.
    pub quantity: Quantity,
    pub limit: Quantity,
    /// The largest day of the history; none: there is no history.
    pub largest: Option<Quantity>,
    /// How many days the history has at most.
    pub history: u16,
}

impl UsageTrip {
    #[must_use]
    pub fn why(&self) -> String {
        let Self { day, quantity, limit, history, .. } = self;
        let own = self.largest.map_or_else(
            || format!("it has no use in the {history} days before"),
            |largest| format!("the largest of the {history} days before has {largest}"),
        );
        format!("{quantity} on {day} is more than {limit}: {own}")
    }
}

/// Culls that tripped the brake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CullsTrip {
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// What would be culled in those days, with the event that tripped it.
    pub culled: Quantity,
    /// What was stored before them.
    pub stored: Quantity,
    pub rule: CullsRule,
}

impl CullsTrip {
    #[must_use]
    pub fn why(&self) -> String {
        let Self { from, to, culled, stored, rule } = self;
        let CullsRule { share, at_least, .. } = rule;
        format!("{culled} parts of {stored} culled from {from} to {to} is more than {at_least}, and more than {share} of all")
    }
}

impl Rate {
    /// Counts into a day; days that no rule looks at any more are let go. None if the sum cannot be counted exactly.
    #[must_use]
    pub fn add(&mut self, day: NaiveDate, quantity: Quantity, keep: u16) -> Option<()> {
        if let Some(last) = self.days.last_mut().filter(|last| last.day == day) {
            last.quantity = last.quantity.checked_add(quantity)?;
            return Some(());
        }
        match self.days.binary_search_by_key(&day, |known| known.day) {
            Ok(place) => {
                let known = self.days.get_mut(place)?;
                known.quantity = known.quantity.checked_add(quantity)?;
            }
            Err(place) => self.days.insert(place, DaySum { day, quantity }),
        }
        let newest = self.days.last().map_or(day, |last| last.day);
        let oldest = newest.checked_sub_days(Days::new(u64::from(keep))).unwrap_or(NaiveDate::MIN);
        self.days.retain(|known| known.day >= oldest);
        Some(())
    }

    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Quantity {
        let found = self.days.iter().rev().find(|known| known.day == day);
        found.map_or(Quantity::ZERO, |known| known.quantity)
    }

    /// The largest of the days before one, as far back as the history goes; none: there is no use in them.
    #[must_use]
    pub fn largest_before(&self, day: NaiveDate, history: u16) -> Option<Quantity> {
        let oldest = day.checked_sub_days(Days::new(u64::from(history))).unwrap_or(NaiveDate::MIN);
        let before = self.days.iter().rev().skip_while(|known| known.day >= day);
        before.take_while(|known| known.day >= oldest).map(|known| known.quantity).max().filter(|largest| *largest > Quantity::ZERO)
    }

    /// Does this use trip the brake? `expected`: how many times as much as usual is expected on that day.
    #[must_use]
    pub fn trips(
        &self,
        rule: &UsageRule,
        day: NaiveDate,
        quantity: Quantity,
        expected: impl Fn() -> Option<Quantity>,
    ) -> Option<UsageTrip> {
        let sum = self.on(day).checked_add(quantity)?;
        if sum <= rule.at_least || quantity <= Quantity::ZERO {
            return None;
        }
        let largest = self.largest_before(day, rule.history);
        let usual = match largest {
            Some(largest) => times(largest, rule.factor)?.max(rule.at_least),
            None => rule.start,
        };
        if sum <= usual {
            return None;
        }
        let limit = expected().map_or(Some(usual), |expected| times(usual, expected))?;
        (sum > limit).then_some(UsageTrip { day, quantity: sum, limit, largest, history: rule.history })
    }

    /// Does culling so many parts trip the brake? `stored`: what is there now, asked for only if so many are culled.
    #[must_use]
    pub fn trips_culls(&self, rule: &CullsRule, day: NaiveDate, quantity: Quantity, stored: impl Fn() -> Quantity) -> Option<CullsTrip> {
        let from = day.checked_sub_days(Days::new(u64::from(rule.within.saturating_sub(1)))).unwrap_or(NaiveDate::MIN);
        let in_span = self.days.iter().filter(|known| from <= known.day && known.day <= day);
        let before = in_span.map(|known| known.quantity).try_fold(Quantity::ZERO, Quantity::checked_add)?;
        let culled = before.checked_add(quantity)?;
        if culled <= rule.at_least || quantity <= Quantity::ZERO {
            return None;
        }
        let stored = stored().checked_add(before)?;
        (culled > times(stored, rule.share)?).then_some(CullsTrip { from, to: day, culled, stored, rule: *rule })
    }
}

/// A product to 10⁻⁹, rounded down; none: it is out of range.
fn times(quantity: Quantity, factor: Quantity) -> Option<Quantity> {
    let product = quantity.nanos().checked_mul(factor.nanos())?;
    Some(Quantity::from_nanos(product / NANOS_PER_UNIT))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const RULE: UsageRule =
        UsageRule { factor: Quantity::from_units(10), at_least: Quantity::from_units(50), start: Quantity::from_units(500), history: 3 };

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, day).expect("a day of March")
    }

    fn units(units: i64) -> Quantity {
        Quantity::from_units(units)
    }

    fn rate(days: &[(u32, i64)]) -> Rate {
        let mut rate = Rate::default();
        for (on, quantity) in days {
            rate.add(day(*on), units(*quantity), 30).expect("it can be counted");
        }
        rate
    }

    #[test]
    fn e13_use_far_outside_of_the_own_history_trips() {
        let check = |days: &[(u32, i64)], on: u32, quantity: i64, expected: Option<i64>, expect: Option<i64>| {
            let found = rate(days).trips(&RULE, day(on), units(quantity), || expected.map(units));
            assert_eq!(found.map(|trip| trip.limit), expect.map(units), "{days:?} and {quantity} on {on}");
        };
        // Without history: the start value.
        check(&[], 10, 500, None, None);
        check(&[], 10, 501, None, Some(500));
        check(&[(10, 500)], 10, 1, None, Some(500));
        // Ten times the largest of the last three days, but never below the least.
        check(&[(7, 20), (8, 5)], 10, 200, None, None);
        check(&[(7, 20), (8, 5)], 10, 201, None, Some(200));
        check(&[(7, 2)], 10, 50, None, None);
        check(&[(7, 2)], 10, 51, None, Some(50));
        // Older days are no history, nor are later ones.
        check(&[(6, 20)], 10, 201, None, None);
        check(&[(6, 20), (11, 1)], 10, 501, None, Some(500));
        // What is taken back never trips, and what is expected does not.
        check(&[(10, 900)], 10, -1, None, None);
        check(&[(9, 20)], 10, 1000, Some(5), None);
        check(&[(9, 20)], 10, 1001, Some(5), Some(1000));
    }

    #[test]
    fn u23_a_large_part_of_the_archive_culled_at_once_trips() {
        let rule = CullsRule { share: Quantity::from_nanos(500_000_000), at_least: units(100), within: 2 };
        let check = |days: &[(u32, i64)], on: u32, quantity: i64, stored: i64, expect: Option<(i64, i64)>| {
            let found = rate(days).trips_culls(&rule, day(on), units(quantity), || units(stored));
            let found = found.map(|trip| (trip.culled, trip.stored));
            assert_eq!(found, expect.map(|(culled, stored)| (units(culled), units(stored))), "{days:?} and {quantity} on {on}");
        };
        check(&[], 10, 100, 150, None);
        check(&[], 10, 101, 150, Some((101, 150)));
        check(&[], 10, 101, 202, None);
        // What was culled the day before counts, and was stored before it was culled.
        check(&[(9, 60)], 10, 60, 140, Some((120, 200)));
        check(&[(8, 60)], 10, 60, 140, None);
    }

    proptest! {
        /// The order in which use arrives does not matter, as long as nothing is older than what is kept.
        #[test]
        fn sums_do_not_depend_on_order(uses in vec((1..31_u32, 1..9_i64), 0..40)) {
            let mut reversed = uses.clone();
            reversed.reverse();
            prop_assert_eq!(rate(&uses), rate(&reversed));
        }
    }
}
