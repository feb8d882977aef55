//! What is stored comes back as it was.

use proptest::prelude::*;
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
    assert_eq!(found, Meta { in_force: None, remembered_since: Instant::MIN, ..samples::meta() });
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
