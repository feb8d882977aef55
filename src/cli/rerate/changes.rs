//! What would change, for people: per customer and period, and in total.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::read::Customer;
use crate::cli::faults::counted;
use crate::cli::table::{Align, Table, grouped};
use crate::domain::currency::Currency;
use crate::domain::money::Money;
use crate::engine::preview::Preview;

/// The customers with periods whose charge changes.
pub struct Changes<'a> {
    rows: Vec<(&'a Customer, Vec<&'a Preview>)>,
    /// Periods that stay as they are.
    same: usize,
    refused: Vec<(&'a Customer, &'a str)>,
}

impl<'a> Changes<'a> {
    pub fn of(customers: &'a [Customer]) -> Self {
        let mut changes = Self { rows: Vec::new(), same: 0, refused: Vec::new() };
        for customer in customers {
            match &customer.periods {
                Err(why) => changes.refused.push((customer, why)),
                Ok(periods) => {
                    let (changed, same): (Vec<&Preview>, Vec<&Preview>) = periods.iter().partition(|one| one.difference.minor() != 0);
                    changes.same += same.len();
                    if !changed.is_empty() {
                        changes.rows.push((customer, changed));
                    }
                }
            }
        }
        changes
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn customers(&self) -> Vec<&'a Customer> {
        self.rows.iter().map(|(customer, _)| *customer).collect()
    }

    pub fn table(&self) -> String {
        let mut text = String::new();
        for (customer, why) in &self.refused {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{}: {why}", customer.id);
        }
        if self.rows.is_empty() {
            let _ = writeln!(text, "Nothing would change ({} looked at).", counted(self.same, "period"));
            return text;
        }
        let columns = [
            ("customer", Align::Left),
            ("period", Align::Left),
            ("currency", Align::Left),
            ("old", Align::Right),
            ("new", Align::Right),
            ("difference", Align::Right),
        ];
        let mut table = Table::new(&columns);
        for (customer, periods) in &self.rows {
            for one in periods {
                let period = format!("{}..{}", one.period.from, one.period.last_day());
                table.row(row(customer.id.to_string(), period, one.currency, [one.old, one.new, one.difference]));
            }
        }
        table.rule();
        for (currency, sums) in self.totals() {
            table.row(row("total".to_owned(), String::new(), currency, sums));
        }
        let _ = writeln!(text, "{}\n{} would stay as they are.", table.render(), counted(self.same, "period"));
        text
    }

    fn totals(&self) -> BTreeMap<Currency, [Money; 3]> {
        let mut totals: BTreeMap<Currency, [Money; 3]> = BTreeMap::new();
        for one in self.rows.iter().flat_map(|(_, periods)| periods) {
            let sums = totals.entry(one.currency).or_insert([Money::zero(one.currency); 3]);
            for (sum, amount) in sums.iter_mut().zip([one.old, one.new, one.difference]) {
                *sum = sum.checked_add(amount).unwrap_or(*sum);
            }
        }
        totals
    }
}

fn row(customer: String, period: String, currency: Currency, amounts: [Money; 3]) -> Vec<String> {
    let amounts = amounts.map(|amount| grouped(&amount.to_string()));
    [customer, period, currency.to_string()].into_iter().chain(amounts).collect()
}
