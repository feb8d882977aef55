//! What is in the output topics, by the partition that it came from.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic, Result, WrapErr};
use serde_json::Value;

use crate::app::{self, AppError};
use crate::config::{self, Config};
use crate::journal::OUTPUT_FILES;
use crate::kafka::topic::read_topic;

/// Lines by output and partition.
pub struct Outputs(BTreeMap<(&'static str, u32), Vec<u8>>);

impl Outputs {
    /// # Errors
    /// A topic cannot be read.
    pub fn read(config: &Config, kafka: &config::Kafka) -> Result<Self> {
        let settings = app::settings(config, kafka);
        let topics = [&settings.topics.records, &settings.topics.suspense, &settings.topics.notices];
        let mut lines: BTreeMap<(&'static str, u32), Vec<u8>> = BTreeMap::new();
        for (name, topic) in OUTPUT_FILES.into_iter().zip(topics) {
            read_topic(&settings, topic, &mut |read| {
                let file = lines.entry((name, origin(read.value).unwrap_or(read.partition))).or_default();
                file.extend_from_slice(read.value);
                file.push(b'\n');
            })
            .map_err(AppError::from)?;
        }
        Ok(Self(lines))
    }

    /// The partitions that anything was published for, in order.
    #[must_use]
    pub fn partitions(&self) -> BTreeSet<u32> {
        self.0.keys().map(|(_, partition)| *partition).collect()
    }

    /// Puts those of a partition into a file, as a journal would have them.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, name: &'static str, partition: u32, work: &Path) -> Result<PathBuf> {
        let path = work.join(format!("published-{name}"));
        let lines = self.0.get(&(name, partition)).map_or(&[][..], Vec::as_slice);
        fs::write(&path, lines).into_diagnostic().wrap_err_with(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }
}

/// The partition of the input that a line is about; records do not say it, and need not.
fn origin(line: &[u8]) -> Option<u32> {
    let value: Value = serde_json::from_slice(line).ok()?;
    u32::try_from(value.get("origin")?.get("partition")?.as_u64()?).ok()
}

/// Sorts the lines of a file.
///
/// # Errors
/// It cannot be read or written.
pub fn sorted(path: &Path) -> Result<()> {
    let text = fs::read(path).into_diagnostic().wrap_err_with(|| format!("cannot read {}", path.display()))?;
    let mut lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    lines.sort_unstable();
    fs::write(path, lines.concat()).into_diagnostic().wrap_err_with(|| format!("cannot write {}", path.display()))
}
