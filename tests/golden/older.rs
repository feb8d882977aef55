//! Values of older layouts, as an older program wrote them, are read: what they could not say is absent.

use tally::domain::parked::ParkedEvent;
use tally::domain::quantity::Quantity;
use tally::domain::state::{Meta, StateValue};
use tally::domain::usage::{Reported, UsageEvent};
use tally::domain::window::DayWindow;
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
    let (StateValue::Meta(today), found) = read("meta", META_2) else { panic!("no meta") };
    assert_eq!(found, StateValue::Meta(Meta { braked: 0, test_environment: None, ..today }));
}

/// Before a log was known to be of one environment, and tests were counted by day.
const META_3: &str = "03fd8051f3f9c91d28310f01020304050607fb2c0108090a\
abababababababababababababababababababababababababababababababab01abababababababababababababababababababababababababababababababab\
fd8051f3f9c91d283129020002";
const DAY_2: &str = "0202000000001803fd00e40b5402000000fc00ca9a3b0103412d310366616702fc00ca9a3b";

#[test]
fn what_is_kept_from_before_there_were_test_environments() {
    let (StateValue::Meta(today), found) = read("meta", META_3) else { panic!("no meta") };
    assert_eq!(found, StateValue::Meta(Meta { test_environment: None, ..today }));
    let (StateValue::Day(day), found) = read("day", DAY_2) else { panic!("no day") };
    assert_eq!(found, StateValue::Day(DayWindow { tests: vec![], ..day }));
}

/// Before there were consents.
const POOL_2: &str = "02fd00d4c9c9a3030000fd0060defb74050000030201c0f1c617081d2f25622737a079691e2390f3ff37d88f47470724762111f7c1f302112901fd00\
204aa9d101000001fbca9ffb24a001fbf2bdfd00d4c9c9a303000001fbcc9f104575726f70652f53746f636b686f6c6d0353454b06756e696b756d01\
03736d7303534d5303433632015332000003fd00204aa9d1010000fc7011010002fd0060defb740500000101fd0050163675070000040501c0f1c617\
081d2f25622737a079691e2390f3ff37d88f47470724762111f7c1f3021129fd0050d6dc010000000111fd8051f3f9c91d2831fd00204aa9d1010000\
fc70110100020353454b01533200000343363203534d53";
const PERIOD_2: &str = "02fbcc9ffb80a0030106736636303034fb26a00105736d616c6cfd00482f5c3100000001c0f1c617081d2f25622737a079691e2390f3ff37d88f4747\
0724762111f7c1f302112901010673663630303478010106736636303034fb26a00105736d616c6c01fbbc0203034336320a4350522d6f70736c6167\
0153320000fb26a0fb80a0fd00980539330000000101fd8051f3f9c91d2831";
const DAY_1: &str = "0102000000001803fd00e40b5402000000fc00ca9a3b";
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
    let (StateValue::Parked(today), found) = read("parked", PARKED_2) else { panic!("no waiting event") };
    let event = UsageEvent { certificate: None, ..today.event };
    assert_eq!(found, StateValue::Parked(ParkedEvent { event, ..today }));
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
        certificate: None,
        ..today.event
    };
    assert_eq!(found, StateValue::Parked(ParkedEvent { event, ..today }));
}

#[test]
fn use_from_before_there_were_consents() {
    let (StateValue::Pool(mut pool), found) = read("pool", POOL_2) else { panic!("no pool") };
    pool.bundles.iter_mut().flat_map(|bundle| &mut bundle.packages).for_each(|package| package.consent = None);
    assert_eq!(found, StateValue::Pool(pool));
    let (StateValue::Period(mut cell), found) = read("period", PERIOD_2) else { panic!("no period") };
    cell.segments.iter_mut().for_each(|segment| segment.consent = None);
    cell.calls.iter_mut().flatten().for_each(|calls| calls.consent = None);
    cell.issued.iter_mut().for_each(|charge| charge.key.consent = None);
    assert_eq!(found, StateValue::Period(cell));
    let (StateValue::Day(day), found) = read("day", DAY_1) else { panic!("no day") };
    assert_eq!(found, StateValue::Day(DayWindow { consents: vec![], tests: vec![], ..day }));
}
