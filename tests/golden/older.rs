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

const PARKED_2: &str = "02090469742d3701611273652e756e696b756d2e736d732e73656e740753452d30313830fd8051f3f9c91d283101fd8051f3f9c91d2831\
01013900010964656c697665726564010000000000000000000000000000000000fefd8051f3f9c91d28310c75736167652d6576656e74\
730329027b7d000101a1010467736d37011030313233343536373839616263646566010666616d696c6a01016201056e6f727468010861\
72636869766564";

/// The sample of today, and what the older bytes of it are read as.
fn read(name: &str, bytes: &str) -> (StateValue, StateValue) {
    let sample = samples::values().into_iter().find(|(known, ..)| *known == name);
    let Some((_, Key::State(key), today)) = sample else { panic!("no sample {name}") };
    let bytes = hex::decode(bytes).expect("hex");
    (today, decode(&key, &bytes).expect("an older layout"))
}

#[test]
fn a_waiting_event_from_before_originals_were_sealed() {
    let (today, found) = read("parked", PARKED_2);
    assert_eq!(found, today);
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
