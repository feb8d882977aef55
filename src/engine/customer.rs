//! A customer in memory: the account, and those pieces of its state that are hot.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::account::{Account, PeriodKey};
use crate::domain::archive::ArchiveLedger;
use crate::domain::cell::PeriodCell;
use crate::domain::control::CustomerVersion;
use crate::domain::gates::Waiting;
use crate::domain::gates::rate::{Rate, RateOf};
use crate::domain::instant::Instant;
use crate::domain::levels::LevelLedger;
use crate::domain::names::{CustomerId, PlanId, ServiceId};
use crate::domain::parked::{ParkedEvent, ParkedKey};
use crate::domain::pool::Pool;
use crate::domain::record::IssuedRecord;
use crate::domain::state::{StateKey, StateRef, StateValue};
use crate::domain::window::DayWindow;
use crate::domain::zone::LocalDay;

use super::gates::agreement::Consents;
use super::gates::onboarding::Opened;
use super::input::PostImages;
use super::persons::Persons;
use super::roster::pieces::RosterPieces;
use super::shelf::{Shelf, Slot};

/// Pieces of a kind that a hot customer keeps after a commit.
const KEPT_PIECES: usize = 24;

#[derive(Debug)]
pub struct Customer {
    pub id: CustomerId,
    /// xxh3-64 of the id, for lineage entries.
    pub hash: u64,
    pub account: Account,
    pub pools: Shelf<PlanId, Pool>,
    pub periods: Shelf<(PlanId, PeriodKey), PeriodCell>,
    pub archives: Shelf<PlanId, ArchiveLedger>,
    pub levels: Shelf<PlanId, LevelLedger>,
    /// The register of issued period records, in memory only when something is closed.
    pub issued: Shelf<(), Vec<IssuedRecord>>,
    pub days: Shelf<(ServiceId, NaiveDate), DayWindow>,
    /// Of services and plans that trip the brake by themselves.
    pub rates: Shelf<(ServiceId, RateOf), Rate>,
    /// Waiting events that are new, released since the last commit, or being tried.
    pub parked: BTreeMap<ParkedKey, Slot<ParkedEvent>>,
    /// How far a release that is under way has come in them.
    pub tried: Option<ParkedKey>,
    /// Of plans that count persons.
    pub persons: Persons,
    /// By which consents its use was billed lately.
    pub consents: Consents,
    /// Of its roster.
    pub roster: RosterPieces,
    /// The instant that its timer is set to.
    pub timer: Option<Instant>,
    /// The store holds nothing of this customer: what is not in memory does not exist.
    pub is_new: bool,
    pub account_dirty: bool,
    /// In the list of customers to freeze.
    pub listed: bool,
    /// The last freeze that it was part of: it may leave memory when that is stored.
    pub frozen_in: u64,
    /// When it was last used, in inputs.
    pub used_at: u64,
    /// When production of which service is open: worked out of the account.
    pub onboarded: Opened,
    today: Option<(LocalDay, usize)>,
}

impl Customer {
    pub fn new(id: CustomerId, stored: Option<Account>) -> Self {
        let hash = xxhash_rust::xxh3::xxh3_64(id.as_str().as_bytes());
        let is_new = stored.is_none();
        let account = stored.unwrap_or_default();
        Self {
            id,
            hash,
            timer: account.next_due(),
            account,
            pools: Shelf::default(),
            periods: Shelf::default(),
            archives: Shelf::default(),
            levels: Shelf::default(),
            issued: Shelf::default(),
            days: Shelf::default(),
            rates: Shelf::default(),
            parked: BTreeMap::new(),
            tried: None,
            persons: Persons::default(),
            consents: Consents::default(),
            roster: RosterPieces::default(),
            is_new,
            account_dirty: false,
            listed: false,
            frozen_in: 0,
            used_at: 0,
            onboarded: Opened::default(),
            today: None,
        }
    }

    /// The version in force at an instant, and the local day that the instant is in.
    /// The day of the last call is kept: most events are of today.
    pub fn version_and_day(&mut self, instant: Instant) -> Option<(&CustomerVersion, LocalDay)> {
        match self.today {
            Some((day, index)) if day.contains(instant) => self.account.versions.get(index).map(|version| (version, day)),
            _ => {
                let index = self.account.versions.iter().rposition(|version| version.zone.date_of(instant) >= version.from)?;
                let version = self.account.versions.get(index)?;
                let day = version.zone.day_of(instant);
                // With several zones, another version may begin within this day.
                self.today = (self.account.versions.len() == 1).then_some((day, index));
                Some((version, day))
            }
        }
    }

    /// All waiting events were gone through: these are left. True if that was not known.
    pub fn found_waiting(&mut self, left: &Waiting) -> bool {
        let known = &mut self.account.gates.suspense;
        if (&known.by_reason, known.oldest) == (&left.by_reason, left.oldest) {
            return false;
        }
        known.by_reason.clone_from(&left.by_reason);
        known.oldest = left.oldest;
        self.account_dirty = true;
        true
    }

    /// After a change of its versions.
    pub fn forget_today(&mut self) {
        self.today = None;
    }

    /// Is nothing in memory that the store does not hold?
    pub fn may_leave(&self, persisted: u64) -> bool {
        !self.listed && self.frozen_in <= persisted
    }

    /// Hands the post-images of all that changed to the commit.
    pub fn freeze(&mut self, epoch: u64, images: &mut dyn PostImages) {
        self.listed = false;
        self.frozen_in = epoch;
        self.is_new = false;
        let id = &self.id;
        if std::mem::take(&mut self.account_dirty) {
            images.put(&StateKey::Account(id.clone()), StateRef::Account(&self.account));
        }
        self.pools.freeze(|plan, pool| images.put(&StateKey::Pool(id.clone(), plan.clone()), StateRef::Pool(pool)));
        self.periods.freeze(|(plan, key), cell| images.put(&StateKey::Period(id.clone(), plan.clone(), *key), StateRef::Period(cell)));
        self.archives.freeze(|plan, ledger| images.put(&StateKey::Archive(id.clone(), plan.clone()), StateRef::Archive(ledger)));
        self.levels.freeze(|plan, ledger| images.put(&StateKey::Levels(id.clone(), plan.clone()), StateRef::Levels(ledger)));
        self.issued.freeze(|(), records| images.put(&StateKey::Issued(id.clone()), StateRef::Issued(records)));
        self.days.freeze(|(service, date), day| images.put(&StateKey::Day(id.clone(), service.clone(), *date), StateRef::Day(day)));
        self.rates.freeze(|(service, of), rate| images.put(&StateKey::Rate(id.clone(), service.clone(), *of), StateRef::Rate(rate)));
        self.persons.freeze(|key, person| {
            let key = StateKey::Person(id.clone(), key.clone());
            match person {
                Some(person) => images.put(&key, StateRef::Person(person)),
                None => images.delete(&key),
            }
        });
        self.roster.freeze(id, images);
        for (key, slot) in self.parked.iter_mut().filter(|(_, slot)| slot.dirty) {
            slot.dirty = false;
            let key = StateKey::Parked(id.clone(), *key);
            match &slot.value {
                Some(event) => images.put(&key, StateRef::Parked(event)),
                None => images.delete(&key),
            }
        }
    }

    /// Takes a piece that the store holds, for looking at it. Of another kind than its key: it is left out.
    pub fn supply(&mut self, key: StateKey, value: Option<StateValue>) {
        match (key, value) {
            (StateKey::Period(_, plan, period), Some(StateValue::Period(cell))) => self.periods.supply((plan, period), Some(cell)),
            (StateKey::Levels(_, plan), Some(StateValue::Levels(ledger))) => self.levels.supply(plan, Some(ledger)),
            (StateKey::Archive(_, plan), Some(StateValue::Archive(ledger))) => self.archives.supply(plan, Some(ledger)),
            (StateKey::Day(_, service, date), Some(StateValue::Day(day))) => self.days.supply((service, date), Some(day)),
            _ => {}
        }
    }

    /// State up to `epoch` is stored: lets go of the waiting events that are, also if the customer changes all the
    /// time. Those that a release has still to try stay.
    pub fn let_go_of_waiting(&mut self, epoch: u64, is_in_use: bool) {
        if self.frozen_in <= epoch {
            let tried = self.tried;
            let is_ahead = |key: &ParkedKey| tried.is_none_or(|tried| *key > tried);
            self.parked.retain(|key, slot| slot.dirty || (is_in_use && slot.value.is_some() && is_ahead(key)));
        }
    }

    /// After its last freeze was stored: lets go of what is not hot.
    pub fn shrink(&mut self) {
        self.pools.shrink(KEPT_PIECES);
        self.periods.shrink(KEPT_PIECES);
        self.archives.shrink(KEPT_PIECES);
        self.levels.shrink(KEPT_PIECES);
        self.issued.shrink(0);
        self.days.shrink(KEPT_PIECES);
        self.rates.shrink(KEPT_PIECES);
        self.persons.shrink();
        self.roster.shrink();
        self.parked.clear();
    }
}
