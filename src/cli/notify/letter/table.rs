//! The members of a notice as lines that people read, in their order.

use super::node::Node;
use crate::cli::explain::voice::Voice;
use crate::wire::decode;

/// Members that say nothing to people.
const SILENT: [&str; 2] = ["schema", "kind"];
/// Deeper than that nothing is laid out: the JSON below shows it.
const DEEPEST: usize = 8;

/// `Label: value`, a line each; what has parts is indented below its label.
#[must_use]
pub fn lines(content: &Node, voice: &Voice) -> Vec<String> {
    let mut lines = Vec::new();
    if let Node::Object(members) = content {
        members
            .iter()
            .filter(|(name, _)| !SILENT.contains(&name.as_str()))
            .for_each(|(name, node)| member(name, node, 0, voice, &mut lines));
    }
    lines
}

fn member(name: &str, node: &Node, depth: usize, voice: &Voice, lines: &mut Vec<String>) {
    let label = one_line(voice.name("member", name));
    let indent = "  ".repeat(depth);
    match node {
        Node::Plain(_) | Node::Text(_) => lines.push(format!("{indent}{label}: {}", shown(node, voice))),
        Node::List(items) if are_plain(items) => lines.push(format!("{indent}{label}: {}", shown(node, voice))),
        _ if depth >= DEEPEST => lines.push(format!("{indent}{label}: …")),
        Node::List(items) => {
            for (number, item) in (1..).zip(items) {
                lines.push(format!("{indent}{label} {number}:"));
                parts(item, depth + 1, voice, lines);
            }
        }
        Node::Object(_) => {
            lines.push(format!("{indent}{label}:"));
            parts(node, depth + 1, voice, lines);
        }
    }
}

fn parts(node: &Node, depth: usize, voice: &Voice, lines: &mut Vec<String>) {
    match node {
        Node::Object(members) => members.iter().for_each(|(name, node)| member(name, node, depth, voice, lines)),
        Node::List(_) => lines.push(format!("{}…", "  ".repeat(depth))),
        Node::Plain(_) | Node::Text(_) => lines.push(format!("{}{}", "  ".repeat(depth), shown(node, voice))),
    }
}

/// A text, or a list of them, in one line; dates and instants as the language writes them.
#[must_use]
pub fn shown(node: &Node, voice: &Voice) -> String {
    match node {
        Node::Plain(text) => text.clone(),
        Node::Text(text) => match decode::date(text) {
            Some(date) => voice.date(date),
            None => one_line(&voice.instant(text)),
        },
        Node::List(items) if items.is_empty() => "–".to_owned(),
        Node::List(items) if are_plain(items) => items.iter().map(|item| shown(item, voice)).collect::<Vec<_>>().join(", "),
        Node::List(_) | Node::Object(_) => "…".to_owned(),
    }
}

fn are_plain(items: &[Node]) -> bool {
    items.iter().all(|item| matches!(item, Node::Plain(_) | Node::Text(_)))
}

/// Nothing that could begin a line, end a header or turn the direction of what is read.
#[must_use]
pub fn one_line(text: &str) -> String {
    let unsafe_in_line = |one: char| {
        one.is_control()
            || matches!(one, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{feff}')
            || ('\u{202a}'..='\u{202e}').contains(&one)
            || ('\u{2066}'..='\u{2069}').contains(&one)
    };
    text.chars().map(|one| if unsafe_in_line(one) { ' ' } else { one }).collect()
}
