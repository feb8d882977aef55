//! Changes as people read them, and as programs do.

use serde_json::{Value, json};

use super::changes::Change;
use super::facts::Kind;
use super::rules::RHYTHM;
use crate::cli::faults::counted;
use crate::domain::catalog::Catalog;

/// A line a change; last, what to do about those that reach back.
#[must_use]
pub fn text(old: &Catalog, new: &Catalog, changes: &[Change]) -> String {
    let mut lines = vec![match changes.len() {
        0 => format!("Catalog {} changes nothing against {}.", new.version, old.version),
        some => format!("Catalog {} makes {} against {}.", new.version, counted(some, "change"), old.version),
    }];
    lines.extend(changes.iter().map(line));
    let past = changes.iter().filter(|change| change.past).count();
    if changes.iter().any(|change| change.kind == Kind::Plan && change.item.as_deref().is_some_and(|item| RHYTHM.contains(&item))) {
        lines.push(
            "~: what is open was begun by the old rule. Give the new rule a plan of another name with the services, and keep the old plan with \
             `services = []` until its last period is closed."
                .to_owned(),
        );
    }
    if past > 0 {
        lines.push(format!(
            "! {}: use of days that have been would be charged otherwise. What is on a record does not change by itself and needs a \
             rerate; open periods are charged by the new list. If that is not meant, give the new prices a later `from`.",
            counted(past, "change of the past")
        ));
    }
    lines.join("\n") + "\n"
}

fn line(change: &Change) -> String {
    let rhythm = change.kind == Kind::Plan && change.item.as_deref().is_some_and(|item| RHYTHM.contains(&item));
    let mark = if change.past {
        "!"
    } else if rhythm {
        "~"
    } else {
        " "
    };
    let place = if change.name.is_empty() { change.kind.as_str().to_owned() } else { format!("{} {}", change.kind.as_str(), change.name) };
    let Some(item) = &change.item else {
        let what = if change.new.is_some() { "added" } else { "removed" };
        return format!("{mark} {place}: {what}");
    };
    let from = change.from.map_or_else(String::new, |from| format!(" from {from}"));
    let share = change.percent.map_or_else(String::new, |percent| format!(" ({} %)", signed(&percent.to_string())));
    let values = match (&change.old, &change.new) {
        (Some(old), Some(new)) => format!("{old} -> {new}{share}"),
        (None, Some(new)) => format!("{new} (new)"),
        (Some(old), None) => format!("gone (was {old})"),
        (None, None) => String::new(),
    };
    format!("{mark} {place}: {item}{from}: {values}")
}

fn signed(percent: &str) -> String {
    if percent.starts_with('-') { percent.to_owned() } else { format!("+{percent}") }
}

#[must_use]
pub fn document(old: &Catalog, new: &Catalog, changes: &[Change]) -> Value {
    let named = |catalog: &Catalog| json!({"version": catalog.version, "digest": format!("sha256:{}", hex::encode(catalog.digest))});
    let row = |change: &Change| {
        let what = match (&change.item, &change.new) {
            (None, Some(_)) => "added",
            (None, None) => "removed",
            (Some(_), _) => "changed",
        };
        let value = |value: &Option<String>| value.clone().filter(|_| change.item.is_some());
        json!({
            "kind": change.kind.as_str(), "name": change.name, "what": what, "item": change.item,
            "from": change.from.map(|from| from.to_string()), "old": value(&change.old), "new": value(&change.new),
            "percent": change.percent.map(|percent| percent.to_string()), "past": change.past,
        })
    };
    let needs_rerate = changes.iter().any(|change| change.past);
    json!({"old": named(old), "new": named(new), "needs_rerate": needs_rerate, "changes": changes.iter().map(row).collect::<Vec<_>>()})
}
