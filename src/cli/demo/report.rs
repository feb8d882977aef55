//! What the demo tells in the end.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use super::outcome::{Outcome, Suspended};
use super::statement::statement;
use super::totals::{Amounts, Span};
use crate::cli::table::{Align, Table, grouped};
use crate::domain::verdict::Sums;

/// Rows of the customers' table, sums apart.
const CUSTOMERS_SHOWN: usize = 15;

pub struct Shown<'a> {
    pub dir: &'a Path,
    pub outcome: &'a Outcome,
    /// How many were written.
    pub invoices: usize,
    pub sums: &'a Sums,
    pub made_in: Duration,
    pub billed_in: Duration,
    pub until: &'static str,
}

pub fn render(shown: &Shown<'_>) -> String {
    let example = shown.outcome.example.as_ref().map(|record| statement(record, &shown.outcome.names));
    let sections = [
        ("Events and their verdicts", verdicts(shown)),
        ("Packages bought", packages(shown.outcome)),
        ("Charged per customer, net: by quarter, what is for half-years and years apart", customers(shown.outcome)),
        ("One of the records", example.unwrap_or_else(|| "  none: too few events\n".to_owned())),
        ("How fast", speed(shown)),
        ("Where the files are", files(shown)),
        ("What to try next", next(shown)),
    ];
    sections.iter().map(|(title, text)| format!("\n{title}\n\n{text}")).collect()
}

fn verdicts(shown: &Shown<'_>) -> String {
    let sums = shown.sums;
    let mut table = Table::new(&[("verdict", Align::Left), ("events", Align::Right), ("", Align::Left)]);
    let rows = [
        ("counted", sums.counted, ""),
        ("duplicate", sums.duplicate, "told again by its producer: counted once"),
        ("test", sums.test, "not charged"),
        ("suspended", sums.suspended, "kept, with the reason and the original, until it is mended"),
        ("undecodable", sums.undecodable, "kept the same way"),
        ("written off", sums.written_off, "given up by two people"),
    ];
    for (verdict, count, meaning) in rows {
        table.row(vec![verdict.to_owned(), grouped(&count.to_string()), meaning.to_owned()]);
    }
    table.rule();
    table.row(vec!["all".to_owned(), grouped(&sums.inputs.to_string()), "each has exactly one".to_owned()]);
    table.render() + &suspense(shown.outcome)
}

fn suspense(outcome: &Outcome) -> String {
    let told = outcome.suspended.iter().map(|(reason, Suspended { went_in, came_out })| {
        let released = if *came_out > 0 { format!(" ({} released later)", grouped(&came_out.to_string())) } else { String::new() };
        format!("{reason} {}{released}", grouped(&went_in.to_string()))
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() { String::new() } else { format!("\n  Into suspense went: {}\n", told.join(", ")) }
}

fn packages(outcome: &Outcome) -> String {
    let columns = [
        ("plan", Align::Left),
        ("what", Align::Left),
        ("packages", Align::Right),
        ("units", Align::Right),
        ("net", Align::Right),
        ("", Align::Left),
    ];
    let mut table = Table::new(&columns);
    for ((plan, description, currency), bought) in &outcome.totals.packages {
        table.row(vec![
            plan.clone(),
            description.clone(),
            grouped(&bought.packages.to_string()),
            grouped(&bought.units.to_string()),
            grouped(&bought.net.to_string()),
            currency.clone(),
        ]);
    }
    table.render()
}

fn customers(outcome: &Outcome) -> String {
    let spans = outcome.totals.spans();
    let names: Vec<String> = spans.iter().map(|span| span.name()).collect();
    let mut columns = vec![("customer", Align::Left), ("", Align::Left), ("records", Align::Right)];
    columns.extend(names.iter().map(|name| (name.as_str(), Align::Right)));
    columns.extend([("all", Align::Right), ("", Align::Left)]);
    let mut table = Table::new(&columns);
    let currencies = &outcome.totals.customers;
    let each = CUSTOMERS_SHOWN / currencies.len().max(1);
    for (currency, customers) in currencies {
        let mut largest: Vec<(&String, &Amounts)> = customers.iter().collect();
        largest.sort_by_key(|(_, amounts)| std::cmp::Reverse(amounts.total));
        for (customer, amounts) in largest.iter().take(each) {
            table.row(row(customer, outcome.names.of(customer), amounts, &spans, currency));
        }
        let label = format!("all {} in {currency}", customers.len());
        let mut sum = Amounts::default();
        // A sum too large to write is left out; each customer's own sum was checked when it was made.
        if customers.values().try_for_each(|amounts| sum.add_all(amounts)).is_some() {
            table.row(row("", &label, &sum, &spans, currency));
        }
        table.rule();
    }
    table.render()
}

fn row(customer: &str, name: &str, amounts: &Amounts, spans: &[Span], currency: &str) -> Vec<String> {
    let amount = |span: &Span| amounts.by_span.get(span).map_or_else(String::new, |amount| grouped(&amount.to_string()));
    let mut cells = vec![customer.to_owned(), name.to_owned(), grouped(&amounts.records.to_string())];
    cells.extend(spans.iter().map(amount));
    cells.extend([grouped(&amounts.total.to_string()), currency.to_owned()]);
    cells
}

fn speed(shown: &Shown<'_>) -> String {
    let seconds = shown.billed_in.as_secs_f64();
    let per_second = shown.sums.inputs as f64 / seconds.max(0.001);
    format!(
        "  {} events were made in {:.1} s and billed in {seconds:.1} s: {} events/s, every commit on disk.\n",
        grouped(&shown.sums.inputs.to_string()),
        shown.made_in.as_secs_f64(),
        grouped(&format!("{per_second:.0}"))
    )
}

fn files(shown: &Shown<'_>) -> String {
    let invoices = format!("{} records as Peppol invoices: one for each plan and each kind", shown.invoices);
    let mut table = Table::new(&[("file", Align::Left), ("what", Align::Left)]);
    let files = [
        ("catalog.toml", "what is sold, and at which price"),
        ("in/usage-events/0.ndjson", "the year of usage, one CloudEvent a line"),
        ("in/usage-control/0.ndjson", "customers and activations"),
        ("out/billing-records.ndjson", "what downstream billing gets, one record a line"),
        ("out/usage-suspense.ndjson", "what could not be counted, why, and the original"),
        ("out/usage-notices.ndjson", "low balances and the like"),
        ("invoices/", &invoices),
        ("state/", "aggregates, for the next start and for `tally usage`"),
    ];
    for (file, what) in files {
        table.row(vec![shown.dir.join(file).display().to_string(), what.to_owned()]);
    }
    table.render()
}

fn next(shown: &Shown<'_>) -> String {
    let dir = shown.dir.display();
    let example = shown.outcome.example.as_ref();
    let customer = example.map_or("SE-0180", |record| record.customer.as_str());
    let record = example.map_or("SE-0180-000001", |record| record.number.as_str());
    let mut text = String::new();
    let steps = [
        ("what one customer used, by quarter, day or hour", format!("tally usage {customer} --by quarter --journal {dir}")),
        ("how each amount of a record came about", format!("tally explain {record} --lang da --journal {dir}")),
        ("what is held back, and what would release it", format!("tally held --journal {dir}")),
        ("the whole year recomputed from its log, and compared", format!("tally verify --journal {dir}")),
        ("a record as an invoice", format!("tally export --format peppol-bis-3 --journal {dir} {record}")),
        ("the year again: nothing is billed twice", format!("tally run --journal {dir} --until {}", shown.until)),
        (
            "kill it where you like, run it again, and compare",
            format!("rm -r {dir}/out {dir}/state; tally run --journal {dir} --until {}", shown.until),
        ),
        ("change a price in the catalog, then", format!("tally check --catalog {dir}/catalog.toml")),
        ("the invoices, judged by the official rules", format!("ls {dir}/invoices/*.xml | scripts/invoice-validator.sh validate")),
        ("the same on Kafka", "make kafka-up, then tally topics create --config config/tally.toml".to_owned()),
    ];
    for (what, command) in steps {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {what}:\n    {command}");
    }
    text
}
