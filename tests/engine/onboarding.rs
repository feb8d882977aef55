//! Taking a service into use (REQUIREMENTS K1 to K15): what waits, what is a test, what is production.

use std::sync::Arc;

use tally::engine::input::{Effect, Step, Want};
use tally::engine::{Engine, Limits};

use crate::lanes::Positions;
use crate::show::check as check_run;
use crate::taken::hash;

fn plans(onboarding: &str) -> String {
    format!(
        r#"
[service.archive]
types = ["arc"]
title = "Arkivering"
unit = "C62"
onboarding = {onboarding}
[service.other]
types = ["oth"]
title = "Annat"
unit = "C62"
onboarding = true
[plan.archive]
model = "metered"
period = "month"
services = ["archive", "other"]
seller = "s"
vat = {{ category = "S", rate = "25" }}
price = [ {{ from = "2026-01-01", unit = {{ EUR = "2.00" }} }} ]
"#
    )
}

/// Everything but what a rule is about.
const CUSTOMER: &str = "customer 2026-01-01 K Europe/Helsinki EUR 2026-01-01";
const RELATION: &str = "relation 2026-01-01 K 2026-01-01";
const DESCRIBED: &str = "described 2026-01-01 archive 1.0 2026-01-01
approve 2026-01-01 K archive 1.0";
const PLANNED: &str = "plan 2026-01-02 K p archive 2026-01-12T08:00:00Z 2026-01-12T16:00:00Z";
const TESTED: &str = "ran 2026-01-12T12:00:00Z K p 2026-01-12T12:00:00Z passed";
const VERIFIED: &str = "verified 2026-01-14T10:00:00Z K p 2026-01-14T10:00:00Z";
const REPORTED: &str = "reported 2026-01-13T11:00:00Z K p 2026-01-13T11:00:00Z";
const GRANTED: &str = "grant 2026-01-01 lev 999 2026-01-01";
const ISSUED: &str = "issue 2026-01-02 999 K archive 2026-01-10 2026-01-20";

const MONTH: &str = "K-000001 periodic 2026-02-05T22:00 [2026-01-01..2026-01-31]:";

fn check_with(onboarding: &str, lines: &[&str], expect: &str) {
    check_run(&plans(onboarding), &lines.join("\n"), "2026-03-01", expect);
}

fn check(lines: &[&str], expect: &str) {
    check_with("true", lines, expect);
}

/// A use by somebody who is a test id.
fn test_use(id: &str, time: &str, customer: &str) -> String {
    format!(r#"{id} arc {time} {customer} {{"person":"{}"}}"#, hash("999"))
}

/// A service that does not ask costs nothing and knows nothing of all this.
#[test]
fn k1_a_service_that_does_not_ask_needs_no_onboarding() {
    check_with("false", &[CUSTOMER, "1 arc 2026-01-15"], &format!("counted\n{MONTH} archive 1 x 2.00"));
}

#[test]
fn k1_all_conditions_are_met_and_production_is_open() {
    check(
        &[CUSTOMER, RELATION, DESCRIBED, PLANNED, TESTED, REPORTED, VERIFIED, "1 arc 2026-01-15"],
        &format!("counted\nnotice 2026-01-14T10:00 production_opened archive 2026-01-12T12:00\n{MONTH} archive 1 x 2.00"),
    );
}

#[test]
fn k2_use_without_a_valid_relation_waits_and_a_relation_that_lapses_closes() {
    check(
        &[
            CUSTOMER,
            "relation 2026-01-01 K 2026-01-01 2026-01-20",
            DESCRIBED,
            PLANNED,
            TESTED,
            REPORTED,
            VERIFIED,
            "1 arc 2026-01-19",
            "2 arc 2026-01-21",
            "3 arc 2026-01-22",
            "relation 2026-01-25 K 2026-01-22",
        ],
        &format!(
            "counted not_onboarded not_onboarded
            notice 2026-01-14T10:00 production_opened archive 2026-01-12T12:00
            notice 2026-01-25T00:00 production_opened archive 2026-01-22T00:00
            released 3
            {MONTH} archive 2 x 2.00"
        ),
    );
}

/// What was counted before the end was told stays, and somebody is told.
#[test]
fn k2_a_relation_that_is_ended_late_is_told() {
    check(
        &[
            CUSTOMER,
            RELATION,
            DESCRIBED,
            PLANNED,
            TESTED,
            REPORTED,
            VERIFIED,
            "1 arc 2026-01-21",
            "relation 2026-01-25 K 2026-01-01 2026-01-20",
        ],
        &format!(
            "counted
            notice 2026-01-14T10:00 production_opened archive 2026-01-12T12:00
            notice 2026-01-25T00:00 onboarding_told_late archive 2026-01-20T00:00 2026-01-25T00:00
            {MONTH} archive 1 x 2.00"
        ),
    );
}

#[test]
fn k3_a_new_version_of_the_description_is_approved_anew() {
    check(
        &[
            CUSTOMER,
            RELATION,
            DESCRIBED,
            PLANNED,
            TESTED,
            REPORTED,
            VERIFIED,
            "described 2026-01-15 archive 2.0 2026-01-20",
            "1 arc 2026-01-19",
            "2 arc 2026-01-21",
            "approve 2026-01-25 K archive 2.0",
            "3 arc 2026-01-26",
        ],
        &format!(
            "counted not_onboarded counted
            notice 2026-01-14T10:00 production_opened archive 2026-01-12T12:00
            notice 2026-01-25T00:00 production_opened archive 2026-01-20T00:00
            released 2
            {MONTH} archive 3 x 2.00"
        ),
    );
}

/// A description is a fact of all partitions: that it comes last releases what waits.
#[test]
fn k3_a_description_that_comes_late_releases() {
    check(
        &[
            CUSTOMER,
            RELATION,
            "approve 2026-01-01 K archive 1.0",
            PLANNED,
            TESTED,
            REPORTED,
            VERIFIED,
            "1 arc 2026-01-15",
            "described 2026-01-16 archive 1.0 2026-01-01",
        ],
        &format!("not_onboarded\nreleased 1\n{MONTH} archive 1 x 2.00"),
    );
}

/// Where the seller's records must be good for invoices, what they lack is asked for before the first use, not at the first invoice.
#[test]
fn k4_administrative_details_are_complete_before_use_is_charged() {
    let plans = plans("true") + INVOICED;
    let told = |lines: &[&str]| {
        let lines: Vec<String> = lines.iter().map(|line| line.replace(" archive", " inv")).collect();
        lines.join("\n")
    };
    let lines = [CUSTOMER, RELATION, DESCRIBED, PLANNED, TESTED, REPORTED, VERIFIED, "1 inv 2026-01-15"];
    let incomplete = "notice 2026-01-01T00:00 customer_incomplete 2026-01-01 i/BT-10 i/BT-49";
    check_run(&plans, &told(&lines), "2026-03-01", &format!("not_onboarded\n{incomplete}"));
    let complete = r#"control {"specversion":"1.0","id":"m","source":"s","type":"tally.customer.v1","time":"2026-01-20T00:00:00Z","subject":"K","data":{"name":"K","country":"FI","timezone":"Europe/Helsinki","currency":"EUR","from":"2026-01-01","buyer_reference":"r","endpoint":{"scheme":"0216","id":"003712345671"}}}"#;
    check_run(
        &plans,
        &told(&[&lines[..], &[complete]].concat()),
        "2026-03-01",
        &format!(
            "not_onboarded
            {incomplete}
            notice 2026-01-20T00:00 production_opened inv 2026-01-12T12:00
            released 1
            K-000001 periodic 2026-02-05T22:00 [2026-01-01..2026-01-31] due 2026-03-08: inv 1 x 2.00"
        ),
    );
}

const INVOICED: &str = r#"
[seller.i]
name = "Invoicing"
country = "FI"
org_number = "1234567-1"
vat_number = "FI12345671"
endpoint = { scheme = "0216", id = "003712345671" }
address = { street = "Gatan 1", city = "Staden", post_code = "00000" }
payment = { means = "30", account = "FI0000000000000000" }
terms = "P30D"
invoice = "peppol-bis-3"
[service.inv]
types = ["inv"]
title = "Arkivering"
unit = "C62"
onboarding = true
[plan.inv]
model = "metered"
period = "month"
services = ["inv"]
seller = "i"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { EUR = "2.00" } } ]
"#;

/// Activation is a gate of its own: before it, after it, and told late.
#[test]
fn u5_a_service_is_activated_and_taken_into_use() {
    let plans = plans("true").replace("onboarding = true\n[service", "onboarding = true\nactivation = true\n[service");
    check_run(
        &plans,
        &[
            CUSTOMER,
            RELATION,
            DESCRIBED,
            PLANNED,
            TESTED,
            REPORTED,
            VERIFIED,
            "1 arc 2026-01-15",
            "2 arc 2026-01-17",
            "active 2026-01-20 K archive 2026-01-16 2026-01-22",
            "3 arc 2026-01-21",
            "4 arc 2026-01-23",
        ]
        .join("\n"),
        "2026-03-01",
        &format!(
            "not_activated not_activated counted not_activated
            notice 2026-01-14T10:00 production_opened archive 2026-01-12T12:00
            released 2
            {MONTH} archive 2 x 2.00"
        ),
    );
}

/// Activated, and not taken into use: it waits for that.
#[test]
fn u5_activation_alone_does_not_open_what_is_taken_into_use() {
    check(&[CUSTOMER, "active 2026-01-01 K archive 2026-01-01", "1 arc 2026-01-15"], "not_onboarded");
}

#[test]
fn k5_k6_k7_without_an_agreed_test_nothing_is_production() {
    check(&[CUSTOMER, RELATION, DESCRIBED, TESTED, REPORTED, VERIFIED, "1 arc 2026-01-15"], "not_onboarded");
    check(&[CUSTOMER, RELATION, DESCRIBED, PLANNED, VERIFIED, REPORTED, "1 arc 2026-01-15"], "not_onboarded");
}

#[test]
fn k6_the_archivist_is_not_the_tester() {
    check(
        &[CUSTOMER, RELATION, DESCRIBED, &format!("{PLANNED} tester=a"), TESTED, REPORTED, VERIFIED, "1 arc 2026-01-15"],
        "not_onboarded\nnotice 2026-01-02T00:00 control_refused bad_data",
    );
}

/// The archivist loses the right before verifying: another one is agreed on, and verifies.
#[test]
fn k6_only_the_archivist_of_the_time_verifies() {
    let anew = format!("{} agreed=2026-01-13 archivist=b", PLANNED.replace("plan 2026-01-02", "plan 2026-01-13"));
    check(
        &[CUSTOMER, RELATION, DESCRIBED, PLANNED, TESTED, &anew, REPORTED, VERIFIED, "1 arc 2026-01-15",
          "verified 2026-01-16 K p 2026-01-16 archivist=b"],
        &format!(
            "not_onboarded
            notice 2026-01-14T10:00 commissioning_unverified p: `a` verified at 2026-01-14T10:00:00.000Z, and is not the archivist of the plan then
            notice 2026-01-16T00:00 production_opened archive 2026-01-12T12:00
            released 1
            {MONTH} archive 1 x 2.00"
        ),
    );
}

#[test]
fn k7_a_test_outside_of_its_window_is_none_and_another_plan_mends_it() {
    check(
        &[
            CUSTOMER,
            RELATION,
            DESCRIBED,
            PLANNED,
            "ran 2026-01-12T16:00:00Z K p 2026-01-12T16:00:00Z passed",
            VERIFIED,
            "plan 2026-01-15 K q archive 2026-01-16 2026-01-17",
            "ran 2026-01-16T09:00:00Z K q 2026-01-16T09:00:00Z failed",
            "ran 2026-01-16T10:00:00Z K q 2026-01-16T10:00:00Z passed",
            "verified 2026-01-16T11:00:00Z K q 2026-01-16T11:00:00Z",
            "reported 2026-01-16T12:00:00Z K q 2026-01-16T12:00:00Z",
            "1 arc 2026-01-15",
            "2 arc 2026-01-17",
        ],
        &format!(
            "not_onboarded counted
            notice 2026-01-16T11:00 production_opened archive 2026-01-16T10:00
            {MONTH} archive 1 x 2.00"
        ),
    );
}

/// What is agreed upon never changes under its name.
#[test]
fn k7_another_window_is_another_plan() {
    check(
        &[
            CUSTOMER,
            RELATION,
            DESCRIBED,
            PLANNED,
            "plan 2026-01-03 K p archive 2026-01-12T08:00:00Z 2026-01-13T16:00:00Z",
            TESTED,
            REPORTED,
            VERIFIED,
            "1 arc 2026-01-15",
        ],
        &format!(
            "counted
            notice 2026-01-03T00:00 control_refused bad_data
            notice 2026-01-14T10:00 production_opened archive 2026-01-12T12:00
            {MONTH} archive 1 x 2.00"
        ),
    );
}

/// In the production environment, with the system that was agreed on: another one's use is no test.
#[test]
fn k8_only_the_agreed_system_tests() {
    let lines = |system: &str| {
        let plan = format!("{PLANNED} system={system}");
        let used = test_use("1", "2026-01-12T10:00:00Z", "K");
        [CUSTOMER, RELATION, DESCRIBED, &plan, GRANTED, ISSUED, &used].join("\n")
    };
    check(&[&lines("s")], "test");
    check(&[&lines("another")], "not_onboarded\nnotice 2026-01-12T10:00 test_id_misused archive 1");
}

/// Where the catalog asks for registered systems, an unregistered one tests nothing; registered late, it does.
#[test]
fn k8_only_a_registered_system_tests() {
    let plans = plans("true").replacen("onboarding = true", "onboarding = true\nregistered = true", 1);
    let used = test_use("1", "2026-01-12T10:00:00Z", "K");
    let lines = [CUSTOMER, PLANNED, GRANTED, ISSUED, &used, "system 2026-01-13 klient s 2026-01-01"].join("\n");
    check_run(
        &plans,
        &lines,
        "2026-03-01",
        "unknown_system\nnotice 2026-01-12T10:00 security_alarm unknown_system s 2026-01-12\nnotice 2026-01-12T10:00 test_id_misused archive 1\nreleased 1",
    );
}

/// Granted to the supplier that issues it, or it is not issued: the grant may come last.
#[test]
fn k9_an_id_is_issued_by_whom_it_is_granted_to() {
    let used = test_use("1", "2026-01-12T10:00:00Z", "K");
    check(&[CUSTOMER, PLANNED, GRANTED, ISSUED, &used], "test");
    check(
        &[CUSTOMER, PLANNED, ISSUED, &used, "grant 2026-01-13 lev 999 2026-01-01"],
        "not_onboarded\nnotice 2026-01-12T10:00 test_id_misused archive 1\nreleased 1",
    );
    check(
        &[CUSTOMER, PLANNED, ISSUED, &used, "grant 2026-01-13 lev 999 2026-01-13"],
        "not_onboarded\nnotice 2026-01-12T10:00 test_id_misused archive 1",
    );
    check(
        &[CUSTOMER, PLANNED, ISSUED, &used, "grant 2026-01-13 another 999 2026-01-01"],
        "not_onboarded\nnotice 2026-01-12T10:00 test_id_misused archive 1",
    );
}

#[test]
fn k10_an_overlapping_issue_to_another_customer_is_refused() {
    let refused = "notice 2026-01-03T00:00 control_refused bad_data";
    check(&[ISSUED, "issue 2026-01-03 999 L archive 2026-01-19"], refused);
    check(&[ISSUED, "issue 2026-01-03 999 L archive 2026-01-01"], refused);
    check(&[ISSUED, "issue 2026-01-03 999 L archive 2026-01-01 2026-01-10"], "");
    check(&[ISSUED, "issue 2026-01-03 999 L archive 2026-01-20"], "");
    check(&[ISSUED, "issue 2026-01-03 999 K other 2026-01-10"], "");
    check(&[ISSUED, "issue 2026-01-03 998 L archive 2026-01-10"], "");
    check(&[ISSUED, "return 2026-01-02 999 K archive 2026-01-11", "issue 2026-01-03 999 L archive 2026-01-11"], "");
    check(&["return 2026-01-01 999 K archive 2026-01-11", ISSUED, "issue 2026-01-03 999 L archive 2026-01-11"], "");
}

/// Each partition has the facts about test ids in its own log, in the same order, and refuses the same one.
#[test]
fn k10_every_partition_refuses_the_same_issue() {
    let catalog = crate::given::catalog(&plans("true"));
    let lines = [CUSTOMER, GRANTED, ISSUED, "issue 2026-01-03 999 L archive 2026-01-19", "issue 2026-01-04 999 M archive 2026-01-20"];
    let journal = crate::given::journal(&lines.join("\n"), "2026-03-01");
    for partition in 0..4 {
        let mut engine = Engine::new(Arc::clone(&catalog), partition, 4, Limits { accounts_in_ram: 10, ids_in_ram: 10 });
        let mut at = Positions::default();
        while let Some((input, after)) = journal.next(at) {
            while let Step::Missing(wants) = engine.fold(&input).expect("it goes on") {
                for want in wants {
                    match want {
                        Want::State(key) => engine.supply(key, None).expect("of its kind"),
                        Want::Customer { after, .. } => engine.supply_customer(after.as_ref(), None),
                        other => panic!("{other:?} is wanted"),
                    }
                }
            }
            at = after;
        }
        let refused = engine.take_effects().into_iter().filter_map(|effect| match effect {
            Effect::Suspense(it) => Some(it.origin.offset),
            _ => None,
        });
        assert_eq!(refused.collect::<Vec<_>>(), [3], "partition {partition}");
    }
}

/// An id in clear is refused, and shown nowhere.
#[test]
fn k9_an_id_in_clear_is_taken_nowhere() {
    let clear = r#"control {"specversion":"1.0","id":"x","source":"s","type":"tally.test_id_issue.v1","time":"2026-01-02T00:00:00Z","subject":"010190-999X","data":{"customer":"K","service":"archive","supplier":"lev","from":"2026-01-01T00:00:00Z","actor":"a","reason":"r"}}"#;
    let (catalog, journal) = (crate::given::catalog(&plans("true")), crate::given::journal(clear, "2026-03-01"));
    let run = crate::show::run_alike(&catalog, &journal);
    assert_eq!(crate::show::shown(&run), ["notice 2026-01-02T00:00 control_refused personal_data"]);
    assert!(!format!("{:?}", run.effects).contains("999X") && !format!("{:?}", run.store).contains("999X"));
}

/// By id and customer and time, and never by the id alone.
#[test]
fn k11_a_test_is_known_by_id_and_customer_and_time() {
    let world =
        [CUSTOMER, "customer 2026-01-01 L Europe/Helsinki EUR 2026-01-01", RELATION, DESCRIBED, PLANNED, GRANTED, ISSUED].join("\n");
    let misused = |id: &str, at: &str| format!("not_onboarded\nnotice {at} test_id_misused archive {id}");
    let case = |used: &str, expect: &str| check(&[&world, used], expect);
    case(&test_use("1", "2026-01-12T08:00:00Z", "K"), "test");
    case(&test_use("1", "2026-01-12T07:59:59Z", "K"), &misused("1", "2026-01-12T07:59"));
    case(&test_use("1", "2026-01-12T16:00:00Z", "K"), &misused("1", "2026-01-12T16:00"));
    case(&test_use("1", "2026-01-12T10:00:00Z", "L"), &misused("1", "2026-01-12T10:00"));
    case(
        &test_use("1", "2026-01-12T10:00:00Z", "K").replace(" arc ", " oth "),
        "not_onboarded\nnotice 2026-01-12T10:00 test_id_misused other 1",
    );
    case(&test_use("1", "2026-01-12T10:00:00Z", "K").replace(&hash("999"), &hash("998")), "not_onboarded");
}

/// Plan and issue come after the use: it is a test all the same, and a production use beside it waits on.
#[test]
fn k11_a_test_that_is_told_late_is_released_as_a_test() {
    let used = test_use("1", "2026-01-12T10:00:00Z", "K");
    check(
        &[
            CUSTOMER,
            RELATION,
            DESCRIBED,
            &used,
            "2 arc 2026-01-12T10:00:00Z",
            "3 arc 2026-01-12T13:00:00Z",
            &PLANNED.replace("plan 2026-01-02", "plan 2026-01-13"),
            &GRANTED.replace("2026-01-01 lev", "2026-01-13 lev"),
            "issue 2026-01-13 999 K archive 2026-01-10",
            "ran 2026-01-13 K p 2026-01-12T12:00:00Z passed",
            REPORTED,
            VERIFIED,
        ],
        &format!(
            "not_onboarded not_onboarded not_onboarded
            released 1
            notice 2026-01-14T10:00 production_opened archive 2026-01-12T12:00
            released 3
            {MONTH} archive 1 x 2.00"
        ),
    );
}

/// Use by a test id is never charged, not even while production is open: it waits for what makes it a test.
#[test]
fn k11_a_test_id_is_never_production() {
    let used = test_use("1", "2026-01-18", "K");
    check(
        &[
            CUSTOMER,
            RELATION,
            DESCRIBED,
            PLANNED,
            GRANTED,
            ISSUED,
            TESTED,
            REPORTED,
            VERIFIED,
            &used,
            "plan 2026-01-20 K q archive 2026-01-18 2026-01-19",
        ],
        "not_onboarded
        notice 2026-01-14T10:00 production_opened archive 2026-01-12T12:00
        notice 2026-01-18T12:00 test_id_misused archive 1
        notice 2026-01-20T00:00 onboarding_told_late archive 2026-01-18T00:00 2026-01-19T00:00
        released 1",
    );
}

#[test]
fn k12_k13_expected_archived_and_registered_documents_are_the_same() {
    let shut = |verified: &str, why: &str| {
        check(
            &[CUSTOMER, RELATION, DESCRIBED, PLANNED, TESTED, REPORTED, &format!("{VERIFIED} {verified}"), "1 arc 2026-01-15"],
            &format!("not_onboarded\nnotice 2026-01-14T10:00 commissioning_unverified p: {why}"),
        );
    };
    shut("d1=a/a d2=b/-", "document `d2` is not in the customer's register");
    shut("d1=a/a d2=-/b", "document `d2` is not archived");
    shut("d1=a/a d2=b/c", "document `d2` differs between the archive and the customer's register");
    shut("d1=-/- d2=b/c", "document `d1` is not archived, and others have faults too");
    shut("d1=a/a expected=2", "2 documents are expected, 1 archived, 1 registered");
    shut("d1=a/a d2=b/b expected=1", "1 documents are expected, 2 archived, 2 registered");
    shut("archivist=t", "`t` verified, and is a tester of the plan");
}

#[test]
fn k12_the_archive_is_the_one_of_the_catalog() {
    let lines = [CUSTOMER, RELATION, DESCRIBED, PLANNED, TESTED, REPORTED, VERIFIED, "1 arc 2026-01-15"];
    let wrong = "notice 2026-01-14T10:00 commissioning_unverified p: `kanta` was looked into, and the archive is `Klientdataarkivet`";
    check_with("{ archive = \"Klientdataarkivet\" }", &lines, &format!("not_onboarded\n{wrong}"));
    check_with(
        "{ archive = \"kanta\" }",
        &lines,
        &format!("counted\nnotice 2026-01-14T10:00 production_opened archive 2026-01-12T12:00\n{MONTH} archive 1 x 2.00"),
    );
}

/// Between test and verification use waits, and is released by itself; before the test it waits on.
#[test]
fn k14_production_opens_on_verified_from_the_test_on() {
    check(
        &[
            CUSTOMER,
            RELATION,
            DESCRIBED,
            PLANNED,
            "1 arc 2026-01-12T11:59:59Z",
            TESTED,
            "2 arc 2026-01-12T12:00:00Z",
            "reported 2026-01-13 K p 2026-01-13",
            "3 arc 2026-01-13T12:00:00Z",
            VERIFIED,
            "4 arc 2026-01-15",
        ],
        &format!(
            "not_onboarded not_onboarded not_onboarded counted
            notice 2026-01-14T10:00 production_opened archive 2026-01-12T12:00
            released 2
            released 3
            {MONTH} archive 3 x 2.00"
        ),
    );
}

/// The test was on Monday: the reminder comes as Wednesday begins in Helsinki, the alarm as it ends.
#[test]
fn k15_a_report_is_due_in_two_weekdays() {
    check(
        &[CUSTOMER, RELATION, DESCRIBED, PLANNED, TESTED, VERIFIED, "1 arc 2026-01-15"],
        &format!(
            "counted
            notice 2026-01-13T22:00 commissioning_report_due p 2026-01-14T22:00
            notice 2026-01-14T10:00 production_opened archive 2026-01-12T12:00
            notice 2026-01-14T22:00 commissioning_report_overdue p 2026-01-14T22:00
            {MONTH} archive 1 x 2.00"
        ),
    );
}

#[test]
fn k15_the_thursday_before_easter_and_an_evening_in_utc() {
    let due = |window: &str, run: &str, expect: &str| {
        let plan = format!("plan 2026-01-02 K p archive {window}");
        let ran = format!("ran {run} K p {run} passed");
        check_run(&plans("true"), &[CUSTOMER, RELATION, DESCRIBED, &plan, &ran].join("\n"), "2026-05-01", expect);
    };
    due(
        "2026-04-01 2026-04-03",
        "2026-04-02T12:00:00Z",
        "notice 2026-04-07T21:00 commissioning_report_due p 2026-04-08T21:00
        notice 2026-04-08T21:00 commissioning_report_overdue p 2026-04-08T21:00",
    );
    due(
        "2026-01-12 2026-01-14",
        "2026-01-12T23:30:00Z",
        "notice 2026-01-14T22:00 commissioning_report_due p 2026-01-15T22:00
        notice 2026-01-15T22:00 commissioning_report_overdue p 2026-01-15T22:00",
    );
}

/// Told late, both are due: one alarm says it.
#[test]
fn k15_a_test_that_is_told_late_is_overdue_at_once() {
    check(
        &[CUSTOMER, RELATION, DESCRIBED, PLANNED, "ran 2026-01-20 K p 2026-01-12T12:00:00Z passed"],
        "notice 2026-01-20T00:00 commissioning_report_overdue p 2026-01-14T22:00",
    );
    check(
        &[CUSTOMER, RELATION, DESCRIBED, PLANNED, "reported 2026-01-19 K p 2026-01-19", "ran 2026-01-20 K p 2026-01-12T12:00:00Z passed"],
        "",
    );
}

/// Where the catalog says so, an overdue report closes production until it comes.
#[test]
fn k15_an_overdue_report_closes_production_where_the_catalog_says_so() {
    check_with(
        "{ report_closes = true }",
        &[
            CUSTOMER,
            RELATION,
            DESCRIBED,
            PLANNED,
            TESTED,
            VERIFIED,
            "1 arc 2026-01-14T21:00:00Z",
            "2 arc 2026-01-15",
            "reported 2026-01-20 K p 2026-01-20",
        ],
        &format!(
            "counted not_onboarded
            notice 2026-01-13T22:00 commissioning_report_due p 2026-01-14T22:00
            notice 2026-01-14T10:00 production_opened archive 2026-01-12T12:00
            notice 2026-01-14T22:00 commissioning_report_overdue p 2026-01-14T22:00
            notice 2026-01-20T00:00 production_opened archive 2026-01-14T22:00
            released 2
            {MONTH} archive 2 x 2.00"
        ),
    );
}
