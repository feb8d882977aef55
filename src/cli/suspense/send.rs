//! Usage events to where tally reads them.

use std::fs::{self, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic, Result, miette};

use super::decide::Telling;
use crate::app;
use crate::config::{self, Config};
use crate::engine::route;
use crate::kafka::Target;
use crate::kafka::admin::Admin;

/// To the last file, because files are read in the order of their names.
pub fn to_journal(journal: &Path, events: &[Telling]) -> Result<()> {
    let folder = journal.join("in/usage-events");
    fs::create_dir_all(&folder).into_diagnostic()?;
    let path = last_file(&folder)?.unwrap_or_else(|| folder.join("0.ndjson"));
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path).into_diagnostic()?;
    if !ends_a_line(&mut file)? {
        return Err(miette!("the last line of {} is not complete; end it with a newline, or remove it, and repeat", path.display()));
    }
    let text: String = events.iter().flat_map(|one| [one.event.as_str(), "\n"]).collect();
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).into_diagnostic()
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

pub fn to_topic(config: &Config, kafka: &config::Kafka, events: &[Telling]) -> Result<()> {
    let settings = app::settings(config, kafka);
    let admin = Admin::connect(&settings, config.run.give_up_after, &mut |text| tracing::warn!("{text}")).into_diagnostic()?;
    let partitions = admin.check(app::input_time(config.run.clock)).into_diagnostic()?;
    let target = Target::connect(&settings).into_diagnostic()?;
    for one in events {
        let partition = route::partition_of(one.customer.as_str(), partitions);
        let (key, event) = (one.customer.as_str().as_bytes(), one.event.as_bytes());
        target.send(&settings.topics.usage, Some(partition), key, event, None).into_diagnostic()?;
    }
    target.flush().into_diagnostic()
}
