//! What is told of waiting events, `[suspense]`, and of missing ones, `[sequence]`.

use super::files::Sections;
use super::head::fixed;
use crate::domain::instant::NANOS_PER_SECOND;
use crate::domain::watch::Watch;
use crate::wire::document::every;

const DEFAULT_PATIENCE: i64 = 3600 * NANOS_PER_SECOND;

pub fn read(sections: &Sections<'_>) -> Watch {
    Watch { ages: ages(sections).unwrap_or_default(), patience: patience(sections) }
}

fn ages(sections: &Sections<'_>) -> Option<Vec<i64>> {
    let table = sections.single("suspense")?.table()?;
    table.only(&["notify_after"]);
    let mut ages = every(table.find("notify_after")?.items()?, |item| {
        let age = fixed(&item, "P7D")?;
        if age <= 0 {
            item.fault("is no time at all", "a longer one, e.g. \"P7D\"");
        }
        Some(age).filter(|age| *age > 0)
    })?;
    ages.sort_unstable();
    ages.dedup();
    Some(ages)
}

/// The table alone turns it on.
fn patience(sections: &Sections<'_>) -> Option<i64> {
    let table = sections.single("sequence")?.table()?;
    table.only(&["patience"]);
    Some(table.find("patience").and_then(|value| fixed(&value, "PT1H")).unwrap_or(DEFAULT_PATIENCE))
}
