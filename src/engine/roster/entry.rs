//! What is said about pupils changes them, and the numbers of their school units and forms.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::domain::instant::Instant;
use crate::domain::lineage::Fingerprint;
use crate::domain::roster::{Enrolment, Finding, Pupil, PupilCounts, PupilEntry, QualityRule, Statement};
use crate::domain::state::StateKey;
use crate::engine::customer::Customer;
use crate::engine::input::{Step, Want};

use super::change;

/// Who says it, when, and of which day.
#[derive(Debug, Clone, Copy)]
pub struct Telling<'a> {
    pub at: Instant,
    pub day: NaiveDate,
    pub source: &'a str,
    /// The day on which findings are counted.
    pub today: NaiveDate,
    /// Its entries were checked before.
    pub in_load: bool,
}

/// Takes entries in: all of them, or none yet, because something is not in memory.
pub fn take_in(customer: &mut Customer, entries: &[PupilEntry], telling: &Telling<'_>) -> Step<()> {
    let wants = missing(customer, entries);
    if !wants.is_empty() {
        return Step::Missing(wants);
    }
    for entry in entries {
        apply(customer, entry, telling);
    }
    change(customer).begin(telling.day);
    Step::Done(())
}

/// First the pupils, then the school units that they are or were at.
pub fn missing(customer: &Customer, entries: &[PupilEntry]) -> Vec<Want> {
    let named = entries.iter().flat_map(|entry| Some(entry.pupil).into_iter().chain(entry.same_as));
    let told = entries.iter().flat_map(|entry| match &entry.statement {
        Statement::Enrolled(enrolments) => enrolments.as_slice(),
        Statement::Deleted => &[],
    });
    missing_of(customer, named, told)
}

/// As [`missing`], for pupils that are named and enrolments that are told.
pub fn missing_of<'e>(
    customer: &Customer,
    named: impl Iterator<Item = Fingerprint>,
    told: impl Iterator<Item = &'e Enrolment>,
) -> Vec<Want> {
    if customer.is_new {
        return Vec::new();
    }
    let roots: Vec<Result<Fingerprint, Fingerprint>> = named.map(|pupil| root(customer, pupil)).collect();
    let lacking: BTreeSet<Fingerprint> = roots.iter().filter_map(|root| root.err()).collect();
    if !lacking.is_empty() {
        return lacking.into_iter().map(|pupil| Want::State(StateKey::Pupil(customer.id.clone(), pupil))).collect();
    }
    let known = roots.iter().flatten().filter_map(|root| customer.roster.pupil(*root)).flat_map(all_enrolments);
    let mut units: BTreeSet<&str> = known.map(|one| one.unit.as_str()).collect();
    units.extend(told.map(|one| one.unit.as_str()));
    missing_units(customer, units)
}

/// Ended ones too: a fact that comes late may put them in force again.
fn all_enrolments(pupil: &Pupil) -> impl Iterator<Item = &Enrolment> {
    pupil.records.iter().filter_map(|record| record.stated.as_ref()).flat_map(|(_, enrolments)| enrolments)
}

/// The school units of these that are not in memory.
pub fn missing_units<'u>(customer: &Customer, units: impl IntoIterator<Item = &'u str>) -> Vec<Want> {
    let lacking = units.into_iter().filter(|unit| !customer.is_new && !customer.roster.units.contains_key(*unit));
    lacking.map(|unit| Want::State(StateKey::SchoolUnit(customer.id.clone(), unit.to_owned()))).collect()
}

/// The pseudonym with which a child's facts are kept.
///
/// # Errors
/// The one that is not in memory.
pub fn root(customer: &Customer, pupil: Fingerprint) -> Result<Fingerprint, Fingerprint> {
    let mut root = pupil;
    loop {
        match customer.roster.pupils.get(&root) {
            None if !customer.is_new => return Err(root),
            Some(slot) => match slot.value.as_ref().and_then(|pupil| pupil.moved_to) {
                Some(other) => root = other,
                None => return Ok(root),
            },
            None => return Ok(root),
        }
    }
}

/// One entry, whose pupils and school units are in memory.
fn apply(customer: &mut Customer, entry: &PupilEntry, telling: &Telling<'_>) {
    let Ok(mut place) = root(customer, entry.pupil) else { return };
    let mut before = stand(customer, place);
    let was_named = customer
        .roster
        .pupil(place)
        .and_then(|pupil| pupil.record(entry.pupil))
        .is_some_and(|record| record.stated.as_ref().is_some_and(|(at, _)| *at == telling.at));
    let other = entry.same_as.and_then(|other| root(customer, other).ok()).filter(|other| *other != place);
    let mut changes = Changes::default();
    if let Some(other) = other {
        let of_other = stand(customer, other);
        join(customer, place, other);
        place = other;
        let joined = stand(customer, place);
        add(customer, &before, -1, &mut changes);
        add(customer, &of_other, -1, &mut changes);
        add(customer, &joined, 1, &mut changes);
        before = joined;
    }
    let full_loads = customer.account.gates.roster.as_ref().map_or_else(Vec::new, |roster| roster.full_loads.clone());
    let mut pupil = customer.roster.pupil(place).cloned().unwrap_or_default();
    if let Some(same) = entry.same_as {
        pupil.name(same);
    }
    pupil.put(entry.pupil, telling.at, telling.day, &entry.statement, &full_loads);
    let is_other = customer.roster.pupil(place) != Some(&pupil);
    if is_other {
        *customer.roster.pupil_mut(place) = pupil;
    }
    let after = stand(customer, place);
    if before != after {
        add(customer, &before, -1, &mut changes);
        add(customer, &after, 1, &mut changes);
    }
    settle(customer, &changes);
    judge(customer, entry, telling, is_other, was_named, (&before.all, &after.all));
}

/// Keeps what is known of a child under a pseudonym with another one of it.
pub fn join(customer: &mut Customer, pupil: Fingerprint, other: Fingerprint) {
    let mut moved = std::mem::take(customer.roster.pupil_mut(pupil));
    customer.roster.pupil_mut(other).take_over(&mut moved);
    *customer.roster.pupil_mut(pupil) = Pupil { moved_to: Some(other), ..Pupil::default() };
}

/// What holds of a child: in all rosters that count here, and in the customer's own.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Stand {
    pub all: Vec<Enrolment>,
    /// None: the same.
    own: Option<Vec<Enrolment>>,
}

impl Stand {
    pub fn of(pupil: &Pupil) -> Self {
        let all = pupil.enrolments();
        let is_copied = pupil.records.iter().any(|record| record.of.is_some());
        let own = is_copied.then(|| pupil.own_enrolments()).filter(|own| *own != all);
        Self { all, own }
    }
}

pub fn stand(customer: &Customer, root: Fingerprint) -> Stand {
    customer.roster.pupil(root).map_or_else(Stand::default, Stand::of)
}

/// Changes of a customer's numbers.
#[derive(Debug, Default)]
pub struct Changes {
    all: PupilCounts,
    /// By which those taken over are more than its own.
    taken: PupilCounts,
}

/// Adds a pupil to its school units, and to the changes of the customer.
pub fn add(customer: &mut Customer, stand: &Stand, pupils: i64, changes: &mut Changes) {
    let enrolments = &stand.all;
    let spans = Pupil::spans(enrolments);
    spans.iter().for_each(|span| changes.all.add(span, pupils));
    if let Some(own) = &stand.own {
        spans.iter().for_each(|span| changes.taken.add(span, pupils));
        Pupil::spans(own).iter().for_each(|span| changes.taken.add(span, -pupils));
    }
    let units: BTreeSet<&str> = enrolments.iter().map(|one| one.unit.as_str()).collect();
    for unit in units {
        let counts = customer.roster.unit_mut(unit);
        Pupil::spans_at(enrolments, unit).iter().for_each(|span| counts.add(span, pupils));
    }
}

/// Takes changes of numbers into the customer's counts.
pub fn settle(customer: &mut Customer, changes: &Changes) {
    let first = [changes.all.first_change(), changes.taken.first_change()].into_iter().flatten().min();
    if let Some(first) = first {
        let roster = change(customer);
        roster.counts.take(&changes.all);
        roster.taken.counts.take(&changes.taken);
        roster.change(first);
    }
}

/// Counts what is wrong with an entry. One that changes nothing was counted when it first came.
fn judge(
    customer: &mut Customer,
    entry: &PupilEntry,
    telling: &Telling<'_>,
    is_other: bool,
    was_named: bool,
    (before, after): (&[Enrolment], &[Enrolment]),
) {
    let mut found = Vec::new();
    if telling.in_load && was_named && entry.findings.iter().all(|one| one.rule != QualityRule::DuplicatePupil) {
        found.push(Finding { rule: QualityRule::DuplicatePupil, unit: String::new() });
    }
    if let Some(unit) = lost_unit(before, after, telling.day).filter(|_| is_other && entry.statement != Statement::Deleted) {
        found.push(Finding { rule: QualityRule::HistoryLost, unit: unit.to_owned() });
    }
    if telling.in_load {
        let was_good = entry.findings.is_empty();
        let source = change(customer).quality.source_mut(telling.source);
        for (place, finding) in found.iter().enumerate() {
            source.find(telling.today, finding, was_good && place == 0);
        }
    } else if is_other {
        found.extend(entry.findings.iter().cloned());
        found.sort_unstable();
        change(customer).quality.source_mut(telling.source).check(telling.today, &found);
    }
}

/// A unit where the pupil was before a day, by what was told before, and was not by what is told now.
fn lost_unit<'e>(before: &'e [Enrolment], after: &[Enrolment], day: NaiveDate) -> Option<&'e str> {
    let covers =
        |old: &Enrolment, new: &Enrolment| (&new.unit, &new.form) == (&old.unit, &old.form) && new.from <= old.from && new.to >= old.to;
    // Cut at the day, so both have an end.
    let past = |all: &[Enrolment]| all.iter().filter_map(|one| one.until(Some(day))).collect::<Vec<_>>();
    let (old, new) = (past(before), past(after));
    let lost = old.iter().find(|old| !new.iter().any(|new| covers(old, new)))?;
    before.iter().map(|one| one.unit.as_str()).find(|unit| *unit == lost.unit)
}
