//! Every amount from the figures beside it: lines, sums, VAT.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::Finding;
use crate::domain::currency::Currency;
use crate::domain::money::Money;
use crate::domain::quantity::Quantity;
use crate::wire::published::{Line, Record};

const FRACTION_DIGITS: u32 = 9;
/// Where a sum has more digits than can be written.
const TOO_LARGE: &str = "a sum of fewer digits";

pub fn check(record: &Record, finding: &mut Finding<'_>) {
    let Some(currency) = Currency::parse(&record.currency) else {
        finding.must_be("amounts", "currency", &record.currency, "a currency that tally knows");
        return;
    };
    for (place, line) in record.lines.iter().enumerate() {
        finding.must_be("amounts", format!("lines[{place}].line"), line.number, place + 1);
        let expected = net(line, currency).map_or_else(|| TOO_LARGE.to_owned(), |net| net.to_string());
        finding.must_be("amounts", format!("lines[{place}].net_amount"), line.net_amount, expected);
    }
    totals(record, currency, finding);
}

/// The amount of a line, rounded once.
pub fn net(line: &Line, currency: Currency) -> Option<Money> {
    Money::line_net(quantity(line.quantity)?, line.unit_price, quantity(line.base_quantity)?, currency)
}

/// None: more than nine fraction digits, or too large.
pub fn quantity(value: Decimal) -> Option<Quantity> {
    let value = value.normalize();
    let missing = FRACTION_DIGITS.checked_sub(value.scale())?;
    value.mantissa().checked_mul(10_i128.pow(missing)).map(Quantity::from_nanos)
}

fn totals(record: &Record, currency: Currency, finding: &mut Finding<'_>) {
    let mut groups: BTreeMap<(String, String), Option<Decimal>> = BTreeMap::new();
    for line in &record.lines {
        let key = (line.vat.category.clone(), line.vat.rate.normalize().to_string());
        let sum = groups.entry(key).or_insert(Some(Decimal::ZERO));
        *sum = sum.and_then(|sum| sum.checked_add(line.net_amount));
    }
    let net = record.lines.iter().try_fold(Decimal::ZERO, |sum, line| sum.checked_add(line.net_amount));
    finding.must_be("amounts", "totals.net", record.totals.net, shown(net));
    let published: Vec<_> = record.totals.vat.iter().map(|one| (one.category.clone(), one.rate.normalize().to_string())).collect();
    let listed = |groups: &[(String, String)]| {
        let mut names: Vec<String> = groups.iter().map(|(category, rate)| format!("{category} {rate} %")).collect();
        names.sort();
        names.join(", ")
    };
    finding.must_be("amounts", "totals.vat", listed(&published), listed(&groups.keys().cloned().collect::<Vec<_>>()));
    for (place, vat) in record.totals.vat.iter().enumerate() {
        let key = (vat.category.clone(), vat.rate.normalize().to_string());
        let taxable = groups.get(&key).copied().flatten();
        finding.must_be("amounts", format!("totals.vat[{place}].taxable"), vat.taxable, shown(taxable));
        let tax = taxable.and_then(|taxable| Money::of_price(taxable, currency)).and_then(|taxable| taxable.tax(vat.rate));
        finding.must_be(
            "amounts",
            format!("totals.vat[{place}].amount"),
            vat.amount,
            tax.map_or(TOO_LARGE.to_owned(), |tax| tax.to_string()),
        );
    }
    let gross = record.totals.vat.iter().try_fold(record.totals.net, |sum, vat| sum.checked_add(vat.amount));
    finding.must_be("amounts", "totals.gross", record.totals.gross, shown(gross));
}

fn shown(sum: Option<Decimal>) -> String {
    sum.map_or_else(|| TOO_LARGE.to_owned(), |sum| sum.to_string())
}
