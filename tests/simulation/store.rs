//! The simulated store: a map that is written whole or not at all, and can be lost.

use tally::pipeline::ports::{Change, Store, StoreError, Stores};

use super::world::{Planted, Shared};

pub struct SimStores(pub Shared);

impl Stores for SimStores {
    type Store = SimStore;

    fn open(&self, partition: u32) -> Result<SimStore, StoreError> {
        let mut world = self.0.lock();
        if !world.open.insert(partition) {
            return Err(StoreError::Locked("it is open already".into()));
        }
        world.stores.entry(partition).or_default();
        drop(world);
        Ok(SimStore { world: self.0.clone(), partition })
    }
}

pub struct SimStore {
    world: Shared,
    partition: u32,
}

impl Drop for SimStore {
    fn drop(&mut self) {
        self.world.lock().open.remove(&self.partition);
    }
}

impl Store for SimStore {
    fn get_many(&self, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let world = self.world.lock();
        let pairs = &world.stores[&self.partition];
        Ok(keys.iter().map(|key| pairs.get(key).cloned()).collect())
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        let world = self.world.lock();
        let pairs = world.stores[&self.partition].range(from.to_vec()..to.to_vec());
        Ok(pairs.take(limit).map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn write(&self, changes: &[Change]) -> Result<(), StoreError> {
        let crash = || Err(StoreError::Unavailable("crash".into()));
        let mut world = self.world.lock();
        if world.crashed {
            return crash();
        }
        if world.fault() {
            let applied = world.faults.rng.percent(50);
            world.crash();
            if applied {
                self.apply(&mut world.stores, changes);
            }
            return crash();
        }
        self.apply(&mut world.stores, changes);
        if world.faults.left > 0 && world.faults.rng.percent(10) {
            let copy = world.stores.clone();
            world.backups.push(copy);
        }
        if world.planted == Planted::StoreAhead {
            world.committed.clear();
        }
        Ok(())
    }
}

impl SimStore {
    fn apply(&self, stores: &mut std::collections::BTreeMap<u32, super::world::Pairs>, changes: &[Change]) {
        let pairs = stores.entry(self.partition).or_default();
        for (key, value) in changes {
            match value {
                Some(value) => pairs.insert(key.clone(), value.clone()),
                None => pairs.remove(key),
            };
        }
    }
}
