//! Package pools.

use bincode::{BorrowDecode, Encode};

use super::tally::StoredLineage;
use crate::domain::pool::Pool;
use crate::domain::quantity::Quantity;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredPool {
    used: i128,
    covered: i128,
    bought: u64,
    noticed: u64,
    lineage: StoredLineage,
}

impl StoredPool {
    pub fn of(pool: &Pool) -> Self {
        Self {
            used: pool.used.nanos(),
            covered: pool.covered.nanos(),
            bought: pool.bought,
            noticed: pool.noticed,
            lineage: StoredLineage::of(&pool.lineage),
        }
    }

    pub fn into_domain(self) -> Pool {
        Pool {
            used: Quantity::from_nanos(self.used),
            covered: Quantity::from_nanos(self.covered),
            bought: self.bought,
            noticed: self.noticed,
            lineage: self.lineage.into_domain(),
        }
    }
}
