//! A billing period of a plan, open or closed: what was used in it, and what was issued for it.

use super::charge::{IssuedCharge, PriceKey};
use super::gates::agreement::Consent;
use super::lineage::Lineage;
use super::names::ServiceId;
use super::period::Period;
use super::quantity::Quantity;
use super::record::RecordRef;

/// A period of (customer, plan). After its close, what its segments say and `issued` lacks came late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodCell {
    pub period: Period,
    pub status: PeriodStatus,
    /// By service (in the order of first use), price and consent, none of them twice. Empty where nothing is used.
    pub segments: Vec<Segment>,
    /// Events by service and consent, charged or not (REQUIREMENTS P19); none: an older program did not count them.
    pub calls: Option<Vec<Calls>>,
    /// What its records charge, by key; quantities of zero are left out.
    pub issued: Vec<IssuedCharge>,
    /// The record that was issued for it.
    pub record: Option<RecordRef>,
}

impl PeriodCell {
    #[must_use]
    pub fn new(period: Period, status: PeriodStatus) -> Self {
        Self { period, status, segments: Vec::new(), calls: Some(Vec::new()), issued: Vec::new(), record: None }
    }

    /// Counts a call, or one less if it is taken back.
    pub fn call(&mut self, service: &ServiceId, consent: Option<&Consent>, taken_back: bool) {
        let Some(calls) = &mut self.calls else { return };
        let place = calls.iter().position(|one| one.is_of(service, consent)).unwrap_or_else(|| {
            calls.push(Calls { service: service.clone(), consent: consent.cloned(), events: 0 });
            calls.len() - 1
        });
        if let Some(one) = calls.get_mut(place) {
            one.events = if taken_back { one.events.saturating_sub(1) } else { one.events.saturating_add(1) };
        }
    }

    /// The calls of a service under a consent; none: not known.
    #[must_use]
    pub fn calls_of(&self, service: &ServiceId, consent: Option<&Consent>) -> Option<u64> {
        let calls = self.calls.as_ref()?;
        Some(calls.iter().find(|one| one.is_of(service, consent)).map_or(0, |one| one.events))
    }
}

/// The events of one service under one consent in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    pub service: ServiceId,
    pub consent: Option<Consent>,
    pub events: u64,
}

impl Calls {
    #[must_use]
    pub fn is_of(&self, service: &ServiceId, consent: Option<&Consent>) -> bool {
        self.service == *service && self.consent.as_ref() == consent
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodStatus {
    Open,
    /// Due, but not issued: a notice says why.
    Held,
    Closed,
}

impl PeriodStatus {
    /// What it becomes when its record is held: a closed one stays closed, only its correction waits.
    #[must_use]
    pub fn held(self) -> Self {
        match self {
            Self::Open | Self::Held => Self::Held,
            Self::Closed => Self::Closed,
        }
    }
}

/// The use of one service at one price, under one consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub service: ServiceId,
    pub price: PriceKey,
    /// None: the service asks for none.
    pub consent: Option<Consent>,
    /// All that was used, or the persons counted at this price.
    pub quantity: Quantity,
    /// The events that no record has charged yet.
    pub open: Lineage,
}

/// A sum with its lineage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub quantity: Quantity,
    pub lineage: Lineage,
}
