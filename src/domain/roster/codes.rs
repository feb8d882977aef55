//! What the codes of a source mean: its own school types, as those of SS12000 or of the catalog (REQUIREMENTS E16).

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::fact::{Finding, PupilEntry, Statement};
use super::quality::QualityRule;

/// `schoolType` of SS12000.
pub const SCHOOL_TYPES: &[&str] = &[
    "FS", "FKLASS", "FTH", "OPPFTH", "GR", "GRS", "TR", "SP", "SAM", "GY", "GYS", "VUX", "VUXSFI", "VUXGR", "VUXGY", "VUXSARGR",
    "VUXSARTR", "VUXSARGY", "SFI", "SARVUX", "SARVUXGR", "SARVUXGY", "KU", "YH", "FHS", "STF", "KKU", "HS", "ABU", "AU",
];

/// `[roster.school_types]`: by source, then by its code. Two sources may mean different things by one code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Codes(BTreeMap<String, SourceCodes>);

/// The codes of one source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceCodes(BTreeMap<String, Vec<Meaning>>);

/// What a code means from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// None: always.
    pub from: Option<NaiveDate>,
    pub form: String,
}

impl Codes {
    #[must_use]
    pub fn of(sources: BTreeMap<String, SourceCodes>) -> Self {
        Self(sources)
    }

    /// None: the source's codes are those of SS12000.
    #[must_use]
    pub fn of_source(&self, source: &str) -> Option<&SourceCodes> {
        self.0.get(source)
    }

    /// By source.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &SourceCodes)> {
        self.0.iter().map(|(source, codes)| (source.as_str(), codes))
    }
}

impl SourceCodes {
    /// Of several meanings, by the day from which each holds.
    #[must_use]
    pub fn of(codes: BTreeMap<String, Vec<Meaning>>) -> Self {
        let mut codes = codes;
        codes.values_mut().for_each(|meanings| meanings.sort_by_key(|meaning| meaning.from));
        Self(codes)
    }

    /// By code, and then by day.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Meaning)> {
        self.0.iter().flat_map(|(code, meanings)| meanings.iter().map(|meaning| (code.as_str(), meaning)))
    }

    /// What a code means of what begins on a day; none: nobody has said.
    #[must_use]
    pub fn form(&self, code: &str, day: NaiveDate) -> Option<&str> {
        let meanings = self.0.get(code)?;
        meanings.iter().rev().find(|meaning| meaning.from.is_none_or(|from| from <= day)).map(|meaning| meaning.form.as_str())
    }

    /// An entry in the words of the catalog. An enrolment means what its code meant on its first day, so that it means the
    /// same whenever it is told. A code without a meaning stays as it is, and is a finding unless SS12000 has it.
    #[must_use]
    pub fn translated(&self, entry: &PupilEntry) -> PupilEntry {
        let mut entry = entry.clone();
        let Statement::Enrolled(enrolments) = &mut entry.statement else { return entry };
        entry.findings.retain(|finding| finding.rule != QualityRule::UnknownForm);
        for enrolment in enrolments.iter_mut().filter(|enrolment| !enrolment.form.is_empty()) {
            match self.form(&enrolment.form, enrolment.from) {
                Some(form) => form.clone_into(&mut enrolment.form),
                None if SCHOOL_TYPES.contains(&enrolment.form.as_str()) => {}
                None => entry.findings.push(Finding { rule: QualityRule::UnknownForm, unit: enrolment.unit.clone() }),
            }
        }
        enrolments.sort_unstable();
        enrolments.dedup();
        entry.findings.sort_unstable();
        entry.findings.dedup();
        entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_means_what_it_meant_on_the_day() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let meaning = |from: Option<&str>, form: &str| Meaning { from: from.map(day), form: form.to_owned() };
        let codes = SourceCodes::of(BTreeMap::from([
            ("G".to_owned(), vec![meaning(Some("2026-07-01"), "GY"), meaning(Some("2024-07-01"), "GR")]),
            ("F".to_owned(), vec![meaning(Some("2026-07-01"), "FS"), meaning(None, "FTH")]),
        ]));
        let check = |code: &str, on: &str, expect: Option<&str>| assert_eq!(codes.form(code, day(on)), expect, "{code} on {on}");
        check("G", "2024-06-30", None);
        check("G", "2024-07-01", Some("GR"));
        check("G", "2026-06-30", Some("GR"));
        check("G", "2026-07-01", Some("GY"));
        check("F", "1999-01-01", Some("FTH"));
        check("F", "2026-07-01", Some("FS"));
        check("GR", "2026-07-01", None);
    }
}
