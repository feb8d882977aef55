//! Pupils on a day, by brute force: from the list of all facts, for each child.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::calendar;
use super::json::Json;

/// Enrolled at a unit, in a form, from a day to a last day.
pub type Enrolment = (String, String, NaiveDate, Option<NaiveDate>);

/// What was told about a pupil; no enrolments: it is gone.
#[derive(Clone, Debug)]
pub struct Told {
    pub name: String,
    pub same: Option<String>,
    pub enrolments: Option<Vec<Enrolment>>,
}

/// Facts of one moment: the later the number, the later they hold.
#[derive(Clone, Debug)]
pub struct Fact {
    pub moment: i64,
    pub day: NaiveDate,
    /// Who is not named is gone.
    pub is_full: bool,
    pub told: Vec<Told>,
}

/// What a control event tells: the facts of one pupil, or a chunk of a load.
#[derive(Clone)]
pub struct Part {
    /// Its id, and how many chunks there are of it.
    pub load: Option<(String, u64)>,
    pub chunk: u64,
    pub fact: Fact,
}

/// The facts of a customer, and the chunks of loads that are not complete.
#[derive(Default)]
pub struct Roster {
    pub facts: Vec<Fact>,
    /// Those of merged customers, and the day from which each counts here.
    pub taken: Vec<(Vec<Fact>, NaiveDate)>,
    staged: Vec<Part>,
}

impl Roster {
    pub fn take(&mut self, part: Part) {
        let Some((id, of)) = part.load.clone() else { return self.facts.push(part.fact) };
        self.staged.push(part);
        let is_ours = |part: &Part| part.load.as_ref().is_some_and(|(other, _)| *other == id);
        let chunks: BTreeSet<u64> = self.staged.iter().filter(|part| is_ours(part)).map(|part| part.chunk).collect();
        if chunks.len() as u64 == of {
            let (ours, rest): (Vec<Part>, Vec<Part>) = std::mem::take(&mut self.staged).into_iter().partition(is_ours);
            let told = ours.iter().flat_map(|part| part.fact.told.clone()).collect();
            self.facts.push(Fact { told, ..ours[0].fact.clone() });
            self.staged = rest;
        }
    }

    /// The first day on which pupils of others count.
    pub fn merged(&self) -> Option<NaiveDate> {
        self.taken.iter().map(|(_, from)| *from).min()
    }

    /// Pupils by all lists that count here.
    pub fn pupils(&self, day: NaiveDate, forms: Option<&[String]>, per_form: bool) -> u64 {
        let own: (&[Fact], _) = (&self.facts, None);
        let lists: Vec<_> = Some(own).into_iter().chain(self.taken.iter().map(|(facts, from)| (facts.as_slice(), Some(*from)))).collect();
        pupils_in(&lists, day, forms, per_form)
    }

    /// The day of the first fact.
    pub fn since(&self) -> Option<NaiveDate> {
        self.facts.iter().map(|fact| fact.day).min()
    }
}

/// Of a pupil at an instant. None: it is no event; what it says is always possible in our tests.
pub fn pupil(data: &Json, at: calendar::Instant) -> Option<Part> {
    let fact = Fact { moment: at.timestamp_micros(), day: at.date_naive(), is_full: false, told: vec![told(data)?] };
    Some(Part { load: None, chunk: 1, fact })
}

pub fn load(data: &Json) -> Option<Part> {
    let text = |name: &str| data.get(name)?.text();
    let number = |name: &str| match data.get(name)? {
        Json::Number(text) | Json::Text(text) => text.parse::<u64>().ok(),
        _ => None,
    };
    let at = calendar::instant(text("as_of")?)?;
    let told = list(data.get("pupils")?)?.iter().map(told).collect::<Option<Vec<Told>>>()?;
    let fact = Fact { moment: at.timestamp_micros(), day: at.date_naive(), is_full: text("mode")? == "full", told };
    Some(Part { load: Some((text("load")?.to_owned(), number("of")?)), chunk: number("chunk")?, fact })
}

fn list(value: &Json) -> Option<&[Json]> {
    match value {
        Json::List(items) => Some(items),
        _ => None,
    }
}

fn told(data: &Json) -> Option<Told> {
    let text = |name: &str| data.get(name).and_then(Json::text).map(str::to_owned);
    let enrolment = |one: &Json| {
        let text = |name: &str| one.get(name).and_then(Json::text);
        let last = text("end_date").map(calendar::date);
        Some((text("enroled_at")?.to_owned(), text("school_type")?.to_owned(), calendar::date(text("start_date")?)?, last.flatten()))
    };
    let enrolments = match text("action").as_deref() {
        Some("delete") => None,
        _ => Some(list(data.get("enrolments")?)?.iter().map(enrolment).collect::<Option<Vec<Enrolment>>>()?),
    };
    Some(Told { name: text("pupil")?, same: text("same_as"), enrolments })
}

/// The pupils of some forms (none: all), each once, or once in each form.
pub fn pupils(facts: &[Fact], day: NaiveDate, forms: Option<&[String]>, per_form: bool) -> u64 {
    pupils_in(&[(facts, None)], day, forms, per_form)
}

/// As [`pupils`], of several lists, each from a day on: who is in several of them is one child.
pub fn pupils_in(lists: &[(&[Fact], Option<NaiveDate>)], day: NaiveDate, forms: Option<&[String]>, per_form: bool) -> u64 {
    let mut sum = 0;
    let all: Vec<Fact> = lists.iter().flat_map(|(facts, _)| facts.to_vec()).collect();
    for child in children(&all) {
        let counting = || lists.iter().filter(|(_, from)| from.is_none_or(|from| from <= day));
        let of_child = child.iter().flat_map(|name| counting().flat_map(move |(facts, _)| forms_on(facts, name, day)));
        let asked: BTreeSet<String> = of_child.filter(|form| forms.is_none_or(|forms| forms.contains(form))).collect();
        sum += if per_form { asked.len() } else { asked.len().min(1) };
    }
    sum as u64
}

/// Sets of names that mean the same child.
fn children(facts: &[Fact]) -> Vec<BTreeSet<String>> {
    let told = || facts.iter().flat_map(|fact| &fact.told);
    let mut children: Vec<BTreeSet<String>> = Vec::new();
    for name in told().flat_map(|one| [Some(&one.name), one.same.as_ref()]).flatten() {
        if !children.iter().any(|child| child.contains(name)) {
            children.push(BTreeSet::from([name.clone()]));
        }
    }
    for (one, other) in told().filter_map(|one| Some((&one.name, one.same.as_ref()?))) {
        let (meant, rest): (Vec<_>, Vec<_>) = children.into_iter().partition(|child| child.contains(one) || child.contains(other));
        children = rest;
        children.push(meant.into_iter().flatten().collect());
    }
    children
}

fn forms_on(facts: &[Fact], name: &str, day: NaiveDate) -> Vec<String> {
    let of_name = |fact: &Fact| fact.told.iter().find(|told| told.name == name).map(|told| told.enrolments.clone());
    let stated = facts.iter().filter(|fact| matches!(of_name(fact), Some(Some(_)))).max_by_key(|fact| fact.moment);
    let Some(stated) = stated else { return Vec::new() };
    let ends = |fact: &&Fact| fact.moment > stated.moment && (fact.is_full || matches!(of_name(fact), Some(None)));
    let gone = facts.iter().filter(ends).min_by_key(|fact| fact.moment).map(|fact| fact.day);
    if gone.is_some_and(|gone| gone <= day) {
        return Vec::new();
    }
    let enrolments = of_name(stated).flatten().unwrap_or_default();
    let is_on = |(_, _, from, last): &Enrolment| *from <= day && last.is_none_or(|last| day <= last);
    enrolments.into_iter().filter(is_on).map(|(_, form, _, _)| form).collect()
}
