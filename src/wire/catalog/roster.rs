//! `[roster]`: which loads wait for people, and how good data must be; and how plans count pupils.

use rust_decimal::Decimal;

use super::codes;
use super::decimal::not_negative;
use super::files::Sections;
use crate::domain::roster::{Counted, RosterRules};
use crate::wire::document::{Table, Value};

const KEYS: &[&str] = &["most_removed_share", "most_removed", "most_added_share", "most_added", "quality_floor", "school_types"];
const COUNTED: &[(&str, Counted)] = &[("once", Counted::Once), ("per_form", Counted::PerForm)];
/// Pupils of a customer that a bound can name.
const MOST_PUPILS: u64 = 10_000_000;

pub fn read(sections: &Sections<'_>) -> RosterRules {
    let Some(table) = sections.single("roster").and_then(|value| value.table()) else { return RosterRules::default() };
    table.only(KEYS);
    let share = |key: &str| table.find(key).and_then(|value| share(&value));
    let number = |key: &str| table.find(key).and_then(|value| value.number(0..=MOST_PUPILS));
    RosterRules {
        most_removed_share: share("most_removed_share"),
        most_removed: number("most_removed"),
        most_added_share: share("most_added_share"),
        most_added: number("most_added"),
        quality_floor: table.find("quality_floor").and_then(|value| value.number(0..=1000)),
        codes: table.find("school_types").and_then(|value| codes::read(&value, sections)).unwrap_or_default(),
    }
}

fn share(value: &Value<'_>) -> Option<Decimal> {
    let share = not_negative(value, "0.1")?;
    if share > Decimal::ONE {
        value.fault("is more than all pupils", format!("a share from 0 to 1, e.g. {}", value.assign("0.1")));
        return None;
    }
    Some(share)
}

/// `pupils = { counted = "once" }` of a plan.
pub fn counted(table: &Table<'_>) -> Counted {
    let read = |value: Value<'_>| {
        let pupils = value.table()?;
        pupils.only(&["counted"]);
        pupils.need("counted", "counted = \"once\" (or \"per_form\")")?.choice(COUNTED)
    };
    table.find("pupils").and_then(read).unwrap_or_default()
}
