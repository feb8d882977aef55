//! The key ring: its file, byte by byte, its versions, and its pseudonyms.

use tally::domain::instant::Instant;
use tally::wire::keys::{self, Act, KeyFileFault, KeyRing, RingFault, Secret, Seeds, Shredded};

pub fn at(day: i64) -> Instant {
    Instant::from_nanos(day * tally::domain::instant::NANOS_PER_DAY)
}

pub fn seeds(of: u8) -> Seeds {
    Seeds { originals: Secret::new([of; 32]), pseudonyms: Secret::new([of + 100; 32]) }
}

pub fn act() -> Act {
    Act { at: at(20_000), actor: "anna".to_owned(), approver: "bo".to_owned(), reason: "asked to \"go\"".to_owned() }
}

/// Versions 1 and 2, in force from day 0 and day 10.
pub fn ring() -> KeyRing {
    let mut ring = KeyRing::default();
    ring.rotate(&seeds(1), at(0)).unwrap();
    ring.rotate(&seeds(2), at(10)).unwrap();
    ring
}

pub fn customer(id: &str) -> Shredded {
    Shredded::Customer(id.to_owned())
}

pub fn person(customer: &str, pseudonym: &str) -> Shredded {
    Shredded::Person { customer: customer.to_owned(), pseudonym: pseudonym.to_owned() }
}

fn named(ring: &KeyRing, version: u32, customer: &str, id: &str) -> Option<String> {
    keys::pseudonym(ring.version(version).unwrap(), customer, id)
}

/// Ring files and pseudonyms are kept by others: their bytes are fixed.
#[test]
fn the_bytes_of_a_ring_and_of_pseudonyms_are_fixed() {
    let mut ring = ring();
    let whole = keys::write(&ring).to_string();
    assert_eq!(
        whole,
        format!(
            "tally/keys/1\nversion 1 1970-01-01T00:00:00.000Z\noriginals 1 {zero}/0 {}\npseudonyms 1 {zero}/0 {}\n\
             version 2 1970-01-11T00:00:00.000Z\noriginals 2 {zero}/0 {}\npseudonyms 2 {zero}/0 {}\n",
            "01".repeat(32),
            "65".repeat(32),
            "02".repeat(32),
            "66".repeat(32),
            zero = "0".repeat(32),
        )
    );
    let names: Vec<Option<String>> = [(1, "SE-0180"), (2, "SE-0180"), (1, "SE-1480")]
        .into_iter()
        .map(|(version, customer)| named(&ring, version, customer, "191212121212"))
        .collect();
    ring.shred(customer("SE-0180"), act()).unwrap();
    ring.shred(Shredded::Version { number: 2, only_pseudonyms: true }, act()).unwrap();
    ring.shred(person("SE-1480", "p1-1-00"), act()).unwrap();
    let shredded = keys::write(&ring).to_string();
    let digest = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(shredded.as_bytes()));
    let stones: Vec<&str> = shredded.lines().filter(|line| line.starts_with("shredded")).collect();
    insta::assert_snapshot!("ring", format!("{names:#?}\nsha256:{digest}\n{} lines\n{}", shredded.lines().count(), stones.join("\n")));
}

#[test]
fn a_ring_is_read_as_it_was_written() {
    let mut ring = ring();
    let check = |ring: &KeyRing| assert_eq!(keys::read(&keys::write(ring)).as_ref(), Ok(ring));
    check(&KeyRing::default());
    check(&ring);
    for what in [customer("SE-0180"), customer("a b\nc"), person("SE-1480", "x"), Shredded::Unread] {
        assert_eq!(ring.shred(what.clone(), act()), Ok(true), "{what:?}");
        assert_eq!(ring.shred(what.clone(), act()), Ok(false), "{what:?} again");
        check(&ring);
    }
    for only_pseudonyms in [true, false] {
        assert_eq!(ring.shred(Shredded::Version { number: 1, only_pseudonyms }, act()), Ok(true));
        check(&ring);
    }
    assert_eq!(ring.tombstones().len(), 6);
}

#[test]
fn what_is_no_ring_is_refused_and_never_quoted() {
    let good = keys::write(&ring()).to_string();
    let check = |text: &str, expect: KeyFileFault| {
        let fault = keys::read(text).unwrap_err();
        assert_eq!(fault, expect, "{text}");
        assert!(!fault.to_string().contains("0101"), "{fault}");
    };
    check("", KeyFileFault::Format);
    check(&good.replace("keys/1", "keys/2"), KeyFileFault::Format);
    check(&good.replacen("0101", "01", 1), KeyFileFault::Line(3));
    check(&good.replacen("0101", "zz01", 1), KeyFileFault::Line(3));
    check(&good.replacen("originals 1", "originals 7", 1), KeyFileFault::Line(3));
    check(&good.replacen("version 2 1970-01-11", "version 2 1970-01-01", 1), KeyFileFault::Line(5));
    check(&good.replacen("version 2", "version 1", 1), KeyFileFault::Line(5));
    check(&good.replacen("version 2", "edition 2", 1), KeyFileFault::Line(5));
    check(&format!("{good}shredded {{}}\n"), KeyFileFault::Line(8));
}

#[test]
fn versions_are_in_force_one_after_the_other() {
    let mut ring = ring();
    let check = |ring: &KeyRing, day, expect| assert_eq!(ring.version_at(at(day)).map(|version| version.number), expect, "day {day}");
    check(&ring, -1, None);
    check(&ring, 0, Some(1));
    check(&ring, 9, Some(1));
    check(&ring, 10, Some(2));
    assert_eq!(ring.rotate(&seeds(3), at(10)), Err(RingFault::NotLater { last: 2, from: at(10) }));
    assert_eq!(ring.rotate(&seeds(3), at(20)), Ok(3));
    // What was shredded is still the version of its time: nothing is sealed with another one.
    ring.shred(Shredded::Version { number: 2, only_pseudonyms: false }, act()).unwrap();
    check(&ring, 10, Some(2));
    assert_eq!(ring.shred(Shredded::Version { number: 9, only_pseudonyms: false }, act()), Err(RingFault::NoVersion(9)));
}

#[test]
fn a_pseudonym_is_one_persons_of_one_customer_by_one_version() {
    let ring = ring();
    let name = |version, customer, id| named(&ring, version, customer, id).unwrap();
    let anna = name(1, "SE-0180", "191212121212");
    assert_eq!(anna, name(1, "SE-0180", "191212121212"));
    for other in [name(2, "SE-0180", "191212121212"), name(1, "SE-1480", "191212121212"), name(1, "SE-0180", "19121212-1212")] {
        assert_ne!(anna, other);
    }
    assert!(anna.starts_with("p1-1-") && anna.len() == 37, "{anna}");
}

#[test]
fn whom_nobody_can_name_any_more() {
    let check = |what: Shredded, expect: [bool; 3]| {
        let mut ring = ring();
        ring.shred(what.clone(), act()).unwrap();
        let found = [(1, "A"), (2, "A"), (1, "B")].map(|(version, customer)| named(&ring, version, customer, "x").is_some());
        assert_eq!(found, expect, "{what:?}");
    };
    check(customer("A"), [false, false, true]);
    check(person("A", "p1-1-00"), [true, true, true]);
    check(Shredded::Unread, [true, true, true]);
    check(Shredded::Version { number: 1, only_pseudonyms: true }, [false, true, false]);
    check(Shredded::Version { number: 1, only_pseudonyms: false }, [false, true, false]);
}

#[test]
fn no_secret_is_shown() {
    let shown = format!("{:?} {:?}", ring(), seeds(1));
    for secret in ["[1, 1", "0101", "[101", "6565", "1, 1, 1"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
