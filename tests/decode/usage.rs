//! Usage events: what is taken, what is refused, in both modes.

use tally::domain::instant::Instant;
use tally::domain::quantity::Quantity;
use tally::domain::usage::{Environment, Reported, is_pseudonym};
use tally::wire::decode::usage as decode;

use crate::{refused, schema, structured, with_data, with_members};

#[test]
fn every_member_arrives() {
    let value = r#" {"data":{"action":"culled","created":"2024-02-29","environment":"test","outcome":"failed","quantity":"2.50"},
        "sequence":"41","recordedtime":"2026-02-02T09:00:01+01:00","time":"2026-02-02T09:00:00+01:00","subject":"SE-0180",
        "type":"se.archive.part","source":"//archive","id":"å\u00e5","specversion":"1.0","comexample":{"a":[1e999,-0.0]}} "#;
    let event = structured(value).expect("a good event");
    assert_eq!((&*event.id, &*event.source, &*event.kind, &*event.subject), ("åå", "//archive", "se.archive.part", "SE-0180"));
    assert_eq!(event.time, Instant::from_nanos(1_770_019_200_000_000_000));
    assert_eq!(event.recorded, Some(Instant::from_nanos(1_770_019_201_000_000_000)));
    assert_eq!(event.sequence.as_deref(), Some("41"));
    assert_eq!(event.quantity, Reported::Given(Quantity::from_nanos(2_500_000_000)));
    assert_eq!((event.outcome.as_deref(), event.environment), (Some("failed"), Environment::Test));
    assert_eq!((event.created.as_deref(), event.action.as_deref()), (Some("2024-02-29"), Some("culled")));
    assert_eq!(event.personal, None);
}

/// Is it an event for the decoder, and one for the published schema? A certificate that nobody can look up is none for both.
#[test]
fn the_decoder_and_the_schema_agree_on_certificates_numbers_and_persons() {
    let check = |event: &str, expect: Result<(), &str>| {
        let faults = schema::faults("usage-event", &serde_json::from_str(event).expect("JSON"));
        assert_eq!(faults.is_empty(), expect.is_ok(), "{event}: {faults:?}");
        match expect {
            Ok(()) => assert!(structured(event).is_ok(), "{event}"),
            Err(says) => refused(event.as_bytes(), &[], says),
        }
    };
    let certificate = |json: &str, expect| check(&with_data(&format!(r#"{{"certificate":{json}}}"#)), expect);
    certificate(r#"{"issuer":"CN=CA","serial":"4c:01"}"#, Ok(()));
    certificate(r#"{"serial":"01","issuer":"CN=CA","more":[1]}"#, Ok(()));
    certificate(r#"{"issuer":"","serial":""}"#, Ok(()));
    certificate(r#"{"issuer":"CN=CA"}"#, Err("`data.certificate.serial` is missing"));
    certificate(r#"{"serial":"01"}"#, Err("`data.certificate.issuer` is missing"));
    certificate(r#"{"issuer":"CN=CA","serial":1}"#, Err("`data.certificate.serial` is not a string"));
    certificate(r#"{"issuer":null,"serial":"01"}"#, Err("`data.certificate.issuer` is not a string"));
    certificate(r#""4c:01""#, Err("`data.certificate` is not an object"));
    certificate("null", Err("`data.certificate` is not an object"));
    certificate("[]", Err("`data.certificate` is not an object"));
    let sequence = |json: &str, expect| check(&with_members(&format!(r#","sequence":{json}"#)), expect);
    sequence(r#""41""#, Ok(()));
    sequence("41", Ok(()));
    sequence("18446744073709551615", Ok(()));
    sequence(r#""A-41""#, Ok(()));
    sequence("null", Ok(()));
    sequence("true", Err("`sequence`"));
    sequence("[41]", Err("`sequence`"));
    sequence(r#"{"no":41}"#, Err("`sequence`"));
    let person = |json: &str, expect| check(&with_data(&format!(r#"{{"person":{json},"part":"familj"}}"#)), expect);
    person(r#""0123456789abcdef""#, Ok(()));
    person(r#""f3_-f3_-f3_-f3_-""#, Ok(()));
    person("123", Err("`data.person` is not a string"));
    person("null", Err("`data.person` is not a string"));
    check(&with_data(r#"{"part":7}"#), Err("`data.part` is not a string"));
}

/// What is no pseudonym is an event all the same: only services that charge by person refuse it.
#[test]
fn the_schema_asks_for_the_pseudonyms_that_are_charged() {
    for text in
        ["0123456789abcdef", "short", "0123456789abcde", &"a".repeat(128), &"a".repeat(129), "0123456789abcde+", "", "åäö456789abcdefg"]
    {
        let event = with_data(&format!(r#"{{"person":"{text}"}}"#));
        let decoded = structured(&event).expect("an event").person.expect("a person").into_owned();
        let faults = schema::faults("usage-event", &serde_json::from_str(&event).expect("JSON"));
        assert_eq!(faults.is_empty(), is_pseudonym(&decoded), "{text}: {faults:?}");
    }
}

#[test]
fn stored_bytes_say_where_and_in_which_stage() {
    let value = with_data(r#"{"quantity":260000000000,"unit":"norra \u0061","lifecycle":"archived"}"#);
    let event = structured(&value).expect("a good event");
    assert_eq!((event.unit.as_deref(), event.lifecycle.as_deref()), (Some("norra a"), Some("archived")));
    assert_eq!(structured(&with_data(r#"{"unit":"19121212-1212"}"#)).expect("an event").personal, Some("data"));
}

#[test]
fn what_is_absent_has_its_default() {
    for members in ["", r#","data":null"#, r#","data":{}"#, r#","recordedtime":null,"sequence":null,"data_base64":null,"x":null"#] {
        let value = with_members(members);
        let event = structured(&value).expect("a good event");
        assert_eq!((event.quantity, event.characters), (Reported::Absent, Reported::Absent), "{members}");
        assert_eq!((event.encoding, event.person, event.part, event.retracts), (None, None, None, None), "{members}");
        assert_eq!((event.recorded, event.sequence, event.outcome), (None, None, None), "{members}");
        assert_eq!((event.environment, event.created, event.action), (Environment::Unsaid, None, None), "{members}");
    }
}

#[test]
fn quantities() {
    let check = |json: &str, expect: Option<&str>| {
        let value = with_data(&format!(r#"{{"quantity":{json}}}"#));
        let expect = expect.map_or(Reported::Unreadable, |text| Reported::Given(text.to_owned()));
        let found = match structured(&value).expect(json).quantity {
            Reported::Given(quantity) => Reported::Given(quantity.to_string()),
            Reported::Unreadable => Reported::Unreadable,
            Reported::Absent => Reported::Absent,
        };
        assert_eq!(found, expect, "{json}");
    };
    check("-1", Some("-1"));
    check(r#""-3.50""#, Some("-3.5"));
    check("0", Some("0"));
    check("1.50", Some("1.5"));
    check("999999999999999999.999999999", Some("999999999999999999.999999999"));
    check(r#""0.000000001""#, Some("0.000000001"));
    check(r#""\u0031\u0032""#, Some("12"));
    for bad in ["-0", "-0.0", "-1e3", "1e3", "1E999", "1000000000000000000", "0.0000000001", "123456789012345678901234567890"] {
        check(bad, None);
        check(&format!("\"{bad}\""), None);
    }
    for bad in ["", " 1", "007", "-007", "--1", "-", "+1", ".5", "1.", "NaN", "one", "1,5", "٣"] {
        check(&format!("\"{bad}\""), None);
    }
}

#[test]
fn lengths_of_messages() {
    let check = |json: &str, expect: Reported<u64>| {
        assert_eq!(structured(&with_data(&format!(r#"{{"characters":{json}}}"#))).expect(json).characters, expect, "{json}");
    };
    check("0", Reported::Given(0));
    check("161", Reported::Given(161));
    check(r#""161""#, Reported::Given(161));
    check("999999999999999999", Reported::Given(999_999_999_999_999_999));
    for bad in ["-1", "1.0", "1e2", "1000000000000000000"] {
        check(bad, Reported::Unreadable);
        check(&format!("\"{bad}\""), Reported::Unreadable);
    }
    for bad in ["", "007", "+1", "1 ", "٣", "many"] {
        check(&format!("\"{bad}\""), Reported::Unreadable);
    }
}

#[test]
fn what_can_be_taken_back_or_counted_by_person_arrives() {
    let value = with_data(r#"{"encoding":"ucs2","person":"0123456789abcdef","part":"familj","retracts":"e-0"}"#);
    let event = structured(&value).expect("a good event");
    let found = [event.encoding.as_deref(), event.person.as_deref(), event.part.as_deref(), event.retracts.as_deref()];
    assert_eq!(found, [Some("ucs2"), Some("0123456789abcdef"), Some("familj"), Some("e-0")]);
}

/// What may stand in an id may be repeated in `retracts`; in every other string it is a person.
#[test]
fn an_id_of_twelve_digits_may_be_taken_back() {
    let check = |data: &str, expect: Option<&str>| assert_eq!(structured(&with_data(data)).expect(data).personal, expect, "{data}");
    check(r#"{"retracts":"191212121212"}"#, None);
    check(r#"{"retracts":"19121212-1212"}"#, Some("data"));
    check(r#"{"person":"191212121212"}"#, Some("data"));
    check(r#"{"part":"191212121212"}"#, Some("data"));
}

#[test]
fn environments() {
    let check = |json: &str, expect: Environment| {
        assert_eq!(structured(&with_data(&format!(r#"{{"environment":{json}}}"#))).expect(json).environment, expect, "{json}");
    };
    check(r#""production""#, Environment::Production);
    check(r#""test""#, Environment::Test);
    check(r#""Test""#, Environment::Unknown);
    check(r#""""#, Environment::Unknown);
}

#[test]
fn a_missing_member_is_named() {
    let whole = with_members("");
    for (member, text) in [
        ("specversion", r#""specversion":"1.0","#),
        ("id", r#""id":"e-1","#),
        ("source", r#""source":"//sms.example","#),
        ("type", r#""type":"se.sms.sent","#),
        ("subject", r#""subject":"SE-0180","#),
        ("time", r#","time":"2026-02-02T08:00:00Z""#),
    ] {
        assert!(whole.contains(text), "{text}");
        refused(whole.replace(text, "").as_bytes(), &[], &format!("`{member}` is missing"));
        let null = text.split_once(':').map(|(name, _)| format!("{name}:null")).expect("a member");
        let null = if text.ends_with(',') { null + "," } else { null };
        refused(whole.replace(text, &null).as_bytes(), &[], &format!("`{member}` is missing"));
    }
}

#[test]
fn wrong_values_are_refused() {
    let long = "x".repeat(257);
    for (from, to, says) in [
        (r#""1.0""#, r#""1.1""#, "`specversion` is not"),
        (r#""1.0""#, "1.0", "`specversion` is not a string"),
        (r#""e-1""#, "1", "`id` is not a string"),
        (r#""e-1""#, r#""""#, "`id` has 0 bytes"),
        ("e-1", &long, "`id` has 257 bytes"),
        ("//sms.example", &long, "`source` has 257 bytes"),
        ("SE-0180", &long, "`subject` has 257 bytes"),
        ("SE-0180", "", "`subject` has 0 bytes"),
        ("SE-0180", r"SE\n0180", "`subject` holds a control character"),
        ("se.sms.sent", "", "`type` is empty"),
        ("2026-02-02T08:00:00Z", "2026-02-02T08:00:00", "`time` is not an instant"),
        ("2026-02-02T08:00:00Z", "2026-02-30T08:00:00Z", "`time` is not an instant"),
    ] {
        refused(with_members("").replace(from, to).as_bytes(), &[], says);
    }
    for (members, says) in [
        (r#","recordedtime":"yesterday""#, "`recordedtime` is not an instant"),
        (r#","recordedtime":1770019200"#, "`recordedtime` is not a string"),
        (r#","sequence":[1]"#, "`sequence` is not a string"),
        (r#","data_base64":"e30=""#, "`data_base64`"),
    ] {
        refused(with_members(members).as_bytes(), &[], says);
    }
}

#[test]
fn wrong_data_is_refused() {
    for (data, says) in [
        ("[]", "`data` is not an object"),
        (r#""text""#, "`data` is not an object"),
        ("1", "`data` is not an object"),
        (r#"{"quantity":true}"#, "`data.quantity`"),
        (r#"{"quantity":null}"#, "`data.quantity`"),
        (r#"{"quantity":[]}"#, "`data.quantity`"),
        (r#"{"quantity":{}}"#, "`data.quantity`"),
        (r#"{"quantity":007}"#, "invalid JSON"),
        (r#"{"quantity":+1}"#, "invalid JSON"),
        (r#"{"quantity":.5}"#, "invalid JSON"),
        (r#"{"quantity":1.}"#, "invalid JSON"),
        (r#"{"quantity":NaN}"#, "invalid JSON"),
        (r#"{"unit":null}"#, "`data.unit` is not a string"),
        (r#"{"lifecycle":true}"#, "`data.lifecycle` is not a string"),
        (r#"{"outcome":1}"#, "`data.outcome`"),
        (r#"{"outcome":null}"#, "`data.outcome`"),
        (r#"{"environment":null}"#, "`data.environment`"),
        (r#"{"created":20240101}"#, "`data.created`"),
        (r#"{"action":false}"#, "`data.action`"),
        (r#"{"characters":null}"#, "`data.characters`"),
        (r#"{"characters":[161]}"#, "`data.characters`"),
        (r#"{"encoding":7}"#, "`data.encoding`"),
        (r#"{"person":12345678901234567890}"#, "`data.person`"),
        (r#"{"part":null}"#, "`data.part`"),
        (r#"{"retracts":["e-1"]}"#, "`data.retracts`"),
        (r#"{"retracts":"e-1","retracts":"e-2"}"#, "given twice"),
    ] {
        refused(with_data(data).as_bytes(), &[], says);
    }
}

#[test]
fn a_member_given_twice_is_refused_at_any_depth() {
    for members in [
        r#","id":"e-1""#,
        r#","\u0069d":"e-1""#,
        r#","x":1,"x":1"#,
        r#","data":{},"data":{}"#,
        r#","data":null,"data":{}"#,
        r#","data":{"quantity":1,"quantity":1}"#,
        r#","data":{"more":[{"a":{"b":1,"b":2}}]}"#,
        r#","x":{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":1,"k":2,"l":3,"m":4,"n":5,"o":6,"p":7,"q":8,"r":9,"q":0}"#,
    ] {
        refused(with_members(members).as_bytes(), &[], "given twice");
    }
}

#[test]
fn hostile_values_are_refused() {
    let nested = |depth: usize| with_members(&format!(r#","x":{}{}"#, "[".repeat(depth), "]".repeat(depth)));
    assert!(structured(&nested(63)).is_ok(), "64 deep");
    refused(nested(64).as_bytes(), &[], "more than 64");
    refused("[".repeat(1 << 20).as_bytes(), &[], "not a JSON object");
    refused(with_members(&format!(r#","x":{}"#, "[".repeat(1_000_000))).as_bytes(), &[], "more than 64");
    let filled = |length: usize| with_members(&format!(r#","x":"{}""#, "x".repeat(length)));
    let rest = (1 << 20) - filled(0).len();
    assert!(structured(&filled(rest)).is_ok(), "1 MiB");
    refused(filled(rest + 1).as_bytes(), &[], "1048576 are allowed");
    let good = with_members("");
    for end in 0..good.len() {
        refused(&good.as_bytes()[..end], &[], "");
    }
    for (value, says) in [
        (&b""[..], "no value"),
        (b"null", "not a JSON object"),
        (b"[]", "not a JSON object"),
        (b"\xef\xbb\xbf{}", "invalid JSON"),
        (b"{\"id\":\"\xff\"}", "not UTF-8"),
        (b"{\"id\":\"\xed\xa0\x80\"}", "not UTF-8"),
        (b"{\"id\":\"\\ud800\"}", "surrogate"),
        (b"{\"id\":\"\\udc00\\ud800\"}", "surrogate"),
        (b"{\"x\":\"\\uZZZZ\"}", "hex"),
        (b"{\"x\":\"\\x\"}", "escape"),
        (b"{\"x\":\"\n\"}", "control character"),
        (b"{\"x\":tru}", "invalid JSON"),
        (b"{\"x\":1,}", "invalid JSON"),
        (b"{'x':1}", "invalid JSON"),
    ] {
        refused(value, &[], says);
    }
    refused((with_members("") + "{}").as_bytes(), &[], "more after the value");
}

const HEADERS: [(&str, &[u8]); 7] = [
    ("ce_specversion", b"1.0"),
    ("ce_id", b"e-1"),
    ("ce_source", b"//sms.example"),
    ("ce_type", b"se.sms.sent"),
    ("ce_subject", b"SE-0180"),
    ("ce_time", b"2026-02-02T08:00:00Z"),
    ("content-type", b"application/json"),
];

#[test]
fn binary_mode_says_the_same() {
    let data = r#"{"quantity":3,"outcome":"delivered"}"#;
    let same = with_data(data);
    let expect = structured(&same);
    assert_eq!(decode(data.as_bytes(), &HEADERS, true), expect);
    let loud: Vec<(String, &[u8])> = HEADERS.iter().map(|(name, value)| (name.to_uppercase(), *value)).collect();
    let loud: Vec<(&str, &[u8])> = loud.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    assert_eq!(decode(data.as_bytes(), &loud, true), expect, "names in any case");
    assert_eq!(decode(data.as_bytes(), &HEADERS[..6], true), expect, "no content type");
    let mut more = HEADERS.to_vec();
    more.extend([("ce_custom", &b"x"[..]), ("trace", &b"\xff"[..]), ("trace", &b"1"[..])]);
    assert_eq!(decode(data.as_bytes(), &more, true), expect, "other headers");
}

#[test]
fn structured_mode_needs_its_content_type_beside_ce_headers() {
    let value = with_members("");
    let mut headers = HEADERS;
    for name in [&b"application/cloudevents+json; charset=utf-8"[..], b"Application/CloudEvents+JSON"] {
        headers[6].1 = name;
        assert_eq!(decode(value.as_bytes(), &headers, true), structured(&value));
    }
    assert_eq!(decode(value.as_bytes(), &[("content-type", b"application/json")], true), structured(&value));
    assert_eq!(decode(value.as_bytes(), &[("trace", b"1")], true), structured(&value));
}

#[test]
fn bad_binary_events_are_refused() {
    let replaced = |place: usize, header: (&'static str, &'static [u8])| {
        let mut headers = HEADERS.to_vec();
        headers[place] = header;
        headers
    };
    refused(b"", &HEADERS, "no value");
    refused(b"{", &HEADERS, "invalid JSON");
    refused(b"[]", &HEADERS, "`data` is not an object");
    refused(b"{} x", &HEADERS, "more after the value");
    for (place, name) in ["specversion", "id", "source", "type", "subject", "time"].into_iter().enumerate() {
        refused(b"{}", &replaced(place, ("ce_other", b"")), &format!("`{name}` is missing"));
        refused(b"{}", &replaced(6, HEADERS[place]), "given twice");
    }
    refused(b"{}", &replaced(1, ("ce_id", b"\xff")), "not UTF-8");
    refused(b"{}", &replaced(1, ("ce_id", b"")), "`id` has 0 bytes");
    refused(b"{}", &replaced(5, ("ce_time", b"2026-02-02")), "`time` is not an instant");
    let mut twice = HEADERS.to_vec();
    twice.push(("Content-Type", b"application/json"));
    refused(b"{}", &twice, "`content-type` is given twice");
}
