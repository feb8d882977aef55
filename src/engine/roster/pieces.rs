//! The pieces of a roster that are in memory.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use crate::domain::lineage::Fingerprint;
use crate::domain::names::CustomerId;
use crate::domain::roster::{LoadKey, LoadPiece, Pupil, PupilCounts};
use crate::domain::state::{StateKey, StateRef};
use crate::engine::input::PostImages;
use crate::engine::shelf::Slot;

/// Pupils and school units that a customer keeps in memory after a commit.
const KEPT_PUPILS: usize = 512;
const KEPT_UNITS: usize = 64;

#[derive(Debug, Default)]
pub struct RosterPieces {
    pub pupils: HashMap<Fingerprint, Slot<Pupil>, FxBuildHasher>,
    pub units: BTreeMap<String, Slot<PupilCounts>>,
    pub loads: BTreeMap<LoadKey, Slot<LoadPiece>>,
    /// Pupils that a full load is being held against.
    pub swept: Option<Swept>,
    /// Pieces changed since the last freeze, some more than once.
    pub changes: usize,
}

/// Pupils in the order of their fingerprints, as the store has them.
#[derive(Debug)]
pub struct Swept {
    after: Option<Fingerprint>,
    pub pupils: Vec<Fingerprint>,
    /// Those that came into memory for this alone.
    pub fetched: Vec<Fingerprint>,
    pub is_end: bool,
}

impl RosterPieces {
    /// Takes what a store holds, unless memory knows better.
    pub fn supply_pupil(&mut self, key: Fingerprint, value: Option<Pupil>) {
        self.pupils.entry(key).or_insert(Slot { value, dirty: false });
    }

    /// As [`Self::supply_pupil`].
    pub fn supply_unit(&mut self, unit: &str, value: Option<PupilCounts>) {
        self.units.entry(unit.to_owned()).or_insert(Slot { value, dirty: false });
    }

    /// As [`Self::supply_pupil`].
    pub fn supply_load(&mut self, key: &LoadKey, value: Option<LoadPiece>) {
        self.loads.entry(key.clone()).or_insert(Slot { value, dirty: false });
    }

    /// Takes pupils that were wanted after one of them. What memory knows better, it keeps.
    pub fn supply_pupils(&mut self, after: Option<Fingerprint>, pupils: Vec<(Fingerprint, Pupil)>, is_end: bool) {
        let mut swept = Swept { after, pupils: Vec::with_capacity(pupils.len()), fetched: Vec::new(), is_end };
        for (key, pupil) in pupils {
            swept.pupils.push(key);
            self.pupils.entry(key).or_insert_with(|| {
                swept.fetched.push(key);
                Slot { value: Some(pupil), dirty: false }
            });
        }
        self.swept = Some(swept);
    }

    /// The pupils after one of them, if it is those that were fetched.
    pub fn swept_after(&self, after: Option<Fingerprint>) -> Option<&Swept> {
        self.swept.as_ref().filter(|swept| swept.after == after)
    }

    /// The pupils that were swept, and changed by nothing, need not stay.
    pub fn let_go_of_swept(&mut self) {
        let Some(swept) = self.swept.take() else { return };
        for key in swept.fetched {
            if self.pupils.get(&key).is_some_and(|slot| !slot.dirty) {
                self.pupils.remove(&key);
            }
        }
    }

    pub fn pupil(&self, key: Fingerprint) -> Option<&Pupil> {
        self.pupils.get(&key).and_then(|slot| slot.value.as_ref())
    }

    /// For a change.
    pub fn pupil_mut(&mut self, key: Fingerprint) -> &mut Pupil {
        self.changes += 1;
        let slot = self.pupils.entry(key).or_insert(Slot { value: None, dirty: true });
        slot.dirty = true;
        slot.value.get_or_insert_default()
    }

    /// For a change.
    pub fn unit_mut(&mut self, unit: &str) -> &mut PupilCounts {
        self.changes += 1;
        let slot = self.units.entry(unit.to_owned()).or_insert(Slot { value: None, dirty: true });
        slot.dirty = true;
        slot.value.get_or_insert_default()
    }

    pub fn unit(&self, unit: &str) -> Option<&PupilCounts> {
        self.units.get(unit).and_then(|slot| slot.value.as_ref())
    }

    pub fn load(&self, key: &LoadKey) -> Option<&LoadPiece> {
        self.loads.get(key).and_then(|slot| slot.value.as_ref())
    }

    /// Stores a piece of a load; none: it is deleted.
    pub fn put_load(&mut self, key: LoadKey, piece: Option<LoadPiece>) {
        self.changes += 1;
        self.loads.insert(key, Slot { value: piece, dirty: true });
    }

    /// Hands every changed piece to a commit.
    pub fn freeze(&mut self, id: &CustomerId, images: &mut dyn PostImages) {
        self.changes = 0;
        for (key, slot) in self.pupils.iter_mut().filter(|(_, slot)| slot.dirty) {
            slot.dirty = false;
            if let Some(pupil) = &slot.value {
                images.put(&StateKey::Pupil(id.clone(), *key), StateRef::Pupil(pupil));
            }
        }
        for (unit, slot) in self.units.iter_mut().filter(|(_, slot)| slot.dirty) {
            slot.dirty = false;
            if let Some(counts) = &slot.value {
                images.put(&StateKey::SchoolUnit(id.clone(), unit.clone()), StateRef::SchoolUnit(counts));
            }
        }
        for (key, slot) in self.loads.iter_mut().filter(|(_, slot)| slot.dirty) {
            slot.dirty = false;
            let key = StateKey::RosterLoad(id.clone(), key.clone());
            match &slot.value {
                Some(piece) => images.put(&key, StateRef::RosterLoad(piece)),
                None => images.delete(&key),
            }
        }
    }

    /// Only when all of them are clean and stored.
    pub fn shrink(&mut self) {
        if self.pupils.len() > KEPT_PUPILS {
            self.pupils = HashMap::default();
            self.swept = None;
        }
        if self.units.len() > KEPT_UNITS {
            self.units.clear();
        }
        self.loads.clear();
    }
}
