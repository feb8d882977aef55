//! What was done with keys, told to the control log: `tally.keys.v1` and `tally.erasure.v1`.

use chrono::SecondsFormat;
use miette::{IntoDiagnostic, Result, miette};
use serde_json::{Value, json};

use super::place::Log;
use crate::app;
use crate::cli::catalog::append_to_journal;
use crate::cli::clock;
use crate::config::Config;
use crate::domain::instant::Instant;
use crate::engine::route;
use crate::journal::JournalDirectory;
use crate::kafka::Target;
use crate::kafka::admin::Admin;
use crate::wire::keys::{Shredded, Tombstone};

const NANOS_PER_MS: i64 = 1_000_000;

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
        match self {
            Self::Journal(journal) => {
                let read_so_far = || app::last_commit(&JournalDirectory::open(journal).ok()?).ok().map(|commit| commit.watermark);
                let recorded = at.or_else(|| read_so_far().filter(|watermark| *watermark > Instant::MIN));
                tellings.iter().try_for_each(|one| append_to_journal(journal, &one.event(recorded)).map(drop))
            }
            Self::Kafka(config) => send(config, tellings, at),
        }
    }
}

fn send(config: &Config, tellings: &[Telling], at: Option<Instant>) -> Result<()> {
    let missing = || miette!("the configuration has no [kafka]; add it, or name a --journal");
    let settings = app::settings(config, config.kafka.as_ref().ok_or_else(missing)?);
    let admin = Admin::connect(&settings, config.run.give_up_after, &mut |text| tracing::warn!("{text}")).into_diagnostic()?;
    let partitions = admin.check(app::input_time(config.run.clock)).into_diagnostic()?;
    let target = Target::connect(&settings).into_diagnostic()?;
    let timestamp = at.map(|at| at.nanos().div_euclid(NANOS_PER_MS));
    for one in tellings {
        let event = one.event(at);
        let own = one.customer.as_deref().map(|customer| route::partition_of(customer, partitions));
        let key = one.customer.as_deref().unwrap_or_default().as_bytes();
        for partition in own.map_or(0..partitions, |own| own..own + 1) {
            target.send(&settings.topics.control, Some(partition), key, event.as_bytes(), timestamp).into_diagnostic()?;
        }
    }
    target.flush().into_diagnostic()
}
