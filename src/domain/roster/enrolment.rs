//! A pupil's time at a school, and what several of them make together.

use chrono::NaiveDate;

/// SS12000 `Enrolment`. Days are half-open here; events name the last one (`end_date`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Enrolment {
    /// `enroledAt`: the id of the school unit.
    pub unit: String,
    /// `schoolType`, e.g. `GR`; empty: it was not told.
    pub form: String,
    pub from: NaiveDate,
    /// The first day on which the pupil is not there any more; none: not known yet.
    pub to: Option<NaiveDate>,
}

impl Enrolment {
    /// The enrolment of a pupil that is gone from a day on; none: it had not begun.
    #[must_use]
    pub fn until(&self, gone: Option<NaiveDate>) -> Option<Self> {
        let to = [self.to, gone].into_iter().flatten().min();
        let begins = to.is_none_or(|to| self.from < to);
        begins.then(|| Self { to, ..self.clone() })
    }
}

impl Enrolment {
    /// What of it is not before a day; none: nothing.
    #[must_use]
    pub fn since(self, day: Option<NaiveDate>) -> Option<Self> {
        let from = day.map_or(self.from, |day| self.from.max(day));
        self.to.is_none_or(|to| from < to).then_some(Self { from, ..self })
    }
}

/// Days on which a pupil is in the same school forms.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Ascending, none twice, not empty.
    pub forms: Vec<String>,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
}

/// The spans that enrolments make together, in order. A pupil that is at two schools of one form is in it once.
#[must_use]
pub fn spans<'a>(enrolments: impl Iterator<Item = &'a Enrolment> + Clone) -> Vec<Span> {
    let mut bounds: Vec<NaiveDate> = enrolments.clone().flat_map(|one| [Some(one.from), one.to]).flatten().collect();
    bounds.sort_unstable();
    bounds.dedup();
    let mut spans: Vec<Span> = Vec::new();
    for (place, from) in bounds.iter().copied().enumerate() {
        let is_on = |one: &&Enrolment| one.from <= from && one.to.is_none_or(|to| from < to);
        let mut forms: Vec<String> = enrolments.clone().filter(is_on).map(|one| one.form.clone()).collect();
        forms.sort_unstable();
        forms.dedup();
        let to = bounds.get(place + 1).copied();
        match spans.last_mut() {
            Some(last) if last.to == Some(from) && last.forms == forms => last.to = to,
            _ if forms.is_empty() => {}
            _ => spans.push(Span { forms, from, to }),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `unit form from to`; `-`: no end.
    fn enrolment(text: &str) -> Enrolment {
        let words: Vec<&str> = text.split(' ').collect();
        let day = |text: &str| text.parse().expect("a day");
        let to = Some(words[3]).filter(|to| *to != "-").map(day);
        Enrolment { unit: words[0].to_owned(), form: words[1].to_owned(), from: day(words[2]), to }
    }

    fn check(given: &[&str], expect: &[&str]) {
        let enrolments: Vec<Enrolment> = given.iter().map(|text| enrolment(text)).collect();
        let shown = |span: &Span| format!("{} {} {}", span.forms.join("+"), span.from, span.to.map_or("-".to_owned(), |to| to.to_string()));
        let found: Vec<String> = spans(enrolments.iter()).iter().map(shown).collect();
        assert_eq!(found, expect, "{given:?}");
    }

    #[test]
    fn enrolments_make_spans_of_the_same_forms() {
        check(&[], &[]);
        check(&["a GR 2026-01-01 -"], &["GR 2026-01-01 -"]);
        check(
            &["a GR 2026-01-01 2026-07-01", "b FTH 2026-03-01 -"],
            &["GR 2026-01-01 2026-03-01", "FTH+GR 2026-03-01 2026-07-01", "FTH 2026-07-01 -"],
        );
        check(&["a GR 2026-01-01 2026-03-01", "b GR 2026-03-01 -"], &["GR 2026-01-01 -"]);
        check(&["a GR 2026-01-01 2026-03-01", "b GR 2026-02-01 2026-04-01"], &["GR 2026-01-01 2026-04-01"]);
        check(&["a GR 2026-01-01 2026-03-01", "a GR 2026-05-01 -"], &["GR 2026-01-01 2026-03-01", "GR 2026-05-01 -"]);
    }

    #[test]
    fn a_pupil_that_is_gone_is_at_no_school_from_that_day_on() {
        let check = |given: &str, gone: &str, expect: Option<&str>| {
            let gone = Some(gone.parse().expect("a day"));
            assert_eq!(enrolment(given).until(gone), expect.map(enrolment), "{given} until {gone:?}");
        };
        check("a GR 2026-01-01 -", "2026-06-01", Some("a GR 2026-01-01 2026-06-01"));
        check("a GR 2026-01-01 2026-03-01", "2026-06-01", Some("a GR 2026-01-01 2026-03-01"));
        check("a GR 2026-08-01 -", "2026-06-01", None);
        check("a GR 2026-06-01 -", "2026-06-01", None);
    }
}
