//! An independent, deliberately simple model of CONTRACT: it reads every line, keeps everything in plain lists, and
//! sums from scratch at each closing instant. It shares no code with the `tally` crate, so that a mistake made there
//! is not repeated here. Clarity comes first; it is fast enough for some hundred thousand events.

#![allow(dead_code, reason = "every integration test uses another part of the model")]
#![allow(clippy::pedantic, reason = "a model is read against the contract, line by line; style comes second")]

pub mod ageing;
pub mod agreement;
pub mod archive;
pub mod brake;
pub mod calendar;
pub mod capacity;
pub mod catalog;
pub mod closing;
pub mod compare;
pub mod complete;
pub mod decode;
pub mod freeze;
pub mod json;
pub mod ledger;
pub mod merge;
pub mod metered;
pub mod number;
pub mod onboarding;
pub mod personal;
pub mod pool;
pub mod record;
pub mod reported;
pub mod roster;
pub mod sequence;
pub mod sizing;
pub mod standing;
pub mod succession;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use catalog::Catalog;
use ledger::Ledger;
use merge::Lane;

/// Everything that a run depends on. Lines are given without their newline.
pub struct Input {
    pub usage: Vec<Vec<u8>>,
    pub control: Vec<Vec<u8>>,
    pub catalog: Catalog,
    /// Those that `tally.catalog.v1` may put in force. Against the first one they may add services, plans and later prices.
    pub others: Vec<Catalog>,
    pub until: Option<DateTime<Utc>>,
    pub wall: DateTime<Utc>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    pub inputs: u64,
    pub counted: u64,
    pub duplicate: u64,
    pub test: u64,
    pub suspended: u64,
    pub undecodable: u64,
    pub written_off: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspense {
    pub source: String,
    pub id: String,
    pub reason: &'static str,
    pub state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub kind: &'static str,
    pub customer: String,
    /// When, and with which figures; none: of that the model says nothing.
    pub said: Option<(DateTime<Utc>, String)>,
}

impl Notice {
    pub fn of(kind: &'static str, customer: &str) -> Notice {
        Notice { kind, customer: customer.to_owned(), said: None }
    }
}

#[derive(Debug, Default)]
pub struct Outcome {
    pub verdicts: Verdicts,
    pub records: Vec<Value>,
    pub suspense: Vec<Suspense>,
    pub notices: Vec<Notice>,
    /// Rules that were come to, for those who count.
    pub reached: BTreeSet<&'static str>,
}

impl Outcome {
    /// Tells with figures.
    pub fn notice(&mut self, kind: &'static str, customer: &str, at: DateTime<Utc>, said: String) {
        self.notices.push(Notice { said: Some((at, said)), ..Notice::of(kind, customer) });
    }

    /// The sums as `tally run --until` prints them.
    pub fn sums(&self) -> Value {
        let v = &self.verdicts;
        let mut sums = json!({"inputs": v.inputs, "counted": v.counted, "duplicate": v.duplicate, "test": v.test,
            "suspended": v.suspended, "undecodable": v.undecodable,
            "records": self.records.len(), "notices": self.notices.len()});
        if v.written_off > 0 {
            sums["written_off"] = v.written_off.into();
        }
        sums
    }
}

/// Runs a journal directory (`DIR/in/...`) as `tally run --journal DIR --catalog PATH --until INSTANT` does.
pub fn run_journal(dir: &Path, catalog: &Path, until: Option<DateTime<Utc>>) -> Outcome {
    run(&Input {
        usage: merge::read_lines(&dir.join("in/usage-events")),
        control: merge::read_lines(&dir.join("in/usage-control")),
        catalog: Catalog::read(catalog),
        others: others(&dir.join("catalogs")),
        until,
        wall: SystemTime::now().into(),
    })
}

pub fn run(input: &Input) -> Outcome {
    // Beyond this log time an input is rubbish from a wrong clock; it must not close anything.
    let latest = input.until.map_or(input.wall, |until| until.max(input.wall)) + input.catalog.max_future_skew;
    let mut control = Lane::control(&input.control, input.until, latest);
    let mut usage = Lane::usage(&input.usage, input.until, latest);
    let mut ledger = Ledger::new(&input.catalog, &input.others);
    while let Some(next) = merge::next(&mut control, &mut usage) {
        ledger.take(next);
    }
    if let Some(until) = input.until {
        ledger.advance(until);
    }
    ledger.outcome
}

/// Every entry of a directory, if there is one, is a catalog.
fn others(dir: &Path) -> Vec<Catalog> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    entries.map(|entry| Catalog::read(&entry.unwrap().path())).collect()
}
