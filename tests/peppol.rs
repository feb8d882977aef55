//! Records become invoices that an independent validator accepts: the rules of CEN and Peppol, which
//! share nothing with this program. `scripts/invoice-validator.sh` fetches it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "peppol/exported.rs"]
mod exported;
#[allow(dead_code, reason = "other tests use the rest")]
#[path = "end_to_end/program.rs"]
mod program;
#[path = "peppol/validator.rs"]
mod validator;
#[path = "peppol/world.rs"]
mod world;

use std::collections::BTreeMap;
use std::fs;

use exported::{Exported, export_all};
use program::{AFTER_2025, generated, good, run_journal};
use tempfile::tempdir;
use validator::{assert_all_valid, validate};
use world::{COUNTRIES, UNTIL};

#[test]
fn every_kind_of_record_of_every_country_is_a_valid_invoice() {
    let mut all = Vec::new();
    let dirs: Vec<_> = COUNTRIES.iter().map(|country| (country, tempdir().unwrap())).collect();
    for (country, dir) in &dirs {
        world::write(dir.path(), country);
        good(&run_journal(dir.path(), UNTIL).output().unwrap());
        let notices = fs::read_to_string(dir.path().join("out/usage-notices.ndjson")).unwrap();
        assert!(notices.lines().all(|notice| notice.contains(r#""kind":"agreement_"#)), "nothing is missing or held: {notices}");
        let invoices = export_all(dir.path());
        assert_has_everything(&invoices, country.code);
        all.extend(invoices);
    }
    all.iter().for_each(Exported::assert_follows_its_record);
    assert_all_valid(&all.iter().map(|one| one.path.clone()).collect::<Vec<_>>());
}

/// Kinds of records with the types of their documents; and each VAT category somewhere.
fn assert_has_everything(invoices: &[Exported], country: &str) {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for one in invoices {
        *counts.entry((one.record["kind"].as_str().unwrap(), if one.is_credit_note() { "381" } else { "380" })).or_default() += 1;
    }
    let expect = [
        ("annual", "380"),
        ("correction", "380"),
        ("correction", "381"),
        ("package_purchase", "380"),
        ("periodic", "380"),
        ("quarterly", "380"),
    ];
    assert_eq!(counts.keys().copied().collect::<Vec<_>>(), expect, "{country}: {counts:?}");
    let has = |what: &str, test: &dyn Fn(&Exported) -> bool| assert!(invoices.iter().any(test), "{country}: no {what}");
    for category in ["S", "Z", "E", "AE", "K", "G", "O"] {
        let element = format!("<cac:TaxCategory>\n        <cbc:ID>{category}</cbc:ID>");
        has(category, &|one| one.xml.contains(&element));
    }
    has("record of nothing", &|one| one.xml.contains("unitCode=\"C62\">0</cbc:InvoicedQuantity>"));
    has("minimum", &|one| one.xml.contains("<cbc:Name>Minimum charge</cbc:Name>"));
    has("correction up and down in one", &|one| one.xml.contains("C62\">-") && one.xml.contains("<cac:BillingReference>"));
    has("contract", &|one| one.xml.contains("<cac:ContractDocumentReference>"));
    has("order", &|one| one.xml.contains("<cac:OrderReference>"));
}

#[test]
fn a_generated_year_is_all_valid() {
    let dir = tempdir().unwrap();
    generated(dir.path(), 6_000, 11);
    good(&run_journal(dir.path(), AFTER_2025).output().unwrap());
    let notices = fs::read_to_string(dir.path().join("out/usage-notices.ndjson")).unwrap();
    assert!(!notices.contains("customer_incomplete"), "{notices}");
    let invoices = export_all(dir.path());
    assert!(invoices.len() > 50, "{} records", invoices.len());
    invoices.iter().for_each(Exported::assert_follows_its_record);
    assert_all_valid(&invoices.into_iter().map(|one| one.path).collect::<Vec<_>>());
}

/// What the validator is good for: each of these is one slip in a valid invoice, with the rule that finds it.
#[test]
fn planted_slips_are_found() {
    let dir = tempdir().unwrap();
    world::write(dir.path(), &COUNTRIES[0]);
    good(&run_journal(dir.path(), UNTIL).output().unwrap());
    let invoices = export_all(dir.path());
    let purchase = invoices.iter().find(|one| one.record["kind"] == "package_purchase").unwrap();
    let planted: &[(&str, &str, &str)] = &[
        ("<cbc:BuyerReference>ekonomi</cbc:BuyerReference>", "", "PEPPOL-EN16931-R003"),
        ("<cbc:EndpointID schemeID=\"0007\">5569990012", "<cbc:EndpointID schemeID=\"0007\">5569990013", "PEPPOL-COMMON-R049"),
        ("<cbc:CompanyID schemeID=\"0007\">5569990012", "<cbc:CompanyID schemeID=\"0007\">5569990013", "SE-R-013"),
        ("<cbc:PayableAmount currencyID=\"SEK\">", "<cbc:PayableAmount currencyID=\"SEK\">1", "BR-CO-16"),
        ("<cbc:Percent>25</cbc:Percent>", "<cbc:Percent>24</cbc:Percent>", "SE-R-006"),
        ("<cbc:PriceAmount currencyID=\"SEK\">", "<cbc:PriceAmount currencyID=\"SEK\">-", "BR-27"),
        ("cbc:DueDate>", "cbc:DueDay>", "cvc"),
    ];
    let files: Vec<_> = (0..planted.len()).map(|index| dir.path().join(format!("planted-{index}.xml"))).collect();
    for ((written, instead, _), file) in planted.iter().zip(&files) {
        assert!(purchase.xml.contains(written), "{written} is not in\n{}", purchase.xml);
        fs::write(file, purchase.xml.replace(written, instead)).unwrap();
    }
    let verdicts = validate(&files);
    for ((written, _, rule), file) in planted.iter().zip(&files) {
        let verdict = &verdicts[file];
        assert!(verdict.errors.iter().any(|error| error.contains(rule)), "{written}: {rule} is not in {verdict:#?}");
    }
}

/// The invoices that the demo writes: at least ten, of every plan that its catalog has.
#[test]
fn the_invoices_of_the_demo_are_valid() {
    let dir = tempdir().unwrap();
    good(&program::tally().args(["demo", "--events", "40000", "--dir"]).arg(dir.path()).output().unwrap());
    let files: Vec<_> = fs::read_dir(dir.path().join("invoices")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 10, "{} invoices", files.len());
    assert_all_valid(&files);
}
