//! A roster as people and programs read it.

use std::fmt::Write as _;

use chrono::NaiveDate;
use miette::{IntoDiagnostic, Result};
use serde::Serialize;

use super::read::CustomerRoster;
use crate::cli::table::{Align, Table};
use crate::domain::roster::{Counted, Load, LoadStage, PupilCounts};
use crate::domain::succession::Successors;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    customer: &'a str,
    on: String,
    /// By master data: each child once.
    pupils: u64,
    since: Option<String>,
    /// Rosters of merged customers that count here.
    taken_over: Vec<JsonTaken<'a>>,
    forms: Vec<Form>,
    units: Vec<Counts<'a>>,
    loads: Vec<JsonLoad<'a>>,
    drifts: Vec<JsonDrift<'a>>,
}

#[derive(Serialize)]
struct Form {
    school_type: String,
    pupils: u64,
}

#[derive(Serialize)]
struct Counts<'a> {
    school_unit: &'a str,
    pupils: u64,
    forms: Vec<Form>,
}

#[derive(Serialize)]
struct JsonLoad<'a> {
    load: &'a str,
    source: &'a str,
    mode: &'static str,
    as_of: String,
    stage: &'static str,
    chunks: u32,
    received: usize,
    pupils_before: u64,
    added: u64,
    removed: u64,
    since: String,
    why: Option<&'a str>,
    decision: Option<&'static str>,
}

#[derive(Serialize)]
struct JsonTaken<'a> {
    customer: &'a str,
    from: String,
}

#[derive(Serialize)]
struct JsonDrift<'a> {
    school_unit: Option<&'a str>,
    school_type: Option<&'a str>,
    master: u64,
    roster: u64,
}

fn forms(counts: &PupilCounts, on: NaiveDate) -> Vec<Form> {
    let form = |form: String| {
        let pupils = counts.on(on, Some(std::slice::from_ref(&form)), Counted::Once);
        Form { school_type: form, pupils }
    };
    counts.forms().into_iter().map(form).filter(|form| form.pupils > 0).collect()
}

fn document(one: &CustomerRoster, on: NaiveDate) -> Document<'_> {
    let none = PupilCounts::default();
    let roster = one.account.gates.roster.as_deref();
    let counts = roster.map_or(&none, |roster| &roster.counts);
    let units = one.units.iter().map(|(unit, counts)| Counts {
        school_unit: unit,
        pupils: counts.on(on, None, Counted::Once),
        forms: forms(counts, on),
    });
    let taken = roster.into_iter().flat_map(|roster| &roster.taken.customers);
    let drifts = roster.into_iter().flat_map(|roster| &roster.drifts).map(|drift| JsonDrift {
        school_unit: drift.row.unit.as_deref(),
        school_type: drift.row.form.as_deref(),
        master: drift.row.count,
        roster: drift.ours,
    });
    Document {
        schema: "tally/roster/1",
        customer: one.customer.as_str(),
        on: on.to_string(),
        pupils: counts.on(on, None, Counted::Once),
        since: roster.and_then(|roster| roster.since).map(|day| day.to_string()),
        taken_over: taken.map(|one| JsonTaken { customer: one.customer.as_str(), from: one.from.to_string() }).collect(),
        forms: forms(counts, on),
        units: units.filter(|unit| unit.pupils > 0).collect(),
        loads: one.loads.iter().map(|(id, load)| json_load(id, load)).collect(),
        drifts: drifts.collect(),
    }
}

fn json_load<'a>(id: &'a str, load: &'a Load) -> JsonLoad<'a> {
    JsonLoad {
        load: id,
        source: &load.source,
        mode: load.mode.as_str(),
        as_of: load.as_of.to_string(),
        stage: load.stage.as_str(),
        chunks: load.of,
        received: load.received.len(),
        pupils_before: load.figures.before,
        added: load.figures.added,
        removed: load.figures.removed,
        since: load.touched.to_string(),
        why: match &load.stage {
            LoadStage::Waiting { why } => Some(why),
            _ => None,
        },
        decision: load.decision.as_ref().map(|decision| decision.as_str()),
    }
}

/// # Errors
/// None that can be helped.
pub fn json(one: &CustomerRoster, on: NaiveDate) -> Result<String> {
    Ok(serde_json::to_string(&document(one, on)).into_diagnostic()? + "\n")
}

/// Forms, units, and what is not over.
pub fn text(one: &CustomerRoster, on: NaiveDate) -> String {
    let shown = document(one, on);
    let mut text = format!("{} has {} active pupils on {on}, by its roster.\n", shown.customer, shown.pupils);
    if shown.since.is_none() && shown.taken_over.is_empty() {
        return format!("{} has no roster: nobody told its pupils.\n", shown.customer);
    }
    let mut table = Table::new(&[("school unit", Align::Left), ("school type", Align::Left), ("pupils", Align::Right)]);
    let name = |form: &Form| if form.school_type.is_empty() { "(not told)".to_owned() } else { form.school_type.clone() };
    for form in &shown.forms {
        table.row(vec!["(all)".to_owned(), name(form), form.pupils.to_string()]);
    }
    for unit in &shown.units {
        for form in &unit.forms {
            table.row(vec![unit.school_unit.to_owned(), name(form), form.pupils.to_string()]);
        }
    }
    // Writing to a String cannot fail.
    let _ = write!(text, "\n{}", table.render());
    for taken in &shown.taken_over {
        let _ = writeln!(text, "\nFrom {} on it counts the pupils of {}, which was merged into it.", taken.from, taken.customer);
    }
    for handover in &one.account.handovers {
        if let Successors::Survivor(into) = &handover.to {
            let _ = writeln!(text, "\nIt was merged: from {} on its pupils count on {into}.", handover.from);
        }
    }
    for load in shown.loads.iter().filter(|load| matches!(load.stage, "waiting" | "staging")) {
        let _ = match load.why {
            Some(why) => writeln!(text, "\nLoad {} waits since {}: {why}. Decide with tally.load_decision.v1.", load.load, load.since),
            None => writeln!(text, "\nLoad {} has {} of {} chunks since {}.", load.load, load.received, load.chunks, load.since),
        };
    }
    for drift in &shown.drifts {
        let place = [drift.school_unit, drift.school_type].map(|part| part.unwrap_or("all")).join(", ");
        let _ = writeln!(text, "\nIts source counts {} where the roster has {}: {place}.", drift.master, drift.roster);
    }
    text
}
