//! Compares billing records by what CONTRACT fixes: decimals by value, instants by millisecond, ids and digests not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::calendar;
use super::number::Dec;

const DECIMALS: &[&str] = &[
    "quantity",
    "unit_price",
    "base_quantity",
    "net_amount",
    "rate",
    "taxable",
    "amount",
    "net",
    "gross",
    "size",
    "first_unit",
    "last_unit",
];
const MEMBERS: &[&str] = &[
    "schema",
    "number",
    "kind",
    "customer",
    "seller",
    "currency",
    "issued_at",
    "period",
    "due_date",
    "from",
    "to",
    "zone",
    "preceding",
    "lines",
    "line",
    "plan",
    "service",
    "agreement",
    "system",
    "quantity",
    "unit",
    "unit_price",
    "base_quantity",
    "net_amount",
    "vat",
    "category",
    "rate",
    "package",
    "ordinal",
    "basis",
    "lineage",
    "events",
    "totals",
    "net",
    "gross",
    "catalog",
    "version",
];

pub fn read_records(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The order of records of different customers is free, so they are matched by number.
pub fn assert_same_records(expected: &[Value], actual: &[Value]) {
    let differences = differences(expected, actual);
    let shown: Vec<&String> = differences.iter().take(25).collect();
    assert!(differences.is_empty(), "{} differences in billing records, the first:\n{shown:#?}", differences.len());
}

pub fn differences(expected: &[Value], actual: &[Value]) -> Vec<String> {
    let mut found = Vec::new();
    let expected = by_number(expected, "expected", &mut found);
    let actual = by_number(actual, "actual", &mut found);
    let numbers: BTreeSet<&&str> = expected.keys().chain(actual.keys()).collect();
    for number in numbers {
        match (expected.get(*number), actual.get(*number)) {
            (Some(_), None) => found.push(format!("record {number} is missing")),
            (None, Some(record)) => found.push(format!("record {number} is not expected: {record}")),
            (Some(e), Some(a)) => compare(&format!("record {number}"), "", e, a, &mut found),
            (None, None) => {}
        }
    }
    found
}

fn by_number<'a>(records: &'a [Value], which: &str, found: &mut Vec<String>) -> BTreeMap<&'a str, &'a Value> {
    let mut numbered = BTreeMap::new();
    for record in records {
        let number = record["number"].as_str().unwrap_or("(no number)");
        if numbered.insert(number, record).is_some() {
            found.push(format!("record {number} occurs twice in {which}"));
        }
    }
    numbered
}

fn compare(path: &str, name: &str, expected: &Value, actual: &Value, found: &mut Vec<String>) {
    match (expected, actual) {
        // The figures that the model reckons too; it explains less than a record does.
        (Value::Null, Value::Object(_)) if name == "basis" => {}
        (Value::Object(e), Value::Object(a)) if name == "basis" => {
            for (name, figure) in e.iter().filter(|(name, figure)| !a.get(*name).is_some_and(|a| same_figure(figure, a))) {
                found.push(format!("{path}.{name}: expected {figure}, got {:?}", a.get(name)));
            }
        }
        (Value::Object(e), Value::Object(a)) => {
            let names: BTreeSet<&String> = e.keys().chain(a.keys()).collect();
            for name in names.into_iter().filter(|name| is_fixed(name)) {
                let (e, a) = (e.get(name).unwrap_or(&Value::Null), a.get(name).unwrap_or(&Value::Null));
                compare(&format!("{path}.{name}"), name, e, a, found);
            }
        }
        (Value::Array(e), Value::Array(a)) if e.len() == a.len() => {
            for (i, (e, a)) in e.iter().zip(a).enumerate() {
                compare(&format!("{path}[{i}]"), name, e, a, found);
            }
        }
        (e, a) if same(name, e, a) => {}
        (e, a) => found.push(format!("{path}: expected {e}, got {a}")),
    }
}

/// Words by their letters, decimals by their value.
fn same_figure(expected: &Value, actual: &Value) -> bool {
    let decimal = |value: &Value| value.as_str().and_then(Dec::parse);
    expected == actual || decimal(expected).is_some_and(|e| Some(e) == decimal(actual))
}

fn is_fixed(name: &str) -> bool {
    MEMBERS.contains(&name) || DECIMALS.contains(&name)
}

fn same(name: &str, expected: &Value, actual: &Value) -> bool {
    // `preceding` may be left out or empty.
    if let (Value::Null, Value::Array(list)) | (Value::Array(list), Value::Null) = (expected, actual) {
        return list.is_empty();
    }
    let (Some(e), Some(a)) = (expected.as_str(), actual.as_str()) else { return expected == actual };
    if DECIMALS.contains(&name) {
        return Dec::parse(e).is_some() && Dec::parse(e) == Dec::parse(a);
    }
    if name == "issued_at" {
        let millis = |text: &str| calendar::instant(text).map(|at| at.timestamp_millis());
        return millis(e).is_some() && millis(e) == millis(a);
    }
    e == a
}

#[test]
fn differences_name_record_and_field() {
    let record = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let check = |e: &str, a: &str, expect: &[&str]| assert_eq!(differences(&[record(e)], &[record(a)]), expect);
    check(r#"{"number":"A-1","totals":{"net":"1.0"}}"#, r#"{"number":"A-1","totals":{"net":"1.00"},"id":"x"}"#, &[]);
    check(
        r#"{"number":"A-1","issued_at":"2026-01-01T00:00:00Z"}"#,
        r#"{"number":"A-1","issued_at":"2026-01-01T00:00:00.000Z","preceding":[]}"#,
        &[],
    );
    check(
        r#"{"number":"A-1","lines":[{"quantity":"1"}]}"#,
        r#"{"number":"A-1","lines":[{"quantity":"2"}]}"#,
        &[r#"record A-1.lines[0].quantity: expected "1", got "2""#],
    );
    check(r#"{"number":"A-1"}"#, r#"{"number":"A-1","kind":"annual"}"#, &[r#"record A-1.kind: expected null, got "annual""#]);
}
