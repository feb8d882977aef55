//! Several catalogs in one log: each is in force from the place of its event on.

use std::sync::Arc;

use tally::domain::catalog::Catalog;

use crate::given;
use crate::show::{records, run_alike_with, shown};

/// Two months of look-ups at a price, then another one; what stands in capitals is different in others.
const LOOK: &str = r#"
[service.look]
types = ["look"]
title = "Look-ups"
unit = "C62"
[plan.look]
model = "metered"
period = "quarter"
services = ["look"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2024-01-01", unit = { SEK = "2.70" } } ]
"#;

const FIND: &str = r#"
[service.find]
types = ["find"]
title = "Find"
unit = "C62"
[plan.find]
model = "package"
services = ["find"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2024-01-01", size = "2", amount = { SEK = "9.00" } } ]
"#;

const K: &str = "customer 2024-01-01 K Europe/Stockholm SEK 2024-01-01";

fn digest(catalog: &Catalog) -> String {
    format!("sha256:{}", hex::encode(catalog.digest))
}

/// Runs a log that names catalogs as `{1}`, `{2}`, ...; `{0}` is the one that the run begins with.
fn check(catalogs: &[Arc<Catalog>], lines: &str, until: &str, expect: &str) {
    let mut lines = lines.to_owned();
    for (number, catalog) in catalogs.iter().enumerate() {
        lines = lines.replace(&format!("{{{number}}}"), &digest(catalog));
    }
    let run = run_alike_with(catalogs, &given::journal(&lines, until));
    let expect: Vec<&str> = expect.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(shown(&run), expect, "\n{}", shown(&run).join("\n"));
}

fn raised(plans: &str) -> String {
    plans.replace(r#"{ SEK = "2.70" } }"#, r#"{ SEK = "2.70" } }, { from = "2024-03-01", unit = { SEK = "3.20" } }"#)
}

/// E-hälsomyndigheten: 2.70 until February, 3.20 from March 2024 on, decided in the middle of the quarter.
#[test]
fn a_price_that_arrives_by_a_new_catalog_gives_the_quarter_two_segments() {
    check(
        &[given::catalog(LOOK), given::catalog(&raised(LOOK))],
        &format!(
            r#"{K}
            1 look 2024-01-15 {{"quantity":100}}
            catalog 2024-02-20 {{1}}
            2 look 2024-02-29 {{"quantity":10}}
            3 look 2024-03-01 {{"quantity":7}}
            4 look 2024-02-28@2024-03-02"#
        ),
        "2024-05-01",
        "counted counted counted counted
        K-000001 quarterly 2024-04-05T22:00 [2024-01-01..2024-03-31]: look 111 x 2.70 [2024-01-01..2024-02-29], look 7 x 3.20 [2024-03-01..2024-03-31]",
    );
}

#[test]
fn a_record_names_the_catalog_in_force_when_it_was_made() {
    let catalogs = [given::catalog(FIND), given::catalog(&FIND.replace("9.00", "8.00"))];
    let lines = format!("{K}\n1 find 2024-01-15\ncatalog 2024-01-16 {}\n2 find 2024-01-17 {{\"quantity\":2}}", digest(&catalogs[1]));
    let run = run_alike_with(&catalogs, &given::journal(&lines, "2024-05-01"));
    let found: Vec<_> = records(&run).into_iter().map(|record| (record.catalog_digest, record.totals.net.to_string())).collect();
    assert_eq!(found, [(catalogs[0].digest, "9.00".to_owned()), (catalogs[1].digest, "8.00".to_owned())]);
}

/// What falls due at the event's log time is closed by the catalog of before, also in an order of its own.
#[test]
fn periods_that_fall_due_before_are_closed_by_the_old_catalog() {
    let gone = LOOK.replace("2.70", "9.99");
    check(
        &[given::catalog(LOOK), given::catalog(&gone)],
        &format!("{K}\n1 look 2024-01-15\ncatalog 2024-04-06 {{1}}\n2 look 2024-04-07"),
        "2024-08-01",
        "counted counted
        K-000001 quarterly 2024-04-05T22:00 [2024-01-01..2024-03-31]: look 1 x 2.70
        K-000002 quarterly 2024-07-05T22:00 [2024-04-01..2024-06-30]: look 1 x 9.99",
    );
}

/// Many customers, some in memory only and some in the store only; the cruel schedule commits and restarts in between.
#[test]
fn waiting_events_are_released_by_a_new_catalog_before_the_next_input() {
    check(
        &[given::catalog(LOOK), given::catalog(&format!("{LOOK}{FIND}"))],
        r#"customer 2024-01-01 K Europe/Stockholm SEK 2024-01-01
        customer 2024-01-01 L Europe/Stockholm SEK 2024-01-01
        customer 2024-01-01 AA Europe/Stockholm SEK 2024-01-01
        customer 2024-01-01 M Europe/Stockholm EUR 2024-01-01
        l2 find 2024-01-12 L
        a1 find 2024-01-13 AA {"quantity":3}
        l1 find 2024-01-11@2024-01-14 L
        k1 find 2024-01-15 K
        m1 find 2024-01-15 M
        x1 find 2024-01-15 X
        catalog 2024-01-20 {1}
        l3 find 2024-01-21 L"#,
        "2024-03-01",
        "unknown_service unknown_service unknown_service unknown_service unknown_service unknown_service counted
        K-000001 package_purchase 2024-01-20T00:00 [2024-01-15..2024-01-15]: find 2 x 9.00 #1 1-2
        released k1
        L-000001 package_purchase 2024-01-20T00:00 [2024-01-11..2024-01-11]: find 2 x 9.00 #1 1-2
        released l1
        released l2
        AA-000001 package_purchase 2024-01-20T00:00 [2024-01-13..2024-01-13]: find 2 x 9.00 #1 1-2, find 2 x 9.00 #2 3-4
        released a1
        L-000002 package_purchase 2024-01-21T12:00 [2024-01-21..2024-01-21]: find 2 x 9.00 #2 3-4",
    );
}

#[test]
fn the_event_told_again_changes_nothing_and_an_old_catalog_may_come_back() {
    let double = LOOK.replace("2.70", "5.40");
    check(
        &[given::catalog(LOOK), given::catalog(&double)],
        &format!(
            "{K}
            catalog 2024-01-02 {{0}}
            catalog 2024-01-03 {{1}}
            catalog 2024-01-04 {{1}}
            1 look 2024-01-15
            catalog 2024-04-10 {{0}}
            2 look 2024-04-15"
        ),
        "2024-08-01",
        "counted counted
        K-000001 quarterly 2024-04-05T22:00 [2024-01-01..2024-03-31]: look 1 x 5.40
        K-000002 quarterly 2024-07-05T22:00 [2024-04-01..2024-06-30]: look 1 x 2.70",
    );
}

/// Ids that a short horizon forgot are not counted again under a long one: such events stay too old.
#[test]
fn a_longer_horizon_does_not_count_a_forgotten_event_again() {
    let with = |horizon: &str| given::parse(&format!("{}{LOOK}", given::HEAD.replace("P35D", horizon)));
    check(
        &[with("P2D"), with("P60D"), with("P1D")],
        &format!(
            "{K}
            1 look 2024-01-10
            2 look 2024-01-19
            catalog 2024-01-20 {{1}}
            1 look 2024-01-10@2024-01-21
            2 look 2024-01-19@2024-01-30
            catalog 2024-02-01 {{2}}
            3 look 2024-01-30@2024-02-02"
        ),
        "2024-05-01",
        "counted counted too_old duplicate too_old
        K-000001 quarterly 2024-04-05T22:00 [2024-01-01..2024-03-31]: look 2 x 2.70",
    );
}

/// A plan that moved to another name: what the old one counted is charged by nobody, and says so.
#[test]
fn a_plan_that_a_new_catalog_has_lost_holds_its_record() {
    check(
        &[given::catalog(LOOK), given::catalog(FIND)],
        &format!("{K}\n1 look 2024-01-15\ncatalog 2024-02-01 {{1}}\n2 look 2024-02-02\ncatalog 2024-04-10 {{0}}"),
        "2024-05-01",
        "counted unknown_service
        notice 2024-04-05T22:00 record_held look 2024-01-01
        released 2
        K-000001 quarterly 2024-04-10T00:00 [2024-01-01..2024-03-31]: look 2 x 2.70",
    );
}

/// Quarters become months: a plan of another name takes the service over, the old one stays until its quarter is closed.
#[test]
fn an_ended_plan_closes_what_is_open_beside_its_successor() {
    let months = LOOK.replace("[plan.look]", "[plan.monthly]").replace("\"quarter\"", "\"month\"").replace("2.70", "3.00");
    let (_, old_plan) = LOOK.split_once("[plan.look]").expect("a plan");
    let ended = format!("{months}[plan.look]{}", old_plan.replace("[\"look\"]", "[]"));
    check(
        &[given::catalog(LOOK), given::catalog(&ended)],
        &format!("{K}\n1 look 2024-02-15\ncatalog 2024-02-20 {{1}}\n2 look 2024-02-21\n3 look 2024-02-14@2024-02-22"),
        "2024-05-01",
        "counted counted counted
        K-000001 periodic 2024-03-05T23:00 [2024-02-01..2024-02-29]: look 2 x 3.00
        K-000002 quarterly 2024-04-05T22:00 [2024-01-01..2024-03-31]: look 1 x 2.70",
    );
}

/// A longer lateness is for periods that begin under it; what is due is due.
#[test]
fn a_period_closes_when_the_catalog_said_that_began_it() {
    let later = LOOK.replace("seller = \"s\"", "seller = \"s\"\nallowed_lateness = \"P20D\"");
    check(
        &[given::catalog(LOOK), given::catalog(&later)],
        &format!("{K}\n1 look 2024-02-15\ncatalog 2024-02-20 {{1}}\n2 look 2024-03-15@2024-04-10\n3 look 2024-04-11"),
        "2024-08-01",
        "counted counted counted
        K-000001 quarterly 2024-04-05T22:00 [2024-01-01..2024-03-31]: look 1 x 2.70
        K-000002 correction 2024-04-20T22:00 corrects 1: look 1 x 2.70 [2024-01-01..2024-03-31]
        K-000003 quarterly 2024-07-20T22:00 [2024-04-01..2024-06-30]: look 1 x 2.70",
    );
}

/// One that claims a log time after all clocks is refused like every other fact.
#[test]
fn a_catalog_of_the_far_future_is_refused() {
    check(
        &[given::catalog(LOOK), given::catalog(&LOOK.replace("2.70", "5.40"))],
        &format!("{K}\ncatalog 2099-01-01 {{1}}\n1 look 2024-01-15"),
        "2024-05-01",
        "counted
        notice 2024-01-01T00:00 control_refused in_future
        K-000001 quarterly 2024-04-05T22:00 [2024-01-01..2024-03-31]: look 1 x 2.70",
    );
}
