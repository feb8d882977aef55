//! Events that were suspended for their own fault, out of what was published of them, as copies that say where they come from.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use miette::{IntoDiagnostic, Result, WrapErr as _};
use serde::Deserialize;
use serde_json::{Value, json};

use super::decide::Telling;
use super::place::{Medium, Place};
use super::select::SelectArgs;
use crate::app;
use crate::cli::clock;
use crate::cli::table::{Align, Table, grouped};
use crate::domain::instant::Instant;
use crate::domain::names::CustomerId;
use crate::domain::verdict::Reason;
use crate::kafka::topic;
use crate::wire::decode;

/// The lane of a journal that usage comes in.
const USAGE: &str = "usage-events";

/// An event that can be sent once more.
#[derive(Debug)]
pub struct Copy {
    pub customer: CustomerId,
    reason: String,
    /// None: it cannot be sent, because its bytes are redacted or sealed, or its attributes were in headers.
    pub event: Option<String>,
}

impl Copy {
    pub fn telling(&self) -> Option<Telling> {
        Some(Telling { customer: self.customer.clone(), event: self.event.clone()?, at: clock::now() })
    }
}

#[derive(Deserialize)]
struct Suspended {
    state: String,
    reason: String,
    customer: Option<String>,
    event_id: Option<EventId>,
    origin: Origin,
    original: Option<String>,
}

#[derive(Deserialize)]
struct EventId {
    source: String,
    id: String,
}

#[derive(Deserialize)]
struct Origin {
    topic: String,
    partition: u32,
    offset: u64,
}

/// Those that are selected, each once: of copies of one event the last.
///
/// # Errors
/// What was published cannot be read.
pub fn refused(place: &Place, select: &SelectArgs, actor: &str, recorded: Instant) -> Result<Vec<Copy>> {
    let mut found: BTreeMap<(String, String), Copy> = BTreeMap::new();
    let mut fault = None;
    let usage = match &place.medium {
        Medium::Journal(_) => USAGE,
        Medium::Kafka(config, _) => &config.topics.usage_events,
    };
    let mut take = |bytes: &[u8]| match serde_json::from_slice::<Suspended>(bytes) {
        Ok(one) if is_meant(&one, usage, select) => {
            let name = match &one.event_id {
                Some(EventId { source, id }) => (source.clone(), id.clone()),
                None => (String::new(), format!("{}/{}", one.origin.partition, one.origin.offset)),
            };
            found.insert(name, copy(one, actor, recorded));
        }
        Ok(_) => {}
        Err(error) => fault = Some(error),
    };
    match &place.medium {
        Medium::Journal(journal) => {
            let path = journal.join("out/usage-suspense.ndjson");
            let bytes = fs::read(&path).into_diagnostic().wrap_err_with(|| format!("cannot read {}", path.display()))?;
            bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).for_each(take);
        }
        Medium::Kafka(config, kafka) => {
            let settings = app::settings(config, kafka);
            topic::read_topic(&settings, &settings.topics.suspense, &mut |read| take(read.value)).into_diagnostic()?;
        }
    }
    match fault {
        Some(error) => Err(error).into_diagnostic().wrap_err("a suspense record is none; was it written by a newer tally?"),
        None => Ok(found.into_values().collect()),
    }
}

fn is_meant(one: &Suspended, usage: &str, select: &SelectArgs) -> bool {
    let own_fault = Reason::ALL.into_iter().any(|reason| !reason.waits() && reason.as_str() == one.reason);
    let holds = |asked: Option<&str>, is: Option<&str>| asked.is_none_or(|asked| Some(asked) == is);
    let id = one.event_id.as_ref();
    one.state == "suspended"
        && own_fault
        && one.origin.topic == usage
        && select.suspended_for.is_none_or(|reason| reason.as_str() == one.reason)
        && holds(select.customer.as_deref(), one.customer.as_deref())
        && holds(select.source.as_deref(), id.map(|id| id.source.as_str()))
        && (select.event.is_empty() || id.is_some_and(|id| select.event.contains(&id.id)))
}

fn copy(one: Suspended, actor: &str, recorded: Instant) -> Copy {
    let bytes = one.original.as_deref().and_then(|text| STANDARD.decode(text).ok());
    let event = bytes.and_then(|bytes| {
        let text = String::from_utf8(bytes).ok()?;
        with_provenance(&text, &format!("{}/{}/{}", one.origin.topic, one.origin.partition, one.origin.offset), actor, recorded)
    });
    Copy { customer: CustomerId::new(&one.customer.unwrap_or_default()), reason: one.reason, event }
}

/// The event as it was, with members in front that say where it comes from and who sent it again. Not a byte of
/// the rest is changed: a number that is read and written again may be another one. None: it is no event by itself.
fn with_provenance(text: &str, origin: &str, actor: &str, recorded: Instant) -> Option<String> {
    let event: Value = serde_json::from_str(text).ok()?;
    let members = event.as_object().filter(|members| members.contains_key("specversion"))?;
    let rest = text.trim().strip_prefix('{')?;
    let said = [("recycledfrom", origin.to_owned()), ("recycledby", actor.to_owned()), ("recordedtime", recorded.to_string())];
    let added = said.into_iter().filter(|(name, _)| !members.contains_key(*name));
    let front: String = added.map(|(name, value)| format!("{}:{},", json!(name), json!(value))).collect();
    Some(format!("{{{front}{}", rest.replace(['\n', '\r'], " ")))
}

/// Mended events: each line must be one.
///
/// # Errors
/// The file cannot be read, or a line is no event.
pub fn of_file(path: &Path) -> Result<Vec<Copy>> {
    let text = fs::read_to_string(path).into_diagnostic().wrap_err_with(|| format!("cannot read {}", path.display()))?;
    let mut copies = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let place = || format!("line {number} of {}", path.display());
        let event = decode::usage(line.as_bytes(), &[], true).into_diagnostic().wrap_err_with(place)?;
        copies.push(Copy { customer: CustomerId::new(&event.subject), reason: "mended".to_owned(), event: Some(line.to_owned()) });
    }
    Ok(copies)
}

pub fn table(copies: &[Copy]) -> String {
    let mut table = Table::new(&[("reason", Align::Left), ("events", Align::Right), ("can be sent", Align::Right)]);
    let reasons: BTreeSet<&str> = copies.iter().map(|copy| copy.reason.as_str()).collect();
    for reason in reasons {
        let of_reason = || copies.iter().filter(|copy| copy.reason == reason);
        let sendable = of_reason().filter(|copy| copy.event.is_some()).count();
        table.row(vec![reason.to_owned(), grouped(&of_reason().count().to_string()), grouped(&sendable.to_string())]);
    }
    table.render()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_says_where_it_comes_from_and_changes_no_number() {
        let at = decode::instant("2026-02-01T00:00:00Z").expect("an instant");
        let check =
            |given: &str, expect: Option<&str>| assert_eq!(with_provenance(given, "t/0/7", "anna", at).as_deref(), expect, "{given}");
        check(
            r#"{"specversion":"1.0","data":{"quantity":0.123456789012345678901}}"#,
            Some(
                r#"{"recycledfrom":"t/0/7","recycledby":"anna","recordedtime":"2026-02-01T00:00:00.000Z","specversion":"1.0","data":{"quantity":0.123456789012345678901}}"#,
            ),
        );
        let again = r#"{"recycledfrom":"t/0/3","recycledby":"bo","specversion":"1.0","recordedtime":"2026-01-01T00:00:00Z"}"#;
        check(again, Some(again));
        check(r#"{"quantity":1}"#, None);
        check("{", None);
    }
}
