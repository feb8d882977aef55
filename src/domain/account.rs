//! What is kept of a customer: facts, activations, numbering and the agenda of closings.

use chrono::NaiveDate;

use super::control::{Activation, CustomerVersion, HeadCount, HeadCountKind};
use super::currency::Currency;
use super::instant::Instant;
use super::names::PlanId;
use super::zone::Zone;

/// A customer of a partition. One that has only waiting events has no versions yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// By `from`, ascending, no date twice.
    pub versions: Vec<CustomerVersion>,
    /// By service and `from`, neither pair twice.
    pub activations: Vec<Activation>,
    /// By kind and day, neither pair twice.
    pub head_counts: Vec<HeadCount>,
    /// Number of the last issued record: gap-free.
    pub last_number: u64,
    /// Events that wait.
    pub parked: u64,
    /// What is to be done when, ascending: see [`Task`].
    pub agenda: Vec<Task>,
}

/// Something to do when the watermark reaches an instant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Task {
    pub at: Instant,
    pub what: TaskKind,
    pub plan: PlanId,
    pub period: PeriodKey,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskKind {
    /// Issue the record of a period.
    Close,
    /// Issue what came late for a period that was closed before.
    Correct,
    /// Issue the packages that were bought on a day.
    Bundle,
    /// Let go of what is kept of a period only for corrections that cannot come any more.
    Forget,
}

/// Which period of a plan: its first day, in which zone and currency it is charged.
/// A change of zone or currency begins a cell of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeriodKey {
    pub from: NaiveDate,
    pub zone: Zone,
    pub currency: Currency,
}

impl Account {
    /// The version in force on the local day of an instant (each version's day is its own zone's).
    #[must_use]
    pub fn version_at(&self, instant: Instant) -> Option<&CustomerVersion> {
        self.versions.iter().rev().find(|version| version.zone.date_of(instant) >= version.from)
    }

    /// The version in force on a local day.
    #[must_use]
    pub fn version_on(&self, day: NaiveDate) -> Option<&CustomerVersion> {
        self.versions.iter().rev().find(|version| version.from <= day)
    }

    /// The version that a record names which is issued at an instant: who is registered from a later
    /// day on than it used something is the one that it will be.
    #[must_use]
    pub fn version_at_issue(&self, issued_at: Instant) -> Option<&CustomerVersion> {
        self.version_at(issued_at).or(self.versions.first())
    }

    /// The count in force on a local day: the last one told for it or a day before, else the
    /// inhabitants that the customer's facts name. None: nobody told.
    #[must_use]
    pub fn head_count_on(&self, kind: HeadCountKind, day: NaiveDate) -> Option<u64> {
        let told = self.head_counts.iter().rev().find(|one| one.kind == kind && one.on <= day).map(|one| one.count);
        let of_facts = || self.version_on(day).or(self.versions.first()).and_then(|version| version.inhabitants);
        told.or_else(|| of_facts().filter(|_| kind == HeadCountKind::Inhabitants))
    }

    /// Is the service activated at an instant (REQUIREMENTS U5)?
    #[must_use]
    pub fn is_activated(&self, service: &str, instant: Instant) -> bool {
        self.activations.iter().any(|activation| activation.service == service && activation.covers(instant))
    }

    /// The next instant at which there is something to do.
    #[must_use]
    pub fn next_due(&self) -> Option<Instant> {
        self.agenda.first().map(|task| task.at)
    }

    /// Puts a task into the agenda, once.
    pub fn schedule(&mut self, task: Task) {
        if let Err(place) = self.agenda.binary_search(&task) {
            self.agenda.insert(place, task);
        }
    }

    /// Takes the tasks that are due at exactly `at`, the next due instant.
    pub fn take_due(&mut self, at: Instant) -> Vec<Task> {
        let due = self.agenda.partition_point(|task| task.at <= at);
        self.agenda.drain(..due).collect()
    }

    /// Takes a version in; true if it changed anything. The same `from` replaces.
    pub fn put_version(&mut self, version: CustomerVersion) -> bool {
        match self.versions.binary_search_by_key(&version.from, |known| known.from) {
            Ok(place) => replace(&mut self.versions, place, version),
            Err(place) => {
                self.versions.insert(place, version);
                true
            }
        }
    }

    /// Takes an activation in; true if it changed anything. The same service and `from` replaces.
    pub fn put_activation(&mut self, activation: Activation) -> bool {
        let key = |one: &Activation| (one.service.clone(), one.from);
        match self.activations.binary_search_by_key(&key(&activation), key) {
            Ok(place) => replace(&mut self.activations, place, activation),
            Err(place) => {
                self.activations.insert(place, activation);
                true
            }
        }
    }

    /// Takes a head count in; true if it changed anything. The same kind and day replaces.
    pub fn put_head_count(&mut self, count: HeadCount) -> bool {
        match self.head_counts.binary_search_by_key(&(count.kind, count.on), |one| (one.kind, one.on)) {
            Ok(place) => replace(&mut self.head_counts, place, count),
            Err(place) => {
                self.head_counts.insert(place, count);
                true
            }
        }
    }
}

fn replace<T: PartialEq>(list: &mut [T], place: usize, new: T) -> bool {
    match list.get_mut(place) {
        Some(old) if *old != new => {
            *old = new;
            true
        }
        _ => false,
    }
}
