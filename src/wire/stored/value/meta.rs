//! What a partition keeps once.

use bincode::{BorrowDecode, Encode};

use crate::domain::instant::Instant;
use crate::domain::state::Meta;
use crate::domain::verdict::Sums;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredMeta {
    watermark: i64,
    sums: StoredSums,
    next_parked: u64,
    next_id_block: u64,
    next_id_run: u64,
    catalog_digest: [u8; 32],
}

#[derive(Encode, BorrowDecode)]
struct StoredSums {
    inputs: u64,
    counted: u64,
    duplicate: u64,
    test: u64,
    suspended: u64,
    undecodable: u64,
    forwarded: u64,
    records: u64,
    notices: u64,
}

impl StoredMeta {
    pub fn of(meta: &Meta) -> Self {
        Self {
            watermark: meta.watermark.nanos(),
            sums: StoredSums::of(&meta.sums),
            next_parked: meta.next_parked,
            next_id_block: meta.next_id_block,
            next_id_run: meta.next_id_run,
            catalog_digest: meta.catalog_digest,
        }
    }

    pub fn into_domain(self) -> Meta {
        Meta {
            watermark: Instant::from_nanos(self.watermark),
            sums: self.sums.into_domain(),
            next_parked: self.next_parked,
            next_id_block: self.next_id_block,
            next_id_run: self.next_id_run,
            catalog_digest: self.catalog_digest,
        }
    }
}

impl StoredSums {
    fn of(sums: &Sums) -> Self {
        let Sums { inputs, counted, duplicate, test, suspended, undecodable, forwarded, records, notices } = *sums;
        Self { inputs, counted, duplicate, test, suspended, undecodable, forwarded, records, notices }
    }

    fn into_domain(self) -> Sums {
        let Self { inputs, counted, duplicate, test, suspended, undecodable, forwarded, records, notices } = self;
        Sums { inputs, counted, duplicate, test, suspended, undecodable, forwarded, records, notices }
    }
}
