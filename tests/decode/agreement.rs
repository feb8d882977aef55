//! Properties: nothing panics, and `serde_json`, which shares no code with us, agrees.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tally::domain::usage::Environment;
use tally::wire::decode::{control, usage as decode};

/// Any JSON without floats: those are where the two differ on purpose.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-z\"\\\\é]{0,4}", inner, 0..6)
                .prop_map(|members| Value::from(members.into_iter().collect::<Map<_, _>>()))
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{1,40}", "\\PC{1,40}"]
}

prop_compose! {
    fn event()(
        id in name(), source in name(), kind in name(), subject in name(), seconds in 0_i64..4_000_000_000,
        quantity in "(0|[1-9][0-9]{0,17})(\\.[0-9]{1,9})?", as_text in any::<bool>(), outcome in prop::option::of(any::<String>()),
        test in any::<bool>(), extra in any_json(), inner in any_json(),
    ) -> Value {
        let time = chrono::DateTime::from_timestamp(seconds, 0).expect("in range").to_rfc3339();
        let mut data = json!({ "zz": inner });
        // A number keeps to integers here: serde_json would make a float of the rest.
        data["quantity"] = match quantity.parse::<u64>() {
            Ok(number) if !as_text => Value::from(number),
            _ => Value::from(quantity),
        };
        if let Some(outcome) = outcome {
            data["outcome"] = Value::from(outcome);
        }
        if test {
            data["environment"] = Value::from("test");
        }
        json!({ "specversion": "1.0", "id": id, "source": source, "type": kind, "subject": subject, "time": time, "data": data, "zz": extra })
    }
}

/// The event as `serde_json` reads it says what ours says.
fn same(value: &[u8]) -> Result<(), TestCaseError> {
    let ours = decode(value, &[], true);
    let theirs: Result<Value, _> = serde_json::from_slice(value);
    match (ours, theirs) {
        (Ok(event), Ok(theirs)) => {
            let data = theirs.get("data").cloned().unwrap_or_default();
            prop_assert_eq!(Some(&*event.id), theirs["id"].as_str());
            prop_assert_eq!(Some(&*event.source), theirs["source"].as_str());
            prop_assert_eq!(Some(&*event.kind), theirs["type"].as_str());
            prop_assert_eq!(Some(&*event.subject), theirs["subject"].as_str());
            prop_assert_eq!(event.outcome.as_deref(), data["outcome"].as_str());
            prop_assert_eq!(event.environment == Environment::Test, data["environment"] == "test");
            let time = chrono::DateTime::parse_from_rfc3339(theirs["time"].as_str().unwrap_or_default());
            prop_assert_eq!(time.map(|time| tally::domain::instant::Instant::from_utc(time.to_utc())), Ok(event.time));
        }
        (Ok(_), Err(theirs)) => prop_assert!(theirs.to_string().contains("number out of range"), "only they refuse: {theirs}"),
        (Err(ours), Ok(_)) => prop_assert!(!ours.detail.starts_with("invalid JSON"), "only we refuse: {ours}"),
        (Err(_), Err(_)) => {}
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), header in prop::collection::vec(any::<u8>(), 0..20)) {
        let headers = [("ce_id", &header[..]), ("content-type", &header[..])];
        let _ = decode(&bytes, &[], true);
        let _ = decode(&bytes, &headers, true);
        let _ = control(&bytes, &[]);
        same(&bytes)?;
    }

    #[test]
    fn json_like_text_never_panics_and_agrees(text in "[\\[\\]{}\",:0-9a-zA-Z\\\\ .+\\-é]{0,60}") {
        same(text.as_bytes())?;
        let text = format!(r#"{{"specversion":"1.0","id":"1","source":"s","type":"t","subject":"c","time":"2026-01-01T00:00:00Z","x":{text}}}"#);
        same(text.as_bytes())?;
    }

    #[test]
    fn good_events_arrive_whole(event in event(), pretty in any::<bool>()) {
        let value = if pretty { serde_json::to_vec_pretty(&event) } else { serde_json::to_vec(&event) }.expect("JSON");
        let ours = decode(&value, &[], true);
        prop_assert!(ours.is_ok(), "{ours:?}");
        let quantity = &event["data"]["quantity"];
        let digits = quantity.as_str().map_or_else(|| quantity.to_string(), str::to_owned);
        let expect: rust_decimal::Decimal = digits.parse().expect("a decimal");
        let found = ours.ok().and_then(|event| event.quantity.given()).map(|found| found.to_string());
        prop_assert_eq!(found, Some(expect.normalize().to_string()));
        same(&value)?;
    }

    #[test]
    fn damaged_events_agree(event in event(), places in prop::collection::vec((any::<prop::sample::Index>(), 0..3, any::<u8>()), 1..4)) {
        let mut value = serde_json::to_vec(&event).expect("JSON");
        for (place, how, byte) in places {
            let place = place.index(value.len());
            match how {
                0 => value[place] = byte,
                1 => value.insert(place, byte),
                _ => drop(value.remove(place)),
            }
        }
        same(&value)?;
        let _ = control(&value, &[]);
    }
}
