//! Hours of a local day. Version 1 had no consents, version 2 no tests.

use bincode::{BorrowDecode, Encode};

use super::consent::StoredConsent;
use super::format::{self, Fault};
use crate::domain::names::SystemId;
use crate::domain::quantity::Quantity;
use crate::domain::window::{ConsentUse, DayWindow, HourWindow, TestUse};

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredDay<'a> {
    hours: Vec<StoredHour>,
    /// Consent, events, billed.
    consents: Vec<(StoredConsent<'a>, u64, i128)>,
    /// System, events, quantity.
    tests: Vec<(Option<&'a str>, u64, i128)>,
}

#[derive(BorrowDecode)]
struct StoredDayV2<'a> {
    hours: Vec<StoredHour>,
    consents: Vec<(StoredConsent<'a>, u64, i128)>,
}

#[derive(Encode, BorrowDecode)]
struct StoredHour {
    hour: u8,
    events: u64,
    quantity: i128,
    billed: i128,
}

impl<'a> StoredDay<'a> {
    pub fn of(day: &'a DayWindow) -> Self {
        let part = |one: &'a ConsentUse| (StoredConsent::of(&one.consent), one.events, one.billed.nanos());
        let test = |one: &'a TestUse| (one.system.as_ref().map(SystemId::as_str), one.events, one.quantity.nanos());
        Self {
            hours: day.hours.iter().map(StoredHour::of).collect(),
            consents: day.consents.iter().map(part).collect(),
            tests: day.tests.iter().map(test).collect(),
        }
    }

    fn into_domain(self) -> DayWindow {
        let part = |(consent, events, billed): (StoredConsent<'_>, u64, i128)| ConsentUse {
            consent: consent.into_domain(),
            events,
            billed: Quantity::from_nanos(billed),
        };
        let test = |(system, events, quantity): (Option<&str>, u64, i128)| TestUse {
            system: system.map(SystemId::new),
            events,
            quantity: Quantity::from_nanos(quantity),
        };
        DayWindow {
            hours: of_hours(self.hours),
            consents: self.consents.into_iter().map(part).collect(),
            tests: self.tests.into_iter().map(test).collect(),
        }
    }
}

impl<'a> From<StoredDayV2<'a>> for StoredDay<'a> {
    fn from(StoredDayV2 { hours, consents }: StoredDayV2<'a>) -> Self {
        Self { hours, consents, tests: Vec::new() }
    }
}

fn of_hours(hours: Vec<StoredHour>) -> Vec<HourWindow> {
    hours.into_iter().map(StoredHour::into_domain).collect()
}

pub(super) fn read(version: u8, body: &[u8]) -> Result<DayWindow, Fault> {
    match version {
        1 => Ok(DayWindow { hours: of_hours(format::read::<Vec<StoredHour>>(body)?), ..DayWindow::default() }),
        2 => Ok(StoredDay::from(format::read::<StoredDayV2<'_>>(body)?).into_domain()),
        _ => Ok(format::read::<StoredDay<'_>>(body)?.into_domain()),
    }
}

impl StoredHour {
    fn of(window: &HourWindow) -> Self {
        Self { hour: window.hour, events: window.events, quantity: window.quantity.nanos(), billed: window.billed.nanos() }
    }

    fn into_domain(self) -> HourWindow {
        HourWindow {
            hour: self.hour,
            events: self.events,
            quantity: Quantity::from_nanos(self.quantity),
            billed: Quantity::from_nanos(self.billed),
        }
    }
}
