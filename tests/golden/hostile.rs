//! Stored values that are newer, cut or damaged: an error that says so, never a panic.

use proptest::prelude::*;
use tally::domain::state::StateKey;
use tally::wire::stored::StoredError;
use tally::wire::stored::key::Key;
use tally::wire::stored::value::{decode, decode_positions, encode};

use super::samples;

/// Name, key, bytes.
fn stored() -> Vec<(&'static str, StateKey, Vec<u8>)> {
    let rows = samples::values().into_iter().filter_map(|(name, key, value)| match key {
        Key::State(key) => Some((name, key, encode(samples::borrowed(&value)))),
        Key::Positions | Key::Receipt => None,
    });
    rows.collect()
}

#[test]
fn a_newer_version_is_refused_with_both_numbers() {
    for (name, key, mut bytes) in stored() {
        let written = bytes[0];
        bytes[0] = written + 1;
        let Err(StoredError::Newer { found, known, .. }) = decode(&key, &bytes) else { panic!("{name} was read") };
        assert_eq!((found, known), (written + 1, written), "{name}");
    }
    let mut positions = samples::positions();
    positions[0] = 2;
    assert!(matches!(decode_positions(&positions), Err(StoredError::Newer { found: 2, known: 1, .. })));
}

#[test]
fn a_layout_of_before_the_first_release_is_refused() {
    let register = StateKey::Issued("SE-0180".into());
    assert!(matches!(decode(&register, &[2]), Err(StoredError::Older { found: 2, oldest: 3, .. })));
}

#[test]
fn the_message_says_what_where_and_what_to_do() {
    let pool = StateKey::Pool("SE-0180".into(), "sms".into());
    let newer = decode(&pool, &[9]).expect_err("newer").to_string();
    assert_eq!(
        newer,
        "the stored value of Pool(\"SE-0180\", \"sms\") has version 9, this program reads up to 3: a newer tally wrote it; \
         start that version, or remove the state directory and it is rebuilt from the log"
    );
    let damaged = decode(&pool, &[]).expect_err("damaged").to_string();
    assert_eq!(
        damaged,
        "the stored value of Pool(\"SE-0180\", \"sms\") cannot be read: it is empty; \
         the store is damaged: remove the state directory and it is rebuilt from the log"
    );
}

#[test]
fn a_value_cut_anywhere_is_an_error() {
    for (name, key, bytes) in stored() {
        for length in 0..bytes.len() {
            // Packed ids have no count: the checksums of store and log find a cut between two of them.
            let between_ids = matches!(key, StateKey::IdBlock { .. } | StateKey::IdRun { .. }) && length % 16 == 1;
            let found = decode(&key, &bytes[..length]);
            assert!(between_ids || matches!(found, Err(StoredError::Corrupt { .. })), "{name} cut to {length}: {found:?}");
        }
    }
    let positions = samples::positions();
    for length in 0..positions.len() {
        assert!(matches!(decode_positions(&positions[..length]), Err(StoredError::Corrupt { .. })), "cut to {length}");
    }
}

#[test]
fn a_value_that_goes_on_is_an_error() {
    for (name, key, mut bytes) in stored() {
        bytes.push(0);
        assert!(matches!(decode(&key, &bytes), Err(StoredError::Corrupt { .. })), "{name}");
    }
}

#[test]
fn an_enormous_length_takes_no_memory() {
    let account = StateKey::Account("A".into());
    let mut bytes = vec![2, 253];
    bytes.extend_from_slice(&[0xff; 8]);
    assert!(matches!(decode(&account, &bytes), Err(StoredError::Corrupt { .. })));
}

proptest! {
    #[test]
    fn any_bytes_are_a_value_or_an_error(place in 0..samples::values().len(), mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (_, key, written) = &stored()[place];
        if let Some(version) = bytes.first_mut() {
            *version = written[0];
        }
        let _ = decode(key, &bytes);
        let _ = decode_positions(&bytes);
    }

    #[test]
    fn a_flipped_bit_never_panics(place in 0..samples::values().len(), at in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let (_, key, mut bytes) = stored().swap_remove(place);
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let _ = decode(&key, &bytes);
    }
}
