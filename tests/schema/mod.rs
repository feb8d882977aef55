//! `docs/schema` as the independent judge of all that is read and published.

#![allow(dead_code, reason = "every integration test uses another part")]

use std::collections::HashMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;
use tally::domain::record::BillingRecord;
use tally::engine::input::Effect;
use tally::wire::encode;

const NAMES: &[&str] = &["billing-record", "catalog", "control-event", "notice", "suspense", "usage-event"];

static SCHEMAS: LazyLock<HashMap<&str, Validator>> = LazyLock::new(|| NAMES.iter().map(|name| (*name, compiled(name))).collect());

pub fn document(name: &str) -> Value {
    let path = format!("{}/docs/schema/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn compiled(name: &str) -> Validator {
    let schema = document(name);
    jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{name} is no JSON Schema: {error}"));
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What is wrong with a value, one line a fault.
pub fn faults(name: &str, value: &Value) -> Vec<String> {
    let schema = SCHEMAS.get(name).unwrap_or_else(|| panic!("no schema {name}"));
    schema.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[track_caller]
pub fn assert_obeys(name: &str, bytes: &[u8]) {
    let value: Value = serde_json::from_slice(bytes).expect("JSON");
    assert_eq!(faults(name, &value), Vec::<String>::new(), "{value:#}");
}

/// Everything that an engine published, as it is published.
#[track_caller]
pub fn assert_effects_obey(effects: &[Effect]) {
    for effect in effects {
        match effect {
            Effect::Record(record) => assert_record_obeys(record),
            Effect::Suspense(it) => assert_obeys("suspense", &encode::suspense(it).value),
            Effect::Notice(it) => assert_obeys("notice", &encode::notice(it).value),
        }
    }
}

#[track_caller]
pub fn assert_record_obeys(record: &BillingRecord) {
    assert_obeys("billing-record", &encode::record(record).value);
}
