//! A full load has acted: pupils that it does not name are gone.

use std::collections::BTreeSet;

use crate::domain::lineage::Fingerprint;
use crate::domain::roster::{FullLoad, Pupil};
use crate::engine::customer::Customer;
use crate::engine::input::{Step, Want};

use super::entry::{self, Changes, Stand};

/// Those that are in memory: the store may not know them yet, or as they are.
pub fn resident(customer: &mut Customer) -> Step<()> {
    let mut keys: Vec<Fingerprint> = customer.roster.pupils.keys().copied().collect();
    keys.sort_unstable();
    settle(customer, &keys)
}

/// The next ones of the store. After which one it goes on; none: that was the last.
pub fn sweep(customer: &mut Customer, after: Option<Fingerprint>) -> Step<Option<Fingerprint>> {
    let Some(swept) = customer.roster.swept_after(after) else {
        return Step::Missing(vec![Want::Pupils { customer: customer.id.clone(), after }]);
    };
    let (keys, is_end) = (swept.pupils.clone(), swept.is_end);
    match settle(customer, &keys) {
        Step::Done(()) => {}
        Step::Missing(wants) => return Step::Missing(wants),
    }
    customer.roster.let_go_of_swept();
    Step::Done(keys.last().copied().filter(|_| !is_end))
}

fn settle(customer: &mut Customer, keys: &[Fingerprint]) -> Step<()> {
    let full_loads: Vec<FullLoad> = customer.account.gates.roster.as_ref().map_or_else(Vec::new, |roster| roster.full_loads.clone());
    let settled: Vec<(Fingerprint, Pupil)> = keys
        .iter()
        .filter_map(|key| {
            let before = customer.roster.pupil(*key)?;
            let mut after = before.clone();
            after.settle(&full_loads);
            (after != *before).then_some((*key, after))
        })
        .collect();
    let records = settled.iter().flat_map(|(_, pupil)| &pupil.records).filter_map(|record| record.stated.as_ref());
    let units: BTreeSet<&str> = records.flat_map(|(_, enrolments)| enrolments).map(|one| one.unit.as_str()).collect();
    let wants = entry::missing_units(customer, units);
    if !wants.is_empty() {
        return Step::Missing(wants);
    }
    let mut changes = Changes::default();
    for (key, after) in settled {
        let before = entry::stand(customer, key);
        entry::add(customer, &before, -1, &mut changes);
        entry::add(customer, &Stand::of(&after), 1, &mut changes);
        *customer.roster.pupil_mut(key) = after;
    }
    entry::settle(customer, &changes);
    Step::Done(())
}
