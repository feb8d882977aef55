//! Notices of loads of rosters.

use super::json::Object;
use crate::domain::roster::{LoadDecision, LoadFigures, LoadMode};

pub(super) fn stopped<'o, 'b>(
    object: &'o mut Object<'b>,
    load: &str,
    source: &str,
    mode: LoadMode,
    figures: &LoadFigures,
) -> &'o mut Object<'b> {
    object
        .text("load", load)
        .text("source", source)
        .text("mode", mode.as_str())
        .number("pupils_before", figures.before)
        .number("added", figures.added)
        .number("removed", figures.removed)
}

pub(super) fn decided<'o, 'b>(object: &'o mut Object<'b>, decision: &LoadDecision) -> &'o mut Object<'b> {
    object
        .text("load", &decision.load)
        .text("decision", decision.as_str())
        .text("actor", &decision.actor)
        .text("approver", &decision.approver)
        .text("reason", &decision.reason)
}
