//! The input of a journal.

use std::time::Duration;

use miette::{IntoDiagnostic, Result, WrapErr};

use super::input::{Fates, Gathering, Input};
use crate::app::AppError;
use crate::cli::published_records;
use crate::domain::catalog::Catalog;
use crate::journal::{JournalDirectory, JournalSource, OUTPUT_FILES, PARTITION, Reading};
use crate::pipeline::ports::{Arrival, Lane, Message as _, Positions, Room, Source as _};
use crate::wire::published::Record;

/// Lines of one look at the files.
const AT_ONCE: usize = 4096;
const USAGE: &str = "usage-events";

/// Reads the input from its beginning.
///
/// # Errors
/// The files cannot be read.
pub fn read(journal: &JournalDirectory, record: &Record, catalog: &Catalog) -> Result<Input> {
    let mut source = JournalSource::new(journal.clone(), Reading::Once, Box::new(|text| tracing::warn!("{text}")));
    source.start(PARTITION, &Positions::default()).map_err(AppError::from)?;
    let (mut gathering, mut arrivals) = (Gathering::new(record, catalog, fates(journal)?, "events.line"), Vec::new());
    let (mut control, mut usage) = (true, true);
    while control || usage {
        source.poll(AT_ONCE, Room { control, usage }, Duration::ZERO, &mut arrivals).map_err(AppError::from)?;
        for arrival in arrivals.drain(..) {
            match arrival {
                Arrival::Input(line) => match (line.lane(), line.value()) {
                    (Lane::Control, Some(value)) => gathering.control(value, &[]),
                    (Lane::Usage, Some(value)) => gathering.usage(line.offset(), value, &[]),
                    (_, None) => {}
                },
                Arrival::AtEnd { lane: Lane::Usage, .. } => usage = false,
                Arrival::AtEnd { lane: Lane::Control, .. } => control = false,
                _ => {}
            }
        }
    }
    Ok(gathering.finish())
}

fn fates(journal: &JournalDirectory) -> Result<Fates> {
    let [_, suspense, _] = OUTPUT_FILES.map(|name| journal.outputs().join(name));
    let (mut fates, mut fault) = (Fates::default(), None);
    published_records::of_file(&suspense, &mut |place, line, text| {
        if let Err(error) = fates.take(text, (USAGE, PARTITION)) {
            fault.get_or_insert((format!("{place}:{line}"), error));
        }
    })?;
    match fault {
        Some((place, error)) => Err(error).into_diagnostic().wrap_err_with(|| format!("{place} is no suspense record")),
        None => Ok(fates),
    }
}
