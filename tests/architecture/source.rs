//! Rust source, cut into what the rules look at: tokens and paths, without comments, strings and tests.

use std::path::Path;

#[derive(Debug, Clone)]
pub struct Source {
    /// Relative to `src`, with `/`.
    pub path: String,
    pub text: String,
    pub tokens: Vec<Token>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    pub text: String,
    pub line: usize,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    Word,
    Sign,
    Literal,
}

/// `a::b::c` as written somewhere, groups spelt out.
#[derive(Debug)]
pub struct Used {
    pub segments: Vec<String>,
    pub line: usize,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned(), tokens: without_test_items(&tokens(text)) }
    }

    pub fn read_tree(root: &Path) -> Vec<Self> {
        let mut files = Vec::new();
        let mut folders = vec![root.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("src is readable") {
                let path = entry.expect("src is readable").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|end| end == "rs") {
                    let name = path.strip_prefix(root).expect("below src").to_string_lossy().replace('\\', "/");
                    files.push(Self::new(&name, &std::fs::read_to_string(&path).expect("UTF-8")));
                }
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self::without_tests(files)
    }

    /// Leaves out the files of `#[cfg(test)] mod name;`.
    pub fn without_tests(files: Vec<Self>) -> Vec<Self> {
        let tests: Vec<Vec<String>> = files.iter().flat_map(Self::test_modules).collect();
        files.into_iter().filter(|file| !tests.iter().any(|test| file.module().starts_with(test))).collect()
    }

    fn test_modules(&self) -> Vec<Vec<String>> {
        let all = tokens(&self.text);
        let starts = (0..all.len()).filter(|at| is_test_attribute(&all, *at));
        let names = starts.filter_map(|at| {
            let end = item_end(&all, at);
            let item = all.get(at..end)?;
            let name = item.iter().position(|token| token.text == "mod").and_then(|found| item.get(found + 1))?;
            (item.last()?.text == ";").then(|| name.text.clone())
        });
        names.map(|name| self.module().into_iter().chain([name]).collect()).collect()
    }

    /// The first folder, or the file's own name at the top.
    pub fn layer(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    pub fn module(&self) -> Vec<String> {
        let path = self.path.trim_end_matches(".rs");
        let mut module: Vec<String> = path.split('/').map(str::to_owned).collect();
        if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
            module.pop();
        }
        module
    }

    pub fn paths(&self) -> Vec<Used> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            if self.tokens[at].kind == Kind::Word {
                at = expand(&self.tokens, at, &[], &mut found);
            } else {
                at += 1;
            }
        }
        found
    }
}

/// Reads the path that starts at `at`, with its groups; returns the token after it.
fn expand(tokens: &[Token], mut at: usize, prefix: &[String], found: &mut Vec<Used>) -> usize {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let mut segments = prefix.to_vec();
    let line = tokens[at].line;
    loop {
        segments.push(tokens[at].text.clone());
        at += 1;
        if text(at) != "::" {
            break;
        }
        at += 1;
        match tokens.get(at) {
            Some(next) if next.text == "{" => return expand_group(tokens, at, &segments, found),
            Some(next) if next.kind == Kind::Word => {}
            _ => break,
        }
    }
    segments.retain(|segment| segment != "self");
    found.push(Used { segments, line });
    at
}

fn expand_group(tokens: &[Token], open: usize, prefix: &[String], found: &mut Vec<Used>) -> usize {
    let mut at = open + 1;
    while at < tokens.len() && tokens[at].text != "}" {
        at = match tokens[at].kind {
            Kind::Word if tokens[at].text != "as" => expand(tokens, at, prefix, found),
            _ => at + 1,
        };
    }
    at + 1
}

fn is_test_attribute(tokens: &[Token], at: usize) -> bool {
    let wanted = ["#", "[", "cfg", "(", "test", ")", "]"];
    tokens.get(at..at + wanted.len()).is_some_and(|found| found.iter().zip(wanted).all(|(a, b)| a.text == b))
}

/// The token after the item that starts at `at`: behind its `;` or its closing brace.
fn item_end(tokens: &[Token], at: usize) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(at) {
        match token.text.as_str() {
            ";" if depth == 0 => return index + 1,
            "{" => depth += 1,
            "}" if depth <= 1 => return index + 1,
            "}" => depth -= 1,
            _ => {}
        }
    }
    tokens.len()
}

fn without_test_items(tokens: &[Token]) -> Vec<Token> {
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        if is_test_attribute(tokens, at) {
            at = item_end(tokens, at);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// Words, signs (`::` is one) and literals; comments are left out.
fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let (length, kind) = measure(rest, first);
        let (piece, after) = rest.split_at(length);
        if let Some(kind) = kind {
            found.push(Token { text: piece.trim_start_matches("r#").to_owned(), line, kind });
        }
        line += piece.matches('\n').count();
        rest = after;
    }
    found
}

/// The length of what `rest` starts with, and what it is; none: space or comment.
fn measure(rest: &str, first: char) -> (usize, Option<Kind>) {
    let word_end = |text: &str| text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let word = word_end(rest);
    if first.is_whitespace() {
        (first.len_utf8(), None)
    } else if rest.starts_with("//") {
        (rest.find('\n').unwrap_or(rest.len()), None)
    } else if rest.starts_with("/*") {
        (rest.find("*/").map_or(rest.len(), |end| end + 2), None)
    } else if matches!(&rest[..word], "" | "b" | "c") && rest[word..].starts_with('"') {
        (word + quoted(&rest[word..], '"'), Some(Kind::Literal))
    } else if let Some(length) = raw_string(rest) {
        (length, Some(Kind::Literal))
    } else if first == '\'' {
        (lifetime_or_char(rest), Some(Kind::Literal))
    } else if word > 0 {
        let raw = rest.strip_prefix("r#").map_or(word, |name| 2 + word_end(name));
        (raw, Some(if first.is_numeric() { Kind::Literal } else { Kind::Word }))
    } else {
        (if rest.starts_with("::") { 2 } else { first.len_utf8() }, Some(Kind::Sign))
    }
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn raw_string(text: &str) -> Option<usize> {
    let opening = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let hashes = opening.len() - opening.trim_start_matches('#').len();
    opening[hashes..].starts_with('"').then_some(())?;
    let start = text.len() - opening.len() + hashes + 1;
    let closing = format!("\"{}", "#".repeat(hashes));
    Some(text[start..].find(&closing).map_or(text.len(), |end| start + end + closing.len()))
}

fn lifetime_or_char(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), _) => quoted(text, '\''),
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}
