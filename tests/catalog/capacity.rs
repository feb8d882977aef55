//! Capacity plans as they are written, and their faults.

use tally::domain::catalog::Model;
use tally::domain::models::capacity::{ByteUnit, Measure, YearStart};
use tally::wire::catalog::{SourceFile, read};

const GOOD: &str = r#"version = "1"
[seller.s]
name = "Seller AB"
country = "SE"
org_number = "5560000000"
[service.docs]
types = ["docs"]
title = "Documentation"
unit = "AD"
[plan.docs]
model = "capacity"
period = "year"
starts = "agreement"
measured = "10-15"
measure = "delta"
included = "100"
unit = "MiB"
school_forms = ["fskola", "grskola"]
step = "1000"
true_up = true
heading = "Kapacitet"
services = ["docs"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2024-01-01", unit = { SEK = "0.10" } }, { from = "2024-01-01", group = "small", unit = { SEK = "0.05" } } ]
"#;

fn file(text: &str) -> SourceFile {
    SourceFile { name: "c.toml".to_owned(), text: text.to_owned() }
}

#[test]
fn every_rule_arrives_or_has_its_default() {
    let rules = |text: &str| match read(&[file(text)]).expect("a good catalog").plan("docs").expect("the plan").model.clone() {
        Model::Capacity(rules) => rules,
        other => panic!("{other:?}"),
    };
    let all = rules(GOOD);
    assert_eq!((all.measure, all.unit, all.starts, all.true_up), (Measure::Delta, ByteUnit::Mebibyte, YearStart::Agreement, true));
    assert_eq!((all.included.to_string().as_str(), all.step.map(|step| step.to_string()).as_deref()), ("100", Some("1000")));
    assert_eq!((all.school_forms.map(|forms| forms.len()), all.heading.as_deref(), all.services.len()), (Some(2), Some("Kapacitet"), 1));
    let optional = ["starts", "measured", "unit =", "school_forms", "step", "true_up", "heading"];
    let short: Vec<&str> =
        GOOD.lines().filter(|line| line.starts_with("unit = \"AD\"") || !optional.iter().any(|key| line.starts_with(key))).collect();
    let few = rules(&short.join("\n"));
    assert_eq!((few.unit, few.measured, few.true_up, few.step, few.heading), (ByteUnit::Megabyte, None, false, None, None));
    assert!(few.school_forms.is_none() && matches!(few.starts, YearStart::On(_)));
}

#[test]
fn each_fault_is_named() {
    let check = |written: &str, instead: &str, expect: &str| {
        assert!(GOOD.contains(written), "{written}");
        let found = read(&[file(&GOOD.replacen(written, instead, 1))]).expect_err("a fault");
        assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), [format!("c.toml:{expect}")], "{instead}");
    };
    check("measure = \"delta\"\n", "", r#"10:7: `plan.docs.measure` is missing; write e.g. measure = "snapshot" (or "delta")"#);
    check("\"delta\"", "\"change\"", r#"15:11: `plan.docs.measure` is "change", which is not known; write `snapshot` or `delta`"#);
    check("included = \"100\"\n", "", r#"10:7: `plan.docs.included` is missing; write e.g. included = "100""#);
    check("\"100\"", "\"-1\"", r#"16:12: `plan.docs.included` is negative: "-1"; write e.g. included = "100""#);
    check("\"MiB\"", "\"GB\"", r#"17:8: `plan.docs.unit` is "GB", which is not known; write `MB` or `MiB`"#);
    check("\"1000\"", "\"0\"", r#"19:8: `plan.docs.step` is zero, and must be more; write step = "1000""#);
    check(
        "true_up = true",
        "true_up = \"yes\"",
        "20:11: `plan.docs.true_up` is a string, and must be true or false; write true_up = true or true_up = false, without quotes",
    );
    check(
        "[\"fskola\", \"grskola\"]",
        "[]",
        "18:16: `plan.docs.school_forms` is an empty list; write school_forms = [ ... ] with at least one item",
    );
    check(
        "\"10-15\"",
        "\"10-31\"",
        r#"14:12: `plan.docs.measured` is "10-31", which is not a day `MM-DD` that every year and month has (01 to 28); write e.g. measured = "07-01""#,
    );
    check(
        "\"agreement\"",
        "\"01-31\"",
        r#"13:10: `plan.docs.starts` is "01-31", which is not `agreement`, or a day `MM-DD` that every year and month has (01 to 28); write e.g. starts = "07-01""#,
    );
    check(
        "\"year\"",
        "\"quarter\"",
        r#"12:10: `plan.docs.period` is not a year, and capacity is charged by the year; write period = "year""#,
    );
    check(
        "step = \"1000\"",
        "pupils = { counted = \"twice\" }",
        r#"19:22: `plan.docs.pupils.counted` is "twice", which is not known; write `once` or `per_form`"#,
    );
    check("step = \"1000\"", "pupils = \"once\"", "19:10: `plan.docs.pupils` is a string, and must be a table; write pupils = { ... }");
    check("step = \"1000\"", "pupils = {}", r#"19:1: `plan.docs.pupils.counted` is missing; write e.g. counted = "once" (or "per_form")"#);
    check(
        "step = \"1000\"",
        "older_than = \"P2Y\"",
        "19:1: `plan.docs.older_than` belongs to the model archive; write nothing here, or another model",
    );
}

#[test]
fn the_rules_of_rosters_arrive_and_each_fault_of_them_is_named() {
    let with = |rules: &str| read(&[file(&format!("{GOOD}[roster]\n{rules}\n"))]);
    let all = "most_removed_share = \"0.1\"\nmost_removed = 50\nmost_added_share = \"1\"\nmost_added = 0\nquality_floor = 950";
    let rules = with(all).expect("a good catalog").roster;
    assert_eq!((rules.most_removed_share.map(|share| share.to_string()).as_deref(), rules.most_removed), (Some("0.1"), Some(50)));
    assert_eq!((rules.most_added_share.map(|share| share.to_string()).as_deref(), rules.most_added), (Some("1"), Some(0)));
    assert_eq!(rules.quality_floor, Some(950));
    assert_eq!(read(&[file(GOOD)]).expect("a good catalog").roster, tally::domain::roster::RosterRules::default());
    let check = |rules: &str, expect: &str| {
        let found = with(rules).expect_err("a fault");
        assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), [format!("c.toml:{expect}")], "{rules}");
    };
    check(
        "most_removed_share = \"1.5\"",
        r#"27:22: `roster.most_removed_share` is more than all pupils; write a share from 0 to 1, e.g. most_removed_share = "0.1""#,
    );
    check(
        "most_removed = \"50\"",
        "27:16: `roster.most_removed` is a string, and must be a whole number; write most_removed = 50, without quotes",
    );
    check("quality_floor = 1001", "27:17: `roster.quality_floor` is 1001; write a number from 0 to 1000");
    check("most_remove = 5", "27:1: unknown key `roster.most_remove`; write `most_removed`, if that is meant, or remove it");
}
