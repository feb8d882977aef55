//! `[roster.school_types."SOURCE"]`: what the codes of a source mean, each from a day on.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::files::Sections;
use super::price::date;
use crate::domain::roster::{Codes, Meaning, SCHOOL_TYPES, SourceCodes};
use crate::wire::document::{Table, Value, every};

/// `plans` names school forms too: a code may mean one of those.
pub fn read(value: &Value<'_>, sections: &Sections<'_>) -> Option<Codes> {
    let plans = sections.named("plan");
    let in_plans = plans.values().filter_map(|plan| plan.find("school_forms")).filter(Value::is_list).filter_map(|forms| forms.list());
    let named: BTreeSet<&str> = in_plans.flatten().map(|(_, form)| form).collect();
    let sources = every(value.table()?.values(), |(source, codes)| {
        let table = codes.table()?;
        if source.is_empty() {
            codes.fault("is of no source", "the `source` of its events, e.g. [roster.school_types.\"//register.example\"]");
        }
        let codes = every(table.values(), |(code, meanings)| Some((code.to_owned(), read_code(code, &meanings, &named)?)))?;
        Some((source.to_owned(), SourceCodes::of(codes.into_iter().collect())))
    })?;
    Some(Codes::of(sources.into_iter().collect()))
}

/// A text, for always, or a list of what is meant from which day on.
fn read_code(code: &str, value: &Value<'_>, named: &BTreeSet<&str>) -> Option<Vec<Meaning>> {
    if code.is_empty() {
        value.fault("is the meaning of no code", "a code of the source before it: who tells none is found as `missing_form`");
    }
    if !value.is_list() {
        return Some(vec![Meaning { from: None, form: form(value, named)? }]);
    }
    let mut days: BTreeSet<NaiveDate> = BTreeSet::new();
    every(value.items()?, |row| {
        let row = row.table()?;
        row.only(&["from", "is"]);
        let from = from(&row, &mut days);
        let form = row.need("is", "is = \"GR\"").and_then(|value| form(&value, named));
        Some(Meaning { from: Some(from?), form: form? })
    })
}

fn from(row: &Table<'_>, days: &mut BTreeSet<NaiveDate>) -> Option<NaiveDate> {
    let value = row.need("from", "from = \"2026-07-01\"")?;
    let from = value.parse(date, "a date", "2026-07-01")?;
    if !days.insert(from) {
        value.fault("is that of another meaning too", "another date, or remove one of the two");
        return None;
    }
    Some(from)
}

fn form(value: &Value<'_>, named: &BTreeSet<&str>) -> Option<String> {
    let form = value.words()?;
    if SCHOOL_TYPES.contains(&form) || named.contains(form) {
        return Some(form.to_owned());
    }
    let known = SCHOOL_TYPES.iter().copied().chain(named.iter().copied());
    value
        .fault(&format!("is {form:?}, which is no school type of SS12000, and in no plan's `school_forms`"), value.known_name(form, known));
    None
}
