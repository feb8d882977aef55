//! Pupils, and how many there are.

use bincode::{BorrowDecode, Encode};

use crate::domain::instant::Instant;
use crate::domain::lineage::Fingerprint;
use crate::domain::names::CustomerId;
use crate::domain::roster::{CountRow, Deletion, Enrolment, Pupil, PupilCounts, PupilRecord, Taken};
use crate::wire::stored::value::format::Fault;
use crate::wire::stored::value::plain::date;

#[derive(Encode, BorrowDecode)]
pub struct StoredPupil<'a> {
    moved_to: Option<u128>,
    /// With the customer and the day from which a copy is.
    records: Vec<(StoredRecord<'a>, Option<(&'a str, i32)>)>,
}

/// Version 1: before rosters went with mergers.
#[derive(Encode, BorrowDecode)]
pub struct StoredPupilV1<'a> {
    moved_to: Option<u128>,
    records: Vec<StoredRecord<'a>>,
}

#[derive(Encode, BorrowDecode)]
struct StoredRecord<'a> {
    pupil: u128,
    stated: Option<(i64, Vec<StoredEnrolment<'a>>)>,
    /// Instant, day.
    deletions: Vec<(i64, i32)>,
    gone: Option<i32>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredEnrolment<'a> {
    unit: &'a str,
    form: &'a str,
    from: i32,
    to: Option<i32>,
}

impl<'a> StoredPupil<'a> {
    pub fn of(pupil: &'a Pupil) -> Self {
        let of = |record: &'a PupilRecord| record.of.as_ref().map(|taken| (taken.customer.as_str(), taken.from.to_epoch_days()));
        let records = pupil.records.iter().map(|record| (StoredRecord::of(record), of(record))).collect();
        Self { moved_to: pupil.moved_to.map(|other| other.0), records }
    }

    pub fn into_domain(self) -> Result<Pupil, Fault> {
        let taken = |(customer, from): (&str, i32)| Ok(Taken { customer: CustomerId::new(customer), from: date(from)? });
        let record =
            |(record, of): (StoredRecord<'_>, Option<_>)| Ok(PupilRecord { of: of.map(taken).transpose()?, ..record.into_domain()? });
        let records = self.records.into_iter().map(record).collect::<Result<_, Fault>>()?;
        Ok(Pupil { moved_to: self.moved_to.map(Fingerprint), records })
    }
}

impl StoredPupilV1<'_> {
    pub fn into_domain(self) -> Result<Pupil, Fault> {
        let records = self.records.into_iter().map(StoredRecord::into_domain).collect::<Result<_, _>>()?;
        Ok(Pupil { moved_to: self.moved_to.map(Fingerprint), records })
    }
}

impl<'a> StoredRecord<'a> {
    fn of(record: &'a PupilRecord) -> Self {
        let stated = |(at, enrolments): &'a (Instant, Vec<Enrolment>)| (at.nanos(), StoredEnrolment::all(enrolments));
        Self {
            pupil: record.pupil.0,
            stated: record.stated.as_ref().map(stated),
            deletions: record.deletions.iter().map(|one| (one.at.nanos(), one.day.to_epoch_days())).collect(),
            gone: record.gone.map(|day| day.to_epoch_days()),
        }
    }

    fn into_domain(self) -> Result<PupilRecord, Fault> {
        let stated = match self.stated {
            Some((at, enrolments)) => Some((Instant::from_nanos(at), StoredEnrolment::into_all(enrolments)?)),
            None => None,
        };
        let deletion = |(at, day): (i64, i32)| Ok(Deletion { at: Instant::from_nanos(at), day: date(day)? });
        Ok(PupilRecord {
            pupil: Fingerprint(self.pupil),
            of: None,
            stated,
            deletions: self.deletions.into_iter().map(deletion).collect::<Result<_, Fault>>()?,
            gone: self.gone.map(date).transpose()?,
        })
    }
}

impl<'a> StoredEnrolment<'a> {
    pub fn all(enrolments: &'a [Enrolment]) -> Vec<Self> {
        let stored = |one: &'a Enrolment| Self {
            unit: &one.unit,
            form: &one.form,
            from: one.from.to_epoch_days(),
            to: one.to.map(|to| to.to_epoch_days()),
        };
        enrolments.iter().map(stored).collect()
    }

    pub fn into_all(stored: Vec<Self>) -> Result<Vec<Enrolment>, Fault> {
        stored.into_iter().map(Self::into_domain).collect()
    }

    fn into_domain(self) -> Result<Enrolment, Fault> {
        let (from, to) = (date(self.from)?, self.to.map(date).transpose()?);
        Ok(Enrolment { unit: self.unit.to_owned(), form: self.form.to_owned(), from, to })
    }
}

/// Rows: forms, and the changes by day.
#[derive(Encode, BorrowDecode)]
pub struct StoredCounts<'a> {
    rows: Vec<StoredCountRow<'a>>,
}

#[derive(Encode, BorrowDecode)]
struct StoredCountRow<'a> {
    forms: Vec<&'a str>,
    changes: Vec<(i32, i64)>,
}

impl<'a> StoredCounts<'a> {
    pub fn of(counts: &'a PupilCounts) -> Self {
        let row = |row: &'a CountRow| StoredCountRow {
            forms: row.forms.iter().map(String::as_str).collect(),
            changes: row.changes.iter().map(|(day, change)| (day.to_epoch_days(), *change)).collect(),
        };
        Self { rows: counts.rows().iter().map(row).collect() }
    }

    pub fn into_domain(self) -> Result<PupilCounts, Fault> {
        let row = |row: StoredCountRow<'_>| {
            Ok(CountRow {
                forms: row.forms.into_iter().map(str::to_owned).collect(),
                changes: row.changes.into_iter().map(|(day, change)| Ok((date(day)?, change))).collect::<Result<_, Fault>>()?,
            })
        };
        Ok(PupilCounts::of_rows(self.rows.into_iter().map(row).collect::<Result<_, Fault>>()?))
    }
}
