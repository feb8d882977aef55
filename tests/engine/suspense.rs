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
