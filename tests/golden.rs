//! Bytes that other programs and later versions read: keys and values of the store, and all that is
//! published. A snapshot here that changes breaks them; what may change gets a new version instead.

mod golden {
    pub mod agreements;
    pub mod arbitrary;
    pub mod documents;
    pub mod hostile;
    pub mod keys;
    pub mod older;
    pub mod onboarding;
    pub mod rosters;
    pub mod round_trips;
    pub mod samples;
    pub mod topics;
}
mod schema;

use golden::samples;
use tally::wire::encode::Message;
use tally::wire::stored::key::Key;
use tally::wire::stored::value;

#[test]
fn the_bytes_of_every_kind_of_key_are_fixed() {
    let rows = samples::keys().into_iter().map(|(name, key)| format!("{name}: {}", hex::encode(key.encode())));
    insta::assert_snapshot!("keys", rows.collect::<Vec<_>>().join("\n"));
}

#[test]
fn the_bytes_of_every_kind_of_value_are_fixed() {
    let rows = samples::values().into_iter().map(|(name, key, state)| {
        assert!(matches!(key, Key::State(_)));
        format!("{name}: {}", hex::encode(value::encode(samples::borrowed(&state))))
    });
    let positions = format!("positions: {}", hex::encode(samples::positions()));
    insta::assert_snapshot!("values", rows.chain([positions]).collect::<Vec<_>>().join("\n"));
}

#[test]
fn the_bytes_of_everything_published_are_fixed() {
    let rows = samples::published().into_iter().map(|(name, message)| format!("== {name}\n{}", shown(&message)));
    insta::assert_snapshot!("published", rows.collect::<Vec<_>>().join("\n"));
}

fn shown(message: &Message) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let headers = message.headers.iter().map(|(name, value)| format!("{name}: {}", text(value)));
    let lines = [format!("key: {}", text(&message.key))].into_iter().chain(headers).chain([text(&message.value)]);
    lines.collect::<Vec<_>>().join("\n")
}
