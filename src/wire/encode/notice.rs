//! Notices (CONTRACT 8).

use super::json::{self, Object};
use super::suspense::origin;
use super::{JSON, Message, header};
use crate::domain::names::CustomerId;
use crate::domain::notice::{Notice, NoticeKind};

const SCHEMA: &str = "tally/notice/1";

#[must_use]
pub fn notice(notice: &Notice) -> Message {
    let key = notice.customer.as_ref().map_or("", CustomerId::as_str).as_bytes().to_vec();
    Message { key, headers: vec![header("content-type", JSON)], value: json::object(|object| members(object, notice)) }
}

fn members(object: &mut Object<'_>, notice: &Notice) {
    object.text("schema", SCHEMA).text("kind", notice.kind.as_str()).optional("customer", notice.customer.as_ref()).text("at", notice.at);
    match &notice.kind {
        NoticeKind::LowBalance { plan, ordinal, left, threshold } => {
            object.text("plan", plan).number("ordinal", *ordinal).text("left", left).text("threshold", threshold)
        }
        NoticeKind::PackageSizeChanged { plan, from, to, ordinal, choice } => object
            .text("plan", plan)
            .text("from", from)
            .text("to", to)
            .number("ordinal", *ordinal)
            .optional("yearly_use", choice.yearly)
            .text("target", choice.target)
            .text("reason", choice.reason.as_str())
            .text("why", choice.why(*from, *to)),
        NoticeKind::RecordHeld { plan, period_from, why } => object.text("plan", plan).text("period_from", period_from).text("why", why),
        NoticeKind::CustomerIncomplete { from, missing } => object.text("from", from).list("missing", missing, |object, one| {
            object.text("seller", &one.seller).text("term", one.term).text("member", one.member).text("send", &one.send);
        }),
        NoticeKind::RecordWaived { plan, period_from, actor, reason } => {
            object.text("plan", plan).text("period_from", period_from).text("actor", actor).text("reason", reason)
        }
        NoticeKind::ControlRefused { reason, detail, origin: stands } => {
            object.text("reason", reason).text("detail", detail).object("origin", |object| origin(object, stands))
        }
    };
}
