//! The roster of a customer, less its pupils.

use chrono::NaiveDate;

use super::counts::PupilCounts;
use super::master::{Drift, MasterCount};
use super::pupil::Taken;
use super::quality::Quality;
use super::rules::Counted;
use crate::domain::account::Account;
use crate::domain::control::HeadCountKind;
use crate::domain::instant::Instant;
use crate::domain::lineage::Fingerprint;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    /// The day of the first fact: from then on it says how many pupils there are.
    pub since: Option<NaiveDate>,
    pub counts: PupilCounts,
    /// Those that acted, ascending.
    pub full_loads: Vec<FullLoad>,
    /// The first day whose numbers have changed, and plans were not told yet.
    pub changed_from: Option<NaiveDate>,
    /// The latest master count of each source, by source.
    pub masters: Vec<MasterCount>,
    /// What of them differs.
    pub drifts: Vec<Drift>,
    pub quality: Quality,
    /// Pupils of customers that were merged into this one.
    pub taken: TakenOver,
    /// Its own pupils are being copied to those that it was merged into.
    pub copying: Option<Copying>,
}

/// What counts on the survivor of a merger beside its own roster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakenOver {
    /// By customer, ascending, none twice.
    pub customers: Vec<Taken>,
    /// By how many its counts are more than those of its own roster: who is in both counts once.
    pub counts: PupilCounts,
}

/// How far copying came: pupils after this one are still to be copied; none: all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Copying {
    pub after: Option<Fingerprint>,
}

impl TakenOver {
    pub fn put(&mut self, taken: &Taken) {
        match self.customers.binary_search_by(|known| known.customer.cmp(&taken.customer)) {
            Ok(place) => self.customers[place].from = taken.from,
            Err(place) => self.customers.insert(place, taken.clone()),
        }
    }

    /// The first day on which pupils of others count.
    #[must_use]
    pub fn since(&self) -> Option<NaiveDate> {
        self.customers.iter().map(|taken| taken.from).min()
    }
}

/// A full load that has acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FullLoad {
    pub at: Instant,
    /// The local day of it.
    pub day: NaiveDate,
}

impl Roster {
    /// Does it say how many pupils there are, on any day?
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.since.is_some() || !self.taken.customers.is_empty()
    }

    /// The pupils of its own on a day, without those taken over that it does not name.
    #[must_use]
    pub fn own_on(&self, day: NaiveDate, forms: Option<&[String]>, counted: Counted) -> u64 {
        self.counts.on(day, forms, counted).saturating_sub(self.taken.counts.on(day, forms, counted))
    }

    /// A fact of this day was taken in.
    pub fn begin(&mut self, day: NaiveDate) {
        self.since = Some(self.since.map_or(day, |since| since.min(day)));
    }

    /// Numbers from this day on are other ones.
    pub fn change(&mut self, day: NaiveDate) {
        self.changed_from = Some(self.changed_from.map_or(day, |from| from.min(day)));
    }

    pub fn put_full_load(&mut self, load: FullLoad) {
        if let Err(place) = self.full_loads.binary_search(&load) {
            self.full_loads.insert(place, load);
        }
    }

    /// Takes a master count in, unless a later one of the source is known.
    pub fn put_master(&mut self, count: MasterCount) {
        match self.masters.binary_search_by(|known| known.source.cmp(&count.source)) {
            Ok(place) => {
                let key = |count: &MasterCount| (count.on, count.told_at, count.rows.clone());
                if let Some(known) = self.masters.get_mut(place).filter(|known| key(known) < key(&count)) {
                    *known = count;
                }
            }
            Err(place) => self.masters.insert(place, count),
        }
    }
}

impl Account {
    /// The heads of a kind on a day: pupils of a roster, where there is one; else as told.
    #[must_use]
    pub fn heads_on(&self, kind: HeadCountKind, day: NaiveDate, counted: Counted) -> Option<u64> {
        let has_roster = self.gates.roster.as_ref().is_some_and(|roster| roster.is_told());
        match kind {
            HeadCountKind::ActivePupils if has_roster => self.pupils_on(None, day, counted),
            HeadCountKind::ActivePupils | HeadCountKind::Inhabitants => self.head_count_on(kind, day),
        }
    }

    /// The active pupils of some forms (none: all) on a day. Of what is known, this one is taken: a count that was told
    /// for that very day; the roster, from its first fact on; the last count that was told before; the roster, for days
    /// before its first fact. Those of a merged customer's roster are added to a count that was told for a day before the merger.
    #[must_use]
    pub fn pupils_on(&self, forms: Option<&[String]>, day: NaiveDate, counted: Counted) -> Option<u64> {
        let told = || self.active_pupils(forms, day);
        let Some(roster) = self.gates.roster.as_ref().filter(|roster| roster.is_told()) else { return told() };
        let of_roster = || roster.counts.on(day, forms, counted);
        let is_told_for = self.head_counts.iter().any(|one| one.kind == HeadCountKind::ActivePupils && one.on == day);
        if is_told_for {
            return told();
        }
        if roster.since.is_some_and(|since| since <= day) {
            return Some(of_roster());
        }
        let counts = self.head_counts.iter().filter(|one| one.kind == HeadCountKind::ActivePupils && one.on <= day);
        let (newest, merged) = (counts.map(|one| one.on).max(), roster.taken.since());
        match told() {
            Some(count) if merged.is_some() && newest >= merged => Some(count),
            Some(count) => Some(count.saturating_add(roster.taken.counts.on(day, forms, counted))),
            None => (roster.since.is_some() || merged.is_some_and(|merged| merged <= day)).then(of_roster),
        }
    }
}
