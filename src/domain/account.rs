//! What is kept of a customer: facts, activations, numbering and the agenda of closings.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::control::{Activation, CustomerVersion, Decision, HeadCount, HeadCountKind};
use super::currency::Currency;
use super::gates::Gates;
use super::instant::Instant;
use super::names::{CustomerId, PlanId, ServiceId};
use super::succession::{Handover, Predecessor, Successors};
use super::zone::Zone;

/// A customer of a partition. One that has only waiting events has no versions yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// By `from`, ascending, no date twice.
    pub versions: Vec<CustomerVersion>,
    /// By service and `from`, neither pair twice.
    pub activations: Vec<Activation>,
    /// By kind, day and school form, no triple twice.
    pub head_counts: Vec<HeadCount>,
    /// Number of the last issued record: gap-free.
    pub last_number: u64,
    /// Events that wait.
    pub parked: u64,
    /// What is to be done when, ascending: see [`Task`].
    pub agenda: Vec<Task>,
    /// By plan and period, neither pair twice.
    pub decisions: Vec<Decision>,
    /// The day on which the years of a service's plan began, where they begin with the agreement.
    /// It is fixed when the first use is counted: a year that was charged is never moved.
    pub agreements: Vec<(ServiceId, NaiveDate)>,
    /// What is due and cannot be issued, in the order in which it was held.
    pub held: Vec<Held>,
    /// Its mergers and splits, in the order in which they were told. At most the last one ends it.
    pub handovers: Vec<Handover>,
    /// Whose use counts on it, in the order in which it was told.
    pub predecessors: Vec<Predecessor>,
    /// Who may be charged for what, from when.
    pub gates: Gates,
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
    /// Look at the deadlines of a customer: of no plan.
    Remind,
}

/// A record or correction that is due and held back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub what: TaskKind,
    pub plan: PlanId,
    pub period: PeriodKey,
    pub since: Instant,
    /// What is missing, and what would release it, in words.
    pub why: String,
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
        let task = self.agenda.first().map(|task| task.at);
        [task, self.handover_due(), self.gates.due()].into_iter().flatten().min()
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

    /// Takes the tasks that are due at `at`, which is when they are done: later than they say, if a freeze window put them off.
    pub fn take_due(&mut self, at: Instant) -> Vec<Task> {
        let due = self.agenda.partition_point(|task| task.at <= at);
        self.agenda.drain(..due).map(|task| Task { at, ..task }).collect()
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

    /// Takes a head count in; true if it changed anything. The same kind, day and school form replaces.
    pub fn put_head_count(&mut self, count: HeadCount) -> bool {
        let key = |one: &HeadCount| (one.kind, one.on, one.school_form.clone());
        match self.head_counts.binary_search_by_key(&key(&count), key) {
            Ok(place) => replace(&mut self.head_counts, place, count),
            Err(place) => {
                self.head_counts.insert(place, count);
                true
            }
        }
    }

    /// Takes a decision in; true if it changed anything. The same plan and period replaces.
    pub fn put_decision(&mut self, decision: Decision) -> bool {
        let key = |one: &Decision| (one.plan.clone(), one.period_from);
        match self.decisions.binary_search_by_key(&key(&decision), key) {
            Ok(place) => replace(&mut self.decisions, place, decision),
            Err(place) => {
                self.decisions.insert(place, decision);
                true
            }
        }
    }

    #[must_use]
    pub fn decision(&self, plan: &PlanId, period_from: NaiveDate) -> Option<&Decision> {
        self.decisions.iter().find(|one| (&one.plan, one.period_from) == (plan, period_from))
    }

    /// The active pupils in force on a day: the latest count of each school form, of those that are asked for.
    /// A count without a form is of all pupils; of it and of counts by form, the newer ones are taken.
    #[must_use]
    pub fn active_pupils(&self, forms: Option<&[String]>, day: NaiveDate) -> Option<u64> {
        let told = || self.head_counts.iter().filter(|one| one.kind == HeadCountKind::ActivePupils && one.on <= day);
        let total = told().rev().find(|one| one.school_form.is_none());
        let is_asked = |form: &String| forms.is_none_or(|forms| forms.contains(form));
        let mut by_form: BTreeMap<&String, &HeadCount> = BTreeMap::new();
        for count in told() {
            by_form.extend(count.school_form.as_ref().map(|form| (form, count)));
        }
        let newest = by_form.values().map(|count| count.on).max();
        if let Some(total) = total.filter(|total| newest.is_none_or(|newest| newest < total.on)) {
            return Some(total.count);
        }
        let mut asked = by_form.into_iter().filter(|(form, _)| is_asked(form)).map(|(_, count)| count.count).peekable();
        asked.peek()?;
        Some(asked.fold(0, u64::saturating_add))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// `day form count`, where `*` is a count of all.
    fn pupils(told: &[&str], forms: Option<&[&str]>, day: &str) -> Option<u64> {
        let mut account = Account::default();
        for one in told {
            let words: Vec<&str> = one.split(' ').collect();
            let school_form = Some(words[1].to_owned()).filter(|form| form != "*");
            let (on, count) = (words[0].parse().expect("a day"), words[2].parse().expect("a count"));
            assert!(account.put_head_count(HeadCount { kind: HeadCountKind::ActivePupils, count, on, school_form }));
        }
        let forms: Option<Vec<String>> = forms.map(|forms| forms.iter().map(|form| (*form).to_owned()).collect());
        account.active_pupils(forms.as_deref(), day.parse().expect("a day"))
    }

    #[test]
    fn the_latest_count_of_each_form_is_in_force() {
        let told = ["2024-10-15 * 900", "2025-10-15 grskola 600", "2025-10-15 fritids 250", "2025-11-01 grskola 610", "2026-10-15 * 1000"];
        let check = |forms, day, expect| assert_eq!(pupils(&told, forms, day), expect, "{forms:?} {day}");
        check(None, "2024-10-14", None);
        check(None, "2025-10-14", Some(900));
        check(None, "2025-10-15", Some(850));
        check(Some(&["grskola"][..]), "2025-10-31", Some(600));
        check(Some(&["grskola", "fskola"][..]), "2025-11-01", Some(610));
        check(Some(&["fskola"][..]), "2025-11-01", None);
        check(Some(&["grskola"][..]), "2026-10-15", Some(1000));
    }
}
