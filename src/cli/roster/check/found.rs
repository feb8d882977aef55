//! What files of sources tell about pupils, in which codes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::control::Fact;
use crate::domain::roster::{Codes, Finding, PupilEntry, QualityRule, RosterFact, SCHOOL_TYPES, Statement};
use crate::wire::control_file::Told;

#[derive(Debug, Default)]
pub struct Found {
    /// Entries about pupils that were looked at.
    pub entries: u64,
    /// By source, code and meaning: a code whose meaning changes stands here once for each.
    pub codes: BTreeMap<(String, String, Meaning), Seen>,
    /// By source and rule: how many entries, and at which school units.
    pub findings: BTreeMap<(String, QualityRule), Seen>,
}

/// What a code means.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// Nobody has said.
    Unknown,
    /// The catalog says so.
    Mapped(String),
    /// It is one of SS12000.
    Standard,
}

/// How often, and where.
#[derive(Debug, Default)]
pub struct Seen {
    pub times: u64,
    pub units: BTreeSet<String>,
}

impl Seen {
    fn see(&mut self, unit: &str) {
        self.times += 1;
        if !unit.is_empty() {
            self.units.insert(unit.to_owned());
        }
    }
}

impl Found {
    pub fn of(told: &[Told], codes: &Codes) -> Self {
        let mut found = Self::default();
        for event in told.iter().map(|told| &told.event) {
            let source = event.source.as_str();
            let Fact::Roster(fact) = &event.fact else { continue };
            match &**fact {
                RosterFact::Pupil(fact) => found.entry(source, &fact.entry, codes),
                RosterFact::Chunk(chunk) => {
                    chunk.entries.iter().for_each(|entry| found.entry(source, entry, codes));
                }
                RosterFact::Master(count) => {
                    for row in &count.rows {
                        let code = row.form.iter();
                        code.for_each(|code| found.code(source, code, row.unit.as_deref().unwrap_or_default(), count.on, codes));
                    }
                }
                RosterFact::Decision(_) => {}
            }
        }
        found
    }

    /// Is there a code without a meaning?
    pub fn has_unknown(&self) -> bool {
        self.unknown().next().is_some()
    }

    /// Source and code.
    pub fn unknown(&self) -> impl Iterator<Item = (&str, &str)> {
        self.codes.keys().filter(|(.., meaning)| *meaning == Meaning::Unknown).map(|(source, code, _)| (source.as_str(), code.as_str()))
    }

    fn entry(&mut self, source: &str, entry: &PupilEntry, codes: &Codes) {
        self.entries += 1;
        if let Statement::Enrolled(enrolments) = &entry.statement {
            let told = enrolments.iter().filter(|one| !one.form.is_empty());
            told.for_each(|one| self.code(source, &one.form, &one.unit, one.from, codes));
        }
        let translated = codes.of_source(source).map(|codes| codes.translated(entry));
        let findings: &[Finding] = translated.as_ref().map_or(&entry.findings, |entry| &entry.findings);
        for finding in findings {
            self.findings.entry((source.to_owned(), finding.rule)).or_default().see(&finding.unit);
        }
    }

    fn code(&mut self, source: &str, code: &str, unit: &str, day: NaiveDate, codes: &Codes) {
        let mapped = codes.of_source(source).and_then(|codes| codes.form(code, day));
        let meaning = match mapped {
            Some(form) => Meaning::Mapped(form.to_owned()),
            None if SCHOOL_TYPES.contains(&code) => Meaning::Standard,
            None => Meaning::Unknown,
        };
        self.codes.entry((source.to_owned(), code.to_owned(), meaning)).or_default().see(unit);
    }
}
