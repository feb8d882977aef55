//! Capacity plans: what is stored beyond what is included per active pupil, charged before each year.

use crate::given;
use crate::show::{check as check_run, records, run_alike, shown};

pub fn plan(settings: &str) -> String {
    format!(
        r#"
[service.docs]
types = ["docs"]
title = "Secure documentation"
unit = "4L"
[plan.docs]
model = "capacity"
period = "year"
services = ["docs"]
seller = "s"
vat = {{ category = "S", rate = "25" }}
{settings}
"#
    )
}

/// Measured on 15 October, 100 MB free for each active pupil, SEK 0.10 for each MB beyond.
const OCTOBER: &str = r#"measure = "snapshot"
measured = "10-15"
included = "100"
price = [ { from = "2024-01-01", unit = { SEK = "0.10", EUR = "0.01" } }, { from = "2027-01-01", unit = { SEK = "0.12", EUR = "0.02" } } ]"#;

const KNOWN: &str = "customer 2025-01-01 K Europe/Stockholm SEK 2025-01-01";

fn check(settings: &str, events: &str, until: &str, expect: &str) {
    check_run(&plan(settings), &format!("{KNOWN}\n{events}"), until, expect);
}

/// The basis of each line, as `name value, ...`.
fn bases(settings: &str, events: &str, until: &str) -> Vec<String> {
    let run = run_alike(&given::catalog(&plan(settings)), &given::journal(&format!("{KNOWN}\n{events}"), until));
    let lines = records(&run).into_iter().flat_map(|record| record.lines.clone());
    let shown = |basis: &[(&str, String)]| basis.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ");
    lines.map(|line| shown(&line.basis)).collect()
}

/// REQUIREMENTS U14 to U19: 400 pupils leave, their data stays, and 200 GB are charged instead of 160.
const WORKED: &str = r#"pupils 2025-10-15 K 1000 2025-10-15
    1 docs 2025-10-01 {"quantity":260000000000}
    pupils 2026-10-15 K 600 2026-10-15
    2 docs 2026-10-01 {"quantity":260000000000}"#;

#[test]
fn the_worked_example_is_charged_to_the_digit() {
    check(
        OCTOBER,
        WORKED,
        "2026-12-01",
        "counted counted
        K-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs 160000 x 0.10
        K-000002 annual 2026-10-19T22:00 [2027-01-01..2027-12-31]: docs 200000 x 0.12",
    );
}

#[test]
fn the_worked_example_is_explained_on_the_record_itself() {
    assert_eq!(
        bases(OCTOBER, WORKED, "2026-12-01"),
        [
            "measured_on 2025-10-15, used 260000, active_pupils 1000, included_per_pupil 100, allowance 100000, extended 160000",
            "measured_on 2026-10-15, used 260000, active_pupils 600, included_per_pupil 100, allowance 60000, extended 200000, \
             measured_before 2025-10-15, used_before 260000, active_pupils_before 1000, change_by_storage 0, change_by_pupils 40000",
        ]
    );
}

#[test]
fn the_line_has_unit_and_title() {
    for (unit, code, units) in [("MB", "4L", "160000"), ("MiB", "E63", "147955.322265625")] {
        let settings = format!("unit = \"{unit}\"\nheading = \"Capacity\"\n{OCTOBER}");
        let run = run_alike(&given::catalog(&plan(&settings)), &given::journal(&format!("{KNOWN}\n{WORKED}"), "2025-12-01"));
        let line = records(&run)[0].lines[0].clone();
        assert_eq!((line.description.as_str(), line.unit.as_str(), line.quantity.to_string().as_str()), ("Capacity", code, units));
    }
}

#[test]
fn culling_on_the_measured_day_counts_by_event_time() {
    let settings = OCTOBER.replace("snapshot", "delta");
    let check = |time: &str, units: &str| {
        let events = format!(
            "pupils 2025-10-01 K 1 2025-10-01
            1 docs 2025-10-01 {{\"quantity\":300000000}}
            2 docs {time} {{\"quantity\":50000000,\"action\":\"culled\"}}"
        );
        let expect = format!("counted counted\nK-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs {units} x 0.10");
        check(&settings, &events, "2025-12-01", &expect);
    };
    check("2025-10-14T21:59:59Z", "150");
    check("2025-10-14T22:00:00Z", "200");
}

/// Each unit, and each source that names none, tells its own; the latest by event time is in force.
#[test]
fn snapshots_are_summed_over_units() {
    check(
        OCTOBER,
        r#"pupils 2025-10-01 K 1 2025-10-01
        1 docs 2025-09-01 {"quantity":900000000,"unit":"north"}
        2 docs 2025-09-02 {"quantity":300000000,"unit":"south"}
        3 docs 2025-10-03 {"quantity":150000000,"unit":"north"}
        4 docs 2025-10-02@2025-10-04 {"quantity":700000000,"unit":"north"}
        5 docs 2025-10-05 {"quantity":1000000}
        6 docs 2025-10-15 {"quantity":0,"unit":"south"}"#,
        "2025-12-01",
        "counted counted counted counted counted counted
        K-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs 351 x 0.10",
    );
}

#[test]
fn what_is_archived_counts_and_is_shown_apart() {
    let events = r#"pupils 2025-10-01 K 1 2025-10-01
        1 docs 2025-09-01 {"quantity":90000000,"lifecycle":"active"}
        2 docs 2025-09-02 {"quantity":300000000,"lifecycle":"archived"}"#;
    assert_eq!(
        bases(OCTOBER, events, "2025-12-01"),
        ["measured_on 2025-10-15, used 390, used_active 90, used_archived 300, active_pupils 1, included_per_pupil 100, allowance 100, \
          extended 290"]
    );
}

#[test]
fn begun_steps_are_charged_whole() {
    let settings = format!("step = \"1000\"\n{OCTOBER}");
    check(
        &settings,
        "pupils 2025-10-01 K 1 2025-10-01\n1 docs 2025-10-01 {\"quantity\":1100000001}",
        "2025-12-01",
        "counted\nK-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs 2000 x 0.10",
    );
}

#[test]
fn nothing_beyond_the_allowance_has_no_record_or_a_zero_one() {
    let events = "pupils 2025-10-01 K 10 2025-10-01\n1 docs 2025-10-01 {\"quantity\":1000000000}";
    check(OCTOBER, events, "2026-12-01", "counted");
    check(
        &format!("zero = true\n{OCTOBER}"),
        events,
        "2025-12-01",
        "counted\nK-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs 0 x 0.10",
    );
}

/// Only the listed forms count, each by its latest count; a count without a form is of all.
#[test]
fn pupils_count_in_active_school_forms() {
    let forms = format!("school_forms = [\"grskola\", \"fskola\"]\n{OCTOBER}");
    let check = |told: &str, units: &str| {
        let events = format!("{told}\n1 docs 2025-10-01 {{\"quantity\":10000000000}}");
        let expect = format!("counted\nK-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs {units} x 0.10");
        check(&forms, &events, "2025-12-01", &expect);
    };
    check("pupils 2025-10-01 K 40 2025-10-01", "6000");
    check("pupils 2025-10-01 K 40 2025-10-01 grskola\npupils 2025-10-01 K 30 2025-10-01 fritids", "6000");
    check("pupils 2025-10-01 K 40 2025-10-01 grskola\npupils 2025-10-01 K 30 2025-10-15 fskola", "3000");
    check("pupils 2025-10-01 K 40 2025-10-01 grskola\npupils 2025-10-01 K 30 2025-10-16 fskola", "6000");
}

/// REQUIREMENTS 1E, vector 10: held, told, never divided; released at once by the fact that was missing.
#[test]
fn vector_10_without_active_pupils_the_record_is_held_until_a_count_comes() {
    check(
        OCTOBER,
        r#"1 docs 2025-10-01 {"quantity":300000000}
        pupils 2025-11-02 K 0 2025-10-01
        pupils 2025-11-03T10:00:00Z K 2 2025-10-15
        pupils 2025-11-04 K 1 2025-10-15"#,
        "2026-12-01",
        "counted
        notice 2025-10-19T22:00 record_held docs 2026-01-01
        K-000001 annual 2025-11-03T10:00 [2026-01-01..2026-12-31]: docs 100 x 0.10
        K-000002 annual 2026-10-19T22:00 [2027-01-01..2027-12-31]: docs 200 x 0.12
        K-000003 correction 2026-10-19T22:00 corrects 1: docs 100 x 0.10 [2026-01-01..2026-12-31]",
    );
}

#[test]
fn a_decision_releases_a_held_record() {
    let held = "1 docs 2025-10-01 {\"quantity\":300000000}";
    let check = |ruling: &str, expect: &str| {
        let events = format!("{held}\ndecide 2025-11-03 K docs 2026-01-01 {ruling}");
        let expect = format!("counted\nnotice 2025-10-19T22:00 record_held docs 2026-01-01\n{expect}");
        check(OCTOBER, &events, "2026-02-01", &expect);
    };
    check("charge_all", "K-000001 annual 2025-11-03T00:00 [2026-01-01..2026-12-31]: docs 300 x 0.10");
    check("waive", "notice 2025-11-03T00:00 record_waived docs 2026-01-01");
    let events = format!("{held}\ndecide 2025-11-03 K docs 2026-01-01 charge_all");
    assert_eq!(
        bases(OCTOBER, &events, "2026-02-01"),
        [
            "measured_on 2025-10-15, used 300, active_pupils 0, included_per_pupil 100, allowance 0, extended 300, decision charge_all, actor a-7"
        ]
    );
}

/// A year that was charged and is waived later is taken back with the next close.
#[test]
fn a_waived_year_is_taken_back() {
    check(
        OCTOBER,
        r#"pupils 2025-10-01 K 1 2025-10-01
        1 docs 2025-10-01 {"quantity":300000000}
        decide 2026-03-01 K docs 2026-01-01 waive
        2 docs 2026-10-01 {"quantity":90000000}"#,
        "2026-12-01",
        "counted counted
        K-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs 200 x 0.10
        K-000002 correction 2026-10-19T22:00 corrects 1: docs -200 x 0.10 [2026-01-01..2026-12-31]
        notice 2026-10-19T22:00 record_waived docs 2026-01-01",
    );
}

#[test]
fn more_culled_than_stored_is_held() {
    check(
        &OCTOBER.replace("snapshot", "delta"),
        r#"pupils 2025-10-01 K 1 2025-10-01
        1 docs 2025-10-01 {"quantity":5,"action":"culled"}
        2 docs 2025-10-14@2025-10-25 {"quantity":300000000}"#,
        "2026-02-01",
        "counted counted
        notice 2025-10-19T22:00 record_held docs 2026-01-01
        K-000001 annual 2025-10-25T22:00 [2026-01-01..2026-12-31]: docs 199.999995 x 0.10",
    );
}

#[test]
fn without_a_price_the_record_is_held() {
    check(
        &OCTOBER.replace("SEK = \"0.10\", ", ""),
        "pupils 2025-10-01 K 1 2025-10-01\n1 docs 2025-10-01 {\"quantity\":300000000}",
        "2025-12-01",
        "counted\nnotice 2025-10-19T22:00 record_held docs 2026-01-01",
    );
}

#[test]
fn late_events_and_back_dated_counts_correct_the_closed_year() {
    check(
        OCTOBER,
        r#"pupils 2025-10-01 K 2 2025-10-01
        1 docs 2025-10-01 {"quantity":500000000}
        2 docs 2025-10-14@2025-10-25 {"quantity":600000000}
        pupils 2025-11-01 K 3 2025-10-14
        3 docs 2026-10-01 {"quantity":100000000}"#,
        "2026-12-01",
        "counted counted counted
        K-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs 300 x 0.10",
    );
    check(
        OCTOBER,
        r#"pupils 2025-10-01 K 2 2025-10-01
        1 docs 2025-10-01 {"quantity":500000000}
        2 docs 2025-10-14@2025-10-25 {"quantity":650000000}
        pupils 2025-11-01 K 3 2025-10-14
        3 docs 2026-10-01 {"quantity":100000000}"#,
        "2026-12-01",
        "counted counted counted
        K-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs 300 x 0.10
        K-000002 correction 2026-10-19T22:00 corrects 1: docs 50 x 0.10 [2026-01-01..2026-12-31]",
    );
}

/// Measured on the first day of each year, which begins with the agreement; the first year began empty.
#[test]
fn years_begin_with_the_agreement() {
    let settings = OCTOBER.replace("measured = \"10-15\"", "starts = \"agreement\"");
    check(
        &settings,
        r#"active 2025-03-01 K docs 2025-03-14T23:00:00Z
        pupils 2025-03-01 K 1 2025-03-01
        1 docs 2025-03-20 {"quantity":300000000}
        active 2025-04-01 K docs 2025-02-01
        2 docs 2026-03-14T22:59:59Z {"quantity":400000000}
        3 docs 2026-03-14T23:00:00Z {"quantity":900000000}"#,
        "2026-06-01",
        "counted counted counted
        K-000001 annual 2026-03-19T23:00 [2026-03-15..2027-03-14]: docs 300 x 0.10",
    );
}

/// Until the first use is counted, an earlier activation moves the years.
#[test]
fn the_first_activation_begins_the_years() {
    let settings = OCTOBER.replace("measured = \"10-15\"", "starts = \"agreement\"");
    check(
        &settings,
        r#"active 2025-03-01 K docs 2025-03-15
        active 2025-03-02 K docs 2025-01-31
        pupils 2025-03-01 K 1 2025-03-01
        1 docs 2025-03-20 {"quantity":300000000}"#,
        "2027-03-01",
        "counted
        K-000001 annual 2026-02-04T23:00 [2026-01-31..2027-01-30]: docs 200 x 0.10
        K-000002 annual 2027-02-04T23:00 [2027-01-31..2028-01-30]: docs 200 x 0.12",
    );
}

/// Each year is measured again on the next October day, and the difference is one correction.
#[test]
fn a_year_is_trued_up_by_the_next_measured_day() {
    let settings = format!("true_up = true\n{OCTOBER}");
    let events = r#"active 2025-02-01 K docs 2025-02-01
        pupils 2025-10-01 K 1 2025-10-01
        1 docs 2025-10-01 {"quantity":300000000}
        2 docs 2026-10-01 {"quantity":500000000}
        3 docs 2026-10-14@2026-10-25 {"quantity":450000000}
        4 docs 2027-10-01 {"quantity":450000000}"#;
    check(
        &settings,
        events,
        "2027-12-01",
        "counted counted counted counted
        K-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs 200 x 0.10
        K-000002 annual 2026-10-19T22:00 [2027-01-01..2027-12-31]: docs 400 x 0.12
        K-000003 correction 2026-10-19T22:00 corrects 1: docs 200 x 0.10 [2026-01-01..2026-12-31]
        K-000004 annual 2027-10-19T22:00 [2028-01-01..2028-12-31]: docs 350 x 0.12
        K-000005 correction 2027-10-19T22:00 corrects 1+2: docs -50 x 0.10 [2026-01-01..2026-12-31], docs -50 x 0.12 [2027-01-01..2027-12-31]",
    );
    assert_eq!(
        bases(&settings, events, "2026-12-01")[2],
        "measured_on 2026-10-15, first_measured_on 2025-10-15, used 500, active_pupils 1, included_per_pupil 100, allowance 100, \
         extended 400, measured_before 2025-10-15, used_before 300, active_pupils_before 1, change_by_storage 200, change_by_pupils 0, \
         charged_before 200"
    );
}

/// The first whole year was not measured before it: it is charged by its own October. The year in which
/// the agreement began is not charged.
#[test]
fn the_first_whole_year_is_trued_up_too() {
    check(
        &format!("true_up = true\n{OCTOBER}"),
        "pupils 2025-10-01 K 1 2025-10-01\n1 docs 2025-11-01 {\"quantity\":300000000}",
        "2026-12-01",
        "counted
        K-000001 annual 2026-10-19T22:00 [2027-01-01..2027-12-31]: docs 200 x 0.12
        K-000002 correction 2026-10-19T22:00: docs 200 x 0.10 [2026-01-01..2026-12-31]",
    );
}

/// The year that follows cannot be measured: the one before it keeps what it has until it can.
#[test]
fn a_held_year_trues_nothing_up() {
    check(
        &format!("true_up = true\n{OCTOBER}"),
        r#"active 2025-02-01 K docs 2025-02-01
        pupils 2025-10-01 K 1 2025-10-01
        1 docs 2025-10-01 {"quantity":300000000}
        pupils 2026-10-01 K 0 2026-10-01
        pupils 2026-11-01 K 2 2026-10-15"#,
        "2027-12-01",
        "counted
        K-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs 200 x 0.10
        notice 2026-10-19T22:00 record_held docs 2027-01-01
        K-000002 annual 2026-11-01T00:00 [2027-01-01..2027-12-31]: docs 100 x 0.12
        K-000003 annual 2027-10-19T22:00 [2028-01-01..2028-12-31]: docs 100 x 0.12
        K-000004 correction 2027-10-19T22:00 corrects 1: docs -100 x 0.10 [2026-01-01..2026-12-31]",
    );
}

/// A year that was issued stays in its zone and currency: it is corrected in them.
#[test]
fn a_customer_that_moves_is_corrected_where_it_was_charged() {
    check(
        OCTOBER,
        r#"pupils 2025-10-01 K 1 2025-10-01
        1 docs 2025-10-01 {"quantity":300000000}
        customer 2025-11-01 K Europe/Helsinki EUR 2025-12-01
        2 docs 2025-10-14@2025-11-02 {"quantity":400000000}"#,
        "2026-12-01",
        "counted counted
        K-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs 200 x 0.10
        K-000002 annual 2026-10-19T21:00 [2027-01-01..2027-12-31]: docs 300 x 0.02
        K-000003 correction 2026-10-19T21:00 corrects 1: docs 100 x 0.10 [2026-01-01..2026-12-31]",
    );
}

#[test]
fn an_event_that_makes_no_sense_is_refused() {
    let check = |measure: &str, data: &str, verdict: &str| {
        let settings = OCTOBER.replace("snapshot", measure);
        let run =
            run_alike(&given::catalog(&plan(&settings)), &given::journal(&format!("{KNOWN}\n1 docs 2025-10-01 {data}"), "2025-10-02"));
        assert_eq!(shown(&run), [verdict], "{measure} {data}");
    };
    check("snapshot", r#"{"quantity":1}"#, "counted");
    check("snapshot", r#"{"quantity":1.5}"#, "bad_quantity");
    check("snapshot", r#"{"quantity":1,"action":"culled"}"#, "bad_data");
    check("snapshot", r#"{"quantity":1,"unit":""}"#, "bad_data");
    check("snapshot", r#"{"quantity":1,"unit":7}"#, "undecodable");
    check("snapshot", r#"{"quantity":1,"lifecycle":"gone"}"#, "bad_data");
    check("delta", r#"{"quantity":1,"action":"culled"}"#, "counted");
    check("delta", r#"{"quantity":1,"action":"burnt"}"#, "bad_data");
    check("delta", r#"{"quantity":1,"lifecycle":"archived"}"#, "counted");
}

/// REQUIREMENTS 1E, vector 12: pupils who leave in June and come in August change nothing; what is stored and
/// who goes to school on the measured day does.
#[test]
fn vector_12_the_school_year_turns_between_two_measured_days() {
    check(
        OCTOBER,
        r#"pupils 2025-06-10 K 3 2025-06-01
        1 docs 2025-06-10 {"quantity":500000000}
        pupils 2025-06-20 K 0 2025-06-15
        2 docs 2025-07-15 {"quantity":500000000}
        pupils 2025-08-20 K 4 2025-08-18
        3 docs 2025-10-01 {"quantity":450000000}"#,
        "2026-06-01",
        "counted counted counted
        K-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs 50 x 0.10",
    );
}

/// Years that begin after the merger are not charged to the customer that ended, and given back where they
/// were; the survivor tells its own snapshot.
#[test]
fn years_end_with_the_customer() {
    let facts = "customer 2025-01-01 L Europe/Stockholm SEK 2025-01-01
        pupils 2025-10-01 K 1 2025-10-01
        pupils 2025-10-01 L 1 2025-10-01
        1 docs 2025-10-01 K {\"quantity\":300000000}";
    check(
        OCTOBER,
        &format!("{facts}\nmerge 2026-06-01 K L 2026-06-01\n2 docs 2026-10-01 L {{\"quantity\":350000000}}"),
        "2027-02-01",
        "counted counted
        K-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs 200 x 0.10
        notice 2026-06-01T00:00 customer_merged L 1 pupils unknown on 2026-06-01
        L-000001 annual 2026-10-19T22:00 [2027-01-01..2027-12-31]: docs 250 x 0.12",
    );
    check(
        OCTOBER,
        &format!("{facts}\nmerge 2026-11-01 K L 2025-12-01\n2 docs 2026-10-01 L {{\"quantity\":350000000}}"),
        "2027-12-01",
        "counted counted
        K-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs 200 x 0.10
        K-000002 annual 2026-10-19T22:00 [2027-01-01..2027-12-31]: docs 200 x 0.12
        L-000001 annual 2026-10-19T22:00 [2027-01-01..2027-12-31]: docs 250 x 0.12
        notice 2026-11-01T00:00 customer_merged L 1 pupils unknown on 2025-12-01
        K-000003 correction 2027-10-19T22:00 corrects 1+2: docs -200 x 0.10 [2026-01-01..2026-12-31], docs -200 x 0.12 [2027-01-01..2027-12-31]
        L-000002 annual 2027-10-19T22:00 [2028-01-01..2028-12-31]: docs 250 x 0.12",
    );
}

/// REQUIREMENTS 1E, vector 16: at one instant, a year in advance and one in arrears have a record each.
#[test]
fn vector_16_capacity_in_advance_and_archive_in_arrears_are_two_records() {
    let archive = r#"
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
reference = "01-01"
heading = "Arkiv"
price = [ { from = "2024-01-01", unit = { SEK = "0.50" } } ]
"#;
    let january = OCTOBER.replace("measured = \"10-15\"\n", "");
    let events = format!(
        "{KNOWN}\npupils 2025-10-01 K 1 2025-10-01
        1 docs 2025-12-31T22:59:59Z {{\"quantity\":300000000}}
        2 part 2025-12-31T22:59:59Z {{\"quantity\":9,\"created\":\"2020-01-01\"}}"
    );
    let expect = "counted counted
        K-000001 annual 2026-01-05T23:00 [2025-01-01..2025-12-31]: part 9 x 0.50
        K-000002 annual 2026-01-05T23:00 [2026-01-01..2026-12-31]: docs 200 x 0.10";
    check_run(&format!("{}{archive}", plan(&january)), &events, "2026-02-01", expect);
    let advance = archive.replace("heading", "charge = \"advance\"\nheading");
    let expect = "counted counted\nK-000001 annual 2026-01-05T23:00 [2026-01-01..2026-12-31]: part 9 x 0.50, docs 200 x 0.10";
    check_run(&format!("{}{advance}", plan(&january)), &events, "2026-02-01", expect);
}
