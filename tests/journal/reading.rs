//! Lines in.

use std::time::{Duration, Instant};

use tally::journal::{LINE_LIMIT, Reading};
use tally::pipeline::ports::{Arrival, Lane, Message, Room, Source};

use super::stand::{BOTH, Journal};

const CONTROL: Room = Room { control: true, usage: false };
const USAGE: Room = Room { control: false, usage: true };
const NONE: Room = Room { control: false, usage: false };

#[test]
fn every_line_is_an_input() {
    let check = |content: &str, expect: &[&str]| {
        let journal = Journal::with(&[("usage-events/a.ndjson", content)]);
        let mut read = journal.read(Reading::Once);
        let mut seen = read.all();
        seen.retain(|line| !line.contains("end") && line != "Exhausted");
        assert_eq!(seen, expect, "{content:?}");
    };
    check("", &[]);
    check("one\n", &["u0 one"]);
    check("one\ntwo\n", &["u0 one", "u1 two"]);
    check("one\r\ntwo\n", &["u0 one", "u1 two"]);
    check("one\n\ntwo\n\r\n", &["u0 one", "u1 ", "u2 two", "u3 "]);
    check("one\rtwo\n", &["u0 one\rtwo"]);
    check("one\r\r\n", &["u0 one\r"]);
    check("one\ntwo", &["u0 one"]);
    check("\u{0}\n", &["u0 \u{0}"]);
}

#[test]
fn files_are_read_in_name_order_each_to_its_end() {
    let journal = Journal::with(&[
        ("usage-events/10.ndjson", "c\nd\n"),
        ("usage-events/09.ndjson", "a\nb\n"),
        ("usage-events/2.ndjson", "e\n"),
        ("usage-events/.hidden.ndjson", "not this\n"),
        ("usage-events/1.json", "nor this\n"),
        ("usage-control/x.ndjson", "k\n"),
    ]);
    let mut read = journal.read(Reading::Once);
    let expect = ["c0 k", "c end", "u0 a", "u1 b", "u2 c", "u3 d", "u4 e", "u end", "Exhausted"];
    assert_eq!(read.all(), expect);
    let files = [("09.ndjson", 4), ("10.ndjson", 4), ("2.ndjson", 2)].map(|(name, bytes)| (name.to_owned(), bytes));
    assert_eq!(read.positions.usage.files, files);
    assert_eq!(read.positions.usage.next_offset, 5);
}

#[test]
fn a_lane_that_is_not_asked_for_is_not_read() {
    let journal = Journal::with(&[("usage-events/a.ndjson", "1\n2\n3\n"), ("usage-control/a.ndjson", "x\ny\nz\n")]);
    let mut read = journal.read(Reading::Once);
    assert_eq!(read.poll(10, NONE).unwrap(), [""; 0]);
    assert_eq!(read.poll(2, USAGE).unwrap(), ["u0 1", "u1 2"]);
    assert_eq!(read.poll(1, CONTROL).unwrap(), ["c0 x"]);
    assert_eq!(read.poll(2, BOTH).unwrap(), ["c1 y", "u2 3"]);
    assert_eq!(read.poll(9, USAGE).unwrap(), ["u end"]);
    assert_eq!(read.poll(9, USAGE).unwrap(), [""; 0]);
    assert_eq!(read.poll(9, CONTROL).unwrap(), ["c2 z", "c end", "Exhausted"]);
    assert_eq!(read.poll(9, BOTH).unwrap(), [""; 0]);
}

#[test]
fn a_last_line_without_newline_waits_and_is_told_of_once() {
    let journal = Journal::with(&[("usage-events/a.ndjson", "one\ntw"), ("usage-events/b.ndjson", "three\n")]);
    let mut read = journal.read(Reading::Once);
    assert_eq!(read.all(), ["c end", "u0 one", "u1 three", "u end", "Exhausted"]);
    let warnings = read.warnings();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("a.ndjson (2 bytes from byte 4 on) has no newline yet"), "{warnings:?}");

    journal.append("usage-events/a.ndjson", "o\n");
    let mut next = journal.read_from(Reading::Once, &read.positions).unwrap();
    assert_eq!(next.all(), ["c end", "u2 two", "u end", "Exhausted"]);
    assert!(next.warnings().is_empty());
}

#[test]
fn reading_goes_on_where_it_was_committed() {
    let journal = Journal::with(&[("usage-events/a.ndjson", "1\n2\n"), ("usage-events/b.ndjson", "3\n4\n5\n")]);
    let mut first = journal.read(Reading::Once);
    for expect in 0..5 {
        let mut second = journal.read_from(Reading::Once, &first.positions).unwrap();
        let seen = second.all();
        assert_eq!(seen.len(), 8 - expect, "{seen:?}");
        assert_eq!(first.poll(1, USAGE).unwrap(), [format!("u{expect} {}", expect + 1)]);
    }
}

/// Follows until something comes; looking at the files takes its time.
fn follow(read: &mut super::stand::Read) -> Vec<String> {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(5) {
        let seen = read.poll(10, BOTH).unwrap();
        if !seen.is_empty() {
            return seen;
        }
    }
    Vec::new()
}

#[test]
fn growing_and_new_files_are_followed() {
    let journal = Journal::with(&[("usage-events/b.ndjson", "1\n")]);
    let mut read = journal.read(Reading::Following);
    assert_eq!(follow(&mut read), ["c end", "u0 1", "u end"]);
    assert_eq!(read.poll(10, BOTH).unwrap(), [""; 0]);

    journal.append("usage-events/b.ndjson", "2");
    assert_eq!(read.poll(10, BOTH).unwrap(), [""; 0]);
    journal.append("usage-events/b.ndjson", "2\n3\n");
    assert_eq!(follow(&mut read), ["u1 22", "u2 3", "u end"]);

    journal.append("usage-events/a.ndjson", "4\n");
    journal.append("usage-events/c.ndjson", "5\n");
    assert_eq!(follow(&mut read), ["u3 4", "u4 5", "u end"]);
    journal.append("usage-control/c.ndjson", "6\n");
    assert_eq!(follow(&mut read), ["c0 6", "c end"]);
    assert!(read.warnings().is_empty(), "a writer may be in the middle of a line");
}

#[test]
fn a_poll_waits_for_the_first_arrival() {
    let journal = Journal::new();
    let mut read = journal.read(Reading::Following);
    assert_eq!(follow(&mut read), ["c end", "u end"]);
    let start = Instant::now();
    let mut out = Vec::new();
    read.source.poll(10, BOTH, Duration::from_millis(120), &mut out).unwrap();
    assert!(out.is_empty() && start.elapsed() >= Duration::from_millis(120));

    journal.append("usage-events/a.ndjson", "1\n");
    read.source.poll(10, BOTH, Duration::from_mins(1), &mut out).unwrap();
    assert_eq!(out.len(), 2);
    assert!(start.elapsed() < Duration::from_secs(30), "it waits no longer than needed");
}

/// Lengths and first bytes of the lines of a file, and where each ends.
fn long_lines(journal: &Journal, max: usize) -> Vec<(usize, u8, u64)> {
    let mut read = journal.read(Reading::Once);
    let mut lines = Vec::new();
    loop {
        let mut out = Vec::new();
        read.source.poll(max, USAGE, Duration::ZERO, &mut out).unwrap();
        for arrival in &out {
            match arrival {
                Arrival::Input(line) => {
                    let value = line.value().unwrap();
                    lines.push((value.len(), value.first().copied().unwrap_or_default(), line.file().unwrap().1));
                }
                _ => return lines,
            }
        }
    }
}

#[test]
fn a_line_that_is_too_long_is_handed_out_cut() {
    let check = |length: usize, end: &str, expect: usize| {
        let content = ["a\n".to_owned(), "x".repeat(length), end.to_owned(), "b\n".to_owned()].concat();
        let journal = Journal::with(&[("usage-events/a.ndjson", &content)]);
        let after = (2 + length + end.len()) as u64;
        let lines = [(1, b'a', 2), (expect, b'x', after), (1, b'b', after + 2)];
        assert_eq!(long_lines(&journal, 1), lines, "{length} {end:?}");
        assert_eq!(long_lines(&journal, 100), lines, "{length} {end:?}");
    };
    for end in ["\n", "\r\n"] {
        check(LINE_LIMIT - 1, end, LINE_LIMIT - 1);
        check(LINE_LIMIT, end, LINE_LIMIT);
        check(LINE_LIMIT + 1, end, LINE_LIMIT + 1);
        check(LINE_LIMIT + 2, end, LINE_LIMIT + 1);
        check(LINE_LIMIT + 3, end, LINE_LIMIT + 1);
        check(2 * LINE_LIMIT + 3, end, LINE_LIMIT + 1);
        check(7 * LINE_LIMIT, end, LINE_LIMIT + 1);
    }
}

#[test]
fn a_line_that_is_too_long_may_come_in_pieces() {
    let journal = Journal::new();
    let mut read = journal.read(Reading::Following);
    assert_eq!(follow(&mut read), ["c end", "u end"]);
    for _ in 0..12 {
        journal.append("usage-events/a.ndjson", "x".repeat(LINE_LIMIT / 4 + 1));
        std::thread::sleep(Duration::from_millis(30));
        assert_eq!(read.poll(10, BOTH).unwrap(), [""; 0]);
    }
    journal.append("usage-events/a.ndjson", "\ny\n");
    let seen = follow(&mut read);
    assert_eq!(seen.len(), 3);
    assert_eq!(seen[0].len(), "u0 ".len() + LINE_LIMIT + 1);
    assert_eq!(seen[1..], ["u1 y", "u end"]);
}

#[test]
fn blocks_are_not_used_again_while_a_line_borrows_from_them() {
    let content: String = (0..400_000).map(|n| format!("{{\"line\":{n:>8}}}\n")).collect();
    let journal = Journal::with(&[("usage-events/a.ndjson", &content)]);
    let mut read = journal.read(Reading::Once);
    let mut out = Vec::new();
    while !matches!(out.last(), Some(Arrival::AtEnd { lane: Lane::Usage, .. })) {
        read.source.poll(10_000, USAGE, Duration::ZERO, &mut out).unwrap();
    }
    let mut lines = content.lines();
    for arrival in &out {
        if let Arrival::Input(line) = arrival {
            assert_eq!(line.value(), lines.next().map(str::as_bytes));
            assert!(line.footprint() >= 17 && !line.has_headers() && line.key().is_none() && line.timestamp_ms().is_none());
        }
    }
    assert_eq!(lines.next(), None);
}

#[test]
fn a_closed_file_is_left_and_the_next_one_read_from_where_folding_stands() {
    let journal =
        Journal::with(&[("usage-events/a.ndjson", "1\n2\n3\n4\n"), ("usage-events/b.ndjson", "5\n6\n"), ("usage-events/c.ndjson", "7\n")]);
    let mut read = journal.read(Reading::Once);
    assert_eq!(read.poll(2, USAGE).unwrap(), ["u0 1", "u1 2"]);
    let folded = read.positions.usage.clone();
    // Read ahead, into the next file and to the very end: all of it comes anew, or not at all.
    assert_eq!(read.all().len(), 8);
    read.source.close_file(Lane::Usage, "a.ndjson", &folded);
    read.positions.usage = folded;
    assert_eq!(read.all(), ["u2 5", "u3 6", "u4 7", "u end", "Exhausted"]);
    let expect = [("a.ndjson", 4), ("b.ndjson", 4), ("c.ndjson", 2)].map(|(name, bytes)| (name.to_owned(), bytes));
    assert_eq!(read.positions.usage.files, expect);

    let mut later = journal.read_from(Reading::Once, &read.positions).unwrap();
    assert_eq!(later.all(), ["c end", "u5 3", "u6 4", "u end", "Exhausted"]);
}
