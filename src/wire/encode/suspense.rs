//! Suspense records (CONTRACT 8).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::json::{self, Object};
use super::{JSON, Message, header};
use crate::domain::parked::Origin;
use crate::domain::suspense::{Original, Sealed, SuspenseRecord};
use crate::domain::write_off::Approval;

const SCHEMA: &str = "tally/suspense/1";

/// A suspense record. Members of which nothing is known are absent.
#[must_use]
pub fn suspense(record: &SuspenseRecord) -> Message {
    let key = record.customer.as_deref().unwrap_or_default().as_bytes().to_vec();
    Message { key, headers: vec![header("content-type", JSON)], value: json::object(|object| members(object, record)) }
}

fn members(object: &mut Object<'_>, record: &SuspenseRecord) {
    object
        .text("schema", SCHEMA)
        .text("state", record.state.as_str())
        .text("reason", record.reason)
        .text("detail", &record.detail)
        .optional("customer", record.customer.as_ref());
    if let Some((source, id)) = &record.event_id {
        object.object("event_id", |object| {
            object.text("source", source).text("id", id);
        });
    }
    object.optional("log_time", record.log_time).object("origin", |object| origin(object, &record.origin));
    match &record.original {
        Original::Clear(bytes) => object.text("original", STANDARD.encode(bytes)),
        Original::Redacted => object.literal("original", "null").literal("redacted", "true"),
        Original::Sealed(sealed) => object.object("original_sealed", |object| keys_and_value(object, sealed)),
    };
    if let Some(Approval { actor, approver, reason }) = &record.written_off {
        object.object("written_off", |object| {
            object.text("actor", actor).text("approver", approver).text("reason", reason);
        });
    }
}

/// Without a value, if the keys had been shredded before.
fn keys_and_value(object: &mut Object<'_>, sealed: &Sealed) {
    object.text("key", sealed.version).optional("person", sealed.person.map(hex::encode));
    match &sealed.value {
        Some(value) => object.text("value", STANDARD.encode(value)),
        None => object.literal("value", "null"),
    };
}

pub(super) fn origin(object: &mut Object<'_>, origin: &Origin) {
    object.text("topic", &origin.topic).number("partition", u64::from(origin.partition)).number("offset", origin.offset);
}
