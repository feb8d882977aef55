//! Lines out.

use std::fs::{self, File};

use tally::journal::{JournalSink, Lengths, ReceiptError};
use tally::pipeline::ports::{Lane, Outlet, Output, Publication, PublishError, Sink};

use super::stand::{Journal, refused};

const RECORDS: &str = "billing-records.ndjson";
const SUSPENSE: &str = "usage-suspense.ndjson";
const NOTICES: &str = "usage-notices.ndjson";

pub fn publication(outputs: &[(Outlet, &str)]) -> Publication {
    let outputs = outputs.iter().map(|(outlet, value)| Output {
        outlet: *outlet,
        partition: None,
        key: b"key".to_vec(),
        headers: Vec::new(),
        value: value.as_bytes().to_vec(),
    });
    Publication { outputs: outputs.collect(), ..Publication::default() }
}

fn publish(sink: &mut JournalSink, outputs: &[(Outlet, &str)]) -> Vec<u8> {
    let mut receipts = sink.publish(&[publication(outputs)]).unwrap();
    assert_eq!(receipts.len(), 1);
    receipts.remove(0)
}

#[test]
fn each_output_is_a_line_of_its_file() {
    let journal = Journal::new();
    let mut sink = journal.sink(None).unwrap();
    let receipt = publish(&mut sink, &[(Outlet::Records, "r1"), (Outlet::Notices, "n1"), (Outlet::Records, "r2")]);
    assert_eq!(Lengths::decode(&receipt), Ok(Lengths([6, 0, 3])));
    let receipt = publish(&mut sink, &[(Outlet::Suspense, "s1")]);
    assert_eq!(Lengths::decode(&receipt), Ok(Lengths([6, 3, 3])));
    assert_eq!(publish(&mut sink, &[]), receipt);
    assert_eq!([RECORDS, SUSPENSE, NOTICES].map(|name| journal.out(name)), ["r1\nr2\n", "s1\n", "n1\n"]);
}

#[test]
fn much_at_once_is_published_whole() {
    let journal = Journal::new();
    let mut sink = journal.sink(None).unwrap();
    let line = "x".repeat(300_000);
    let receipts = sink.publish(&[publication(&[(Outlet::Records, line.as_str()); 5]), publication(&[(Outlet::Records, "y")])]).unwrap();
    assert_eq!(receipts, vec![Lengths([1_500_007, 0, 0]).encode(); 2]);
    assert_eq!(journal.out(RECORDS), format!("{line}\n").repeat(5) + "y\n");
}

#[test]
fn receipts_keep_their_bytes() {
    let receipt = Lengths([1, 0x0203, 0x0405_0607_0809_0a0b]).encode();
    assert_eq!(hex::encode(&receipt), "01000000000000000100000000000002030405060708090a0b");
    assert_eq!(Lengths::decode(&receipt), Ok(Lengths([1, 0x0203, 0x0405_0607_0809_0a0b])));

    let check = |bytes: &[u8], expect: ReceiptError| assert_eq!(Lengths::decode(bytes), Err(expect));
    check(&[], ReceiptError::Damaged(0));
    check(&[1], ReceiptError::Damaged(1));
    check(&receipt[..24], ReceiptError::Damaged(24));
    check(&[&receipt[..], &[0]].concat(), ReceiptError::Damaged(26));
    check(&[&[0], &receipt[1..]].concat(), ReceiptError::Damaged(25));
    check(&[&[2], &receipt[1..]].concat(), ReceiptError::Newer(2));
    check(&[255], ReceiptError::Newer(255));
}

#[test]
fn recovery_cuts_back_to_what_was_committed() {
    let check = |receipt: Option<Lengths>, expect: [&str; 3]| {
        let journal = Journal::new();
        let mut sink = journal.sink(None).unwrap();
        publish(&mut sink, &[(Outlet::Records, "r1"), (Outlet::Suspense, "s1")]);
        publish(&mut sink, &[(Outlet::Records, "r2"), (Outlet::Notices, "n1")]);
        fs::write(journal.path("out").join(NOTICES), "n1\nhalf a li").unwrap();
        let receipt = receipt.map(|lengths| lengths.encode());
        let mut sink = journal.sink(receipt.as_deref()).unwrap();
        assert_eq!([RECORDS, SUSPENSE, NOTICES].map(|name| journal.out(name)), expect);
        publish(&mut sink, &[(Outlet::Records, "again")]);
        assert_eq!(journal.out(RECORDS), format!("{}again\n", expect[0]));
    };
    check(None, ["", "", ""]);
    check(Some(Lengths([3, 3, 0])), ["r1\n", "s1\n", ""]);
    check(Some(Lengths([6, 3, 3])), ["r1\nr2\n", "s1\n", "n1\n"]);
}

#[test]
fn damaged_outputs_are_refused_and_left_as_they_are() {
    let receipt = Lengths([6, 3, 0]).encode();
    let check = |receipt: &[u8], fragments: &[&str], damage: fn(&Journal)| {
        let journal = Journal::new();
        publish(&mut journal.sink(None).unwrap(), &[(Outlet::Records, "r1"), (Outlet::Records, "r2"), (Outlet::Suspense, "s1")]);
        damage(&journal);
        refused(journal.sink(Some(receipt)), fragments);
    };
    let path = |journal: &Journal, name: &str| journal.path("out").join(name);
    check(&receipt, &["usage-suspense.ndjson is missing", "3 bytes of it were committed"], |journal| {
        fs::remove_file(journal.path("out").join(SUSPENSE)).unwrap();
    });
    check(&receipt, &["billing-records.ndjson has only 4 bytes", "6 bytes of it", "put the original back"], |journal| {
        File::options().write(true).open(journal.path("out").join(RECORDS)).unwrap().set_len(4).unwrap();
    });
    check(&receipt, &["billing-records.ndjson was changed", "remove both `out` and `state`"], |journal| {
        fs::write(journal.path("out").join(RECORDS), "something else").unwrap();
    });
    check(&receipt, &["is missing"], |journal| fs::remove_dir_all(journal.path("out")).unwrap());
    check(&[9, 9], &["receipt", "version 9", "newer version"], |_| {});
    check(&[1, 9], &["receipt", "is damaged"], |_| {});

    // A file of which nothing was committed may be missing: it is made anew.
    let journal = Journal::new();
    publish(&mut journal.sink(None).unwrap(), &[(Outlet::Records, "r1"), (Outlet::Records, "r2"), (Outlet::Suspense, "s1")]);
    fs::remove_file(path(&journal, NOTICES)).unwrap();
    journal.sink(Some(&receipt)).unwrap();
    assert_eq!(journal.out(NOTICES), "");
}

#[test]
fn an_output_that_has_no_place_stops_and_the_rest_is_cut_back() {
    let check = |outlet: Outlet, value: &str, fragments: &[&str]| {
        let journal = Journal::new();
        let mut sink = journal.sink(None).unwrap();
        let receipt = publish(&mut sink, &[(Outlet::Records, "r1")]);
        refused(sink.publish(&[publication(&[(Outlet::Records, "r2"), (outlet, value)])]), fragments);
        // After any failure only a recovery helps.
        let again = sink.publish(&[publication(&[])]);
        assert!(matches!(again, Err(PublishError::Aborted(_))), "{again:?}");
        journal.sink(Some(&receipt)).unwrap();
        assert_eq!(journal.out(RECORDS), "r1\n");
    };
    check(Outlet::Forward(Lane::Usage), "x", &["no place for Forward(Usage)"]);
    check(Outlet::Notices, "two\nlines", &["usage-notices.ndjson", "newline"]);
}

#[test]
fn a_journal_publishes_one_partition_only() {
    let journal = Journal::new();
    let mut sink = journal.sink(None).unwrap();
    refused(sink.recover(1, None, &mut |_, _| Ok(())), &["partition 0 only"]);
    refused(sink.publish(&[Publication { partition: 1, ..Publication::default() }]), &["partition 0 only"]);
}

#[test]
fn an_output_that_cannot_be_opened_says_what_to_do() {
    let journal = Journal::new();
    fs::create_dir_all(journal.path("out")).unwrap();
    fs::create_dir(journal.path("out").join(RECORDS)).unwrap();
    refused(journal.sink(None), &["cannot open", "billing-records.ndjson", "start again"]);
}
