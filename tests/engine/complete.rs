//! What a customer's facts lack for invoices: found when they come, and only where a seller asks for it.

use tally::domain::account::Account;
use tally::domain::catalog::Catalog;
use tally::domain::control::{CustomerVersion, Fact};
use tally::domain::party::MissingTerm;
use tally::engine::complete::{for_all_plans, for_plan, lack_at_issue};
use tally::wire::decode;

use std::sync::Arc;

use crate::given;
use crate::show::{run_alike, shown};

const SELLERS: &str = r#"
[seller.agency]
name = "Agency"
country = "SE"
org_number = "5569990012"
vat_number = "SE556999001201"
endpoint = { scheme = "0007", id = "5569990012" }
terms = "P30D"
invoice = "peppol-bis-3"
[seller.authority]
name = "Authority"
country = "SE"
org_number = "5569990012"
endpoint = { scheme = "0007", id = "5569990012" }
terms = "P30D"
invoice = "peppol-bis-3"
"#;

fn catalog(category: &str, seller: &str, currency: &str) -> Arc<Catalog> {
    let rate = if category == "S" { "25" } else { "0" };
    let reason = if category == "E" { ", reason = \"exempt\"" } else { "" };
    given::catalog(&format!(
        "{SELLERS}[service.a]\ntypes = [\"x.a\"]\ntitle = \"A\"\nunit = \"C62\"\n[plan.a]\nmodel = \"metered\"\nperiod = \"quarter\"\n\
         services = [\"a\"]\nseller = \"{seller}\"\nvat = {{ category = \"{category}\", rate = \"{rate}\"{reason} }}\n\
         price = [ {{ from = \"2026-01-01\", unit = {{ {currency} = \"1\" }} }} ]\n"
    ))
}

/// A customer event whose data has these members beside the required ones.
fn event(members: &str) -> String {
    let more = if members.is_empty() { String::new() } else { format!(",{members}") };
    format!(
        r#"{{"specversion":"1.0","id":"c","source":"//a","type":"tally.customer.v1","subject":"K","time":"2026-01-01T00:00:00Z","data":{{"name":"Kommun","country":"SE","timezone":"Europe/Stockholm","currency":"SEK","from":"2026-01-01"{more}}}}}"#
    )
}

fn version(members: &str) -> CustomerVersion {
    match decode::control(event(members).as_bytes(), &[]).expect("an event").fact {
        Fact::Customer(version) => version,
        other => panic!("{other:?}"),
    }
}

fn terms(missing: &[MissingTerm]) -> String {
    missing.iter().map(|one| one.term).collect::<Vec<_>>().join(" ")
}

const ENDPOINT: &str = r#""endpoint":{"scheme":"0007","id":"2029990021"}"#;
const REFERENCE: &str = r#""buyer_reference":"ekonomi""#;

#[test]
fn each_term_is_found() {
    let check = |category: &str, members: &str, expect: &str| {
        let seller = if category == "O" { "authority" } else { "agency" };
        let found = for_all_plans(&version(members), &catalog(category, seller, "SEK"));
        assert_eq!(terms(&found), expect, "{category} {members}: {found:?}");
        assert!(found.iter().all(|one| !one.send.is_empty() && one.seller.as_str() == seller));
    };
    let complete = format!("{REFERENCE},{ENDPOINT}");
    let with = |member: &str| format!("{complete},{member}");
    check("S", "", "BT-10 BT-49");
    check("S", REFERENCE, "BT-49");
    check("S", ENDPOINT, "BT-10");
    check("S", &complete, "");
    check("S", &format!(r#""order_reference":"PO-1",{ENDPOINT}"#), "");
    // Check digits.
    check("S", &format!(r#"{REFERENCE},"endpoint":{{"scheme":"0007","id":"2029990022"}}"#), "BT-49");
    check("S", &format!(r#"{REFERENCE},"endpoint":{{"scheme":"0088","id":"2029990021"}}"#), "BT-49");
    check("S", &format!(r#"{REFERENCE},"endpoint":{{"scheme":"0037","id":"99999001"}}"#), "BT-49");
    check("S", &with(r#""org_number":"2029990021""#), "");
    check("S", &with(r#""org_number":"2029990022""#), "BT-47");
    check("S", &with(r#""vat_number":"SE202999002101""#), "");
    check("S", &with(r#""vat_number":"SE202999002201""#), "BT-48");
    // The VAT number where the category needs it; outside of VAT it is not named.
    check("K", &complete, "BT-48");
    check("K", &with(r#""vat_number":"SE202999002101""#), "");
    check("AE", &complete, "BT-47");
    check("AE", &with(r#""org_number":"2029990021""#), "");
    check("AE", &with(r#""vat_number":"SE202999002101""#), "");
    check("O", &with(r#""vat_number":"wrong""#), "");
    check("E", &complete, "");
}

#[test]
fn only_sellers_that_ask_and_plans_that_charge_the_customer_count() {
    let check = |seller: &str, currency: &str, expect: &str| {
        let catalog = catalog("S", seller, currency);
        assert_eq!(terms(&for_all_plans(&version(""), &catalog)), expect, "{seller} {currency}");
    };
    check("agency", "SEK", "BT-10 BT-49");
    check("agency", "DKK", "");
    check("s", "SEK", "");
    // Of the plan itself, whatever the currency.
    let catalog = catalog("S", "agency", "DKK");
    let plan = catalog.plan("a").expect("the plan");
    assert_eq!(terms(&for_plan(&version(""), plan, &catalog)), "BT-10 BT-49");
}

#[test]
fn it_is_told_once_when_the_facts_come() {
    let lines = |events: &[String]| events.iter().map(|event| format!("control {event}\n")).collect::<String>();
    let later = |members: &str, from: &str| event(members).replace("2026-01-01\"", &format!("{from}\""));
    let check = |events: &[String], expect: &[&str]| {
        let run = run_alike(&catalog("S", "agency", "SEK"), &given::journal(&lines(events), "2026-03-01T00:00:00Z"));
        let told: Vec<String> = shown(&run).iter().map(|line| line.replace("notice 2026-01-01T00:00 ", "")).collect();
        assert_eq!(told, expect);
    };
    let complete = format!("{REFERENCE},{ENDPOINT}");
    check(&[event(&complete)], &[]);
    check(&[event("")], &["customer_incomplete 2026-01-01 agency/BT-10 agency/BT-49"]);
    check(&[event(""), event("")], &["customer_incomplete 2026-01-01 agency/BT-10 agency/BT-49"]);
    check(&[event(REFERENCE), event(&complete)], &["customer_incomplete 2026-01-01 agency/BT-49"]);
    check(&[event(&complete), later(REFERENCE, "2026-02-01")], &["customer_incomplete 2026-02-01 agency/BT-49"]);
}

#[test]
fn a_record_names_the_facts_in_force_at_its_issue() {
    let catalog = catalog("S", "agency", "SEK");
    let plan = catalog.plan("a").expect("the plan");
    let mut account = Account::default();
    let check = |account: &Account, at: &str, expect: &[&str]| {
        let why = lack_at_issue(account, plan, given::instant(at), &catalog);
        assert_eq!(why.is_some(), !expect.is_empty(), "{why:?}");
        assert!(expect.iter().all(|part| why.as_ref().is_some_and(|why| why.contains(part))), "{why:?}");
    };
    check(&account, "2026-01-15T00:00:00Z", &[]);
    account.put_version(version(REFERENCE));
    account.put_version(CustomerVersion { from: "2026-02-01".parse().expect("a date"), ..version(&format!("{REFERENCE},{ENDPOINT}")) });
    // Before the first version it is the first that counts.
    check(&account, "2025-06-01T00:00:00Z", &["`agency`", "endpoint (BT-49)"]);
    check(&account, "2026-01-15T00:00:00Z", &["endpoint (BT-49)"]);
    check(&account, "2026-02-01T00:00:00Z", &[]);
}

const WORLD: &str = r#"
[service.a]
types = ["x.a"]
title = "A"
unit = "C62"
[service.p]
types = ["x.p"]
title = "P"
unit = "C62"
[plan.a]
model = "metered"
period = "quarter"
services = ["a"]
seller = "agency"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "1" } } ]
[plan.p]
model = "package"
services = ["p"]
seller = "agency"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", size = "10", amount = { SEK = "100" } } ]
"#;

/// Purchases wait and quarters are held until the facts are complete; then both come, once.
#[test]
fn what_cannot_be_invoiced_waits_for_the_facts() {
    let usage = |id: &str, service: &str, day: &str| {
        format!(r#"raw {{"specversion":"1.0","id":"{id}","source":"//s","type":"x.{service}","subject":"K","time":"{day}T12:00:00Z"}}"#)
    };
    let told = event("");
    let mended = event(&format!("{REFERENCE},{ENDPOINT}")).replace("\"2026-01-01T00:00:00Z\"", "\"2026-04-08T00:00:00Z\"");
    let uses = [usage("1", "a", "2026-02-01"), usage("2", "p", "2026-02-02"), usage("3", "p", "2026-02-03")];
    let lines = format!("control {told}\n{}\ncontrol {mended}\n", uses.join("\n"));
    let run = run_alike(&given::catalog(&format!("{SELLERS}{WORLD}")), &given::journal(&lines, "2026-05-01T00:00:00Z"));
    let expect = [
        "counted incomplete_customer incomplete_customer",
        "notice 2026-01-01T00:00 customer_incomplete 2026-01-01 agency/BT-10 agency/BT-49",
        "notice 2026-04-05T22:00 record_held a 2026-01-01",
        "K-000001 package_purchase 2026-04-08T00:00 [2026-02-02..2026-02-02] due 2026-05-08: p 10 x 100 #1 1-10",
        "released 2",
        "released 3",
        "K-000002 quarterly 2026-04-08T00:00 [2026-01-01..2026-03-31] due 2026-05-08: a 1 x 1",
    ];
    assert_eq!(shown(&run), expect);
}
