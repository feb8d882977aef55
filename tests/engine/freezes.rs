//! Freeze windows (REQUIREMENTS E7): in them nothing is closed, no catalog takes effect, no size is chosen anew; all of
//! it happens at their end.

use crate::given;
use crate::show::{check as check_run, run_alike_with, shown};

const PLANS: &str = r#"
[service.login]
types = ["login"]
title = "Logins"
unit = "C62"
brake = { factor = "2", at_least = "10", history = "P7D" }
[service.look]
types = ["look"]
title = "Look-ups"
unit = "C62"
[service.mail]
types = ["mail"]
title = "Mail"
unit = "C62"
[plan.look]
model = "metered"
period = "month"
services = ["look", "login"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "2.00" } } ]
[plan.mail]
model = "package"
sizing = { target = "2", start = "10" }
services = ["mail"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", ladder = [ { size = "10", amount = { SEK = "10.00" } }, { size = "100", amount = { SEK = "90.00" } } ] } ]
"#;

const WORLD: &str = "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01\n";

fn check(lines: &str, expect: &str) {
    check_run(PLANS, &format!("{WORLD}{lines}"), "2026-03-20", expect);
}

/// What falls due in the window is closed at its end, and issued then; use of a closed month that comes in it still counts.
#[test]
fn e7_nothing_is_closed_in_a_freeze_window() {
    check(
        "1 look 2026-01-10
        freeze 2026-01-20 dnp 2026-02-04 2026-02-10
        2 look 2026-01-31@2026-02-08
        3 look 2026-01-31@2026-02-11",
        "counted counted counted
        notice 2026-02-04T00:00 freeze_began dnp
        notice 2026-02-10T00:00 freeze_ended dnp customers 1
        K-000001 periodic 2026-02-10T00:00 [2026-01-01..2026-01-31]: look 2 x 2.00
        K-000002 correction 2026-03-05T23:00 corrects 1: look 1 x 2.00 [2026-01-01..2026-01-31]",
    );
}

/// Also if it is the first of its period: that is not closed yet.
#[test]
fn e7_the_first_use_of_a_period_that_fell_due_in_the_window_counts_in_it() {
    check(
        "freeze 2026-01-20 dnp 2026-02-04 2026-02-10
        1 look 2026-01-31@2026-02-08",
        "counted
        notice 2026-02-04T00:00 freeze_began dnp
        notice 2026-02-10T00:00 freeze_ended dnp customers 1
        K-000001 periodic 2026-02-10T00:00 [2026-01-01..2026-01-31]: look 1 x 2.00",
    );
}

/// The plan's next close is the one that is put off.
#[test]
fn e7_use_of_a_closed_period_that_comes_in_the_window_is_corrected_at_its_end() {
    check(
        "1 look 2026-01-10
        freeze 2026-02-20 dnp 2026-03-04 2026-03-10
        2 look 2026-01-31@2026-03-06",
        "counted counted
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: look 1 x 2.00
        notice 2026-03-04T00:00 freeze_began dnp
        notice 2026-03-10T00:00 freeze_ended dnp customers 1
        K-000002 correction 2026-03-10T00:00 corrects 1: look 1 x 2.00 [2026-01-01..2026-01-31]",
    );
}

/// The correction of a plan that had no line names the seller's record of the period.
#[test]
fn e7_a_record_that_was_put_off_is_named_by_the_corrections_of_all_its_plans() {
    let other = PLANS.replace("services = [\"look\", \"login\"]", "services = [\"look\"]");
    let plans = format!(
        "{other}[plan.login]\nmodel = \"metered\"\nperiod = \"month\"\nservices = [\"login\"]\nseller = \"s\"\n\
         vat = {{ category = \"S\", rate = \"25\" }}\nprice = [ {{ from = \"2026-01-01\", unit = {{ SEK = \"1.00\" }} }} ]\n"
    );
    check_run(
        &plans,
        &format!(
            "{WORLD}1 look 2026-01-10
            freeze 2026-01-20 dnp 2026-02-04 2026-02-10
            2 login 2026-01-31@2026-02-20"
        ),
        "2026-03-20",
        "counted counted
        notice 2026-02-04T00:00 freeze_began dnp
        notice 2026-02-10T00:00 freeze_ended dnp customers 1
        K-000001 periodic 2026-02-10T00:00 [2026-01-01..2026-01-31]: look 1 x 2.00
        K-000002 correction 2026-03-05T23:00 corrects 1: login 1 x 1.00 [2026-01-01..2026-01-31]",
    );
}

/// What a brake holds at the end of a window is held from then on.
#[test]
fn e7_what_is_held_is_told_when_it_is_done() {
    check(
        "1 look 2026-01-10
        freeze 2026-01-20 dnp 2026-02-04 2026-02-10
        brake 2026-02-01 on service look
        brake 2026-02-11T12:00:00Z off service look",
        "counted
        notice 2026-02-01T00:00 brake_on Service(\"look\")
        notice 2026-02-04T00:00 freeze_began dnp
        notice 2026-02-10T00:00 freeze_ended dnp customers 1
        notice 2026-02-10T00:00 record_held look 2026-01-01
        notice 2026-02-11T12:00 brake_off Service(\"look\")
        K-000001 periodic 2026-02-12T00:00 [2026-01-01..2026-01-31]: look 1 x 2.00",
    );
}

/// One that is told after its begin counts from where it is told; one that is withdrawn or shortened ends there.
#[test]
fn e7_a_window_may_be_told_late_shortened_and_withdrawn() {
    let record = |at: &str| format!("K-000001 periodic {at} [2026-01-01..2026-01-31]: look 1 x 2.00");
    let began = "notice 2026-02-04T00:00 freeze_began dnp";
    check(
        "1 look 2026-01-10\nfreeze 2026-02-06 dnp 2026-02-04 2026-02-10",
        &format!(
            "counted\n{}\nnotice 2026-02-06T00:00 freeze_began dnp\nnotice 2026-02-10T00:00 freeze_ended dnp customers 0",
            record("2026-02-05T23:00")
        ),
    );
    check(
        "1 look 2026-01-10\nfreeze 2026-01-20 dnp 2026-02-04 2026-02-10\nfreeze 2026-01-21 dnp 2026-02-04 2026-02-10 withdrawn",
        &format!("counted\n{}", record("2026-02-05T23:00")),
    );
    check(
        "1 look 2026-01-10\nfreeze 2026-01-20 dnp 2026-02-04 2026-02-10\nfreeze 2026-02-07 dnp 2026-02-04 2026-02-10 withdrawn",
        &format!("counted\n{began}\nnotice 2026-02-07T00:00 freeze_ended dnp customers 1\n{}", record("2026-02-07T00:00")),
    );
    check(
        "1 look 2026-01-10\nfreeze 2026-01-20 dnp 2026-02-04 2026-02-10\nfreeze 2026-02-07 dnp 2026-02-04 2026-02-08",
        &format!("counted\n{began}\nnotice 2026-02-08T00:00 freeze_ended dnp customers 1\n{}", record("2026-02-08T00:00")),
    );
}

/// It takes effect at the end of the window, after what is closed then by the catalog of before.
#[test]
fn e7_a_catalog_that_is_told_in_a_window_takes_effect_at_its_end() {
    let catalogs = [given::catalog(PLANS), given::catalog(&PLANS.replace("SEK = \"2.00\"", "SEK = \"3.00\""))];
    let lines = format!(
        "{WORLD}1 look 2026-01-10
        2 look 2026-02-02
        freeze 2026-01-20 dnp 2026-02-04 2026-02-10
        {}",
        given::catalog_line("2026-02-05", &catalogs[1])
    );
    let run = run_alike_with(&catalogs, &given::journal(&lines, "2026-03-20"));
    let expect = [
        "counted counted",
        "notice 2026-02-04T00:00 freeze_began dnp",
        "notice 2026-02-10T00:00 freeze_ended dnp customers 1 catalog",
        "K-000001 periodic 2026-02-10T00:00 [2026-01-01..2026-01-31]: look 1 x 2.00",
        "K-000002 periodic 2026-03-05T23:00 [2026-02-01..2026-02-28]: look 1 x 3.00",
    ];
    assert_eq!(shown(&run), expect);
}

/// Windows that overlap are one: it takes effect when the last of them ends, whichever was known when it was told.
#[test]
fn e7_a_catalog_waits_for_the_last_of_windows_that_overlap() {
    let catalogs = [given::catalog(PLANS), given::catalog(&PLANS.replace("SEK = \"2.00\"", "SEK = \"3.00\""))];
    let check = |windows: [&str; 2], expect: &[&str]| {
        let lines = format!(
            "{WORLD}1 look 2026-01-10\nfreeze 2026-01-20 dnp 2026-02-04 2026-02-10\n{}\n{}\n{}",
            windows[0],
            given::catalog_line("2026-02-06", &catalogs[1]),
            windows[1]
        );
        let run = run_alike_with(&catalogs, &given::journal(&lines, "2026-02-20"));
        assert_eq!(shown(&run)[1..], *expect, "{windows:?}");
    };
    // The other one is told when the catalog waits already.
    check(
        ["", "freeze 2026-02-07 more 2026-02-09 2026-02-14"],
        &[
            "notice 2026-02-04T00:00 freeze_began dnp",
            "notice 2026-02-09T00:00 freeze_began more",
            "notice 2026-02-10T00:00 freeze_ended dnp customers 0",
            "notice 2026-02-14T00:00 freeze_ended more customers 1 catalog",
            "K-000001 periodic 2026-02-14T00:00 [2026-01-01..2026-01-31]: look 1 x 2.00",
        ],
    );
    // The other one is moved away, or withdrawn, when the catalog waits for it.
    let alone = [
        "notice 2026-02-04T00:00 freeze_began dnp",
        "notice 2026-02-10T00:00 freeze_ended dnp customers 1 catalog",
        "K-000001 periodic 2026-02-10T00:00 [2026-01-01..2026-01-31]: look 1 x 2.00",
    ];
    let other = "freeze 2026-02-05 more 2026-02-09 2026-02-14";
    check([other, "freeze 2026-02-07 more 2026-02-09 2026-02-14 withdrawn"], &alone);
    check([other, "freeze 2026-02-07 more 2026-03-09 2026-03-14"], &alone);
}

/// The size of the next package stays; after the window it is chosen again.
#[test]
fn e7_no_size_is_chosen_in_a_window() {
    let use_of = |id: &str, day: &str| format!("{id} mail {day} {{\"quantity\":10}}\n");
    let lines = [("1", "2026-01-10"), ("2", "2026-02-10"), ("3", "2026-02-11")].map(|(id, day)| use_of(id, day)).concat();
    check(
        &format!("freeze 2026-01-20 dnp 2026-02-10 2026-02-11\n{lines}"),
        "counted counted counted
        K-000001 package_purchase 2026-01-10T12:00 [2026-01-10..2026-01-10]: mail 10 x 10.00 #1 1-10
        notice 2026-02-10T00:00 freeze_began dnp
        K-000002 package_purchase 2026-02-10T12:00 [2026-02-10..2026-02-10]: mail 10 x 10.00 #2 11-20
        notice 2026-02-11T00:00 freeze_ended dnp customers 0
        K-000003 package_purchase 2026-02-11T12:00 [2026-02-11..2026-02-11]: mail 100 x 90.00 #3 21-120
        notice 2026-02-11T12:00 package_size_changed mail 10 -> 100 from 3: 342 a year, too_many_purchases",
    );
}

/// The logins of an exam morning are expected: they are no burst, unless they are a mad one.
#[test]
fn e7_the_login_storm_of_an_exam_morning_is_expected() {
    let world = "freeze 2026-01-20 dnp 2026-02-10 2026-02-11 expected=5\n1 login 2026-02-09 {\"quantity\":10}\n";
    let storm = |quantity: u32| format!("{world}2 login 2026-02-10T07:00:00Z {{\"quantity\":{quantity}}}");
    let window = "notice 2026-02-10T00:00 freeze_began dnp";
    let end = "notice 2026-02-11T00:00 freeze_ended dnp customers 0";
    check(
        &storm(100),
        &format!("counted counted\n{window}\n{end}\nK-000001 periodic 2026-03-05T23:00 [2026-02-01..2026-02-28]: login 110 x 2.00"),
    );
    let why = "101 on 2026-02-10 is more than 100: the largest of the 7 days before has 10";
    check(
        &storm(101),
        &format!(
            "counted braked\n{window}\nnotice 2026-02-10T07:00 brake_tripped login: {why}\n{end}\nnotice 2026-03-05T23:00 record_held look 2026-02-01"
        ),
    );
}
