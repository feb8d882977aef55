//! An event that is sent again: as it was, with members in front that say where it comes from and who sent it.

use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use crate::domain::instant::Instant;
use crate::wire::decode::Header;

/// Who sends it again, and when it is recorded.
#[derive(Debug, Clone, Copy)]
pub struct Provenance<'a> {
    pub actor: &'a str,
    pub recorded: Instant,
}

impl Provenance<'_> {
    /// Not a byte of the rest is changed: a number that is read and written again may be another one. None: it is no event by itself.
    #[must_use]
    pub fn put(&self, text: &str, origin: &str) -> Option<String> {
        let event: Value = serde_json::from_str(text).ok()?;
        let members = event.as_object().filter(|members| members.contains_key("specversion"))?;
        let rest = text.trim().strip_prefix('{')?;
        let said = [("recycledfrom", origin), ("recycledby", self.actor), ("recordedtime", &self.recorded.to_string())];
        let added = said.into_iter().filter(|(name, _)| !members.contains_key(*name));
        let front: String = added.map(|(name, value)| format!("{}:{},", json!(name), json!(value))).collect();
        Some(format!("{{{front}{}", rest.replace(['\n', '\r'], " ")))
    }
}

/// Is it an event by itself?
#[must_use]
pub fn is_structured(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|event| event.get("specversion").is_some())
}

/// Whose it is, if it says so.
#[must_use]
pub fn subject(text: &str) -> Option<String> {
    let event: Value = serde_json::from_str(text).ok()?;
    Some(event.get("subject")?.as_str()?.to_owned())
}

/// An event of Kafka's binary mode as one of structured mode: the attributes out of the headers, and the value as its data,
/// byte by byte. None: it is not in binary mode, or would not say the same.
#[must_use]
pub fn structured(value: &[u8], headers: &[Header<'_>]) -> Option<String> {
    let data = std::str::from_utf8(value).ok()?;
    serde_json::from_str::<IgnoredAny>(data).ok()?;
    let mut members = Map::new();
    for (name, text) in headers {
        let name = name.to_ascii_lowercase();
        let attribute = match name.strip_prefix("ce_") {
            Some("data" | "data_base64" | "datacontenttype") => return None,
            Some(attribute) => attribute,
            None if name == "content-type" => "datacontenttype",
            None => continue,
        };
        let text = std::str::from_utf8(text).ok()?;
        if members.insert(attribute.to_owned(), text.into()).is_some() {
            return None;
        }
    }
    let is_structured =
        members.get("datacontenttype").and_then(Value::as_str).is_some_and(|kind| kind.starts_with("application/cloudevents"));
    if is_structured || !members.contains_key("specversion") {
        return None;
    }
    let attributes = Value::Object(members).to_string();
    Some(format!("{},\"data\":{}}}", attributes.strip_suffix('}')?, data.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::decode;

    #[test]
    fn a_copy_says_where_it_comes_from_and_changes_no_number() {
        let recorded = decode::instant("2026-02-01T00:00:00Z").expect("an instant");
        let provenance = Provenance { actor: "anna", recorded };
        let check = |given: &str, expect: Option<&str>| assert_eq!(provenance.put(given, "t/0/7").as_deref(), expect, "{given}");
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

    #[test]
    fn binary_mode_is_made_structured_and_says_the_same() {
        let check = |headers: &[(&str, &str)], value: &str, expect: Option<&str>| {
            let headers: Vec<Header<'_>> = headers.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
            let made = structured(value.as_bytes(), &headers);
            assert_eq!(made.as_deref(), expect, "{headers:?} {value}");
            if let Some(made) = made {
                assert_eq!(decode::usage(made.as_bytes(), &[], true), decode::usage(value.as_bytes(), &headers, true));
            }
        };
        let good = [
            ("ce_specversion", "1.0"),
            ("CE_Id", "a\"b"),
            ("ce_source", "//s"),
            ("ce_type", "look"),
            ("ce_subject", "SE-1"),
            ("ce_time", "2026-02-01T00:00:00Z"),
            ("trace", "7"),
        ];
        check(
            &good,
            " {\"quantity\": 0.1234567890}\n",
            Some(
                r#"{"id":"a\"b","source":"//s","specversion":"1.0","subject":"SE-1","time":"2026-02-01T00:00:00Z","type":"look","data":{"quantity": 0.1234567890}}"#,
            ),
        );
        check(&good, "{", None);
        check(&good, "", None);
        check(&good[1..], "{}", None);
        check(&[&good[..], &[("ce_ID", "c")]].concat(), "{}", None);
        check(&[&good[..], &[("content-type", "application/cloudevents+json")]].concat(), "{}", None);
        check(&[&good[..], &[("ce_data", "1")]].concat(), "{}", None);
    }
}
