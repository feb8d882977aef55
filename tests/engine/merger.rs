//! Customers that merge and split (vector 13): on whom use counts, whose waiting events wait where, and pools.

use tally::engine::input::{Effect, Step, Want};
use tally::engine::{Engine, Limits, route};

use crate::given;
use crate::lanes::Positions;
use crate::show::check as check_run;

const PLANS: &str = r#"
[service.sms]
types = ["sms"]
title = "sms"
unit = "C62"
[service.look]
types = ["look"]
title = "look"
unit = "C62"
activation = true
[plan.sms]
model = "package"
services = ["sms"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", size = "10", amount = { SEK = "35.00" } } ]
[plan.look]
model = "metered"
period = "quarter"
services = ["look"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "0.50" } } ]
"#;

const KNOWN: &str = "customer 2026-01-01 OLD Europe/Stockholm SEK 2026-01-01
    customer 2026-01-01 NEW Europe/Stockholm SEK 2026-01-01
    customer 2026-01-01 THIRD Europe/Stockholm SEK 2026-01-01
    active 2026-01-01 OLD look 2026-01-01
    active 2026-01-01 NEW look 2026-01-01\n";

fn check(events: &str, until: &str, expect: &str) {
    check_run(PLANS, &format!("{KNOWN}{events}"), until, expect);
}

#[test]
fn use_counts_on_the_survivor_from_the_instant_on() {
    check(
        "merge 2026-01-15 OLD NEW 2026-02-01
        1 look 2026-01-31 OLD {\"quantity\":5}
        2 look 2026-02-01T00:00:00Z OLD {\"quantity\":7}
        3 look 2026-02-02 NEW {\"quantity\":1}
        4 look 2026-01-31T23:59:59Z@2026-02-03 OLD {\"quantity\":2}",
        "2026-05-01",
        "counted counted counted counted
        notice 2026-02-01T00:00 customer_merged NEW
        NEW-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 8 x 0.50
        OLD-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 7 x 0.50",
    );
}

/// Vector 13: what was used and what was bought are summed; ordinals go on from the survivor's.
#[test]
fn vector_13_pools_are_summed_and_ordinals_go_on() {
    check(
        "1 sms 2026-01-10 OLD {\"quantity\":4}
        2 sms 2026-01-11 NEW {\"quantity\":8}
        merge 2026-02-01 OLD NEW 2026-02-01
        3 sms 2026-02-02 OLD {\"quantity\":8}
        4 sms 2026-02-03 NEW {\"quantity\":1}
        5 sms 2026-01-31@2026-02-04 OLD {\"quantity\":10}",
        "2026-03-01",
        "counted counted counted counted counted
        OLD-000001 package_purchase 2026-01-10T12:00 [2026-01-10..2026-01-10]: sms 10 x 35.00 #1 1-10
        NEW-000001 package_purchase 2026-01-11T12:00 [2026-01-11..2026-01-11]: sms 10 x 35.00 #1 1-10
        notice 2026-02-01T00:00 customer_merged NEW sms>NEW 4/10
        NEW-000002 package_purchase 2026-02-03T12:00 [2026-02-03..2026-02-03]: sms 10 x 35.00 #2 21-30
        NEW-000003 package_purchase 2026-02-04T12:00 [2026-01-31..2026-01-31]: sms 10 x 35.00 #3 31-40",
    );
}

/// Told late, it does not move what was counted; told early, nothing happens before its instant.
#[test]
fn pools_change_hands_at_the_instant_or_when_it_is_told() {
    check(
        "1 sms 2026-01-10 OLD {\"quantity\":4}
        merge 2026-01-12 OLD NEW 2026-02-01
        2 sms 2026-01-13 OLD {\"quantity\":6}
        3 sms 2026-01-14 OLD
        4 sms 2026-02-02 OLD {\"quantity\":9}
        5 sms 2026-02-03 OLD",
        "2026-03-01",
        "counted counted counted counted counted
        OLD-000001 package_purchase 2026-01-10T12:00 [2026-01-10..2026-01-10]: sms 10 x 35.00 #1 1-10
        OLD-000002 package_purchase 2026-01-14T12:00 [2026-01-14..2026-01-14]: sms 10 x 35.00 #2 11-20
        notice 2026-02-01T00:00 customer_merged NEW sms>NEW 11/20
        NEW-000001 package_purchase 2026-02-03T12:00 [2026-02-03..2026-02-03]: sms 10 x 35.00 #1 21-30",
    );
    check(
        "1 look 2026-02-10 OLD {\"quantity\":4}
        merge 2026-02-20 OLD NEW 2026-02-01
        2 look 2026-02-10@2026-02-21 OLD {\"quantity\":6}",
        "2026-05-01",
        "counted counted
        notice 2026-02-20T00:00 customer_merged NEW
        NEW-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 6 x 0.50
        OLD-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 4 x 0.50",
    );
}

#[test]
fn late_use_of_before_is_corrected_on_the_old_customer() {
    check(
        "1 look 2026-03-10 OLD {\"quantity\":4}
        2 look 2026-03-11 NEW
        merge 2026-04-01 OLD NEW 2026-04-01
        3 look 2026-03-31@2026-04-10 OLD {\"quantity\":6}",
        "2026-08-01",
        "counted counted counted
        notice 2026-04-01T00:00 customer_merged NEW
        NEW-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 1 x 0.50
        OLD-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 4 x 0.50
        OLD-000002 correction 2026-07-05T22:00 corrects 1: look 6 x 0.50 [2026-01-01..2026-03-31]",
    );
}

/// Waiting events of the old customer wait on the survivor from then on, and are let go by its facts.
#[test]
fn what_waits_moves_to_the_survivor() {
    check(
        "active 2026-01-02 OLD look 2026-01-01 2026-02-01
        1 look 2026-02-10 OLD {\"quantity\":4}
        2 look 2026-02-11 THIRD {\"quantity\":1}
        merge 2026-02-20 OLD THIRD 2026-02-05
        active 2026-03-01 THIRD look 2026-01-01",
        "2026-05-01",
        "not_activated not_activated
        notice 2026-02-20T00:00 customer_merged THIRD
        released 1
        released 2
        THIRD-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 5 x 0.50",
    );
    check(
        "active 2026-01-02 OLD look 2026-01-01 2026-02-01
        1 look 2026-02-10 OLD {\"quantity\":4}
        merge 2026-02-20 OLD NEW 2026-02-05",
        "2026-05-01",
        "not_activated
        notice 2026-02-20T00:00 customer_merged NEW
        released 1
        NEW-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 4 x 0.50",
    );
}

#[test]
fn chains_are_followed() {
    check(
        "1 sms 2026-01-10 OLD {\"quantity\":4}
        merge 2026-02-01 OLD NEW 2026-02-01
        merge 2026-03-01 NEW THIRD 2026-03-01
        2 sms 2026-03-02 OLD {\"quantity\":6}
        3 sms 2026-03-03 NEW",
        "2026-04-01",
        "counted counted counted
        OLD-000001 package_purchase 2026-01-10T12:00 [2026-01-10..2026-01-10]: sms 10 x 35.00 #1 1-10
        notice 2026-02-01T00:00 customer_merged NEW sms>NEW 4/10
        notice 2026-03-01T00:00 customer_merged THIRD sms>THIRD 4/10
        THIRD-000001 package_purchase 2026-03-03T12:00 [2026-03-03..2026-03-03]: sms 10 x 35.00 #1 11-20",
    );
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let refused = |event: &str| check(event, "2026-03-01", "notice 2026-02-01T00:00 control_refused bad_data");
    refused("merge 2026-02-01 OLD OLD 2026-02-01");
    refused("merge 2026-02-01 OLD NOBODY 2026-02-01");
    refused("merge 2026-02-01 NOBODY OLD 2026-02-01");
    refused("split 2026-02-01 OLD 2026-02-01 NEW=0.5 THIRD=0.4");
    refused("split 2026-02-01 OLD 2026-02-01 NEW=0.5 NEW=0.5");
    refused("split 2026-02-01 OLD 2026-02-01 NOBODY");
    refused("split 2026-02-01 OLD 2026-02-01");
    let merged = |event: &str| {
        let notices = "notice 2026-01-20T00:00 customer_merged NEW\nnotice 2026-02-01T00:00 control_refused bad_data";
        check(&format!("merge 2026-01-20 OLD NEW 2026-01-20\n{event}"), "2026-03-01", notices);
    };
    merged("merge 2026-02-01 OLD THIRD 2026-02-01");
    merged("merge 2026-02-01 OLD NEW 2026-02-01");
    merged("merge 2026-02-01 NEW OLD 2026-02-01");
    merged("split 2026-02-01 OLD 2026-02-01 THIRD");
    merged("split 2026-02-01 THIRD 2026-02-01 OLD");
    // The same once more is no other.
    check(
        "merge 2026-01-20 OLD NEW 2026-01-20\nmerge 2026-02-01 OLD NEW 2026-01-20",
        "2026-03-01",
        "notice 2026-01-20T00:00 customer_merged NEW",
    );
}

/// The units that are left are divided to the last 10⁻⁹; use under the old name waits, and says for whom.
#[test]
fn a_split_divides_what_is_left() {
    check(
        "1 sms 2026-01-10 OLD {\"quantity\":9}
        split 2026-02-01 OLD 2026-02-01 NEW=0.333333333 THIRD=0.666666667
        2 sms 2026-02-02 OLD
        3 sms 2026-02-02 THIRD {\"quantity\":0.666666667}
        4 sms 2026-02-03 THIRD {\"quantity\":0.000000001}
        5 sms 2026-02-03 NEW {\"quantity\":0.333333333}",
        "2026-03-01",
        "counted unknown_customer counted counted counted
        OLD-000001 package_purchase 2026-01-10T12:00 [2026-01-10..2026-01-10]: sms 10 x 35.00 #1 1-10
        notice 2026-02-01T00:00 customer_split NEW+THIRD sms>NEW 0/0.333333333 sms>THIRD 0/0.666666667
        THIRD-000001 package_purchase 2026-02-03T12:00 [2026-02-03..2026-02-03]: sms 10 x 35.00 #1 1.666666667-10.666666667",
    );
}

#[test]
fn a_customer_that_is_one_of_the_parts_goes_on() {
    check(
        "1 sms 2026-01-10 OLD {\"quantity\":6}
        split 2026-02-01 OLD 2026-02-01 OLD=0.75 NEW=0.25
        2 sms 2026-02-02 OLD {\"quantity\":3}
        3 sms 2026-02-03 OLD
        4 sms 2026-02-03 NEW",
        "2026-03-01",
        "counted counted counted counted
        OLD-000001 package_purchase 2026-01-10T12:00 [2026-01-10..2026-01-10]: sms 10 x 35.00 #1 1-10
        notice 2026-02-01T00:00 customer_split OLD+NEW sms>OLD 0/3 sms>NEW 0/1
        OLD-000002 package_purchase 2026-02-03T12:00 [2026-02-03..2026-02-03]: sms 10 x 35.00 #2 10-19",
    );
}

/// The parts of an archive go along: from the next reference date on they are the survivor's, who can cull them.
#[test]
fn an_archive_goes_to_the_survivor() {
    let plans = r#"
[service.part]
types = ["part"]
title = "Parts"
unit = "C62"
[plan.archive]
model = "archive"
period = "year"
services = ["part"]
seller = "s"
vat = { category = "S", rate = "25" }
older_than = "P2Y"
heading = "Arkiv"
reference = "01-01"
price = [ { from = "2026-01-01", unit = { SEK = "0.50" } } ]
"#;
    check_run(
        plans,
        &format!(
            "{KNOWN}1 part 2026-02-01 OLD {{\"quantity\":100,\"created\":\"2020-05-05\"}}
            2 part 2026-02-01 OLD {{\"quantity\":30,\"created\":\"2025-05-05\"}}
            3 part 2026-02-01 NEW {{\"quantity\":5,\"created\":\"2020-05-05\"}}
            merge 2027-02-01 OLD NEW 2027-02-01
            4 part 2027-02-10 OLD {{\"quantity\":20,\"created\":\"2020-05-05\",\"action\":\"culled\"}}
            5 part 2027-01-31@2027-02-10 OLD {{\"quantity\":7,\"created\":\"2020-05-05\"}}"
        ),
        "2029-02-01",
        "counted counted counted counted counted
        NEW-000001 annual 2027-01-05T23:00 [2026-01-01..2026-12-31]: part 5 x 0.50
        OLD-000001 annual 2027-01-05T23:00 [2026-01-01..2026-12-31]: part 100 x 0.50
        notice 2027-02-01T00:00 customer_merged NEW part>NEW 130 from 2028-01-01
        NEW-000002 annual 2028-01-05T23:00 [2027-01-01..2027-12-31]: part 122 x 0.50
        NEW-000003 annual 2029-01-05T23:00 [2028-01-01..2028-12-31]: part 122 x 0.50",
    );
}

/// An engine has one partition: a survivor that lives on another one is refused.
#[test]
fn a_merger_across_partitions_is_refused() {
    const PARTITIONS: u32 = 8;
    let here = route::partition_of("OLD", PARTITIONS);
    let names = (0..100).map(|number| format!("N{number}"));
    let (near, far): (Vec<String>, Vec<String>) = names.partition(|name| route::partition_of(name, PARTITIONS) == here);
    let check = |into: &str, expect: &str| {
        let known =
            format!("customer 2026-01-01 OLD Europe/Stockholm SEK 2026-01-01\ncustomer 2026-01-01 {into} Europe/Stockholm SEK 2026-01-01");
        let journal = given::journal(&format!("{known}\nmerge 2026-02-01 OLD {into} 2026-02-01"), "2026-03-01");
        let limits = Limits { accounts_in_ram: 10, ids_in_ram: 10 };
        let mut engine = Engine::new(given::catalog(PLANS), here, PARTITIONS, limits);
        let mut at = Positions::default();
        while let Some((input, after)) = journal.next(at) {
            while let Step::Missing(wants) = engine.fold(&input).expect("the engine goes on") {
                for want in wants {
                    match want {
                        Want::State(key) => engine.supply(key, None).expect("of its kind"),
                        Want::Customer { after, .. } => engine.supply_customer(after.as_ref(), None),
                        other => panic!("nothing is stored, and it wants {other:?}"),
                    }
                }
            }
            at = after;
        }
        let told: Vec<&str> = engine.take_effects().iter().filter_map(kind_of_notice).collect();
        assert_eq!(told, [expect], "{into}");
    };
    check(&near[0], "customer_merged");
    check(&far[0], "control_refused");
}

fn kind_of_notice(effect: &Effect) -> Option<&'static str> {
    match effect {
        Effect::Notice(notice) => Some(notice.kind.as_str()),
        _ => None,
    }
}
