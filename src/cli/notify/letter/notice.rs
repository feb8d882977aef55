//! A published notice, as far as every version of it can be read.

use std::fmt;

use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::node::Node;
use crate::domain::instant::Instant;
use crate::wire::decode;

/// Members by which a notice names its own recipients.
const NAMES_RECIPIENTS: [&str; 2] = ["recipients", "email"];

/// Where a notice stands, and how it is told from all others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The topic, or the file of the journal.
    pub log: String,
    pub partition: u32,
    /// Kafka's offset, or the byte of the file that its line begins with.
    pub offset: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}@{}", self.log, self.partition, self.offset)
    }
}

#[derive(Debug, Error)]
#[error("{0}; was it written by a newer version of tally? Else report it")]
pub struct Unreadable(String);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub place: Place,
    /// SHA-256 of what is published.
    pub digest: [u8; 32],
    pub kind: String,
    pub customer: Option<String>,
    pub at: Instant,
    /// Whom the notice itself names, good addresses or not.
    pub recipients: Vec<String>,
    /// All members.
    pub content: Node,
    /// What is published.
    pub text: String,
}

impl Notice {
    /// # Errors
    /// It is not JSON, or lacks what all notices have.
    pub fn read(place: Place, value: &[u8]) -> Result<Self, Unreadable> {
        let text = std::str::from_utf8(value).map_err(|_| Unreadable("it is not UTF-8".to_owned()))?;
        // serde_json's own words could quote what stands there.
        let content: Node =
            serde_json::from_str(text).map_err(|error| Unreadable(format!("it is not JSON (column {})", error.column())))?;
        let member = |name: &str| content.member(name).and_then(Node::text).map(str::to_owned);
        let kind = member("kind").ok_or_else(|| Unreadable("it has no `kind`".to_owned()))?;
        let at = member("at").and_then(|at| decode::instant(&at)).ok_or_else(|| Unreadable("it has no instant `at`".to_owned()))?;
        let recipients = NAMES_RECIPIENTS.iter().filter_map(|name| content.member(name)).flat_map(texts).collect();
        let digest = Sha256::digest(value).into();
        Ok(Self { place, digest, kind, customer: member("customer"), at, recipients, text: text.trim().to_owned(), content })
    }
}

fn texts(node: &Node) -> Vec<String> {
    match node {
        Node::Text(text) => vec![text.clone()],
        Node::List(items) => items.iter().flat_map(texts).collect(),
        Node::Plain(_) | Node::Object(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_notice_has_is_read_and_what_is_none_is_named() {
        let place = || Place { log: "usage-notices".to_owned(), partition: 3, offset: 41 };
        let check = |text: &str, expect: Result<&[&str], &str>| match (Notice::read(place(), text.as_bytes()), expect) {
            (Ok(notice), Ok(recipients)) => assert_eq!(notice.recipients, recipients, "{text}"),
            (Err(error), Err(expect)) => assert!(error.to_string().starts_with(expect), "{error}"),
            (read, _) => panic!("{text}: {read:?}"),
        };
        check(r#"{"kind":"a","at":"2026-01-01T00:00:00Z"}"#, Ok(&[]));
        check(r#"{"kind":"a","at":"2026-01-01T00:00:00Z","recipients":["a@b","c@d"],"email":"e@f"}"#, Ok(&["a@b", "c@d", "e@f"]));
        check(r#"{"kind":"a","at":"2026-01-01T00:00:00Z","recipients":7}"#, Ok(&[]));
        check(r#"{"kind":"a"}"#, Err("it has no instant `at`"));
        check(r#"{"kind":7,"at":"2026-01-01T00:00:00Z"}"#, Err("it has no `kind`"));
        check("[]", Err("it has no `kind`"));
        check("secret", Err("it is not JSON (column 1)"));
        let error = Notice::read(place(), b"\xff").expect_err("no UTF-8");
        assert!(error.to_string().starts_with("it is not UTF-8"), "{error}");
    }
}
