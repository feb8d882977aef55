//! The emergency brake (REQUIREMENTS E13, U23, U4): what is braked is read, waits and is not billed; when it is
//! released, it is counted as if the brake had never been.

use std::collections::BTreeMap;
use std::fmt::Write;

use proptest::collection::vec;
use proptest::prelude::*;
use tally::domain::quantity::Quantity;

use crate::given;
use crate::harness::Run;
use crate::model::config;
use crate::show::{check as check_run, records, run_alike};

const PLANS: &str = r#"
[service.sms]
types = ["sms"]
title = "SMS"
unit = "C62"
brake = { factor = "10", at_least = "50", start = "500", history = "P3D" }
[service.look]
types = ["look"]
title = "Look-ups"
unit = "C62"
[service.find]
types = ["find"]
title = "Finds"
unit = "C62"
[service.arch]
types = ["arch"]
title = "Archive"
unit = "C62"
[plan.sms]
model = "package"
services = ["sms"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", size = "1000", amount = { SEK = "350.00" } } ]
[plan.look]
model = "metered"
period = "month"
services = ["look", "find"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "2.00" } } ]
[plan.arch]
model = "archive"
period = "year"
services = ["arch"]
seller = "s"
vat = { category = "S", rate = "25" }
older_than = "P2Y"
reference = "03-01"
heading = "Arkiv"
brake = { culls_share = "0.5", culls_at_least = "100" }
price = [ { from = "2026-01-01", unit = { SEK = "1.00" } } ]
"#;

const WORLD: &str = "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01
customer 2026-01-01 L Europe/Stockholm SEK 2026-01-01
";

fn check(lines: &str, expect: &str) {
    check_run(PLANS, &format!("{WORLD}{lines}"), "2026-04-01", expect);
}

#[test]
fn e13_a_braked_customer_waits_and_is_released_in_event_time_order() {
    check(
        "1 look 2026-01-10
        brake 2026-01-11 on customer K
        2 look 2026-01-13
        3 look 2026-01-12@2026-01-14
        4 look 2026-01-14 L
        brake 2026-01-15 off customer K
        5 look 2026-01-16",
        "counted braked braked counted counted
        notice 2026-01-11T00:00 brake_on customer waiting 0
        notice 2026-01-15T00:00 brake_off customer waiting 2
        released 3
        released 2
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: look 4 x 2.00
        L-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: look 1 x 2.00",
    );
}

/// Everything that a brake can be of; what it is not of goes on.
#[test]
fn e13_a_brake_is_of_a_customers_service_a_service_a_source_or_all() {
    let check = |brake: &str, verdicts: &str| {
        let lines = format!(
            "{WORLD}brake 2026-01-11 on {brake}\n1 look 2026-01-12\n2 find 2026-01-12\n3 look 2026-01-12 L\nraw {}",
            r#"{"specversion":"1.0","id":"4","source":"t","type":"find","subject":"L","time":"2026-01-12T12:00:00Z","data":{}}"#
        );
        let run = run_alike(&given::catalog(PLANS), &given::journal(&lines, "2026-01-13"));
        let found: Vec<String> = run.verdicts.values().copied().map(crate::show::verdict).collect();
        assert_eq!(found.join(" "), verdicts, "{brake}");
    };
    check("customer K", "braked braked counted counted");
    check("customer K service=look", "braked counted counted counted");
    check("service look", "braked counted braked counted");
    check("source s", "braked braked braked counted");
    check("all -", "braked braked braked braked");
}

/// Not closed short: the record waits, also where all of a period's use waits, and comes with all of it.
#[test]
fn e13_a_period_behind_a_brake_is_held_and_not_closed_short() {
    check(
        "1 look 2026-01-10
        brake 2026-01-11 on service look
        2 look 2026-01-12
        3 look 2026-01-12 L
        brake 2026-02-10T12:00:00Z off service look
        tick 2026-02-12",
        "counted braked braked
        notice 2026-01-11T00:00 brake_on Service(\"look\")
        notice 2026-02-05T23:00 record_held look 2026-01-01
        notice 2026-02-05T23:00 record_held look 2026-01-01
        notice 2026-02-10T12:00 brake_off Service(\"look\")
        released 2
        released 3
        K-000001 periodic 2026-02-10T23:00 [2026-01-01..2026-01-31]: look 2 x 2.00
        L-000001 periodic 2026-02-10T23:00 [2026-01-01..2026-01-31]: look 1 x 2.00",
    );
}

/// The release of a customer's brake lets its records go at once.
#[test]
fn e13_a_customers_release_issues_what_was_held() {
    check(
        "1 look 2026-01-10
        brake 2026-02-01 on customer K
        brake 2026-02-10T12:00:00Z off customer K
        tick 2026-02-10T12:01:00Z",
        "counted
        notice 2026-02-01T00:00 brake_on customer waiting 0
        notice 2026-02-05T23:00 record_held look 2026-01-01
        notice 2026-02-10T12:00 brake_off customer waiting 0
        K-000001 periodic 2026-02-10T12:00 [2026-01-01..2026-01-31]: look 1 x 2.00",
    );
}

/// A correction waits too, and a day later it is tried again.
#[test]
fn e13_a_correction_behind_a_brake_waits() {
    check(
        "1 look 2026-01-10
        2 look 2026-01-20@2026-02-10
        brake 2026-03-01 on all -
        brake 2026-03-07 off all -
        tick 2026-03-09",
        "counted counted
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: look 1 x 2.00
        notice 2026-03-01T00:00 brake_on All
        notice 2026-03-05T23:00 record_held look 2026-01-01
        notice 2026-03-07T00:00 brake_off All
        K-000002 correction 2026-03-07T23:00 corrects 1: look 1 x 2.00 [2026-01-01..2026-01-31]",
    );
}

/// After the release of the customer's own brake it goes out at once.
#[test]
fn e13_a_customers_release_issues_its_corrections() {
    check(
        "1 look 2026-01-10
        2 look 2026-01-20@2026-02-10
        brake 2026-03-01 on customer K
        brake 2026-03-07T12:00:00Z off customer K
        tick 2026-03-07T12:01:00Z",
        "counted counted
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: look 1 x 2.00
        notice 2026-03-01T00:00 brake_on customer waiting 0
        notice 2026-03-05T23:00 record_held look 2026-01-01
        notice 2026-03-07T12:00 brake_off customer waiting 0
        K-000002 correction 2026-03-07T12:00 corrects 1: look 1 x 2.00 [2026-01-01..2026-01-31]",
    );
}

/// An archive that nothing was put into before is not closed without what waits, and charged for it a year later.
#[test]
fn e13_an_archives_first_parts_behind_a_brake_are_in_its_annual_record() {
    check(
        "brake 2026-02-01 on service arch
        1 arch 2026-02-10 {\"created\":\"2020-01-01\",\"quantity\":10}
        brake 2026-03-10T12:00:00Z off service arch
        tick 2026-03-12",
        "braked
        notice 2026-02-01T00:00 brake_on Service(\"arch\")
        notice 2026-03-05T23:00 record_held arch 2026-03-01
        notice 2026-03-10T12:00 brake_off Service(\"arch\")
        released 1
        K-000001 annual 2026-03-10T23:00 [2025-03-01..2026-02-28]: arch 10 x 1.00",
    );
}

/// It waited for something else when it came; the brake was on when that had come.
#[test]
fn e13_a_period_is_not_closed_short_of_use_that_waits_behind_a_brake_in_the_end() {
    check_run(
        &PLANS.replace("types = [\"find\"]", "activation = true\ntypes = [\"find\"]"),
        &format!(
            "{WORLD}1 find 2026-01-10
            brake 2026-01-20 on service find
            active 2026-01-21 K find 2026-01-01
            brake 2026-02-10T12:00:00Z off service find
            tick 2026-02-12"
        ),
        "2026-04-01",
        "not_activated
        notice 2026-01-20T00:00 brake_on Service(\"find\")
        notice 2026-02-05T23:00 record_held look 2026-01-01
        notice 2026-02-10T12:00 brake_off Service(\"find\")
        released 1
        K-000001 periodic 2026-02-10T23:00 [2026-01-01..2026-01-31]: find 1 x 2.00",
    );
}

#[test]
fn e13_orders_that_are_told_late_or_twice_do_not_matter() {
    let expect = |waiting: &str| format!("counted\n{waiting}K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: look 1 x 2.00");
    check("brake 2026-01-12 off customer K\nbrake 2026-01-12 off customer K\n1 look 2026-01-13", &expect(""));
    check(
        &format!(
            "brake 2026-01-12 off customer K\ncontrol {}\n1 look 2026-01-14",
            r#"{"specversion":"1.0","id":"b","source":"s","type":"tally.brake.v1","subject":"K","time":"2026-01-11T00:00:00Z","recordedtime":"2026-01-13T00:00:00Z","data":{"state":"on","scope":"customer","actor":"a","reason":"r"}}"#
        ),
        &expect(""),
    );
}

/// REQUIREMENTS U4: a broadcast of 50 000 in a minute, far outside of the customer's own days.
#[test]
fn u4_burst_far_outside_of_the_own_history_trips_and_two_people_release_it() {
    check(
        "1 sms 2026-01-10 {\"quantity\":40}
        2 sms 2026-01-11T08:00:00Z {\"quantity\":300}
        3 sms 2026-01-11T08:00:01Z {\"quantity\":101}
        4 sms 2026-01-11T08:00:02Z
        5 look 2026-01-11T08:00:02Z
        6 sms 2026-01-11T08:00:02Z L {\"quantity\":101}
        brake 2026-01-11T09:00:00Z off customer K service=sms
        brake 2026-01-11T10:00:00Z off customer K service=sms approver=berit
        7 sms 2026-01-11T11:00:00Z {\"quantity\":900}
        8 sms 2026-01-12 {\"quantity\":2000}",
        "counted counted braked braked counted counted counted counted
        K-000001 package_purchase 2026-01-10T12:00 [2026-01-10..2026-01-10]: sms 1000 x 350.00 #1 1-1000
        notice 2026-01-11T08:00 brake_tripped sms: 401 on 2026-01-11 is more than 400: the largest of the 3 days before has 40
        L-000001 package_purchase 2026-01-11T08:00 [2026-01-11..2026-01-11]: sms 1000 x 350.00 #1 1-1000
        notice 2026-01-11T09:00 control_refused bad_data
        notice 2026-01-11T10:00 brake_off sms waiting 2
        released 3
        released 4
        K-000002 package_purchase 2026-01-11T11:00 [2026-01-11..2026-01-11]: sms 1000 x 350.00 #2 1001-2000
        K-000003 package_purchase 2026-01-12T12:00 [2026-01-12..2026-01-12]: sms 1000 x 350.00 #3 2001-3000, sms 1000 x 350.00 #4 3001-4000
        K-000004 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: look 1 x 2.00",
    );
}

/// A backlog of days that is read at once is no burst: days are those of event time.
#[test]
fn u4_burst_of_a_backlog_trips_nothing() {
    let days: String = (1..10).fold(String::new(), |mut text, day| {
        let _ = writeln!(text, "e{day} sms 2026-01-0{day}@2026-01-12 {{\"quantity\":45}}");
        text
    });
    check(
        &days,
        "counted counted counted counted counted counted counted counted counted
        K-000001 package_purchase 2026-01-12T12:00 [2026-01-01..2026-01-01]: sms 1000 x 350.00 #1 1-1000",
    );
}

/// It is compared with the days before its own, also if later days were used by then.
#[test]
fn u4_burst_of_use_that_comes_late_is_none() {
    check(
        "1 sms 2026-01-07 {\"quantity\":100}
        2 sms 2026-01-12
        3 sms 2026-01-09@2026-01-12 {\"quantity\":900}",
        "counted counted counted
        K-000001 package_purchase 2026-01-07T12:00 [2026-01-07..2026-01-07]: sms 1000 x 350.00 #1 1-1000
        K-000002 package_purchase 2026-01-12T12:00 [2026-01-09..2026-01-09]: sms 1000 x 350.00 #2 1001-2000",
    );
}

/// The culls that cross the line wait, and the annual record with them.
#[test]
fn u23_culling_half_of_the_archive_before_the_annual_record_trips() {
    check(
        "1 arch 2026-01-10 {\"created\":\"2020-01-01\",\"quantity\":1000}
        2 arch 2026-02-27 {\"created\":\"2020-01-01\",\"action\":\"culled\",\"quantity\":500}
        3 arch 2026-02-27T13:00:00Z {\"created\":\"2020-01-01\",\"action\":\"culled\",\"quantity\":400}
        brake 2026-03-10 off customer K service=arch approver=berit
        tick 2026-03-11",
        "counted counted braked
        notice 2026-02-27T13:00 brake_tripped arch: 900 parts of 1000 culled from 2026-02-27 to 2026-02-27 is more than 100, and more than 0.5 of all
        notice 2026-03-05T23:00 record_held arch 2026-03-01
        notice 2026-03-10T00:00 brake_off arch waiting 1
        released 3
        K-000001 annual 2026-03-10T00:00 [2025-03-01..2026-02-28]: arch 100 x 1.00",
    );
}

/// What waits behind a brake may be given up instead, by two people; then its period is closed without it.
#[test]
fn e13_what_is_braked_may_be_written_off() {
    check(
        "1 look 2026-01-10
        brake 2026-01-11 on customer K
        2 look 2026-01-12
        3 look 2026-01-13
        writeoff 2026-01-20 K {\"reason\":\"braked\",\"to\":\"2026-01-13T00:00:00Z\"}
        brake 2026-01-21 off customer K",
        "counted braked braked
        notice 2026-01-11T00:00 brake_on customer waiting 0
        written_off 2 braked by anna+bo
        notice 2026-01-21T00:00 brake_off customer waiting 1
        released 3
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: look 2 x 2.00",
    );
}

/// A use: its service, customer, day, how late it comes, quantity.
type Drawn = (usize, usize, u32, u32, i64);
/// A brake: of what, from when to when.
type Braking = (usize, u32, u32);

const SERVICES: [&str; 3] = ["look", "find", "arch"];
const SCOPES: [&str; 7] = ["customer K", "customer L", "customer K service=look", "service look", "service arch", "source s", "all -"];

fn moment(minutes: u32) -> String {
    let start = given::instant("2026-01-02T00:00:00Z").saturating_add(i64::from(minutes) * 60_000_000_000);
    start.to_string()
}

/// The lines of a history, in the order of their log time.
fn history(uses: &[Drawn], brakes: &[Braking]) -> String {
    const DAY: u32 = 24 * 60;
    let mut lines: Vec<(u32, String)> = Vec::new();
    for (number, (service, customer, at, delay, quantity)) in uses.iter().enumerate() {
        let (service, customer) = (SERVICES[*service], ["K", "L"][*customer]);
        let recorded = at + delay;
        let line = format!(
            r#"e{number} {service} {}@{} {customer} {{"quantity":{quantity},"created":"2020-01-01"}}"#,
            moment(*at),
            moment(recorded)
        );
        lines.push((recorded, line));
    }
    for (scope, from, length) in brakes {
        lines.push((*from, format!("brake {} on {}", moment(*from), SCOPES[*scope])));
        lines.push((from + length, format!("brake {} off {} approver=b", moment(from + length), SCOPES[*scope])));
    }
    // In the end all are released.
    lines.extend(SCOPES.iter().map(|scope| (100 * DAY, format!("brake {} off {scope} approver=b", moment(100 * DAY)))));
    lines.sort_by_key(|(at, _)| *at);
    lines.into_iter().fold(WORLD.to_owned(), |mut text, (_, line)| {
        let _ = writeln!(text, "{line}");
        text
    })
}

/// What was billed in the end, by customer, service, and month or year.
fn billed(run: &Run) -> BTreeMap<(String, String, String), Quantity> {
    let mut sums: BTreeMap<(String, String, String), Quantity> = BTreeMap::new();
    for (record, line) in records(run).into_iter().flat_map(|record| record.lines.iter().map(move |line| (record, line))) {
        let service = line.service.as_ref().map(ToString::to_string).unwrap_or_default();
        let sum = sums.entry((record.number.customer.to_string(), service, line.period.from.to_string())).or_default();
        *sum = sum.checked_add(line.quantity).expect("it can be counted");
    }
    sums.retain(|_, sum| !sum.is_zero());
    sums
}

proptest! {
    #![proptest_config(config())]

    /// After all brakes are released, what is billed is what would have been billed without them, whatever the
    /// memory, the commits and the kills.
    #[test]
    fn e13_released_brakes_leave_no_trace(
        uses in vec((0..3_usize, 0..2_usize, 0..90 * 1440_u32, prop_oneof![3 => 0..60_u32, 1 => 0..9 * 1440_u32], 1..9_i64), 0..25),
        brakes in vec((0..7_usize, 0..95 * 1440_u32, 1..30 * 1440_u32), 1..5),
    ) {
        let catalog = given::catalog(PLANS);
        let braked = run_alike(&catalog, &given::journal(&history(&uses, &brakes), "2027-06-01"));
        let free = run_alike(&catalog, &given::journal(&history(&uses, &[]), "2027-06-01"));
        prop_assert_eq!(braked.sums.counted, free.sums.counted);
        prop_assert_eq!(braked.sums.suspended, 0);
        prop_assert_eq!(billed(&braked), billed(&free));
    }
}
