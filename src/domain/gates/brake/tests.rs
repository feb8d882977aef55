//! Every state and order; loads that trip it.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::domain::quantity::Quantity;

fn instant(seconds: i64) -> Instant {
    Instant::from_nanos(seconds)
}

fn order(state: Switch, at: i64, approver: bool) -> BrakeOrder {
    BrakeOrder { at: instant(at), state, actor: "a".to_owned(), approver: approver.then(|| "b".to_owned()), reason: "r".to_owned() }
}

fn roster() -> BrakeCause {
    BrakeCause::Roster { load: "l".to_owned(), detail: "d".to_owned() }
}

/// Words: `on@5`, `off@6`, `off2@6` (with an approver), `trip@7`. After each the state, and what it did.
fn check(words: &str, expect: &str) {
    let mut brake = Brake::default();
    let mut found = Vec::new();
    for word in words.split(' ') {
        let (what, at) = word.split_once('@').expect("word@instant");
        let at: i64 = at.parse().expect("a number");
        let did = match what {
            "trip" => if brake.trip(Trip { at: instant(at), cause: roster() }) { "tripped" } else { "known" }.to_owned(),
            "on" => format!("{:?}", brake.put(&order(Switch::On, at, false), instant(at))),
            "off" => format!("{:?}", brake.put(&order(Switch::Off, at, false), instant(at))),
            _ => format!("{:?}", brake.put(&order(Switch::Off, at, true), instant(at))),
        };
        let did = did.replace("Ok(", "").replace("Err(", "").replace(')', "").to_lowercase();
        found.push(format!("{did}:{}", if brake.is_on() { "on" } else { "off" }));
    }
    assert_eq!(found.join(" "), expect, "{words}");
}

/// Every state (never, on, off, tripped, on and tripped) and every order and trip, also the forbidden ones.
#[test]
fn e13_every_state_and_every_order() {
    // Never on.
    check("on@1", "switched:on");
    check("off@1", "noted:off");
    check("off2@1", "noted:off");
    check("trip@1", "tripped:on");
    // On by hand.
    check("on@1 on@1", "switched:on known:on");
    check("on@1 on@2", "switched:on noted:on");
    check("on@1 off@1", "switched:on noted:on");
    check("on@1 off@2", "switched:on switched:off");
    check("on@1 off2@2", "switched:on switched:off");
    check("on@1 trip@2", "switched:on tripped:on");
    // Off again.
    check("on@1 off@2 on@1", "switched:on switched:off known:off");
    check("on@1 off@2 on@3", "switched:on switched:off switched:on");
    check("on@1 off@2 off@2", "switched:on switched:off known:off");
    check("on@1 off@3 off@2", "switched:on switched:off known:off");
    check("on@1 off@2 trip@3", "switched:on switched:off tripped:on");
    // Told in another order.
    check("off@2 on@1", "noted:off noted:off");
    check("off@2 on@3", "noted:off switched:on");
    // Tripped by itself: two people must look, after it tripped.
    check("trip@2 off@3", "tripped:on needsapprover:on");
    check("trip@2 off2@3", "tripped:on switched:off");
    check("trip@2 off2@1", "tripped:on trippedsince(instant(2:on");
    check("trip@2 trip@3", "tripped:on known:on");
    check("trip@2 on@3", "tripped:on noted:on");
    check("trip@2 off2@3 trip@4", "tripped:on switched:off tripped:on");
    check("trip@2 off2@3 off2@3 trip@4 off2@3", "tripped:on switched:off known:off tripped:on known:on");
    // Both: the release by one is refused, that by two releases both, unless the hand came later.
    check("on@1 trip@2 off@3", "switched:on tripped:on needsapprover:on");
    check("on@1 trip@2 off2@3", "switched:on tripped:on switched:off");
    check("trip@2 on@5 off2@3", "tripped:on noted:on noted:on");
}

/// `a waits@2`: a load of this name; `a ends@3`: it is decided about; `use@2`: tripped by use; `on@1`, `off2@4` as above.
fn check_loads(words: &str, expect: &str) {
    let mut brake = Brake::default();
    let mut found = Vec::new();
    for word in words.split(", ") {
        let (what, at) = word.split_once('@').expect("word@instant");
        let at = at.parse().expect("a number");
        let mut trip = |cause| if brake.trip(Trip { at: instant(at), cause }) { "tripped" } else { "noted" }.to_owned();
        let did = match what.split_once(' ') {
            Some((load, "waits")) => trip(BrakeCause::Roster { load: load.to_owned(), detail: "d".to_owned() }),
            Some((load, _)) => brake.end_load(load).map_or("nothing".to_owned(), |ended| format!("{ended:?}").to_lowercase()),
            None if what == "use" => trip(BrakeCause::Usage(UsageTrip {
                day: chrono::NaiveDate::MIN,
                quantity: Quantity::ONE,
                limit: Quantity::ONE,
                largest: None,
                history: 1,
            })),
            None => {
                let state = if what == "on" { Switch::On } else { Switch::Off };
                match brake.put(&order(state, at, what == "off2"), instant(at)) {
                    Ok(ordered) => format!("{ordered:?}").to_lowercase(),
                    Err(_) => "refused".to_owned(),
                }
            }
        };
        let causes: Vec<String> = brake.trips().map(|trip| trip.cause.why()).collect();
        found.push(format!("{did}:{}{}", if brake.is_on() { "on" } else { "off" }, causes.len()));
    }
    assert_eq!(found.join(" "), expect, "{words}");
}

/// Every state (never, by hand, by use, by one load, by two) and a load that waits or is decided about.
#[test]
fn e13_every_state_and_a_load() {
    // Never on.
    check_loads("a waits@1", "tripped:on1");
    check_loads("a ends@1", "nothing:off0");
    // On by hand: the hand's stays.
    check_loads("on@1, a waits@2", "switched:on0 tripped:on1");
    check_loads("on@1, a ends@2", "switched:on0 nothing:on0");
    check_loads("on@1, a waits@2, a ends@3", "switched:on0 tripped:on1 stayson:on0");
    check_loads("on@1, a waits@2, a ends@3, off@4", "switched:on0 tripped:on1 stayson:on0 switched:off0");
    check_loads("a waits@2, on@3, a ends@4", "tripped:on1 noted:on1 stayson:on0");
    // Tripped by use: that is not what the load's people have looked at.
    check_loads("use@1, a waits@2", "tripped:on1 noted:on2");
    check_loads("use@1, a waits@2, a ends@3", "tripped:on1 noted:on2 stayson:on1");
    check_loads("use@1, a waits@2, off2@3, a ends@4", "tripped:on1 noted:on2 switched:off0 nothing:off0");
    check_loads("use@1, a waits@3, off2@2", "tripped:on1 noted:on2 refused:on2");
    check_loads("a waits@1, use@2, a ends@3", "tripped:on1 noted:on1 released:off0");
    // By one load, by two.
    check_loads("a waits@1, a waits@1", "tripped:on1 noted:on1");
    check_loads("a waits@1, a ends@2", "tripped:on1 released:off0");
    check_loads("a waits@1, b ends@2", "tripped:on1 nothing:on1");
    check_loads("a waits@1, off@2", "tripped:on1 refused:on1");
    check_loads("a waits@1, off2@2, a ends@3", "tripped:on1 switched:off0 nothing:off0");
    check_loads("a waits@1, b waits@2, a ends@3", "tripped:on1 noted:on2 stayson:on1");
    check_loads("a waits@1, b waits@2, a ends@3, b ends@4", "tripped:on1 noted:on2 stayson:on1 released:off0");
    check_loads("a waits@1, b waits@2, b ends@3, a ends@4", "tripped:on1 noted:on2 stayson:on1 released:off0");
    check_loads("a waits@1, b waits@3, off2@2, off2@3", "tripped:on1 noted:on2 refused:on2 switched:off0");
    // Released: another load trips it anew, and the one before does not come back.
    check_loads("a waits@1, off2@2, b waits@3, b ends@4", "tripped:on1 switched:off0 tripped:on1 released:off0");
}

#[test]
fn a_customers_brakes_stop_their_service_only() {
    let (sms, mail) = (ServiceId::new("sms"), ServiceId::new("mail"));
    let mut brakes = Brakes::default();
    let _ = brakes.entry(Some(&sms)).put(&order(Switch::On, 1, false), instant(1));
    assert!(brakes.stops(&sms).is_some() && brakes.stops(&mail).is_none());
    let _ = brakes.entry(None).put(&order(Switch::On, 2, false), instant(2));
    assert!(brakes.stops(&sms).is_some() && brakes.stops(&mail).is_some());
    let _ = brakes.entry(None).put(&order(Switch::Off, 3, false), instant(3));
    assert!(brakes.stops(&sms).is_some() && brakes.stops(&mail).is_none());
    assert!(brakes.was_released(&mail, instant(3)) && !brakes.was_released(&mail, instant(4)));
}

fn any_order() -> impl Strategy<Value = BrakeOrder> {
    (any::<bool>(), 0..12_i64, any::<bool>(), "[ab]").prop_map(|(on, at, approver, reason)| {
        let state = if on { Switch::On } else { Switch::Off };
        BrakeOrder { reason, ..order(state, at, approver) }
    })
}

proptest! {
    /// Orders by hand may come in any order and more than once: the brake ends the same.
    #[test]
    fn e13_orders_may_come_in_any_order(orders in vec(any_order(), 0..8), shuffled in vec(any::<usize>(), 8), again in 0..8_usize) {
        let end = |orders: &[BrakeOrder]| {
            let mut brake = Brake::default();
            for order in orders {
                prop_assert!(brake.put(order, Instant::MIN).is_ok());
            }
            Ok((brake.is_on(), brake.on, brake.off))
        };
        let straight = end(&orders)?;
        let mut other: Vec<(usize, BrakeOrder)> = shuffled.into_iter().zip(orders.iter().cloned()).collect();
        other.extend(orders.get(again).map(|order| (usize::MAX, order.clone())));
        other.sort_by_key(|(rank, _)| *rank);
        let other: Vec<BrakeOrder> = other.into_iter().map(|(_, order)| order).collect();
        prop_assert_eq!(end(&other)?, straight);
    }
}
