//! Pieces of state in memory, each known to be there or known to be absent.

/// A piece of state. `value` none: it does not exist, and we know that.
#[derive(Debug, Clone)]
pub struct Slot<T> {
    pub value: Option<T>,
    /// Changed since the last freeze.
    pub dirty: bool,
}

/// A few pieces of one kind of one customer, newest last. Linear, because there are few.
#[derive(Debug, Clone)]
pub struct Shelf<K, T> {
    slots: Vec<(K, Slot<T>)>,
}

impl<K, T> Default for Shelf<K, T> {
    fn default() -> Self {
        Self { slots: Vec::new() }
    }
}

impl<K: PartialEq, T> Shelf<K, T> {
    pub fn is_resident(&self, key: &K) -> bool {
        self.has(|known| known == key)
    }

    /// As [`Self::is_resident`], for a key that was not made.
    pub fn has(&self, is_key: impl Fn(&K) -> bool) -> bool {
        self.place(is_key).is_some()
    }

    pub fn get(&self, key: &K) -> Option<&T> {
        self.find(|known| known == key)
    }

    /// As [`Self::get`], for a key that was not made.
    pub fn find(&self, is_key: impl Fn(&K) -> bool) -> Option<&T> {
        self.place(is_key).and_then(|place| self.slots.get(place)).and_then(|(_, slot)| slot.value.as_ref())
    }

    /// For a change: the piece is part of the next commit.
    pub fn change(&mut self, key: &K) -> Option<&mut T> {
        let place = self.place(|known| known == key)?;
        let (_, slot) = self.slots.get_mut(place)?;
        slot.dirty = true;
        slot.value.as_mut()
    }

    /// Takes what a store holds, unless memory knows better.
    pub fn supply(&mut self, key: K, value: Option<T>) {
        if !self.is_resident(&key) {
            self.slots.push((key, Slot { value, dirty: false }));
        }
    }

    /// The piece, made by `new` if it does not exist, for a change.
    pub fn change_or(&mut self, key: &K, new: impl FnOnce() -> T) -> &mut T
    where
        K: Clone,
    {
        self.change_where(|known| known == key, || key.clone(), new)
    }

    /// As [`Self::change_or`], for a key that is made if the piece does not exist: most uses find it.
    pub fn change_where(&mut self, is_key: impl Fn(&K) -> bool, key: impl FnOnce() -> K, new: impl FnOnce() -> T) -> &mut T {
        let place = self.place(is_key).unwrap_or_else(|| {
            self.slots.push((key(), Slot { value: None, dirty: true }));
            self.slots.len() - 1
        });
        let (_, slot) = &mut self.slots[place];
        slot.dirty = true;
        slot.value.get_or_insert_with(new)
    }

    /// Hands every changed piece to `each` and marks it clean.
    pub fn freeze(&mut self, mut each: impl FnMut(&K, &T)) {
        for (key, slot) in self.slots.iter_mut().filter(|(_, slot)| slot.dirty) {
            slot.dirty = false;
            if let Some(value) = &slot.value {
                each(key, value);
            }
        }
    }

    /// Lets the oldest pieces go, but for `keep`. Only when all of them are clean and stored.
    pub fn shrink(&mut self, keep: usize) {
        let surplus = self.slots.len().saturating_sub(keep);
        self.slots.drain(..surplus);
    }

    /// Newest first: what was used last is used next.
    fn place(&self, is_key: impl Fn(&K) -> bool) -> Option<usize> {
        self.slots.iter().rposition(|(known, _)| is_key(known))
    }
}
