//! Tumbling windows per customer and service: the hours of a local day, which sum to the day.

use super::gates::agreement::Consent;
use super::names::SystemId;
use super::quantity::Quantity;

/// A local day of (customer, service) with its hours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayWindow {
    /// By hour, ascending, no hour twice; hours without use are absent.
    pub hours: Vec<HourWindow>,
    /// The part of the day that each consent has, in the order of first use, none twice. Empty where none is asked for.
    pub consents: Vec<ConsentUse>,
    /// Its tests, by system, none twice. They are in no hour, and cost nothing (REQUIREMENTS P17).
    pub tests: Vec<TestUse>,
}

/// The test use of a day by one system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestUse {
    /// That which is connected by trial, or else registered; none: no system was known by its source or certificate.
    pub system: Option<SystemId>,
    pub events: u64,
    pub quantity: Quantity,
}

/// The use of a day by one agreement and system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentUse {
    pub consent: Consent,
    /// Events counted, billed or not: calls.
    pub events: u64,
    /// Quantity of those that are charged: look-ups (REQUIREMENTS P19).
    pub billed: Quantity,
}

/// The hour `[midnight + hour, midnight + hour + 1)`, elapsed hours: a day has 23 to 25.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HourWindow {
    pub hour: u8,
    /// Events counted, billed or not (REQUIREMENTS P19: calls).
    pub events: u64,
    /// Quantity of all of them.
    pub quantity: Quantity,
    /// Quantity of those that are charged.
    pub billed: Quantity,
}

impl DayWindow {
    /// The window of an hour, made if it is not there yet.
    pub fn hour_mut(&mut self, hour: u8) -> &mut HourWindow {
        let place = match self.hours.binary_search_by_key(&hour, |window| window.hour) {
            Ok(place) => place,
            Err(place) => {
                self.hours.insert(place, HourWindow { hour, ..HourWindow::default() });
                place
            }
        };
        &mut self.hours[place]
    }

    /// The tests of a system, made if they are not there yet.
    pub fn tests_mut(&mut self, system: Option<&SystemId>) -> &mut TestUse {
        let place = self.tests.iter().position(|one| one.system.as_ref() == system).unwrap_or_else(|| {
            self.tests.push(TestUse { system: system.cloned(), events: 0, quantity: Quantity::ZERO });
            self.tests.len() - 1
        });
        &mut self.tests[place]
    }

    /// The part of a consent, made if it is not there yet.
    pub fn consent_mut(&mut self, consent: &Consent) -> &mut ConsentUse {
        let place = self.consents.iter().position(|one| one.consent == *consent).unwrap_or_else(|| {
            self.consents.push(ConsentUse { consent: consent.clone(), events: 0, billed: Quantity::ZERO });
            self.consents.len() - 1
        });
        &mut self.consents[place]
    }
}
