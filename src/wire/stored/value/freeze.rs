//! Freeze windows.

use bincode::{BorrowDecode, Encode};

use super::code::Coded;
use super::format::Fault;
use crate::domain::directory::{Freeze, FreezeOrder, PostponedCatalog, Stage};
use crate::domain::instant::Instant;
use crate::domain::quantity::Quantity;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredFreeze<'a> {
    at: i64,
    /// As ordered.
    ordered: (i64, i64),
    withdrawn: bool,
    expected: Option<i128>,
    actor: &'a str,
    reason: &'a str,
    from: i64,
    to: i64,
    stage: u8,
    /// Digest, offset.
    catalog: Option<([u8; 32], u64)>,
}

impl<'a> StoredFreeze<'a> {
    pub fn of(freeze: &'a Freeze) -> Self {
        let FreezeOrder { at, from, to, withdrawn, expected, actor, reason } = &freeze.order;
        Self {
            at: at.nanos(),
            ordered: (from.nanos(), to.nanos()),
            withdrawn: *withdrawn,
            expected: expected.map(Quantity::nanos),
            actor,
            reason,
            from: freeze.from.nanos(),
            to: freeze.to.nanos(),
            stage: freeze.stage.code(),
            catalog: freeze.catalog.map(|catalog| (catalog.digest, catalog.offset)),
        }
    }

    pub fn into_domain(self) -> Result<Freeze, Fault> {
        let (from, to) = self.ordered;
        let order = FreezeOrder {
            at: Instant::from_nanos(self.at),
            from: Instant::from_nanos(from),
            to: Instant::from_nanos(to),
            withdrawn: self.withdrawn,
            expected: self.expected.map(Quantity::from_nanos),
            actor: self.actor.to_owned(),
            reason: self.reason.to_owned(),
        };
        Ok(Freeze {
            order,
            from: Instant::from_nanos(self.from),
            to: Instant::from_nanos(self.to),
            stage: Stage::of_code(self.stage)?,
            catalog: self.catalog.map(|(digest, offset)| PostponedCatalog { digest, offset }),
        })
    }
}
