//! A record as a page: what it is, its lines, its sums, and what it was made with.

use miette::{Result, miette};
use rust_decimal::Decimal;

use super::exact::quotient;
use super::find::Found;
use super::line::LineIn;
use super::lineage;
use super::page::Page;
use super::voice::Voice;
use crate::domain::catalog::Catalog;
use crate::wire::published::{Record, VatTotal};

/// Labels of rows: their longest word is the width of the column.
const LABELS: &[&str] = &[
    "label.number",
    "label.customer",
    "label.seller",
    "label.period",
    "label.issued",
    "label.corrects",
    "label.corrected",
    "label.plan",
    "label.counted",
    "label.package",
    "label.why",
    "label.tier",
    "label.minimum",
    "label.price",
    "label.calculation",
    "label.rounding",
    "label.vat",
    "label.origin",
    "label.net",
    "label.gross",
    "label.catalog",
    "label.tzdb",
    "label.basis",
];

/// # Errors
/// None of a record that `tally` published.
pub fn explain(found: &Found, rules: Option<&Catalog>, voice: &Voice) -> Result<String> {
    let record = &found.record;
    let width = LABELS.iter().map(|label| voice.say(label, &[]).chars().count()).max().unwrap_or_default();
    let mut page = Page::new(width);
    head(found, voice, &mut page);
    for line in &record.lines {
        LineIn { record, line, rules, voice }
            .explain(&mut page)
            .ok_or_else(|| miette!("line {} divides by zero; report this", line.number))?;
    }
    sums(record, voice, &mut page);
    world(record, voice, &mut page);
    lineage::recipe(record, voice, &mut page);
    Ok(page.finish())
}

fn head(found: &Found, voice: &Voice, page: &mut Page) {
    let record = &found.record;
    let (kind, issued) = match record.kind.as_str() {
        "package_purchase" => ("kind.package_purchase", "text.issued_package"),
        "quarterly" => ("kind.quarterly", "text.issued_period"),
        "annual" => ("kind.annual", "text.issued_period"),
        "periodic" => ("kind.periodic", "text.issued_period"),
        "correction" => ("kind.correction", "text.issued_correction"),
        _ => ("kind.other", "text.issued_period"),
    };
    page.heading(&format!("{} {}", voice.say(kind, &[]), record.number));
    if let Some(running) = record.number.rsplit_once('-').and_then(|(_, running)| running.parse::<u64>().ok()) {
        let values = [("number", record.number.as_str()), ("running", &voice.number(&running.to_string()))];
        page.row(&voice.say("label.number", &[]), &voice.say("text.number", &values));
    }
    page.row(&voice.say("label.customer", &[]), &record.customer);
    page.row(&voice.say("label.seller", &[]), &record.seller);
    if let Some(period) = &record.period {
        let (from, to) = (voice.date(period.days.from), voice.date(period.days.to));
        let key = if from == to { "text.period_day" } else { "text.period" };
        let values = [("from", from.as_str()), ("to", &to), ("date", &from), ("zone", &period.zone)];
        page.row(&voice.say("label.period", &[]), &voice.say(key, &values));
    }
    page.row(&voice.say("label.issued", &[]), &voice.say(issued, &[("at", &voice.instant(&record.issued_at))]));
    if record.kind == "correction" && record.preceding.is_empty() {
        page.row(&voice.say("label.corrects", &[]), &voice.say("text.corrects_none", &[]));
    }
    for (label, text, references) in
        [("label.corrects", "text.corrects", &record.preceding), ("label.corrected", "text.corrected", &found.corrected_by)]
    {
        for one in references {
            let values = [("number", one.number.as_str()), ("at", &voice.instant(&one.issued_at))];
            page.row(&voice.say(label, &[]), &voice.say(text, &values));
        }
    }
}

fn sums(record: &Record, voice: &Voice, page: &mut Page) {
    page.heading(&voice.say("label.sums", &[]));
    let money = |amount: Decimal| format!("{}\u{a0}{}", voice.decimal(amount), record.currency);
    let parts: Vec<String> = record.lines.iter().map(|line| voice.decimal(line.net_amount)).collect();
    let sum = match parts.as_slice() {
        [_] => money(record.totals.net),
        parts => format!("{} = {}", added(parts), money(record.totals.net)),
    };
    page.row(&voice.say("label.net", &[]), &voice.say("text.net", &[("sum", &sum)]));
    for vat in &record.totals.vat {
        page.row(&voice.say("label.vat", &[]), &format!("{} = {}", tax(vat, voice), money(vat.amount)));
    }
    let taxes: Vec<String> = record.totals.vat.iter().map(|vat| voice.decimal(vat.amount)).collect();
    let net_and_taxes: Vec<String> = std::iter::once(voice.decimal(record.totals.net)).chain(taxes).collect();
    let gross = format!("{} = {}", added(&net_and_taxes), money(record.totals.gross));
    page.row(&voice.say("label.gross", &[]), &gross);
}

/// A sum as people write it: what is negative is taken off.
fn added(amounts: &[String]) -> String {
    amounts.join(" + ").replace("+ −", "− ")
}

fn tax(vat: &VatTotal, voice: &Voice) -> String {
    let (rate, taxable) = (voice.decimal(vat.rate), voice.decimal(vat.taxable));
    let exact = quotient(vat.taxable, vat.rate, Decimal::ONE_HUNDRED).unwrap_or_default();
    let is_exact = Decimal::from_str_exact(&exact).is_ok_and(|exact| exact == vat.amount);
    let exact = voice.number(&exact);
    let values = [("rate", rate.as_str()), ("category", &vat.category), ("taxable", &taxable), ("exact", &exact)];
    voice.say(if is_exact { "text.vat" } else { "text.vat_rounded" }, &values)
}

fn world(record: &Record, voice: &Voice, page: &mut Page) {
    page.heading(&voice.say("label.world", &[]));
    let catalog = [("version", record.catalog.version.as_str()), ("digest", lineage::hex_of(&record.catalog.digest))];
    page.row(&voice.say("label.catalog", &[]), &voice.say("text.catalog", &catalog));
    page.row(&voice.say("label.tzdb", &[]), &voice.say("text.tzdb", &[("tzdb", &record.tzdb)]));
}
