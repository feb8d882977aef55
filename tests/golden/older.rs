//! Values of older layouts, as an older program wrote them, are read: what they could not say is absent.

use tally::domain::parked::ParkedEvent;
use tally::domain::quantity::Quantity;
use tally::domain::state::StateValue;
use tally::domain::usage::{Reported, UsageEvent};
use tally::wire::stored::key::Key;
use tally::wire::stored::value::decode;

use super::samples;

const PARKED_1: &str = "01090469742d3701611273652e756e696b756d2e736d732e73656e740753452d30313830fd8051f3f9c91d283101fd8051f3f9c91d2831\
01013901fc00943577010964656c697665726564010000000000000000000000000000000000fefd8051f3f9c91d28310c75736167652d6576656e7473\
0329027b7d";

/// Before anything could be given up.
const META_2: &str = "02fd8051f3f9c91d28310f01020304050607fb2c0108090a\
abababababababababababababababababababababababababababababababab01abababababababababababababababababababababababababababababababab\
fd8051f3f9c91d28312902";

#[test]
fn what_a_partition_keeps_from_before_events_were_given_up() {
    let (today, found) = read("meta", META_2);
    assert_eq!(found, today);
}

/// The sample of today, and what the older bytes of it are read as.
fn read(name: &str, bytes: &str) -> (StateValue, StateValue) {
    let sample = samples::values().into_iter().find(|(known, ..)| *known == name);
    let Some((_, Key::State(key), today)) = sample else { panic!("no sample {name}") };
    let bytes = hex::decode(bytes).expect("hex");
    (today, decode(&key, &bytes).expect("an older layout"))
}

#[test]
fn a_waiting_event_from_before_it_could_say_more() {
    let (StateValue::Parked(today), found) = read("parked", PARKED_1) else { panic!("no waiting event") };
    let event = UsageEvent {
        quantity: Reported::Given(Quantity::ONE),
        characters: Reported::Absent,
        encoding: None,
        person: None,
        part: None,
        retracts: None,
        unit: None,
        lifecycle: None,
        ..today.event
    };
    assert_eq!(found, StateValue::Parked(ParkedEvent { event, ..today }));
}
