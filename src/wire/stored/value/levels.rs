//! Ledgers of levels.

use bincode::{BorrowDecode, Encode};

use super::code::Coded;
use super::format::Fault;
use super::plain::{currency, date, zone};
use super::tally::StoredLineage;
use crate::domain::cell::PeriodStatus;
use crate::domain::instant::Instant;
use crate::domain::levels::{Level, LevelKey, LevelLedger, LevelRow, Lifecycle};
use crate::domain::names::ServiceId;
use crate::domain::quantity::Quantity;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredLevels<'a> {
    rows: Vec<StoredRow<'a>>,
}

#[derive(Encode, BorrowDecode)]
struct StoredRow<'a> {
    measured: i32,
    status: u8,
    is_final: bool,
    /// Zone, currency.
    issued_in: Option<(&'a str, &'a str)>,
    total: StoredLineage,
    late: StoredLineage,
    levels: Vec<StoredLevel<'a>>,
}

#[derive(Encode, BorrowDecode)]
struct StoredLevel<'a> {
    service: &'a str,
    part: &'a str,
    lifecycle: Option<u8>,
    at: i64,
    stored: i128,
}

impl<'a> StoredLevels<'a> {
    pub fn of(ledger: &'a LevelLedger) -> Self {
        Self { rows: ledger.rows.iter().map(StoredRow::of).collect() }
    }

    pub fn into_domain(self) -> Result<LevelLedger, Fault> {
        Ok(LevelLedger { rows: self.rows.into_iter().map(StoredRow::into_domain).collect::<Result<_, _>>()? })
    }
}

impl<'a> StoredRow<'a> {
    fn of(row: &'a LevelRow) -> Self {
        Self {
            measured: row.measured.to_epoch_days(),
            status: row.status.code(),
            is_final: row.is_final,
            issued_in: row.issued_in.as_ref().map(|(zone, currency)| (zone.name(), currency.as_str())),
            total: StoredLineage::of(&row.total),
            late: StoredLineage::of(&row.late),
            levels: row.levels.iter().map(StoredLevel::of).collect(),
        }
    }

    fn into_domain(self) -> Result<LevelRow, Fault> {
        let issued_in = match self.issued_in {
            Some((zone_name, code)) => Some((zone(zone_name)?, currency(code)?)),
            None => None,
        };
        Ok(LevelRow {
            measured: date(self.measured)?,
            status: PeriodStatus::of_code(self.status)?,
            is_final: self.is_final,
            issued_in,
            total: self.total.into_domain(),
            late: self.late.into_domain(),
            levels: self.levels.into_iter().map(StoredLevel::into_domain).collect::<Result<_, _>>()?,
        })
    }
}

impl<'a> StoredLevel<'a> {
    fn of(level: &'a Level) -> Self {
        let LevelKey { service, part, lifecycle } = &level.key;
        Self {
            service: service.as_str(),
            part,
            lifecycle: lifecycle.map(Lifecycle::code),
            at: level.at.nanos(),
            stored: level.stored.nanos(),
        }
    }

    fn into_domain(self) -> Result<Level, Fault> {
        Ok(Level {
            key: LevelKey {
                service: ServiceId::new(self.service),
                part: self.part.to_owned(),
                lifecycle: self.lifecycle.map(Lifecycle::of_code).transpose()?,
            },
            at: Instant::from_nanos(self.at),
            stored: Quantity::from_nanos(self.stored),
        })
    }
}
