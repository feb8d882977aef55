//! Keys: what is encoded comes back, and sorts as it must.

use proptest::prelude::*;
use tally::domain::account::PeriodKey;
use tally::domain::instant::Instant;
use tally::domain::lineage::Fingerprint;
use tally::domain::names::CustomerId;
use tally::domain::parked::ParkedKey;
use tally::domain::person::PersonKey;
use tally::domain::state::StateKey;
use tally::wire::stored::StoredError;
use tally::wire::stored::key::{Key, Kind, decode, encode};
use tally::wire::stored::scan;

use super::{arbitrary, samples};

#[test]
fn every_kind_number_is_used_by_one_key() {
    let mut found: Vec<u8> = samples::keys().iter().filter_map(|(_, key)| key.encode().first().copied()).collect();
    found.dedup();
    assert_eq!(found, Kind::ALL.map(Kind::number));
    assert_eq!(found, (1..=16).chain([22]).collect::<Vec<_>>());
}

#[test]
fn a_key_that_is_cut_or_goes_on_is_an_error() {
    for (name, key) in samples::keys() {
        let mut bytes = key.encode();
        assert_eq!(decode(&bytes).as_ref(), Ok(&key), "{name}");
        for length in 0..bytes.len() {
            assert!(matches!(decode(&bytes[..length]), Err(StoredError::Corrupt { .. })), "{name} cut to {length}");
        }
        bytes.push(0);
        assert!(decode(&bytes).is_err(), "{name} with a byte more");
    }
}

#[test]
fn a_kind_of_a_newer_program_says_so() {
    for kind in [0, 99, 255] {
        assert_eq!(decode(&[kind, 0, 1, b'a']), Err(StoredError::UnknownKind { kind }));
    }
}

#[test]
fn a_range_holds_the_keys_that_it_names() {
    let customer = CustomerId::new("A");
    let parked = |customer: &str, time: i64, arrival: u64| {
        encode(&StateKey::Parked(customer.into(), ParkedKey { time: Instant::from_nanos(time), arrival }))
    };
    let rows = [parked("A", i64::MIN, 0), parked("A", -1, 5), parked("A", 0, 1), parked("A", 0, 2), parked("A", i64::MAX, u64::MAX)];
    let after = |time, arrival| Some(ParkedKey { time: Instant::from_nanos(time), arrival });
    let check = |given: Option<ParkedKey>, expect: &[Vec<u8>]| {
        let range = scan::parked_after(&customer, given);
        let found: Vec<_> = rows.iter().filter(|row| range.contains(*row)).cloned().collect();
        assert_eq!(found, expect, "{given:?}");
        for other in [parked("", 0, 0), parked("AA", 0, 0), parked("B", 0, 0), encode(&StateKey::Account(customer.clone()))] {
            assert!(!range.contains(&other), "{given:?}");
        }
    };
    check(None, &rows);
    check(after(i64::MIN, 0), &rows[1..]);
    check(after(0, 0), &rows[2..]);
    check(after(0, 1), &rows[3..]);
    check(after(i64::MAX, u64::MAX), &[]);
    assert_eq!(scan::rest_after(scan::all(Kind::Parked), &rows[0]).start, scan::parked_after(&customer, after(i64::MIN, 0)).start);
}

#[test]
fn the_persons_of_a_period_are_a_range() {
    let customer = CustomerId::new("A");
    let of = |key: &PersonKey| encode(&StateKey::Person(customer.clone(), key.clone()));
    let person = |person: u128| PersonKey { person: Fingerprint(person), ..samples::person_key() };
    let rows = [of(&person(0)), of(&person(1)), of(&person(u128::MAX))];
    let period = person(0).period;
    let other = PeriodKey { from: samples::date("2026-02-01"), ..period };
    let others = [PersonKey { period: other, ..person(1) }, PersonKey { plan: "other".into(), ..person(1) }];
    let check = |after: Option<u128>, expect: &[Vec<u8>]| {
        let range = scan::persons_after(&customer, &person(0).plan, &period, after.map(person).as_ref());
        let found: Vec<_> = rows.iter().filter(|row| range.contains(*row)).cloned().collect();
        assert_eq!(found, expect, "{after:?}");
        assert!(others.iter().all(|other| !range.contains(&of(other))), "{after:?}");
        assert!(!range.contains(&encode(&StateKey::Person("AA".into(), person(1)))), "{after:?}");
    };
    check(None, &rows);
    check(Some(0), &rows[1..]);
    check(Some(u128::MAX), &[]);
}

#[test]
fn a_name_longer_than_any_length_field_is_not_cut() {
    for length in [65_534, 65_535, 65_536, 200_000] {
        let key = StateKey::Account(CustomerId::new(&"x".repeat(length)));
        assert_eq!(decode(&encode(&key)), Ok(Key::State(key)), "{length}");
    }
}

proptest! {
    #[test]
    fn keys_come_back(key in arbitrary::key()) {
        let bytes = encode(&key);
        let kind = Kind::of_number(bytes[0]).expect("a kind");
        prop_assert!(scan::all(kind).contains(&bytes));
        prop_assert_eq!(decode(&bytes), Ok(Key::State(key)));
    }

    #[test]
    fn different_keys_have_different_bytes(one in arbitrary::key(), other in arbitrary::key()) {
        prop_assert_eq!(one == other, encode(&one) == encode(&other));
    }

    #[test]
    fn parked_events_sort_by_time_then_arrival(one in arbitrary::parked_key(), other in arbitrary::parked_key()) {
        let bytes = |key| encode(&StateKey::Parked("A".into(), key));
        prop_assert_eq!(one.cmp(&other), bytes(one).cmp(&bytes(other)));
    }

    #[test]
    fn timers_sort_by_due_whatever_the_customer(one in arbitrary::instant(), other in arbitrary::instant(), a in ".*", b in ".*") {
        prop_assume!(one != other);
        let bytes = |due, customer: &str| encode(&StateKey::Timer(due, customer.into()));
        prop_assert_eq!(one.cmp(&other), bytes(one, &a).cmp(&bytes(other, &b)));
    }

    #[test]
    fn days_and_ids_sort_by_number(one in any::<i32>(), other in any::<i32>(), a in arbitrary::date(), b in arbitrary::date()) {
        let block = |day| encode(&StateKey::IdBlock { day, sequence: 0 });
        let day = |date| encode(&StateKey::Day("A".into(), "s".into(), date));
        prop_assert_eq!(one.cmp(&other), block(one).cmp(&block(other)));
        prop_assert_eq!(a.cmp(&b), day(a).cmp(&day(b)));
    }

    #[test]
    fn any_bytes_are_a_key_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        if let Ok(key) = decode(&bytes) {
            prop_assert_eq!(decode(&key.encode()), Ok(key));
        }
    }
}
