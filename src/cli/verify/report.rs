//! What was verified and what differs, for people and for programs.

use std::fmt::Write as _;
use std::path::Path;

use miette::{IntoDiagnostic, Result};
use serde_json::{Value, json};

use super::compare::Compared;
use super::difference::Difference;
use super::outcome::{Outcome, Recomputed};
use crate::cli::table::{Align, Table, grouped};

/// Differences that a person is shown.
const SHOWN: usize = 12;

/// `place` is what was verified, as the user named it.
#[must_use]
pub fn text(outcome: &Outcome, place: &Path) -> String {
    let recomputed = &outcome.recomputed;
    let mut text = head(recomputed, place) + &compared(recomputed);
    let number = |number: u64| grouped(&number.to_string());
    let (records, customers) = (number(outcome.checked.records), number(outcome.checked.customers));
    let _ = writeln!(
        text,
        "\nChecked without the log: records {records}, customers {customers}: numbers, ids, amounts, VAT, packages, corrected records."
    );
    text.push_str(&verdict(outcome));
    text
}

fn head(recomputed: &Recomputed, journal: &Path) -> String {
    let up_to = recomputed.watermark.map_or_else(String::new, |at| format!(", log time {at}"));
    let (usage, control) = (grouped(&recomputed.usage_read.to_string()), grouped(&recomputed.control_read.to_string()));
    let mut head = format!("{}: verified up to the last commit{up_to}.\n", journal.display());
    let _ = writeln!(head, "Folded anew: {usage} lines of usage, {control} of control.");
    if recomputed.unread > 0 {
        let _ = writeln!(head, "{} bytes of input came later: they were not published yet.", grouped(&recomputed.unread.to_string()));
    }
    head.push('\n');
    head
}

fn compared(recomputed: &Recomputed) -> String {
    let columns = [("", Align::Left), ("published", Align::Right), ("made anew", Align::Right), ("equal", Align::Right)];
    let mut table = Table::new(&columns);
    let number = |number: u64| grouped(&number.to_string());
    for output in &recomputed.outputs {
        table.row(vec![output.output.clone(), number(output.published), number(output.recomputed), number(output.equal)]);
    }
    let sums = if recomputed.sums_differ.count == 0 { "yes" } else { "no" };
    table.row(vec!["verdict sums".to_owned(), number(recomputed.inputs), String::new(), sums.to_owned()]);
    let earlier: u64 = recomputed.outputs.iter().map(|output| output.earlier_catalog).sum();
    let mut text = table.render();
    if !recomputed.left_out.is_empty() {
        text.push_str("\nNOT folded again, and so only checked without the log:\n");
    }
    for one in &recomputed.left_out {
        let _ = writeln!(text, "  {one}");
    }
    if earlier > 0 {
        let _ = writeln!(text, "\n{} records were made with one of the earlier catalogs that were given.", number(earlier));
    }
    let unopened: u64 = recomputed.outputs.iter().map(|output| output.unopened).sum();
    if unopened > 0 {
        let _ = writeln!(
            text,
            "\n{} originals in suspense were not compared: their keys are shredded, or not in this key ring.",
            number(unopened)
        );
    }
    text
}

fn verdict(outcome: &Outcome) -> String {
    let count = outcome.difference_count();
    if count == 0 {
        let good = if outcome.recomputed.is_whole() { "All is equal." } else { "All that could be compared is equal." };
        return format!("\n{good}\n");
    }
    let mut text = format!("\n{} differences:\n\n", grouped(&count.to_string()));
    outcome.differences().take(SHOWN).for_each(|one| text.push_str(&shown(one)));
    if count > SHOWN as u64 {
        let _ = writeln!(text, "  and {} more: `--json` names the first ones of each kind.", grouped(&(count - SHOWN as u64).to_string()));
    }
    text.push_str(&advice(outcome));
    text
}

fn shown(one: &Difference) -> String {
    let Difference { place, of, line, member, published, expected } = one;
    let line = line.map_or_else(|| "missing".to_owned(), |line| format!("line {line}"));
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
    format!("  {of} ({place}, {line}) {member}\n    published  {}\n    should be  {}\n", value(published), value(expected))
}

/// What else than a changed file can be behind it.
fn advice(outcome: &Outcome) -> String {
    let only = |member: &str| outcome.differences().all(|one| one.member.starts_with(member));
    let advice = match () {
        () if only("catalog.") => "They were made with another catalog: give it too, `--catalog NOW --catalog EARLIER`.",
        () if only("tzdb") => "They were made by a program with another time zone database: verify with that version of tally.",
        () => "If nobody changed the files: were inputs changed, was another catalog in force, or did input files grow out of their order?",
    };
    format!("\n{advice}\n")
}

/// One JSON document.
///
/// # Errors
/// None that could happen: strings and numbers can be written.
pub fn json(outcome: &Outcome) -> Result<String> {
    let document = json!({
        "schema": "tally/verification/1",
        "recomputed": outcome.recomputed.is_whole(),
        "equal": outcome.is_equal(),
        "log": log(&outcome.recomputed),
        "checked": {
            "records": outcome.checked.records, "customers": outcome.checked.customers,
            "differences": outcome.checked.differences.count,
        },
        "differences": outcome.difference_count(),
        "first_differences": outcome.differences().collect::<Vec<_>>(),
    });
    Ok(serde_json::to_string(&document).into_diagnostic()? + "\n")
}

fn log(recomputed: &Recomputed) -> Value {
    let output = |output: &Compared| {
        json!({
            "output": output.output, "published": output.published, "recomputed": output.recomputed, "equal": output.equal,
            "earlier_catalog": output.earlier_catalog, "unopened": output.unopened, "differences": output.differences.count,
        })
    };
    json!({
        "up_to": recomputed.watermark.map(|at| at.to_string()),
        "read": {"usage": recomputed.usage_read, "control": recomputed.control_read},
        "unread_bytes": recomputed.unread,
        "left_out": recomputed.left_out,
        "outputs": recomputed.outputs.iter().map(output).collect::<Vec<_>>(),
        "verdict_sums_equal": recomputed.sums_differ.count == 0,
    })
}
