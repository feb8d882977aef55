//! Scores, trends and findings as people and programs read them.

use std::collections::BTreeMap;

use miette::{IntoDiagnostic, Result};
use serde::Serialize;

use crate::cli::roster::read::CustomerRoster;
use crate::cli::table::{Align, Table};
use crate::domain::roster::{Finding, QualityDay, score};

#[derive(Serialize)]
pub struct Judged<'a> {
    customer: &'a str,
    source: &'a str,
    /// The last day of this week.
    to: String,
    /// In thousandths; none: nothing was looked at.
    score: Option<u64>,
    /// Of the four weeks before.
    score_before: Option<u64>,
    checked: u64,
    flawed: u64,
    findings: Vec<Found<'a>>,
}

#[derive(Serialize)]
struct Found<'a> {
    rule: &'static str,
    school_unit: Option<&'a str>,
    this_week: u64,
    four_weeks_before: u64,
}

pub fn sources<'a>(rosters: &'a [CustomerRoster], only: Option<&str>) -> Vec<Judged<'a>> {
    let mut sources = Vec::new();
    for one in rosters {
        let Some(roster) = one.account.gates.roster.as_deref() else { continue };
        let today = one.today();
        for source in roster.quality.sources.iter().filter(|source| only.is_none_or(|only| only == source.source)) {
            let (week, before) = source.weeks(today);
            let now = score(&week);
            sources.push(Judged {
                customer: one.customer.as_str(),
                source: &source.source,
                to: today.to_string(),
                score: now.permille(),
                score_before: score(&before).permille(),
                checked: now.checked,
                flawed: now.flawed,
                findings: found(&week, &before),
            });
        }
    }
    sources
}

fn found<'a>(week: &[&'a QualityDay], before: &[&'a QualityDay]) -> Vec<Found<'a>> {
    let mut sums: BTreeMap<&Finding, (u64, u64)> = BTreeMap::new();
    for (finding, times) in week.iter().flat_map(|day| &day.findings) {
        sums.entry(finding).or_default().0 += times;
    }
    for (finding, times) in before.iter().flat_map(|day| &day.findings) {
        sums.entry(finding).or_default().1 += times;
    }
    let shown = |(finding, (this_week, four_weeks_before)): (&'a Finding, (u64, u64))| Found {
        rule: finding.rule.as_str(),
        school_unit: Some(finding.unit.as_str()).filter(|unit| !unit.is_empty()),
        this_week,
        four_weeks_before,
    };
    sums.into_iter().map(shown).collect()
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    sources: &'a [Judged<'a>],
}

/// # Errors
/// None that can be helped.
pub fn json(sources: &[Judged<'_>]) -> Result<String> {
    Ok(serde_json::to_string(&Document { schema: "tally/quality/1", sources }).into_diagnostic()? + "\n")
}

pub fn text(sources: &[Judged<'_>]) -> String {
    if sources.is_empty() {
        return "No source has told of pupils.\n".to_owned();
    }
    let left = ["customer", "source", "rule", "school unit"].map(|name| (name, Align::Left));
    let right = ["this week", "four weeks before"].map(|name| (name, Align::Right));
    let mut table = Table::new(&[left.as_slice(), right.as_slice()].concat());
    let permille = |score: Option<u64>| score.map_or("-".to_owned(), |score| format!("{}.{} %", score / 10, score % 10));
    for one in sources {
        let named = [one.customer, one.source, "good entries", ""].map(str::to_owned).to_vec();
        table.row([named, vec![permille(one.score), permille(one.score_before)]].concat());
        for found in &one.findings {
            let unit = found.school_unit.unwrap_or_default().to_owned();
            let (now, before) = (found.this_week.to_string(), found.four_weeks_before.to_string());
            table.row(vec![one.customer.to_owned(), one.source.to_owned(), found.rule.to_owned(), unit, now, before]);
        }
    }
    format!("{}\n", table.render())
}
