//! What an event does, in words.

use crate::wire::control_words;
use crate::wire::decode::{AnyEvent, Json};
use crate::wire::personal::{self, Forms};

/// Shown elsewhere.
const PEOPLE: [&str; 3] = ["actor", "approver", "reason"];
/// Goes with its value.
const BEFORE: [&str; 6] = ["from", "to", "of", "on", "for", "by"];
/// How much of a value is shown, in characters, and of a list, in items.
const SHOWN: usize = 60;
const ITEMS: usize = 3;

/// `head_count` of `tally.head_count.v1`.
#[must_use]
pub fn short(kind: &str) -> &str {
    let inner = kind.strip_prefix("tally.").unwrap_or(kind);
    inner.rsplit_once(".v").filter(|(_, version)| version.bytes().all(|byte| byte.is_ascii_digit())).map_or(inner, |(name, _)| name)
}

/// What the event does.
#[must_use]
pub fn action(said: &AnyEvent) -> String {
    control_words::of(&said.kind).map_or_else(|| generic(said), |words| filled(words, said))
}

/// The name of its type, and what it says.
fn generic(said: &AnyEvent) -> String {
    let members = said.data.iter().filter(|(name, _)| !PEOPLE.contains(&name.as_str()));
    let said_of = members.filter_map(|(name, value)| Some(format!("{} {}", name.replace('_', " "), shown(value)?)));
    let members: Vec<String> = said_of.collect();
    let name = short(&said.kind).replace('_', " ");
    if members.is_empty() { name } else { format!("{name}: {}", members.join(", ")) }
}

fn filled(words: &str, said: &AnyEvent) -> String {
    let mut out: Vec<String> = Vec::new();
    for word in words.split(' ') {
        let Some((before, (member, after))) = word.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?))) else {
            out.push(word.to_owned());
            continue;
        };
        match said.data.get(member).and_then(shown) {
            Some(value) => out.push(format!("{before}{value}{after}")),
            None if out.last().is_some_and(|last| BEFORE.contains(&last.as_str())) => drop(out.pop()),
            None => {}
        }
    }
    out.join(" ").trim_end_matches(':').to_owned()
}

/// A value as people read it; none: it says nothing. Of whom it may speak stays hidden.
fn shown(value: &Json) -> Option<String> {
    let cut = |text: &str| match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    };
    match value {
        Json::Null => None,
        Json::Bool(flag) => Some(if *flag { "yes" } else { "no" }.to_owned()),
        Json::Number(digits) => Some(digits.clone()),
        Json::Text(text) if personal::holds(text, Forms::All) => Some("(a personal number)".to_owned()),
        Json::Text(text) => Some(cut(text)).filter(|text| !text.is_empty()),
        Json::List(items) if items.len() <= ITEMS && items.iter().all(|item| item.text().is_some()) => {
            let items: Vec<String> = items.iter().filter_map(shown).collect();
            Some(items.join(", ")).filter(|text| !text.is_empty())
        }
        Json::List(items) => Some(format!("({} of them)", items.len())),
        Json::Object(members) => {
            let inner: Vec<String> = members.iter().filter_map(|(name, value)| Some(format!("{name} {}", shown(value)?))).collect();
            Some(cut(&inner.join(" "))).filter(|text| !text.is_empty())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::decode;

    fn said(kind: &str, data: &str) -> AnyEvent {
        let event =
            format!(r#"{{"specversion":"1.0","id":"1","source":"//s","type":"{kind}","time":"2026-01-01T00:00:00Z","data":{data}}}"#);
        decode::any_event(event.as_bytes(), &[]).expect("an event")
    }

    #[test]
    fn every_type_is_told_in_words() {
        let check = |kind: &str, data: &str, expect: &str| assert_eq!(action(&said(kind, data)), expect, "{kind}");
        let from = "2026-01-01T00:00:00Z";
        check("tally.activation.v1", &format!(r#"{{"service":"sms","from":"{from}"}}"#), &format!("activated sms from {from}"));
        check("tally.activation.v1", r#"{"service":"sms","to":"x","from":"y"}"#, "activated sms from y to x");
        check("tally.catalog.v1", r#"{"version":"2026.1","digest":"sha256:00"}"#, "put the catalog 2026.1 (sha256:00) in force");
        check("tally.split.v1", r#"{"from":"x","parts":[{"customer":"a"}]}"#, "split the customer from x: (1 of them)");
        check("tally.tick.v1", "{}", "moved the clock");
        // Types that nobody has put into words.
        let data = r#"{"actor":"a","reason":"r","test_ids":["1","2","3","4"],"on":true,"gone":null,"to":{"id":"x"},"n":1.50}"#;
        check("tally.test_ids_granted.v2", data, "test ids granted: n 1.50, on yes, test ids (4 of them), to id x");
        check("other.thing", r#"{"person":"19121212-1212"}"#, "other.thing: person (a personal number)");
    }
}
