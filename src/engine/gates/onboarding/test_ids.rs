//! Facts about test ids: they stand in the log of every partition, so that each sees the same overlaps (REQUIREMENTS K10).

use std::sync::Arc;

use super::take::Watch;
use crate::domain::gates::onboarding::facts::{Issue, TestIdFact};
use crate::domain::names::CustomerId;
use crate::domain::spans::Spans;
use crate::domain::state::StateKey;
use crate::domain::verdict::Reason;
use crate::engine::input::{EngineError, Input, Step, Want};
use crate::engine::issue::Outbox;
use crate::engine::partition::Engine;
use crate::engine::route;

impl Engine {
    /// Takes a fact in, and tries all waiting events again: some may be tests. Told again, it changes nothing.
    pub(in crate::engine) fn fold_test_id(&mut self, input: &Input<'_>, fact: &TestIdFact) -> Result<Step<()>, EngineError> {
        if self.recheck.is_none() {
            if let TestIdFact::Issue { issue, .. } = fact
                && self.is_here(&issue.customer)
                && self.customers.get(issue.customer.as_str()).is_none()
            {
                return Ok(Step::Missing(vec![Want::State(StateKey::Account(issue.customer.clone()))]));
            }
            match Arc::make_mut(&mut self.world).directory.put_test_id(fact) {
                Err(overlap) => {
                    let Issue { customer, service, from, .. } = overlap.with;
                    let why = "return it first with tally.test_id_return.v1, or issue it from a later instant on";
                    let detail = format!("the test id is issued to `{customer}` for `{service}` from {from} on, at the same time: {why}");
                    self.refuse_control(input, Reason::BadData, &detail);
                    return Ok(Step::Done(()));
                }
                Ok(changed) => {
                    if let TestIdFact::Issue { issue, .. } = fact
                        && !changed.is_empty()
                    {
                        self.issued(issue);
                    }
                    self.directory_changes.extend(changed);
                }
            }
        }
        self.recheck_waiting()
    }

    fn is_here(&self, customer: &CustomerId) -> bool {
        self.partitions <= 1 || route::partition_of(customer.as_str(), self.partitions) == self.partition
    }

    /// Tells of an id that is issued for a time when production was open: what was counted of it stays.
    fn issued(&mut self, issue: &Issue) {
        let (world, watermark) = (Arc::clone(&self.world), self.meta.watermark);
        if !self.is_here(&issue.customer) {
            return;
        }
        let Some(customer) = self.customers.get(issue.customer.as_str()) else { return };
        let mut outbox = Outbox { effects: &mut self.effects, sums: &mut self.meta.sums, catalog: &world.catalog };
        let told = customer.account.gates.onboarding.of_service(&issue.service);
        let windows = told.fold(Spans::default(), |all, (agreed, _)| all.or(agreed.from, agreed.to));
        let test = windows.and(&Spans::of(issue.from, issue.to));
        Watch::begin(&customer.account, &world).tested(customer, &issue.service, &test, watermark, &mut outbox);
    }
}
