//! How good the data of a source is (REQUIREMENTS E4, E16).

use chrono::NaiveDate;

use crate::domain::instant::Instant;
use crate::domain::notice::NoticeKind;
use crate::domain::roster::{Finding, Load, PupilEntry, QualityRule};
use crate::engine::customer::Customer;
use crate::engine::issue::Outbox;

use super::change;

/// Classes of one load that are compared; more would be no classes.
const MOST_CLASSES: usize = 4096;

/// Counts what is wrong with the entries of a chunk.
pub fn check(customer: &mut Customer, entries: &[PupilEntry], load: &mut Load, today: NaiveDate) {
    let name = load.source.clone();
    for entry in entries {
        let mut findings = entry.findings.clone();
        findings.extend(entry.classes.iter().filter_map(|(unit, class)| same_class(load, unit, class)));
        findings.sort_unstable();
        findings.dedup();
        change(customer).quality.source_mut(&name).check(today, &findings);
    }
}

/// The second unit with a class code is found, once.
fn same_class(load: &mut Load, unit: &str, class: &str) -> Option<Finding> {
    match load.classes.binary_search_by(|known| known.0.as_str().cmp(class)) {
        Ok(place) => {
            let known = load.classes.get_mut(place).filter(|known| !known.1.is_empty() && known.1 != unit)?;
            known.1.clear();
            Some(Finding { rule: QualityRule::SameClass, unit: unit.to_owned() })
        }
        Err(place) if load.classes.len() < MOST_CLASSES => {
            load.classes.insert(place, (class.to_owned(), unit.to_owned()));
            None
        }
        Err(_) => None,
    }
}

/// Tells of sources whose score of this week has fallen below the catalog's floor, once until it is good again.
pub fn tell(customer: &mut Customer, today: NaiveDate, watermark: Instant, outbox: &mut Outbox<'_>) {
    let Some(floor) = outbox.catalog.roster.quality_floor else { return };
    let Some(roster) = customer.account.gates.roster.as_mut() else { return };
    let mut low = Vec::new();
    for source in &mut roster.quality.sources {
        let score = source.this_week(today);
        let is_low = score.is_below(floor);
        if is_low && !source.is_low {
            low.push(NoticeKind::QualityLow { source: source.source.clone(), score, floor });
        }
        customer.account_dirty |= is_low != source.is_low;
        source.is_low = is_low;
    }
    low.into_iter().for_each(|kind| outbox.notice(customer, watermark, kind));
}
