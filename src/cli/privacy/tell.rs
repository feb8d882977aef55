//! What was done with keys, told to the control log: `tally.keys.v1` and `tally.erasure.v1`.

use chrono::SecondsFormat;
use miette::{IntoDiagnostic, Result, miette};
use serde_json::{Value, json};

use super::place::Log;
use crate::app;
use crate::cli::clock;
use crate::cli::control_log::{ControlLog, Journal, Line, Topic};
use crate::domain::instant::Instant;
use crate::journal::JournalDirectory;
use crate::wire::decode;
use crate::wire::keys::{Shredded, Tombstone};

/// A control event that is to be written.
#[derive(Debug)]
pub struct Telling {
    kind: &'static str,
    id: String,
    /// None: every partition is told.
    customer: Option<String>,
    at: Instant,
    data: Value,
}

impl Telling {
    pub fn of_keys(version: u32, from: Instant, actor: &str, reason: &str) -> Self {
        let data = json!({"version": version, "from": from.to_string(), "actor": actor.trim(), "reason": reason.trim()});
        Self { kind: "tally.keys.v1", id: format!("keys-{version}-{}", from.nanos()), customer: None, at: clock::now(), data }
    }

    /// The same for the same tombstone, so that it can be told again.
    pub fn of_erasure(tombstone: &Tombstone) -> Self {
        let Tombstone { what, act } = tombstone;
        let (mut data, customer, name) = match what {
            Shredded::Customer(customer) => (json!({"what": "customer"}), Some(customer), customer.clone()),
            Shredded::Person { customer, pseudonym } => {
                (json!({"what": "person", "pseudonym": pseudonym}), Some(customer), format!("{customer}-{pseudonym}"))
            }
            Shredded::Unread => (json!({"what": "unread"}), None, "unread".to_owned()),
            Shredded::Version { number, only_pseudonyms } => {
                let what = if *only_pseudonyms { "pseudonyms" } else { "version" };
                (json!({"what": what, "version": number}), None, format!("{what}-{number}"))
            }
        };
        let said = [("actor", &act.actor), ("approver", &act.approver), ("reason", &act.reason)];
        data.as_object_mut().into_iter().for_each(|data| data.extend(said.map(|(name, text)| (name.to_owned(), json!(text)))));
        let id = format!("erasure-{name}-{}", act.at.nanos());
        Self { kind: "tally.erasure.v1", id, customer: customer.cloned(), at: act.at, data }
    }

    fn event(&self, recorded: Option<Instant>) -> String {
        let time = self.at.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true);
        let mut event = json!({"specversion": "1.0", "id": self.id, "source": "//tally/privacy", "type": self.kind, "time": time,
            "data": self.data});
        let others = [("subject", self.customer.clone()), ("recordedtime", recorded.map(|at| at.to_string()))];
        for (name, text) in others.into_iter().filter_map(|(name, text)| Some((name, text?))) {
            event[name] = Value::from(text);
        }
        event.to_string()
    }
}

impl Log {
    /// Writes the events; those that were told before change nothing.
    ///
    /// # Errors
    /// The log cannot be written.
    pub fn tell(&self, tellings: &[Telling], at: Option<Instant>) -> Result<()> {
        let recorded = at.or_else(|| self.read_so_far());
        let mut log = self.open()?;
        log.begin()?;
        let mut events = Vec::new();
        for one in tellings {
            let value = one.event(recorded);
            let partitions = log.partitions_of(&decode::control(value.as_bytes(), &[]).into_diagnostic()?);
            events.extend(partitions.into_iter().map(|partition| (partition, one, value.clone())));
        }
        let mut lines = Vec::new();
        for (partition, one, value) in &events {
            let key = one.customer.as_deref().unwrap_or_default();
            lines.push(Line { partition: *partition, key, value, at: recorded.unwrap_or(one.at) });
        }
        if lines.is_empty() { Ok(()) } else { log.add(&lines).map(drop) }
    }

    fn open(&self) -> Result<ControlLog> {
        match self {
            Self::Journal(journal) => Ok(ControlLog::Journal(Journal::open(journal)?)),
            Self::Kafka(config) => {
                let missing = || miette!("the configuration has no [kafka]; add it, or name a --journal");
                let kafka = config.kafka.as_ref().ok_or_else(missing)?;
                Ok(ControlLog::Topic(Box::new(Topic::connect(config, kafka).into_diagnostic()?)))
            }
        }
    }

    /// The log time that a journal has come to: what is told there moves no clock.
    fn read_so_far(&self) -> Option<Instant> {
        let Self::Journal(journal) = self else { return None };
        let commit = app::last_commit(&JournalDirectory::open(journal).ok()?).ok()?;
        Some(commit.watermark).filter(|watermark| *watermark > Instant::MIN)
    }
}
