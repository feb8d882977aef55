//! What is kept of a customer: facts, activations, numbering and the agenda of closings.

use chrono::NaiveDate;

use super::control::{Activation, CustomerVersion, HeadCount};
use super::currency::Currency;
use super::instant::Instant;
use super::names::{CustomerId, PlanId};
use super::succession::{Handover, Predecessor, Successors};
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
    /// Its mergers and splits, in the order in which they were told. At most the last one ends it.
    pub handovers: Vec<Handover>,
    /// Whose use counts on it, in the order in which it was told.
    pub predecessors: Vec<Predecessor>,
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

    /// Is the service activated at an instant (REQUIREMENTS U5)?
    #[must_use]
    pub fn is_activated(&self, service: &str, instant: Instant) -> bool {
        self.activations.iter().any(|activation| activation.service == service && activation.covers(instant))
    }

    /// The next instant at which there is something to do.
    #[must_use]
    pub fn next_due(&self) -> Option<Instant> {
        let task = self.agenda.first().map(|task| task.at);
        task.into_iter().chain(self.handover_due()).min()
    }

    /// When its pools are handed over next.
    #[must_use]
    pub fn handover_due(&self) -> Option<Instant> {
        self.handovers.iter().filter_map(|handover| handover.due).min()
    }

    /// The merger or split that has ended this customer before an instant or at it.
    #[must_use]
    pub fn ended_by(&self, id: &CustomerId, at: Instant) -> Option<&Handover> {
        self.handovers.iter().find(|handover| handover.from <= at && handover.ends(id))
    }

    /// The customer on which this one's use at an instant counts; none: on itself. What is taken from a pool
    /// (`pooled`) counts where its pool is, also if it is told after that was handed over.
    #[must_use]
    pub fn survivor_at(&self, at: Instant, pooled: bool) -> Option<&CustomerId> {
        self.handovers.iter().find_map(|handover| match &handover.to {
            Successors::Survivor(into) if handover.from <= at || (pooled && handover.due.is_none()) => Some(into),
            _ => None,
        })
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
