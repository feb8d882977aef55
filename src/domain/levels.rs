//! The ledger of levels: how many bytes were stored at each day on which a plan measures.
//!
//! A level counts at a measured day M if its event's time is before M's midnight. That stays true for every
//! later M, so an event is added to its first M and to all later ones that are kept, and a new M begins with
//! what the one before it holds. Kept are the parts of each M, not the events: one row a year.

use chrono::NaiveDate;

use super::cell::PeriodStatus;
use super::currency::Currency;
use super::instant::Instant;
use super::lineage::Lineage;
use super::names::ServiceId;
use super::quantity::Quantity;
use super::zone::Zone;

/// More parts than this of one customer are a fault of the producer, which names a new one each time.
pub const MOST_PARTS: usize = 4096;

/// The ledger of (customer, plan).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LevelLedger {
    /// By measured day, ascending. A day between two rows is not measured.
    pub rows: Vec<LevelRow>,
}

/// A measured day, and the period that is charged by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelRow {
    pub measured: NaiveDate,
    /// Of the period's record.
    pub status: PeriodStatus,
    /// Its close has come and could be made: now it also counts for the year before, if that is trued up.
    pub is_final: bool,
    /// In which zone and currency it was issued; none before. A closed period stays in them.
    pub issued_in: Option<(Zone, Currency)>,
    /// All events that count.
    pub total: Lineage,
    /// Those that came after the close, and that no record has charged yet.
    pub late: Lineage,
    /// By key, none twice.
    pub levels: Vec<Level>,
}

/// The bytes of one part: what its latest snapshot says, or all that was stored less what was culled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    pub key: LevelKey,
    /// Event time of the latest event.
    pub at: Instant,
    /// In bytes.
    pub stored: Quantity,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LevelKey {
    pub service: ServiceId,
    /// The unit or the source that tells it; empty where changes are summed.
    pub part: String,
    pub lifecycle: Option<Lifecycle>,
}

/// `data.lifecycle`: is what is stored in use, or archived (REQUIREMENTS U13, U16)?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lifecycle {
    Active,
    Archived,
}

impl Lifecycle {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "active" => Some(Self::Active),
            "archived" => Some(Self::Archived),
            _ => None,
        }
    }
}

impl LevelLedger {
    #[must_use]
    pub fn row(&self, measured: NaiveDate) -> Option<&LevelRow> {
        self.rows.binary_search_by_key(&measured, |row| row.measured).ok().and_then(|place| self.rows.get(place))
    }

    pub fn row_mut(&mut self, measured: NaiveDate) -> Option<&mut LevelRow> {
        self.rows.binary_search_by_key(&measured, |row| row.measured).ok().and_then(|place| self.rows.get_mut(place))
    }

    /// Adds the row of a measured day, unless it is there: it begins with what the one before it holds.
    pub fn add_row(&mut self, measured: NaiveDate, status: PeriodStatus) {
        if let Err(place) = self.rows.binary_search_by_key(&measured, |row| row.measured) {
            let before = place.checked_sub(1).and_then(|place| self.rows.get(place));
            let (total, levels) = before.map_or_else(Default::default, |row| (row.total, row.levels.clone()));
            let is_final = status == PeriodStatus::Closed;
            self.rows.insert(place, LevelRow { measured, status, is_final, issued_in: None, total, late: Lineage::default(), levels });
        }
    }

    /// Would this part be one too many?
    #[must_use]
    pub fn is_full_for(&self, key: &LevelKey) -> bool {
        let full = |row: &LevelRow| row.levels.len() >= MOST_PARTS && row.place(key).is_err();
        self.rows.last().is_some_and(full)
    }
}

impl LevelRow {
    fn place(&self, key: &LevelKey) -> Result<usize, usize> {
        self.levels.binary_search_by(|level| level.key.cmp(key))
    }

    /// A snapshot replaces one that is not later than it.
    pub fn take_snapshot(&mut self, key: &LevelKey, at: Instant, stored: Quantity) {
        match self.place(key) {
            Ok(place) => {
                if let Some(level) = self.levels.get_mut(place).filter(|level| level.at <= at) {
                    (level.at, level.stored) = (at, stored);
                }
            }
            Err(place) => self.levels.insert(place, Level { key: key.clone(), at, stored }),
        }
    }

    /// A change is added. None if the sum cannot be counted exactly.
    pub fn take_change(&mut self, key: &LevelKey, at: Instant, change: Quantity) -> Option<()> {
        match self.place(key) {
            Ok(place) => {
                let level = self.levels.get_mut(place)?;
                level.stored = level.stored.checked_add(change)?;
                level.at = level.at.max(at);
            }
            Err(place) => self.levels.insert(place, Level { key: key.clone(), at, stored: change }),
        }
        Some(())
    }

    /// The bytes of all parts, or of those in one stage of their life. None if they cannot be summed exactly.
    #[must_use]
    pub fn stored(&self, lifecycle: Option<Lifecycle>) -> Option<Quantity> {
        let mut of = self.levels.iter().filter(|level| lifecycle.is_none() || level.key.lifecycle == lifecycle);
        of.try_fold(Quantity::ZERO, |sum, level| sum.checked_add(level.stored))
    }

    /// Was it told of anything whether it is in use or archived?
    #[must_use]
    pub fn has_lifecycle(&self) -> bool {
        self.levels.iter().any(|level| level.key.lifecycle.is_some())
    }
}
