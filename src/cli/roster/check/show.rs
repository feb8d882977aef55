//! What `tally roster check` says.

use std::fmt::Write as _;

use miette::{IntoDiagnostic, Result};
use serde_json::{Value, json};

use super::found::{Found, Meaning, Seen};
use crate::cli::faults::counted;
use crate::cli::table::{Align, Table};

fn meant<'m>(code: &'m str, meaning: &'m Meaning) -> &'m str {
    match meaning {
        Meaning::Unknown => "?",
        Meaning::Mapped(form) => form,
        Meaning::Standard => code,
    }
}

fn by(meaning: &Meaning) -> &'static str {
    match meaning {
        Meaning::Unknown => "nobody",
        Meaning::Mapped(_) => "catalog",
        Meaning::Standard => "SS12000",
    }
}

fn units(seen: &Seen) -> String {
    seen.units.len().to_string()
}

pub fn text(found: &Found) -> String {
    let entries = usize::try_from(found.entries).unwrap_or(usize::MAX);
    let mut text = format!("{} looked at.\n", counted(entries, "entry").replace("entrys", "entries"));
    let left = ["source", "code", "means", "by"].map(|name| (name, Align::Left));
    let right = ["told", "units"].map(|name| (name, Align::Right));
    let mut table = Table::new(&[left.as_slice(), right.as_slice()].concat());
    for ((source, code, meaning), seen) in &found.codes {
        let cells = [source, code, meant(code, meaning), by(meaning)].map(str::to_owned);
        table.row([cells.as_slice(), &[seen.times.to_string(), units(seen)]].concat());
    }
    // Writing to a String cannot fail.
    let _ = write!(text, "\n{}", table.render());
    if !found.findings.is_empty() {
        let mut table = Table::new(&[("source", Align::Left), ("rule", Align::Left), ("entries", Align::Right), ("units", Align::Right)]);
        for ((source, rule), seen) in &found.findings {
            table.row(vec![source.clone(), rule.as_str().to_owned(), seen.times.to_string(), units(seen)]);
        }
        let _ = write!(text, "\n{}", table.render());
    }
    let unknown: Vec<(&str, &str)> = found.unknown().collect();
    if !unknown.is_empty() {
        let _ = writeln!(text, "\n{} without a meaning. In the catalog:", counted(unknown.len(), "code"));
    }
    let mut told = None;
    for (source, code) in unknown {
        if told != Some(source) {
            let _ = writeln!(text, "\n[roster.school_types.{source:?}]");
        }
        let _ = writeln!(text, "{code:?} = [ {{ from = \"YYYY-MM-DD\", is = \"...\" }} ]");
        told = Some(source);
    }
    text
}

/// # Errors
/// None that can be helped.
pub fn json(found: &Found) -> Result<String> {
    let code = |((source, code, meaning), seen): (&(String, String, Meaning), &Seen)| {
        let means = Some(meant(code, meaning)).filter(|_| *meaning != Meaning::Unknown);
        json!({"source": source, "code": code, "means": means, "by": by(meaning), "told": seen.times, "school_units": seen.units})
    };
    let codes: Vec<Value> = found.codes.iter().map(code).collect();
    let findings: Vec<Value> = found
        .findings
        .iter()
        .map(|((source, rule), seen)| json!({"source": source, "rule": rule.as_str(), "entries": seen.times, "school_units": seen.units}))
        .collect();
    let unknown: Vec<Value> = found.unknown().map(|(source, code)| json!({"source": source, "code": code})).collect();
    let document = json!({"schema": "tally/roster-check/1", "entries": found.entries, "codes": codes, "findings": findings, "without_meaning": unknown});
    Ok(serde_json::to_string(&document).into_diagnostic()? + "\n")
}
