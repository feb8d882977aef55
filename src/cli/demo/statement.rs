//! One billing record as a person would read it.

use super::names::Names;
use crate::cli::table::{Align, Table, grouped};
use crate::wire::published::{Days, Record};

pub fn statement(record: &Record, names: &Names) -> String {
    let mut text = heading(record, names);
    text.push_str(&lines(record));
    text.push_str(&sums(record));
    text
}

fn heading(record: &Record, names: &Names) -> String {
    let period = record.period.as_ref().map_or_else(String::new, |days| format!(", {}", span(&days.days)));
    let what = match record.kind.as_str() {
        "package_purchase" => "Packages bought",
        "quarterly" => "Quarterly statement",
        "annual" => "Annual statement",
        "correction" => "Correction",
        _ => "Statement",
    };
    let corrected: Vec<&str> = record.preceding.iter().map(|one| one.number.as_str()).collect();
    let corrects = if corrected.is_empty() { String::new() } else { format!("  corrects {}\n", corrected.join(", ")) };
    format!(
        "  {what} {}{period}\n  from {} to {} ({}), issued {}\n{corrects}\n",
        record.number,
        record.seller,
        names.of(&record.customer),
        record.customer,
        record.issued_at
    )
}

fn lines(record: &Record) -> String {
    let columns = [
        ("", Align::Right),
        ("what", Align::Left),
        ("for", Align::Left),
        ("quantity", Align::Right),
        ("unit price", Align::Right),
        (record.currency.as_str(), Align::Right),
        ("events", Align::Right),
        ("fingerprint", Align::Left),
    ];
    let mut table = Table::new(&columns);
    for line in &record.lines {
        let package = line.package.as_ref().map_or_else(String::new, |package| format!(" (package {})", package.ordinal));
        let per = if line.base_quantity.is_zero() || line.base_quantity == rust_decimal::Decimal::ONE {
            String::new()
        } else {
            format!(" / {}", grouped(&line.base_quantity.to_string()))
        };
        let digest = line.lineage.digest.trim_start_matches("sha256:");
        table.row(vec![
            line.number.to_string(),
            format!("{}{package}", line.description),
            span(&line.period),
            grouped(&line.quantity.to_string()),
            format!("{}{per}", line.unit_price),
            grouped(&line.net_amount.to_string()),
            grouped(&line.lineage.events.to_string()),
            digest.chars().take(12).collect(),
        ]);
    }
    table.render()
}

fn sums(record: &Record) -> String {
    let mut table = Table::new(&[("", Align::Left), (record.currency.as_str(), Align::Right)]);
    table.row(vec!["net".to_owned(), grouped(&record.totals.net.to_string())]);
    for vat in &record.totals.vat {
        table.row(vec![format!("VAT {} %", vat.rate), grouped(&vat.amount.to_string())]);
    }
    table.rule();
    table.row(vec!["to pay".to_owned(), grouped(&record.totals.gross.to_string())]);
    format!("\n{}", table.render())
}

fn span(days: &Days) -> String {
    if days.from == days.to { days.from.to_string() } else { format!("{} to {}", days.from, days.to) }
}
