//! What a partition keeps once.

use bincode::{BorrowDecode, Encode};

use crate::domain::instant::Instant;
use crate::domain::state::{InForce, Meta};
use crate::domain::verdict::Sums;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredMeta {
    known: StoredMetaV3,
    test_environment: Option<bool>,
}

/// Version 3: the environment of a log was not kept.
#[derive(Encode, BorrowDecode)]
pub(super) struct StoredMetaV3 {
    known: StoredMetaV2,
    written_off: u64,
    braked: u64,
}

/// Version 2: nothing was given up, and there were no brakes.
#[derive(Encode, BorrowDecode)]
pub(super) struct StoredMetaV2 {
    watermark: i64,
    sums: StoredSums,
    next_parked: u64,
    next_id_block: u64,
    next_id_run: u64,
    catalog_digest: [u8; 32],
    in_force: Option<StoredInForce>,
    remembered_since: i64,
}

/// Version 1: catalogs did not change by the log.
#[derive(Encode, BorrowDecode)]
pub(super) struct StoredMetaV1 {
    watermark: i64,
    sums: StoredSums,
    next_parked: u64,
    next_id_block: u64,
    next_id_run: u64,
    catalog_digest: [u8; 32],
}

#[derive(Encode, BorrowDecode)]
struct StoredInForce {
    digest: [u8; 32],
    since: i64,
    offset: u64,
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
        Self { known: StoredMetaV3::of(meta), test_environment: meta.test_environment }
    }

    pub fn into_domain(self) -> Meta {
        Meta { test_environment: self.test_environment, ..self.known.into_domain() }
    }
}

impl StoredMetaV3 {
    fn of(meta: &Meta) -> Self {
        Self { known: StoredMetaV2::of(meta), written_off: meta.sums.written_off, braked: meta.braked }
    }

    pub fn into_domain(self) -> Meta {
        let mut meta = Meta { braked: self.braked, ..self.known.into_domain() };
        meta.sums.written_off = self.written_off;
        meta
    }
}

impl StoredMetaV2 {
    fn of(meta: &Meta) -> Self {
        Self {
            watermark: meta.watermark.nanos(),
            sums: StoredSums::of(&meta.sums),
            next_parked: meta.next_parked,
            next_id_block: meta.next_id_block,
            next_id_run: meta.next_id_run,
            catalog_digest: meta.catalog_digest,
            in_force: meta.in_force.map(|one| StoredInForce { digest: one.digest, since: one.since.nanos(), offset: one.offset }),
            remembered_since: meta.remembered_since.nanos(),
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
            in_force: self.in_force.map(|one| InForce { digest: one.digest, since: Instant::from_nanos(one.since), offset: one.offset }),
            remembered_since: Instant::from_nanos(self.remembered_since),
            braked: 0,
            test_environment: None,
        }
    }
}

impl StoredMetaV1 {
    pub fn into_domain(self) -> Meta {
        Meta {
            watermark: Instant::from_nanos(self.watermark),
            sums: self.sums.into_domain(),
            next_parked: self.next_parked,
            next_id_block: self.next_id_block,
            next_id_run: self.next_id_run,
            catalog_digest: self.catalog_digest,
            ..Meta::default()
        }
    }
}

impl StoredSums {
    fn of(sums: &Sums) -> Self {
        let Sums { inputs, counted, duplicate, test, suspended, undecodable, written_off: _, forwarded, records, notices } = *sums;
        Self { inputs, counted, duplicate, test, suspended, undecodable, forwarded, records, notices }
    }

    fn into_domain(self) -> Sums {
        let Self { inputs, counted, duplicate, test, suspended, undecodable, forwarded, records, notices } = self;
        Sums { inputs, counted, duplicate, test, suspended, undecodable, written_off: 0, forwarded, records, notices }
    }
}
