//! Ladders of package sizes, how one is chosen, and what else a package plan may say.

use tally::domain::catalog::{Bundling, Model, OnReturn};
use tally::domain::quantity::Quantity;
use tally::wire::catalog::{SourceFile, read};

use super::faults_of;

const GOOD: &str = r#"version = "1"
[seller.s]
name = "S"
country = "DK"
org_number = "1"
[service.sms]
types = ["sms"]
title = "SMS"
unit = "C62"
[plan.sms]
model = "package"
services = ["sms"]
seller = "s"
vat = { category = "S", rate = "25" }
sizing = { target = "4", start = "1000", hysteresis = "12.5" }
bundle = "day"
on_return = "credit"
price = [
  { from = "2025-01-01", size = "750", amount = { SEK = "280.00" } },
  { from = "2026-01-01", ladder = [ { size = "500", amount = { SEK = "200.00" } }, { size = "1000", amount = { SEK = "350.00" } } ] },
]
"#;

#[test]
fn a_ladder_and_its_rule_are_read() {
    let catalog = read(&[SourceFile { name: "catalog.toml".to_owned(), text: GOOD.to_owned() }]).expect("a good catalog");
    let Model::Package(plan) = &catalog.plans[0].model else { panic!("it is a package") };
    let sizing = plan.sizing.as_ref().expect("a rule");
    assert_eq!((sizing.target, sizing.start, sizing.hysteresis.to_string()), (4, Some(Quantity::from_units(1000)), "12.5".to_owned()));
    assert_eq!((plan.bundling, plan.on_return), (Bundling::Day, OnReturn::Credit));
    let sizes: Vec<Vec<String>> =
        plan.prices.iter().map(|row| row.price.rungs.iter().map(|rung| rung.size.to_string()).collect()).collect();
    assert_eq!(sizes, [vec!["750"], vec!["500", "1000"]]);
}

#[test]
fn what_is_not_said_has_its_default() {
    let text = GOOD.replace(r#", start = "1000", hysteresis = "12.5""#, "").replace("bundle = \"day\"\non_return = \"credit\"\n", "");
    let catalog = read(&[SourceFile { name: "catalog.toml".to_owned(), text }]).expect("a good catalog");
    let Model::Package(plan) = &catalog.plans[0].model else { panic!("it is a package") };
    let sizing = plan.sizing.as_ref().expect("a rule");
    assert_eq!((sizing.start, sizing.hysteresis.to_string()), (None, "20".to_owned()));
    assert_eq!((plan.bundling, plan.on_return), (Bundling::Event, OnReturn::Restore));
}

/// Written, instead, faults.
const FAULTS: &[(&str, &str, &[&str])] = &[
    (
        r#"sizing = { target = "4", start = "1000", hysteresis = "12.5" }"#,
        "",
        &[
            r#"20:26: a ladder has sizes to choose from, and its plan has no rule that chooses; write sizing = { target = "4" } in the plan, or one `size` here"#,
        ],
    ),
    (
        r#"ladder = [ { size = "500", amount = { SEK = "200.00" } }, { size = "1000", amount = { SEK = "350.00" } } ]"#,
        r#"size = "500", amount = { SEK = "200.00" }"#,
        &[
            r#"15:10: `plan.sms.sizing` chooses sizes, and no price has a ladder of them; write e.g. ladder = [ { size = "500", amount = { SEK = "200.00" } }, { size = "1000", amount = { SEK = "350.00" } } ] in a price"#,
        ],
    ),
    (
        r#"start = "1000""#,
        r#"start = "750""#,
        &[r#"15:10: `plan.sms.sizing` starts with 750, which is no rung of the ladder in catalog.toml:20; write start = "500" or "1000""#],
    ),
    (
        r#"start = "1000""#,
        "start = 1000",
        &[r#"15:34: `plan.sms.sizing.start` is a number without quotes, and must be a string; write start = "1000""#],
    ),
    (r#"target = "4", "#, "", &[r#"15:1: `plan.sms.sizing.target` is missing; write e.g. target = "4""#]),
    (r#"target = "4""#, r#"target = "0""#, &[r#"15:21: `plan.sms.sizing.target` is zero, and must be more; write target = "4""#]),
    (
        r#"target = "4""#,
        r#"target = "2.5""#,
        &[r#"15:21: `plan.sms.sizing.target` is 2.5, and purchases are counted in whole numbers; write target = "4""#],
    ),
    (
        r#"hysteresis = "12.5""#,
        r#"hysteresis = "100""#,
        &[
            r#"15:55: `plan.sms.sizing.hysteresis` is 100 percent or more: no size would ever be left for a smaller one; write hysteresis = "20""#,
        ],
    ),
    (
        r#"hysteresis = "12.5""#,
        r#"histeresis = "12.5""#,
        &["15:42: unknown key `plan.sms.sizing.histeresis`; write `hysteresis`, if that is meant, or remove it"],
    ),
    (
        r#"size = "500", amount"#,
        r#"size = "1000", amount"#,
        &["20:94: `plan.sms.price.ladder.size` is 1000, and the rung before it has 1000; write sizes in ascending order, none twice"],
    ),
    (
        r#"{ SEK = "350.00" }"#,
        r#"{ SEK = "350.00", DKK = "235.00" }"#,
        &[r#"20:37: `plan.sms.price.ladder` has a rung without a price in DKK; write amount = { DKK = "350.00", ... }"#],
    ),
    (
        "ladder = [ {",
        r#"size = "5", ladder = [ {"#,
        &["20:26: `plan.sms.price.size` stands beside `ladder`; write either `size` and `amount`, or `ladder`"],
    ),
    (
        r#"ladder = [ { size = "500", amount = { SEK = "200.00" } }, { size = "1000", amount = { SEK = "350.00" } } ]"#,
        "ladder = []",
        &["20:35: `plan.sms.price.ladder` is an empty list; write ladder = [ ... ] with at least one item"],
    ),
    (r#"bundle = "day""#, r#"bundle = "week""#, &[r#"16:10: `plan.sms.bundle` is "week", which is not known; write `event` or `day`"#]),
    (
        r#"on_return = "credit""#,
        r#"on_return = "credits""#,
        &[r#"17:13: `plan.sms.on_return` is "credits", which is not known; write `credit`, if that is meant"#],
    ),
];

#[test]
fn each_planted_fault_is_named() {
    for (written, instead, expected) in FAULTS {
        assert!(GOOD.contains(written), "{written:?} is not in the good one any more");
        let found = faults_of(&[("catalog.toml", &GOOD.replacen(written, instead, 1))]);
        let expected: Vec<String> = expected.iter().map(|fault| format!("catalog.toml:{fault}")).collect();
        assert_eq!(found, expected, "{written:?} -> {instead:?}");
    }
}
