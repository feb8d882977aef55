//! TOML values as JSON, where what they mean is known elsewhere.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::DeValue;

use super::value::Value;
use crate::wire::decode::Json;

impl Value<'_> {
    /// The value as JSON: dates and instants become texts, numbers keep their digits. None, with a fault, for a
    /// number that JSON does not have.
    #[must_use]
    pub fn json(&self) -> Option<Json> {
        let json = json(self.inner);
        if json.is_none() {
            self.fault("holds a number that JSON does not have", "it as plain decimal digits, or as a text");
        }
        json
    }
}

fn json(value: &DeValue<'_>) -> Option<Json> {
    Some(match value {
        DeValue::String(text) => Json::Text(text.to_string()),
        DeValue::Boolean(flag) => Json::Bool(*flag),
        DeValue::Datetime(time) => Json::Text(time.to_string()),
        DeValue::Integer(integer) if integer.radix() == 10 => number(integer.as_str())?,
        DeValue::Integer(integer) => number(&i64::from_str_radix(integer.as_str(), integer.radix()).ok()?.to_string())?,
        DeValue::Float(float) => number(float.as_str())?,
        DeValue::Array(items) => Json::List(items.iter().map(|item| json(item.get_ref())).collect::<Option<_>>()?),
        DeValue::Table(entries) => {
            let members = entries.iter().map(|(key, value)| member(key, value));
            Json::Object(members.collect::<Option<BTreeMap<_, _>>>()?)
        }
    })
}

fn member(key: &Spanned<toml::de::DeString<'_>>, value: &Spanned<DeValue<'_>>) -> Option<(String, Json)> {
    Some((key.get_ref().to_string(), json(value.get_ref())?))
}

fn number(digits: &str) -> Option<Json> {
    let digits = digits.strip_prefix('+').unwrap_or(digits);
    Json::parse(digits.as_bytes()).ok().filter(|json| matches!(json, Json::Number(_)))
}
