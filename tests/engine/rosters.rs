//! Rosters: pupils by school form on any day, loads that are looked at first, drift and data quality
//! (REQUIREMENTS U14 to U19, E1, E2, E4, E8, E11, E12, E13, E16).

use tally::domain::roster::Counted;
use tally::domain::state::{StateKey, StateValue};

use crate::capacity::plan;
use crate::given;
use crate::show::{check as check_run, run_alike};

/// Measured on 15 October, 100 MB free for each active pupil, SEK 1.00 for each MB beyond.
const OCTOBER: &str = r#"measure = "snapshot"
measured = "10-15"
included = "100"
price = [ { from = "2024-01-01", unit = { SEK = "1.00" } } ]"#;

pub const KNOWN: &str = "customer 2025-01-01 K Europe/Stockholm SEK 2025-01-01
1 docs 2025-09-28 {\"quantity\":1000000000}";

pub fn settled(settings: &str, rules: &str) -> String {
    format!("{rules}\n{}", plan(&format!("{settings}\n{OCTOBER}")))
}

fn check(settings: &str, rules: &str, facts: &str, until: &str, expect: &str) {
    check_run(&settled(settings, rules), &format!("{KNOWN}\n{facts}"), until, expect);
}

/// Pupils of K on a day: once and per form.
fn counted(facts: &str, forms: Option<&[&str]>, day: &str) -> (Option<u64>, Option<u64>) {
    let lines = format!("{KNOWN}\n{facts}");
    let run = run_alike(&given::catalog(&settled("", "")), &given::journal(&lines, "2025-09-30"));
    let Some(StateValue::Account(account)) = run.store.get(&StateKey::Account("K".into())) else { panic!("K is stored") };
    let forms: Option<Vec<String>> = forms.map(|forms| forms.iter().map(|form| (*form).to_owned()).collect());
    let day = day.parse().expect("a day");
    let on = |counted| account.pupils_on(forms.as_deref(), day, counted);
    (on(Counted::Once), on(Counted::PerForm))
}

#[test]
fn u19_pupils_of_the_measured_day_are_those_of_the_roster() {
    check(
        "",
        "",
        "pupil 2025-09-01 K p1 a/GR/2025-08-18
        pupil 2025-09-01 K p2 a/GR/2025-08-18/2025-10-14
        pupil 2025-09-01 K p3 a/GR/2025-10-15
        pupil 2025-09-01 K p4 a/GR/2025-10-16",
        "2025-12-01",
        "counted
        K-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs 800 x 1.00",
    );
}

#[test]
fn u19_a_pupil_in_two_forms_counts_as_the_plan_says() {
    let facts = "pupil 2025-09-01 K p1 a/GR/2025-08-18 b/FTH/2025-08-18
        pupil 2025-09-01 K p2 a/GR/2025-08-18";
    let expect = |units: u32| format!("counted\nK-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs {units} x 1.00");
    check("", "", facts, "2025-12-01", &expect(800));
    check("pupils = { counted = \"once\" }", "", facts, "2025-12-01", &expect(800));
    check("pupils = { counted = \"per_form\" }", "", facts, "2025-12-01", &expect(700));
    check("pupils = { counted = \"per_form\" }\nschool_forms = [\"FTH\"]", "", facts, "2025-12-01", &expect(900));
}

#[test]
fn u19_no_pupil_at_all_holds_the_year_until_the_roster_comes() {
    check(
        "",
        "",
        "tick 2025-10-21
        pupil 2025-10-20@2025-11-01 K p1 a/GR/2025-08-18",
        "2025-12-01",
        "counted
        notice 2025-10-19T22:00 record_held docs 2026-01-01
        K-000001 annual 2025-11-01T00:00 [2026-01-01..2026-12-31]: docs 900 x 1.00",
    );
}

/// As late head counts do.
#[test]
fn u19_what_a_roster_tells_late_corrects_what_was_charged() {
    check(
        "",
        "",
        "pupil 2025-09-01 K p1 a/GR/2025-08-18
        pupil 2025-09-02 K p2 a/GR/2025-08-18
        tick 2025-10-21
        pupil 2025-10-22 K p2 a/GR/2025-08-18/2025-09-30
        pupil 2025-10-23 K p3 a/GR/2026-01-07",
        "2026-12-01",
        "counted
        K-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs 800 x 1.00
        K-000002 annual 2026-10-19T22:00 [2027-01-01..2027-12-31]: docs 800 x 1.00
        K-000003 correction 2026-10-19T22:00 corrects 1: docs 100 x 1.00 [2026-01-01..2026-12-31]",
    );
}

#[test]
fn u19_a_count_told_for_the_very_day_wins_and_an_older_one_does_not() {
    let roster = "pupil 2025-09-01 K p1 a/GR/2025-08-18";
    let check = |told: &str, day: &str, expect: u64| {
        assert_eq!(counted(&format!("{roster}\n{told}"), None, day).0, Some(expect), "{told} on {day}");
    };
    check("pupils 2025-09-02 K 7 2025-10-15", "2025-10-15", 7);
    check("pupils 2025-09-02 K 7 2025-10-15", "2025-10-16", 1);
    check("pupils 2025-09-02 K 7 2025-09-01", "2025-10-15", 1);
    // Before the roster began, whoever counted knows better; nobody did: the roster knows something.
    check("pupils 2025-09-02 K 7 2025-08-20", "2025-08-25", 7);
    check("", "2025-08-25", 1);
}

/// Twice created, moved, left, come back under another pseudonym: one child (REQUIREMENTS E11).
#[test]
fn e11_deleted_and_created_anew_is_the_same_child() {
    let gone = "pupil 2025-09-01 K p1 a/GR/2025-08-18
        pupil 2025-09-10 K p1 gone";
    let back = format!("{gone}\npupil 2025-09-20 K p2 =p1 b/GR/2025-09-20");
    let check = |facts: &str, day: &str, expect: u64| assert_eq!(counted(facts, None, day).0, Some(expect), "{day}");
    check(gone, "2025-09-09", 1);
    check(gone, "2025-09-10", 0);
    check(&back, "2025-09-09", 1);
    check(&back, "2025-09-10", 0);
    check(&back, "2025-09-20", 1);
    // Both at once, for a day: it is still one child.
    check("pupil 2025-09-01 K p1 a/GR/2025-08-18\npupil 2025-09-02 K p2 =p1 b/GR/2025-09-02", "2025-09-15", 1);
    check("pupil 2025-09-01 K p1 a/GR/2025-08-18\npupil 2025-09-02 K p2 b/GR/2025-09-02", "2025-09-15", 2);
    // The same pseudonym: what is told last holds, so ended enrolments are named too.
    let again = format!("{gone}\npupil 2025-09-20 K p1 a/GR/2025-08-18/2025-09-09 a/GR/2025-09-20");
    check(&again, "2025-09-09", 1);
    check(&again, "2025-09-15", 0);
    check(&again, "2025-09-20", 1);
}

/// The newest fact of a pupil holds, in whatever order they come.
#[test]
fn e11_facts_that_come_in_another_order_end_the_same() {
    let facts = [
        "pupil 2025-08-01@2025-09-20 K p1 a/GR/2025-08-18",
        "pupil 2025-08-10@2025-09-20 K p1 gone",
        "pupil 2025-08-20@2025-09-20 K p1 b/GR/2025-08-20",
        "pupil 2025-08-21@2025-09-20 K p2 =p1 b/FTH/2025-08-21",
        "load 2025-08-25@2025-09-20 K L1 1/1 full p2:b/FTH/2025-08-21",
    ];
    let places = [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [3, 0, 4, 2, 1], [2, 4, 1, 3, 0], [1, 3, 0, 4, 2]];
    for order in places {
        let lines: Vec<&str> = order.iter().map(|place| facts[*place]).collect();
        for (day, expect) in [("2025-08-19", (0, 0)), ("2025-08-20", (1, 1)), ("2025-08-22", (1, 2)), ("2025-08-25", (1, 1))] {
            assert_eq!(counted(&lines.join("\n"), None, day), (Some(expect.0), Some(expect.1)), "{order:?} on {day}");
        }
    }
}

#[test]
fn e1_a_pupil_at_several_schools_of_a_form_is_in_it_once() {
    let facts = "pupil 2025-09-01 K p1 a/GR/2025-08-18 b/GR/2025-08-18 c/FTH/2025-08-18";
    assert_eq!(counted(facts, None, "2025-09-15"), (Some(1), Some(2)));
    assert_eq!(counted(facts, Some(&["GR"]), "2025-09-15"), (Some(1), Some(1)));
    assert_eq!(counted(facts, Some(&["GY"]), "2025-09-15"), (Some(0), Some(0)));
}

#[test]
fn e13_a_load_acts_only_when_it_is_complete() {
    let half = "load 2025-09-01 K L1 2/2 full p2:a/GR/2025-08-18";
    assert_eq!(counted(half, None, "2025-09-15").0, None);
    let whole =
        format!("{half}\nload 2025-09-02 K L1 2/2 full p2:a/GR/2025-08-18\nload 2025-09-01@2025-09-03 K L1 1/2 full p1:a/GR/2025-08-18");
    assert_eq!(counted(&whole, None, "2025-09-15").0, Some(2));
}

#[test]
fn e11_a_full_load_ends_whom_it_does_not_name() {
    let facts = "pupil 2025-08-20 K p0 a/GR/2025-08-18
        load 2025-09-01 K L1 1/2 full p1:a/GR/2025-08-18 p2:a/GR/2025-08-18
        load 2025-09-01@2025-09-02 K L1 2/2 full p3:b/FS/2025-08-18
        load 2025-09-08 K L2 1/1 full p1:a/GR/2025-08-18 p4:a/GR/2025-09-08
        load 2025-09-09 K L3 1/1 delta p1:gone p5:b/FS/2025-09-09";
    for (day, expect) in [("2025-08-31", 4), ("2025-09-01", 3), ("2025-09-08", 2), ("2025-09-09", 2)] {
        assert_eq!(counted(facts, None, day).0, Some(expect), "{day}");
    }
}

const BOUNDED: &str = "[roster]\nmost_removed_share = \"0.1\"\nmost_added = 3";

/// Nothing is billed by a roster that may be wrong: the year waits, with use that comes meanwhile, for two people.
#[test]
fn e13_a_mad_load_waits_for_two_people_and_is_released() {
    check(
        "",
        BOUNDED,
        "load 2025-09-01 K L1 1/1 full p1:a/GR/2025-08-18 p2:a/GR/2025-08-18 p3:a/GR/2025-08-18
        load 2025-10-01 K L2 1/1 full p1:a/GR/2025-08-18
        2 docs 2025-10-02 {\"quantity\":1200000000}
        tick 2025-10-21
        load_decision 2025-10-22 K L2 release
        tick 2025-10-22T00:01:00Z",
        "2025-12-01",
        "counted braked
        notice 2025-10-01T00:00 load_stopped L2 +0 -2 of 3
        notice 2025-10-01T00:00 brake_tripped docs: the roster load `L2` waits: it would remove 2 of 3 active pupils, and at most a share of 0.1 is allowed
        notice 2025-10-19T22:00 record_held docs 2026-01-01
        notice 2025-10-22T00:00 load_decided L2 release
        notice 2025-10-22T00:00 brake_off docs waiting 1
        released 2
        K-000001 annual 2025-10-22T00:00 [2026-01-01..2026-12-31]: docs 1100 x 1.00",
    );
}

/// As it was: what was billed by the roster before stays right.
#[test]
fn e13_a_mad_load_is_discarded_and_the_brake_is_released() {
    check(
        "",
        BOUNDED,
        "load 2025-09-01 K L1 1/1 full p1:a/GR/2025-08-18 p2:a/GR/2025-08-18 p3:a/GR/2025-08-18
        load 2025-10-01 K L2 1/1 full p1:a/GR/2025-08-18
        tick 2025-10-21
        load_decision 2025-10-22 K L2 discard
        tick 2025-10-22T00:01:00Z",
        "2025-12-01",
        "counted
        notice 2025-10-01T00:00 load_stopped L2 +0 -2 of 3
        notice 2025-10-01T00:00 brake_tripped docs: the roster load `L2` waits: it would remove 2 of 3 active pupils, and at most a share of 0.1 is allowed
        notice 2025-10-19T22:00 record_held docs 2026-01-01
        notice 2025-10-22T00:00 load_decided L2 discard
        notice 2025-10-22T00:00 brake_off docs waiting 0
        K-000001 annual 2025-10-22T00:00 [2026-01-01..2026-12-31]: docs 700 x 1.00",
    );
}

/// The brake's own release says: bill by the roster as it is. The load goes on waiting, and what it changes in the end
/// is corrected.
#[test]
fn e13_the_brake_of_a_load_may_be_released_before_the_load() {
    check(
        "",
        BOUNDED,
        "load 2025-09-01 K L1 1/1 full p1:a/GR/2025-08-18 p2:a/GR/2025-08-18 p3:a/GR/2025-08-18
        load 2025-10-01 K L2 1/1 full p1:a/GR/2025-08-18
        brake 2025-10-02 off customer K service=docs
        brake 2025-10-03 off customer K service=docs approver=berit
        tick 2025-10-21
        load_decision 2025-10-22 K L2 release",
        "2026-12-01",
        "counted
        notice 2025-10-01T00:00 load_stopped L2 +0 -2 of 3
        notice 2025-10-01T00:00 brake_tripped docs: the roster load `L2` waits: it would remove 2 of 3 active pupils, and at most a share of 0.1 is allowed
        notice 2025-10-02T00:00 control_refused bad_data
        notice 2025-10-03T00:00 brake_off docs waiting 0
        K-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs 700 x 1.00
        notice 2025-10-22T00:00 load_decided L2 release
        K-000002 annual 2026-10-19T22:00 [2027-01-01..2027-12-31]: docs 900 x 1.00
        K-000003 correction 2026-10-19T22:00 corrects 1: docs 200 x 1.00 [2026-01-01..2026-12-31]",
    );
}

/// What a hand has put on, or another load still needs, stays on.
#[test]
fn e13_the_end_of_a_load_releases_only_its_own_brake() {
    check(
        "",
        BOUNDED,
        "load 2025-09-01 K L1 1/1 full p1:a/GR/2025-08-18 p2:a/GR/2025-08-18 p3:a/GR/2025-08-18
        load 2025-10-01 K L2 1/1 full p1:a/GR/2025-08-18
        load 2025-10-02 K L3 1/1 full p2:a/GR/2025-08-18
        load_decision 2025-10-03 K L2 discard
        2 docs 2025-10-04 {\"quantity\":1200000000}
        brake 2025-10-05 on customer K service=docs
        load_decision 2025-10-06 K L3 discard
        brake 2025-10-07 off customer K service=docs",
        "2025-12-01",
        "counted braked
        notice 2025-10-01T00:00 load_stopped L2 +0 -2 of 3
        notice 2025-10-01T00:00 brake_tripped docs: the roster load `L2` waits: it would remove 2 of 3 active pupils, and at most a share of 0.1 is allowed
        notice 2025-10-02T00:00 load_stopped L3 +0 -2 of 3
        notice 2025-10-03T00:00 load_decided L2 discard
        notice 2025-10-06T00:00 load_decided L3 discard
        notice 2025-10-07T00:00 brake_off docs waiting 1
        released 2
        K-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs 900 x 1.00",
    );
}

#[test]
fn e13_a_load_is_discarded_or_decided_before_it_comes() {
    check(
        "",
        BOUNDED,
        "load_decision 2025-09-01 K L1 release
        load 2025-09-02 K L1 1/1 full p1:a/GR/2025-08-18 p2:a/GR/2025-08-18 p3:a/GR/2025-08-18 p4:a/GR/2025-08-18
        load 2025-10-01 K L2 1/1 delta p1:gone
        load_decision 2025-10-02 K L2 discard
        load_decision 2025-10-03 K L2 release
        load_decision 2025-10-03 K L1 discard
        load_decision 2025-10-03 K L3 discard anna anna",
        "2025-12-01",
        "counted
        notice 2025-09-01T00:00 load_decided L1 release
        notice 2025-10-01T00:00 load_stopped L2 +0 -1 of 4
        notice 2025-10-01T00:00 brake_tripped docs: the roster load `L2` waits: it would remove 1 of 4 active pupils, and at most a share of 0.1 is allowed
        notice 2025-10-02T00:00 load_decided L2 discard
        notice 2025-10-02T00:00 brake_off docs waiting 0
        notice 2025-10-03T00:00 control_refused bad_data
        notice 2025-10-03T00:00 control_refused bad_data
        notice 2025-10-03T00:00 control_refused bad_data
        K-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs 600 x 1.00",
    );
}

#[test]
fn e8_a_drift_is_told_by_school_and_told_again_when_it_is_mended() {
    check(
        "",
        "",
        "load 2025-09-01 K L1 1/1 full p1:a/GR/2025-08-18 p2:a/GR/2025-08-18,b/FTH/2025-08-18 p3:b/GR/2025-08-18
        master 2025-09-02 K 2025-09-01 a/GR=2 b/*=2 */*=3
        master 2025-09-03 K 2025-09-02 a/GR=3 b/GR=1 */GR=4
        master 2025-09-03 K 2025-09-02 a/GR=3 b/GR=1 */GR=4
        pupil 2025-09-04 K p4 a/GR/2025-09-04
        pupil 2025-09-05 K p4 a/GR/2025-09-01",
        "2025-09-30",
        "counted
        notice 2025-09-03T00:00 roster_drift 2025-09-02 */GR 4!=3 a/GR 3!=2
        notice 2025-09-05T00:00 roster_in_sync 2025-09-02",
    );
}

/// At one school only, the form is missing (REQUIREMENTS E4).
#[test]
fn e4_a_source_whose_data_are_bad_is_told_once() {
    let pupils = |first: u32, form: &str| (first..first + 10).map(|number| format!(" p{number}:b/{form}/2025-08-18")).collect::<String>();
    let facts = format!(
        "load 2025-09-01 K L1 1/2 full{}\nload 2025-09-01@2025-09-02 K L1 2/2 full{} p30:b/-/2025-08-18\nload 2025-09-03 K L2 1/1 delta p31:b/-/2025-08-18",
        pupils(0, "GR"),
        pupils(10, "FS")
    );
    check(
        "",
        "[roster]\nquality_floor = 960",
        &facts,
        "2025-09-30",
        "counted
        notice 2025-09-02T00:00 quality_low s 952 < 960",
    );
}

#[test]
fn e4_e16_each_rule_finds_its_fault() {
    let check = |facts: &str, expect: &[&str]| {
        let run = run_alike(&given::catalog(&settled("", "")), &given::journal(&format!("{KNOWN}\n{facts}"), "2025-09-30"));
        let Some(StateValue::Account(account)) = run.store.get(&StateKey::Account("K".into())) else { panic!("K is stored") };
        let roster = account.gates.roster.as_ref().expect("a roster");
        let days = roster.quality.sources.iter().flat_map(|source| &source.days);
        let shown =
            |(finding, times): &(tally::domain::roster::Finding, u64)| format!("{} {} {times}", finding.rule.as_str(), finding.unit);
        let found: Vec<String> = days.flat_map(|day| &day.findings).map(shown).collect();
        assert_eq!(found, expect, "{facts}");
    };
    let control = |data: &str| {
        format!(
            r#"control {{"specversion":"1.0","id":"x","source":"s","type":"tally.pupil.v1","subject":"K","time":"2025-09-01T00:00:00Z","data":{data}}}"#
        )
    };
    check("pupil 2025-09-01 K p1 a/GR/2025-08-18", &[]);
    check("pupil 2025-09-01 K p1 a/-/2025-08-18", &["missing_form a 1"]);
    check("pupil 2025-09-01 K p1 a/grskola/2025-08-18", &["unknown_form a 1"]);
    check("pupil 2025-09-01 K p1 a/GR/2025-08-18/2025-08-01", &["dates_backwards a 1"]);
    check("pupil 2025-09-01 K p1 a/GR/2025-08-18 a/GR/2025-09-01", &["overlap a 1"]);
    check("pupil 2025-09-01 K p1", &["no_enrolment  1"]);
    check(
        &control(
            r#"{"pupil":"0123456789abcdef","action":"delete","enrolments":[{"enroled_at":"a","start_date":"2025-08-18","school_type":"GR"}]}"#,
        ),
        &["open_after_delete a 1"],
    );
    check(
        &control(r#"{"pupil":"anna","enrolments":[{"enroled_at":"a","start_date":"2025-08-18","school_type":"GR"}]}"#),
        &["bad_pseudonym  1"],
    );
    check("load 2025-09-01 K L1 1/1 delta p1:a/GR/2025-08-18 p1:a/GR/2025-08-18", &["duplicate_pupil  1"]);
    check("load 2025-09-01 K L1 1/2 delta p1:a/GR/2025-08-18\nload 2025-09-01 K L1 2/2 delta p1:a/GR/2025-08-18", &["duplicate_pupil  1"]);
    check("pupil 2025-09-01 K p1 a/GR/2025-08-18\npupil 2025-09-02 K p1 b/GR/2025-09-01", &["history_lost a 1"]);
    check("pupil 2025-09-01 K p1 a/GR/2025-08-18\npupil 2025-09-02 K p1 a/GR/2025-08-18/2025-09-01 b/GR/2025-09-02", &[]);
}

/// Two schools, and a class of the same code at both (REQUIREMENTS E16).
#[test]
fn e16_two_schools_with_the_same_class_code_are_found_once() {
    let pupil = |name: &str, unit: &str| {
        format!(
            r#"{{"pupil":"{name}-0123456789abcdef","enrolments":[{{"enroled_at":"{unit}","school_type":"GR","start_date":"2025-08-18","class":"7A"}}]}}"#
        )
    };
    let pupils = [pupil("p1", "a"), pupil("p2", "a"), pupil("p3", "b"), pupil("p4", "b")].join(",");
    let data = format!(r#"{{"load":"L1","chunk":1,"of":1,"mode":"delta","as_of":"2025-09-01T00:00:00Z","pupils":[{pupils}]}}"#);
    let line = format!(
        r#"control {{"specversion":"1.0","id":"x","source":"s","type":"tally.roster.v1","subject":"K","time":"2025-09-01T00:00:00Z","data":{data}}}"#
    );
    let run = run_alike(&given::catalog(&settled("", "")), &given::journal(&format!("{KNOWN}\n{line}"), "2025-09-30"));
    let Some(StateValue::Account(account)) = run.store.get(&StateKey::Account("K".into())) else { panic!("K is stored") };
    let source = &account.gates.roster.as_ref().expect("a roster").quality.sources[0];
    assert_eq!((source.days[0].checked, source.days[0].flawed, source.days[0].findings[0].1), (4, 1, 1));
    assert_eq!(source.days[0].findings[0].0.rule.as_str(), "same_class");
}

/// Its own codes of two sources, of which one changed what a code means: counted by what they mean, each from its day on.
#[test]
fn e16_one_code_of_two_sources_means_what_each_of_them_says() {
    let codes = r#"[roster.school_types."//north"]
G = [ { from = "2024-07-01", is = "GR" }, { from = "2025-09-15", is = "GY" } ]
GR = "GRS"
[roster.school_types."//south"]
G = "FS"
"#;
    let told = |source: &str, name: &str, start: &str, form: &str| {
        let enrolment = format!(r#"{{"enroled_at":"a","school_type":"{form}","start_date":"{start}"}}"#);
        let data = format!(r#"{{"pupil":"{name}-0123456789abcdef","enrolments":[{enrolment}]}}"#);
        format!(
            r#"control {{"specversion":"1.0","id":"{name}{start}","source":"{source}","type":"tally.pupil.v1","subject":"K","time":"2025-09-20T00:00:00Z","data":{data}}}"#
        )
    };
    let check = |facts: &[String], expect: &[(&str, u64)], findings: u64| {
        let lines = format!("{KNOWN}\n{}", facts.join("\n"));
        let run = run_alike(&given::catalog(&settled("", codes)), &given::journal(&lines, "2025-09-30"));
        let Some(StateValue::Account(account)) = run.store.get(&StateKey::Account("K".into())) else { panic!("K is stored") };
        let roster = account.gates.roster.as_ref().expect("a roster");
        let day = "2025-09-29".parse().expect("a day");
        for (form, pupils) in expect {
            let asked = [(*form).to_owned()];
            assert_eq!(roster.counts.on(day, Some(asked.as_slice()), Counted::Once), *pupils, "{form} of {facts:?}");
        }
        let days = roster.quality.sources.iter().flat_map(|source| &source.days);
        assert_eq!(days.map(|day| day.flawed).sum::<u64>(), findings, "{facts:?}");
    };
    let (north, south) = (told("//north", "p1", "2025-09-01", "G"), told("//south", "p2", "2025-09-01", "G"));
    check(&[north.clone(), south], &[("GR", 1), ("FS", 1), ("G", 0)], 0);
    check(&[north, told("//north", "p3", "2025-09-15", "G")], &[("GR", 1), ("GY", 1)], 0);
    // A source's own meaning goes before that of SS12000; what has none stays as it is, and is found.
    check(&[told("//north", "p1", "2025-09-01", "GR")], &[("GR", 0), ("GRS", 1)], 0);
    check(&[told("//north", "p1", "2025-09-01", "FS")], &[("FS", 1)], 0);
    check(&[told("//north", "p1", "2025-09-01", "grskola")], &[("grskola", 1)], 1);
    check(&[told("//west", "p1", "2025-09-01", "G")], &[("G", 1)], 1);
}

/// A source counts in its own codes too.
#[test]
fn e16_the_counts_of_a_source_are_in_its_own_codes() {
    check(
        "",
        "[roster.school_types.s]\ngrskola = \"GR\"\ngrund = \"GR\"",
        "load 2025-09-01 K L1 1/1 full p1:a/grskola/2025-08-18 p2:a/grund/2025-08-18 p3:a/FS/2025-08-18
        master 2025-09-02 K 2025-09-01 a/grskola=1 a/grund=1 */FS=1
        master 2025-09-03 K 2025-09-02 a/grskola=1 a/grund=2 */FS=1",
        "2025-09-30",
        "counted
        notice 2025-09-03T00:00 roster_drift 2025-09-02 a/GR 3!=2",
    );
}
