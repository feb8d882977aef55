//! The catalog, read straight from TOML. It is taken to be valid: `tally check` is tested elsewhere.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;
use serde::Deserialize;
use toml::Table;

use super::calendar::{self, Instant, Period, Span, midnight};
use super::number::Dec;

#[derive(Deserialize)]
struct Raw {
    version: String,
    #[serde(default)]
    close: BTreeMap<String, String>,
    #[serde(default)]
    dedupe: BTreeMap<String, String>,
    #[serde(default)]
    time: BTreeMap<String, String>,
    service: BTreeMap<String, Service>,
    plan: BTreeMap<String, RawPlan>,
}

#[derive(Clone, Deserialize)]
pub struct Service {
    pub types: Vec<String>,
    #[serde(default = "one_piece")]
    pub unit: String,
    #[serde(default)]
    pub activation: bool,
    pub bill_on: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct RawPlan {
    model: String,
    services: Vec<String>,
    seller: String,
    vat: Vat,
    period: Option<String>,
    starts: Option<String>,
    allowed_lateness: Option<String>,
    low_balance: Option<String>,
    older_than: Option<String>,
    reference: Option<String>,
    charge: Option<String>,
    measure: Option<String>,
    measured: Option<String>,
    included: Option<String>,
    unit: Option<String>,
    step: Option<String>,
    school_forms: Option<Vec<String>>,
    #[serde(default)]
    true_up: bool,
    #[serde(default)]
    zero: bool,
    #[serde(default)]
    minimum: BTreeMap<String, String>,
    price: Vec<RawPrice>,
}

#[derive(Clone, Deserialize)]
pub struct Vat {
    pub category: String,
    #[serde(default = "zero_rate")]
    pub rate: String,
}

#[derive(Deserialize)]
struct RawPrice {
    from: String,
    size: Option<String>,
    #[serde(default)]
    amount: BTreeMap<String, String>,
    #[serde(default)]
    unit: BTreeMap<String, String>,
    #[serde(default)]
    tiers: Vec<RawTier>,
    mode: Option<String>,
}

#[derive(Deserialize)]
struct RawTier {
    up_to: Option<String>,
    unit: BTreeMap<String, String>,
}

type Amounts = BTreeMap<String, Dec>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    Package,
    Metered,
    Archive,
    Capacity,
}

pub struct Tier {
    pub up_to: Option<Dec>,
    pub unit: Amounts,
}

pub struct Price {
    pub from: NaiveDate,
    pub size: Option<Dec>,
    pub amount: Amounts,
    /// A flat unit price is one open tier.
    pub tiers: Vec<Tier>,
    pub by_volume: bool,
}

pub struct Plan {
    pub name: String,
    pub model: Model,
    pub services: Vec<String>,
    pub seller: String,
    pub vat: Vat,
    pub months: u32,
    pub starts: (u32, u32),
    pub lateness: Span,
    pub low_balance: Option<Dec>,
    pub older_than: Span,
    pub reference: (u32, u32),
    pub in_advance: bool,
    pub zero: bool,
    pub minimum: Amounts,
    pub prices: Vec<Price>,
    pub capacity: Option<Capacity>,
}

pub struct Capacity {
    pub by_snapshot: bool,
    /// None: on the first day of the year.
    pub measured: Option<(u32, u32)>,
    pub included: Dec,
    pub bytes_per_unit: i64,
    pub step: Option<Dec>,
    pub school_forms: Option<Vec<String>>,
    pub true_up: bool,
    /// Years begin on the day of the agreement, not on `starts`.
    pub by_agreement: bool,
}

pub struct Catalog {
    pub version: String,
    pub horizon: Duration,
    pub max_future_skew: Duration,
    pub services: BTreeMap<String, Service>,
    pub plans: BTreeMap<String, Plan>,
}

impl Catalog {
    /// One file, or a directory of them merged.
    pub fn read(path: &Path) -> Catalog {
        let mut files: Vec<PathBuf> = vec![path.to_owned()];
        if path.is_dir() {
            files = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
            files.retain(|file| file.extension().is_some_and(|ext| ext == "toml"));
            files.sort();
        }
        let mut merged = Table::new();
        for file in files {
            merge(&mut merged, fs::read_to_string(file).unwrap().parse().unwrap());
        }
        Catalog::from_raw(merged.try_into().unwrap())
    }

    pub fn parse(text: &str) -> Catalog {
        Catalog::from_raw(toml::from_str(text).unwrap())
    }

    fn from_raw(raw: Raw) -> Catalog {
        let span = |table: &BTreeMap<String, String>, name: &str, default: &str| {
            Span::parse(table.get(name).map_or(default, String::as_str)).unwrap()
        };
        let lateness = span(&raw.close, "allowed_lateness", "P5D");
        Catalog {
            version: raw.version,
            horizon: span(&raw.dedupe, "horizon", "P35D").exact(),
            max_future_skew: span(&raw.time, "max_future_skew", "PT1H").exact(),
            services: raw.service,
            plans: raw.plan.into_iter().map(|(name, p)| (name.clone(), plan(name, p, lateness))).collect(),
        }
    }

    pub fn service_of(&self, event_type: &str) -> Option<&str> {
        let found = self.services.iter().find(|(_, s)| s.types.iter().any(|t| t == event_type));
        found.map(|(name, _)| name.as_str())
    }

    pub fn plan_of(&self, service: &str) -> Option<&Plan> {
        self.plans.values().find(|plan| plan.services.iter().any(|s| s == service))
    }
}

fn merge(into: &mut Table, from: Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => merge(old, new),
            (_, value) => drop(into.insert(key, value)),
        }
    }
}

fn one_piece() -> String {
    "C62".into()
}

fn zero_rate() -> String {
    "0".into()
}

fn dec(text: &str) -> Dec {
    Dec::parse(text).unwrap_or_else(|| panic!("not a decimal: {text}"))
}

fn amounts(raw: &BTreeMap<String, String>) -> Amounts {
    raw.iter().map(|(currency, text)| (currency.clone(), dec(text))).collect()
}

fn month_day(text: &str) -> (u32, u32) {
    let (month, day) = text.split_once('-').unwrap();
    (month.parse().unwrap(), day.parse().unwrap())
}

fn plan(name: String, raw: RawPlan, lateness: Span) -> Plan {
    let model = match raw.model.as_str() {
        "package" => Model::Package,
        "metered" => Model::Metered,
        "archive" => Model::Archive,
        "capacity" => Model::Capacity,
        other => panic!("plan {name}: unknown model {other}"),
    };
    let months = match raw.period.as_deref() {
        Some("month") => 1,
        Some("quarter") => 3,
        Some("half-year") => 6,
        Some("year") | None => 12,
        Some(other) => panic!("plan {name}: unknown period {other}"),
    };
    let by_agreement = raw.starts.as_deref() == Some("agreement");
    let capacity = (model == Model::Capacity).then(|| Capacity {
        by_snapshot: raw.measure.as_deref() == Some("snapshot"),
        measured: raw.measured.as_deref().map(month_day),
        included: dec(raw.included.as_deref().unwrap()),
        bytes_per_unit: if raw.unit.as_deref() == Some("MiB") { 1 << 20 } else { 1_000_000 },
        step: raw.step.as_deref().map(dec),
        school_forms: raw.school_forms.clone(),
        true_up: raw.true_up,
        by_agreement,
    });
    let mut prices: Vec<Price> = raw.price.into_iter().map(price).collect();
    prices.sort_by_key(|price| price.from);
    Plan {
        name,
        model,
        months,
        prices,
        capacity,
        services: raw.services,
        seller: raw.seller,
        vat: raw.vat,
        starts: raw.starts.as_deref().filter(|_| !by_agreement).map_or((1, 1), month_day),
        lateness: raw.allowed_lateness.map_or(lateness, |text| Span::parse(&text).unwrap()),
        low_balance: raw.low_balance.as_deref().map(dec),
        older_than: raw.older_than.map_or(Span::default(), |text| Span::parse(&text).unwrap()),
        reference: raw.reference.as_deref().map_or((1, 1), month_day),
        in_advance: raw.charge.as_deref() == Some("advance"),
        zero: raw.zero,
        minimum: amounts(&raw.minimum),
    }
}

fn price(raw: RawPrice) -> Price {
    let mut tiers: Vec<Tier> = raw.tiers.iter().map(|t| Tier { up_to: t.up_to.as_deref().map(dec), unit: amounts(&t.unit) }).collect();
    if tiers.is_empty() {
        tiers.push(Tier { up_to: None, unit: amounts(&raw.unit) });
    }
    Price {
        from: calendar::date(&raw.from).unwrap(),
        size: raw.size.as_deref().map(dec),
        amount: amounts(&raw.amount),
        tiers,
        by_volume: raw.mode.as_deref() == Some("volume"),
    }
}

impl Price {
    pub fn is_in(&self, currency: &str, model: Model) -> bool {
        match model {
            Model::Package => self.amount.contains_key(currency),
            _ => self.tiers.iter().all(|tier| tier.unit.contains_key(currency)),
        }
    }
}

impl Plan {
    pub fn kind(&self) -> &'static str {
        match (self.model, self.months) {
            (Model::Archive, _) | (_, 12) => "annual",
            (_, 3) => "quarterly",
            _ => "periodic",
        }
    }

    /// The price in force: the latest one that has begun, provided that it names the currency.
    pub fn price_at(&self, instant: Instant, zone: Tz, currency: &str) -> Option<usize> {
        let in_force = self.prices.iter().rposition(|price| midnight(price.from, zone) <= instant)?;
        self.prices[in_force].is_in(currency, self.model).then_some(in_force)
    }

    pub fn period_at(&self, instant: Instant, zone: Tz) -> Period {
        match self.model {
            Model::Archive => Period::holding(instant, zone, 12, self.reference),
            _ => Period::holding(instant, zone, self.months, self.starts),
        }
    }

    /// The part of a billing period in which a price is in force.
    pub fn segment(&self, period: &Period, index: usize) -> Period {
        let next = self.prices.get(index + 1).map_or(period.to, |price| price.from);
        Period { from: period.from.max(self.prices[index].from), to: period.to.min(next), zone: period.zone }
    }

    /// The first closing instant after `instant`.
    pub fn next_close(&self, instant: Instant, zone: Tz) -> Instant {
        // Two periods back: a long allowed lateness may leave an ended period open.
        let mut period = self.period_at(instant - Duration::days(800), zone);
        while period.due(self.lateness) <= instant {
            period = self.period_at(period.end(), zone);
        }
        period.due(self.lateness)
    }
}
