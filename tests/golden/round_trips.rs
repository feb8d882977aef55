//! What is stored comes back as it was.

use proptest::prelude::*;
use tally::domain::gates::Gates;
use tally::domain::instant::Instant;
use tally::domain::state::{Meta, StateKey, StateValue};
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

/// What an older program stored is read for ever.
#[test]
fn a_pool_of_version_1_is_read() {
    let (bytes, pool) = samples::pool_of_version_1();
    assert_eq!(decode(&StateKey::Pool("SE-0180".into(), "sms".into()), &bytes), Ok(StateValue::Pool(pool)));
}

/// What programs wrote before catalogs could change by the log.
#[test]
fn meta_of_version_1_is_still_read() {
    let bytes =
        hex::decode("01fd8051f3f9c91d28310f01020304050607fb2c0108090aabababababababababababababababababababababababababababababababab")
            .expect("hexadecimal");
    let Ok(StateValue::Meta(found)) = decode(&StateKey::Meta, &bytes) else { panic!("not read") };
    assert_eq!(found, Meta { in_force: None, remembered_since: Instant::MIN, braked: 0, test_environment: None, ..samples::meta() });
}

/// An account as version 1 wrote it, before customers had addresses.
const ACCOUNT_V1: &str = "0101fbcc9f0f53746f636b686f6c6d732073746164025345104575726f70652f53746f636b686f6c6d0353454b010a323132303030303134320104303030370a323132303030303134320001fc301b0f00010103736d73fdffffffffffffffff01fd8051f3f9c91d28310102fca0860100fb309f110201fd8051f3f9c91d28310103637072fbcc9f104575726f70652f53746f636b686f6c6d0353454b";

#[test]
fn accounts_of_version_1_are_still_read() {
    let (key, mut expect) = samples::values()
        .into_iter()
        .find_map(|(_, key, value)| match (key, value) {
            (Key::State(key @ StateKey::Account(_)), StateValue::Account(account)) if !account.versions.is_empty() => Some((key, account)),
            _ => None,
        })
        .expect("a sample");
    for version in &mut expect.versions {
        (version.address, version.vat_number, version.order_reference, version.contract) = (None, None, None, None);
        version.group = None;
    }
    expect.head_counts.retain(|count| count.school_form.is_none());
    (expect.decisions, expect.agreements, expect.held) = (vec![], vec![], vec![]);
    (expect.handovers, expect.predecessors, expect.gates) = (vec![], vec![], Gates::default());
    assert_eq!(decode(&key, &hex::decode(ACCOUNT_V1).expect("hex")), Ok(StateValue::Account(expect)));
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
