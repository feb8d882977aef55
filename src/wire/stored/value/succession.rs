//! Mergers and splits of a customer: a part of its account.

use bincode::{BorrowDecode, Encode};

use crate::domain::account::Account;
use crate::domain::instant::Instant;
use crate::domain::names::CustomerId;
use crate::domain::quantity::Quantity;
use crate::domain::succession::{Handover, Predecessor, SplitPart, Successors};

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredSuccession<'a> {
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

impl<'a> StoredSuccession<'a> {
    pub fn of(account: &'a Account) -> Self {
        let of_predecessor = |one: &'a Predecessor| StoredPredecessor { customer: one.customer.as_str(), from: one.from.nanos() };
        Self {
            handovers: account.handovers.iter().map(StoredHandover::of).collect(),
            predecessors: account.predecessors.iter().map(of_predecessor).collect(),
        }
    }

    pub fn add_to(self, account: &mut Account) {
        let predecessor =
            |one: StoredPredecessor<'_>| Predecessor { customer: CustomerId::new(one.customer), from: Instant::from_nanos(one.from) };
        account.handovers = self.handovers.into_iter().map(StoredHandover::into_domain).collect();
        account.predecessors = self.predecessors.into_iter().map(predecessor).collect();
    }
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
