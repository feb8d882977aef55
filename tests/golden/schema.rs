//! The part of JSON Schema 2020-12 that `docs/schema` uses. A keyword that is not here is an error,
//! so that no schema promises more than is checked.

use serde_json::Value;

/// What is wrong with `value`, one line a fault.
pub fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    check(schema, schema, value, "$", &mut faults);
    faults
}

fn check(root: &Value, schema: &Value, value: &Value, place: &str, faults: &mut Vec<String>) {
    for (keyword, rule) in schema.as_object().expect("a schema is an object") {
        let good = match keyword.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" | "examples" | "format" => true,
            "$ref" => {
                let path = rule.as_str().and_then(|text| text.strip_prefix('#')).expect("a reference into this document");
                check(root, root.pointer(path).expect("a definition"), value, place, faults);
                true
            }
            "type" => has_type(rule, value),
            "const" => rule == value,
            "enum" => list(rule).contains(value),
            "pattern" => value.as_str().is_none_or(|text| matches(text_of(rule), text)),
            "minLength" => value.as_str().is_none_or(|text| text.chars().count() as u64 >= number(rule)),
            "maxLength" => value.as_str().is_none_or(|text| text.chars().count() as u64 <= number(rule)),
            "minimum" => value.as_number().is_none_or(|found| rule.as_number().is_some_and(|least| found.as_f64() >= least.as_f64())),
            "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= number(rule)),
            "required" => list(rule).iter().all(|name| value.get(text_of(name)).is_some()),
            "properties" | "additionalProperties" => {
                members(root, schema, value, place, faults);
                true
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, rule, item, &format!("{place}[{index}]"), faults);
                }
                true
            }
            "oneOf" => list(rule).iter().filter(|one| passes(root, one, value)).count() == 1,
            "not" => !passes(root, rule, value),
            other => panic!("{place}: the keyword {other} is not checked here"),
        };
        if !good {
            faults.push(format!("{place}: {value} is against {keyword} {rule}"));
        }
    }
}

fn passes(root: &Value, schema: &Value, value: &Value) -> bool {
    let mut faults = Vec::new();
    check(root, schema, value, "", &mut faults);
    faults.is_empty()
}

fn members(root: &Value, schema: &Value, value: &Value, place: &str, faults: &mut Vec<String>) {
    for (name, member) in value.as_object().into_iter().flatten() {
        match schema.get("properties").and_then(|known| known.get(name)) {
            Some(rule) => check(root, rule, member, &format!("{place}.{name}"), faults),
            None if schema.get("additionalProperties") == Some(&Value::Bool(false)) => faults.push(format!("{place}.{name} is not known")),
            None => {}
        }
    }
}

fn has_type(rule: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("no type {other}"),
    };
    match rule {
        Value::Array(names) => names.iter().any(|name| is(text_of(name))),
        name => is(text_of(name)),
    }
}

fn list(rule: &Value) -> &[Value] {
    rule.as_array().expect("a list")
}

fn text_of(rule: &Value) -> &str {
    rule.as_str().expect("a text")
}

fn number(rule: &Value) -> u64 {
    rule.as_u64().expect("a number")
}

/// The few patterns in use, by name of what they mean.
fn matches(pattern: &str, text: &str) -> bool {
    let hex = |text: &str, length| text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    match pattern {
        "^[0-9a-f]{32}$" => hex(text, 32),
        "^sha256:[0-9a-f]{64}$" => text.strip_prefix("sha256:").is_some_and(|digest| hex(digest, 64)),
        "^-?[0-9]+(\\.[0-9]+)?$" => text.parse::<rust_decimal::Decimal>().is_ok() && !text.starts_with(['+', '.']),
        "^-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,9})?$" => tally::domain::quantity::Quantity::parse_signed(text).is_some(),
        "^(0|[1-9][0-9]{0,17})$" => tally::domain::quantity::Quantity::parse(text).is_some_and(|_| !text.contains('.')),
        "^[A-Za-z0-9_-]{16,128}$" => {
            (16..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        }
        "^[A-Z]{3}$" => text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()),
        "^[A-Z]{2}$" => text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()),
        "-[0-9]{6,}$" => text.rsplit_once('-').is_some_and(|(_, digits)| digits.len() >= 6 && digits.bytes().all(|b| b.is_ascii_digit())),
        "Z$" => text.ends_with('Z'),
        other => panic!("the pattern {other} is not checked here"),
    }
}
