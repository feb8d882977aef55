//! What is kept of a customer's waiting events beside the events: how many wait for what, and the oldest.

use crate::domain::instant::Instant;
use crate::domain::parked::ParkedKey;
use crate::domain::verdict::Reason;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many wait for what, by reason, none of them 0.
    pub by_reason: Vec<(Reason, u64)>,
    /// The first of them by event time.
    pub oldest: Option<ParkedKey>,
    /// When their age is to be looked at next.
    pub due: Option<Instant>,
    /// The ages that were told, in ns, ascending, each with an event that was the oldest then and may wait still.
    pub told: Vec<(i64, ParkedKey)>,
}

impl Waiting {
    /// Does any wait for this?
    #[must_use]
    pub fn has(&self, reason: Reason) -> bool {
        self.by_reason.iter().any(|(known, _)| *known == reason)
    }

    /// One more waits.
    pub fn add(&mut self, key: ParkedKey, reason: Reason) {
        match self.by_reason.binary_search_by_key(&reason, |(known, _)| *known) {
            Ok(place) => self.by_reason.iter_mut().skip(place).take(1).for_each(|(_, count)| *count += 1),
            Err(place) => self.by_reason.insert(place, (reason, 1)),
        }
        self.oldest = Some(self.oldest.map_or(key, |oldest| oldest.min(key)));
    }

    /// One waits no more, or for something else.
    pub fn take(&mut self, reason: Reason) {
        if let Some((_, count)) = self.by_reason.iter_mut().find(|(known, _)| *known == reason) {
            *count = count.saturating_sub(1);
        }
        self.by_reason.retain(|(_, count)| *count > 0);
    }
}
