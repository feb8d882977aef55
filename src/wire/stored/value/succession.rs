//! Mergers and splits of a customer. They follow its account, so that one of before is one without them.

use bincode::{BorrowDecode, Encode};

use super::account::StoredAccount;
use super::format::{self, Fault};
use crate::domain::account::Account;
use crate::domain::instant::Instant;
use crate::domain::names::CustomerId;
use crate::domain::quantity::Quantity;
use crate::domain::succession::{Handover, Predecessor, SplitPart, Successors};

/// An account of version 2 has no succession.
const WITHOUT_SUCCESSION: u8 = 2;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredCustomer<'a> {
    account: StoredAccount<'a>,
    handovers: Vec<StoredHandover<'a>>,
    predecessors: Vec<StoredPredecessor<'a>>,
}

#[derive(Encode, BorrowDecode)]
struct StoredHandover<'a> {
    from: i64,
    due: Option<i64>,
    survivor: Option<&'a str>,
    /// Customer, pool share; empty if there is a survivor.
    parts: Vec<(&'a str, i128)>,
    actor: &'a str,
    reason: &'a str,
}

#[derive(Encode, BorrowDecode)]
struct StoredPredecessor<'a> {
    customer: &'a str,
    from: i64,
}

impl<'a> StoredCustomer<'a> {
    pub fn of(account: &'a Account) -> Self {
        let of_predecessor = |one: &'a Predecessor| StoredPredecessor { customer: one.customer.as_str(), from: one.from.nanos() };
        Self {
            account: StoredAccount::of(account),
            handovers: account.handovers.iter().map(StoredHandover::of).collect(),
            predecessors: account.predecessors.iter().map(of_predecessor).collect(),
        }
    }

    fn into_domain(self) -> Result<Account, Fault> {
        let predecessor =
            |one: StoredPredecessor<'_>| Predecessor { customer: CustomerId::new(one.customer), from: Instant::from_nanos(one.from) };
        Ok(Account {
            handovers: self.handovers.into_iter().map(StoredHandover::into_domain).collect(),
            predecessors: self.predecessors.into_iter().map(predecessor).collect(),
            ..self.account.into_domain()?
        })
    }
}

/// An account of any version that can be read.
pub(super) fn read(version: u8, body: &[u8]) -> Result<Account, Fault> {
    if version <= WITHOUT_SUCCESSION {
        return format::read::<StoredAccount<'_>>(body)?.into_domain();
    }
    format::read::<StoredCustomer<'_>>(body)?.into_domain()
}

impl<'a> StoredHandover<'a> {
    fn of(handover: &'a Handover) -> Self {
        let (survivor, parts) = match &handover.to {
            Successors::Survivor(into) => (Some(into.as_str()), Vec::new()),
            Successors::Parts(parts) => (None, parts.iter().map(|part| (part.customer.as_str(), part.pool_share.nanos())).collect()),
        };
        let (from, due) = (handover.from.nanos(), handover.due.map(Instant::nanos));
        Self { from, due, survivor, parts, actor: &handover.actor, reason: &handover.reason }
    }

    fn into_domain(self) -> Handover {
        let part = |(customer, share)| SplitPart { customer: CustomerId::new(customer), pool_share: Quantity::from_nanos(share) };
        let to = match self.survivor {
            Some(into) => Successors::Survivor(CustomerId::new(into)),
            None => Successors::Parts(self.parts.into_iter().map(part).collect()),
        };
        let (from, due) = (Instant::from_nanos(self.from), self.due.map(Instant::from_nanos));
        Handover { from, due, to, actor: self.actor.to_owned(), reason: self.reason.to_owned() }
    }
}
