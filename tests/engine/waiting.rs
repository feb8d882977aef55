//! Events that wait for the world: parked, and released by themselves in event-time order.

use tally::domain::suspense::SuspenseState;
use tally::domain::verdict::Reason;
use tally::engine::input::Effect;

use crate::harness::{Schedule, run};
use crate::show::check as check_run;

const PLANS: &str = r#"
[service.sms]
types = ["sms"]
title = "SMS"
unit = "C62"
activation = true
[service.look]
types = ["look"]
title = "Look-ups"
unit = "C62"
[plan.sms]
model = "package"
services = ["sms"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [
  { from = "2026-01-01", size = "10", amount = { SEK = "35.00" } },
  { from = "2026-03-01", size = "20", amount = { SEK = "64.00" } },
]
[plan.look]
model = "metered"
period = "month"
services = ["look"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "2.00" } } ]
"#;

fn check(lines: &str, until: &str, expect: &str) {
    check_run(PLANS, lines, until, expect);
}

/// The verdicts are those of the arrival; the sums count a released event as counted.
#[test]
fn an_activation_releases_what_it_covers_in_event_time_order() {
    check(
        r#"customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01
        c sms 2026-03-02 {"quantity":15}
        b sms 2026-02-10@2026-03-03 {"quantity":9}
        a sms 2026-02-09@2026-03-04
        x sms 2026-02-08@2026-03-05
        active 2026-03-10 K sms 2026-02-09"#,
        "2026-04-01",
        "not_activated not_activated not_activated not_activated
        K-000001 package_purchase 2026-03-10T00:00 [2026-02-09..2026-02-09]: sms 10 x 35.00 #1 1-10
        released a
        released b
        K-000002 package_purchase 2026-03-10T00:00 [2026-03-02..2026-03-02]: sms 20 x 64.00 #2 11-30
        released c",
    );
}

#[test]
fn a_customer_that_becomes_known_releases_its_events() {
    check(
        "1 look 2026-01-20 K
        2 look 2026-01-21 L
        3 look 2026-01-10 K
        customer 2026-01-25 K Europe/Stockholm SEK 2026-01-15",
        "2026-03-01",
        "unknown_customer unknown_customer unknown_customer
        released 1
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: look 1 x 2.00",
    );
}

#[test]
fn another_currency_may_cure_a_missing_price() {
    check(
        "customer 2026-01-01 K Europe/Stockholm EUR 2026-01-01
        1 look 2026-01-20
        customer 2026-01-25 K Europe/Stockholm SEK 2026-01-01",
        "2026-03-01",
        "no_price
        released 1
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: look 1 x 2.00",
    );
}

#[test]
fn what_is_released_for_a_closed_period_becomes_a_correction() {
    check(
        "customer 2026-01-01 L Europe/Stockholm SEK 2026-01-01
        1 look 2026-01-20 K
        2 look 2026-02-03 K
        customer 2026-02-10 K Europe/Stockholm SEK 2026-01-01",
        "2026-04-01",
        "unknown_customer unknown_customer
        released 1
        released 2
        K-000001 periodic 2026-03-05T23:00 [2026-02-01..2026-02-28]: look 1 x 2.00
        K-000002 correction 2026-03-05T23:00: look 1 x 2.00 [2026-01-01..2026-01-31]",
    );
}

/// One gate may give way to the next; only when all are open is the event released.
#[test]
fn an_event_waits_until_every_gate_is_open() {
    check(
        "1 sms 2026-02-20
        customer 2026-02-21 K Europe/Stockholm SEK 2026-01-01
        active 2026-02-22 K sms 2026-02-21
        active 2026-02-23 K sms 2026-02-20",
        "2026-04-01",
        "unknown_customer
        K-000001 package_purchase 2026-02-23T00:00 [2026-02-20..2026-02-20]: sms 10 x 35.00 #1 1-10
        released 1",
    );
}

#[test]
fn a_control_event_told_twice_counts_once() {
    check(
        "1 sms 2026-02-20
        customer 2026-02-21 K Europe/Stockholm SEK 2026-01-01
        active 2026-02-22 K sms 2026-02-01
        customer 2026-02-23 K Europe/Stockholm SEK 2026-01-01
        active 2026-02-23 K sms 2026-02-01
        1 sms 2026-02-20@2026-02-24",
        "2026-04-01",
        "unknown_customer duplicate
        K-000001 package_purchase 2026-02-22T00:00 [2026-02-20..2026-02-20]: sms 10 x 35.00 #1 1-10
        released 1",
    );
}

/// More waiting events than one scan of the store returns, and state that has to be fetched between
/// them: the cruel schedule commits in the middle of the release.
#[test]
fn many_waiting_events_are_released_across_commits() {
    let days = 1..=9;
    let events: Vec<String> = days.clone().map(|day| format!("e{day} look 2026-01-0{day}")).collect();
    let released: Vec<String> = days.map(|day| format!("released e{day}")).collect();
    let verdicts = ["unknown_customer"; 9].join(" ");
    check(
        &format!("{}\ncustomer 2026-01-25 K Europe/Stockholm SEK 2026-01-01", events.join("\n")),
        "2026-03-01",
        &format!("{verdicts}\n{}\nK-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: look 9 x 2.00", released.join("\n")),
    );
}

#[test]
fn the_sums_move_a_released_event_to_counted() {
    let lines = "1 look 2026-01-20\n2 look 2026-01-02\ncustomer 2026-01-25 K Europe/Stockholm SEK 2026-01-10";
    let run = crate::show::run_alike(&crate::given::catalog(PLANS), &crate::given::journal(lines, "2026-03-01"));
    assert_eq!((run.sums.inputs, run.sums.counted, run.sums.suspended, run.sums.records), (2, 1, 1, 1));
}

/// What it waits for changes while commits are under way: whatever is read again from the store must not be older.
#[test]
fn what_an_event_waits_for_is_that_of_now_whatever_is_committed_when() {
    let lines = "1 sms 2026-01-20
        2 sms 2026-01-20
        3 sms 2026-01-20
        4 sms 2026-01-20
        5 sms 2026-01-20
        tick 2026-01-21
        tick 2026-01-22
        tick 2026-01-23
        tick 2026-01-24
        customer 2026-01-25 K Europe/Stockholm SEK 2026-01-01
        active 2026-01-25 K sms 2026-01-01";
    let (catalog, journal) = (crate::given::catalog(PLANS), crate::given::journal(lines, "2026-02-01"));
    for (in_flight, chunk, freeze_every) in (0..5).flat_map(|a| (1..4).flat_map(move |b| (1..4).map(move |c| (a, b, c)))) {
        let schedule = Schedule { in_flight, chunk, freeze_every, freeze_at_missing: true, ..Schedule::calm() };
        let run = run(&catalog, &journal, &schedule);
        let released = run.effects.iter().filter_map(|effect| match effect {
            Effect::Suspense(one) if one.state == SuspenseState::Released => Some(one.reason),
            _ => None,
        });
        assert_eq!(released.collect::<Vec<_>>(), [Reason::NotActivated; 5], "{schedule:?}");
    }
}
