//! `tally gaps`: numbers of sources that were seen on no partition, out of all partitions' states together.

use std::collections::BTreeMap;
use std::io::{Write as _, stdout};
use std::process::ExitCode;

use clap::Args;
use miette::{IntoDiagnostic, Result};
use serde_json::json;

use super::state_place::StatePlace;
use super::suspense::read::each_piece;
use super::table::{Align, Table, grouped};
use crate::domain::sequence::{NUMBERS_PER_CHUNK, Seen};
use crate::domain::state::{StateKey, StateValue};
use crate::wire::stored::key::Kind;

/// Gaps of a source that are shown; all are counted.
const SHOWN: usize = 100;

/// Shows which numbers of each source's `sequence` are missing within the horizon of ids.
///
/// Reads the state directory of a process that has ended, or a copy of one. A directory that holds some of the
/// partitions of a topic only shows the numbers of the others as missing.
#[derive(Debug, Args)]
pub struct GapsArgs {
    #[command(flatten)]
    place: StatePlace,
    /// Only those of this source.
    #[arg(long)]
    source: Option<String>,
    /// JSON for programs.
    #[arg(long)]
    json: bool,
}

/// The numbers of a source, of all partitions together.
#[derive(Debug, Default)]
struct Numbers {
    chunks: BTreeMap<u64, Seen>,
    /// Chunks in which a number was seen on two partitions, or twice on one.
    repeated: u64,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Gaps {
    first: u64,
    last: u64,
    missing: u64,
    /// The first ones, each from its first to its last number.
    shown: Vec<(u64, u64)>,
    more: u64,
}

/// Runs the command.
///
/// # Errors
/// The state is in use or damaged.
pub fn run(args: &GapsArgs) -> Result<ExitCode> {
    let place = match args.place.directory() {
        Ok(place) => place,
        Err(code) => return Ok(code),
    };
    let mut sources: BTreeMap<String, Numbers> = BTreeMap::new();
    each_piece(&place, Kind::Sequence, None, &mut |_, key, value| {
        if let (StateKey::Sequence(source, chunk), StateValue::Sequence(value)) = (key, value)
            && args.source.as_ref().is_none_or(|asked| *asked == source)
        {
            let numbers = sources.entry(source).or_default();
            let repeated = numbers.chunks.entry(chunk).or_default().add(&value.seen);
            numbers.repeated += u64::from(repeated || value.repeat_told);
        }
        Ok(())
    })?;
    place.warn_of_missing(None)?;
    let text = if args.json { json_of(&sources) } else { table(&sources) };
    stdout().write_all(text.as_bytes()).into_diagnostic()?;
    Ok(ExitCode::SUCCESS)
}

impl Numbers {
    fn gaps(&self) -> Gaps {
        let mut gaps = Gaps::default();
        let mut expected: Option<u64> = None;
        for (chunk, seen) in &self.chunks {
            let start = chunk * NUMBERS_PER_CHUNK;
            for number in (start..=start.saturating_add(NUMBERS_PER_CHUNK - 1)).filter(|number| seen.has(*number)) {
                match expected {
                    None => gaps.first = number,
                    Some(expected) if expected < number => gaps.add(expected, number - 1),
                    Some(_) => {}
                }
                gaps.last = number;
                expected = number.checked_add(1);
            }
        }
        gaps
    }
}

impl Gaps {
    fn add(&mut self, first: u64, last: u64) {
        self.missing = self.missing.saturating_add(last - first + 1);
        if self.shown.len() < SHOWN { self.shown.push((first, last)) } else { self.more += 1 }
    }
}

fn table(sources: &BTreeMap<String, Numbers>) -> String {
    if sources.is_empty() {
        return "No numbers are known: `[sequence]` in the catalog makes them be looked at.\n".to_owned();
    }
    let columns =
        [("source", Align::Left), ("first", Align::Right), ("last", Align::Right), ("missing", Align::Right), ("gaps", Align::Left)];
    let mut table = Table::new(&columns);
    for (source, numbers) in sources {
        let gaps = numbers.gaps();
        let number = |number: u64| grouped(&number.to_string());
        let mut shown: Vec<String> = gaps.shown.iter().take(5).map(|(first, last)| span(*first, *last)).collect();
        let more = gaps.shown.len().saturating_sub(5) as u64 + gaps.more;
        shown.extend((more > 0).then(|| format!("and {more} more")));
        shown.extend((numbers.repeated > 0).then(|| "some numbers came twice".to_owned()));
        table.row(vec![source.clone(), number(gaps.first), number(gaps.last), number(gaps.missing), shown.join(", ")]);
    }
    table.render()
}

fn span(first: u64, last: u64) -> String {
    if first == last { first.to_string() } else { format!("{first}..{last}") }
}

fn json_of(sources: &BTreeMap<String, Numbers>) -> String {
    let of = |(source, numbers): (&String, &Numbers)| {
        let gaps = numbers.gaps();
        let shown = |(first, last): &(u64, u64)| json!({"first": first.to_string(), "last": last.to_string()});
        json!({"source": source, "first": gaps.first.to_string(), "last": gaps.last.to_string(), "missing": gaps.missing.to_string(),
            "gaps": gaps.shown.iter().map(shown).collect::<Vec<_>>(), "more": gaps.more, "repeated": numbers.repeated > 0})
    };
    json!({"schema": "tally/gaps/1", "sources": sources.iter().map(of).collect::<Vec<_>>()}).to_string() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_reach_over_chunks_and_partitions() {
        let mut numbers = Numbers::default();
        let mut see = |number: u64| {
            let mut seen = Seen::default();
            assert!(seen.mark(number));
            numbers.chunks.entry(number / NUMBERS_PER_CHUNK).or_default().add(&seen)
        };
        assert!([3, 4, 6, 1023, 5000].into_iter().all(|number| !see(number)) && see(6));
        let gaps = numbers.gaps();
        assert_eq!((gaps.first, gaps.last, gaps.missing), (3, 5000, 1 + 1016 + 3976));
        assert_eq!(gaps.shown, [(5, 5), (7, 1022), (1024, 4999)]);
    }
}
