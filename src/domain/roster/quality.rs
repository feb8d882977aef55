//! Data quality: a catalogue of rules, and how often each was broken, by source and day (REQUIREMENTS E4, E16).

use chrono::{Days, NaiveDate};

use super::fact::Finding;

/// Days that are kept: this week and the four before it.
const KEPT_DAYS: u64 = 35;
const WEEK: u64 = 7;
/// A score of fewer entries says little.
const LEAST_CHECKED: u64 = 20;

/// What may be wrong with an entry. The order is that of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum QualityRule {
    /// An enrolment does not say its school form.
    MissingForm,
    /// The code is none of SS12000.
    UnknownForm,
    /// It ends before it begins: it is not counted.
    DatesBackwards,
    /// Two enrolments of a form at a unit overlap.
    Overlap,
    /// A pupil that is created or changed is at no school.
    NoEnrolment,
    /// The pupil is deleted, and an enrolment of it has no end.
    OpenAfterDelete,
    /// Twice in one load.
    DuplicatePupil,
    /// The pseudonym has not the form of one.
    BadPseudonym,
    /// Two school units of a load have a class of the same code.
    SameClass,
    /// Days of the past that the pupil was told to be there are not named any more.
    HistoryLost,
}

impl QualityRule {
    pub const ALL: [Self; 10] = [
        Self::MissingForm,
        Self::UnknownForm,
        Self::DatesBackwards,
        Self::Overlap,
        Self::NoEnrolment,
        Self::OpenAfterDelete,
        Self::DuplicatePupil,
        Self::BadPseudonym,
        Self::SameClass,
        Self::HistoryLost,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissingForm => "missing_form",
            Self::UnknownForm => "unknown_form",
            Self::DatesBackwards => "dates_backwards",
            Self::Overlap => "overlap",
            Self::NoEnrolment => "no_enrolment",
            Self::OpenAfterDelete => "open_after_delete",
            Self::DuplicatePupil => "duplicate_pupil",
            Self::BadPseudonym => "bad_pseudonym",
            Self::SameClass => "same_class",
            Self::HistoryLost => "history_lost",
        }
    }
}

/// By source, ascending, none twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quality {
    pub sources: Vec<SourceQuality>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceQuality {
    pub source: String,
    /// Ascending, none twice.
    pub days: Vec<QualityDay>,
    /// Its score is below the floor, and that was told.
    pub is_low: bool,
}

/// What was found on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualityDay {
    pub day: NaiveDate,
    /// Entries that were looked at.
    pub checked: u64,
    /// Of those, with something wrong.
    pub flawed: u64,
    /// By rule and school unit, ascending, none twice.
    pub findings: Vec<(Finding, u64)>,
}

/// Sums over some days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    pub checked: u64,
    pub flawed: u64,
}

impl Score {
    /// Entries with nothing wrong, in thousandths, rounded down. None: there were no entries.
    #[must_use]
    pub fn permille(self) -> Option<u64> {
        let good = u128::from(self.checked.saturating_sub(self.flawed)) * 1000;
        good.checked_div(u128::from(self.checked)).and_then(|score| u64::try_from(score).ok())
    }

    /// Is it below a floor, in thousandths? Exact.
    #[must_use]
    pub fn is_below(self, floor: u64) -> bool {
        let good = u128::from(self.checked.saturating_sub(self.flawed)) * 1000;
        self.checked >= LEAST_CHECKED && good < u128::from(floor) * u128::from(self.checked)
    }
}

impl Quality {
    /// The source, for a change.
    pub fn source_mut(&mut self, source: &str) -> &mut SourceQuality {
        let place = self.sources.binary_search_by(|known| known.source.as_str().cmp(source)).unwrap_or_else(|place| {
            self.sources.insert(place, SourceQuality { source: source.to_owned(), ..SourceQuality::default() });
            place
        });
        &mut self.sources[place]
    }
}

impl SourceQuality {
    /// Counts one entry, looked at on a day.
    pub fn check(&mut self, day: NaiveDate, findings: &[Finding]) {
        let today = self.day_mut(day);
        today.checked += 1;
        today.flawed += u64::from(!findings.is_empty());
        findings.iter().for_each(|finding| today.count(finding));
    }

    /// A finding about an entry that was looked at before, and was good then or not.
    pub fn find(&mut self, day: NaiveDate, finding: &Finding, was_good: bool) {
        let today = self.day_mut(day);
        today.flawed = today.checked.min(today.flawed + u64::from(was_good));
        today.count(finding);
    }

    fn day_mut(&mut self, day: NaiveDate) -> &mut QualityDay {
        let oldest = day.checked_sub_days(Days::new(KEPT_DAYS)).unwrap_or(NaiveDate::MIN);
        self.days.retain(|known| known.day > oldest);
        let place = self.days.binary_search_by_key(&day, |known| known.day).unwrap_or_else(|place| {
            self.days.insert(place, QualityDay { day, checked: 0, flawed: 0, findings: Vec::new() });
            place
        });
        &mut self.days[place]
    }

    /// The days of a week, and of the four before it, that end with a day.
    #[must_use]
    pub fn weeks(&self, last: NaiveDate) -> (Vec<&QualityDay>, Vec<&QualityDay>) {
        let before = |days: u64| last.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN);
        let known = self.days.iter().filter(|day| day.day <= last && day.day > before(KEPT_DAYS));
        known.partition(|day| day.day > before(WEEK))
    }

    /// The score of the week that ends with a day.
    #[must_use]
    pub fn this_week(&self, last: NaiveDate) -> Score {
        score(&self.weeks(last).0)
    }
}

/// What days make together.
#[must_use]
pub fn score(days: &[&QualityDay]) -> Score {
    days.iter().fold(Score::default(), |sum, day| Score { checked: sum.checked + day.checked, flawed: sum.flawed + day.flawed })
}

impl QualityDay {
    fn count(&mut self, finding: &Finding) {
        match self.findings.binary_search_by(|known| known.0.cmp(finding)) {
            Ok(place) => self.findings[place].1 += 1,
            Err(place) => self.findings.insert(place, (finding.clone(), 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_is_exact_and_of_this_week_alone() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let finding = Finding { rule: QualityRule::MissingForm, unit: "a".to_owned() };
        let mut source = SourceQuality::default();
        for (on, good, bad) in [("2026-03-01", 50, 50), ("2026-04-01", 90, 10), ("2026-04-07", 999, 2)] {
            (0..good).for_each(|_| source.check(day(on), &[]));
            (0..bad).for_each(|_| source.check(day(on), std::slice::from_ref(&finding)));
        }
        let check = |on: &str, expect: (u64, u64), permille: Option<u64>| {
            let score = source.this_week(day(on));
            assert_eq!((score.checked, score.flawed, score.permille()), (expect.0, expect.1, permille), "{on}");
        };
        check("2026-04-07", (1101, 12), Some(989));
        check("2026-04-08", (1001, 2), Some(998));
        check("2026-05-08", (0, 0), None);
        let (_, before) = source.weeks(day("2026-04-08"));
        assert_eq!(score(&before), Score { checked: 100, flawed: 10 });
        assert!(source.this_week(day("2026-04-07")).is_below(990) && !source.this_week(day("2026-04-07")).is_below(989));
    }
}
