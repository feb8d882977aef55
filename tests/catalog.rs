//! Catalogs with faults: each is named with its place and with what to write instead, all at once.

#[path = "catalog/capacity.rs"]
mod capacity;
#[path = "catalog/changes.rs"]
mod changes;
#[path = "catalog/invoice.rs"]
mod invoice;
#[path = "catalog/ladders.rs"]
mod ladders;
#[path = "catalog/planted.rs"]
mod planted;
#[path = "catalog/published.rs"]
mod published;
#[path = "schema/mod.rs"]
mod schema;

use std::fs;
use std::path::{Path, PathBuf};

use tally::cli::catalog_files::load_catalog;
use tally::cli::check::overview;
use tally::cli::faults::{Look, render};
use tally::cli::source_files::FileProblem;
use tally::domain::catalog::{Catalog, Count, Measure, Model, OnReturn, PriceRow};
use tally::wire::catalog::{Fault, SourceFile, read};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/catalogs").join(name)
}

fn source(name: &str) -> SourceFile {
    SourceFile { name: name.to_owned(), text: fs::read_to_string(data(name)).expect("a readable file") }
}

fn faults_of(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<SourceFile> =
        files.iter().map(|(name, text)| SourceFile { name: (*name).to_owned(), text: (*text).to_owned() }).collect();
    read(&files).err().unwrap_or_default().iter().map(Fault::to_string).collect()
}

fn good() -> Catalog {
    read(&[source("good.toml")]).expect("a good catalog")
}

#[test]
fn each_planted_fault_is_named() {
    let good = source("good.toml").text;
    for (written, instead, expected) in planted::FAULTS {
        assert!(good.contains(written), "{written:?} is not in good.toml any more");
        let found = faults_of(&[("catalog.toml", &good.replacen(written, instead, 1))]);
        let expected: Vec<String> = expected.iter().map(|fault| format!("catalog.toml:{fault}")).collect();
        assert_eq!(found, expected, "{written:?} -> {instead:?}");
    }
}

#[test]
fn ten_faults_are_ten_reports() {
    let file = source("ten-faults.toml");
    let faults = read(std::slice::from_ref(&file)).expect_err("a faulty catalog");
    assert_eq!(faults.len(), 10, "{faults:#?}");
    let files = [file];
    insta::assert_snapshot!("ten_faults_drawn", render(&faults, &files, Look::Drawn));
    insta::assert_snapshot!("ten_faults_in_lines", render(&faults, &files, Look::Lines));
}

/// Behind it everything looks wrong; saying so would hide what is.
#[test]
fn an_open_bracket_is_one_fault() {
    let good = source("good.toml").text;
    let found = faults_of(&[("catalog.toml", &good.replacen("[\"dk.serviceplatformen.lookup\"]", "[\"dk.serviceplatformen.lookup\"", 1))]);
    assert_eq!(
        found,
        ["catalog.toml:31:1: not TOML: missing comma between array elements; \
             write `,` here, or close the list or table before it"]
    );
}

#[test]
fn a_fault_of_the_syntax_does_not_hide_the_others() {
    let good = source("good.toml").text;
    let text = good.replacen("title = \"CPR-opslag\"", "title CPR-opslag", 1).replacen("rate = \"0\"", "rate = \"7\"", 1);
    let found = faults_of(&[("catalog.toml", &text)]);
    let places: Vec<&str> = found.iter().map(|fault| fault.split(' ').next().expect("a place")).collect();
    assert_eq!(places, ["catalog.toml:31:7:", "catalog.toml:61:32:"], "{found:#?}");
}

/// Whatever is missing or cut off: no panic, and never refused without saying why.
#[test]
fn every_refusal_has_a_reason() {
    let good = source("good.toml").text;
    for (at, removed) in good.char_indices() {
        let without = format!("{}{}", &good[..at], &good[at + removed.len_utf8()..]);
        for text in [without.as_str(), &good[..at]] {
            let found = read(&[SourceFile { name: "catalog.toml".to_owned(), text: text.to_owned() }]);
            assert!(!matches!(found, Err(faults) if faults.is_empty()), "{at}: {text}");
        }
    }
}

#[test]
fn the_example_catalogs_are_good() {
    for (name, plans) in [
        ("packages", 1),
        ("late-correction", 1),
        ("calendar-edge", 1),
        ("quarterly-lookups", 2),
        ("archive", 1),
        ("capacity", 1),
        ("agreements", 2),
    ] {
        let (catalog, files) = load_catalog(&data("examples").join(name).with_extension("toml")).expect("a good catalog");
        assert_eq!((catalog.plans.len(), files.len()), (plans, 1), "{name}");
    }
}

#[test]
fn every_value_arrives() {
    let catalog = good();
    assert!(!catalog.personal_numbers);
    assert_eq!((catalog.dedupe_horizon, catalog.max_future_skew), (35 * 86_400_000_000_000, 3_600_000_000_000));
    let seller = catalog.sellers.get("unikum").expect("the seller");
    assert_eq!((seller.country.as_str(), seller.endpoint.as_ref().map(|endpoint| endpoint.scheme.as_str())), ("SE", Some("0007")));
    let sms = catalog.service_of_type("se.unikum.otp.sent").expect("the service");
    assert!(sms.activation && sms.bills(Some("delivered")) && !sms.bills(None));
    assert_eq!(catalog.plan_of(sms).map(|plan| plan.id.as_str()), Some("sms"));
    assert!(catalog.service("trial").is_some_and(|trial| catalog.plan_of(trial).is_none()));
    let lookup = catalog.plan("lookup").expect("the plan");
    assert_eq!((lookup.allowed_lateness.days, lookup.zero), (10, true));
    assert!(matches!(&catalog.plan("archive").expect("the plan").model, Model::Archive(archive) if archive.advance));
}

#[test]
fn what_is_counted_otherwise_arrives() {
    let good = source("good.toml").text;
    let text = good
        .replacen("bill_on = [\"delivered\"]", "quantity = \"sms_segments\"\nretractable = true\nnegative = true", 1)
        .replacen("low_balance = \"100\"", "on_return = \"credit\"", 1)
        .replacen("zero = true", "count = \"distinct_persons\"", 1);
    let catalog = read(&[SourceFile { name: "catalog.toml".to_owned(), text }]).expect("a good catalog");
    let said = |id: &str| catalog.service(id).map(|service| (service.measure, service.retractable, service.negative));
    assert_eq!(said("sms"), Some((Measure::SmsSegments, true, true)));
    assert_eq!(said("lookup"), Some((Measure::Events, false, false)));
    assert!(matches!(&catalog.plan("sms").expect("the plan").model, Model::Package(plan) if plan.on_return == OnReturn::Credit));
    assert!(matches!(&catalog.plan("lookup").expect("the plan").model, Model::Metered(plan) if plan.count == Count::DistinctPersons));
}

/// `350.00` stays `350.00` in records, and the price that is written first may be the later one.
#[test]
fn prices_keep_their_scale_and_are_sorted() {
    let catalog = good();
    let Model::Package(package) = &catalog.plan("sms").expect("the plan").model else { panic!("sms is a package") };
    let prices: Vec<String> = package
        .prices
        .iter()
        .map(|PriceRow { key, price }| {
            let amounts = price.rungs[0].amount.values().map(ToString::to_string).collect::<Vec<_>>().join(" ");
            format!("{} {} {amounts}", key.from, price.rungs[0].size)
        })
        .collect();
    assert_eq!(prices, ["2026-01-01 1000 235.00 350.00", "2026-07-01 2000 640.00"]);
}

#[test]
fn what_is_not_said_has_its_default() {
    let text = "version = \"1\"";
    let catalog = read(&[SourceFile { name: "catalog.toml".to_owned(), text: text.to_owned() }]).expect("a good catalog");
    assert!(catalog.personal_numbers);
    assert_eq!((catalog.dedupe_horizon, catalog.max_future_skew), (35 * 86_400_000_000_000, 3_600_000_000_000));
}

#[test]
fn several_files_are_one_catalog_in_any_order() {
    let (catalog, files) = load_catalog(&data("split")).expect("a good catalog");
    let mut turned = files.clone();
    turned.reverse();
    assert_eq!(read(&turned), Ok(catalog.clone()));
    assert_eq!((files.len(), catalog.plans.len(), catalog.plans[0].allowed_lateness.days), (2, 1, 5));
}

#[test]
fn a_table_in_two_files_is_a_fault() {
    let twice = "[close]\nallowed_lateness = \"P1D\"\n[seller.a]\nname = \"A\"\ncountry = \"DK\"\norg_number = \"1\"\n";
    let found = faults_of(&[("a.toml", &format!("version = \"1\"\n{twice}")), ("b.toml", twice)]);
    assert_eq!(
        found,
        [
            "b.toml:1:2: `close` stands in a.toml:2 too; write it in one file only",
            "b.toml:3:9: `seller.a` stands in a.toml:4 too; write it in one file only, or another name",
        ]
    );
}

/// Pinned: a record names the digest, and anybody must be able to recompute it.
#[test]
fn the_digest_is_over_length_and_text_of_each_file() {
    let files = [("b.toml", ""), ("a.toml", "version = \"1\"\n")];
    let files = files.map(|(name, text)| SourceFile { name: name.to_owned(), text: text.to_owned() });
    let digest = hex::encode(read(&files).expect("a good catalog").digest);
    // (printf '\0\0\0\0\0\0\0\x0eversion = "1"\n'; printf '\0\0\0\0\0\0\0\0') | sha256sum
    assert_eq!(digest, "32768c650b55f49d92bac5f86829645664f5fc22637cb7ca1e6f48825f64af48");
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let empty = tempfile::tempdir().expect("a folder");
    assert!(matches!(load_catalog(empty.path()), Err(FileProblem::NoFiles { .. })));
    let missing = load_catalog(&empty.path().join("none.toml")).expect_err("no such file");
    assert!(missing.to_string().contains("none.toml"), "{missing}");
}

#[test]
fn a_good_catalog_has_an_overview() {
    insta::assert_snapshot!("overview", overview(&good(), 1));
}
