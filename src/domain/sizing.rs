//! The size of the next package, so that a customer buys a few times a year (REQUIREMENTS U10).

use num_bigint::BigInt;
use rust_decimal::Decimal;

use super::quantity::Quantity;

/// How a plan chooses from its ladder of sizes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sizing {
    /// Most purchases per customer and year.
    pub target: u32,
    /// The size of a customer's first package; none: the smallest.
    pub start: Option<Quantity>,
    /// How far beyond a bound, in percent of it, a year's use must be before the size changes.
    pub hysteresis: Decimal,
}

/// Why a package has its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SizeReason {
    /// The first package.
    Start,
    /// Less than 28 days of use: the size stays.
    TooLittleHistory,
    /// The size before meets the target, and no smaller one does.
    Fits,
    /// Even the largest size is bought more often than the target.
    Largest,
    /// Another size would meet the target better, but not by enough.
    WithinHysteresis,
    /// The size before would be bought too often.
    TooManyPurchases,
    /// A smaller size meets the target too.
    SmallerSuffices,
    /// The size before is not sold any more.
    SizeGone,
    /// In a freeze window the size stays.
    Frozen,
}

impl SizeReason {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::TooLittleHistory => "too_little_history",
            Self::Fits => "fits",
            Self::Largest => "largest",
            Self::WithinHysteresis => "within_hysteresis",
            Self::TooManyPurchases => "too_many_purchases",
            Self::SmallerSuffices => "smaller_suffices",
            Self::SizeGone => "size_gone",
            Self::Frozen => "frozen",
        }
    }
}

/// What a choice was made from, and why it is what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SizeChoice {
    /// None: too little history.
    pub yearly: Option<Quantity>,
    pub target: u32,
    pub reason: SizeReason,
}

impl SizeChoice {
    /// The reason of a change of size as a sentence for people.
    #[must_use]
    pub fn why(&self, from: Quantity, to: Quantity) -> String {
        let yearly = self.yearly.map_or_else(|| "a use that is not known yet".to_owned(), |yearly| format!("{yearly} units a year"));
        let target = self.target;
        match self.reason {
            SizeReason::TooManyPurchases => format!("{yearly} would buy packages of {from} more than {target} times a year"),
            SizeReason::SmallerSuffices => format!("{yearly} buy packages of {to} no more than {target} times a year"),
            _ => format!("packages of {from} are not sold any more; {to} is the nearest size"),
        }
    }
}

impl Sizing {
    /// The rung for the next package out of `sizes` (ascending), after one of size `present`.
    /// Choosing again from the same use gives the same rung, but for the first package. None if there are no sizes.
    #[must_use]
    pub fn choose(&self, sizes: &[Quantity], present: Option<Quantity>, yearly: Option<Quantity>) -> Option<(usize, SizeChoice)> {
        let choice = |reason| SizeChoice { yearly, target: self.target, reason };
        let Some(present) = present else {
            let start = self.start.map_or(Some(0), |start| at_least(sizes, start))?;
            return (start < sizes.len()).then(|| (start, choice(SizeReason::Start)));
        };
        let at = at_least(sizes, present)?;
        let stays = |reason| if sizes.get(at) == Some(&present) { reason } else { SizeReason::SizeGone };
        let Some(yearly) = yearly else { return Some((at, choice(stays(SizeReason::TooLittleHistory)))) };
        let (best, reason) = self.best(sizes, at, yearly)?;
        Some((best, choice(if best == at { stays(reason) } else { reason })))
    }

    /// The rung of the size before, or the next one if it is not sold any more.
    #[must_use]
    pub fn stay(&self, sizes: &[Quantity], present: Quantity, yearly: Option<Quantity>) -> Option<(usize, SizeChoice)> {
        let at = at_least(sizes, present)?;
        let reason = if sizes.get(at) == Some(&present) { SizeReason::Frozen } else { SizeReason::SizeGone };
        Some((at, SizeChoice { yearly, target: self.target, reason }))
    }

    /// The smallest size whose purchases in a year stay at or below the target; else the largest.
    #[must_use]
    pub fn ideal(&self, sizes: &[Quantity], yearly: Quantity) -> Option<usize> {
        let largest = sizes.len().checked_sub(1)?;
        Some(sizes.iter().position(|size| self.meets(*size, yearly)).unwrap_or(largest))
    }

    fn best(&self, sizes: &[Quantity], at: usize, yearly: Quantity) -> Option<(usize, SizeReason)> {
        let ideal = self.ideal(sizes, yearly)?;
        let full = Decimal::ONE_HUNDRED;
        let bound = |place: usize, percent: Decimal| sizes.get(place).map(|size| self.bound(*size, percent));
        let use_now = BigInt::from(yearly.nanos());
        Some(match ideal.cmp(&at) {
            std::cmp::Ordering::Equal if self.meets(*sizes.get(at)?, yearly) => (at, SizeReason::Fits),
            std::cmp::Ordering::Equal => (at, SizeReason::Largest),
            std::cmp::Ordering::Greater if scaled(&use_now, self.hysteresis) > bound(at, full + self.hysteresis)? => {
                (ideal, SizeReason::TooManyPurchases)
            }
            std::cmp::Ordering::Less if scaled(&use_now, self.hysteresis) < bound(at.checked_sub(1)?, full - self.hysteresis)? => {
                (ideal, SizeReason::SmallerSuffices)
            }
            _ => (at, SizeReason::WithinHysteresis),
        })
    }

    /// ceil(yearly ÷ size) ≤ target, without the division.
    fn meets(&self, size: Quantity, yearly: Quantity) -> bool {
        BigInt::from(yearly.nanos()) <= BigInt::from(size.nanos()) * self.target
    }

    /// `percent` of the most that this size covers at the target, as [`scaled`] scales it.
    fn bound(&self, size: Quantity, percent: Decimal) -> BigInt {
        let mut percent = percent;
        percent.rescale(self.hysteresis.scale());
        BigInt::from(size.nanos()) * self.target * percent.mantissa()
    }
}

/// A hundred percent of a quantity, in the decimals of `like`.
fn scaled(nanos: &BigInt, like: Decimal) -> BigInt {
    nanos * 100_u32 * BigInt::from(10_u32).pow(like.scale())
}

/// The smallest size that is at least this, else the largest.
fn at_least(sizes: &[Quantity], size: Quantity) -> Option<usize> {
    let largest = sizes.len().checked_sub(1)?;
    Some(sizes.iter().position(|one| *one >= size).unwrap_or(largest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(units: &[i64]) -> Vec<Quantity> {
        units.iter().copied().map(Quantity::from_units).collect()
    }

    fn sizing(hysteresis: &str) -> Sizing {
        let hysteresis = Decimal::from_str_exact(hysteresis).expect("a decimal");
        Sizing { target: 4, start: Some(Quantity::from_units(200)), hysteresis }
    }

    #[test]
    fn the_smallest_size_within_the_target_beyond_the_hysteresis() {
        let check = |present: Option<i64>, yearly: Option<i64>, expect: (i64, &str)| {
            let sizes = sizes(&[100, 200, 500]);
            let chosen = sizing("20").choose(&sizes, present.map(Quantity::from_units), yearly.map(Quantity::from_units));
            let (place, choice) = chosen.expect("a ladder");
            assert_eq!((sizes[place], choice.reason.as_str()), (Quantity::from_units(expect.0), expect.1), "{present:?} {yearly:?}");
            let again = sizing("20").choose(&sizes, Some(sizes[place]), yearly.map(Quantity::from_units));
            assert!(present.is_none() || again.map(|(place, _)| place) == Some(place), "{present:?} {yearly:?} flaps");
        };
        check(None, None, (200, "start"));
        check(None, Some(5000), (200, "start"));
        check(Some(100), None, (100, "too_little_history"));
        check(Some(100), Some(400), (100, "fits"));
        check(Some(100), Some(401), (100, "within_hysteresis"));
        check(Some(100), Some(480), (100, "within_hysteresis"));
        check(Some(100), Some(481), (200, "too_many_purchases"));
        check(Some(100), Some(801), (500, "too_many_purchases"));
        check(Some(200), Some(401), (200, "fits"));
        check(Some(200), Some(320), (200, "within_hysteresis"));
        check(Some(200), Some(319), (100, "smaller_suffices"));
        check(Some(500), Some(640), (500, "within_hysteresis"));
        check(Some(500), Some(639), (200, "smaller_suffices"));
        check(Some(500), Some(10), (100, "smaller_suffices"));
        check(Some(500), Some(9999), (500, "largest"));
        check(Some(150), None, (200, "size_gone"));
        check(Some(900), None, (500, "size_gone"));
        check(Some(150), Some(700), (200, "size_gone"));
        check(Some(150), Some(2000), (500, "too_many_purchases"));
    }

    #[test]
    fn a_hysteresis_has_decimals_and_no_number_is_too_large() {
        let (ladder, huge) = (sizes(&[100, 200]), Quantity::from_nanos(i128::MAX));
        let at = |yearly| sizing("12.5").choose(&ladder, Some(ladder[0]), Some(yearly)).map(|(place, _)| place);
        assert_eq!((at(Quantity::from_units(450)), at(Quantity::from_nanos(450_000_000_001))), (Some(0), Some(1)));
        assert_eq!(at(huge), Some(1));
        assert_eq!(sizing("0").choose(&[], None, None), None);
        assert_eq!(sizing("0").choose(&[huge], Some(huge), Some(huge)).map(|(place, _)| place), Some(0));
    }
}
