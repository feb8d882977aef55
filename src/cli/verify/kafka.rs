//! Kafka's partitions: each folded again from the beginning of its topics, and compared with what
//! was published for it.

mod published;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use miette::{IntoDiagnostic as _, Result, WrapErr as _, miette};

use self::published::{Outputs, is_of_customers, sorted, split_off_homeless};
use super::checks::Checker;
use super::compare::{self, Compared};
use super::lines::Lines;
use super::outcome::{Outcome, Recomputed};
use super::sealed::Opener;
use super::work::WorkDirectory;
use crate::app::{self, CatalogsOfLog, PartitionCommit, Replayed};
use crate::cli::published_records;
use crate::config::{self, Config};
use crate::domain::catalog::Catalog;
use crate::journal::OUTPUT_FILES;
use crate::pipeline::Stop;
use crate::pipeline::ports::Catalogs;

/// Lines made anew that do not say of which partition they are, by output.
type Homeless = BTreeMap<&'static str, Vec<u8>>;

/// What is verified, and with what.
pub struct OnKafka<'a> {
    pub config: &'a Config,
    pub kafka: &'a config::Kafka,
    /// The one in force, then earlier ones.
    pub catalogs: &'a [Arc<Catalog>],
    /// Those that the log may name.
    pub others: &'a Arc<dyn Catalogs>,
    pub work: &'a WorkDirectory,
    pub opener: Opener,
}

impl OnKafka<'_> {
    /// # Errors
    /// The topics cannot be read, or it was stopped.
    pub fn verify(&self) -> Result<Outcome> {
        let mut checker = Checker::default();
        published_records::of_topic(self.config, self.kafka, &mut |_, offset, text| checker.look_at(offset, text))?;
        let before = app::partition_commits(self.config, self.kafka)?;
        let outputs = Outputs::read(self.config, self.kafka)?;
        let after = app::partition_commits(self.config, self.kafka)?;
        let stop = Stop::default();
        app::stop_on_signals(stop.clone())?;
        let (mut recomputed, mut homeless) = (Recomputed::default(), Homeless::default());
        for partition in outputs.partitions().into_iter().filter(|partition| !before.contains_key(partition)) {
            recomputed.left_out.push(format!(
                "partition {partition} has outputs, but the group has no commit of it: were its offsets or the changelog removed?"
            ));
        }
        for (partition, commit) in &before {
            if after.get(partition) != Some(commit) {
                recomputed.left_out.push(format!("partition {partition} was worked on meanwhile: verify again when it rests"));
                continue;
            }
            self.partition(*partition, commit, &outputs, &stop, &mut recomputed, &mut homeless)?;
            if stop.is_requested() {
                return Err(miette!("stopped before all was recomputed: nothing can be said; run it again"));
            }
        }
        self.of_all(&outputs, &homeless, &mut recomputed)?;
        Ok(Outcome { recomputed, checked: checker.finish() })
    }

    fn partition(
        &self,
        partition: u32,
        commit: &PartitionCommit,
        outputs: &Outputs,
        stop: &Stop,
        recomputed: &mut Recomputed,
        homeless: &mut Homeless,
    ) -> Result<()> {
        let Some(catalog) = self.catalogs.first() else { return Ok(()) };
        let work = self.work.path().join(format!("p-{partition:05}"));
        let place = (partition, self.config.topics.partitions);
        let catalogs = CatalogsOfLog { first: Arc::clone(catalog), others: Arc::clone(self.others) };
        match app::replay_partition(self.config, self.kafka, catalogs, place, commit, &work, stop)? {
            Replayed::Cut(topic) => {
                let text = format!("partition {partition}: the beginning of {topic} is gone by retention, and cannot be folded again");
                recomputed.left_out.push(text);
            }
            Replayed::Sums(sums) => {
                recomputed.add_partition(commit, &sums);
                for name in OUTPUT_FILES {
                    let expected = work.join("out").join(name);
                    if !is_of_customers(name) {
                        homeless.entry(name).or_default().extend(split_off_homeless(&expected, self.config.topics.partitions)?);
                    }
                    let published = outputs.write(name, Some(partition), &work)?;
                    recomputed.add_output(self.compare(name, &published, &expected)?);
                }
            }
        }
        Ok(())
    }

    /// What no partition can be named for is compared when all were folded again: it may be of any.
    fn of_all(&self, outputs: &Outputs, homeless: &Homeless, recomputed: &mut Recomputed) -> Result<()> {
        for name in OUTPUT_FILES.into_iter().filter(|name| !is_of_customers(name)) {
            let published = outputs.write(name, None, self.work.path())?;
            if recomputed.is_whole() {
                let expected = self.work.path().join(name);
                let lines = homeless.get(name).map_or(&[][..], Vec::as_slice);
                fs::write(&expected, lines).into_diagnostic().wrap_err_with(|| format!("cannot write {}", expected.display()))?;
                recomputed.add_output(self.compare(name, &published, &expected)?);
            }
        }
        Ok(())
    }

    /// Records are in order. Of the others, those without a customer are on partitions of their own,
    /// so that only sorted they are comparable.
    fn compare(&self, name: &'static str, published: &Path, expected: &Path) -> Result<Compared> {
        if !is_of_customers(name) {
            sorted(published)?;
            sorted(expected)?;
        }
        let (published, expected) = (Lines::open(published, u64::MAX)?, Lines::open(expected, u64::MAX)?);
        Ok(compare::compare(name, published, expected, self.catalogs, &self.opener)?)
    }
}
