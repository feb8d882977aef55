//! What people do about waiting events: give them up, or have them tried again.

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
price = [ { from = "2026-01-01", size = "10", amount = { SEK = "35.00" } } ]
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

/// Three events of each kind wait; which of them are given up, in event-time order.
#[test]
fn a_selection_says_what_is_given_up() {
    let check = |select: &str, until: &str, expect: &str| {
        let lines = format!(
            "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-05
            a sms 2026-01-12
            b sms 2026-01-10@2026-01-13
            c look 2026-01-02@2026-01-14
            d odd 2026-01-11@2026-01-15
            x look 2026-01-03@2026-01-16 L
            writeoff 2026-01-20 K {select} {until}"
        );
        let run = crate::show::run_alike(&crate::given::catalog(PLANS), &crate::given::journal(&lines, "2026-01-21"));
        let given_up: Vec<String> = crate::show::shown(&run).into_iter().skip(1).collect();
        let expect: Vec<String> =
            expect.split_whitespace().map(|one| format!("written_off {} by anna+bo", one.replace(':', " "))).collect();
        assert_eq!(given_up, expect, "{select}");
        let written_off = expect.len() as u64;
        assert_eq!((run.sums.suspended, run.sums.written_off), (5 - written_off, written_off), "{select}");
    };
    let (sms, odd) = ("not_activated", "unknown_service");
    check("{}", "", &format!("c:unknown_customer b:{sms} d:{odd} a:{sms}"));
    check(r#"{"reason":"not_activated"}"#, "", &format!("b:{sms} a:{sms}"));
    check(r#"{"service":"sms","from":"2026-01-11T00:00:00Z"}"#, "", &format!("a:{sms}"));
    check(r#"{"service":"sms","to":"2026-01-12T12:00:00Z"}"#, "", &format!("b:{sms}"));
    check(r#"{"type":"odd"}"#, "", &format!("d:{odd}"));
    check(r#"{"source":"other"}"#, "", "");
    check(r#"{"events":[{"source":"s","id":"d"},{"source":"s","id":"x"},{"source":"t","id":"a"}]}"#, "", &format!("d:{odd}"));
    check(r#"{"events":[]}"#, "", "");
    check("{}", "2026-01-13T12:00:00Z", &format!("b:{sms} a:{sms}"));
}

/// What is given up is never counted, however its copy comes and whatever is told later.
#[test]
fn what_is_given_up_stays_so() {
    check(
        "a look 2026-01-20
        writeoff 2026-01-21 K {}
        a look 2026-01-20@2026-01-22
        b look 2026-01-21@2026-01-22
        writeoff 2026-01-23 K {} 2026-01-21
        customer 2026-01-25 K Europe/Stockholm SEK 2026-01-01",
        "2026-03-01",
        "unknown_customer duplicate unknown_customer
        written_off a unknown_customer by anna+bo
        released b
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: look 1 x 2.00",
    );
}

/// The reason is that of now: the world has changed since the event came.
#[test]
fn an_event_waits_for_what_is_missing_now() {
    check(
        r#"a sms 2026-01-20
        b look 2026-01-20
        customer 2026-01-21 K Europe/Stockholm SEK 2026-01-01
        writeoff 2026-01-22 K {"reason":"unknown_customer"}
        writeoff 2026-01-23 K {"reason":"not_activated"}"#,
        "2026-03-01",
        "unknown_customer unknown_customer
        released b
        written_off a not_activated by anna+bo
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: look 1 x 2.00",
    );
}

#[test]
fn one_person_alone_gives_nothing_up() {
    check(
        r#"a look 2026-01-20
        control {"specversion":"1.0","id":"c","source":"s","type":"tally.write_off.v1","subject":"K","time":"2026-01-21T00:00:00Z","data":{"actor":"anna","approver":"anna ","reason":"x"}}"#,
        "2026-01-22",
        "unknown_customer
        notice 2026-01-21T00:00 control_refused bad_data",
    );
}

/// All that can be counted is counted already: trying again changes nothing, and does no harm.
#[test]
fn trying_again_by_hand_is_safe() {
    check(
        "recycle 2026-01-01 L
        a look 2026-01-20
        recycle 2026-01-21 K
        customer 2026-01-22 K Europe/Stockholm SEK 2026-01-01
        recycle 2026-01-23 K",
        "2026-03-01",
        "unknown_customer
        released a
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: look 1 x 2.00",
    );
}

/// More than a scan returns, and commits in between, under the cruel schedule.
#[test]
fn many_are_given_up_across_commits() {
    let events: Vec<String> = (1..=12).map(|day| format!("e{day} look 2026-01-{day:02}")).collect();
    let given_up: Vec<String> = (1..=12).map(|day| format!("written_off e{day} unknown_customer by anna+bo")).collect();
    let verdicts = ["unknown_customer"; 12].join(" ");
    check(&format!("{}\nwriteoff 2026-01-25 K {{}}", events.join("\n")), "2026-03-01", &format!("{verdicts}\n{}", given_up.join("\n")));
}

/// The horizon is 35 days. A copy of what waits longer is a copy still; of what was counted in time, it is too old.
#[test]
fn a_copy_of_an_event_that_waits_is_a_duplicate_however_late() {
    check(
        "customer 2026-01-01 M Europe/Stockholm SEK 2026-01-01
        a look 2026-01-10
        m look 2026-01-10 M
        b look 2026-01-10
        a look 2026-01-10@2026-02-20
        m look 2026-01-10@2026-02-20 M
        x look 2026-01-10@2026-02-20
        a look 2026-01-11@2026-02-20
        customer 2026-03-10 K Europe/Stockholm SEK 2026-01-01
        a look 2026-01-10@2026-03-11
        b look 2026-01-10@2026-04-13
        a look 2026-01-10@2026-04-16",
        "2026-04-20",
        "unknown_customer counted unknown_customer duplicate too_old too_old too_old duplicate duplicate too_old
        M-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: look 1 x 2.00
        released a
        released b
        K-000001 correction 2026-04-05T22:00: look 2 x 2.00 [2026-01-01..2026-01-31]",
    );
}

#[test]
fn a_copy_of_what_was_given_up_late_is_a_duplicate() {
    check(
        "a look 2026-01-10
        writeoff 2026-03-10 K {}
        a look 2026-01-10@2026-03-11",
        "2026-03-20",
        "unknown_customer duplicate
        written_off a unknown_customer by anna+bo",
    );
}

/// Under a longer horizon, an id that the shorter one has let go of is not taken for new.
#[test]
fn a_longer_horizon_counts_nothing_twice() {
    let (short, long) =
        (crate::given::catalog(PLANS), crate::given::parse(&format!("{}{PLANS}", crate::given::HEAD).replace("P35D", "P90D")));
    let lines = format!(
        "a look 2026-01-10
        customer 2026-03-10 K Europe/Stockholm SEK 2026-01-01
        {}
        a look 2026-01-10@2026-03-13
        a look 2026-01-10@2026-04-13
        b look 2026-01-10@2026-03-14",
        crate::given::catalog_line("2026-03-12", &long)
    );
    let run = crate::show::run_alike_with(&[short, long], &crate::given::journal(&lines, "2026-04-20"));
    assert_eq!(crate::show::shown(&run).first().map(String::as_str), Some("unknown_customer duplicate duplicate too_old"));
    assert_eq!((run.sums.counted, run.sums.suspended), (1, 1));
}

/// More events of one instant than a scan returns.
#[test]
fn a_copy_is_found_among_many_of_the_same_instant() {
    let events: Vec<String> = (0..6).map(|number| format!("e{number} look 2026-01-10")).collect();
    let lines = format!("{}\nlater look 2026-01-11\ne5 look 2026-01-10@2026-03-01\nno look 2026-01-10@2026-03-01", events.join("\n"));
    check(&lines, "2026-03-02", &format!("{} duplicate too_old", ["unknown_customer"; 7].join(" ")));
}

const AGES: &str = "[suspense]\nnotify_after = [\"P30D\", \"P7D\"]\n";

fn check_ages(lines: &str, until: &str, expect: &str) {
    check_run(&format!("{AGES}{PLANS}"), lines, until, expect);
}

/// Each age once for each event that is the oldest; the longest that it has passed.
#[test]
fn the_age_of_the_oldest_is_told() {
    check_ages(
        r#"a look 2026-01-10
        b look 2026-01-08@2026-01-11
        c odd 2026-01-20@2026-01-20
        recycle 2026-01-25 K
        tick 2026-02-08
        writeoff 2026-02-10 K {"events":[{"source":"s","id":"b"}]}
        customer 2026-02-11 K Europe/Stockholm SEK 2026-01-01"#,
        "2026-02-25",
        "unknown_customer unknown_customer unknown_service
        notice 2026-01-15T12:00 suspense_ageing P7D since 2026-01-08T12:00: unknown_customer 2
        notice 2026-02-07T12:00 suspense_ageing P30D since 2026-01-08T12:00: unknown_service 1 unknown_customer 2
        written_off b unknown_customer by anna+bo
        notice 2026-02-10T00:00 suspense_ageing P30D since 2026-01-10T12:00: unknown_service 1 unknown_customer 1
        released a
        notice 2026-02-11T00:00 suspense_ageing P7D since 2026-01-20T12:00: unknown_service 1
        notice 2026-02-19T12:00 suspense_ageing P30D since 2026-01-20T12:00: unknown_service 1",
    );
}

#[test]
fn nothing_that_waits_is_nothing_to_tell() {
    check_ages(
        "a look 2026-01-10
        customer 2026-01-12 K Europe/Stockholm SEK 2026-01-01",
        "2026-02-01",
        "unknown_customer
        released a",
    );
}

/// A catalog that asks for it later tells at once what is old by then; one that does not ask any more tells nothing.
#[test]
fn a_catalog_begins_and_ends_the_telling() {
    let (silent, telling) = (crate::given::catalog(PLANS), crate::given::catalog(&format!("{AGES}{PLANS}")));
    let lines = format!(
        "a look 2026-01-10\n{}\n{}",
        crate::given::catalog_line("2026-01-20", &telling),
        crate::given::catalog_line("2026-01-25", &silent)
    );
    let run = crate::show::run_alike_with(&[silent, telling], &crate::given::journal(&lines, "2026-04-01"));
    let expect = ["unknown_customer", "notice 2026-01-20T00:00 suspense_ageing P7D since 2026-01-10T12:00: unknown_customer 1"];
    assert_eq!(crate::show::shown(&run), expect);
}

/// One that came before it was the oldest for a while, and has gone: it is not told of again.
#[test]
fn an_age_is_told_once_of_each_event() {
    check_run(
        &format!("{AGES}{PLANS}"),
        "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01
        a odd 2026-01-10
        z sms 2026-01-05@2026-01-20
        active 2026-01-22 K sms 2026-01-01
        recycle 2026-01-24 K",
        "2026-02-01",
        "unknown_service not_activated
        notice 2026-01-17T12:00 suspense_ageing P7D since 2026-01-10T12:00: unknown_service 1
        notice 2026-01-20T12:00 suspense_ageing P7D since 2026-01-05T12:00: unknown_service 1 not_activated 1
        K-000001 package_purchase 2026-01-22T00:00 [2026-01-05..2026-01-05]: sms 10 x 35.00 #1 1-10
        released z",
    );
}
