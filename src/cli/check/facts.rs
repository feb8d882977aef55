//! A catalog as lists of named facts, so that two of them can be compared without knowing what each fact is.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::rules::{self, iso, span};
use crate::domain::catalog::{Amounts, Catalog, Measure, Plan, Seller, Service, Vat};
use crate::domain::gates::onboarding::OnboardingRules;
use crate::domain::party::InvoiceFormat;
use crate::domain::roster::{Meaning, RosterRules, SourceCodes};

/// What is compared: sellers with sellers, plans with plans, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Catalog,
    Seller,
    Service,
    Plan,
}

impl Kind {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Catalog => "catalog",
            Self::Seller => "seller",
            Self::Service => "service",
            Self::Plan => "plan",
        }
    }
}

/// A value that may be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figure {
    /// A price or a size: a change of it is told in percent too.
    Number(Decimal),
    Words(String),
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Words(words) => f.write_str(words),
        }
    }
}

pub type Facts = Vec<(String, Figure)>;

/// What a catalog says of one thing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Thing {
    /// In force as long as the catalog is.
    pub settings: Facts,
    /// In force from a local date of the use on, ascending.
    pub prices: Vec<(NaiveDate, Facts)>,
}

pub type Things = BTreeMap<(Kind, String), Thing>;

#[must_use]
pub fn of(catalog: &Catalog) -> Things {
    let mut things = Things::from([((Kind::Catalog, String::new()), Thing { settings: head(catalog), prices: Vec::new() })]);
    for (id, seller) in &catalog.sellers {
        things.insert((Kind::Seller, id.to_string()), Thing { settings: of_seller(seller), prices: Vec::new() });
    }
    for service in &catalog.services {
        things.insert((Kind::Service, service.id.to_string()), Thing { settings: of_service(service, catalog), prices: Vec::new() });
    }
    for plan in &catalog.plans {
        things.insert((Kind::Plan, plan.id.to_string()), of_plan(plan));
    }
    things
}

pub fn words(name: &str, value: impl Into<String>) -> (String, Figure) {
    (name.to_owned(), Figure::Words(value.into()))
}

pub fn yes_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

pub fn amounts(name: &str, amounts: &Amounts) -> Facts {
    amounts.iter().map(|(currency, amount)| (format!("{name} in {}", currency.as_str()), Figure::Number(*amount))).collect()
}

fn head(catalog: &Catalog) -> Facts {
    let mut facts = vec![
        words("version", &catalog.version),
        words("horizon of repeats", span(catalog.dedupe_horizon)),
        words("allowed skew of clocks", span(catalog.max_future_skew)),
        words("personal numbers are looked for", yes_no(catalog.personal_numbers)),
        words("environment of its log", if catalog.test_environment { "test: nothing is charged" } else { "production" }),
        words("kinds of certificates", catalog.certificate_kinds.join(", ")),
        words("ages of waiting events that are told", ages(catalog)),
        words("missing numbers are waited for", catalog.watch.patience.map_or("they are not looked for".to_owned(), span)),
    ];
    facts.extend(of_roster(&catalog.roster));
    facts
}

fn of_roster(rules: &RosterRules) -> Facts {
    let RosterRules { most_removed_share, most_removed, most_added_share, most_added, quality_floor, codes } = rules;
    let number = |name: &str, number: Option<Decimal>| number.map(|number| (name.to_owned(), Figure::Number(number)));
    let facts = [
        number("largest share of pupils that a load may remove", *most_removed_share),
        number("most pupils that a load may remove", most_removed.map(Decimal::from)),
        number("largest share of pupils that a load may add", *most_added_share),
        number("most pupils that a load may add", most_added.map(Decimal::from)),
        number("lowest score of data quality, in thousandths", quality_floor.map(Decimal::from)),
    ];
    let meant = |(source, codes): (&str, &SourceCodes)| {
        let meaning = |(code, meaning): (&str, &Meaning)| {
            let from = meaning.from.map_or_else(String::new, |from| format!(" from {from} on"));
            words(&format!("school type {code:?} of {source}{from}"), &meaning.form)
        };
        codes.iter().map(meaning).collect::<Facts>()
    };
    facts.into_iter().flatten().chain(codes.iter().flat_map(meant)).collect()
}

fn ages(catalog: &Catalog) -> String {
    let ages: Vec<String> = catalog.watch.ages.iter().copied().map(span).collect();
    if ages.is_empty() { "none".to_owned() } else { ages.join(", ") }
}

fn of_seller(seller: &Seller) -> Facts {
    let Seller { name, country, org_number, vat_number, endpoint, address, payment, terms, invoice } = seller;
    let mut facts = vec![words("name", name), words("country", country), words("org number", org_number)];
    facts.extend(vat_number.iter().map(|number| words("VAT number", number)));
    facts.extend(endpoint.iter().map(|endpoint| words("endpoint", format!("{}:{}", endpoint.scheme, endpoint.id))));
    let parts = address.iter().flat_map(|address| [&address.street, &address.post_code, &address.city]).flatten();
    let address = parts.cloned().collect::<Vec<_>>().join(", ");
    facts.extend((!address.is_empty()).then(|| words("address", address)));
    facts.extend(payment.iter().map(|payment| {
        let parts = [Some(&payment.means), payment.account.as_ref(), payment.bank.as_ref()];
        words("payment", parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(" "))
    }));
    facts.extend(terms.iter().map(|terms| words("payment is due after", iso(*terms))));
    facts.extend(invoice.iter().map(|format| match format {
        InvoiceFormat::PeppolBis3 => words("records are good for", "peppol-bis-3"),
    }));
    facts
}

fn of_service(service: &Service, catalog: &Catalog) -> Facts {
    let Service {
        id: _,
        types,
        title,
        unit,
        activation,
        registered,
        agreement,
        trial,
        onboarding,
        brake,
        bill_on,
        measure,
        retractable,
        negative,
        plan: _,
    } = service;
    let plan = catalog.plan_of(service).map_or("no plan: its use waits", |plan| plan.id.as_str());
    let billed = bill_on.as_ref().map_or_else(|| "every outcome".to_owned(), |outcomes| outcomes.join(", "));
    let mut facts = vec![
        words("charged by plan", plan),
        words("event types", types.join(", ")),
        words("title", title),
        words("unit", unit),
        words("must be activated", yes_no(*activation)),
        words("comes from registered it-systems only", yes_no(*registered || *agreement)),
        words("needs an approved agreement", yes_no(*agreement)),
        words("tests come from trial connections only", yes_no(*trial)),
        words("billed on", billed),
        words("quantity, where none is reported", if *measure == Measure::SmsSegments { "segments of the message" } else { "one" }),
        words("can be taken back by id", yes_no(*retractable)),
        words("quantity may be negative", yes_no(*negative)),
        words("must be taken into use", onboarding.as_ref().map_or_else(|| "no".to_owned(), taken_into_use)),
    ];
    facts.extend(brake.iter().map(|rule| words("trips the brake at", rules::usage_brake(rule))));
    facts
}

/// What customers do first.
fn taken_into_use(rules: &OnboardingRules) -> String {
    let OnboardingRules { archive, report_closes } = rules;
    let archive = archive.as_ref().map(|archive| format!(", verified in {archive}")).unwrap_or_default();
    let report = if *report_closes { ", closed when the report is overdue" } else { "" };
    format!("yes{archive}{report}")
}

fn of_plan(plan: &Plan) -> Thing {
    // Its services say themselves which plan charges them.
    let Plan { id: _, seller, services: _, vat: Vat { category, rate, exemption }, allowed_lateness, zero, due, model } = plan;
    let mut settings = vec![
        words("seller", seller.as_str()),
        words("VAT", format!("{category} {rate} %")),
        words("allowed lateness", iso(*allowed_lateness)),
        words("records of nothing used", yes_no(*zero)),
    ];
    settings.extend(due.iter().map(|due| words("payment is due after a period's end by", iso(*due))));
    let why = exemption.iter().flat_map(|one| [&one.code, &one.reason]).flatten().cloned().collect::<Vec<_>>().join(": ");
    settings.extend((!why.is_empty()).then(|| words("no VAT because", why)));
    let (own, prices) = rules::of_model(model);
    settings.extend(own);
    Thing { settings, prices }
}
