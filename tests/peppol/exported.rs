//! What `tally export` has made of the records of a journal.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::program::{good, lines, tally};

pub struct Exported {
    pub record: Value,
    pub path: PathBuf,
    pub xml: String,
}

/// Exports all records of a journal; every one of them has become a file.
pub fn export_all(journal: &Path) -> Vec<Exported> {
    let out = journal.join("invoices");
    good(&tally().args(["export", "--format", "peppol-bis-3", "--all", "--journal"]).arg(journal).arg("--out").arg(&out).output().unwrap());
    let records = lines(&journal.join("out/billing-records.ndjson"));
    let names: BTreeSet<String> = records.iter().map(|record| format!("{}.xml", record["number"].as_str().unwrap())).collect();
    let found: BTreeSet<String> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(found, names);
    let exported = |record: Value| {
        let path = out.join(format!("{}.xml", record["number"].as_str().unwrap()));
        Exported { xml: fs::read_to_string(&path).unwrap(), record, path }
    };
    records.into_iter().map(exported).collect()
}

impl Exported {
    pub fn is_credit_note(&self) -> bool {
        self.xml.contains("<CreditNote ")
    }

    /// The validator sees whether an invoice is right in itself; this, whether it says what its record says.
    pub fn assert_follows_its_record(&self) {
        let totals = &self.record["totals"];
        let has = |element: &str| assert!(self.xml.contains(element), "{element} is not in\n{}\n{}", self.xml, self.record);
        let lacks = |element: &str| assert!(!self.xml.contains(element), "{element} is in\n{}", self.xml);
        let gross = totals["gross"].as_str().unwrap();
        assert_eq!(self.is_credit_note(), gross.starts_with('-'), "{}", self.record);
        has(&format!(">{}</cbc:PayableAmount>", gross.trim_start_matches('-')));
        has(&format!("<cbc:ID>{}</cbc:ID>", self.record["number"].as_str().unwrap()));
        has(&format!("<cbc:IssueDate>{}</cbc:IssueDate>", self.record["issue_date"].as_str().unwrap()));
        for line in self.record["lines"].as_array().unwrap() {
            has(line["lineage"]["digest"].as_str().unwrap());
            self.assert_quantity(line["quantity"].as_str().unwrap());
            if let Some(agreement) = line["agreement"].as_str() {
                let escaped = agreement.replace('&', "&amp;");
                has(&format!("<cbc:ID>{escaped}</cbc:ID>\n      <cbc:DocumentTypeCode>130</cbc:DocumentTypeCode>"));
                has(&format!("<cbc:Value>{}</cbc:Value>", line["system"].as_str().unwrap()));
            }
        }
        for preceding in self.record["preceding"].as_array().into_iter().flatten() {
            has(&format!("<cac:InvoiceDocumentReference>\n      <cbc:ID>{}</cbc:ID>", preceding["number"].as_str().unwrap()));
        }
        if self.record["kind"] == "correction" {
            lacks("\n  <cac:InvoicePeriod>");
        } else {
            has("\n  <cac:InvoicePeriod>");
        }
        if totals["vat"][0]["category"] == "O" {
            lacks("<cac:PartyTaxScheme>");
            lacks("<cbc:Percent>");
        }
    }

    /// With its sign turned round in a credit note.
    fn assert_quantity(&self, quantity: &str) {
        let turned = quantity.strip_prefix('-').map_or_else(|| format!("-{quantity}"), str::to_owned);
        let expect = if self.is_credit_note() && quantity != "0" { turned } else { quantity.to_owned() };
        let name = if self.is_credit_note() { "Credited" } else { "Invoiced" };
        assert!(self.xml.contains(&format!(">{expect}</cbc:{name}Quantity>")), "{quantity} is not in\n{}", self.xml);
    }
}
