//! The control lane of a journal.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use miette::{IntoDiagnostic as _, Result, WrapErr as _};

use super::{Entry, Line};
use crate::journal::{JournalDirectory, JournalSource, PARTITION, Reading};
use crate::pipeline::ports::{Arrival, Lane, Message as _, Positions, Room, Source as _};

/// What origins call the lane.
pub(super) const NAME: &str = "usage-control";
/// What names a file of ours, after the name of the file that it follows.
const MARK: &str = "~control-";
/// Lines of one look at the files.
const AT_ONCE: usize = 4096;

pub struct Journal {
    directory: JournalDirectory,
}

impl Journal {
    /// # Errors
    /// It is no journal.
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Self { directory: JournalDirectory::open(path).into_diagnostic()? })
    }

    #[must_use]
    pub fn outputs(&self) -> PathBuf {
        self.directory.outputs()
    }

    pub(super) fn read(&self, each: &mut dyn FnMut(Entry)) -> Result<()> {
        let mut source = JournalSource::new(self.directory.clone(), Reading::Once, Box::new(|text| tracing::warn!("{text}")));
        source.start(PARTITION, &Positions::default()).into_diagnostic()?;
        let mut arrivals = Vec::new();
        let control_only = Room { control: true, usage: false };
        loop {
            source.poll(AT_ONCE, control_only, Duration::ZERO, &mut arrivals).into_diagnostic()?;
            for arrival in arrivals.drain(..) {
                match arrival {
                    Arrival::Input(line) => each(Entry {
                        partition: PARTITION,
                        offset: line.offset(),
                        log_time: None,
                        value: line.value().map(<[u8]>::to_vec),
                        headers: Vec::new(),
                    }),
                    Arrival::AtEnd { lane: Lane::Control, .. } => return Ok(()),
                    _ => {}
                }
            }
        }
    }

    /// Into a file of its own, after all files that are there. It appears whole or not at all.
    pub(super) fn add(&self, lines: &[Line<'_>]) -> Result<String> {
        let directory = self.directory.inputs(Lane::Control);
        let told = || format!("cannot write into {}; check its permissions and the room on its disk", directory.display());
        fs::create_dir_all(&directory).into_diagnostic().wrap_err_with(told)?;
        let draft = directory.join(format!(".control-{}.draft", std::process::id()));
        let text: String = lines.iter().flat_map(|line| [line.value, "\n"]).collect();
        let written = write_new(&directory, &draft, &text);
        // It is hidden, and whatever became of it, its content stands elsewhere or is to be said again.
        let removed = fs::remove_file(&draft);
        let path = written.and_then(|path| removed.map(|()| path)).into_diagnostic().wrap_err_with(told)?;
        Ok(path.file_name().unwrap_or_default().to_string_lossy().into_owned())
    }
}

fn write_new(directory: &Path, draft: &Path, text: &str) -> io::Result<PathBuf> {
    let mut file = File::create(draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    loop {
        let name = next_name(directory)?;
        match fs::hard_link(draft, &name) {
            // Another one took the name.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            linked => return linked.and_then(|()| File::open(directory)?.sync_all()).map(|()| name),
        }
    }
}

/// A name after all that are there, and before those that a producer numbers next: `2024-03.ndjson` is followed by
/// `2024-03~control-000001.ndjson`, and that by `2024-04.ndjson`.
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
        check("", "~control-000001.ndjson");
        check("2024-03.ndjson", "2024-03~control-000001.ndjson");
        check("2024-03~control-000009.ndjson", "2024-03~control-000010.ndjson");
        check("a~control-x.ndjson", "a~control-x~control-000001.ndjson");
        // As earlier versions of this program named those of catalogs.
        check("2024-03~catalog-000001.ndjson", "2024-03~catalog-000001~control-000001.ndjson");
        assert!(following("2024-03").as_str() < "2024-04.ndjson");
    }
}
