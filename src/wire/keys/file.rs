//! The file of a key ring: lines of words, the secrets among them in hex.
//!
//! ```text
//! tally/keys/1
//! version 1 2026-01-01T00:00:00.000Z
//! originals 1 <first bits of the path, 32 hex digits>/<how many bits> <64 hex digits>
//! pseudonyms 1 <the same> <64 hex digits>
//! shredded {"what":"customer","customer":"SE-0180","at":"...","actor":"...","approver":"...","reason":"..."}
//! ```

use std::fmt::Write as _;

use serde_json::{Value, json};
use thiserror::Error;
use zeroize::Zeroizing;

use super::ring::{Act, KeyRing, KeyVersion, Shredded, Tombstone};
use super::secret::Secret;
use super::tree::{Node, Path, Tree};
use crate::wire::decode;

const FORMAT: &str = "tally/keys/1";
/// Bytes of a line of a version or a node, at most.
const LONGEST_LINE: usize = 128;

/// The file is no key ring. Never quotes it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyFileFault {
    #[error("it does not begin with `{FORMAT}`: it is no key ring, or one of a newer tally")]
    Format,
    #[error("line {0} cannot be read; put back an unharmed copy")]
    Line(usize),
}

/// The text of a ring: as secret as the ring.
#[must_use]
pub fn write(ring: &KeyRing) -> Zeroizing<String> {
    let stones: Vec<String> = ring.tombstones.iter().map(|tombstone| tombstone_as_json(tombstone).to_string()).collect();
    let nodes: usize = ring.versions.iter().map(|version| version.originals.nodes().count() + version.pseudonyms.nodes().count()).sum();
    let lines = stones.iter().map(String::len).sum::<usize>() + LONGEST_LINE * (1 + ring.versions.len() + nodes + stones.len());
    // Large enough from the start: a text that grows leaves copies of the keys behind.
    let mut text = Zeroizing::new(String::with_capacity(lines));
    text.extend([FORMAT, "\n"]);
    for version in &ring.versions {
        // Writing to a string does not fail, here and below.
        let _ = writeln!(text, "version {} {}", version.number, version.from);
        for (name, tree) in [("originals", &version.originals), ("pseudonyms", &version.pseudonyms)] {
            for Node { start, depth, secret } in tree.nodes() {
                let secret = Zeroizing::new(hex::encode(secret.bytes()));
                let _ = writeln!(text, "{name} {} {:032x}/{depth} {}", version.number, start.0, secret.as_str());
            }
        }
    }
    text.extend(stones.iter().flat_map(|stone| ["shredded ", stone, "\n"]));
    text
}

/// # Errors
/// See [`KeyFileFault`].
pub fn read(text: &str) -> Result<KeyRing, KeyFileFault> {
    let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    if lines.next().is_none_or(|(_, line)| line != FORMAT) {
        return Err(KeyFileFault::Format);
    }
    let mut draft = Draft::default();
    for (number, line) in lines {
        draft.take(line).ok_or(KeyFileFault::Line(number))?;
    }
    draft.finish().ok_or(KeyFileFault::Line(1))
}

/// A version that is being read: its trees as nodes.
struct Version {
    bare: KeyVersion,
    originals: Vec<Node>,
    pseudonyms: Vec<Node>,
}

#[derive(Default)]
struct Draft {
    versions: Vec<Version>,
    tombstones: Vec<Tombstone>,
}

impl Draft {
    fn take(&mut self, line: &str) -> Option<()> {
        let (word, rest) = line.split_once(' ')?;
        match word {
            "version" => self.version(rest),
            "shredded" => {
                self.tombstones.push(tombstone_of_json(&serde_json::from_str(rest).ok()?)?);
                Some(())
            }
            "originals" | "pseudonyms" => self.node(word, rest),
            _ => None,
        }
    }

    fn version(&mut self, rest: &str) -> Option<()> {
        let (number, from) = rest.split_once(' ')?;
        let (number, from) = (number.parse().ok()?, decode::instant(from)?);
        let is_next = self.versions.last().is_none_or(|last| last.bare.number < number && last.bare.from < from);
        let none = || Tree::of(Vec::new());
        let bare = KeyVersion { number, from, originals: none()?, pseudonyms: none()? };
        self.versions.push(Version { bare, originals: Vec::new(), pseudonyms: Vec::new() });
        is_next.then_some(())
    }

    fn node(&mut self, tree: &str, rest: &str) -> Option<()> {
        let mut words = rest.split(' ');
        let (number, (start, depth), hex) = (words.next()?, words.next()?.split_once('/')?, words.next()?);
        let number: u32 = number.parse().ok()?;
        let start = Path(u128::from_str_radix(start, 16).ok()?);
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(hex, &mut *bytes).ok()?;
        let node = Node { start, depth: depth.parse().ok()?, secret: Secret::new(*bytes) };
        let version = self.versions.iter_mut().find(|version| version.bare.number == number)?;
        let nodes = if tree == "originals" { &mut version.originals } else { &mut version.pseudonyms };
        nodes.push(node);
        words.next().is_none().then_some(())
    }

    fn finish(self) -> Option<KeyRing> {
        let whole = |version: Version| {
            let (originals, pseudonyms) = (Tree::of(version.originals)?, Tree::of(version.pseudonyms)?);
            Some(KeyVersion { originals, pseudonyms, ..version.bare })
        };
        let versions = self.versions.into_iter().map(whole).collect::<Option<_>>()?;
        Some(KeyRing { versions, tombstones: self.tombstones })
    }
}

fn tombstone_as_json(tombstone: &Tombstone) -> Value {
    let Tombstone { what, act } = tombstone;
    let mut value = match what {
        Shredded::Customer(customer) => json!({"what": "customer", "customer": customer}),
        Shredded::Person { customer, pseudonym } => json!({"what": "person", "customer": customer, "pseudonym": pseudonym}),
        Shredded::Unread => json!({"what": "unread"}),
        Shredded::Version { number, only_pseudonyms: true } => json!({"what": "pseudonyms", "version": number}),
        Shredded::Version { number, only_pseudonyms: false } => json!({"what": "version", "version": number}),
    };
    let act =
        [("at", act.at.to_string()), ("actor", act.actor.clone()), ("approver", act.approver.clone()), ("reason", act.reason.clone())];
    if let Some(members) = value.as_object_mut() {
        members.extend(act.into_iter().map(|(name, text)| (name.to_owned(), Value::from(text))));
    }
    value
}

fn tombstone_of_json(value: &Value) -> Option<Tombstone> {
    let text = |name: &str| value.get(name)?.as_str().map(ToOwned::to_owned);
    let number = || u32::try_from(value.get("version")?.as_u64()?).ok();
    let what = match text("what")?.as_str() {
        "customer" => Shredded::Customer(text("customer")?),
        "person" => Shredded::Person { customer: text("customer")?, pseudonym: text("pseudonym")? },
        "unread" => Shredded::Unread,
        "pseudonyms" => Shredded::Version { number: number()?, only_pseudonyms: true },
        "version" => Shredded::Version { number: number()?, only_pseudonyms: false },
        _ => return None,
    };
    let act = Act { at: decode::instant(&text("at")?)?, actor: text("actor")?, approver: text("approver")?, reason: text("reason")? };
    Some(Tombstone { what, act })
}
