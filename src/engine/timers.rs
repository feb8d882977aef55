//! Which customer has something to do when: one timer each, ordered by instant, then by name.

use std::collections::BTreeSet;

use crate::domain::instant::Instant;
use crate::domain::names::CustomerId;
use crate::domain::state::{StateKey, StateRef};

use super::customer::Customer;
use super::input::PostImages;

#[derive(Debug, Default)]
pub struct Timers {
    set: BTreeSet<(Instant, CustomerId)>,
    /// Set and unset since the last freeze, in order.
    changes: Vec<(bool, Instant, CustomerId)>,
}

impl Timers {
    pub fn restore(&mut self, at: Instant, customer: CustomerId) {
        self.set.insert((at, customer));
    }

    /// The first timer that is due.
    pub fn due(&self, watermark: Instant) -> Option<(Instant, CustomerId)> {
        self.set.first().filter(|(at, _)| *at <= watermark).cloned()
    }

    /// How many are set to an instant before this one.
    pub fn before(&self, at: Instant) -> u64 {
        self.set.iter().take_while(|(set, _)| *set < at).count() as u64
    }

    /// Brings a customer's timer in line with its agenda.
    pub fn follow(&mut self, customer: &mut Customer) {
        let next = customer.account.next_due();
        if next == customer.timer {
            return;
        }
        if let Some(old) = customer.timer {
            self.set.remove(&(old, customer.id.clone()));
            self.changes.push((false, old, customer.id.clone()));
        }
        if let Some(new) = next {
            self.set.insert((new, customer.id.clone()));
            self.changes.push((true, new, customer.id.clone()));
        }
        customer.timer = next;
    }

    pub fn freeze(&mut self, images: &mut dyn PostImages) {
        for (set, at, customer) in self.changes.drain(..) {
            let key = StateKey::Timer(at, customer);
            if set {
                images.put(&key, StateRef::Timer);
            } else {
                images.delete(&key);
            }
        }
    }
}
