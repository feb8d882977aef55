//! Which size of package is next: every use is kept in a list, and a year's use is summed from it each time.

use chrono::{Datelike, Months, NaiveDate};
use serde_json::{Value, json};

use super::catalog::{Plan, Price};
use super::number::Dec;

pub struct Choice {
    pub rung: usize,
    pub basis: Option<Value>,
}

pub fn choose(plan: &Plan, price: &Price, present: Option<&Dec>, uses: &[(NaiveDate, Dec)], is_frozen: bool) -> Choice {
    let Some(rule) = &plan.sizing else { return Choice { rung: 0, basis: None } };
    let sizes: Vec<&Dec> = price.rungs.iter().map(|rung| &rung.size).collect();
    let last = sizes.len() - 1;
    let nearest = |size: &Dec| sizes.iter().position(|one| *one >= size).unwrap_or(last);
    let yearly = yearly(uses);
    let (rung, reason) = match (present, &yearly) {
        (None, _) => (rule.start.as_ref().map_or(0, nearest), "start"),
        // In a freeze window the size stays.
        (Some(size), _) if is_frozen => (nearest(size), "frozen"),
        (Some(size), None) => (nearest(size), "too_little_history"),
        (Some(size), Some(yearly)) => by_use(&sizes, nearest(size), yearly, &rule.target, &rule.hysteresis),
    };
    let gone = present.is_some_and(|size| nearest(size) == rung && sizes[rung] != size);
    let mut basis = json!({"target": rule.target.to_string(), "size_reason": if gone { "size_gone" } else { reason }});
    if let Some(yearly) = yearly {
        basis["yearly_use"] = json!(yearly.to_string());
    }
    Choice { rung, basis: Some(basis) }
}

fn by_use(sizes: &[&Dec], at: usize, yearly: &Dec, target: &Dec, hysteresis: &Dec) -> (usize, &'static str) {
    let covers = |rung: usize| sizes[rung] * target;
    let ideal = (0..sizes.len()).find(|rung| covers(*rung) >= *yearly).unwrap_or(sizes.len() - 1);
    let hundred = Dec::int(100);
    if ideal == at {
        (at, if covers(at) >= *yearly { "fits" } else { "largest" })
    } else if ideal > at && yearly * &hundred > &covers(at) * &(&hundred + hysteresis) {
        (ideal, "too_many_purchases")
    } else if ideal < at && yearly * &hundred < &covers(at - 1) * &(&hundred - hysteresis) {
        (ideal, "smaller_suffices")
    } else {
        (at, "within_hysteresis")
    }
}

fn yearly(uses: &[(NaiveDate, Dec)]) -> Option<Dec> {
    let used = || uses.iter().filter(|(_, quantity)| !quantity.is_zero());
    let first = used().map(|(day, _)| *day).min()?;
    let last = used().map(|(day, _)| *day).max()?;
    let this_month = last.with_day(1).unwrap();
    let a_year_before = this_month - Months::new(12);
    if first <= a_year_before {
        let of_the_year = used().filter(|(day, _)| a_year_before <= *day && *day < this_month);
        return Some(of_the_year.fold(Dec::int(0), |sum, (_, quantity)| &sum + quantity));
    }
    let days = (last - first).num_days();
    let all = used().fold(Dec::int(0), |sum, (_, quantity)| &sum + quantity);
    (days >= 28).then(|| (&all * &Dec::int(365)).divide_rounded(&Dec::int(days), 0))
}
