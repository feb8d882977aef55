//! Taking services into use, by the letter of K1 to K15: every fact is kept as it was told, and every event looks at all of them.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::calendar::{self, Instant};
use super::json::Json;

/// A fact: its type without `tally.` and `.v1`, its subject, its data.
#[derive(Clone)]
pub struct Told {
    pub kind: String,
    pub subject: String,
    pub data: Json,
}

pub const KINDS: &[&str] = &[
    "relation",
    "service_description",
    "description_approval",
    "commissioning_plan",
    "commissioning_run",
    "commissioning_verification",
    "commissioning_report",
    "test_id_grant",
    "test_id_issue",
    "test_id_return",
];

#[derive(Default)]
pub struct Taken {
    /// In the order in which they were told; of two with the same key the last one counts.
    facts: Vec<Told>,
}

impl Told {
    fn text(&self, name: &str) -> &str {
        self.data.get(name).and_then(Json::text).unwrap_or_default()
    }

    fn at(&self, name: &str) -> Option<Instant> {
        self.data.get(name).and_then(Json::text).and_then(calendar::instant)
    }

    /// `[from, to)`
    fn covers(&self, at: Instant) -> bool {
        self.at("from").unwrap() <= at && self.at("to").is_none_or(|to| at < to)
    }

    pub fn is_of_all(&self) -> bool {
        self.kind.starts_with("test_id") || self.kind == "service_description"
    }

    /// What makes it the same fact told again.
    fn key(&self) -> Vec<String> {
        let names: &[&str] = match self.kind.as_str() {
            "relation" | "service_description" => &["from"],
            "description_approval" => &["service", "version"],
            "commissioning_plan" => &["plan", "agreed"],
            "commissioning_run" => &["plan", "at", "outcome"],
            "commissioning_verification" => &["plan", "at"],
            "commissioning_report" => &["plan", "at"],
            // A grant is of each of its ids.
            "test_id_grant" => &["from", "ids"],
            "test_id_issue" => &["customer", "service", "from"],
            _ => &["customer", "service", "at"],
        };
        let mut key = vec![self.kind.clone(), self.subject.clone()];
        key.extend(names.iter().map(|name| self.data.get(name).map(|value| value.strings().join(" ")).unwrap_or_default()));
        key
    }
}

impl Taken {
    /// False: it is refused.
    pub fn put(&mut self, told: Told) -> bool {
        if told.kind == "test_id_issue" && self.overlaps(&told) {
            return false;
        }
        let mut known = self.of("commissioning_plan", &told.subject).filter(|one| one.text("plan") == told.text("plan"));
        let agreed = ["service", "supplier", "system", "from", "to"];
        if told.kind == "commissioning_plan" && known.any(|one| agreed.iter().any(|name| one.text(name) != told.text(name))) {
            return false;
        }
        drop(known);
        self.facts.retain(|one| one.key() != told.key());
        self.facts.push(told);
        true
    }

    fn of<'a>(&'a self, kind: &'a str, subject: &'a str) -> impl Iterator<Item = &'a Told> {
        self.facts.iter().filter(move |one| one.kind == kind && one.subject == subject)
    }

    fn end(&self, issue: &Told) -> Option<Instant> {
        let same =
            |one: &&Told| ["customer", "service"].iter().all(|name| one.text(name) == issue.text(name)) && one.at("at") >= issue.at("from");
        let returned = self.of("test_id_return", &issue.subject).filter(same).filter_map(|one| one.at("at")).min();
        returned.into_iter().chain(issue.at("to")).min()
    }

    fn overlaps(&self, issue: &Told) -> bool {
        let span = |one: &Told| (one.at("from").unwrap(), self.end(one).unwrap_or(Instant::MAX_UTC));
        let (from, to) = span(issue);
        let others = self.of("test_id_issue", &issue.subject).filter(|one| one.text("customer") != issue.text("customer"));
        others.map(span).any(|(begin, end)| from.max(begin) < to.min(end))
    }

    /// None: no test id at all. Else: is it one here and now?
    pub fn is_test(&self, person: &str, customer: &str, service: &str, source: &str, at: Instant) -> Option<bool> {
        let known = |one: &Told| {
            let ids = one.data.get("ids").map(Json::strings).unwrap_or_default();
            (one.kind.starts_with("test_id_") && one.subject == person) || ids.contains(&person)
        };
        if !self.facts.iter().any(known) {
            return None;
        }
        let granted = |supplier: &str| {
            let grants = self.of("test_id_grant", supplier);
            grants.filter(|one| one.data.get("ids").unwrap().strings().contains(&person)).any(|one| one.covers(at))
        };
        let issued = self.of("test_id_issue", person).any(|one| {
            let here = one.text("customer") == customer && one.text("service") == service;
            here && one.covers(at) && self.end(one).is_none_or(|end| at < end) && granted(one.text("supplier"))
        });
        let agreed = self.of("commissioning_plan", customer).any(|one| {
            let systems = one.data.get("system").is_none_or(|system| system.text() == Some(source));
            one.text("service") == service && one.covers(at) && systems
        });
        Some(issued && agreed)
    }

    pub fn is_open(&self, customer: &str, service: &str, at: Instant, archive: Option<&str>, report_closes: bool) -> bool {
        let related = self.of("relation", customer).any(|one| one.covers(at));
        let begun = self.of("service_description", service).filter(|one| one.at("from").unwrap() <= at);
        let version = begun.max_by_key(|one| one.at("from")).map(|one| one.text("version"));
        let approved = version.is_some_and(|version| {
            self.of("description_approval", customer).any(|one| one.text("service") == service && one.text("version") == version)
        });
        let mut plans: BTreeMap<&str, &Told> = BTreeMap::new();
        for plan in self.of("commissioning_plan", customer).filter(|one| one.text("service") == service) {
            plans.insert(plan.text("plan"), plan);
        }
        let verified = plans.into_values().any(|plan| {
            let name = plan.text("plan");
            let Some(test) = self.test(customer, plan) else { return false };
            let of_plan = |kind| self.of(kind, customer).filter(move |one| one.text("plan") == name);
            let reported = of_plan("commissioning_report").next().is_some();
            test <= at
                && of_plan("commissioning_verification").any(|one| self.is_good(customer, one, test, archive))
                && (!report_closes || reported || at < due(test))
        });
        related && approved && verified
    }

    fn test(&self, customer: &str, plan: &Told) -> Option<Instant> {
        let runs =
            self.of("commissioning_run", customer).filter(|one| one.text("plan") == plan.text("plan") && one.text("outcome") == "passed");
        runs.filter_map(|one| one.at("at")).filter(|at| plan.covers(*at)).min()
    }

    fn is_good(&self, customer: &str, verification: &Told, test: Instant, archive: Option<&str>) -> bool {
        let (at, who) = (verification.at("at").unwrap(), verification.text("archivist"));
        let told = |one: &&Told| one.text("plan") == verification.text("plan");
        let mut plans: Vec<&Told> = self.of("commissioning_plan", customer).filter(told).collect();
        plans.sort_by_key(|one| one.at("agreed"));
        let role = |one: &Told, name: &str| {
            one.data.get("roles").and_then(|roles| roles.get(name)).and_then(Json::text).unwrap_or_default().to_owned()
        };
        let now = plans.iter().rfind(|one| one.at("agreed").unwrap() <= at).or(plans.first()).map(|one| role(one, "archivist"));
        let Some(Json::List(documents)) = verification.data.get("documents") else { return false };
        let sum = |one: &Json, name: &str| one.get(name).and_then(Json::text).map(str::to_owned);
        let same = documents.iter().all(|one| sum(one, "archived").is_some() && sum(one, "archived") == sum(one, "registered"));
        let expected = match verification.data.get("expected") {
            Some(Json::Number(text) | Json::Text(text)) => text.parse().ok(),
            _ => None,
        };
        at >= test
            && !plans.iter().any(|one| role(one, "tester") == who)
            && now.as_deref() == Some(who)
            && archive.is_none_or(|archive| archive == verification.text("archive"))
            && same
            && expected == Some(documents.len())
    }
}

/// Days off from Monday to Friday, of the year that the histories are about.
const OFF: &[(u32, u32)] = &[(1, 1), (1, 6), (4, 3), (4, 6), (5, 1), (5, 14), (6, 19), (12, 24), (12, 25)];

fn is_weekday(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !OFF.contains(&(day.month(), day.day()))
}

fn due(test: Instant) -> Instant {
    let zone = chrono_tz::Europe::Helsinki;
    let mut day = calendar::local_date(test, zone);
    for _ in 0..2 {
        day = day + Days::new(1);
        while !is_weekday(day) {
            day = day + Days::new(1);
        }
    }
    calendar::midnight(day + Days::new(1), zone)
}
