//! What is stored comes back as it was.

use proptest::prelude::*;
use tally::domain::account::Account;
use tally::domain::state::StateValue;
use tally::wire::stored::key::Key;
use tally::wire::stored::value::{decode, decode_positions, encode, encode_positions};

use super::{arbitrary, samples};

#[test]
fn the_samples_come_back() {
    for (name, key, value) in samples::values() {
        let Key::State(key) = key else { continue };
        assert_eq!(decode(&key, &encode(samples::borrowed(&value))), Ok(value), "{name}");
    }
}

fn comes_back(value: &StateValue) -> Result<(), TestCaseError> {
    let key = arbitrary::key_for(value);
    let bytes = encode(samples::borrowed(value));
    let found = decode(&key, &bytes);
    prop_assert_eq!(found.as_ref(), Ok(value));
    Ok(())
}

proptest! {
    #[test]
    fn values_come_back(value in arbitrary::value()) {
        comes_back(&value)?;
    }

    #[test]
    fn positions_come_back(control in arbitrary::lane(), usage in arbitrary::lane()) {
        let bytes = encode_positions((control.0, &control.1), (usage.0, &usage.1));
        prop_assert_eq!(decode_positions(&bytes), Ok((control, usage)));
    }
}

/// Of a program that knew no mergers: what it wrote is an account without any.
#[test]
fn an_account_of_version_2_has_no_succession() {
    let (_, key, _) = samples::values().into_iter().find(|(name, ..)| *name == "account that only waits").expect("a sample");
    let Key::State(key) = key else { panic!("not state") };
    let bytes = hex::decode("02000000000100").expect("hex");
    let expect = StateValue::Account(Account { parked: 1, ..Account::default() });
    assert_eq!(decode(&key, &bytes).expect("it can be read"), expect);
}
