//! Mergers: on whom a use counts, and what becomes of pools.

use chrono::{Datelike, NaiveDate};

use super::Notice;
use super::calendar::{Instant, Period, local_date};
use super::catalog::{Model, Plan};
use super::decode::Usage;
use super::ledger::{Counted, Ledger};
use super::number::Dec;
use super::pool::Pool;

pub struct Merger {
    pub into: String,
    from: Instant,
    /// When the pools are handed over; none: they were.
    due: Option<Instant>,
}

impl Ledger<'_> {
    /// The customer on whom a use counts. That of a pool counts where the pool is.
    pub fn owner(&self, usage: &Usage) -> String {
        let service = self.catalog.service_of(&usage.envelope.kind);
        let plan = service.and_then(|service| self.catalog.plan_of(service));
        let is_pooled = plan.is_some_and(goes_with_mergers);
        let mut id = &usage.envelope.subject;
        while let Some(merger) = self.mergers.get(id) {
            if usage.envelope.time < merger.from && !(is_pooled && merger.due.is_none()) {
                break;
            }
            id = &merger.into;
        }
        id.clone()
    }

    /// False: it cannot be.
    pub fn merge(&mut self, old: &str, into: &str, from: Instant) -> bool {
        if self.mergers.get(old).is_some_and(|merger| merger.into == into && merger.from == from) {
            return true;
        }
        let is_known = |id: &str| self.customers.get(id).is_some_and(|customer| !customer.versions.is_empty());
        let mut end = into;
        while let Some(next) = self.mergers.get(end) {
            end = &next.into;
        }
        if !is_known(old) || !is_known(into) || end == old || self.mergers.contains_key(old) {
            return false;
        }
        let due = Some(from.max(self.watermark));
        self.mergers.insert(old.to_owned(), Merger { into: into.to_owned(), from, due });
        self.customers.get_mut(old).unwrap().ended = Some(from);
        self.share_rosters(old);
        self.hand_over_what_is_due();
        true
    }

    /// Who comes after a customer has its list beside its own, from the latest merger on the way on.
    pub fn share_rosters(&mut self, changed: &str) {
        let starts: Vec<String> = self.mergers.keys().cloned().collect();
        self.customers.values_mut().for_each(|customer| customer.roster.taken.clear());
        for start in &starts {
            let facts = self.customers[start].roster.facts.clone();
            if facts.is_empty() {
                continue;
            }
            let heirs = self.heirs(start);
            for (heir, from) in heirs {
                self.customers.get_mut(&heir).unwrap().roster.taken.push((facts.clone(), from));
            }
        }
        for (heir, _) in self.heirs(changed) {
            self.told(&heir);
        }
    }

    fn heirs(&self, start: &str) -> Vec<(String, NaiveDate)> {
        let (mut id, mut from, mut heirs) = (start, NaiveDate::MIN, Vec::new());
        while let Some(merger) = self.mergers.get(id) {
            let versions = &self.customers[id].versions;
            let in_force = versions.iter().rev().find(|(day, facts)| **day <= local_date(merger.from, facts.zone));
            let zone = in_force.or(versions.iter().next()).unwrap().1.zone;
            from = from.max(local_date(merger.from, zone));
            id = &merger.into;
            heirs.push((id.to_owned(), from));
        }
        heirs
    }

    pub fn hand_over_what_is_due(&mut self) {
        let next = |ledger: &Self| {
            let waiting = ledger.mergers.iter().filter_map(|(old, merger)| Some((merger.due?, old.clone())));
            waiting.filter(|(due, _)| *due <= ledger.watermark).min()
        };
        while let Some((at, old)) = next(self) {
            self.mergers.get_mut(&old).unwrap().due = None;
            let mut to = self.mergers[&old].into.clone();
            while let Some(merger) = self.mergers.get(&to).filter(|merger| merger.from <= at || merger.due.is_none()) {
                to = merger.into.clone();
            }
            let pools = &mut self.customers.get_mut(&old).unwrap().pools;
            let given: Vec<(String, Dec, Dec, Vec<(NaiveDate, Dec)>)> = pools.iter_mut().map(|(plan, pool)| take_all(plan, pool)).collect();
            for (plan, used, covered, uses) in given {
                let pool = self.customers.get_mut(&to).unwrap().pools.entry(plan).or_insert_with(Pool::empty);
                pool.uses.extend(uses);
                pool.used = &pool.used + &used;
                pool.covered = &pool.covered + &covered;
                if used < covered {
                    pool.noticed = pool.noticed.min(pool.bought.saturating_sub(1));
                }
            }
            self.hand_over_archives(&old, &to, at);
            self.outcome.notices.push(Notice::of("customer_merged", &old));
        }
    }
}

impl Ledger<'_> {
    /// Parts count on the survivor from the first reference date on that is not closed for either.
    fn hand_over_archives(&mut self, old: &str, to: &str, at: Instant) {
        for plan in self.catalog.plans.values().filter(|plan| plan.model == Model::Archive) {
            let from = self.mergers[old].from;
            let first = [old, to].map(|id| self.first_reference(plan, id, from, at)).into_iter().max().unwrap();
            let mut moved = Vec::new();
            for counted in self.customers.get_mut(old).unwrap().counted.iter_mut().filter(|one| one.plan == plan.name) {
                if counted.until.is_none() {
                    counted.until = Some(first);
                    moved.push(Counted { since: Some(first), until: None, ..counted.clone() });
                }
            }
            self.customers.get_mut(to).unwrap().counted.extend(moved);
        }
    }

    fn first_reference(&self, plan: &Plan, id: &str, from: Instant, at: Instant) -> NaiveDate {
        let zone = self.customers[id].versions.values().next_back().unwrap().zone;
        let from = local_date(from, zone);
        let on = |year: i32| NaiveDate::from_ymd_opt(year, plan.reference.0, plan.reference.1).unwrap();
        let is_open = |day: &NaiveDate| Period { from: *day, to: *day, zone }.due(plan.lateness) > at;
        (from.year() - 2..from.year() + 5).map(on).find(|day| *day >= from && is_open(day)).unwrap()
    }
}

/// Whose pool or list goes to the survivor whole.
pub fn goes_with_mergers(plan: &Plan) -> bool {
    matches!(plan.model, Model::Package | Model::Archive)
}

fn take_all(plan: &str, pool: &mut Pool) -> (String, Dec, Dec, Vec<(NaiveDate, Dec)>) {
    let used = std::mem::replace(&mut pool.used, Dec::int(0));
    let covered = std::mem::replace(&mut pool.covered, Dec::int(0));
    (plan.to_owned(), used, covered, std::mem::take(&mut pool.uses))
}
