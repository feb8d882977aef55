//! Notices of brakes and freeze windows.

use super::json::Object;
use crate::domain::directory::{BrakeScope, Freeze};
use crate::domain::gates::brake::{BrakeCause, BrakeOrder, Trip};
use crate::domain::names::{FreezeId, ServiceId};
use crate::domain::notice::Braked;

pub(super) fn switched<'o, 'b>(object: &'o mut Object<'b>, of: &Braked, order: &BrakeOrder) -> &'o mut Object<'b> {
    match of {
        Braked::Customer { service, waiting } => {
            object.text("scope", "customer").optional("service", service.as_ref()).number("waiting", *waiting)
        }
        Braked::Everywhere { scope, partition } => {
            object.text("scope", scope.as_str());
            match scope {
                BrakeScope::All => {}
                BrakeScope::Service(service) => {
                    object.text("service", service);
                }
                BrakeScope::Source(source) => {
                    object.text("source", source);
                }
            }
            object.number("partition", u64::from(*partition))
        }
    };
    object.text("said_at", order.at).text("actor", &order.actor).optional("approver", order.approver.as_ref()).text("reason", &order.reason)
}

pub(super) fn tripped<'o, 'b>(object: &'o mut Object<'b>, service: Option<&ServiceId>, trip: &Trip) -> &'o mut Object<'b> {
    object.text("scope", "customer").optional("service", service).text("cause", trip.cause.as_str()).text("why", trip.cause.why());
    match &trip.cause {
        BrakeCause::Usage(trip) => object
            .text("day", trip.day)
            .text("quantity", trip.quantity)
            .text("limit", trip.limit)
            .optional("largest", trip.largest)
            .number("history_days", u64::from(trip.history)),
        BrakeCause::Culls(trip) => object
            .text("from", trip.from)
            .text("to", trip.to)
            .text("culled", trip.culled)
            .text("stored", trip.stored)
            .text("share", trip.rule.share)
            .text("at_least", trip.rule.at_least),
        BrakeCause::Roster { load, .. } => object.text("load", load),
    };
    object.text("cure", if matches!(trip.cause, BrakeCause::Roster { .. }) { CURE_OF_LOAD } else { CURE })
}

const CURE_OF_LOAD: &str = "look at the load with `tally roster`; then two people release or discard it with `tally.load_decision.v1`";
const CURE: &str = "look at what waits with `tally brake status`; then two people release it with `tally brake off`, or write it off";

pub(super) fn freeze<'o, 'b>(object: &'o mut Object<'b>, id: &FreezeId, freeze: &Freeze, partition: u32) -> &'o mut Object<'b> {
    let Freeze { order, from, to, .. } = freeze;
    object.text("freeze", id).text("from", from).text("to", to).text("actor", &order.actor).text("reason", &order.reason);
    object.number("partition", u64::from(partition))
}
