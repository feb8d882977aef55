//! Values of older layouts, as an older program wrote them, are read: what they could not say is absent.

use tally::domain::gates::brake::{Brake, Brakes};
use tally::domain::parked::ParkedEvent;
use tally::domain::quantity::Quantity;
use tally::domain::roster::TakenOver;
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

/// Before a brake could stand for several loads, and before rosters went with mergers.
const ACCOUNT_3: &str = "0301fbcc9f0f53746f636b686f6c6d732073746164025345104575726f70652f53746f636b686f6c6d0353454b010a3231323030303031\
34320104303030370a323132303030303134320001fc301b0f000101010b53746f72676174616e2031010853746f727374616400010e53\
453231323030303031343230310104504f2d370108412d323032362d3101056c617267650103736d73fdffffffffffffffff01fd8051f3\
f9c91d28310102fca0860100fb309f110201fd8051f3f9c91d28310103637072fbcc9f104575726f70652f53746f636b686f6c6d035345\
4b0102fb60eafb309f076772736b6f6c61010773746f72616765fbcc9f0203612d3714746865207363686f6f6c20697320636c6f736564\
010773746f72616765fb8c9a01020773746f72616765fbcc9f104575726f70652f53746f636b686f6c6d0353454bfd8051f3f9c91d2831\
1974686572652061726520302061637469766520707570696c7302fd8051f3f9c91d28310000010753452d30313831fc0094357704616e\
6e610a6f6e6520726567696f6efd8051f3f9c91d283101fd8051f3f9c91d2831010753452d303138320004616e6e610a6f6e6520726567\
696f6e010753452d30313833fd8051f3f9c91d28310203412d310101fd0000f4dba3e40c31036c65760366616702067366313530300673\
663630303401fd000078ea754f1f31056c65762d37096361736520776f726b02fd00003021f61e0e3100fd000066a4315e073100010106\
736636303034036b2d310661677265656401036b2d32fd0000ce431fbc0e3101010106736631353030036b2d31066167726565640001fd\
000078ea754f1f3103412d31020001fd00006c6648590f3102fd000080071a25443100036b2d3106616772656564000001fb24a0010469\
742d3702020112140001076172636869766503312e300206323032362d31010761726368697665036c657601032f2f7304100202017401\
6101730a0174016201730206000801010c0161114b6c69656e746461746161726b6976657403020203026431010264320202643303010e\
010009756e706c616e6e656400000000000000020001020764726966742d3300086d6164206c6f616401040764726966742d3301066368\
65662d31086d6164206c6f6164010802036c2d311b393030206f66203130303020707570696c7320776f756c6420676f01060103736d73\
0000010200fb7ea0fd00d4ecbaba000000fd0040b743ba00000001fd00205fa0120000001c000101fbd89e01020346544802475202fbbc\
9efb5802fb12a1fb550201fd0200e2883e9b2031fbb2a101fbbc9e010e2f2f656c65767265676973746572fd0200e2883e9b2031fbb2a1\
010106756e69742d3101024752fb2d01010106756e69742d3101024752fb2d01fb2c01010e2f2f656c6576726567697374657201fbb2a1\
fb900102010106756e69742d3102010207010afb2c0101020201fd8051f3f9c91d283101fd000052f21f4c04000202";
const PUPIL_1: &str = "0101feffffffffffffffffffffffffffffffff010701fd0200e2883e9b20310206756e69742d31024752fbbc9e01fb12a106756e69742d\
31024752fbbc9e0001fd0200e2883e9b2031fbbca001fbbca0";

#[test]
fn a_customer_and_pupils_from_before_rosters_went_with_mergers() {
    let (StateValue::Account(mut account), found) = read("account", ACCOUNT_3) else { panic!("no account") };
    let brakes = account.gates.brakes.iter().map(|(service, brake)| (service.cloned(), Brake { more: vec![], ..brake.clone() }));
    account.gates.brakes = Brakes::of(brakes.collect());
    if let Some(roster) = &mut account.gates.roster {
        (roster.taken, roster.copying) = (TakenOver::default(), None);
    }
    assert_eq!(found, StateValue::Account(account));
    let (StateValue::Pupil(mut pupil), found) = read("pupil", PUPIL_1) else { panic!("no pupil") };
    pupil.records.retain(|record| record.of.is_none());
    assert_eq!(found, StateValue::Pupil(pupil));
}
