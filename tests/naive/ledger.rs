//! The state of the model and what an input does to it: its verdict, its place in the lists, and what it cures.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Days, Duration, NaiveDate, NaiveTime};

use super::ageing;
use super::agreement::{Agreements, Consent, Systems};
use super::archive;
use super::brake::{self, Brakes, Put};
use super::calendar::{self, Instant, Period, midnight};
use super::capacity;
use super::catalog::{Catalog, Model, Plan};
use super::closing::{self, Closing, Due, Held, Issued, PeriodKey};
use super::complete;
use super::decode::{Body, Control, Facts, Usage, WriteOff};
use super::freeze::{Stage, Windows};
use super::merge::{Event, Taken};
use super::number::Dec;
use super::onboarding;
use super::pool::{Bundle, Pool};
use super::record::{self, Head, Line};
use super::reported::{self, Content, Person, Retractable};
use super::sequence::Sequences;
use super::succession::Merger;
use super::{Notice, Outcome, Suspense, sizing};

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
    pub bundles: Vec<Bundle>,
    pub issued: Vec<Issued>,
    pub zero_billed: Vec<(String, String, Period)>,
    pub head_counts: BTreeMap<(String, NaiveDate), u64>,
    /// What standing plans have charged, and the minimums of years.
    pub standing: Vec<super::standing::Charged>,
    pub year_minimums: BTreeMap<super::metered::YearKey, Dec>,
    pub numbers: u32,
    /// Active pupils by school form and day.
    pub pupils: BTreeMap<(Option<String>, NaiveDate), u64>,
    pub roster: super::roster::Roster,
    /// By plan and first day: is it waived, or else charged without allowance?
    pub decisions: BTreeMap<(String, NaiveDate), bool>,
    /// By plan: the day of the agreement, as it was when its first use was counted.
    pub agreed: BTreeMap<String, NaiveDate>,
    pub years: BTreeMap<(String, NaiveDate), capacity::Year>,
    /// It was merged into another one: nothing is charged without use from then on.
    pub ended: Option<Instant>,
    pub agreements: Agreements,
    /// The last day of an alarm, and the sources of that day.
    pub alarms: Option<(NaiveDate, BTreeSet<String>)>,
    /// All that was counted, for the brakes that go on by themselves.
    pub uses: Vec<brake::Use>,
    /// What was due and is held: when it is tried again.
    pub held: BTreeMap<Held, Instant>,
    /// Periods that were not closed yet when use of them began to wait behind a brake.
    pub awaited: BTreeMap<PeriodKey, Period>,
    /// When periods were closed, and those of which something was charged then.
    pub closed: BTreeMap<PeriodKey, Instant>,
    pub charged: BTreeMap<PeriodKey, Instant>,
    /// When the age of the oldest waiting event is told next, and of which events which ages were.
    pub ages_at: Option<Instant>,
    pub aged: BTreeSet<(Duration, ageing::Id)>,
}

/// A use that a period is charged for. Packages need no such list: they are bought at once.
#[derive(Clone)]
pub struct Counted {
    pub plan: String,
    pub service: String,
    pub consent: Consent,
    pub quantity: Dec,
    pub time: Instant,
    pub watermark: Instant,
    /// The plan's first close after the event was counted: where a correction for it is issued.
    pub next_close: Instant,
    pub what: What,
    /// Where persons are counted, whose use it was.
    pub person: Option<Person>,
    /// An archive's parts: from which reference date on they count here, and from which on no longer.
    pub since: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
}

#[derive(Clone)]
pub enum What {
    Metered { currency: String, period: Period, segment: usize, due: Instant },
    Archive { created: NaiveDate },
    Stored { part: (String, String, Option<String>) },
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

enum Next {
    Window(Stage, String),
    Customer(String),
    Catalog,
}

/// A use that passed every gate.
struct Admitted<'c> {
    service: String,
    plan: &'c Plan,
    facts: Facts,
    price: usize,
    consent: Consent,
}

pub struct Ledger<'c> {
    pub catalog: &'c Catalog,
    all: Vec<&'c Catalog>,
    pub watermark: Instant,
    /// What happened before this may have been forgotten.
    forgotten: Instant,
    ids: HashMap<(String, String), Instant>,
    retractable: HashMap<(String, String), Retractable>,
    /// Events that waited until their ids were forgotten, and until when.
    waited: HashMap<(String, String), Instant>,
    pub customers: BTreeMap<String, Customer>,
    pub mergers: BTreeMap<String, Merger>,
    systems: Systems,
    agenda: BTreeSet<(Instant, String)>,
    taken: onboarding::Taken,
    brakes: Brakes,
    windows: Windows,
    sequences: Sequences,
    pub outcome: Outcome,
}

impl<'c> Ledger<'c> {
    pub fn new(catalog: &'c Catalog, others: &'c [Catalog]) -> Ledger<'c> {
        Ledger {
            catalog,
            all: std::iter::once(catalog).chain(others).collect(),
            watermark: Instant::MIN_UTC,
            forgotten: Instant::MIN_UTC,
            ids: HashMap::new(),
            retractable: HashMap::new(),
            waited: HashMap::new(),
            customers: BTreeMap::new(),
            mergers: BTreeMap::new(),
            systems: Systems::default(),
            agenda: BTreeSet::new(),
            taken: onboarding::Taken::default(),
            brakes: Brakes::default(),
            windows: Windows::default(),
            sequences: Sequences::default(),
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

    /// Moves the watermark, and does what has become due, in the order in which it became due.
    pub fn advance(&mut self, to: Instant) {
        let to = self.watermark.max(to);
        self.watermark = to;
        self.hand_over_what_is_due();
        while let Some((at, next)) = self.next_due().filter(|(at, _)| *at <= to) {
            self.tell_gaps(at);
            match next {
                Next::Window(stage, id) => {
                    self.windows.turn(&id, stage);
                    let kind = if stage == Stage::Begun { "freeze_began" } else { "freeze_ended" };
                    self.notice(kind, "", at, id);
                }
                Next::Customer(id) => self.do_what_is_due(&id, at),
                Next::Catalog => {
                    let (_, digest) = self.windows.catalog.take().unwrap();
                    self.outcome.reached.insert("catalog_put_off");
                    self.watermark = at;
                    self.switch(&digest);
                    self.watermark = to;
                }
            }
        }
        self.tell_gaps(to);
        self.sequences.forget(to.checked_sub_signed(self.catalog.horizon).unwrap_or(Instant::MIN_UTC).date_naive());
    }

    /// A window's turn comes before what is closed at the same instant, the catalog that was told in it after.
    fn next_due(&self) -> Option<(Instant, Next)> {
        let turn = self.windows.next().map(|(at, stage, id)| (at, Next::Window(stage, id)));
        let ages = self.customers.iter().filter(|_| !self.catalog.ages.is_empty());
        let ages = ages.filter_map(|(id, customer)| Some((customer.ages_at?, id.clone())));
        let first = ages.chain(self.agenda.first().cloned()).min();
        let first = first.map(|(due, id)| (self.windows.thaw(due), Next::Customer(id)));
        let catalog = self.windows.catalog.as_ref().map(|(told, _)| (self.windows.thaw(*told), Next::Catalog));
        [turn, first, catalog].into_iter().flatten().min_by_key(|(at, _)| *at)
    }

    fn do_what_is_due(&mut self, id: &str, at: Instant) {
        if self.customers[id].ages_at.is_some_and(|due| due <= at) {
            return self.tell_ages(id, at);
        }
        let dues: Vec<Instant> = self.agenda.iter().filter(|(due, of)| *due <= at && of == id).map(|(due, _)| *due).collect();
        self.agenda.retain(|(due, of)| *due > at || of != id);
        let waits = self.customers[id].parked.iter().any(|usage| usage.waits_for == "braked");
        let stopped = self.catalog.plans.values().filter(|plan| self.brakes.hold(id, plan, waits));
        let stopped = stopped.map(|plan| plan.name.clone()).collect();
        let customer = self.customers.get_mut(id).unwrap();
        for version in customer.agreements.0.values_mut().filter(|version| version.due.is_some_and(|due| due <= at)) {
            version.due = None;
            if version.has_expired() {
                self.outcome.notices.push(Notice::of("agreement_expired", id));
            }
        }
        let (first, held) = (dues[0], customer.held.len());
        let is_known = |plan: &Plan| matches!(plan.model, Model::Metered | Model::Package | Model::Archive);
        let tries_again = self.catalog.plans.values().all(is_known);
        let closing = Closing { due: Due { first, at }, stopped, waits, tries_again, windows: &self.windows };
        let (records, notices) = closing::close(self.catalog, id, customer, &closing);
        let is_put_off = first < at && !records.is_empty();
        let is_let_go = customer.held.len() < held && !records.is_empty();
        self.outcome.reached.extend(is_put_off.then_some("put_off_by_a_window").into_iter().chain(is_let_go.then_some("held_and_issued")));
        self.outcome.records.extend(records);
        self.outcome.notices.extend(notices);
        self.plan_closings(id, at);
    }

    fn tell_gaps(&mut self, until: Instant) {
        let Some(patience) = self.catalog.patience else { return };
        for (at, (kind, said)) in self.sequences.ripe(until, patience) {
            self.notice(kind, "", at, said);
        }
    }

    pub fn notice(&mut self, kind: &'static str, customer: &str, at: Instant, said: String) {
        self.outcome.notice(kind, customer, at, said);
    }

    /// What was due up to then is done.
    fn done_until(&self) -> Instant {
        self.windows.done_until(self.watermark)
    }

    /// Puts the next close of every plan on the agenda, in every zone that the customer ever had.
    fn plan_closings(&mut self, id: &str, after: Instant) {
        for facts in self.customers[id].versions.values() {
            for plan in self.catalog.plans.values().filter(|plan| !matches!(plan.model, Model::Package | Model::Capacity)) {
                self.agenda.insert((plan.next_close(after, facts.zone), id.to_owned()));
            }
        }
        for plan in self.catalog.plans.values().filter(|plan| plan.model == Model::Capacity) {
            let close = capacity::next_close(plan, &self.customers[id], after);
            self.agenda.extend(close.map(|close| (close, id.to_owned())));
        }
        let held = self.customers[id].years.values().filter_map(|year| year.retry);
        self.agenda.extend(held.map(|retry| (retry, id.to_owned())));
        self.agenda.extend(self.customers[id].held.values().map(|retry| (*retry, id.to_owned())));
    }

    fn usage(&mut self, usage: Usage) {
        let e = &usage.envelope;
        let (source, id, time, number) = (e.source.clone(), e.id.clone(), e.time, usage.sequence);
        let is_new = self.judge(usage);
        let Some(number) = number.filter(|_| is_new && self.catalog.patience.is_some()) else { return };
        for (kind, said) in self.sequences.see(&source, number, &id, time, self.watermark) {
            self.notice(kind, "", self.watermark, said);
        }
    }

    /// True: it is new, and was taken.
    fn judge(&mut self, mut usage: Usage) -> bool {
        usage.envelope.subject = self.owner(&usage);
        let key = (usage.envelope.source.clone(), usage.envelope.id.clone());
        if let Some(reason) = self.fault_in_content(&usage).or_else(|| self.fault_in_time(&usage)) {
            if reason == "too_old" && self.is_late_copy(&usage) {
                self.outcome.verdicts.duplicate += 1;
            } else {
                self.suspend(&usage, reason);
            }
            return false;
        }
        if self.remembers(&key) {
            self.outcome.verdicts.duplicate += 1;
            return false;
        }
        if self.says_test(&usage) || self.is_test(&usage) == Some(true) {
            self.outcome.verdicts.test += 1;
            if self.says_test(&usage) && self.is_untried(&usage) {
                let told = usage.envelope.told.clone();
                self.alarm(&usage, &told, "test_without_trial");
            }
            self.ids.insert(key, usage.envelope.time);
            return true;
        }
        match self.admit(&usage).and_then(|admitted| self.fits(&usage, &admitted).map(|()| admitted)) {
            Err(reason) => self.park(usage, reason),
            Ok(admitted) => match self.trips(&usage, &admitted) {
                Some(figures) => {
                    let (id, service) = (usage.envelope.subject.clone(), admitted.service);
                    if self.brakes.trip(&id, &service, self.watermark) {
                        self.notice("brake_tripped", &id, self.watermark, format!("{service}: {figures}"));
                        self.outcome.reached.extend(figures.contains("culled").then_some("tripped_by_culls"));
                    }
                    self.park(usage, "braked");
                }
                None => {
                    if let Err(reason) = self.count(&usage) {
                        self.suspend(&usage, reason);
                        return false;
                    }
                    self.outcome.verdicts.counted += 1;
                    self.ids.insert(key, usage.envelope.time);
                }
            },
        }
        true
    }

    fn park(&mut self, mut usage: Usage, reason: &'static str) {
        self.suspend(&usage, reason);
        self.alarm(&usage, &usage.envelope.subject.clone(), reason);
        let (e, id) = (&usage.envelope, usage.envelope.subject.clone());
        self.ids.insert((e.source.clone(), e.id.clone()), e.time);
        usage.waits_for = reason;
        if reason == "braked" {
            self.await_release(&usage);
        }
        self.customers.entry(id.clone()).or_default().parked.push(usage);
        self.follow_ageing(&id, self.watermark);
    }

    /// A purchase that could not be invoiced waits (K4).
    fn fits(&self, usage: &Usage, admitted: &Admitted) -> Result<(), &'static str> {
        let (customer, plan) = (&self.customers[&usage.envelope.subject], admitted.plan);
        let rules = &self.catalog.services[&admitted.service];
        if plan.model != Model::Package || !reported::is_billed(rules, usage) {
            return Ok(());
        }
        let quantity = reported::quantity(self.catalog, usage)?;
        let quantity = if usage.retracts.is_some() { -&quantity } else { quantity };
        let (used, covered) =
            customer.pools.get(&plan.name).map_or((Dec::int(0), Dec::int(0)), |pool| (pool.used.clone(), pool.covered.clone()));
        let is_bought = &used + &quantity > covered;
        let facts = customer.facts_at(self.watermark).or(customer.versions.values().next()).unwrap();
        if is_bought && !complete::lacks(self.catalog, facts, plan).is_empty() { Err("incomplete_customer") } else { Ok(()) }
    }

    /// The figures, if this use trips a brake.
    fn trips(&mut self, usage: &Usage, admitted: &Admitted) -> Option<String> {
        let (e, service, facts) = (&usage.envelope, &admitted.service, &admitted.facts);
        let customer = &self.customers[&e.subject];
        let quantity = reported::quantity(self.catalog, usage).ok()?;
        let quantity = if usage.retracts.is_some() { -&quantity } else { quantity };
        let day = calendar::local_date(e.time, facts.zone);
        let (begin, end) = (midnight(day, facts.zone), midnight(day + Days::new(1), facts.zone));
        let expected = self.windows.expected(begin, end);
        let usage_rule = self.catalog.services[service].brake();
        let of_use = |expected| brake::usage(usage_rule.as_ref()?, &customer.uses, service, day, &quantity, expected);
        let is_expected = expected.is_some() && of_use(None).is_some() && of_use(expected.clone()).is_none();
        let of_use = of_use(expected);
        let culls_rule = admitted.plan.culls.as_ref().filter(|_| usage.action.as_deref() == Some("culled"));
        let stored = || {
            let of_plan = customer.counted.iter().filter(|one| one.plan == admitted.plan.name);
            of_plan.fold(Dec::int(0), |sum, one| &sum + &one.quantity)
        };
        let of_culls = || brake::culls(culls_rule?, &customer.uses, service, day, &quantity, &stored());
        let figures = of_use.or_else(of_culls);
        let is_looked_at = self.brakes.were_looked_at(&e.subject, service, &e.source, begin);
        self.outcome.reached.extend(is_expected.then_some("within_what_is_expected"));
        self.outcome.reached.extend((is_looked_at && figures.is_some()).then_some("looked_at"));
        figures.filter(|_| !is_looked_at)
    }

    /// A period whose use waits behind a brake falls due, even if nothing of it was counted.
    fn await_release(&mut self, usage: &Usage) {
        let (e, done_until) = (&usage.envelope, self.done_until());
        let service = self.catalog.service_of(&e.kind).unwrap();
        let Some(plan) = self.catalog.plan_of(service) else { return };
        let customer = self.customers.get_mut(&e.subject).unwrap();
        let facts = customer.facts_at(e.time).unwrap().clone();
        let (key, period) = match plan.model {
            Model::Metered => closing::key_of(plan, &facts.currency, plan.period_at(e.time, facts.zone)),
            Model::Archive => {
                let year = plan.period_at(e.time, facts.zone);
                (archive::key_of(plan, &archive::shown(plan, &year)), year)
            }
            _ => return,
        };
        let due = customer.due_of(plan, &key, &period);
        if due > done_until {
            customer.awaited.insert(key, period);
            self.agenda.insert((due, e.subject.clone()));
        }
    }

    /// Of an event that waits still, or that waited until its id was forgotten.
    fn is_late_copy(&self, usage: &Usage) -> bool {
        let (e, key) = (&usage.envelope, (usage.envelope.source.clone(), usage.envelope.id.clone()));
        let same = |one: &Usage| {
            (&one.envelope.source, &one.envelope.id, &one.envelope.told, one.envelope.time) == (&key.0, &key.1, &e.told, e.time)
        };
        self.waited.get(&key).is_some_and(|since| self.is_alive(*since)) || self.customers.values().any(|one| one.parked.iter().any(same))
    }

    /// An event waits no more.
    fn waits_no_more(&mut self, usage: &Usage) {
        let e = &usage.envelope;
        if e.time + self.catalog.horizon < self.watermark || e.time < self.forgotten {
            self.waited.insert((e.source.clone(), e.id.clone()), self.watermark);
        }
    }

    fn says_test(&self, usage: &Usage) -> bool {
        usage.environment.as_deref().unwrap_or(if self.catalog.is_test { "test" } else { "production" }) == "test"
    }

    /// Does its service ask for trial connections, and it comes from none?
    fn is_untried(&self, usage: &Usage) -> bool {
        let e = &usage.envelope;
        let asks = self.catalog.service_of(&e.kind).is_some_and(|service| self.catalog.services[service].trial);
        asks && !self.systems.is_tried(&e.source, usage.certificate.as_ref(), e.time)
    }

    /// Is its person a test id, and one that tests here and now?
    fn is_test(&self, usage: &Usage) -> Option<bool> {
        let (e, person) = (&usage.envelope, usage.person.as_deref()?);
        let service = self.catalog.service_of(&e.kind)?;
        self.catalog.services[service].onboarding()?;
        self.taken.is_test(person, &e.told, service, &e.source, e.time)
    }

    /// Ids are forgotten by whole UTC days of event time.
    fn remembers(&self, key: &(String, String)) -> bool {
        self.ids.get(key).is_some_and(|time| self.is_alive(*time))
    }

    fn is_alive(&self, time: Instant) -> bool {
        let end_of_day = (time.date_naive() + Days::new(1)).and_time(NaiveTime::MIN).and_utc();
        end_of_day + self.catalog.horizon > self.watermark
    }

    fn fault_in_content(&self, usage: &Usage) -> Option<&'static str> {
        let plan = self.catalog.service_of(&usage.envelope.kind).and_then(|service| self.catalog.plan_of(service));
        let is_archive = plan.is_some_and(|plan| plan.model == Model::Archive);
        let is_stored = plan.is_some_and(|plan| plan.model == Model::Capacity);
        let has_day = usage.created.as_deref().and_then(calendar::date).is_some();
        let has_action = matches!(usage.action.as_deref(), None | Some("created" | "culled"));
        // Neither charging nor testing is right for an environment that nobody knows.
        let has_environment = matches!(usage.environment.as_deref(), None | Some("production" | "test"));
        if let Err(reason) = reported::quantity(self.catalog, usage) {
            Some(reason)
        } else if let Some(reason) = plan.filter(|_| is_stored && has_environment).and_then(|plan| capacity::fault(plan, usage)) {
            Some(reason)
        } else if !has_environment || (is_archive && !(has_day && has_action)) {
            Some("bad_data")
        } else {
            let by_person = plan.is_some_and(|plan| plan.by_person);
            let no_person = by_person && !reported::is_pseudonym(usage.person.as_deref());
            usage.holds_personal_number.then_some("personal_data").or(no_person.then_some("bad_data"))
        }
    }

    fn fault_in_time(&self, usage: &Usage) -> Option<&'static str> {
        let e = &usage.envelope;
        if e.time > e.log_time + self.catalog.max_future_skew {
            return Some("in_future");
        }
        (e.time + self.catalog.horizon < self.watermark || e.time < self.forgotten).then_some("too_old")
    }

    fn admit(&self, usage: &Usage) -> Result<Admitted<'c>, &'static str> {
        let e = &usage.envelope;
        if self.catalog.is_test || self.systems.is_only_tried(&e.source, usage.certificate.as_ref(), e.time) {
            return Err("wrong_environment");
        }
        let service = self.catalog.service_of(&e.kind).ok_or("unknown_service")?;
        let customer = self.customers.get(&e.subject).ok_or("unknown_customer")?;
        let facts = customer.facts_at(e.time).ok_or("unknown_customer")?;
        if self.catalog.services[service].activation && !customer.is_active(service, e.time) {
            return Err("not_activated");
        }
        let consent = self.consent(service, customer, usage)?;
        if let Some((archive, report_closes)) = self.catalog.services[service].onboarding() {
            let is_open = self.taken.is_open(&e.subject, service, e.time, archive, report_closes);
            if self.is_test(usage).is_some() || !is_open {
                return Err("not_onboarded");
            }
        }
        if self.brakes.stop(&e.subject, service, &e.source) {
            return Err("braked");
        }
        let plan = self.catalog.plan_of(service).ok_or("no_price")?;
        let price = match plan.model {
            Model::Archive | Model::Capacity => 0, // priced at its reference date, not now
            _ if plan.is_standing() => plan.has_price_for(facts).then_some(0).ok_or("no_price")?,
            _ => plan.price_at(e.time, facts.zone, &facts.currency).ok_or("no_price")?,
        };
        // A person is counted once, whoever reports it.
        let consent = consent.filter(|_| !plan.by_person);
        Ok(Admitted { service: service.to_owned(), plan, facts: facts.clone(), price, consent })
    }

    fn consent(&self, service: &str, customer: &Customer, usage: &Usage) -> Result<Consent, &'static str> {
        let e = &usage.envelope;
        let rules = &self.catalog.services[service];
        if !rules.agreement && !rules.registered {
            return Ok(None);
        }
        let (system, supplier) = self.systems.of_use(&e.source, usage.certificate.as_ref(), e.time)?;
        if !rules.agreement {
            return Ok(None);
        }
        let agreement = customer.agreements.covering(&system, &supplier, service, e.time).ok_or("no_agreement")?;
        Ok(Some((agreement, system)))
    }

    /// Once a day of each source, of each kind.
    fn alarm(&mut self, usage: &Usage, id: &str, reason: &str) {
        let kind = match reason {
            "unknown_system" | "unknown_certificate" | "no_agreement" => "security_alarm",
            "wrong_environment" | "test_without_trial" => "wrong_environment",
            _ => return,
        };
        let Some(customer) = self.customers.get_mut(id) else { return };
        let Some(facts) = customer.facts_at(self.watermark).or(customer.versions.values().next()) else { return };
        let day = calendar::local_date(self.watermark, facts.zone);
        let who = usage.certificate.as_ref().map_or(usage.envelope.source.clone(), |(issuer, serial)| format!("{issuer}/{serial}"));
        if customer.alarms.as_ref().is_none_or(|(last, _)| *last < day) {
            customer.alarms = Some((day, BTreeSet::new()));
        }
        let who = if kind == "security_alarm" { who } else { format!("{reason} {who}") };
        if customer.alarms.as_mut().unwrap().1.insert(who) {
            self.outcome.notices.push(Notice::of(kind, id));
        }
    }

    fn count(&mut self, usage: &Usage) -> Result<(), &'static str> {
        let admitted = self.admit(usage)?;
        self.fits(usage, &admitted)?;
        let service = &self.catalog.services[&admitted.service];
        let day = calendar::local_date(usage.envelope.time, admitted.facts.zone);
        let reported = reported::quantity(self.catalog, usage)?;
        let content = Content::of(self.catalog, admitted.plan, &admitted.service, usage, &reported);
        let source = &usage.envelope.source;
        let quantity = match &usage.retracts {
            None => reported,
            Some(id) => {
                let known = self.retractable.get(&(source.clone(), id.clone()));
                known.filter(|one| one.content == content && !one.taken_back && self.is_alive(one.since)).ok_or("nothing_to_retract")?;
                -&reported
            }
        };
        let is_cull = usage.action.as_deref() == Some("culled");
        let counted = brake::Use { service: admitted.service.clone(), day, quantity: quantity.clone(), is_cull };
        if reported::is_billed(service, usage) {
            match admitted.plan.model {
                Model::Package => self.use_pool(usage, &admitted, &quantity)?,
                Model::Metered | Model::Archive => self.list(usage, admitted, quantity),
                Model::Capacity => self.store(usage, admitted, quantity),
                Model::PerHead | Model::Subscription | Model::Fixed => {} // paid for by the standing charge
            }
        }
        self.customers.get_mut(&usage.envelope.subject).unwrap().uses.push(counted);
        let since = usage.envelope.time.max(self.watermark);
        if let Some(id) = &usage.retracts {
            let known = self.retractable.get_mut(&(source.clone(), id.clone())).unwrap();
            (known.taken_back, known.since) = (true, since);
        } else if service.retractable {
            self.retractable.insert((source.clone(), usage.envelope.id.clone()), Retractable { content, since, taken_back: false });
        }
        Ok(())
    }

    fn list(&mut self, usage: &Usage, admitted: Admitted, quantity: Dec) {
        let Admitted { service, plan, facts, price, consent } = admitted;
        let time = usage.envelope.time;
        let period = plan.period_at(time, facts.zone);
        // In a freeze window nothing is closed that was not before it.
        let done_until = self.done_until();
        let customer = self.customers.get_mut(&usage.envelope.subject).unwrap();
        let (key, _) = closing::key_of(plan, &facts.currency, period);
        let due = customer.due_of(plan, &key, &period);
        let in_window = done_until < self.watermark && done_until < due && due <= self.watermark;
        self.outcome.reached.extend(in_window.then_some("use_of_a_due_period_in_a_window"));
        let next_close = plan.next_close(done_until, facts.zone);
        let held = customer.held.get(&("correction", key)).copied();
        let next_close = held.filter(|retry| due <= done_until && *retry < next_close).unwrap_or(next_close);
        let culled = usage.action.as_deref() == Some("culled");
        let what = match plan.model {
            Model::Archive => What::Archive { created: calendar::date(usage.created.as_deref().unwrap()).unwrap() },
            _ => What::Metered { currency: facts.currency, period, segment: price, due },
        };
        let is_archive = plan.model == Model::Archive;
        let id = &usage.envelope.subject;
        self.agenda.insert((if due > done_until { due } else { next_close }, id.clone()));
        self.customers.get_mut(id).unwrap().counted.push(Counted {
            plan: plan.name.clone(),
            service,
            consent,
            quantity: if is_archive && culled { -&quantity } else { quantity },
            time,
            watermark: done_until,
            next_close,
            what,
            person: reported::person(plan, usage),
            since: None,
            until: None,
        });
    }

    fn store(&mut self, usage: &Usage, admitted: Admitted, quantity: Dec) {
        let (id, plan) = (&usage.envelope.subject, admitted.plan);
        let counted = capacity::counted(plan, admitted.service, usage, quantity, self.watermark);
        let customer = self.customers.get_mut(id).unwrap();
        let agreed = capacity::agreed(plan, customer).unwrap();
        customer.agreed.entry(plan.name.clone()).or_insert(agreed);
        customer.counted.push(counted);
        capacity::close_past(plan, customer, self.watermark);
        self.plan_closings(id, self.watermark);
    }

    /// Takes units from the customer's pool, and buys packages as they begin to be consumed.
    fn use_pool(&mut self, usage: &Usage, admitted: &Admitted, quantity: &Dec) -> Result<(), &'static str> {
        if quantity.is_negative() && admitted.plan.credits {
            return self.credit(usage, admitted, quantity);
        }
        let Admitted { service, plan, facts, price, consent } = admitted;
        let (id, price) = (&usage.envelope.subject, &plan.prices[*price]);
        let customer = self.customers.get_mut(id).unwrap();
        let pool = customer.pools.entry(plan.name.clone()).or_insert_with(Pool::empty);
        let used = &pool.used + quantity;
        let (mut covered, mut bought, mut lines) = (pool.covered.clone(), pool.bought, Vec::new());
        let day = calendar::local_date(usage.envelope.time, facts.zone);
        let mut uses = pool.uses.clone();
        uses.push((day, quantity.clone()));
        let choice = sizing::choose(plan, price, pool.size.as_ref(), &uses, self.windows.is_frozen(self.watermark));
        let (size, amount) = (&price.rungs[choice.rung].size, &price.rungs[choice.rung].amount[&facts.currency]);
        let period = Period { from: day, to: day + Days::new(1), zone: facts.zone };
        while used > covered {
            if lines.len() == MOST_PACKAGES_AT_ONCE {
                return Err("bad_quantity");
            }
            bought += 1;
            let (first, last) = (&covered + &Dec::int(1), &covered + size);
            let package = serde_json::json!({"ordinal": bought, "size": size.to_string(),
                "first_unit": first.to_string(), "last_unit": last.to_string()});
            let unit = &self.catalog.services[service].unit;
            let line = Line::new(plan, service, unit, size.clone(), amount.clone(), period);
            lines.push(Line {
                base_quantity: size.clone(),
                consent: consent.clone(),
                package: Some(package),
                basis: choice.basis.clone(),
                events: pool.events + 1,
                ..line
            });
            covered = last;
        }
        let events = pool.events + 1;
        let is_low = bought > 0 && plan.low_balance.as_ref().is_some_and(|low| &covered - &used <= *low);
        let noticed = if is_low { bought } else { pool.noticed };
        if noticed != pool.noticed {
            self.outcome.notices.push(Notice::of("low_balance", id));
        }
        if !lines.is_empty() && plan.sizing.is_some() && pool.size.as_ref().is_some_and(|before| before != size) {
            self.outcome.notices.push(Notice::of("package_size_changed", id));
        }
        let sold = |numbers: u32| (format!("{id}-{numbers:06}"), self.watermark, size.clone(), amount.clone(), facts.currency.clone());
        let is_sold = !lines.is_empty() && !plan.by_day;
        let last = if is_sold { Some(sold(customer.numbers + 1)) } else { pool.last.take() };
        *pool = Pool {
            last,
            used,
            covered,
            bought,
            events,
            noticed,
            size: if lines.is_empty() { pool.size.clone() } else { Some(size.clone()) },
            uses,
        };
        if !lines.is_empty() && plan.by_day {
            let (seller, currency) = (plan.seller.clone(), facts.currency.clone());
            // Of a day that is over, the end of the day on which it is told.
            let told = calendar::local_date(self.watermark, facts.zone);
            let due = if period.end() > self.watermark { period.end() } else { midnight(told + Days::new(1), facts.zone) };
            self.agenda.insert((due, id.clone()));
            customer.bundles.push(Bundle { plan: plan.name.clone(), seller, currency, period, due, lines });
        } else if !lines.is_empty() {
            customer.numbers += 1;
            let head = Head {
                number: format!("{id}-{:06}", customer.numbers),
                kind: "package_purchase",
                customer: id,
                seller: &plan.seller,
                currency: &facts.currency,
                issued_at: self.watermark,
                period: Some(period),
                due_date: None,
                preceding: Vec::new(),
            };
            self.outcome.records.push(record::record(self.catalog, &head, &lines));
        }
        Ok(())
    }

    /// Units that come back stay used; their share of the last package's price is credited.
    fn credit(&mut self, usage: &Usage, admitted: &Admitted, quantity: &Dec) -> Result<(), &'static str> {
        let Admitted { service, plan, facts, consent, .. } = admitted;
        let id = &usage.envelope.subject;
        let customer = self.customers.get_mut(id).unwrap();
        let pool = customer.pools.get_mut(&plan.name).ok_or("nothing_to_retract")?;
        let (number, at, size, amount, currency) = pool.last.clone().ok_or("nothing_to_retract")?;
        pool.events += 1;
        let day = calendar::local_date(usage.envelope.time, facts.zone);
        let period = Period { from: day, to: day + Days::new(1), zone: facts.zone };
        let line = Line::new(plan, service, &self.catalog.services[service].unit, quantity.clone(), amount, period);
        let line = Line { base_quantity: size, events: pool.events, consent: consent.clone(), ..line };
        customer.numbers += 1;
        let head = Head {
            number: format!("{id}-{:06}", customer.numbers),
            kind: "correction",
            customer: id,
            seller: &plan.seller,
            currency: &currency,
            issued_at: self.watermark,
            period: None,
            due_date: None,
            preceding: vec![(number, at)],
        };
        self.outcome.records.push(record::record(self.catalog, &head, &[line]));
        Ok(())
    }

    fn control(&mut self, control: Control) {
        let id = control.envelope.subject.clone();
        match control.body {
            None => self.refuse(&id, &control.envelope.source, &control.envelope.id, "bad_data"),
            Some(Body::Tick) => {}
            Some(Body::Taken(told)) => {
                let all = told.is_of_all();
                if !self.taken.put(told) {
                    self.refuse(&id, &control.envelope.source, &control.envelope.id, "bad_data");
                } else if all {
                    self.release_all();
                } else {
                    self.customers.entry(id.clone()).or_default();
                    self.release(&id);
                }
            }
            Some(Body::Freeze(order)) => self.windows.put(&id, order, self.watermark),
            Some(Body::Catalog { digest }) if self.windows.is_frozen(self.watermark) => {
                self.windows.catalog = Some((self.watermark, digest));
            }
            Some(Body::Catalog { digest }) => self.switch(&digest),
            Some(Body::HeadCount { kind, form, on, count }) => {
                let customer = self.customers.entry(id.clone()).or_default();
                let is_pupils = kind == "active_pupils";
                if form.is_none() {
                    customer.head_counts.insert((kind, on), count);
                }
                // Told again, it is no news.
                let is_news = is_pupils && customer.pupils.insert((form, on), count) != Some(count);
                self.release(&id);
                if is_news {
                    self.told(&id);
                }
            }
            Some(Body::Pupils(part)) => {
                self.customers.entry(id.clone()).or_default().roster.take(part);
                self.told(&id);
                self.share_rosters(&id);
            }
            Some(Body::Decision { plan, from, waive }) => {
                let is_news = self.customers.entry(id.clone()).or_default().decisions.insert((plan, from), waive) != Some(waive);
                self.release(&id);
                if is_news {
                    self.told(&id);
                }
            }
            Some(Body::Customer { from, facts }) => {
                let lacks = complete::for_all_plans(self.catalog, &facts);
                let customer = self.customers.entry(id.clone()).or_default();
                // Facts that were sent before say nothing new.
                let is_news = customer.versions.get(&from) != Some(&facts);
                if is_news && !lacks.is_empty() {
                    let said = format!("{from} {}", Vec::from_iter(lacks).join(" "));
                    self.notice("customer_incomplete", &id, self.watermark, said);
                }
                let customer = self.customers.get_mut(&id).unwrap();
                customer.versions.insert(from, facts);
                customer.known_at.get_or_insert(self.watermark);
                self.plan_closings(&id, self.watermark);
                // What is charged in advance and has begun is charged now.
                self.agenda.insert((self.watermark + Duration::milliseconds(1), id.clone()));
                self.release(&id);
                if is_news {
                    self.told(&id);
                }
            }
            Some(Body::Party) => {}
            Some(Body::System { from, registration }) => {
                self.systems.registered.entry(id.clone()).or_default().insert(from, registration);
                self.release_all();
            }
            Some(Body::Certificate { key, from, to, system }) => {
                self.systems.certificates.entry(key).or_default().insert(from, (to, system));
                self.release_all();
            }
            Some(Body::Revocation { key, at }) => {
                self.systems.revoked.insert((key, at));
                self.release_all();
            }
            Some(Body::Trial { from, trial }) => {
                self.systems.tried.entry(id.clone()).or_default().insert(from, trial);
                self.release_all();
            }
            Some(Body::Agreement { key, told }) => {
                let customer = self.customers.entry(id.clone()).or_default();
                if customer.agreements.refuses(&key, &told) {
                    return self.refuse(&id, &control.envelope.source, &control.envelope.id, "bad_data");
                }
                let kinds = customer.agreements.put(&key, &told, self.watermark);
                let due = customer.agreements.0[&key].due;
                self.agenda.extend(due.map(|due| (due, id.clone())));
                let is_news = kinds.is_some();
                self.outcome.notices.extend(kinds.into_iter().flatten().map(|kind| Notice::of(kind, &id)));
                self.release(&id);
                if is_news {
                    self.told(&id);
                }
            }
            Some(Body::Merger { into, from }) => {
                if self.merge(&id, &into, from) {
                    self.release(&id);
                } else {
                    self.refuse(&id, &control.envelope.source, &control.envelope.id, "bad_data");
                }
            }
            Some(Body::Brake { scope, service, is_on, by_two }) => {
                let of = (scope, id, service);
                let put = self.brakes.put(&of, control.envelope.time, is_on, by_two, self.watermark);
                let (scope, id, service) = of;
                if put == Put::Refused {
                    return self.refuse(&id, &control.envelope.source, &control.envelope.id, "bad_data");
                }
                let is_customers = scope == "customer";
                let waiting = self.customers.get(&id).map_or(0, |customer| customer.parked.len());
                if put == Put::Switched {
                    let said = format!("{} waiting {waiting}", service.as_deref().unwrap_or("customer"));
                    let (customer, said) = if is_customers { (id.as_str(), said) } else { ("", format!("{scope} {id}")) };
                    self.notice(if is_on { "brake_on" } else { "brake_off" }, customer, self.watermark, said);
                }
                if is_customers {
                    self.customers.entry(id.clone()).or_default();
                    self.release(&id);
                    if put != Put::Known {
                        self.try_held(&id, if is_on { &["record"] } else { &["record", "correction"] });
                        self.told(&id);
                    }
                } else if !is_on {
                    self.release_all();
                }
            }
            Some(Body::Recycle) => {
                self.customers.entry(id.clone()).or_default();
                self.release(&id);
            }
            Some(Body::WriteOff(order)) => self.write_off(&id, &order, control.envelope.time),
            Some(Body::Activation { service, from, to }) => {
                let customer = self.customers.entry(id.clone()).or_default();
                let is_news = customer.activations.insert((service, from), to) != Some(to);
                self.release(&id);
                if is_news {
                    self.told(&id);
                }
            }
        }
    }

    /// Another price list: all that waits is tried again, customers with shorter names first.
    fn switch(&mut self, digest: &str) {
        if self.catalog.digest == digest {
            return;
        }
        self.forgotten = self.forgotten.max(self.watermark.checked_sub_signed(self.catalog.horizon).unwrap_or(Instant::MIN_UTC));
        self.catalog = self.all.iter().find(|one| one.digest == digest).expect("a catalog that is known");
        let ids: Vec<String> = self.customers.keys().cloned().collect();
        ids.iter().for_each(|id| self.try_held(id, &["record"]));
        self.release_all();
    }

    fn release_all(&mut self) {
        let mut ids: Vec<String> = self.customers.keys().cloned().collect();
        ids.sort_by_key(|id| (id.len(), id.clone()));
        ids.iter().for_each(|id| self.release(id));
    }

    /// After a fact, what is held is tried again at once.
    pub fn told(&mut self, id: &str) {
        let customer = self.customers.get_mut(id).unwrap();
        for year in customer.years.values_mut().filter(|year| year.retry.is_some()) {
            year.retry = Some(self.watermark + Duration::milliseconds(1));
        }
        self.try_held(id, &["record"]);
        self.plan_closings(id, self.watermark);
        self.advance(self.watermark);
    }

    /// What is held is tried with the next input.
    fn try_held(&mut self, id: &str, kinds: &[&str]) {
        let at = self.watermark + Duration::milliseconds(1);
        let customer = self.customers.get_mut(id).unwrap();
        let held: Vec<Held> = customer.held.keys().cloned().collect();
        for held in held.into_iter().filter(|(what, _)| kinds.contains(what)) {
            customer.hold_until(held, at);
            self.agenda.insert((at, id.to_owned()));
        }
    }

    /// Lets in what no longer waits, by event time; the sort is stable, so equal times keep their order of arrival.
    fn release(&mut self, id: &str) {
        let mut waiting = std::mem::take(&mut self.customers.get_mut(id).unwrap().parked);
        waiting.sort_by_key(|usage| usage.envelope.time);
        let waited = !waiting.is_empty();
        for mut usage in waiting {
            let owner = self.owner(&usage);
            if owner != id {
                usage.envelope.subject = owner.clone();
                self.customers.get_mut(&owner).unwrap().parked.push(usage);
            } else if self.fault_in_content(&usage).is_none() && self.is_test(&usage) == Some(true) {
                self.outcome.verdicts.suspended -= 1;
                self.outcome.verdicts.test += 1;
                self.tell(&usage.envelope.source, &usage.envelope.id, "", "released");
            } else if self.fault_in_content(&usage).is_some() {
                self.customers.get_mut(id).unwrap().parked.push(usage);
            } else if let Err(reason) = self.admit(&usage).and_then(|admitted| self.fits(&usage, &admitted)) {
                if std::mem::replace(&mut usage.waits_for, reason) != reason {
                    match reason {
                        "braked" => self.await_release(&usage),
                        "wrong_environment" => self.alarm(&usage, id, reason),
                        _ => {}
                    }
                }
                self.customers.get_mut(id).unwrap().parked.push(usage);
            } else if let Err(reason) = self.count(&usage) {
                self.waits_no_more(&usage);
                self.tell(&usage.envelope.source, &usage.envelope.id, reason, "suspended");
            } else {
                self.waits_no_more(&usage);
                self.outcome.verdicts.suspended -= 1;
                self.outcome.verdicts.counted += 1;
                self.tell(&usage.envelope.source, &usage.envelope.id, "", "released");
            }
        }
        if waited {
            self.follow_ageing(id, self.watermark);
        }
        if let Some(into) = self.mergers.get(id).map(|merger| merger.into.clone()) {
            self.release(&into);
        }
    }

    /// Two people give up what waits: by event time, and what they cannot have seen stays.
    fn write_off(&mut self, id: &str, order: &WriteOff, decided: Instant) {
        let mut waiting = std::mem::take(&mut self.customers.entry(id.to_owned()).or_default().parked);
        waiting.sort_by_key(|usage| usage.envelope.time);
        for usage in waiting {
            let (e, service) = (&usage.envelope, self.catalog.service_of(&usage.envelope.kind));
            // What it waits for is asked anew: the world may have changed since it came.
            let has_fault = self.fault_in_content(&usage).is_some();
            let waits_for = if has_fault { Some("unknown_service") } else { self.admit(&usage).err() };
            let holds = |asked: &Option<String>, is: Option<&str>| asked.as_deref().is_none_or(|asked| Some(asked) == is);
            let is_meant = e.log_time <= order.seen_until.unwrap_or(decided)
                && holds(&order.waits_for, waits_for)
                && holds(&order.service, service)
                && holds(&order.kind, Some(&e.kind))
                && holds(&order.source, Some(&e.source))
                && order.from.is_none_or(|from| from <= e.time)
                && order.to.is_none_or(|to| e.time < to)
                && order.events.as_ref().is_none_or(|events| events.contains(&(e.source.clone(), e.id.clone())));
            if is_meant {
                self.outcome.verdicts.suspended -= 1;
                self.outcome.verdicts.written_off += 1;
                self.waits_no_more(&usage);
                self.tell(&usage.envelope.source, &usage.envelope.id, "", "written_off");
            } else {
                self.customers.get_mut(id).unwrap().parked.push(usage);
            }
        }
        self.follow_ageing(id, self.watermark);
    }

    fn suspend(&mut self, usage: &Usage, reason: &'static str) {
        self.outcome.verdicts.suspended += 1;
        self.tell(&usage.envelope.source, &usage.envelope.id, reason, "suspended");
    }

    fn refuse(&mut self, customer: &str, source: &str, id: &str, reason: &'static str) {
        self.tell(source, id, reason, "suspended");
        self.outcome.notices.push(Notice::of("control_refused", customer));
    }

    fn tell(&mut self, source: &str, id: &str, reason: &'static str, state: &'static str) {
        self.outcome.suspense.push(Suspense { source: source.to_owned(), id: id.to_owned(), reason, state });
    }
}
