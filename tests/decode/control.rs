//! Control events: facts, and the two ways to be refused.

use chrono::NaiveDate;
use tally::domain::control::{Fact, HeadCountKind, Ruling};
use tally::domain::directory::{BrakeScope, DirectoryFact, Role};
use tally::domain::erasure::{Erased, Erasure};
use tally::domain::gates::agreement::{AgreementTold, Answer};
use tally::domain::gates::brake::Switch;
use tally::domain::instant::Instant;
use tally::domain::names::ServiceId;
use tally::domain::quantity::Quantity;
use tally::domain::roster::{RosterFact, Statement};
use tally::wire::decode::{ControlFault, control, personal_of_control};

const CUSTOMER: &str = r#"{"name":"Stockholms kommun","country":"SE","timezone":"Europe/Stockholm","currency":"SEK","from":"2026-01-01"}"#;

fn event(kind: &str, data: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","data":{data},"id":"c-1","source":"//admin","type":"tally.{kind}.v1","subject":"SE-0180","time":"2026-01-01T08:00:00Z"}}"#
    )
}

fn fact(kind: &str, data: &str) -> Fact {
    control(event(kind, data).as_bytes(), &[]).unwrap_or_else(|fault| panic!("{data}: {fault}")).fact
}

fn undecodable(value: &str, says: &str) {
    match control(value.as_bytes(), &[]) {
        Err(ControlFault::Undecodable(detail)) => assert!(detail.contains(says), "{value}: {detail:?} lacks {says:?}"),
        other => panic!("{value}: {other:?}, expected undecodable: {says}"),
    }
}

fn bad_data(value: &str, says: &str) {
    match control(value.as_bytes(), &[]) {
        Err(ControlFault::BadData { detail, .. }) => assert!(detail.contains(says), "{value}: {detail:?} lacks {says:?}"),
        other => panic!("{value}: {other:?}, expected bad data: {says}"),
    }
}

#[test]
fn customers() {
    let Fact::Customer(short) = fact("customer", CUSTOMER) else { panic!("not a customer") };
    assert_eq!((&*short.name, &*short.country, short.zone.name()), ("Stockholms kommun", "SE", "Europe/Stockholm"));
    assert_eq!((short.currency.as_str(), Some(short.from)), ("SEK", NaiveDate::from_ymd_opt(2026, 1, 1)));
    assert_eq!((short.org_number, short.endpoint, short.inhabitants, short.zero), (None, None, None, false));
    assert_eq!((short.address, short.vat_number, short.order_reference, short.contract), (None, None, None, None));
    let more = CUSTOMER.replace(
        '}',
        r#","org_number":"212000-0142","endpoint":{"scheme":"0007","id":"2120000142","x":1},"buyer_reference":"7","vat_number":"SE212000014201","order_reference":"PO","contract":"A-1","address":{"street":"Gatan 1","city":"Staden","y":2},"inhabitants":990000,"zero":true,"x":[]}"#,
    );
    let Fact::Customer(long) = fact("customer", &more) else { panic!("not a customer") };
    let endpoint = long.endpoint.expect("an endpoint");
    assert_eq!((&*endpoint.scheme, &*endpoint.id), ("0007", "2120000142"));
    assert_eq!((long.org_number.as_deref(), long.buyer_reference.as_deref()), (Some("212000-0142"), Some("7")));
    assert_eq!((long.inhabitants, long.zero), (Some(990_000), true));
    let address = long.address.expect("an address");
    assert_eq!((address.street.as_deref(), address.city.as_deref(), address.post_code), (Some("Gatan 1"), Some("Staden"), None));
    let references = (long.vat_number.as_deref(), long.order_reference.as_deref(), long.contract.as_deref());
    assert_eq!(references, (Some("SE212000014201"), Some("PO"), Some("A-1")));
}

#[test]
fn activations_and_head_counts() {
    let Fact::Activation(open) = fact("activation", r#"{"service":"sms","from":"2026-01-01T00:00:00+01:00"}"#) else { panic!("not one") };
    assert_eq!((&*open.service, open.from, open.to), ("sms", Instant::from_millis(1_767_222_000_000), None));
    let ended = r#"{"service":"sms","from":"2026-01-01T00:00:00Z","to":"2026-01-01T00:00:00.000000001Z"}"#;
    let Fact::Activation(ended) = fact("activation", ended) else { panic!("not one") };
    assert_eq!(ended.to, Some(ended.from.saturating_add(1)));
    let Fact::HeadCount(count) = fact("head_count", r#"{"kind":"active_pupils","count":0,"on":"2025-10-15"}"#) else { panic!("not one") };
    assert_eq!((count.kind, count.count, Some(count.on)), (HeadCountKind::ActivePupils, 0, NaiveDate::from_ymd_opt(2025, 10, 15)));
    let Fact::HeadCount(count) = fact("head_count", r#"{"kind":"inhabitants","count":"17","on":"2025-10-15"}"#) else { panic!("not one") };
    assert_eq!((count.kind, count.count), (HeadCountKind::Inhabitants, 17));
}

#[test]
fn pupils_of_a_school_form() {
    let Fact::HeadCount(count) = fact("head_count", r#"{"kind":"active_pupils","count":7,"on":"2025-10-15","school_form":"fskola"}"#)
    else {
        panic!("not one")
    };
    assert_eq!(count.school_form.as_deref(), Some("fskola"));
    bad_data(
        &event("head_count", r#"{"kind":"active_pupils","count":7,"on":"2025-10-15","school_form":""}"#),
        "`data.school_form` is empty",
    );
    bad_data(&event("head_count", r#"{"kind":"inhabitants","count":7,"on":"2025-10-15","school_form":"fskola"}"#), "`data.school_form`");
    undecodable(&event("head_count", r#"{"kind":"active_pupils","count":7,"on":"2025-10-15","school_form":7}"#), "`data.school_form`");
}

const DECISION: &str = r#"{"plan":"storage","period_from":"2026-01-01","decision":"waive","actor":"a-7","reason":"the school is closed"}"#;

#[test]
fn decisions() {
    let Fact::Decision(waived) = fact("decision", DECISION) else { panic!("not one") };
    assert_eq!((waived.plan.as_str(), Some(waived.period_from)), ("storage", NaiveDate::from_ymd_opt(2026, 1, 1)));
    assert_eq!((waived.what, &*waived.actor, &*waived.reason), (Ruling::Waive, "a-7", "the school is closed"));
    let Fact::Decision(all) = fact("decision", &DECISION.replace("waive", "charge_all")) else { panic!("not one") };
    assert_eq!(all.what, Ruling::ChargeAll);
    undecodable(&event("decision", &DECISION.replace(r#","actor":"a-7""#, "")), "`data.actor` is missing");
    for (from, to, says) in [
        ("waive", "forget", "`data.decision` is \"forget\""),
        ("2026-01-01", "January", "`data.period_from`"),
        ("storage", "", "`data.plan` is empty"),
        ("a-7", "", "`data.actor` is empty"),
        ("a-7", "19121212-1212", "`data.actor` holds a personal number"),
        ("the school is closed", "as 19121212-1212 asked", "`data.reason` holds a personal number"),
    ] {
        bad_data(&event("decision", &DECISION.replace(from, to)), says);
    }
}

const BRAKE: &str = r#"{"state":"off","scope":"customer","service":"sms","actor":"a-7","approver":"b-8","reason":"looked at"}"#;

#[test]
fn brakes() {
    let Fact::Brake(service, order) = fact("brake", BRAKE) else { panic!("not one") };
    assert_eq!((service.as_ref().map(ServiceId::as_str), order.state, order.approver.as_deref()), (Some("sms"), Switch::Off, Some("b-8")));
    for (scope, expect) in
        [("service", BrakeScope::Service("SE-0180".into())), ("source", BrakeScope::Source("SE-0180".to_owned())), ("all", BrakeScope::All)]
    {
        let text = BRAKE.replace("customer", scope).replace(r#""service":"sms","#, "");
        let Fact::BrakeAll(found, _) = fact("brake", &text) else { panic!("not one") };
        assert_eq!(found, expect);
    }
    undecodable(&event("brake", &BRAKE.replace(r#""actor":"a-7","#, "")), "`data.actor` is missing");
    undecodable(&event("brake", BRAKE).replace(r#""subject":"SE-0180","#, ""), "`subject` is missing");
    undecodable(&event("brake", &BRAKE.replace(r#""a-7""#, "7")), "`data.actor` is not a string");
    for (from, to, says) in [
        ("off", "slow", "`data.state` is \"slow\""),
        ("customer", "town", "`data.scope` is \"town\""),
        ("customer", "all", "`data.service` is given"),
        ("sms", " ", "`data.service` is empty"),
        ("b-8", "a-7", "`data.approver` is `data.actor`"),
        ("looked at", "", "`data.reason` is empty"),
        ("a-7", "19121212-1212", "`data.actor` holds a personal number"),
    ] {
        bad_data(&event("brake", &BRAKE.replace(from, to)), says);
    }
}

const FREEZE: &str = r#"{"from":"2026-03-01T00:00:00Z","to":"2026-03-07T00:00:00Z","expected":"10","actor":"a-7","reason":"DNP"}"#;

#[test]
fn freeze_windows() {
    let Fact::Freeze(id, order) = fact("freeze", FREEZE) else { panic!("not one") };
    assert_eq!((id.as_str(), order.withdrawn, order.expected), ("SE-0180", false, Some(Quantity::from_units(10))));
    let Fact::Freeze(_, order) = fact("freeze", &FREEZE.replace('}', r#","withdrawn":true}"#)) else { panic!("not one") };
    assert!(order.withdrawn);
    undecodable(&event("freeze", &FREEZE.replace('}', r#","withdrawn":"yes"}"#)), "`data.withdrawn` is not a boolean");
    for (from, to, says) in [
        ("03-07", "03-01", "`data.to` is not after"),
        ("2026-03-07T00:00:00Z", "March", "`data.to`"),
        ("\"10\"", "\"0.5\"", "`data.expected` is \"0.5\""),
        ("DNP", "", "`data.reason` is empty"),
    ] {
        bad_data(&event("freeze", &FREEZE.replace(from, to)), says);
    }
}

#[test]
fn ticks_are_about_no_one() {
    let bare = r#"{"specversion":"1.0","id":"t","source":"//clock","type":"tally.tick.v1","time":"2026-01-01T08:00:00Z","recordedtime":"2026-01-01T09:00:00Z"}"#;
    let tick = control(bare.as_bytes(), &[]).expect("a tick");
    assert_eq!((&tick.fact, &*tick.subject), (&Fact::Tick, ""));
    assert_eq!(tick.recorded_log_time(), Instant::from_millis(1_767_258_000_000));
    assert_eq!(fact("tick", "null"), Fact::Tick);
    undecodable(&bare.replace(r#","time":"2026-01-01T08:00:00Z""#, ""), "`time` is missing");
    undecodable(&bare.replace("tick", "activation"), "`data` is missing");
}

#[test]
fn catalogs_are_about_no_one() {
    let bare = format!(
        r#"{{"specversion":"1.0","id":"t","source":"//a","type":"tally.catalog.v1","time":"2026-01-01T08:00:00Z","data":{{"digest":"sha256:{}","actor":"anna","x":1}}}}"#,
        "0a".repeat(32)
    );
    let event = control(bare.as_bytes(), &[]).expect("a catalog");
    let Fact::Catalog(change) = &event.fact else { panic!("not one") };
    assert_eq!((&*event.subject, change.digest, &*change.actor), ("", [10; 32], "anna"));
    assert_eq!((&change.version, &change.reason), (&None, &None));
    undecodable(&bare.replace(r#","actor":"anna""#, ""), "`data.actor` is missing");
    undecodable(&bare.replace("\"anna\"", "\"anna\",\"reason\":7"), "`data.reason` is not a string");
    for (from, to, says) in [
        ("sha256:", "", "64 small hexadecimal digits"),
        ("0a0a0a", "0A0A0A", "64 small hexadecimal digits"),
        ("0a0a0a", "0a0a", "64 small hexadecimal digits"),
        ("0a0a0a", "0g0a0a", "64 small hexadecimal digits"),
        ("anna", " ", "`data.actor` is empty"),
    ] {
        bad_data(&bare.replacen(from, to, 1), says);
    }
}

#[test]
fn binary_mode_too() {
    let headers: [(&str, &[u8]); 6] = [
        ("ce_specversion", b"1.0"),
        ("ce_id", b"c-1"),
        ("ce_source", b"//admin"),
        ("ce_type", b"tally.customer.v1"),
        ("ce_subject", b"SE-0180"),
        ("ce_time", b"2026-01-01T08:00:00Z"),
    ];
    assert_eq!(control(CUSTOMER.as_bytes(), &headers), control(event("customer", CUSTOMER).as_bytes(), &[]));
}

#[test]
fn what_is_no_event_is_undecodable() {
    undecodable("", "no value");
    undecodable(&event("customer", "[]"), "`data` is not an object");
    undecodable(&event("customer", "null"), "`data` is missing");
    undecodable(&event("customer", CUSTOMER).replace(r#""subject":"SE-0180","#, ""), "`subject` is missing");
    for (from, to, says) in [
        (r#""name":"Stockholms kommun","#, "", "`data.name` is missing"),
        (r#","from":"2026-01-01""#, "", "`data.from` is missing"),
        (r#""SEK""#, "null", "`data.currency` is not a string"),
        ("}", r#","zero":"yes"}"#, "`data.zero` is not a boolean"),
        ("}", r#","org_number":null}"#, "`data.org_number` is not a string"),
        ("}", r#","endpoint":"0007:1"}"#, "`data.endpoint` is not an object"),
        ("}", r#","endpoint":{"id":"1"}}"#, "`data.endpoint.scheme` is missing"),
        ("}", r#","address":"Gatan 1"}"#, "`data.address` is not an object"),
        ("}", r#","address":{"city":7}}"#, "`data.address.city` is not a string"),
        ("}", r#","contract":7}"#, "`data.contract` is not a string"),
        ("}", r#","inhabitants":[]}"#, "`data.inhabitants`"),
        ("}", r#","name":"again"}"#, "given twice"),
        ("}", r#","x":{"y":1,"y":1}}"#, "given twice"),
    ] {
        undecodable(&event("customer", &CUSTOMER.replace(from, to)), says);
    }
    let both = CUSTOMER.replace("SEK", "kronor").replace('}', r#","zero":0}"#);
    undecodable(&event("customer", &both), "`data.zero` is not a boolean");
}

#[test]
fn what_cannot_be_is_bad_data() {
    bad_data(&event("agreement", "{}"), "\"tally.agreement.v1\" is unknown");
    for (from, to, says) in [
        ("Stockholms kommun", " ", "`data.name` is empty"),
        ("\"SE\"", "\"se\"", "`data.country`"),
        ("Europe/Stockholm", "Europe/Stokholm", "\"Europe/Stokholm\""),
        ("SEK", "kronor", "\"kronor\""),
        ("2026-01-01", "2026-02-30", "\"2026-02-30\""),
        ("}", r#","org_number":""}"#, "`data.org_number` is empty"),
        ("}", r#","endpoint":{"scheme":"0007","id":""}}"#, "`data.endpoint.id` is empty"),
        ("}", r#","address":{"street":" "}}"#, "`data.address.street` is empty"),
        ("}", r#","vat_number":""}"#, "`data.vat_number` is empty"),
        ("}", r#","inhabitants":-1}"#, "`data.inhabitants` is \"-1\""),
        ("}", r#","inhabitants":1.5}"#, "`data.inhabitants`"),
    ] {
        bad_data(&event("customer", &CUSTOMER.replace(from, to)), says);
    }
    bad_data(&event("activation", r#"{"service":"","from":"2026-01-01T00:00:00Z"}"#), "`data.service` is empty");
    bad_data(&event("activation", r#"{"service":"sms","from":"2026-01-01"}"#), "`data.from`");
    let same = r#"{"service":"sms","from":"2026-01-01T00:00:00Z","to":"2026-01-01T01:00:00+01:00"}"#;
    bad_data(&event("activation", same), "`data.to` is not after");
    bad_data(&event("head_count", r#"{"kind":"cats","count":1,"on":"2025-10-15"}"#), "\"cats\"");
    bad_data(&event("head_count", r#"{"kind":"inhabitants","count":1e3,"on":"2025-10-15"}"#), "`data.count`");
    bad_data(&event("head_count", r#"{"kind":"inhabitants","count":1,"on":"15 October"}"#), "`data.on`");
}

#[test]
fn corrections_of_the_large_kind() {
    const WHO: &str = r#""actor":"anna","reason":"why""#;
    let Fact::Rerate(rerate) = fact("rerate", &format!(r#"{{"plan":"cpr","from":"2026-01-01","to":"2026-04-01",{WHO}}}"#)) else {
        panic!("not one")
    };
    assert_eq!((rerate.plan.as_str(), rerate.span.last_day().to_string()), ("cpr", "2026-03-31".to_owned()));
    let Fact::Merger(merger) = fact("merger", &format!(r#"{{"into":"B","from":"2026-01-01T00:00:00+01:00",{WHO}}}"#)) else {
        panic!("not one")
    };
    assert_eq!((merger.into.as_str(), merger.from), ("B", Instant::from_millis(1_767_222_000_000)));
    let parts = r#"[{"customer":"B","pool_share":"0.1"},{"customer":"C","pool_share":0.9,"x":1}]"#;
    let Fact::Split(split) = fact("split", &format!(r#"{{"parts":{parts},"from":"2026-01-01T00:00:00Z",{WHO}}}"#)) else {
        panic!("not one")
    };
    assert_eq!(split.parts.iter().map(|part| part.pool_share.to_string()).collect::<Vec<_>>(), ["0.1", "0.9"]);
    bad_data(&event("rerate", &format!(r#"{{"plan":"cpr","from":"2026-01-01","to":"2026-01-01",{WHO}}}"#)), "`data.to` is not after");
    bad_data(&event("rerate", r#"{"plan":"cpr","from":"2026-01-01","to":"2026-02-01","actor":" ","reason":"x"}"#), "`data.actor` is empty");
    bad_data(&event("merger", &format!(r#"{{"into":"","from":"2026-01-01T00:00:00Z",{WHO}}}"#)), "`data.into` is empty");
    let split = |parts: &str| event("split", &format!(r#"{{"parts":{parts},"from":"2026-01-01T00:00:00Z",{WHO}}}"#));
    bad_data(&split("[]"), "`data.parts` is empty");
    bad_data(&split(r#"[{"customer":"B"},{"customer":"B"}]"#), "twice");
    bad_data(&split(r#"[{"customer":"B","pool_share":"1.1"}]"#), "not a decimal from 0 to 1");
    bad_data(&split(r#"[{"customer":"B","pool_share":"0.5"},{"customer":"C","pool_share":"0.4"}]"#), "sum to 0.9");
    undecodable(&split("{}"), "`data.parts` is not a list");
    undecodable(&split(r#"["B"]"#), "not an object");
    undecodable(&split(r#"[{"pool_share":"1"}]"#), "data.parts.customer");
    undecodable(&event("rerate", &format!(r#"{{"plan":"cpr","from":"2026-01-01",{WHO}}}"#)), "data.to");
}

#[test]
fn what_every_partition_knows() {
    let party =
        r#"{"name":"Leverantör AB","roles":["supplier","municipality","supplier"],"emails":["a@b.example"],"from":"2026-01-01T00:00:00Z"}"#;
    let Fact::Directory(DirectoryFact::Party(id, version)) = fact("party", party) else { panic!("not a party") };
    assert_eq!((id.as_str(), &version.roles[..], version.emails.len()), ("SE-0180", &[Role::Municipality, Role::Supplier][..], 1));
    let system =
        r#"{"name":"Journal","supplier":"lev","sources":["//b","//a","//b"],"from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z"}"#;
    let Fact::Directory(DirectoryFact::System(id, version)) = fact("it_system", system) else { panic!("not a system") };
    assert_eq!((id.as_str(), version.sources.join(" ")), ("SE-0180", "//a //b".to_owned()));
    for (from, to, says) in [
        ("[\"supplier\",\"municipality\",\"supplier\"]", "[]", "`data.roles` is empty"),
        ("\"supplier\",", "\"king\",", "\"king\""),
        ("a@b.example", "a@b@c", "no e-mail address"),
        ("a@b.example", "a@b\\nBcc: c@d", "no e-mail address"),
        ("\"2026-01-01T00:00:00Z\"", "\"2026-01-01\"", "`data.from`"),
    ] {
        bad_data(&event("party", &party.replace(from, to)), says);
    }
    bad_data(&event("it_system", &system.replace("2026-02", "2026-01")), "`data.to` is not after");
    bad_data(&event("it_system", &system.replace("//a", " ")), "`data.sources` is empty");
    undecodable(&event("it_system", &system.replace("[\"//b\",\"//a\",\"//b\"]", "\"//b\"")), "`data.sources` is not a list");
}

/// What can be one faulty entry among many is a finding; what is no load, or no date, refuses the event.
#[test]
fn rosters_in_the_vocabulary_of_ss12000() {
    const PUPIL: &str = r#"{"pupil":"0123456789abcdef","enrolments":[{"enroled_at":"u","school_type":"GR","start_date":"2026-08-17","end_date":"2027-06-11","class":"7A"},{"enroled_at":"v","start_date":"2026-08-17","cancelled":true}],"unknown":1}"#;
    let Fact::Roster(found) = fact("pupil", PUPIL) else { panic!("not one") };
    let RosterFact::Pupil(told) = *found else { panic!("not one") };
    let Statement::Enrolled(enrolments) = told.entry.statement else { panic!("it is gone") };
    let days: Vec<String> = enrolments.iter().map(|one| format!("{} {} {} {:?}", one.unit, one.form, one.from, one.to)).collect();
    assert_eq!(days, ["u GR 2026-08-17 Some(2027-06-12)"], "the end is the first day after the last one");
    assert_eq!((told.day.to_string().as_str(), told.entry.classes), ("2026-01-01", vec![("u".to_owned(), "7A".to_owned())]));
    let load = |members: &str| {
        event("roster", &format!(r#"{{"load":"L","chunk":1,"of":2,"mode":"full","as_of":"2026-09-01T00:00:00Z",{members}}}"#))
    };
    undecodable(&event("pupil", r#"{"pupil":"0123456789abcdef"}"#), "`data.enrolments` is missing");
    undecodable(&event("pupil", &PUPIL.replace(r#""enroled_at":"u","#, "")), "`data.enrolments.enroled_at` is missing");
    undecodable(&load(r#""pupils":{}"#), "`data.pupils` is not a list");
    undecodable(&load(r#""pupils":[7]"#), "is not an object");
    bad_data(&event("pupil", &PUPIL.replace("2026-08-17", "2026-02-30")), "`data.enrolments.start_date`");
    bad_data(&event("pupil", r#"{"pupil":"0123456789abcdef","action":"burn","enrolments":[]}"#), "\"burn\"");
    bad_data(&load(r#""pupils":[]"#).replace(r#""chunk":1"#, r#""chunk":3"#), "`data.chunk`");
    bad_data(&load(r#""pupils":[]"#).replace("full", "half"), "\"half\"");
    let decision = r#"{"load":"L","decision":"release","actor":"a","approver":"a","reason":"x"}"#;
    bad_data(&event("load_decision", decision), "a second person");
    bad_data(&event("load_decision", &decision.replace("release", "burn")), "\"burn\"");
    undecodable(&event("load_decision", r#"{"load":"L","decision":"release","actor":"a","reason":"x"}"#), "`data.approver` is missing");
    bad_data(&event("master_count", r#"{"on":"2026-09-01","counts":[]}"#), "`data.counts` is empty");
    bad_data(&event("master_count", r#"{"on":"2026-09-01","counts":[{"count":1},{"count":2}]}"#), "twice");
    undecodable(&event("master_count", r#"{"on":"2026-09-01","counts":[{"school_unit":"u"}]}"#), "`data.counts.count` is missing");
}

/// E5: what was done with keys. It changes nothing that is billed.
#[test]
fn keys_that_were_made_and_shredded() {
    let by = r#""actor":"anna","approver":"bo","reason":"asked for""#;
    let check = |what: &str, expect: Erased, of_customer: bool| {
        let fact = fact("erasure", &format!("{{{what},{by}}}"));
        let erasure = Erasure { what: expect, actor: "anna".to_owned(), approver: "bo".to_owned(), reason: "asked for".to_owned() };
        assert_eq!((fact.is_of_customer(), fact), (of_customer, Fact::Erasure(erasure)), "{what}");
    };
    check(r#""what":"customer""#, Erased::Customer, true);
    check(r#""what":"person","pseudonym":"p1-1-00""#, Erased::Person("p1-1-00".to_owned()), true);
    check(r#""what":"unread""#, Erased::Unread, false);
    check(r#""what":"version","version":2"#, Erased::Version { number: 2, only_pseudonyms: false }, false);
    check(r#""what":"pseudonyms","version":"2""#, Erased::Version { number: 2, only_pseudonyms: true }, false);
    let bad = |data: &str, says: &str| bad_data(&event("erasure", data), says);
    bad(&format!("{{\"what\":\"all\",{by}}}"), "`data.what` is \"all\"");
    bad(&format!("{{\"what\":\"version\",\"version\":0,{by}}}"), "no version of keys");
    bad(&format!("{{\"what\":\"version\",\"version\":99999999999,{by}}}"), "no version of keys");
    bad(&format!("{{\"what\":\"person\",\"pseudonym\":\" \",{by}}}"), "`data.pseudonym` is empty");
    bad(r#"{"what":"customer","actor":"anna","approver":"anna ","reason":"r"}"#, "two people decide it");
    bad(r#"{"what":"customer","actor":"anna","approver":"bo","reason":""}"#, "`data.reason` is empty");
    undecodable(&event("erasure", &format!("{{\"what\":\"person\",{by}}}")), "`data.pseudonym` is missing");
    undecodable(&event("erasure", r#"{"what":"customer","actor":"anna","reason":"r"}"#), "`data.approver` is missing");
    let made = fact("keys", r#"{"version":2,"from":"2026-07-01T00:00:00Z","actor":"anna","reason":"yearly"}"#);
    assert!(!made.is_of_customer() && matches!(&made, Fact::Keys(keys) if keys.version == 2 && keys.reason == "yearly"), "{made:?}");
    bad_data(&event("keys", r#"{"version":2,"from":"soon","actor":"anna","reason":"r"}"#), "`data.from` is");
}

/// What is said in a control event is kept and published, so none of it may be a personal number.
#[test]
fn the_member_that_holds_a_personal_number_is_named() {
    let whole = event("head_count", r#"{"kind":"inhabitants","count":191212121212,"on":"2026-01-01","note":["x"]}"#);
    let check = |from: &str, to: &str, expect: Option<&str>| {
        let value = whole.replace(from, to);
        assert!(value != whole || expect.is_none(), "{from} is in it");
        assert_eq!(personal_of_control(value.as_bytes(), &[]), expect, "{value}");
    };
    check("-", "-", None);
    check(r#"["x"]"#, r#"[["för 131052-308T"]]"#, Some("data"));
    check(r#"["x"]"#, r#"["191212121212"]"#, Some("data"));
    check("SE-0180", "19121212-1212", Some("subject"));
}

#[test]
fn certificates() {
    let good =
        r#"{"issuer":"CN=CA","serial":"01","system":"fag","kind":"VOCES","from":"2026-01-01T00:00:00Z","to":"2028-01-01T00:00:00Z"}"#;
    let Fact::Directory(DirectoryFact::Certificate(key, version)) = fact("certificate", good) else { panic!("not a certificate") };
    assert_eq!((&*key.issuer, &*key.serial, version.system.as_str(), &*version.kind), ("CN=CA", "01", "fag", "VOCES"));
    bad_data(&event("certificate", &good.replace("2028", "2026")), "`data.to` is not after");
    bad_data(&event("certificate", &good.replace("\"01\"", "\" \"")), "`data.serial` is empty");
    let revoked = r#"{"issuer":"CN=CA","serial":"01","at":"2026-01-05T00:00:00Z","actor":"a-7","reason":"lost"}"#;
    let Fact::Directory(DirectoryFact::Revocation(same, revocation)) = fact("certificate_revocation", revoked) else { panic!("not one") };
    assert_eq!((same, &*revocation.actor, &*revocation.reason), (key, "a-7", "lost"));
    undecodable(&event("certificate_revocation", &revoked.replace("actor", "who")), "`data.actor` is missing");
}

#[test]
fn trials() {
    let good = r#"{"supplier":"lev","sources":["b","a","b"],"certificates":[{"issuer":"CA","serial":"2","more":1},{"issuer":"CA","serial":"1"}],"from":"2026-01-01T00:00:00Z","to":"2026-04-01T00:00:00Z","actor":"l-1","reason":"to try it"}"#;
    let Fact::Directory(DirectoryFact::Trial(system, version)) = fact("trial", good) else { panic!("not a trial") };
    assert_eq!((version.supplier.as_str(), &*version.actor, &*version.reason), ("lev", "l-1", "to try it"));
    assert!(!system.as_str().is_empty() && version.to.is_some());
    assert_eq!(version.sources, ["a", "b"]);
    let serials: Vec<&str> = version.certificates.iter().map(|one| &*one.serial).collect();
    assert_eq!(serials, ["1", "2"]);
    for (from, to, says) in [
        ("2026-04", "2026-01", "`data.to` is not after `data.from`"),
        ("\"serial\":\"1\"", "\"serial\":\" \"", "`data.serial` is empty"),
        ("\"l-1\"", "\"121212-1212\"", "`data.actor` holds a personal number"),
    ] {
        bad_data(&event("trial", &good.replace(from, to)), says);
    }
    let nothing = r#"{"supplier":"lev","from":"2026-01-01T00:00:00Z","actor":"a","reason":"r"}"#;
    bad_data(&event("trial", nothing), "name what the system is known by");
    for (from, to, says) in [
        ("\"serial\":\"1\"", "\"number\":\"1\"", "`data.serial` is missing"),
        ("{\"issuer\":\"CA\",\"serial\":\"1\"}", "\"1\"", "no object with `issuer` and `serial`"),
        ("[\"b\",\"a\",\"b\"]", "\"b\"", "`data.sources` is not a list"),
        ("reason", "why", "`data.reason` is missing"),
    ] {
        undecodable(&event("trial", &good.replace(from, to)), says);
    }
}

#[test]
fn agreements() {
    let request = r#"{"agreement":"A-1","version":1,"supplier":"lev","system":"fag","services":["b","a","b"],"expires":"2026-02-01T00:00:00Z","actor":"l-1","reason":"r"}"#;
    let Fact::Agreement(asked) = fact("agreement_request", request) else { panic!("not a request") };
    let AgreementTold::Request(told) = &asked.told else { panic!("not a request") };
    assert_eq!((asked.key.agreement.as_str(), asked.key.version, told.services.len()), ("A-1", 1, 2));
    for (from, to, says) in [
        ("\"version\":1", "\"version\":0", "`data.version` is not a number from 1 on"),
        ("\"version\":1", "\"version\":5000000000", "`data.version` is not a number from 1 on"),
        ("[\"b\",\"a\",\"b\"]", "[]", "`data.services` is empty"),
        ("2026-02-01", "2025-02-01", "`data.expires` is not after"),
        ("\"l-1\"", "\"19811228-9874\"", "`data.actor` holds a personal number"),
    ] {
        bad_data(&event("agreement_request", &request.replace(from, to)), says);
    }
    let answer = |more: &str| format!(r#"{{"agreement":"A-1","version":1,"actor":"k-1","reason":"r"{more}}}"#);
    let told = |more: &str| match fact("agreement_answer", &answer(more)) {
        Fact::Agreement(told) => match told.told {
            AgreementTold::Answer(answer) => answer.what,
            AgreementTold::Request(_) => panic!("{more}: a request"),
        },
        other => panic!("{more}: {other:?}"),
    };
    let (now, past) = (Instant::from_millis(1_767_254_400_000), Instant::from_millis(1_764_547_200_000));
    assert_eq!(told(r#","answer":"approved""#), Answer::Approved { from: now, to: None });
    assert_eq!(told(r#","answer":"rejected""#), Answer::Rejected);
    assert_eq!(told(r#","answer":"ended""#), Answer::Ended { from: now });
    let back = r#","answer":"approved","from":"2025-12-01T00:00:00Z","retroactive":true,"approver":"k-2""#;
    assert_eq!(told(back), Answer::Approved { from: past, to: None });
    for (more, says) in [
        (back.replace("true", "false"), "`data.retroactive` = true"),
        (back.replace(",\"approver\":\"k-2\"", ""), "`data.retroactive` = true"),
        (back.replace("k-2", "k-1"), "`data.approver` is the actor"),
        (r#","answer":"perhaps""#.to_owned(), "\"perhaps\""),
        (r#","answer":"ended","to":"2025-12-01T00:00:00Z""#.to_owned(), "`data.to` is before the time"),
        (r#","answer":"ended","from":"2026-12-01T00:00:00Z""#.to_owned(), "say in `data.to`"),
        (r#","answer":"rejected","to":"2026-12-01T00:00:00Z""#.to_owned(), "has no `data.from`"),
        (r#","answer":"approved","to":"2026-01-01T08:00:00Z""#.to_owned(), "`data.to` is not after"),
    ] {
        bad_data(&event("agreement_answer", &answer(&more)), says);
    }
}

/// Two faults at once: which is told first is each reader's own, and stays.
#[test]
fn who_and_why_are_asked_for_in_each_facts_own_order() {
    let check = |kind: &str, data: &str, says: &str| match control(event(kind, data).as_bytes(), &[]) {
        Err(fault) => assert!(fault.to_string().contains(says), "{kind} {data}: {fault} lacks {says:?}"),
        Ok(event) => panic!("{kind} {data}: {event:?}"),
    };
    let missing = |member: &str| format!("`data.{member}` is missing");
    // Nothing at all: the first member that is asked for.
    for (kind, first) in [
        ("rerate", "plan"),
        ("merger", "into"),
        ("split", "parts"),
        ("erasure", "what"),
        ("keys", "version"),
        ("load_decision", "load"),
        ("brake", "state"),
        ("freeze", "from"),
        ("write_off", "actor"),
        ("recycle", "actor"),
        ("decision", "plan"),
        ("relation", "actor"),
        ("test_id_grant", "actor"),
    ] {
        check(kind, "{}", &missing(first));
    }
    // Who comes before why, and both before what is wrong with the values.
    check("rerate", r#"{"plan":"","from":"x","to":"x"}"#, &missing("actor"));
    check("rerate", r#"{"plan":"","from":"x","to":"x","actor":""}"#, &missing("reason"));
    check("rerate", r#"{"plan":"","from":"x","to":"x","actor":"","reason":""}"#, "`data.from` is");
    check("merger", r#"{"into":"","from":"x","actor":""}"#, &missing("reason"));
    check("split", r#"{"parts":[],"from":"x","actor":"","reason":""}"#, "`data.parts` is empty");
    check("brake", r#"{"state":"x","scope":"x","actor":""}"#, &missing("reason"));
    check("brake", r#"{"state":"x","scope":"x","actor":"","reason":""}"#, "`data.state` is");
    check("freeze", r#"{"from":"x","to":"x","reason":"r"}"#, &missing("actor"));
    check("decision", r#"{"plan":"","period_from":"x","decision":"x"}"#, &missing("actor"));
    check("write_off", r#"{"actor":"","reason":"","seen_until":"x"}"#, &missing("approver"));
    check("write_off", r#"{"actor":"","approver":"","reason":"","seen_until":"x"}"#, "`data.seen_until` is");
    check("load_decision", r#"{"load":"","decision":"x","actor":""}"#, &missing("approver"));
    check("load_decision", r#"{"load":"","decision":"x","actor":"","approver":""}"#, &missing("reason"));
    // Where keys are shredded each is looked at in turn.
    check("erasure", r#"{"what":"x"}"#, "`data.what` is");
    check("erasure", r#"{"what":"customer","actor":""}"#, "`data.actor` is empty");
    check("erasure", r#"{"what":"customer","actor":"a","approver":"a"}"#, "`data.approver` is the actor too");
    check("erasure", r#"{"what":"customer","actor":"a","approver":"b"}"#, &missing("reason"));
    check("keys", r#"{"version":0,"from":"x"}"#, "`data.version` is no version");
    check("keys", r#"{"version":1,"from":"x"}"#, &missing("from").replace("missing", "\"x\""));
    // Of test ids the ids come first: one in clear is never shown.
    check("test_id_grant", r#"{"ids":["1"]}"#, "a test id is no keyed pseudonym");
    check("test_id_grant", r#"{"ids":[],"actor":"a"}"#, &missing("reason"));
    // A second person where none is asked for is a member like any.
    let rerate = r#"{"plan":"cpr","from":"2026-01-01","to":"2026-04-01","approver":[7],"actor":"a","reason":"r"}"#;
    assert!(matches!(fact("rerate", rerate), Fact::Rerate(_)));
    check("load_decision", r#"{"load":"L","decision":"release","approver":[7]}"#, "`data.approver` is not a string");
    check("brake", r#"{"state":"on","scope":"all","approver":7}"#, "`data.approver` is not a string");
}
