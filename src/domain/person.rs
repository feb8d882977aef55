//! Distinct persons: who has used a service in a period, under which price (e-ID of the older model:
//! a price per person, e-service and month).

use super::account::PeriodKey;
use super::charge::PriceKey;
use super::lineage::Fingerprint;
use super::names::{PlanId, ServiceId};
use super::quantity::Quantity;

/// A person in a period of a plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonKey {
    pub plan: PlanId,
    pub period: PeriodKey,
    pub service: ServiceId,
    /// Of the part of the service and the pseudonym.
    pub person: Fingerprint,
}

/// What one person has used, by price: ascending, no price twice, none with a sum of zero.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonUse(pub Vec<(PriceKey, Quantity)>);

impl PersonUse {
    /// The price that the person is counted at: the earliest at which more was used than taken back.
    /// It depends on the sums alone, so neither order nor repeats change it.
    #[must_use]
    pub fn counted_at(&self) -> Option<&PriceKey> {
        self.0.iter().find(|(_, used)| *used > Quantity::ZERO).map(|(price, _)| price)
    }

    /// Counts a use. None if the sum cannot be counted exactly.
    pub fn add(&mut self, price: &PriceKey, quantity: Quantity) -> Option<()> {
        match self.0.binary_search_by(|(known, _)| known.cmp(price)) {
            Ok(place) => {
                let (_, used) = self.0.get_mut(place)?;
                *used = used.checked_add(quantity)?;
            }
            Err(place) => self.0.insert(place, (price.clone(), quantity)),
        }
        self.0.retain(|(_, used)| !used.is_zero());
        Some(())
    }
}
