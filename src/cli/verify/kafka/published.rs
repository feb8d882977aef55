//! What is in the output topics, by the partition that it came from.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic, Result, WrapErr};
use serde_json::Value;

use crate::app::{self, AppError};
use crate::config::{self, Config};
use crate::engine::route;
use crate::journal::OUTPUT_FILES;
use crate::kafka::topic::read_topic;

/// Lines by output and partition; none: a line does not say which one.
pub struct Outputs(BTreeMap<(&'static str, Option<u32>), Vec<u8>>);

impl Outputs {
    /// # Errors
    /// A topic cannot be read.
    pub fn read(config: &Config, kafka: &config::Kafka) -> Result<Self> {
        let settings = app::settings(config, kafka);
        let topics = [&settings.topics.records, &settings.topics.suspense, &settings.topics.notices];
        let mut lines: BTreeMap<(&'static str, Option<u32>), Vec<u8>> = BTreeMap::new();
        for (name, topic) in OUTPUT_FILES.into_iter().zip(topics) {
            read_topic(&settings, topic, &mut |read| {
                let of = if is_of_customers(name) { Some(read.partition) } else { home(read.value, config.topics.partitions) };
                let file = lines.entry((name, of)).or_default();
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
        self.0.keys().filter_map(|(_, partition)| *partition).collect()
    }

    /// Puts those of a partition into a file, as a journal would have them; or those that do not say of which they are.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, name: &'static str, partition: Option<u32>, work: &Path) -> Result<PathBuf> {
        let path = work.join(format!("published-{name}"));
        let lines = self.0.get(&(name, partition)).map_or(&[][..], Vec::as_slice);
        fs::write(&path, lines).into_diagnostic().wrap_err_with(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }
}

/// Every record is of a customer, and so on the topic's partition of that customer.
#[must_use]
pub fn is_of_customers(name: &str) -> bool {
    name.starts_with("billing-records")
}

/// The partition of the input that a line was made by: as it says, or that of its customer. Those without a customer lie anywhere
/// in their topic, and a notice about a source names no partition.
#[must_use]
pub fn home(line: &[u8], partitions: u32) -> Option<u32> {
    let value: Value = serde_json::from_slice(line).ok()?;
    let said = value.pointer("/origin/partition").or_else(|| value.get("partition"));
    match said.and_then(Value::as_u64) {
        Some(partition) => u32::try_from(partition).ok(),
        None => Some(route::partition_of(value.get("customer")?.as_str()?, partitions)),
    }
}

/// Takes the lines out of a file that do not say of which partition they are.
///
/// # Errors
/// It cannot be read or written.
pub fn split_off_homeless(path: &Path, partitions: u32) -> Result<Vec<u8>> {
    let text = fs::read(path).into_diagnostic().wrap_err_with(|| format!("cannot read {}", path.display()))?;
    let (own, homeless): (Vec<&[u8]>, Vec<&[u8]>) =
        text.split_inclusive(|byte| *byte == b'\n').partition(|line| home(line, partitions).is_some());
    fs::write(path, own.concat()).into_diagnostic().wrap_err_with(|| format!("cannot write {}", path.display()))?;
    Ok(homeless.concat())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_of_the_partition_that_it_says_or_of_its_customers() {
        let check = |line: &str, expect: Option<u32>| assert_eq!(home(line.as_bytes(), 4), expect, "{line}");
        let of_customer = route::partition_of("SE-1", 4);
        check(r#"{"customer":"SE-1","origin":{"partition":3}}"#, Some(3));
        check(r#"{"kind":"brake_on","partition":2}"#, Some(2));
        check(r#"{"kind":"low_balance","customer":"SE-1"}"#, Some(of_customer));
        check(r#"{"kind":"sequence_repeated","source":"//s"}"#, None);
        check("no JSON", None);
    }
}
