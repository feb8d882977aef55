//! Sums over all records: by currency, customer and span, and the packages by plan.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use rust_decimal::Decimal;
use thiserror::Error;

use crate::wire::published::{Line, Record};

/// A line about more days than the longest quarter has is about a half-year or a year.
const LONGEST_QUARTER_DAYS: i64 = 92;

#[derive(Debug, Error)]
#[error("the amounts in {currency} make a sum that cannot be written; ask for fewer events")]
pub struct TooLarge {
    currency: String,
}

/// What a line is charged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Span {
    Quarter { year: i32, quarter: u32 },
    Longer,
}

impl Span {
    fn of(line: &Line) -> Self {
        let days = (line.period.to - line.period.from).num_days() + 1;
        if days > LONGEST_QUARTER_DAYS { Self::Longer } else { Self::holding(line.period.from) }
    }

    fn holding(date: NaiveDate) -> Self {
        Self::Quarter { year: date.year(), quarter: date.month0() / 3 + 1 }
    }

    pub fn name(self) -> String {
        match self {
            Self::Quarter { year, quarter } => format!("{year} Q{quarter}"),
            Self::Longer => "longer".to_owned(),
        }
    }
}

/// Net amounts by span.
#[derive(Debug, Default, Clone)]
pub struct Amounts {
    pub by_span: BTreeMap<Span, Decimal>,
    pub total: Decimal,
    pub records: u64,
}

/// Bought packages of a plan in a currency.
#[derive(Debug, Default, Clone, Copy)]
pub struct Bought {
    pub packages: u64,
    pub units: Decimal,
    pub net: Decimal,
}

#[derive(Debug, Default)]
pub struct Totals {
    /// By currency and customer.
    pub customers: BTreeMap<String, BTreeMap<String, Amounts>>,
    /// By plan with its description, and currency.
    pub packages: BTreeMap<(String, String, String), Bought>,
    pub records_by_kind: BTreeMap<String, u64>,
}

impl Totals {
    pub fn add(&mut self, record: &Record) -> Result<(), TooLarge> {
        *self.records_by_kind.entry(record.kind.clone()).or_default() += 1;
        let of_currency = self.customers.entry(record.currency.clone()).or_default();
        let amounts = of_currency.entry(record.customer.clone()).or_default();
        amounts.records += 1;
        let too_large = || TooLarge { currency: record.currency.clone() };
        for line in &record.lines {
            amounts.add(Span::of(line), line.net_amount).ok_or_else(too_large)?;
            if let Some(package) = &line.package {
                let key = (line.plan.clone(), line.description.clone(), record.currency.clone());
                self.packages.entry(key).or_default().add(package.size, line.net_amount).ok_or_else(too_large)?;
            }
        }
        Ok(())
    }

    /// The spans that anything was charged for, in order; the longer ones last.
    pub fn spans(&self) -> Vec<Span> {
        let all = self.customers.values().flat_map(BTreeMap::values).flat_map(|amounts| amounts.by_span.keys());
        let mut spans: Vec<Span> = all.copied().collect();
        spans.sort_unstable();
        spans.dedup();
        spans
    }
}

impl Amounts {
    pub fn add(&mut self, span: Span, amount: Decimal) -> Option<()> {
        let of_span = self.by_span.entry(span).or_default();
        *of_span = of_span.checked_add(amount)?;
        self.total = self.total.checked_add(amount)?;
        Some(())
    }

    /// All of another's amounts too.
    pub fn add_all(&mut self, other: &Self) -> Option<()> {
        self.records += other.records;
        other.by_span.iter().try_for_each(|(span, amount)| self.add(*span, *amount))
    }
}

impl Bought {
    fn add(&mut self, units: Decimal, net: Decimal) -> Option<()> {
        self.packages += 1;
        self.units = self.units.checked_add(units)?;
        self.net = self.net.checked_add(net)?;
        Some(())
    }
}
