//! The roster of a customer, less its pupils.

use bincode::{BorrowDecode, Encode};

use crate::domain::instant::Instant;
use crate::domain::lineage::Fingerprint;
use crate::domain::names::CustomerId;
use crate::domain::roster::{
    Copying, Drift, Finding, FullLoad, MasterCount, MasterRow, Quality, QualityDay, QualityRule, Roster, SourceQuality, Taken, TakenOver,
};
use crate::wire::stored::value::code::Coded;
use crate::wire::stored::value::format::Fault;
use crate::wire::stored::value::plain::date;
use crate::wire::stored::value::roster::StoredCounts;

#[derive(Encode, BorrowDecode)]
pub struct StoredRoster<'a> {
    since: Option<i32>,
    counts: StoredCounts<'a>,
    /// Instant, day.
    full_loads: Vec<(i64, i32)>,
    changed_from: Option<i32>,
    masters: Vec<StoredMaster<'a>>,
    /// A row, and what the roster has.
    drifts: Vec<(StoredRow<'a>, u64)>,
    quality: Vec<StoredSource<'a>>,
}

#[derive(Encode, BorrowDecode)]
struct StoredMaster<'a> {
    source: &'a str,
    told_at: i64,
    on: i32,
    rows: Vec<StoredRow<'a>>,
}

#[derive(Encode, BorrowDecode)]
struct StoredRow<'a> {
    unit: Option<&'a str>,
    form: Option<&'a str>,
    count: u64,
}

#[derive(Encode, BorrowDecode)]
struct StoredSource<'a> {
    source: &'a str,
    days: Vec<StoredQualityDay<'a>>,
    is_low: bool,
}

#[derive(Encode, BorrowDecode)]
struct StoredQualityDay<'a> {
    day: i32,
    checked: u64,
    flawed: u64,
    /// Rule, unit, how often.
    findings: Vec<(u8, &'a str, u64)>,
}

impl<'a> StoredRoster<'a> {
    pub fn of(roster: &'a Roster) -> Self {
        Self {
            since: roster.since.map(|day| day.to_epoch_days()),
            counts: StoredCounts::of(&roster.counts),
            full_loads: roster.full_loads.iter().map(|load| (load.at.nanos(), load.day.to_epoch_days())).collect(),
            changed_from: roster.changed_from.map(|day| day.to_epoch_days()),
            masters: roster.masters.iter().map(StoredMaster::of).collect(),
            drifts: roster.drifts.iter().map(|drift| (StoredRow::of(&drift.row), drift.ours)).collect(),
            quality: roster.quality.sources.iter().map(StoredSource::of).collect(),
        }
    }

    pub fn into_domain(self) -> Result<Roster, Fault> {
        let full_load = |(at, day): (i64, i32)| Ok(FullLoad { at: Instant::from_nanos(at), day: date(day)? });
        Ok(Roster {
            since: self.since.map(date).transpose()?,
            counts: self.counts.into_domain()?,
            full_loads: self.full_loads.into_iter().map(full_load).collect::<Result<_, Fault>>()?,
            changed_from: self.changed_from.map(date).transpose()?,
            masters: self.masters.into_iter().map(StoredMaster::into_domain).collect::<Result<_, _>>()?,
            drifts: self.drifts.into_iter().map(|(row, ours)| Drift { row: row.into_domain(), ours }).collect(),
            quality: Quality { sources: self.quality.into_iter().map(StoredSource::into_domain).collect::<Result<_, _>>()? },
            ..Roster::default()
        })
    }
}

/// What goes with mergers: none of it was kept before version 4 of accounts.
#[derive(Encode, BorrowDecode)]
pub struct StoredTakenOver<'a> {
    /// Customer, day.
    customers: Vec<(&'a str, i32)>,
    counts: StoredCounts<'a>,
    copying: StoredCopying,
}

/// The order of the variants is part of the format.
#[derive(Encode, BorrowDecode)]
enum StoredCopying {
    No,
    All,
    After(u128),
}

impl StoredCopying {
    fn of(copying: Option<Copying>) -> Self {
        match copying {
            None => Self::No,
            Some(Copying { after: None }) => Self::All,
            Some(Copying { after: Some(after) }) => Self::After(after.0),
        }
    }

    fn into_domain(self) -> Option<Copying> {
        match self {
            Self::No => None,
            Self::All => Some(Copying { after: None }),
            Self::After(after) => Some(Copying { after: Some(Fingerprint(after)) }),
        }
    }
}

impl<'a> StoredTakenOver<'a> {
    pub fn of(roster: &'a Roster) -> Self {
        Self {
            customers: roster.taken.customers.iter().map(|taken| (taken.customer.as_str(), taken.from.to_epoch_days())).collect(),
            counts: StoredCounts::of(&roster.taken.counts),
            copying: StoredCopying::of(roster.copying),
        }
    }

    pub fn add_to(self, roster: &mut Roster) -> Result<(), Fault> {
        let taken = |(customer, from): (&str, i32)| Ok(Taken { customer: CustomerId::new(customer), from: date(from)? });
        let customers = self.customers.into_iter().map(taken).collect::<Result<_, Fault>>()?;
        roster.taken = TakenOver { customers, counts: self.counts.into_domain()? };
        roster.copying = self.copying.into_domain();
        Ok(())
    }
}

impl<'a> StoredMaster<'a> {
    fn of(count: &'a MasterCount) -> Self {
        let rows = count.rows.iter().map(StoredRow::of).collect();
        Self { source: &count.source, told_at: count.told_at.nanos(), on: count.on.to_epoch_days(), rows }
    }

    fn into_domain(self) -> Result<MasterCount, Fault> {
        let rows = self.rows.into_iter().map(StoredRow::into_domain).collect();
        Ok(MasterCount { source: self.source.to_owned(), told_at: Instant::from_nanos(self.told_at), on: date(self.on)?, rows })
    }
}

impl<'a> StoredRow<'a> {
    fn of(row: &'a MasterRow) -> Self {
        Self { unit: row.unit.as_deref(), form: row.form.as_deref(), count: row.count }
    }

    fn into_domain(self) -> MasterRow {
        MasterRow { unit: self.unit.map(str::to_owned), form: self.form.map(str::to_owned), count: self.count }
    }
}

impl<'a> StoredSource<'a> {
    fn of(source: &'a SourceQuality) -> Self {
        Self { source: &source.source, days: source.days.iter().map(StoredQualityDay::of).collect(), is_low: source.is_low }
    }

    fn into_domain(self) -> Result<SourceQuality, Fault> {
        let days = self.days.into_iter().map(StoredQualityDay::into_domain).collect::<Result<_, _>>()?;
        Ok(SourceQuality { source: self.source.to_owned(), days, is_low: self.is_low })
    }
}

impl<'a> StoredQualityDay<'a> {
    fn of(day: &'a QualityDay) -> Self {
        let finding = |(finding, times): &'a (Finding, u64)| (finding.rule.code(), finding.unit.as_str(), *times);
        let findings = day.findings.iter().map(finding).collect();
        Self { day: day.day.to_epoch_days(), checked: day.checked, flawed: day.flawed, findings }
    }

    fn into_domain(self) -> Result<QualityDay, Fault> {
        let finding =
            |(rule, unit, times): (u8, &str, u64)| Ok((Finding { rule: QualityRule::of_code(rule)?, unit: unit.to_owned() }, times));
        Ok(QualityDay {
            day: date(self.day)?,
            checked: self.checked,
            flawed: self.flawed,
            findings: self.findings.into_iter().map(finding).collect::<Result<_, Fault>>()?,
        })
    }
}
