//! Capacity plans: what is stored beyond what is included, charged by the year before it begins
//! (REQUIREMENTS U12 to U19).

use num_bigint::BigInt;

use crate::domain::catalog::{Amounts, PriceList};
use crate::domain::names::ServiceId;
use crate::domain::period::MonthDay;
use crate::domain::quantity::Quantity;
use crate::domain::roster::Counted;

#[derive(Debug, Clone, PartialEq)]
pub struct CapacityPlan {
    pub services: Vec<ServiceId>,
    pub measure: Measure,
    pub unit: ByteUnit,
    /// Units that each active pupil has free.
    pub included: Quantity,
    /// The school forms whose pupils count; none: all do.
    pub school_forms: Option<Vec<String>>,
    /// How a pupil of a roster that is in several of them counts.
    pub counted: Counted,
    pub starts: YearStart,
    /// The day before a year at whose midnight it is measured; none: the year's first day.
    pub measured: Option<MonthDay>,
    /// Is a year measured again by the next measured day, and corrected by the difference?
    pub true_up: bool,
    /// Units are charged in whole steps of this size, begun ones too; none: exactly.
    pub step: Option<Quantity>,
    /// The text of the line; none: the title of the first service.
    pub heading: Option<String>,
    /// Per unit and year.
    pub prices: PriceList<Amounts>,
}

/// What events tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// All that a unit or a source has stored.
    Snapshot,
    /// What was stored or culled.
    Delta,
}

/// When the years of a customer begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum YearStart {
    On(MonthDay),
    /// On the day on which the customer first activated a service of the plan.
    Agreement,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteUnit {
    /// 10⁶ bytes.
    Megabyte,
    /// 2²⁰ bytes.
    Mebibyte,
}

impl ByteUnit {
    #[must_use]
    pub fn bytes(self) -> i128 {
        match self {
            Self::Megabyte => 1_000_000,
            Self::Mebibyte => 1 << 20,
        }
    }

    /// UN/ECE Recommendation 20 (BT-130).
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Megabyte => "4L",
            Self::Mebibyte => "E63",
        }
    }

    /// So many bytes in this unit, rounded half away from zero to the 9 digits of a quantity: exact in MB.
    #[must_use]
    pub fn of_bytes(self, bytes: Quantity) -> Quantity {
        let (unit, nanos) = (self.bytes(), bytes.nanos());
        let (whole, rest) = (nanos / unit, nanos % unit);
        let up = if rest.unsigned_abs() * 2 >= unit.unsigned_abs() { rest.signum() } else { 0 };
        Quantity::from_nanos(whole + up)
    }
}

/// What is included, and what is stored beyond it, in the plan's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    pub allowance: Quantity,
    pub extended: Quantity,
}

impl CapacityPlan {
    /// The rules, for these services.
    #[must_use]
    pub fn measuring(self, services: &[ServiceId]) -> Self {
        Self { services: services.to_vec(), ..self }
    }

    /// `max(0, used − included × pupils)`, in whole steps where the plan has them; begun ones count.
    /// Exact until the one rounding to a quantity's digits. None if a figure has too many digits.
    #[must_use]
    pub fn extent(&self, bytes: Quantity, pupils: u64) -> Option<Extent> {
        let allowance = Quantity::from_nanos(self.included.nanos().checked_mul(i128::from(pupils))?);
        let included = allowance.nanos().checked_mul(self.unit.bytes())?;
        let beyond = Quantity::from_nanos(bytes.nanos().checked_sub(included)?.max(0));
        let extended = match self.step {
            None => self.unit.of_bytes(beyond),
            Some(step) => self.in_steps(beyond, step)?,
        };
        Some(Extent { allowance, extended })
    }

    fn in_steps(&self, bytes: Quantity, step: Quantity) -> Option<Quantity> {
        let size = BigInt::from(step.nanos()) * self.unit.bytes();
        let steps = (BigInt::from(bytes.nanos()) + &size - 1) / size;
        i128::try_from(steps * step.nanos()).ok().map(Quantity::from_nanos)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(unit: ByteUnit, included: &str, step: Option<&str>) -> CapacityPlan {
        let quantity = |text| Quantity::parse(text).expect("a quantity");
        CapacityPlan {
            services: Vec::new(),
            measure: Measure::Snapshot,
            unit,
            included: quantity(included),
            school_forms: None,
            counted: Counted::Once,
            starts: YearStart::On(MonthDay::JANUARY_FIRST),
            measured: None,
            true_up: false,
            step: step.map(quantity),
            heading: None,
            prices: PriceList::new(Vec::new()).expect("no row twice"),
        }
    }

    #[test]
    fn what_is_beyond_the_allowance_is_exact_and_begun_steps_count() {
        let check = |plan: CapacityPlan, bytes: &str, pupils: u64, expect: &str| {
            let extent = plan.extent(Quantity::parse(bytes).expect("bytes"), pupils).expect("few digits");
            assert_eq!(format!("{} {}", extent.allowance, extent.extended), expect, "{bytes} {pupils}");
        };
        let mb = |step| plan(ByteUnit::Megabyte, "100", step);
        check(mb(None), "260000000000", 1000, "100000 160000");
        check(mb(None), "260000000000", 600, "60000 200000");
        check(mb(None), "60000000001", 600, "60000 0.000001");
        check(mb(None), "60000000000", 600, "60000 0");
        check(mb(None), "1", 600, "60000 0");
        check(mb(Some("1000")), "60000000000", 600, "60000 0");
        check(mb(Some("1000")), "60000000001", 600, "60000 1000");
        check(mb(Some("1000")), "61000000000", 600, "60000 1000");
        check(mb(Some("1000")), "61000000001", 600, "60000 2000");
        check(mb(Some("0.5")), "60000600000", 600, "60000 1");
        let mib = |included, step| plan(ByteUnit::Mebibyte, included, step);
        check(mib("100", None), "104857601", 1, "100 0.000000954");
        check(mib("0", None), "524288", 0, "0 0.5");
        check(mib("0", None), "1", 0, "0 0.000000954");
        check(mib("0", Some("1024")), "1073741825", 0, "0 2048");
    }

    #[test]
    fn a_figure_with_too_many_digits_is_none() {
        let plan = plan(ByteUnit::Megabyte, "999999999999", None);
        assert_eq!(plan.extent(Quantity::ZERO, u64::MAX), None);
    }
}
