//! Hours of a local day.

use bincode::{BorrowDecode, Encode};

use crate::domain::quantity::Quantity;
use crate::domain::window::{DayWindow, HourWindow};

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredDay(Vec<StoredHour>);

#[derive(Encode, BorrowDecode)]
struct StoredHour {
    hour: u8,
    events: u64,
    quantity: i128,
    billed: i128,
}

impl StoredDay {
    pub fn of(day: &DayWindow) -> Self {
        Self(day.hours.iter().map(StoredHour::of).collect())
    }

    pub fn into_domain(self) -> DayWindow {
        DayWindow { hours: self.0.into_iter().map(StoredHour::into_domain).collect() }
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
