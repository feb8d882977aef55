//! All that is published obeys `docs/schema`; so do the events of CONTRACT 4 and 5.

use serde_json::{Value, json};
use tally::domain::verdict::Reason;

use super::samples;
use crate::schema;

#[test]
fn everything_published_obeys_its_schema() {
    for (name, message) in samples::published() {
        let value: Value = serde_json::from_slice(&message.value).expect("JSON");
        let schema = match name.split_once(':') {
            Some(("record", _)) => "billing-record",
            Some(("suspense", _)) => "suspense",
            _ => "notice",
        };
        assert_eq!(schema::faults(schema, &value), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn a_control_event_is_refused_for_each_of_its_reasons() {
    let samples = samples::published();
    let (_, message) = samples.iter().find(|(name, _)| *name == "notice: control refused").expect("a sample");
    for reason in [Reason::Undecodable, Reason::BadData, Reason::InFuture, Reason::PersonalData] {
        let mut notice: Value = serde_json::from_slice(&message.value).expect("JSON");
        notice["reason"] = json!(reason.as_str());
        assert_eq!(schema::faults("notice", &notice), Vec::<String>::new(), "{reason}");
    }
}

#[test]
fn a_schema_refuses_what_breaks_it() {
    let samples = samples::published();
    let record: Value = serde_json::from_slice(&samples[0].1.value).expect("JSON");
    let check = |pointer: &str, put: Value| {
        let mut broken = record.clone();
        *broken.pointer_mut(pointer).expect("a member") = put;
        assert_eq!(schema::faults("billing-record", &broken).len(), 1, "{pointer}");
    };
    check("/schema", json!("tally/billing-record/2"));
    check("/lines/0/quantity", json!(1000));
    check("/lines/0/lineage/digest", json!("sha256:12"));
    check("/totals/net", json!("NaN"));
    check("/period", json!({"from": "2026-01-01", "to": "2026-03-31"}));
}

#[test]
fn usage_events_obey_their_schema() {
    let event = |data: Value| json!({"specversion": "1.0", "id": "a", "source": "it-7", "type": "se.unikum.sms.sent", "subject": "SE-0180", "time": "2026-02-14T09:15:30+01:00", "data": data});
    let check = |given: Value, good: bool| {
        let faults = schema::faults("usage-event", &given);
        assert_eq!(faults.is_empty(), good, "{given}: {faults:?}");
    };
    check(event(json!({})), true);
    check(event(json!({"quantity": "2.5", "outcome": "delivered", "environment": "test", "other": 1})), true);
    check(event(json!({"quantity": 2})), true);
    check(event(json!({"quantity": 2.5})), true);
    check(event(json!({"quantity": -1})), true);
    check(event(json!({"quantity": "-2.5"})), true);
    check(event(json!({"quantity": "-"})), false);
    check(event(json!({"quantity": "007"})), false);
    check(event(json!({"quantity": true})), false);
    check(event(json!({"created": "2024-01-31", "action": "culled"})), true);
    check(event(json!({"action": "burnt"})), false);
    check(event(json!({"characters": 161, "encoding": "gsm7"})), true);
    check(event(json!({"characters": "161", "encoding": "ucs2"})), true);
    check(event(json!({"characters": -1})), false);
    check(event(json!({"characters": "1.5"})), false);
    check(event(json!({"encoding": "utf8"})), false);
    check(event(json!({"person": "0123456789abcdef", "part": "familj", "retracts": "a"})), true);
    check(event(json!({"person": "short"})), false);
    check(event(json!({"retracts": ""})), false);
    check(event(json!({"quantity": 260_000_000_000_u64, "unit": "north", "lifecycle": "archived"})), true);
    check(event(json!({"lifecycle": "gone"})), false);
    check(json!({"specversion": "1.0", "id": "a"}), false);
}

#[test]
fn control_events_obey_their_schema() {
    let event = |kind: &str, data: Value| json!({"specversion": "1.0", "id": "a", "source": "admin", "type": kind, "subject": "SE-0180", "time": "2026-01-01T00:00:00Z", "data": data});
    let check = |given: Value, good: bool| {
        let faults = schema::faults("control-event", &given);
        assert_eq!(faults.is_empty(), good, "{given}: {faults:?}");
    };
    let customer = json!({"name": "Stockholm", "country": "SE", "timezone": "Europe/Stockholm", "currency": "SEK", "from": "2026-01-01", "zero": true});
    check(event("tally.customer.v1", customer), true);
    check(event("tally.customer.v1", json!({"name": "Stockholm"})), false);
    check(event("tally.activation.v1", json!({"service": "sms", "from": "2026-01-01T00:00:00Z"})), true);
    check(event("tally.activation.v1", json!({"service": "sms"})), false);
    check(event("tally.head_count.v1", json!({"kind": "active_pupils", "count": 7, "on": "2025-10-15"})), true);
    check(event("tally.head_count.v1", json!({"kind": "active_pupils", "count": 7, "on": "2025-10-15", "school_form": "grskola"})), true);
    let decision = json!({"plan": "storage", "period_from": "2026-01-01", "decision": "waive", "actor": "a-7", "reason": "closed"});
    check(event("tally.decision.v1", decision), true);
    check(event("tally.decision.v1", json!({"plan": "storage", "decision": "waive"})), false);
    check(event("tally.head_count.v1", json!({"kind": "cats", "count": 7, "on": "2025-10-15"})), false);
    let digest = format!("sha256:{}", "0a".repeat(32));
    check(event("tally.catalog.v1", json!({"digest": digest, "actor": "anna", "reason": "decision 12"})), true);
    check(event("tally.catalog.v1", json!({"digest": digest.to_uppercase(), "actor": "anna"})), false);
    check(event("tally.catalog.v1", json!({"digest": digest})), false);
    let brake = |state: &str, scope: &str| json!({"state": state, "scope": scope, "actor": "a", "reason": "r"});
    check(event("tally.brake.v1", brake("on", "customer")), true);
    check(event("tally.brake.v1", brake("on", "town")), false);
    check(event("tally.brake.v1", json!({"state": "on", "scope": "all"})), false);
    let freeze = |expected: &str| json!({"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z", "expected": expected, "actor": "a", "reason": "r"});
    check(event("tally.freeze.v1", freeze("10")), true);
    check(event("tally.freeze.v1", freeze("0.5")), false);
    let party = json!({"name": "Leverantör AB", "roles": ["supplier"], "emails": ["a@b.example"], "from": "2026-01-01T00:00:00Z"});
    check(event("tally.party.v1", party), true);
    check(event("tally.party.v1", json!({"name": "X", "roles": ["king"], "from": "2026-01-01T00:00:00Z"})), false);
    let system = json!({"name": "Journal", "supplier": "lev", "sources": ["//journal"], "from": "2026-01-01T00:00:00Z"});
    check(event("tally.it_system.v1", system), true);
    check(event("tally.it_system.v1", json!({"name": "Journal", "from": "2026-01-01T00:00:00Z"})), false);
    let enrolment = json!({"enroled_at": "unit-1", "school_type": "GR", "start_date": "2025-08-18", "end_date": "2026-06-12"});
    check(event("tally.pupil.v1", json!({"pupil": "0123456789abcdef", "action": "create", "enrolments": [enrolment]})), true);
    check(event("tally.pupil.v1", json!({"pupil": "0123456789abcdef", "action": "delete"})), true);
    check(event("tally.pupil.v1", json!({"pupil": "0123456789abcdef"})), false);
    let entries = json!([{"pupil": "0123456789abcdef", "same_as": "fedcba9876543210", "enrolments": []}]);
    let load = json!({"load": "L1", "chunk": 1, "of": 2, "mode": "full", "as_of": "2026-09-01T00:00:00Z", "pupils": entries});
    check(event("tally.roster.v1", load), true);
    check(event("tally.roster.v1", json!({"load": "L1", "chunk": 1, "of": 2, "mode": "all"})), false);
    let decision = json!({"load": "L1", "decision": "release", "actor": "a-1", "approver": "b-2", "reason": "a school was closed"});
    check(event("tally.load_decision.v1", decision), true);
    check(event("tally.load_decision.v1", json!({"load": "L1", "decision": "release", "actor": "a-1", "reason": "x"})), false);
    let counts = json!({"on": "2026-09-01", "counts": [{"school_unit": "unit-1", "school_type": "GR", "count": 12}, {"count": "40"}]});
    check(event("tally.master_count.v1", counts), true);
    check(event("tally.master_count.v1", json!({"on": "2026-09-01", "counts": []})), false);
    let erasure = |what: &str, member: &str, value: Value| {
        let mut data = json!({"what": what, "actor": "anna", "approver": "bo", "reason": "asked for"});
        data[member] = value;
        event("tally.erasure.v1", data)
    };
    check(erasure("customer", "note", json!("x")), true);
    check(erasure("person", "pseudonym", json!("p1-1-00")), true);
    check(erasure("person", "note", json!("x")), false);
    check(erasure("version", "version", json!(2)), true);
    check(erasure("pseudonyms", "version", json!(0)), false);
    check(erasure("all", "note", json!("x")), false);
    check(erasure("customer", "approver", json!("")), false);
    let keys = json!({"version": 1, "from": "2026-01-01T00:00:00Z", "actor": "anna", "reason": "the first"});
    check(event("tally.keys.v1", keys), true);
    check(event("tally.keys.v1", json!({"version": 1, "from": "2026-01-01", "actor": "anna", "reason": "x"})), false);
    check(json!({"specversion": "1.0", "id": "t", "source": "admin", "type": "tally.tick.v1", "time": "2026-01-01T00:00:00Z"}), true);
    check(event("tally.unknown.v1", json!({})), false);
}
