//! State on its way between memory and store: what is wanted, restored, supplied.

use crate::domain::account::PeriodKey;
use crate::domain::lineage::Fingerprint;
use crate::domain::names::{CustomerId, PlanId};
use crate::domain::parked::{ParkedEvent, ParkedKey};
use crate::domain::person::PersonKey;
use crate::domain::roster::Pupil;
use crate::domain::state::{StateKey, StateValue};
use crate::domain::usage::UsageEvent;

use super::dedupe::Probe;
use super::gate;
use super::gates;
use super::input::{Body, EngineError, Input, Want};
use super::partition::Engine;
use super::test_use;
use super::usage;

impl Engine {
    /// What the next inputs will want, as far as it can be told without applying them; some of it more than once.
    #[must_use]
    pub fn wants(&mut self, inputs: &[Input<'_>]) -> Vec<Want> {
        let mut wants = Vec::new();
        for input in inputs {
            match &input.body {
                Body::Usage { event, fingerprint } => self.usage_wants(event, *fingerprint, &mut wants),
                Body::Control(event) if event.fact.is_of_customer() && !self.customers.contains(&event.subject) => {
                    wants.push(Want::State(StateKey::Account(CustomerId::new(&event.subject))));
                }
                _ => {}
            }
        }
        wants
    }

    fn usage_wants(&mut self, event: &UsageEvent<'_>, fingerprint: Fingerprint, wants: &mut Vec<Want>) {
        if let Probe::Ask(blocks) = self.dedupe.probe(fingerprint, self.meta.watermark) {
            wants.extend(blocks.into_iter().map(Want::State));
        }
        match self.customers.get(&event.subject) {
            None => wants.push(Want::State(StateKey::Account(CustomerId::new(&event.subject)))),
            Some(customer) => {
                let service = self.world.catalog.service_of_type(&event.kind);
                if gates::environment::is_test(event, &self.world.catalog) {
                    wants.extend(test_use::missing(customer, event, service));
                } else if let Ok(admitted) = gate::admit(event, service, customer, &self.world) {
                    wants.extend(usage::missing(customer, &admitted));
                }
            }
        }
    }

    /// Takes a piece that is kept in memory from the start: meta, timers, ids.
    ///
    /// # Errors
    /// A value of another kind than its key.
    pub fn restore(&mut self, key: StateKey, value: StateValue) -> Result<(), EngineError> {
        match (key, value) {
            (StateKey::Meta, StateValue::Meta(meta)) => self.restore_meta(meta),
            (StateKey::Directory(key), StateValue::Directory(entry)) => self.restore_directory(key, entry),
            (StateKey::Sequence(source, chunk), StateValue::Sequence(value)) => self.sequences.restore_chunk(&source, chunk, value),
            (StateKey::Gaps(source), StateValue::Gaps(gaps)) => self.sequences.restore_gaps(&source, gaps),
            (StateKey::Timer(at, customer), StateValue::Timer) => self.timers.restore(at, customer),
            (StateKey::IdBlock { day, sequence }, StateValue::Ids(ids)) => self.dedupe.restore_block(day, sequence, &ids),
            (StateKey::IdRun { day, run, block }, StateValue::Ids(ids)) => self.dedupe.restore_run(day, run, block, &ids),
            (key, _) => return Err(wrong_kind(&key)),
        }
        Ok(())
    }

    /// Takes a piece that was wanted. None: the store does not have it.
    ///
    /// # Errors
    /// A value of another kind than its key.
    pub fn supply(&mut self, key: StateKey, value: Option<StateValue>) -> Result<(), EngineError> {
        macro_rules! unwrap_kind {
            ($kind:ident) => {
                match value {
                    None => None,
                    Some(StateValue::$kind(value)) => Some(value),
                    Some(_) => return Err(wrong_kind(&key)),
                }
            };
        }
        match &key {
            StateKey::Account(id) => self.customers.supply(id.clone(), unwrap_kind!(Account)),
            StateKey::Pool(id, plan) => {
                let value = unwrap_kind!(Pool);
                self.customers.with(id, |customer| customer.pools.supply(plan.clone(), value));
            }
            StateKey::Period(id, plan, period) => {
                let value = unwrap_kind!(Period);
                self.customers.with(id, |customer| customer.periods.supply((plan.clone(), *period), value));
            }
            StateKey::Archive(id, plan) => {
                let value = unwrap_kind!(Archive);
                self.customers.with(id, |customer| customer.archives.supply(plan.clone(), value));
            }
            StateKey::Levels(id, plan) => {
                let value = unwrap_kind!(Levels);
                self.customers.with(id, |customer| customer.levels.supply(plan.clone(), value));
            }
            StateKey::Issued(id) => {
                let value = unwrap_kind!(Issued);
                self.customers.with(id, |customer| customer.issued.supply((), value));
            }
            StateKey::Day(id, service, date) => {
                let value = unwrap_kind!(Day);
                self.customers.with(id, |customer| customer.days.supply((service.clone(), *date), value));
            }
            StateKey::Rate(id, service, of) => {
                let value = unwrap_kind!(Rate);
                self.customers.with(id, |customer| customer.rates.supply((service.clone(), *of), value));
            }
            StateKey::Person(id, key) => {
                let value = unwrap_kind!(Person);
                self.customers.with(id, |customer| customer.persons.supply(key.clone(), value));
            }
            StateKey::Pupil(id, pupil) => {
                let value = unwrap_kind!(Pupil);
                self.customers.with(id, |customer| customer.roster.supply_pupil(*pupil, value));
            }
            StateKey::SchoolUnit(id, unit) => {
                let value = unwrap_kind!(SchoolUnit);
                self.customers.with(id, |customer| customer.roster.supply_unit(unit, value));
            }
            StateKey::RosterLoad(id, key) => {
                let value = unwrap_kind!(RosterLoad);
                self.customers.with(id, |customer| customer.roster.supply_load(key, value));
            }
            StateKey::IdRun { day, run, block } => self.dedupe.supply(*day, *run, *block, unwrap_kind!(Ids).unwrap_or_default()),
            StateKey::Meta
            | StateKey::Parked(..)
            | StateKey::Timer(..)
            | StateKey::Directory(_)
            | StateKey::Sequence(..)
            | StateKey::Gaps(_)
            | StateKey::IdBlock { .. } => {
                return Err(wrong_kind(&key));
            }
        }
        Ok(())
    }

    /// Takes the customer that was wanted: the first after `after` that the store knows.
    pub fn supply_customer(&mut self, after: Option<&CustomerId>, found: Option<CustomerId>) {
        if let Some(recheck) = &mut self.recheck {
            recheck.supply(after, found);
        }
    }

    /// Takes waiting events that were wanted after `after`; `end`: the store has no more after them.
    pub fn supply_parked(&mut self, id: &CustomerId, after: Option<ParkedKey>, events: Vec<(ParkedKey, ParkedEvent)>, end: bool) {
        let Some(customer) = self.customers.get(id.as_str()) else { return };
        if let Some(release) = &mut self.release {
            release.supply(customer, after, events, end);
        } else {
            self.late_copies.iter_mut().for_each(|asked| asked.supply(customer, after, &events, end));
        }
    }

    /// Takes pupils that were wanted after `after`; `end`: the store has no more after them.
    pub fn supply_pupils(&mut self, id: &CustomerId, after: Option<Fingerprint>, pupils: Vec<(Fingerprint, Pupil)>, end: bool) {
        self.customers.with(id, |customer| customer.roster.supply_pupils(after, pupils, end));
    }

    /// Takes keys of persons that were wanted after `after`; `end`: the store has no more of that period.
    pub fn supply_persons(
        &mut self,
        id: &CustomerId,
        of: (&PlanId, PeriodKey),
        after: Option<&PersonKey>,
        keys: Vec<PersonKey>,
        end: bool,
    ) {
        self.customers.with(id, |customer| customer.persons.supply_old(of.0, of.1, after, keys, end));
    }
}

fn wrong_kind(key: &StateKey) -> EngineError {
    EngineError::WrongKind { key: format!("{key:?}") }
}
