//! Events to where tally reads them: the control events of a rerate, and of others.

use std::fs::{self, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};
use miette::{IntoDiagnostic, Result, miette};
use serde_json::json;

use super::read::Customer;
use crate::app;
use crate::config::Config;
use crate::domain::names::CustomerId;
use crate::domain::rerate::Rerate;
use crate::engine::route;
use crate::kafka::Target;
use crate::kafka::admin::Admin;
use crate::pipeline::ports::Lane;

/// One event.
#[derive(Debug)]
pub struct Telling {
    pub customer: CustomerId,
    pub event: String,
}

impl Telling {
    /// With a recorded clock its log time is what was read so far: it moves nothing.
    pub fn new(customer: &Customer, rerate: &Rerate) -> Self {
        let now: DateTime<Utc> = SystemTime::now().into();
        let time = now.to_rfc3339_opts(SecondsFormat::Millis, true);
        let data = json!({"plan": rerate.plan.as_str(), "from": rerate.span.from.to_string(), "to": rerate.span.to.to_string(),
            "actor": rerate.actor, "reason": rerate.reason});
        let event = json!({"specversion": "1.0", "id": format!("rerate-{}-{}-{time}", rerate.plan, customer.id), "source": "//tally/rerate",
            "type": "tally.rerate.v1", "subject": customer.id.as_str(), "time": time,
            "recordedtime": customer.watermark.to_string(), "data": data});
        Self { customer: customer.id.clone(), event: event.to_string() }
    }
}

#[derive(Debug)]
pub enum Place {
    Journal(Journal),
    Kafka(Box<Kafka>),
}

impl Place {
    /// # Errors
    /// The events could not be written; those before the failure may have been. Repeating the command is safe:
    /// a rerate that was told changes nothing when it is told again.
    pub fn write(&self, lane: Lane, events: &[Telling]) -> Result<()> {
        match self {
            Self::Journal(journal) => journal.append(lane, events),
            Self::Kafka(kafka) => kafka.send(lane, events),
        }
    }
}

#[derive(Debug)]
pub struct Journal {
    pub directory: PathBuf,
}

impl Journal {
    /// To the last file, because files are read in the order of their names.
    fn append(&self, lane: Lane, events: &[Telling]) -> Result<()> {
        let folder = self.directory.join(if lane == Lane::Control { "in/usage-control" } else { "in/usage-events" });
        fs::create_dir_all(&folder).into_diagnostic()?;
        let path = last_file(&folder)?.unwrap_or_else(|| folder.join("0.ndjson"));
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path).into_diagnostic()?;
        if !ends_a_line(&mut file)? {
            return Err(miette!("the last line of {} is not complete; end it with a newline, or remove it, and repeat", path.display()));
        }
        let text: String = events.iter().flat_map(|one| [one.event.as_str(), "\n"]).collect();
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).into_diagnostic()
    }
}

fn last_file(folder: &Path) -> Result<Option<PathBuf>> {
    let mut last: Option<PathBuf> = None;
    for entry in fs::read_dir(folder).into_diagnostic()? {
        let path = entry.into_diagnostic()?.path();
        if path.extension().is_some_and(|extension| extension == "ndjson") {
            last = last.max(Some(path));
        }
    }
    Ok(last)
}

fn ends_a_line(file: &mut fs::File) -> Result<bool> {
    if file.metadata().into_diagnostic()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1)).and_then(|_| file.read_exact(&mut last)).into_diagnostic()?;
    Ok(last == *b"\n")
}

#[derive(Debug)]
pub struct Kafka {
    pub config: Config,
    pub path: PathBuf,
}

impl Kafka {
    fn send(&self, lane: Lane, events: &[Telling]) -> Result<()> {
        let missing = || miette!("{} has no [kafka]; add it with `bootstrap = \"127.0.0.1:9092\"`", self.path.display());
        let kafka = self.config.kafka.as_ref().ok_or_else(missing)?;
        let settings = app::settings(&self.config, kafka);
        let admin = Admin::connect(&settings, self.config.run.give_up_after, &mut |text| tracing::warn!("{text}")).into_diagnostic()?;
        let partitions = admin.check(app::input_time(self.config.run.clock)).into_diagnostic()?;
        let target = Target::connect(&settings).into_diagnostic()?;
        for one in events {
            let partition = route::partition_of(one.customer.as_str(), partitions);
            let (key, event) = (one.customer.as_str().as_bytes(), one.event.as_bytes());
            target.send(settings.topics.of_lane(lane), Some(partition), key, event, None).into_diagnostic()?;
        }
        target.flush().into_diagnostic()
    }
}
