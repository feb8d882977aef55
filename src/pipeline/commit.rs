//! The commit: how inputs, outputs and state move on together. All of the protocol is here and in
//! `takeover`, which is its other half.
//!
//! Local state is always *behind* the commit point, never ahead; so nothing is ever wiped.
//! Per worker, every commit interval or when much has changed:
//!
//! 1. freeze: post-images of changed state, new ids, outputs, next input positions (`Partition::freeze`);
//! 2. the sink publishes all of it or nothing, atomically with the positions (Kafka: one short
//!    transaction with changelog, outputs and offsets; journal: the output files, synced);
//! 3. only then one write per store: post-images, positions, and the sink's receipt;
//! 4. memory is released. The worker keeps folding the next epoch during 2 and 3.
//!
//! | Stop at | sink | store | on restart |
//! |---|---|---|---|
//! | before 2 commits | n-1 | n-1 | inputs are read again from n-1: same result |
//! | between 2 and 3, Kafka | n | n-1 | the changelog's tail is applied from the receipt on: n |
//! | between 2 and 3, journal | n | n-1 | outputs are cut back to the receipt's lengths: n-1, then read again |
//! | after 3 | n | n | nothing |
//! | between the stores of 3 | n | n, n-1 | each partition for itself as above |
//! | result of 2 unknown | n-1 or n | n-1 | never retried in place: fence, ask what was committed, then as above |
//! | store lost, or an older copy | n | none or older | rebuilt from the changelog (journal: from the inputs) |
//! | fenced, partition lost | others' | behind | frozen and changed state is dropped; the new owner goes on |
//!
//! A publication that did not succeed drops *all* engines of the worker: what they folded since the
//! freeze stands on state that may never have been committed.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::crash::{Point, crash_point};
use super::fault::{RunError, Trouble};
use super::partition::Frozen;
use super::ports::{Publication, Receipt, Sink, Store};
use crate::wire::stored::key::Key;

/// What goes into one commit.
struct Job<K, D> {
    sink: K,
    publications: Vec<Publication>,
    stores: Vec<Arc<D>>,
    frozen_at: Instant,
}

/// What became of it. The stores are let go before it is sent.
struct Report<K> {
    sink: K,
    result: Result<(), Trouble>,
    took: Duration,
}

/// A commit that was made.
#[derive(Debug, Default)]
pub(super) struct Committed {
    /// Partitions and their epochs that are in the store now.
    pub epochs: Vec<(u32, u64)>,
    pub took: Duration,
    pub changes: usize,
    pub outputs: usize,
}

/// The thread that commits while the worker folds on, and the sink, which is lent to it.
pub(super) struct Committer<K, D> {
    /// None while a commit is under way.
    sink: Option<K>,
    under_way: Committed,
    jobs: Option<SyncSender<Job<K, D>>>,
    reports: Receiver<Report<K>>,
    thread: Option<JoinHandle<()>>,
}

impl<K: Sink + 'static, D: Store + Sync + 'static> Committer<K, D> {
    pub fn start(sink: K) -> Result<Self, RunError> {
        let (jobs, todo) = mpsc::sync_channel::<Job<K, D>>(1);
        let (done, reports) = mpsc::sync_channel(1);
        let work = move || {
            for job in todo {
                if done.send(carry_out(job)).is_err() {
                    return;
                }
            }
        };
        let thread =
            thread::Builder::new().name("commit".into()).spawn(work).map_err(|error| RunError::CommitterGone(error.to_string()))?;
        Ok(Self { sink: Some(sink), under_way: Committed::default(), jobs: Some(jobs), reports, thread: Some(thread) })
    }

    pub fn is_under_way(&self) -> bool {
        self.sink.is_none()
    }

    /// The sink, between commits.
    pub fn sink(&mut self) -> Option<&mut K> {
        self.sink.as_mut()
    }

    /// Begins a commit; none must be under way.
    pub fn begin(&mut self, frozen: Vec<Frozen<D>>) -> Result<(), RunError> {
        let gone = || RunError::CommitterGone("it does not take the next commit".into());
        let sink = self.sink.take().ok_or_else(gone)?;
        let mut job = Job { sink, publications: Vec::new(), stores: Vec::new(), frozen_at: Instant::now() };
        self.under_way = Committed::default();
        for one in frozen {
            self.under_way.epochs.push((one.publication.partition, one.epoch));
            self.under_way.changes += one.publication.changes.len();
            self.under_way.outputs += one.publication.outputs.len();
            job.publications.push(one.publication);
            job.stores.push(one.store);
        }
        self.jobs.as_ref().ok_or_else(gone)?.send(job).map_err(|_| gone())
    }

    /// What became of the commit under way, waiting at most that long. None: nothing yet, or none is.
    pub fn outcome(&mut self, wait: Duration) -> Result<Option<Committed>, Trouble> {
        if !self.is_under_way() {
            return Ok(None);
        }
        let report = match self.reports.recv_timeout(wait) {
            Ok(report) => report,
            Err(RecvTimeoutError::Timeout) => return Ok(None),
            Err(RecvTimeoutError::Disconnected) => return Err(RunError::CommitterGone("it ended without a report".into()).into()),
        };
        self.sink = Some(report.sink);
        let committed = std::mem::take(&mut self.under_way);
        report.result.map(|()| Some(Committed { took: report.took, ..committed }))
    }

    /// Does not wait for a commit under way when this is dropped.
    pub fn abandon(&mut self) {
        self.thread = None;
    }
}

impl<K, D> Drop for Committer<K, D> {
    /// A commit under way ends before stores are opened again.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that commits panicked");
        }
    }
}

fn carry_out<K: Sink, D: Store>(job: Job<K, D>) -> Report<K> {
    let Job { mut sink, mut publications, stores, frozen_at } = job;
    let result = publish_and_store(&mut sink, &mut publications, &stores);
    drop(stores);
    Report { sink, result, took: frozen_at.elapsed() }
}

fn publish_and_store<K: Sink, D: Store>(sink: &mut K, publications: &mut [Publication], stores: &[Arc<D>]) -> Result<(), Trouble> {
    crash_point(Point::BeforePublish);
    let receipts = sink.publish(publications)?;
    crash_point(Point::AfterPublish);
    if receipts.len() != publications.len() {
        let text = format!("{} publications were answered with {} receipts: report this", publications.len(), receipts.len());
        return Err(RunError::Output(text).into());
    }
    for ((publication, store), receipt) in publications.iter_mut().zip(stores).zip(receipts) {
        crash_point(Point::BeforeStoreWrite);
        write(publication, store.as_ref(), receipt)?;
        crash_point(Point::AfterStoreWrite);
    }
    Ok(())
}

fn write<D: Store>(publication: &mut Publication, store: &D, receipt: Receipt) -> Result<(), RunError> {
    publication.changes.push((Key::Receipt.encode(), Some(receipt)));
    store.write(&publication.changes).map_err(|source| RunError::Store { partition: publication.partition, source })
}
