//! The rules themselves. Each returns what it found, as `src/file.rs:line: what is wrong`.

use super::source::{Kind, Source, Used};

/// What each layer may import of ours, besides itself. Layers that are not listed stand at the edge and
/// may import everything.
const IMPORTS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("engine", &["domain"]),
    ("wire", &["domain"]),
    ("pipeline", &["domain", "engine", "wire"]),
    ("store", &["pipeline::ports"]),
    ("kafka", &["pipeline::ports"]),
    ("journal", &["pipeline::ports"]),
    ("http", &["domain", "engine", "wire", "pipeline", "telemetry"]),
];

const PURE: &[&str] = &["domain", "engine", "wire"];

/// Input, output, clocks, threads, logging, chance.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::io",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::sync::Mutex",
    "std::sync::RwLock",
    "std::time::Instant",
    "std::time::SystemTime",
    "chrono::Local",
    "tokio",
    "tracing",
    "rand",
    "rand_chacha",
    "rand_distr",
    "rdkafka",
    "rocksdb",
    "axum",
    "clap",
    "prometheus_client",
];

/// Crates that one layer hides from all others.
const HOMES: &[(&str, &str)] = &[("rdkafka", "kafka"), ("rdkafka_sys", "kafka"), ("rocksdb", "store"), ("axum", "http"), ("lettre", "cli")];

/// Layers that move bytes; the words that they must not know, in the singular.
const BYTE_MOVERS: &[&str] = &["kafka", "store"];
const BILLING_WORDS: &[&str] = &[
    "billing", "catalog", "charge", "currency", "customer", "discount", "invoice", "money", "package", "price", "purchase", "quantity",
    "tariff", "vat",
];

/// The default name of a topic is a name, whatever it says.
const TOPIC: &str = "\"billing-records\"";

const MEDIUM_WORDS: &[&str] = &["kafka", "rdkafka", "librdkafka", "rocksdb", "rebalance"];
const MEDIUM_PHRASES: &[&str] = &["offset commit", "commit offset", "offset_commit", "commit_offset"];

const EMPTY_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "common", "manager", "managers", "misc", "shared"];

const LONGEST_FILE: usize = 400;

pub fn of_a_file(file: &Source) -> Vec<String> {
    [imports, purity, homes, words, shape, panics].iter().flat_map(|rule| rule(file)).collect()
}

pub fn of_all_files(files: &[Source]) -> Vec<String> {
    let with_unsafe: Vec<&Source> = files.iter().filter(|file| file.tokens.iter().any(|token| token.text == "unsafe")).collect();
    let strays = with_unsafe.iter().filter(|file| file.layer() != "kafka");
    let mut found: Vec<String> = strays.map(|file| at(file, 1, "unsafe is for the one file in kafka that calls librdkafka")).collect();
    if with_unsafe.len() > 1 {
        let names: Vec<&str> = with_unsafe.iter().map(|file| file.path.as_str()).collect();
        found.push(format!("unsafe in {} files, it should be in one: {}", names.len(), names.join(", ")));
    }
    found
}

fn at(file: &Source, line: usize, what: &str) -> String {
    format!("src/{}:{line}: {what}", file.path)
}

fn imports(file: &Source) -> Vec<String> {
    let Some((layer, allowed)) = IMPORTS.iter().find(|(layer, _)| *layer == file.layer()) else {
        return Vec::new();
    };
    let targets = file.paths().into_iter().filter_map(|used| own(file, &used).map(|target| (target, used.line)));
    let foreign = targets.filter(|(target, _)| {
        let inside = |module: &str| target == module || target.starts_with(&format!("{module}::"));
        !inside(layer) && !allowed.iter().any(|module| inside(module))
    });
    foreign.map(|(target, line)| at(file, line, &format!("{layer} may not import {target}"))).collect()
}

/// The module of ours that a path leads to, cut to two segments.
fn own(file: &Source, used: &Used) -> Option<String> {
    let mut segments = match used.segments.first()?.as_str() {
        "crate" => used.segments[1..].to_vec(),
        "super" => {
            let up = used.segments.iter().take_while(|segment| *segment == "super").count();
            let module = file.module();
            let kept = module.len().saturating_sub(up);
            module[..kept].iter().chain(&used.segments[up..]).cloned().collect()
        }
        _ => return None,
    };
    // `crate::Error` and the like: what lib.rs itself defines belongs to no layer.
    segments.first().filter(|first| first.starts_with(char::is_lowercase))?;
    segments.truncate(2);
    Some(segments.join("::"))
}

fn purity(file: &Source) -> Vec<String> {
    if !PURE.contains(&file.layer()) {
        return Vec::new();
    }
    let paths = file.paths().into_iter().filter_map(|used| {
        let path = used.segments.join("::");
        let impure = IMPURE.iter().any(|one| {
            let parent_of_it = used.segments.len() > 1 && one.starts_with(&format!("{path}::"));
            path == *one || path.starts_with(&format!("{one}::")) || (parent_of_it && path.starts_with("std"))
        });
        impure.then(|| at(file, used.line, &format!("{} is pure, and {path} is not", file.layer())))
    });
    let floats = file.tokens.iter().filter(|token| matches!(token.text.as_str(), "f32" | "f64"));
    paths.chain(floats.map(|token| at(file, token.line, "a float has no place near money and quantities"))).collect()
}

fn homes(file: &Source) -> Vec<String> {
    let strays = file.paths().into_iter().filter_map(|used| {
        let (name, home) = HOMES.iter().find(|(name, _)| used.segments.first().is_some_and(|first| first == name))?;
        let named_as_crate = used.segments.len() > 1;
        (named_as_crate && file.layer() != *home).then(|| at(file, used.line, &format!("only {home} may use {name}")))
    });
    strays.collect()
}

fn words(file: &Source) -> Vec<String> {
    if BYTE_MOVERS.contains(&file.layer()) {
        let tokens = file.tokens.iter().filter(|token| token.kind != Kind::Sign && token.text != TOPIC);
        let found = tokens.flat_map(|token| split_words(&token.text).into_iter().map(|word| (word, token.line)));
        let billing = found.filter(|(word, _)| BILLING_WORDS.iter().any(|known| word == known || word.strip_suffix('s') == Some(known)));
        return billing.map(|(word, line)| at(file, line, &format!("`{word}` is a billing word"))).collect();
    }
    if file.layer() != "engine" {
        return Vec::new();
    }
    // Comments too: who reads the engine must not have to think of a medium.
    let lines = file.text.lines().enumerate().map(|(index, line)| (index + 1, line));
    let hits = lines.flat_map(|(number, line)| {
        let named = split_words(line).into_iter().filter(|word| MEDIUM_WORDS.contains(&word.as_str()));
        let lower = line.to_lowercase();
        let phrases = MEDIUM_PHRASES.iter().filter(move |phrase| lower.contains(*phrase)).map(ToString::to_string);
        named.chain(phrases).map(move |word| (number, word))
    });
    hits.map(|(line, word)| at(file, line, &format!("`{word}` does not belong in engine"))).collect()
}

/// `CustomerTopic`, `customer_topic` and "customer topic" are the words customer and topic.
fn split_words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_lower = false;
    for c in text.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && after_lower) {
            words.push(String::new());
        }
        after_lower = c.is_lowercase();
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn shape(file: &Source) -> Vec<String> {
    let mut found = Vec::new();
    let lines = file.text.lines().count();
    if lines > LONGEST_FILE {
        found.push(at(file, lines, &format!("{lines} lines; {LONGEST_FILE} is the most, and 100 is usual")));
    }
    let names = file.path.trim_end_matches(".rs").split('/');
    for name in names.filter(|name| name.split('_').any(|part| EMPTY_NAMES.contains(&part))) {
        found.push(at(file, 1, &format!("the name `{name}` says nothing about what is in it")));
    }
    let unfinished = |line: &str| ["TODO", "FIXME", "XXX"].iter().any(|mark| line.contains(mark));
    let marked = file.text.lines().enumerate().filter(|(_, line)| unfinished(line));
    found.extend(marked.map(|(index, _)| at(file, index + 1, "unfinished: do it, or write an issue")));
    found
}

/// Nothing outside tests may panic: an error says what happened, where, and what to do.
fn panics(file: &Source) -> Vec<String> {
    let hits = file.tokens.windows(4).filter_map(|window| {
        let [first, second, third, fourth] = [0, 1, 2, 3].map(|at| window[at].text.as_str());
        // `self` is never an Option or Result of ours: that is a parser's own `expect`.
        let fallible = first != "self" && second == "." && fourth == "(";
        let method = fallible && matches!(third, "unwrap" | "expect" | "unwrap_err" | "expect_err");
        let aborts = matches!(first, "panic" | "todo" | "unimplemented" | "unreachable" | "dbg") && second == "!";
        match (method, aborts) {
            (true, _) => Some(at(file, window[2].line, &format!("{third}() outside a test"))),
            (_, true) => Some(at(file, window[0].line, &format!("{first}! outside a test"))),
            _ => None,
        }
    });
    hits.collect()
}
