//! How many pupils there are on any day, without asking each of them: only changes are kept, by day.

use chrono::NaiveDate;

use super::enrolment::Span;
use super::rules::Counted;

/// Numbers of pupils by the set of school forms that they are in. Exact for any day, any forms, and whether a pupil
/// in two of them counts once or twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PupilCounts {
    /// By forms, ascending, none twice, none without changes.
    rows: Vec<CountRow>,
}

/// The pupils that are in exactly these forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountRow {
    /// Ascending.
    pub forms: Vec<String>,
    /// By how many there are more than the day before. By day, ascending, none of zero.
    pub changes: Vec<(NaiveDate, i64)>,
}

impl PupilCounts {
    #[must_use]
    pub fn of_rows(mut rows: Vec<CountRow>) -> Self {
        rows.sort_by(|a, b| a.forms.cmp(&b.forms));
        Self { rows }
    }

    #[must_use]
    pub fn rows(&self) -> &[CountRow] {
        &self.rows
    }

    /// Adds a pupil for the days of a span (`pupils` 1), or takes it away (-1).
    pub fn add(&mut self, span: &Span, pupils: i64) {
        self.change(&span.forms, span.from, pupils);
        if let Some(to) = span.to {
            self.change(&span.forms, to, -pupils);
        }
    }

    fn change(&mut self, forms: &[String], day: NaiveDate, by: i64) {
        let place = match self.rows.binary_search_by(|row| row.forms.as_slice().cmp(forms)) {
            Ok(place) => place,
            Err(place) => {
                self.rows.insert(place, CountRow { forms: forms.to_vec(), changes: Vec::new() });
                place
            }
        };
        let Some(row) = self.rows.get_mut(place) else { return };
        match row.changes.binary_search_by_key(&day, |change| change.0) {
            Ok(known) => {
                if let Some(change) = row.changes.get_mut(known) {
                    change.1 += by;
                }
                row.changes.retain(|change| change.1 != 0);
            }
            Err(new) => row.changes.insert(new, (day, by)),
        }
        if row.changes.is_empty() {
            self.rows.remove(place);
        }
    }

    /// The pupils on a day in the forms that are asked for (none: in any).
    #[must_use]
    pub fn on(&self, day: NaiveDate, asked: Option<&[String]>, counted: Counted) -> u64 {
        let is_asked = |form: &&String| asked.is_none_or(|asked| asked.contains(form));
        let mut sum = 0_i64;
        for row in &self.rows {
            let forms = i64::try_from(row.forms.iter().filter(is_asked).count()).unwrap_or(i64::MAX);
            let times = match counted {
                Counted::Once => forms.min(1),
                Counted::PerForm => forms,
            };
            if times > 0 {
                let pupils: i64 = row.changes.iter().take_while(|change| change.0 <= day).map(|change| change.1).sum();
                sum = sum.saturating_add(pupils.saturating_mul(times));
            }
        }
        u64::try_from(sum).unwrap_or(0)
    }

    /// The first day with another number than the day before.
    #[must_use]
    pub fn first_change(&self) -> Option<NaiveDate> {
        self.rows.iter().filter_map(|row| row.changes.first()).map(|change| change.0).min()
    }

    /// Adds all changes of another one.
    pub fn take(&mut self, other: &Self) {
        for row in &other.rows {
            row.changes.iter().for_each(|(day, by)| self.change(&row.forms, *day, *by));
        }
    }

    /// All forms that any pupil was ever in.
    #[must_use]
    pub fn forms(&self) -> Vec<String> {
        let mut forms: Vec<String> = self.rows.iter().flat_map(|row| row.forms.iter().cloned()).collect();
        forms.sort_unstable();
        forms.dedup();
        forms
    }
}
