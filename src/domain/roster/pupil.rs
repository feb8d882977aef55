//! A child: what its newest facts say, under each of its pseudonyms.

use chrono::NaiveDate;

use super::customer::FullLoad;
use super::enrolment::{Enrolment, Span, spans};
use super::fact::Statement;
use crate::domain::instant::Instant;
use crate::domain::lineage::Fingerprint;

/// The piece of state of a pseudonym: its own facts and those of the child's other pseudonyms that were moved to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pupil {
    /// The facts are kept with another pseudonym of the same child.
    pub moved_to: Option<Fingerprint>,
    /// By pseudonym, ascending, none twice.
    pub records: Vec<PupilRecord>,
}

/// What was told under one pseudonym.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PupilRecord {
    pub pupil: Fingerprint,
    /// When it was said, and all enrolments; only the newest is kept.
    pub stated: Option<(Instant, Vec<Enrolment>)>,
    /// Deletions that are not older than that, ascending, none twice.
    pub deletions: Vec<Deletion>,
    /// From which day on it is gone: by the first deletion, or the first full load that did not name it any more.
    pub gone: Option<NaiveDate>,
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

    /// A full load has acted: whom it does not name is gone.
    pub fn settle(&mut self, full_loads: &[FullLoad]) {
        self.records.iter_mut().for_each(|record| record.settle(full_loads));
    }

    /// Takes the facts of another pseudonym of the same child over.
    pub fn take_over(&mut self, other: &mut Self) {
        for record in std::mem::take(&mut other.records) {
            let Err(place) = self.records.binary_search_by_key(&record.pupil, |known| known.pupil) else { continue };
            self.records.insert(place, record);
        }
    }

    fn record_mut(&mut self, pupil: Fingerprint) -> &mut PupilRecord {
        let place = self.records.binary_search_by_key(&pupil, |record| record.pupil).unwrap_or_else(|place| {
            self.records.insert(place, PupilRecord { pupil, stated: None, deletions: Vec::new(), gone: None });
            place
        });
        &mut self.records[place]
    }

    #[must_use]
    pub fn record(&self, pupil: Fingerprint) -> Option<&PupilRecord> {
        self.records.iter().find(|record| record.pupil == pupil)
    }

    /// What holds of the child, under all its pseudonyms.
    #[must_use]
    pub fn enrolments(&self) -> Vec<Enrolment> {
        let of = |record: &PupilRecord| record.in_force().collect::<Vec<_>>();
        let mut all: Vec<Enrolment> = self.records.iter().flat_map(of).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Is the child at any school on a day?
    #[must_use]
    pub fn is_active(&self, day: NaiveDate) -> bool {
        self.enrolments().iter().any(|one| one.from <= day && one.to.is_none_or(|to| day < to))
    }
}

impl PupilRecord {
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
        self.stated.iter().flat_map(|(_, enrolments)| enrolments).filter_map(|one| one.until(self.gone))
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
