//! The input of Kafka's topics, as the partition of the record's customer has it.

use miette::{IntoDiagnostic, Result, WrapErr};

use super::input::{Fates, Gathering, Input};
use crate::app;
use crate::config::{self, Config};
use crate::domain::catalog::Catalog;
use crate::engine::route;
use crate::kafka::Settings;
use crate::kafka::topic::{read_partition, read_topic};
use crate::wire::published::Record;

/// Reads the input from its beginning, as far as retention has left it.
///
/// # Errors
/// The topics cannot be read.
pub fn read(config: &Config, kafka: &config::Kafka, record: &Record, catalog: &Catalog) -> Result<Input> {
    let settings = app::settings(config, kafka);
    let partition = route::partition_of(&record.customer, config.topics.partitions);
    let mut gathering = Gathering::new(record, catalog, fates(&settings, partition)?, "events.offset");
    let all = 0..=u64::MAX;
    let topics = &settings.topics;
    let control = read_partition(&settings, &topics.control, partition, &all, &mut |read| gathering.control(read.value, read.headers));
    let first_control = control.into_diagnostic()?;
    let usage = read_partition(&settings, &topics.usage, partition, &all, &mut |read| {
        gathering.usage(read.offset, read.value, read.headers);
    });
    for (topic, first) in [(&topics.control, first_control), (&topics.usage, usage.into_diagnostic()?)] {
        if first > 0 {
            eprintln!(
                "warning: partition {partition} of {topic} begins at offset {first}: what was before it is gone by retention, and not seen here"
            );
        }
    }
    Ok(gathering.finish())
}

/// Suspense records are keyed by customer, where there is one, and so may be on any partition.
fn fates(settings: &Settings, partition: u32) -> Result<Fates> {
    let (mut fates, mut fault) = (Fates::default(), None);
    let topic = &settings.topics.suspense;
    let read = read_topic(settings, topic, &mut |read| {
        if let Err(error) = fates.take(read.value, (&settings.topics.usage, partition)) {
            fault.get_or_insert((read.partition, read.offset, error));
        }
    });
    read.into_diagnostic()?;
    match fault {
        Some((partition, offset, error)) => {
            Err(error).into_diagnostic().wrap_err_with(|| format!("offset {offset} of {topic} {partition} is no suspense record"))
        }
        None => Ok(fates),
    }
}
