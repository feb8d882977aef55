//! The state of the model and what an input does to it: its verdict, its place in the lists, and what it cures.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Days, NaiveDate, NaiveTime};

use super::calendar::{self, Instant, Period, midnight};
use super::catalog::{Catalog, Model, Plan};
use super::closing::{self, Issued};
use super::decode::{Body, Control, Facts, Usage};
use super::merge::{Event, Taken};
use super::number::Dec;
use super::record::{self, Head, Line};
use super::succession::Merger;
use super::{Notice, Outcome, Suspense};

const MOST_PACKAGES_AT_ONCE: usize = 1000;

#[derive(Default)]
pub struct Customer {
    pub versions: BTreeMap<NaiveDate, Facts>,
    pub known_at: Option<Instant>,
    /// Service and `from` name an activation; telling it again replaces its end.
    pub activations: BTreeMap<(String, Instant), Option<Instant>>,
    pub parked: Vec<Usage>,
    pub counted: Vec<Counted>,
    pub pools: BTreeMap<String, Pool>,
    pub issued: Vec<Issued>,
    pub zero_billed: Vec<(String, String, Period)>,
    pub numbers: u32,
    /// It was merged into another one: nothing is charged without use from then on.
    pub ended: Option<Instant>,
}

/// A use that a period is charged for. Packages need no such list: they are bought at once.
#[derive(Clone)]
pub struct Counted {
    pub plan: String,
    pub service: String,
    pub quantity: Dec,
    pub time: Instant,
    pub watermark: Instant,
    /// The plan's first close after the event was counted: where a correction for it is issued.
    pub next_close: Instant,
    pub what: What,
    /// An archive's parts: from which reference date on they count here, and from which on no longer.
    pub since: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
}

#[derive(Clone)]
pub enum What {
    Metered { currency: String, period: Period, segment: usize, due: Instant },
    Archive { created: NaiveDate },
}

pub struct Pool {
    pub used: Dec,
    pub covered: Dec,
    pub bought: u32,
    events: usize,
    pub noticed: u32,
}

impl Customer {
    pub fn facts_at(&self, instant: Instant) -> Option<&Facts> {
        let begun = |(from, facts): &(&NaiveDate, &Facts)| midnight(**from, facts.zone) <= instant;
        self.versions.iter().rfind(begun).map(|(_, facts)| facts)
    }

    /// The facts on a day whose zone is not known before the facts are.
    pub fn facts_on(&self, day: NaiveDate) -> Option<&Facts> {
        self.versions.range(..=day).next_back().or(self.versions.iter().next()).map(|(_, facts)| facts)
    }

    fn is_active(&self, service: &str, at: Instant) -> bool {
        let covers = |from: &Instant, to: &Option<Instant>| *from <= at && to.is_none_or(|to| at < to);
        self.activations.iter().any(|((name, from), to)| name == service && covers(from, to))
    }
}

/// A use that passed every gate.
struct Admitted<'c> {
    service: String,
    plan: &'c Plan,
    facts: Facts,
    price: usize,
}

pub struct Ledger<'c> {
    pub catalog: &'c Catalog,
    pub watermark: Instant,
    ids: HashMap<(String, String), Instant>,
    pub customers: BTreeMap<String, Customer>,
    pub mergers: BTreeMap<String, Merger>,
    agenda: BTreeSet<(Instant, String)>,
    pub outcome: Outcome,
}

impl<'c> Ledger<'c> {
    pub fn new(catalog: &'c Catalog) -> Ledger<'c> {
        Ledger {
            catalog,
            watermark: Instant::MIN_UTC,
            ids: HashMap::new(),
            customers: BTreeMap::new(),
            mergers: BTreeMap::new(),
            agenda: BTreeSet::new(),
            outcome: Outcome::default(),
        }
    }

    pub fn take(&mut self, taken: Taken) {
        let is_usage = !matches!(&taken, Taken::Undecodable { control: true })
            && !matches!(&taken, Taken::TooFarAhead(Event::Control(_)) | Taken::Event(Event::Control(_)));
        self.outcome.verdicts.inputs += u64::from(is_usage);
        match taken {
            Taken::Undecodable { control: true } => self.refuse("", "", "", "undecodable"),
            Taken::Undecodable { control: false } => {
                self.outcome.verdicts.undecodable += 1;
                self.tell("", "", "undecodable", "suspended");
            }
            Taken::TooFarAhead(Event::Control(control)) => {
                let e = &control.envelope;
                self.refuse(&e.subject, &e.source, &e.id, "in_future");
            }
            Taken::TooFarAhead(Event::Usage(usage)) => {
                let reason = self.fault_in_content(&usage).unwrap_or("in_future");
                self.suspend(&usage, reason);
            }
            Taken::Event(event) => {
                self.advance(event.envelope().log_time);
                match event {
                    Event::Usage(usage) => self.usage(usage),
                    Event::Control(control) => self.control(control),
                }
            }
        }
    }

    /// Moves the watermark, and closes what has become due, in the order in which it became due.
    pub fn advance(&mut self, to: Instant) {
        self.watermark = self.watermark.max(to);
        self.hand_over_what_is_due();
        while let Some((due, id)) = self.agenda.first().filter(|(due, _)| *due <= self.watermark).cloned() {
            self.agenda.pop_first();
            let customer = self.customers.get_mut(&id).unwrap();
            let (records, notices) = closing::close(self.catalog, &id, customer, due);
            self.outcome.records.extend(records);
            self.outcome.notices.extend(notices);
            self.plan_closings(&id, due);
        }
    }

    /// Puts the next close of every plan on the agenda, in every zone that the customer ever had.
    fn plan_closings(&mut self, id: &str, after: Instant) {
        for facts in self.customers[id].versions.values() {
            for plan in self.catalog.plans.values().filter(|plan| plan.model != Model::Package) {
                self.agenda.insert((plan.next_close(after, facts.zone), id.to_owned()));
            }
        }
    }

    fn usage(&mut self, mut usage: Usage) {
        usage.envelope.subject = self.owner(&usage);
        let key = (usage.envelope.source.clone(), usage.envelope.id.clone());
        if let Some(reason) = self.fault_in_content(&usage).or_else(|| self.fault_in_time(&usage)) {
            self.suspend(&usage, reason);
        } else if self.remembers(&key) {
            self.outcome.verdicts.duplicate += 1;
        } else if usage.environment.as_deref() == Some("test") {
            self.outcome.verdicts.test += 1;
            self.ids.insert(key, usage.envelope.time);
        } else if let Err(reason) = self.admit(&usage) {
            self.suspend(&usage, reason);
            self.ids.insert(key, usage.envelope.time);
            self.customers.entry(usage.envelope.subject.clone()).or_default().parked.push(usage);
        } else if let Err(reason) = self.count(&usage) {
            self.suspend(&usage, reason);
        } else {
            self.outcome.verdicts.counted += 1;
            self.ids.insert(key, usage.envelope.time);
        }
    }

    /// Ids are forgotten by whole UTC days of event time.
    fn remembers(&self, key: &(String, String)) -> bool {
        self.ids.get(key).is_some_and(|time| {
            let end_of_day = (time.date_naive() + Days::new(1)).and_time(NaiveTime::MIN).and_utc();
            end_of_day + self.catalog.horizon > self.watermark
        })
    }

    fn fault_in_content(&self, usage: &Usage) -> Option<&'static str> {
        let plan = self.catalog.service_of(&usage.envelope.kind).and_then(|service| self.catalog.plan_of(service));
        let is_archive = plan.is_some_and(|plan| plan.model == Model::Archive);
        let has_day = usage.created.as_deref().and_then(calendar::date).is_some();
        let has_action = matches!(usage.action.as_deref(), None | Some("created" | "culled"));
        // Neither charging nor testing is right for an environment that nobody knows.
        let has_environment = matches!(usage.environment.as_deref(), None | Some("production" | "test"));
        if usage.quantity.is_none() {
            Some("bad_quantity")
        } else if !has_environment || (is_archive && !(has_day && has_action)) {
            Some("bad_data")
        } else {
            usage.holds_personal_number.then_some("personal_data")
        }
    }

    fn fault_in_time(&self, usage: &Usage) -> Option<&'static str> {
        let e = &usage.envelope;
        if e.time > e.log_time + self.catalog.max_future_skew {
            return Some("in_future");
        }
        (e.time + self.catalog.horizon < self.watermark).then_some("too_old")
    }

    fn admit(&self, usage: &Usage) -> Result<Admitted<'c>, &'static str> {
        let e = &usage.envelope;
        let service = self.catalog.service_of(&e.kind).ok_or("unknown_service")?;
        let customer = self.customers.get(&e.subject).ok_or("unknown_customer")?;
        let facts = customer.facts_at(e.time).ok_or("unknown_customer")?;
        if self.catalog.services[service].activation && !customer.is_active(service, e.time) {
            return Err("not_activated");
        }
        let plan = self.catalog.plan_of(service).ok_or("no_price")?;
        let price = match plan.model {
            Model::Archive => 0, // priced at its reference date, not now
            _ => plan.price_at(e.time, facts.zone, &facts.currency).ok_or("no_price")?,
        };
        Ok(Admitted { service: service.to_owned(), plan, facts: facts.clone(), price })
    }

    fn count(&mut self, usage: &Usage) -> Result<(), &'static str> {
        let admitted = self.admit(usage)?;
        let outcome = usage.outcome.clone().unwrap_or_default();
        let billed = &self.catalog.services[&admitted.service].bill_on;
        if billed.as_ref().is_some_and(|listed| !listed.contains(&outcome)) {
            return Ok(());
        }
        match admitted.plan.model {
            Model::Package => self.use_pool(usage, &admitted),
            Model::Metered | Model::Archive => {
                self.list(usage, admitted);
                Ok(())
            }
        }
    }

    fn list(&mut self, usage: &Usage, admitted: Admitted) {
        let Admitted { service, plan, facts, price } = admitted;
        let (time, quantity) = (usage.envelope.time, usage.quantity.clone().unwrap());
        let period = plan.period_at(time, facts.zone);
        let due = period.due(plan.lateness);
        let next_close = plan.next_close(self.watermark, facts.zone);
        let culled = usage.action.as_deref() == Some("culled");
        let what = match plan.model {
            Model::Archive => What::Archive { created: calendar::date(usage.created.as_deref().unwrap()).unwrap() },
            _ => What::Metered { currency: facts.currency, period, segment: price, due },
        };
        let is_archive = plan.model == Model::Archive;
        let id = &usage.envelope.subject;
        self.agenda.insert((if due > self.watermark { due } else { next_close }, id.clone()));
        self.customers.get_mut(id).unwrap().counted.push(Counted {
            plan: plan.name.clone(),
            service,
            quantity: if is_archive && culled { -&quantity } else { quantity },
            time,
            watermark: self.watermark,
            next_close,
            what,
            since: None,
            until: None,
        });
    }

    /// Takes units from the customer's pool, and buys packages as they begin to be consumed.
    fn use_pool(&mut self, usage: &Usage, admitted: &Admitted) -> Result<(), &'static str> {
        let Admitted { service, plan, facts, price } = admitted;
        let (id, price) = (&usage.envelope.subject, &plan.prices[*price]);
        let customer = self.customers.get_mut(id).unwrap();
        let pool = customer.pools.entry(plan.name.clone()).or_insert_with(Pool::empty);
        let (size, amount) = (price.size.clone().unwrap(), price.amount[&facts.currency].clone());
        let used = &pool.used + usage.quantity.as_ref().unwrap();
        let (mut covered, mut bought, mut lines) = (pool.covered.clone(), pool.bought, Vec::new());
        let day = calendar::local_date(usage.envelope.time, facts.zone);
        let period = Period { from: day, to: day + Days::new(1), zone: facts.zone };
        while used > covered {
            if lines.len() == MOST_PACKAGES_AT_ONCE {
                return Err("bad_quantity");
            }
            bought += 1;
            let (first, last) = (&covered + &Dec::int(1), &covered + &size);
            let package = serde_json::json!({"ordinal": bought, "size": size.to_string(),
                "first_unit": first.to_string(), "last_unit": last.to_string()});
            let unit = &self.catalog.services[service].unit;
            let line = Line::new(plan, service, unit, size.clone(), amount.clone(), period);
            lines.push(Line { base_quantity: size.clone(), package: Some(package), events: pool.events + 1, ..line });
            covered = last;
        }
        let events = pool.events + 1;
        let is_low = bought > 0 && plan.low_balance.as_ref().is_some_and(|low| &covered - &used <= *low);
        let noticed = if is_low { bought } else { pool.noticed };
        if noticed != pool.noticed {
            self.outcome.notices.push(Notice { kind: "low_balance", customer: id.clone() });
        }
        *pool = Pool { used, covered, bought, events, noticed };
        if !lines.is_empty() {
            customer.numbers += 1;
            let head = Head {
                number: format!("{id}-{:06}", customer.numbers),
                kind: "package_purchase",
                customer: id,
                seller: &plan.seller,
                currency: &facts.currency,
                issued_at: self.watermark,
                period: Some(period),
                preceding: Vec::new(),
            };
            self.outcome.records.push(record::record(self.catalog, &head, &lines));
        }
        Ok(())
    }

    fn control(&mut self, control: Control) {
        let id = control.envelope.subject.clone();
        match control.body {
            None => self.refuse(&id, &control.envelope.source, &control.envelope.id, "bad_data"),
            Some(Body::Tick | Body::HeadCount) => {}
            Some(Body::Customer { from, facts }) => {
                let customer = self.customers.entry(id.clone()).or_default();
                customer.versions.insert(from, facts);
                customer.known_at.get_or_insert(self.watermark);
                self.plan_closings(&id, self.watermark);
                self.release(&id);
            }
            Some(Body::Merger { into, from }) => {
                if self.merge(&id, &into, from) {
                    self.release(&id);
                } else {
                    self.refuse(&id, &control.envelope.source, &control.envelope.id, "bad_data");
                }
            }
            Some(Body::Activation { service, from, to }) => {
                let customer = self.customers.entry(id.clone()).or_default();
                customer.activations.insert((service, from), to);
                self.release(&id);
            }
        }
    }

    /// Lets in what no longer waits, by event time; the sort is stable, so equal times keep their order of arrival.
    fn release(&mut self, id: &str) {
        let mut waiting = std::mem::take(&mut self.customers.get_mut(id).unwrap().parked);
        waiting.sort_by_key(|usage| usage.envelope.time);
        for mut usage in waiting {
            let owner = self.owner(&usage);
            if owner != id {
                usage.envelope.subject = owner.clone();
                self.customers.get_mut(&owner).unwrap().parked.push(usage);
            } else if self.admit(&usage).is_err() {
                self.customers.get_mut(id).unwrap().parked.push(usage);
            } else if let Err(reason) = self.count(&usage) {
                self.tell(&usage.envelope.source, &usage.envelope.id, reason, "suspended");
            } else {
                self.outcome.verdicts.suspended -= 1;
                self.outcome.verdicts.counted += 1;
                self.tell(&usage.envelope.source, &usage.envelope.id, "", "released");
            }
        }
        if let Some(into) = self.mergers.get(id).map(|merger| merger.into.clone()) {
            self.release(&into);
        }
    }

    fn suspend(&mut self, usage: &Usage, reason: &'static str) {
        self.outcome.verdicts.suspended += 1;
        self.tell(&usage.envelope.source, &usage.envelope.id, reason, "suspended");
    }

    fn refuse(&mut self, customer: &str, source: &str, id: &str, reason: &'static str) {
        self.tell(source, id, reason, "suspended");
        self.outcome.notices.push(Notice { kind: "control_refused", customer: customer.to_owned() });
    }

    fn tell(&mut self, source: &str, id: &str, reason: &'static str, state: &'static str) {
        self.outcome.suspense.push(Suspense { source: source.to_owned(), id: id.to_owned(), reason, state });
    }
}

impl Pool {
    pub fn empty() -> Pool {
        Pool { used: Dec::int(0), covered: Dec::int(0), bought: 0, events: 0, noticed: 0 }
    }
}
