//! Input files that are not what they were, and directories that are no journals.

use std::fs::{self, File};

use tally::journal::{JournalDirectory, Reading};
use tally::pipeline::ports::{Lane, Positions, Source};

use super::stand::{BOTH, Journal, refused};

const A: &str = "usage-events/a.ndjson";

/// A journal of which everything was read and committed.
fn committed() -> (Journal, Positions) {
    let journal = Journal::with(&[(A, "one\ntwo\n"), ("usage-control/k.ndjson", "x\n")]);
    let mut read = journal.read(Reading::Once);
    read.all();
    (journal, read.positions)
}

#[test]
fn inputs_that_were_read_must_still_be_there() {
    let check = |fragments: &[&str], damage: fn(&Journal)| {
        let (journal, positions) = committed();
        damage(&journal);
        let start = journal.read_from(Reading::Once, &positions);
        refused(start.map(|_| ()), fragments);
    };
    check(&["a.ndjson is missing", "8 bytes of it have been read", "put the original back"], |journal| {
        fs::remove_file(journal.input(A)).unwrap();
    });
    check(&["k.ndjson is missing"], |journal| fs::remove_dir_all(journal.input("usage-control")).unwrap());
    check(&["a.ndjson has shrunk to 4 bytes", "may only grow"], |journal| {
        File::options().write(true).open(journal.input(A)).unwrap().set_len(4).unwrap();
    });
    check(&["a.ndjson was rewritten", "put the original back"], |journal| {
        fs::write(journal.input(A), "something else that is longer\n").unwrap();
    });
}

#[test]
fn a_followed_file_must_not_shrink_or_vanish() {
    let check = |fragments: &[&str], damage: fn(&Journal)| {
        let (journal, positions) = committed();
        let mut read = journal.read_from(Reading::Following, &positions).unwrap();
        assert_eq!(read.poll(10, BOTH).unwrap(), ["c end", "u end"]);
        damage(&journal);
        std::thread::sleep(std::time::Duration::from_millis(40));
        refused(read.poll(10, BOTH), fragments);
    };
    check(&["a.ndjson is missing"], |journal| fs::remove_file(journal.input(A)).unwrap());
    check(&["a.ndjson has shrunk to 0 bytes"], |journal| fs::write(journal.input(A), "").unwrap());
}

#[test]
fn what_was_not_read_yet_may_still_change() {
    let journal = Journal::with(&[(A, "one\nunfinished")]);
    let mut read = journal.read(Reading::Once);
    assert_eq!(read.all(), ["c end", "u0 one", "u end", "Exhausted"]);
    fs::write(journal.input(A), "one\n2\n").unwrap();
    let mut next = journal.read_from(Reading::Once, &read.positions).unwrap();
    assert_eq!(next.all(), ["c end", "u1 2", "u end", "Exhausted"]);
}

#[test]
fn a_directory_without_inputs_is_no_journal() {
    let temp = tempfile::TempDir::new().unwrap();
    refused(JournalDirectory::open(temp.path()), &["is no journal", "in/usage-events/*.ndjson", "in/usage-control/*.ndjson"]);
    refused(JournalDirectory::open(&temp.path().join("none")), &["is no journal"]);
}

#[test]
fn a_lane_without_a_directory_is_empty_until_it_has_one() {
    let journal = Journal::with(&[(A, "one\n")]);
    fs::remove_dir(journal.input("usage-control")).unwrap();
    assert_eq!(journal.read(Reading::Once).all(), ["c end", "u0 one", "u end", "Exhausted"]);
}

#[test]
fn places_are_those_of_the_contract() {
    let journal = Journal::new();
    let directory = journal.directory();
    assert_eq!(directory.inputs(Lane::Usage), journal.path("in/usage-events"));
    assert_eq!(directory.inputs(Lane::Control), journal.path("in/usage-control"));
    assert_eq!(directory.outputs(), journal.path("out"));
    assert_eq!(directory.state(), journal.path("state"));
}

#[test]
fn a_name_that_is_not_text_is_refused_rather_than_passed_over() {
    use std::os::unix::ffi::OsStrExt;
    let journal = Journal::new();
    let name = std::ffi::OsStr::from_bytes(b"\xff.ndjson");
    fs::write(journal.input("usage-events").join(name), "one\n").unwrap();
    refused(journal.read_from(Reading::Once, &Positions::default()).map(|_| ()), &["not UTF-8", "rename"]);
}

#[test]
fn a_journal_is_one_partition_that_can_be_stopped_and_started() {
    let (journal, positions) = committed();
    let mut read = journal.read(Reading::Once);
    refused(read.source.start(1, &positions), &["partition 0 only"]);
    read.source.stop(0).unwrap();
    assert_eq!(read.poll(10, BOTH).unwrap(), [""; 0]);
    read.source.start(0, &positions).unwrap();
    assert_eq!(read.poll(10, BOTH).unwrap(), ["c end", "u end", "Exhausted"]);
}
