//! The customers in memory, those to freeze, and those that may leave.

use hashbrown::HashMap;

use crate::domain::account::Account;
use crate::domain::names::CustomerId;

use super::customer::Customer;
use super::input::PostImages;

#[derive(Debug)]
pub struct Customers {
    resident: HashMap<CustomerId, Box<Customer>>,
    /// Changed since the last freeze.
    changed: Vec<CustomerId>,
    /// Frozen, not yet known to be stored.
    frozen: Vec<(u64, CustomerId)>,
    capacity: usize,
    uses: u64,
}

impl Customers {
    /// `capacity`: how many customers are kept in memory between commits.
    pub fn new(capacity: usize) -> Self {
        Self { resident: HashMap::new(), changed: Vec::new(), frozen: Vec::new(), capacity: capacity.max(1), uses: 0 }
    }

    pub fn contains(&self, id: &str) -> bool {
        self.resident.contains_key(id)
    }

    /// Those that are not in memory.
    pub fn lacking<'a>(&self, ids: impl Iterator<Item = &'a CustomerId>) -> Vec<CustomerId> {
        ids.filter(|id| !self.contains(id.as_str())).cloned().collect()
    }

    pub fn get(&mut self, id: &str) -> Option<&mut Customer> {
        self.uses += 1;
        let customer = self.resident.get_mut(id)?;
        customer.used_at = self.uses;
        Some(customer)
    }

    /// Those in memory, or those of them with waiting events, in no order.
    pub fn ids(&self, waiting: bool) -> Vec<CustomerId> {
        let all = self.resident.values().filter(|customer| !waiting || customer.account.parked > 0);
        all.map(|customer| customer.id.clone()).collect()
    }

    /// Lets go of one that was only looked at: a walk over all customers must not fill the memory.
    pub fn let_go(&mut self, id: &CustomerId) {
        if self.resident.get(id.as_str()).is_some_and(|customer| customer.frozen_in == 0 && customer.may_leave(0)) {
            self.resident.remove(id.as_str());
        }
    }

    /// Takes what the store holds of a customer, unless memory knows better.
    pub fn supply(&mut self, id: CustomerId, stored: Option<Account>) {
        let uses = self.uses;
        self.resident.entry(id.clone()).or_insert_with(|| {
            let mut customer = Customer::new(id, stored);
            customer.used_at = uses;
            Box::new(customer)
        });
    }

    /// Does something with a customer, if it is in memory.
    pub fn with(&mut self, id: &CustomerId, act: impl FnOnce(&mut Customer)) {
        if let Some(customer) = self.resident.get_mut(id.as_str()) {
            act(customer);
        }
    }

    /// Puts a customer on the list of those to freeze.
    pub fn list(changed: &mut Vec<CustomerId>, customer: &mut Customer) {
        if !customer.listed {
            customer.listed = true;
            changed.push(customer.id.clone());
        }
    }

    /// A customer and the list of changed ones, for steps that need both.
    pub fn get_with_list(&mut self, id: &str) -> Option<(&mut Customer, &mut Vec<CustomerId>)> {
        self.uses += 1;
        let customer = self.resident.get_mut(id)?;
        customer.used_at = self.uses;
        Some((customer, &mut self.changed))
    }

    pub fn changes(&self) -> usize {
        self.changed.len()
    }

    pub fn freeze(&mut self, epoch: u64, images: &mut dyn PostImages) {
        for id in self.changed.drain(..) {
            if let Some(customer) = self.resident.get_mut(id.as_str()) {
                customer.freeze(epoch, images);
            }
            self.frozen.push((epoch, id));
        }
    }

    /// State up to `epoch` is stored: lets go of cold pieces and, above capacity, of cold customers.
    /// Not of the one in `in_use`: its release goes on with the waiting events that it has in memory.
    pub fn persisted(&mut self, epoch: u64, in_use: Option<&CustomerId>) {
        for (_, id) in self.frozen.extract_if(.., |(frozen, _)| *frozen <= epoch) {
            let Some(customer) = self.resident.get_mut(id.as_str()) else { continue };
            let is_in_use = in_use == Some(&customer.id);
            customer.let_go_of_waiting(epoch, is_in_use);
            if customer.may_leave(epoch) && !is_in_use {
                customer.shrink();
            }
        }
        if self.resident.len() > self.capacity {
            self.evict(epoch, in_use);
        }
    }

    /// Least recently used first, down to nine tenths of the capacity, so that it is rarely done.
    fn evict(&mut self, persisted: u64, in_use: Option<&CustomerId>) {
        let surplus = self.resident.len() - self.capacity / 10 * 9;
        let mut uses: Vec<u64> = self.resident.values().map(|customer| customer.used_at).collect();
        let (_, limit, _) = uses.select_nth_unstable(surplus.saturating_sub(1));
        let limit = *limit;
        self.resident.retain(|id, customer| customer.used_at > limit || !customer.may_leave(persisted) || in_use == Some(id));
    }
}
