//! The walls of the house: who may import whom, which words and crates may stand where.
//!
//! `ARCHITECTURE.md` says why. A rule that starts to hurt is changed there and here, in one commit.

#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;

use std::path::Path;

use source::Source;

fn violations(files: &[Source]) -> Vec<String> {
    let mut found: Vec<String> = files.iter().flat_map(rules::of_a_file).collect();
    found.extend(rules::of_all_files(files));
    found
}

#[test]
fn the_tree_keeps_its_rules() {
    let files = Source::read_tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    for layer in ["domain", "engine", "wire", "pipeline", "store", "kafka", "journal"] {
        assert!(files.iter().any(|file| file.layer() == layer), "src/{layer} was not read: the rules check nothing");
    }
    let found = violations(&files);
    assert!(found.is_empty(), "{} violations:\n{}", found.len(), found.join("\n"));
}

/// Each rule must find what it is there for, and nothing in a decent file.
#[test]
fn every_rule_finds_a_planted_violation() {
    let long = "//\n".repeat(401);
    let planted: &[(&str, &str, &str)] = &[
        // Imports between layers, in every way that Rust has to write them.
        ("domain/money.rs", "use crate::engine::rate::Rate;", "domain may not import engine"),
        ("engine/rate.rs", "use crate::{domain::money::Money, wire::keys};", "engine may not import wire"),
        ("engine/rate/tiers.rs", "use super::super::super::pipeline::batch;", "engine may not import pipeline"),
        ("engine/rate.rs", "fn f() { crate::store::open(); }", "engine may not import store"),
        ("wire/decode.rs", "use crate::engine::Effect;", "wire may not import engine"),
        ("pipeline/batch.rs", "use crate::kafka::source::KafkaSource;", "pipeline may not import kafka"),
        ("store/rocks.rs", "use crate::domain::money::Money;", "store may not import domain"),
        ("kafka/source.rs", "use crate::pipeline::batch::Batch;", "kafka may not import pipeline::batch"),
        ("kafka/source.rs", "use crate::pipeline::{batch, ports};", "kafka may not import pipeline::batch"),
        ("journal/sink.rs", "use super::super::kafka::sink::Sink;", "journal may not import kafka"),
        ("http/mod.rs", "use crate::store::Rocks;", "http may not import store"),
        ("http/pages/usage.rs", "use crate::journal;", "http may not import journal"),
        // Purity.
        ("domain/time.rs", "use std::time::SystemTime;", "pure, and std::time::SystemTime is not"),
        ("domain/time.rs", "use std::time;\nfn f() { time::Instant::now(); }", "pure, and std::time is not"),
        ("engine/fold.rs", "use std::{fmt, fs::File};", "pure, and std::fs::File is not"),
        ("engine/fold.rs", "fn f() { tracing::info!(\"x\"); }", "pure, and tracing::info is not"),
        ("wire/decode.rs", "use rdkafka::message::Headers;", "pure, and rdkafka::message::Headers is not"),
        ("wire/decode.rs", "fn f(quantity: f64) {}", "float"),
        ("pipeline/commit.rs", "use rdkafka::ClientConfig;", "only kafka may use rdkafka"),
        ("journal/sink.rs", "use rocksdb::DB;", "only store may use rocksdb"),
        ("pipeline/outbox.rs", "use lettre::Message;", "only cli may use lettre"),
        // Words.
        ("kafka/sink.rs", "struct CustomerTopic;", "`customer` is a billing word"),
        ("store/rocks.rs", "fn f() { log(\"two invoices\"); }", "`invoices` is a billing word"),
        ("engine/fold.rs", "/// Follows the Kafka offset.\nfn f() {}", "`kafka` does not belong in engine"),
        ("engine/fold.rs", "// after the offset commit\n", "`offset commit` does not belong in engine"),
        // Files and functions.
        ("store/rocks.rs", "fn f() { unsafe { g() } }", "unsafe"),
        ("engine/fold.rs", &long, "401 lines"),
        ("engine/utils.rs", "", "says nothing about what is in it"),
        ("engine/batch_helpers/mod.rs", "", "says nothing about what is in it"),
        ("engine/fold.rs", "fn f() { Some(1).unwrap(); }", "unwrap"),
        ("engine/fold.rs", "fn f() { Some(1)\n  .expect(\"one\"); }", "expect"),
        ("engine/fold.rs", "fn f() { self.one.expect(\"one\"); }", "expect"),
        ("engine/fold.rs", "fn f() { panic!(\"no\"); }", "panic!"),
        ("engine/fold.rs", "// TODO later\n", "unfinished"),
    ];
    for (path, text, expected) in planted {
        let found = violations(&[Source::new(path, text)]);
        assert!(
            found.iter().any(|violation| violation.contains(expected)),
            "{path}: {text:?} should be a violation ({expected}), found {found:?}"
        );
    }
}

#[test]
fn decent_files_are_left_alone() {
    let decent: &[(&str, &str)] = &[
        ("engine/rate.rs", "use crate::domain::money::Money;\nuse super::fold;\nuse std::time::Duration;"),
        ("engine/fold.rs", "fn f() { let s = \"use crate::store\"; }\n// crate::store is out of reach\n"),
        ("kafka/sink.rs", "use crate::pipeline::ports::{Output, Sink};\nuse rdkafka::producer::BaseRecord;"),
        ("kafka/settings.rs", "const TOPIC: &str = \"billing-records\";"),
        ("kafka/queue.rs", "fn f() { unsafe { g() } }"),
        ("engine/fold.rs", "#[cfg(test)]\nmod tests { use std::fs; fn f() { x.unwrap(); } }"),
        ("engine/fold.rs", "#[expect(clippy::too_many_lines, reason = \"a table\")]\nfn f() { x.unwrap_or(1); }"),
        ("wire/json.rs", "fn f(&mut self) { self.expect(b'x'); }"),
        ("cli/run.rs", "use crate::{kafka, store};\nfn f<'a>(c: &'a str) -> char { '\"' }"),
        ("wire/decode.rs", "fn f() -> &'static str { r#\"panic!(\"x\")\"# }"),
    ];
    for (path, text) in decent {
        let found = violations(&[Source::new(path, text)]);
        assert!(found.is_empty(), "{path}: {text:?} is decent, found {found:?}");
    }
}

#[test]
fn two_files_with_unsafe_are_one_too_many() {
    let files = [Source::new("kafka/queue.rs", "unsafe fn f() {}"), Source::new("kafka/sink.rs", "unsafe fn g() {}")];
    assert!(violations(&files).iter().any(|violation| violation.contains("unsafe in 2 files")));
}

#[test]
fn a_test_module_in_its_own_file_may_unwrap() {
    let files =
        [Source::new("engine/mod.rs", "#[cfg(test)]\nmod scenarios;\n"), Source::new("engine/scenarios.rs", "fn f() { x.unwrap(); }")];
    assert!(Source::without_tests(files.to_vec()).iter().all(|file| !file.path.contains("scenarios")));
}
