//! Packages of a pool follow each other: ordinals and units without a gap.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::Finding;
use crate::wire::published::Record;

/// By customer and plan: the last ordinal, and the last unit that is covered.
#[derive(Default)]
pub struct Pools(BTreeMap<(String, String), (u64, Decimal)>);

impl Pools {
    pub fn check(&mut self, record: &Record, finding: &mut Finding<'_>) {
        for (place, line) in record.lines.iter().enumerate() {
            let Some(package) = &line.package else { continue };
            let (ordinal, covered) = self.0.entry((record.customer.clone(), line.plan.clone())).or_default();
            let of = |member: &str| format!("lines[{place}].package.{member}");
            let check = "packages follow each other";
            finding.must_be(check, of("ordinal"), package.ordinal, *ordinal + 1);
            finding.must_be(check, of("size"), package.size, line.quantity);
            let sum = |a: Decimal, b: Decimal| a.checked_add(b).map_or_else(String::new, |sum| sum.normalize().to_string());
            finding.must_be(check, of("first_unit"), package.first_unit.normalize(), sum(*covered, Decimal::ONE));
            finding.must_be(check, of("last_unit"), package.last_unit.normalize(), sum(*covered, package.size));
            (*ordinal, *covered) = (package.ordinal, package.last_unit);
        }
    }
}
