//! Which members of two JSON texts differ.

use serde_json::Value;

/// A member that differs, with both values as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    pub member: String,
    pub published: Option<String>,
    pub expected: Option<String>,
}

/// All members that differ; of texts that say the same in other bytes, the texts.
#[must_use]
pub fn changed(published: &[u8], expected: &[u8]) -> Vec<Changed> {
    let whole = || Changed { member: "(line)".to_owned(), published: Some(shown(published)), expected: Some(shown(expected)) };
    let (Ok(one), Ok(other)) = (serde_json::from_slice(published), serde_json::from_slice(expected)) else { return vec![whole()] };
    let mut found = Vec::new();
    walk(String::new(), Some(&one), Some(&other), &mut found);
    if found.is_empty() { vec![whole()] } else { found }
}

fn walk(path: String, one: Option<&Value>, other: Option<&Value>, found: &mut Vec<Changed>) {
    match (one, other) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let names = a.keys().chain(b.keys().filter(|name| !a.contains_key(*name)));
            for name in names {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                walk(below, a.get(name), b.get(name), found);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            (0..a.len().max(b.len())).for_each(|place| walk(format!("{path}[{place}]"), a.get(place), b.get(place), found));
        }
        (one, other) if one == other => {}
        (one, other) => found.push(Changed { member: path, published: one.map(text), expected: other.map(text) }),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// At most this much of a line that is no JSON.
const SHOWN: usize = 200;

#[must_use]
pub fn shown(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_members_that_differ_are_named() {
        let check = |published: &str, expected: &str, expect: &[&str]| {
            let found: Vec<String> = changed(published.as_bytes(), expected.as_bytes()).into_iter().map(|one| one.member).collect();
            assert_eq!(found, expect, "{published} {expected}");
        };
        check(r#"{"a":1,"b":[{"c":"x"}]}"#, r#"{"a":2,"b":[{"c":"y"}]}"#, &["a", "b[0].c"]);
        check(r#"{"a":1}"#, r#"{"a":1,"b":[]}"#, &["b"]);
        check(r#"{"a":[1]}"#, r#"{"a":[1,2]}"#, &["a[1]"]);
        check(r#"{"a": 1}"#, r#"{"a":1}"#, &["(line)"]);
        check("nonsense", r#"{"a":1}"#, &["(line)"]);
    }
}
