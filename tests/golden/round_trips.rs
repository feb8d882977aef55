//! What is stored comes back as it was.

use proptest::prelude::*;
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

/// Bytes that earlier versions of the program wrote.
#[test]
fn older_versions_can_be_read() {
    let check = |value: StateValue, older: &str| {
        let bytes = hex::decode(older).expect("hex");
        assert_eq!(decode(&arbitrary::key_for(&value), &bytes), Ok(value));
    };
    check(StateValue::Account(samples::older_account()), ACCOUNT_2);
    check(StateValue::Parked(samples::older_parked()), PARKED_1);
}

const ACCOUNT_2: &str = "\
        0201fbcc9f0f53746f636b686f6c6d732073746164025345104575726f70652f53746f636b686f6c6d0353454b010a3231323030303031\
        34320104303030370a323132303030303134320001fc301b0f0001056c61726765010103736d73fdffffffffffffffff01fd8051f3f9c9\
        1d28310102fca0860100fb309f110201fd8051f3f9c91d28310103637072fbcc9f104575726f70652f53746f636b686f6c6d0353454b";

const PARKED_1: &str = "\
        01090469742d3701611273652e756e696b756d2e736d732e73656e740753452d30313830fd8051f3f9c91d283101fd8051f3f9c91d2831\
        01013901fc00943577010964656c697665726564010000000000000000000000000000000000fefd8051f3f9c91d28310c75736167652d\
        6576656e74730329027b7d";

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
