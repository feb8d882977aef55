//! The gates and the ledger of test ids, for people and for programs.

use std::fmt::Write as _;

use miette::{IntoDiagnostic, Result};
use serde::Serialize;

use crate::cli::table::{Align, Table};
use crate::domain::directory::{Directory, DirectoryEntry, DirectoryKey};
use crate::domain::instant::Instant;
use crate::domain::names::CustomerId;
use crate::engine::{GateView, ServiceView};

/// What is shown of a customer.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    pub customer: &'a CustomerId,
    pub at: Instant,
    pub services: &'a [ServiceView],
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    customer: &'a str,
    at: String,
    services: Vec<JsonService<'a>>,
}

#[derive(Serialize)]
struct JsonService<'a> {
    service: &'a str,
    open: bool,
    gates: Vec<JsonGate<'a>>,
}

#[derive(Serialize)]
struct JsonGate<'a> {
    gate: &'static str,
    open: bool,
    since: Option<String>,
    opens: Option<&'a str>,
}

fn json_gate(view: &GateView) -> JsonGate<'_> {
    JsonGate { gate: view.gate, open: view.is_open, since: view.since.map(|since| since.to_string()), opens: view.opens.as_deref() }
}

impl Page<'_> {
    pub fn table(&self) -> String {
        if self.services.is_empty() {
            return "No service of the catalog is activated or taken into use: each may be used at once.\n".to_owned();
        }
        let mut text = String::new();
        for one in self.services {
            let production = if one.is_open { "open" } else { "shut" };
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{} {} at {}: production is {production}.\n", self.customer, one.service, self.at);
            let _ = writeln!(text, "{}", gates(&one.gates));
            for gate in &one.gates {
                let _ = gate.opens.iter().try_for_each(|opens| writeln!(text, "{}: {opens}.", gate.gate));
            }
            text.push('\n');
        }
        text
    }

    pub fn json(&self) -> Result<String> {
        let services = self.services.iter().map(|one| JsonService {
            service: one.service.as_str(),
            open: one.is_open,
            gates: one.gates.iter().map(json_gate).collect(),
        });
        let document = Document {
            schema: "tally/onboarding/1",
            customer: self.customer.as_str(),
            at: self.at.to_string(),
            services: services.collect(),
        };
        Ok(serde_json::to_string(&document).into_diagnostic()? + "\n")
    }
}

fn gates(views: &[GateView]) -> String {
    let mut table = Table::new(&["gate", "is", "since"].map(|name| (name, Align::Left)));
    for view in views {
        let is = match (view.is_open, view.is_asked) {
            (true, _) => "open",
            (false, true) => "shut",
            (false, false) => "to do",
        };
        let since = view.since.map(|since| since.to_string()).unwrap_or_default();
        table.row(vec![view.gate.to_owned(), is.to_owned(), since]);
    }
    table.render()
}

/// One entry of the ledger (REQUIREMENTS K10).
#[derive(Debug, Serialize)]
pub struct TestIdRow {
    /// By keyed hash.
    id: String,
    /// `grant`, or `issue`.
    what: &'static str,
    supplier: String,
    customer: Option<String>,
    service: Option<String>,
    from: String,
    to: Option<String>,
}

/// The ledger, or what of it was issued to a customer.
#[must_use]
pub fn test_ids(directory: &Directory, customer: Option<&CustomerId>) -> Vec<TestIdRow> {
    let mut rows = Vec::new();
    for (key, entry) in directory.iter() {
        let (DirectoryKey::TestId(id), DirectoryEntry::TestId(ledger)) = (key, entry) else { continue };
        let text = |at: Option<Instant>| at.map(|at| at.to_string());
        rows.extend(ledger.grants.iter().filter(|_| customer.is_none()).map(|grant| TestIdRow {
            id: id.clone(),
            what: "grant",
            supplier: grant.supplier.clone(),
            customer: None,
            service: None,
            from: grant.from.to_string(),
            to: text(grant.to),
        }));
        let issues = ledger.issues.iter().filter(|issue| customer.is_none_or(|customer| *customer == issue.customer));
        rows.extend(issues.map(|issue| TestIdRow {
            id: id.clone(),
            what: "issue",
            supplier: issue.supplier.clone(),
            customer: Some(issue.customer.to_string()),
            service: Some(issue.service.to_string()),
            from: issue.from.to_string(),
            to: text(ledger.end_of(issue)),
        }));
    }
    rows
}

#[must_use]
pub fn test_ids_table(rows: &[TestIdRow]) -> String {
    if rows.is_empty() {
        return "No test id is granted or issued.\n".to_owned();
    }
    let mut table =
        Table::new(&["test id (keyed hash)", "what", "supplier", "customer", "service", "from", "to"].map(|name| (name, Align::Left)));
    for row in rows {
        let TestIdRow { id, what, supplier, customer, service, from, to } = row;
        let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
        table.row(vec![
            id.clone(),
            (*what).to_owned(),
            supplier.clone(),
            or_empty(customer),
            or_empty(service),
            from.clone(),
            or_empty(to),
        ]);
    }
    table.render()
}

/// # Errors
/// None, as long as rows are plain text.
pub fn test_ids_json(rows: &[TestIdRow]) -> Result<String> {
    let document = serde_json::json!({ "schema": "tally/test-ids/1", "test_ids": rows });
    Ok(serde_json::to_string(&document).into_diagnostic()? + "\n")
}
