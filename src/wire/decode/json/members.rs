//! The names of one object, so that none is taken twice.

use std::borrow::Cow;
use std::collections::BTreeSet;

use smallvec::SmallVec;

/// Up to here names are compared one by one, without allocation.
const FEW: usize = 16;

#[derive(Default)]
pub(super) struct Members<'a> {
    /// A bit per hash of a name: most names are seen to be new without comparing them.
    marks: u64,
    few: SmallVec<[Cow<'a, str>; FEW]>,
    /// The others. Ordered, not hashed: hostile names cannot make it slow.
    many: BTreeSet<Cow<'a, str>>,
}

impl<'a> Members<'a> {
    #[inline]
    pub fn holds(&self, name: &str) -> bool {
        self.marks & mark(name) != 0 && (self.few.iter().any(|known| known == name) || self.many.contains(name))
    }

    #[inline]
    pub fn add(&mut self, name: Cow<'a, str>) {
        self.marks |= mark(&name);
        if self.few.len() < FEW {
            self.few.push(name);
        } else {
            self.many.insert(name);
        }
    }
}

/// Length and outer letters tell the usual names apart.
fn mark(name: &str) -> u64 {
    let outer = |byte: Option<&u8>| byte.copied().map_or(0, usize::from);
    let bytes = name.as_bytes();
    1 << ((bytes.len() + outer(bytes.first()) * 5 + outer(bytes.last()) * 3) % 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_remembered_however_many() {
        let mut members = Members::default();
        for number in 0..100 {
            let name = format!("member{number}");
            assert!(!members.holds(&name), "{name} is new");
            members.add(Cow::Owned(name.clone()));
            assert!(members.holds(&name), "{name} is known");
        }
        assert!((0..100).all(|number| members.holds(&format!("member{number}"))));
        assert!(!members.holds(""));
    }
}
