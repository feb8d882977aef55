//! Appending to the control log, whether tally is running on it or not.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic, Result, WrapErr as _};

use crate::app;
use crate::config::{self, Config};
use crate::domain::instant::Instant;
use crate::engine::route;
use crate::journal::JournalDirectory;
use crate::kafka::Target;
use crate::kafka::admin::Admin;
use crate::pipeline::ports::Lane;

/// What names the file of an activation, after the name of the file that it follows.
const MARK: &str = "~catalog-";
const NANOS_PER_MS: i64 = 1_000_000;

/// Puts the event on every partition. Done in part, it can be done again: it is idempotent.
pub fn append_to_topic(config: &Config, kafka: &config::Kafka, event: &str, at: Instant) -> Result<usize> {
    let settings = app::settings(config, kafka);
    let admin = Admin::connect(&settings, config.run.give_up_after, &mut |text| tracing::warn!("{text}")).into_diagnostic()?;
    let partitions = admin.check(app::input_time(config.run.clock)).into_diagnostic()?;
    let target = Target::connect(&settings).into_diagnostic()?;
    for partition in 0..partitions {
        let timestamp = Some(at.nanos().div_euclid(NANOS_PER_MS));
        target.send(&settings.topics.control, Some(partition), b"", event.as_bytes(), timestamp).into_diagnostic()?;
    }
    target.flush().into_diagnostic().wrap_err("it may be on some partitions already; say it again, which does no harm")?;
    Ok(usize::try_from(partitions).unwrap_or(usize::MAX))
}

/// Puts an event about a customer on the partition of that customer.
pub fn append_for_customer(config: &Config, kafka: &config::Kafka, customer: &str, event: &str, at: Instant) -> Result<usize> {
    let settings = app::settings(config, kafka);
    let admin = Admin::connect(&settings, config.run.give_up_after, &mut |text| tracing::warn!("{text}")).into_diagnostic()?;
    let partitions = admin.check(app::input_time(config.run.clock)).into_diagnostic()?;
    let target = Target::connect(&settings).into_diagnostic()?;
    let partition = route::partition_of(customer, partitions);
    let timestamp = Some(at.nanos().div_euclid(NANOS_PER_MS));
    target.send(&settings.topics.control, Some(partition), customer.as_bytes(), event.as_bytes(), timestamp).into_diagnostic()?;
    target.flush().into_diagnostic()?;
    Ok(1)
}

/// Puts the event into a file of its own, after all files that are there. It appears whole or not at all.
pub fn append_to_journal(journal: &Path, event: &str) -> Result<usize> {
    let directory = JournalDirectory::open(journal).into_diagnostic()?.inputs(Lane::Control);
    let told = || format!("cannot write into {}; check its permissions and the room on its disk", directory.display());
    fs::create_dir_all(&directory).into_diagnostic().wrap_err_with(told)?;
    let draft = directory.join(format!(".catalog-{}.draft", std::process::id()));
    let written = write_new(&directory, &draft, event);
    // It is hidden, and whatever became of it, its content stands elsewhere or is to be said again.
    let removed = fs::remove_file(&draft);
    written.and(removed).into_diagnostic().wrap_err_with(told)?;
    Ok(1)
}

fn write_new(directory: &Path, draft: &Path, event: &str) -> io::Result<()> {
    let mut file = File::create(draft)?;
    file.write_all(format!("{event}\n").as_bytes())?;
    file.sync_all()?;
    loop {
        match fs::hard_link(draft, next_name(directory)?) {
            // Another activation took the name.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            linked => return linked.and_then(|()| File::open(directory)?.sync_all()),
        }
    }
}

/// A name after all that are there, and before those that a producer numbers next: `2024-03.ndjson` is followed by
/// `2024-03~catalog-000001.ndjson`, and that by `2024-04.ndjson`.
fn next_name(directory: &Path) -> io::Result<PathBuf> {
    let mut last = String::new();
    for entry in fs::read_dir(directory)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && name.ends_with(".ndjson") {
            last = last.max(name);
        }
    }
    Ok(directory.join(following(last.strip_suffix(".ndjson").unwrap_or_default())))
}

fn following(last: &str) -> String {
    let (stem, number) = match last.rsplit_once(MARK).map(|(stem, number)| (stem, number.parse::<u32>())) {
        Some((stem, Ok(number))) => (stem, number.saturating_add(1)),
        _ => (last, 1),
    };
    format!("{stem}{MARK}{number:06}.ndjson")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_comes_after_all_that_are_there_and_before_the_next() {
        let check = |last: &str, expect: &str| {
            let found = following(last.strip_suffix(".ndjson").unwrap_or_default());
            assert_eq!(found, expect);
            assert!(found.as_str() > last, "{found} is after {last}");
        };
        check("", "~catalog-000001.ndjson");
        check("2024-03.ndjson", "2024-03~catalog-000001.ndjson");
        check("2024-03~catalog-000009.ndjson", "2024-03~catalog-000010.ndjson");
        check("a~catalog-x.ndjson", "a~catalog-x~catalog-000001.ndjson");
        assert!(following("2024-03").as_str() < "2024-04.ndjson");
    }
}
