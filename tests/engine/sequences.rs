//! Numbers of sources: gaps are told after a while, and closed; numbers that come twice are told.

use std::fmt::Write as _;

use crate::show::{check as check_run, run_alike, shown};
use crate::{given, naive};

const PLANS: &str = r#"
[sequence]
patience = "PT2H"
[service.look]
types = ["look"]
title = "Look-ups"
unit = "C62"
[plan.look]
model = "metered"
period = "year"
services = ["look"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "2.00" } } ]
"#;

/// `hour:number[/id][*]`: an event of that hour of 1 March 2026 with that number; a `*`: of another source. An id that
/// is not given is the number.
fn lines(events: &str) -> String {
    let mut lines = "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01\n".to_owned();
    for event in events.split_whitespace() {
        let (hour, rest) = event.split_once(':').expect("an hour");
        let (rest, source) = rest.strip_suffix('*').map_or((rest, "s"), |rest| (rest, "t"));
        let (number, id) = rest.split_once('/').unwrap_or((rest, rest));
        writeln!(
            lines,
            r#"raw {{"specversion":"1.0","id":"{id}","source":"{source}","type":"look","subject":"K","time":"2026-03-01T{hour}:00:00Z","sequence":"{number}"}}"#
        )
        .expect("a string");
    }
    lines
}

/// What is told by the end of the day, after the verdicts.
fn check(events: &str, expect: &[&str]) {
    let run = run_alike(&given::catalog(PLANS), &given::journal(&lines(events), "2026-03-02"));
    let told: Vec<String> =
        shown(&run).into_iter().skip(1).map(|line| line.replace("notice 2026-03-01T", "").replace(":00 ", " ")).collect();
    assert_eq!(told, expect, "{events}");
}

#[test]
fn a_gap_is_told_when_it_was_waited_for() {
    check("01:1 01:2 02:3", &[]);
    check("01:1 02:4", &["04 gap_detected s 2-3 2"]);
    check("01:5 02:7 05:6", &["04 gap_detected s 6-6 1", "05 gap_closed s 6-6"]);
    check("01:5 02:9 03:7", &["04 gap_detected s 6-8 2"]);
    check("01:5 02:9 03:6 03:8", &["04 gap_detected s 7-7 1"]);
    check("01:5 02:8 03:7 03:6", &[]);
    check("01:5 02:8 05:7 06:6 06:6", &["04 gap_detected s 6-7 2", "06 gap_closed s 6-7"]);
    check("01:1 02:3 03:5", &["04 gap_detected s 2-2 1", "05 gap_detected s 4-4 1"]);
}

/// The first number that is seen may be any; smaller ones may come after it.
#[test]
fn numbers_may_begin_anywhere() {
    check("01:1000 01:1001", &[]);
    check("01:1000 02:998", &["04 gap_detected s 999-999 1"]);
    check("01:1000 02:998 03:999", &[]);
}

#[test]
fn sources_are_apart() {
    check("01:1 01:1* 02:3 02:2*", &["04 gap_detected s 2-2 1"]);
}

/// Of each thousand numbers, the first that comes twice is told; a copy of an event is none.
#[test]
fn a_number_of_two_events_is_told() {
    check("01:1 01:1 02:1/other 02:1/third", &["02 sequence_repeated s 1 other"]);
    check("01:1 01:2 02:2/other 02:1/third", &["02 sequence_repeated s 2 other"]);
}

#[test]
fn a_text_that_is_no_number_is_not_looked_at() {
    check("01:1 02:a3 02:+3 02:-3 02:3.0 02:99999999999999999999999", &[]);
    check("01:0 02:18446744073709551615", &["04 gap_detected s 1-18446744073709551614 18446744073709551614"]);
}

/// A test counts, and what waits; what is refused for its own fault does not.
#[test]
fn only_what_is_taken_counts() {
    let event = |id: u32, more: &str, subject: &str| {
        format!(
            r#"raw {{"specversion":"1.0","id":"{id}","source":"s","type":"look","subject":"{subject}","time":"2026-03-01T01:00:00Z","sequence":{id},"data":{{{more}}}}}"#
        )
    };
    let events = [
        event(1, "", "K"),
        event(2, r#""environment":"test""#, "K"),
        event(3, "", "L"),
        event(4, r#""quantity":-1"#, "K"),
        event(5, "", "K"),
    ];
    check_run(
        PLANS,
        &format!("customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01\n{}", events.join("\n")),
        "2026-03-02",
        "counted test unknown_customer bad_quantity counted
        notice 2026-03-01T03:00 gap_detected s 4-4 1",
    );
}

/// Beyond one chunk, and full chunks in between.
#[test]
fn many_numbers() {
    let events: Vec<String> =
        (0..3000).filter(|number| ![0, 1023, 1024, 2999].contains(number)).map(|number| format!("01:{number}")).collect();
    check(&format!("{} 02:2999 05:1024 05:1023", events.join(" ")), &["03 gap_detected s 1023-1024 2", "05 gap_closed s 1023-1024"]);
}

/// After the horizon of ids, numbers are forgotten: a source may begin again.
#[test]
fn numbers_are_forgotten_with_the_ids() {
    let event = |id: &str, day: &str, number: u32| {
        format!(
            r#"raw {{"specversion":"1.0","id":"{id}","source":"s","type":"look","subject":"K","time":"{day}T01:00:00Z","sequence":{number}}}"#
        )
    };
    let events = [event("a", "2026-03-01", 7), event("b", "2026-03-20", 8), event("c", "2026-03-20", 7), event("d", "2026-04-27", 7)];
    check_run(
        PLANS,
        &format!("customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01\n{}", events.join("\n")),
        "2026-05-01",
        "counted counted counted counted
        notice 2026-03-20T01:00 sequence_repeated s 7 c",
    );
}

/// A number that comes again when it is forgotten closes no gap: the other one has never come.
#[test]
fn a_gap_is_forgotten_with_its_numbers() {
    let event = |id: &str, day: &str, number: u32| {
        format!(
            r#"raw {{"specversion":"1.0","id":"{id}","source":"s","type":"look","subject":"K","time":"{day}T01:00:00Z","sequence":{number}}}"#
        )
    };
    let events = [
        event("a", "2026-03-01", 1024),
        event("b", "2026-03-01", 1027),
        event("c", "2026-03-02", 1025),
        event("d", "2026-03-20", 2048),
        event("e", "2026-04-10", 1025),
    ];
    check_run(
        PLANS,
        &format!("customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01\n{}", events.join("\n")),
        "2026-04-11",
        "counted counted counted counted counted
        notice 2026-03-01T03:00 gap_detected s 1025-1026 2
        notice 2026-03-20T03:00 gap_detected s 1028-2047 1020",
    );
}

/// The model says the same of the scenario, in the same order; random ones are in `watched`.
#[test]
fn the_model_tells_the_same() {
    let events = lines("01:1 02:9 03:x 03:4 04:9/again 09:2 09:3 10:5 10:6 10:7 11:8");
    let journal = given::journal(&events, "2026-03-02");
    let until = journal.until.to_utc();
    let run = run_alike(&given::catalog(PLANS), &given::journal(&events, "2026-03-02"));
    let model = naive::run(&naive::Input {
        others: Vec::new(),
        usage: journal.usage,
        control: journal.control,
        catalog: naive::catalog::Catalog::parse(&format!("{}{PLANS}", given::HEAD)),
        until: Some(until),
        wall: until,
    });
    assert_eq!(model.verdicts.counted, run.sums.counted);
    let said = |notice: &naive::Notice| {
        let (at, said) = notice.said.clone().expect("the model says what");
        format!("notice {} {} {said}", at.format("%Y-%m-%dT%H:%M"), notice.kind)
    };
    let told: Vec<String> = model.notices.iter().map(said).collect();
    assert_eq!((told.len(), &told[..]), (3, &shown(&run)[1..]));
}
