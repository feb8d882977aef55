//! Values of older layouts, as an older program wrote them, are read: what they could not say is absent.

use tally::domain::cell::PeriodCell;
use tally::domain::parked::ParkedEvent;
use tally::domain::pool::Pool;
use tally::domain::quantity::Quantity;
use tally::domain::state::StateValue;
use tally::domain::usage::{Reported, UsageEvent};
use tally::wire::stored::key::Key;
use tally::wire::stored::value::decode;

use super::samples;

const POOL_1: &str = "01fd00d4c9c9a3030000fd0060defb74050000030201c0f1c617081d2f25622737a079691e2390f3ff37d88f47470724762111f7c1f3021129";
const PERIOD_2: &str = "02fbcc9ffb80a0030106736636303034fb26a00105736d616c6cfd00482f5c3100000001c0f1c617081d2f25622737a079691e2390f3\
ff37d88f47470724762111f7c1f3021129010106736636303034fb26a00105736d616c6c01000003005e010000000000000000000003433632\
0a4350522d6f70736c6167015300000000190000000000000000000000fb26a0fb80a0fd00980539330000000101fd8051f3f9c91d2831";
const PARKED_1: &str = "01090469742d3701611273652e756e696b756d2e736d732e73656e740753452d30313830fd8051f3f9c91d283101fd8051f3f9c91d2831\
01013901fc00943577010964656c697665726564010000000000000000000000000000000000fefd8051f3f9c91d28310c75736167652d6576656e7473\
0329027b7d";

/// The sample of today, and what the older bytes of it are read as.
fn read(name: &str, bytes: &str) -> (StateValue, StateValue) {
    let sample = samples::values().into_iter().find(|(known, ..)| *known == name);
    let Some((_, Key::State(key), today)) = sample else { panic!("no sample {name}") };
    let bytes = hex::decode(bytes).expect("hex");
    (today, decode(&key, &bytes).expect("an older layout"))
}

#[test]
fn a_pool_from_before_units_could_come_back() {
    let (StateValue::Pool(today), found) = read("pool", POOL_1) else { panic!("no pool") };
    assert_eq!(found, StateValue::Pool(Pool { credited: Quantity::ZERO, last: None, ..today }));
}

#[test]
fn a_period_from_before_calls_were_counted() {
    let (StateValue::Period(today), found) = read("period", PERIOD_2) else { panic!("no period") };
    assert_eq!(found, StateValue::Period(PeriodCell { calls: None, ..today }));
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
        ..today.event
    };
    assert_eq!(found, StateValue::Parked(ParkedEvent { event, ..today }));
}
