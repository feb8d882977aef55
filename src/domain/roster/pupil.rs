//! A child: what its newest facts say, under each of its pseudonyms.

use chrono::NaiveDate;

use super::customer::FullLoad;
use super::enrolment::{Enrolment, Span, spans};
use super::fact::Statement;
use crate::domain::instant::Instant;
use crate::domain::lineage::Fingerprint;
use crate::domain::names::CustomerId;

/// The piece of state of a pseudonym: its own facts and those of the child's other pseudonyms that were moved to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pupil {
    /// The facts are kept with another pseudonym of the same child.
    pub moved_to: Option<Fingerprint>,
    /// By pseudonym and whose roster they are of, ascending, none twice.
    pub records: Vec<PupilRecord>,
}

/// What was told under one pseudonym.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PupilRecord {
    pub pupil: Fingerprint,
    /// It is a copy of what the roster of a merged customer has; none: it was told of this one.
    pub of: Option<Taken>,
    /// When it was said, and all enrolments; only the newest is kept.
    pub stated: Option<(Instant, Vec<Enrolment>)>,
    /// Deletions that are not older than that, ascending, none twice.
    pub deletions: Vec<Deletion>,
    /// From which day on it is gone: by the first deletion, or the first full load that did not name it any more.
    pub gone: Option<NaiveDate>,
}

/// A customer that was merged into this one, and the day from which on its pupils count here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Taken {
    pub customer: CustomerId,
    pub from: NaiveDate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deletion {
    pub at: Instant,
    /// The local day of it.
    pub day: NaiveDate,
}

impl Pupil {
    /// Takes a statement in, unless a newer one is known; of two of the same instant, always the same one stays.
    pub fn put(&mut self, pupil: Fingerprint, at: Instant, day: NaiveDate, statement: &Statement, full_loads: &[FullLoad]) {
        let record = self.record_mut(pupil);
        match statement {
            Statement::Deleted => record.delete(Deletion { at, day }),
            Statement::Enrolled(enrolments) => record.state(at, enrolments),
        }
        record.settle(full_loads);
    }

    /// A full load has acted: whom it does not name is gone. It is of this customer's own roster: copies of another
    /// one say themselves what is gone.
    pub fn settle(&mut self, full_loads: &[FullLoad]) {
        self.records.iter_mut().filter(|record| record.of.is_none()).for_each(|record| record.settle(full_loads));
    }

    /// Puts the copy of a record of a merged customer in the place of the one before.
    pub fn put_taken(&mut self, record: PupilRecord) {
        match self.place_of(&record) {
            Ok(place) => self.records[place] = record,
            Err(place) => self.records.insert(place, record),
        }
    }

    /// The child has this pseudonym too, whatever was told under it.
    pub fn name(&mut self, pupil: Fingerprint) {
        self.record_mut(pupil);
    }

    /// Copies for the survivor of a merger, on which the pupils of `customer` count from a day on, and those that it took
    /// over not before. They name all pseudonyms of the child, of which `root` is one.
    #[must_use]
    pub fn copies(&self, root: Fingerprint, customer: &CustomerId, from: NaiveDate) -> Vec<PupilRecord> {
        let taken = |record: &PupilRecord| {
            let of = record.of.clone().unwrap_or_else(|| Taken { customer: customer.clone(), from });
            let of = Some(Taken { from: of.from.max(from), ..of });
            PupilRecord { of, deletions: Vec::new(), ..record.clone() }
        };
        let is_named = self.records.is_empty() || self.records.iter().any(|record| record.pupil == root);
        let name = PupilRecord::empty(root);
        Some(&name).filter(|_| !is_named).into_iter().chain(&self.records).map(taken).collect()
    }

    fn place_of(&self, record: &PupilRecord) -> Result<usize, usize> {
        self.records.binary_search_by(|known| known.key().cmp(&record.key()))
    }

    /// Takes the facts of another pseudonym of the same child over.
    pub fn take_over(&mut self, other: &mut Self) {
        for record in std::mem::take(&mut other.records) {
            let Err(place) = self.place_of(&record) else { continue };
            self.records.insert(place, record);
        }
    }

    fn record_mut(&mut self, pupil: Fingerprint) -> &mut PupilRecord {
        let new = PupilRecord::empty(pupil);
        let place = self.place_of(&new).unwrap_or_else(|place| {
            self.records.insert(place, new);
            place
        });
        &mut self.records[place]
    }

    /// What this customer was told under a pseudonym.
    #[must_use]
    pub fn record(&self, pupil: Fingerprint) -> Option<&PupilRecord> {
        self.records.iter().find(|record| record.pupil == pupil && record.of.is_none())
    }

    /// What holds of the child, under all its pseudonyms, and in all rosters that count here.
    #[must_use]
    pub fn enrolments(&self) -> Vec<Enrolment> {
        self.enrolments_of(|_| true)
    }

    /// What holds of it by this customer's own roster.
    #[must_use]
    pub fn own_enrolments(&self) -> Vec<Enrolment> {
        self.enrolments_of(|record| record.of.is_none())
    }

    fn enrolments_of(&self, is_asked: impl Fn(&&PupilRecord) -> bool) -> Vec<Enrolment> {
        let of = |record: &PupilRecord| record.in_force().collect::<Vec<_>>();
        let mut all: Vec<Enrolment> = self.records.iter().filter(is_asked).flat_map(of).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Is the child at any school on a day, by this customer's own roster?
    #[must_use]
    pub fn is_active(&self, day: NaiveDate) -> bool {
        self.own_enrolments().iter().any(|one| one.from <= day && one.to.is_none_or(|to| day < to))
    }
}

impl PupilRecord {
    fn empty(pupil: Fingerprint) -> Self {
        Self { pupil, of: None, stated: None, deletions: Vec::new(), gone: None }
    }

    fn key(&self) -> (Fingerprint, Option<&CustomerId>) {
        (self.pupil, self.of.as_ref().map(|taken| &taken.customer))
    }

    fn state(&mut self, at: Instant, enrolments: &[Enrolment]) {
        let is_newer = self.stated.as_ref().is_none_or(|(known, old)| (known, old.as_slice()) < (&at, enrolments));
        if is_newer {
            self.stated = Some((at, enrolments.to_vec()));
            self.deletions.retain(|deletion| deletion.at >= at);
        }
    }

    fn delete(&mut self, deletion: Deletion) {
        let is_old = self.stated.as_ref().is_some_and(|(at, _)| deletion.at < *at);
        if let Err(place) = self.deletions.binary_search(&deletion)
            && !is_old
        {
            self.deletions.insert(place, deletion);
        }
    }

    fn settle(&mut self, full_loads: &[FullLoad]) {
        let since = self.stated.as_ref().map(|(at, _)| *at);
        let unnamed = full_loads.iter().filter(|load| since.is_some_and(|since| load.at > since)).min();
        let told = self.deletions.first();
        let first = unnamed.map(|load| (load.at, load.day)).into_iter().chain(told.map(|deletion| (deletion.at, deletion.day))).min();
        self.gone = first.map(|(_, day)| day);
    }

    fn in_force(&self) -> impl Iterator<Item = Enrolment> + '_ {
        let from = self.of.as_ref().map(|taken| taken.from);
        let stated = self.stated.iter().flat_map(|(_, enrolments)| enrolments);
        stated.filter_map(|one| one.until(self.gone)).filter_map(move |one| one.since(from))
    }
}

impl Pupil {
    /// Its spans at all schools.
    #[must_use]
    pub fn spans(enrolments: &[Enrolment]) -> Vec<Span> {
        spans(enrolments.iter())
    }

    /// Its spans at one school unit.
    #[must_use]
    pub fn spans_at(enrolments: &[Enrolment], unit: &str) -> Vec<Span> {
        spans(enrolments.iter().filter(|one| one.unit == unit))
    }
}
