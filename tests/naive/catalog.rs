//! The catalog, read straight from TOML. It is taken to be valid: `tally check` is tested elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use toml::Table;

use super::calendar::{self, Instant, Period, Span, midnight};
use super::decode::Facts;
use super::number::Dec;

#[derive(Deserialize)]
struct Raw {
    version: String,
    environment: Option<String>,
    #[serde(default)]
    close: BTreeMap<String, String>,
    #[serde(default)]
    dedupe: BTreeMap<String, String>,
    #[serde(default)]
    time: BTreeMap<String, String>,
    #[serde(default)]
    suspense: BTreeMap<String, Vec<String>>,
    sequence: Option<BTreeMap<String, String>>,
    #[serde(default)]
    seller: BTreeMap<String, Seller>,
    service: BTreeMap<String, Service>,
    plan: BTreeMap<String, RawPlan>,
}

#[derive(Deserialize)]
struct Seller {
    terms: Option<String>,
    invoice: Option<String>,
}

/// When use of a service trips the brake: a day of more than this many times the largest of the days before.
#[derive(Clone)]
pub struct UsageRule {
    pub factor: Dec,
    pub at_least: Dec,
    /// Of who has no history.
    pub start: Dec,
    pub history: u32,
}

/// When culls trip it: more than this share of all, in so many days.
#[derive(Clone)]
pub struct CullsRule {
    pub share: Dec,
    pub at_least: Dec,
    pub within: u32,
}

fn days(raw: &BTreeMap<String, String>, name: &str, default: u32) -> u32 {
    raw.get(name).map_or(default, |text| Span::parse(text).unwrap().days)
}

#[derive(Clone, Deserialize)]
pub struct Service {
    pub types: Vec<String>,
    #[serde(default = "one_piece")]
    pub unit: String,
    #[serde(default)]
    pub activation: bool,
    #[serde(default)]
    pub registered: bool,
    #[serde(default)]
    pub agreement: bool,
    #[serde(default)]
    pub trial: bool,
    pub bill_on: Option<Vec<String>>,
    pub quantity: Option<String>,
    #[serde(default)]
    pub retractable: bool,
    #[serde(default)]
    pub negative: bool,
    onboarding: Option<toml::Value>,
    brake: Option<BTreeMap<String, String>>,
}

impl Service {
    pub fn brake(&self) -> Option<UsageRule> {
        let raw = self.brake.as_ref()?;
        let (factor, at_least) = (dec(&raw["factor"]), dec(&raw["at_least"]));
        let start = raw.get("start").map_or(&factor * &at_least, |text| dec(text));
        Some(UsageRule { factor, at_least, start, history: days(raw, "history", 28) })
    }

    /// The archive, and whether an overdue report closes; none: it is not asked for.
    pub fn onboarding(&self) -> Option<(Option<&str>, bool)> {
        match self.onboarding.as_ref()? {
            toml::Value::Table(table) => {
                let closes = table.get("report_closes").and_then(toml::Value::as_bool).unwrap_or(false);
                Some((table.get("archive").and_then(toml::Value::as_str), closes))
            }
            flag => flag.as_bool()?.then_some((None, false)),
        }
    }
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
    sizing: Option<BTreeMap<String, String>>,
    bundle: Option<String>,
    on_return: Option<String>,
    count: Option<String>,
    older_than: Option<String>,
    reference: Option<String>,
    charge: Option<String>,
    measure: Option<String>,
    measured: Option<String>,
    included: Option<String>,
    unit: Option<String>,
    step: Option<String>,
    school_forms: Option<Vec<String>>,
    pupils: Option<BTreeMap<String, String>>,
    #[serde(default)]
    true_up: bool,
    #[serde(default)]
    zero: bool,
    minimum: Option<RawMinimum>,
    minimum_per: Option<String>,
    due: Option<String>,
    head_count: Option<String>,
    counted_on: Option<String>,
    parts: Option<String>,
    brake: Option<BTreeMap<String, String>>,
    price: Vec<RawPrice>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawMinimum {
    Always(BTreeMap<String, String>),
    Dated(Vec<RawPrice>),
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
    ladder: Vec<RawRung>,
    #[serde(default)]
    unit: BTreeMap<String, String>,
    #[serde(default, alias = "bands")]
    tiers: Vec<RawTier>,
    #[serde(default)]
    month: BTreeMap<String, String>,
    group: Option<String>,
    mode: Option<String>,
}

#[derive(Deserialize)]
struct RawRung {
    size: String,
    amount: BTreeMap<String, String>,
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
    PerHead,
    Subscription,
    Fixed,
    Capacity,
}

pub struct Tier {
    pub up_to: Option<Dec>,
    pub unit: Amounts,
}

pub struct Rung {
    pub size: Dec,
    pub amount: Amounts,
}

pub struct Sizing {
    pub target: Dec,
    pub start: Option<Dec>,
    pub hysteresis: Dec,
}

pub struct Price {
    pub from: NaiveDate,
    /// Sizes of packages and what they cost; without a ladder it is one.
    pub rungs: Vec<Rung>,
    /// A flat unit price is one open tier.
    pub tiers: Vec<Tier>,
    pub by_volume: bool,
    pub group: Option<String>,
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
    pub sizing: Option<Sizing>,
    pub by_day: bool,
    /// What comes back is credited, not put into the pool again.
    pub credits: bool,
    /// Persons are counted, not quantities.
    pub by_person: bool,
    pub older_than: Span,
    pub reference: (u32, u32),
    pub in_advance: bool,
    pub zero: bool,
    /// By the day from which each is in force.
    pub minimums: Vec<(NaiveDate, Amounts)>,
    pub minimum_is_yearly: bool,
    pub due: Option<Span>,
    pub head_count: String,
    pub counted_on: Option<(u32, u32)>,
    pub measured: bool,
    pub prices: Vec<Price>,
    pub capacity: Option<Capacity>,
    pub culls: Option<CullsRule>,
}

pub struct Capacity {
    pub by_snapshot: bool,
    /// None: on the first day of the year.
    pub measured: Option<(u32, u32)>,
    pub included: Dec,
    pub bytes_per_unit: i64,
    pub step: Option<Dec>,
    pub school_forms: Option<Vec<String>>,
    /// A pupil in two of them counts twice.
    pub per_form: bool,
    pub true_up: bool,
    /// Years begin on the day of the agreement, not on `starts`.
    pub by_agreement: bool,
}

pub struct Catalog {
    pub version: String,
    pub digest: String,
    pub is_test: bool,
    pub horizon: Duration,
    pub max_future_skew: Duration,
    /// Of sellers that have some: how long after its issue a record is due.
    pub terms: BTreeMap<String, Span>,
    pub services: BTreeMap<String, Service>,
    pub plans: BTreeMap<String, Plan>,
    /// Ages of waiting events that are told.
    pub ages: Vec<Duration>,
    /// How long a missing number is waited for; none: numbers are not looked at.
    pub patience: Option<Duration>,
    /// Sellers whose records must be good for invoices.
    pub invoicing: BTreeSet<String>,
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
        let texts: Vec<String> = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
        Catalog::of(&texts)
    }

    pub fn parse(text: &str) -> Catalog {
        Catalog::of(&[text.to_owned()])
    }

    fn of(texts: &[String]) -> Catalog {
        let (mut merged, mut hash) = (Table::new(), Sha256::new());
        for text in texts {
            merge(&mut merged, text.parse().unwrap());
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        let raw: Raw = merged.try_into().unwrap();
        let digest = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let span = |table: &BTreeMap<String, String>, name: &str, default: &str| {
            Span::parse(table.get(name).map_or(default, String::as_str)).unwrap()
        };
        let invoicing = raw.seller.iter().filter(|(_, seller)| seller.invoice.is_some()).map(|(name, _)| name.clone()).collect();
        let exact = |text: &String| Span::parse(text).unwrap().exact();
        let mut ages: Vec<Duration> = raw.suspense.get("notify_after").into_iter().flatten().map(exact).collect();
        ages.sort();
        let lateness = span(&raw.close, "allowed_lateness", "P5D");
        Catalog {
            ages,
            patience: raw.sequence.as_ref().map(|table| span(table, "patience", "PT1H").exact()),
            invoicing,
            version: raw.version,
            digest: format!("sha256:{digest}"),
            is_test: raw.environment.as_deref() == Some("test"),
            horizon: span(&raw.dedupe, "horizon", "P35D").exact(),
            max_future_skew: span(&raw.time, "max_future_skew", "PT1H").exact(),
            terms: raw.seller.into_iter().filter_map(|(name, seller)| Some((name, Span::parse(&seller.terms?).unwrap()))).collect(),
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
        "per_head" => Model::PerHead,
        "subscription" => Model::Subscription,
        "fixed" => Model::Fixed,
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
        per_form: raw.pupils.as_ref().is_some_and(|pupils| pupils["counted"] == "per_form"),
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
        culls: raw.brake.as_ref().map(|raw| CullsRule {
            share: dec(&raw["culls_share"]),
            at_least: dec(&raw["culls_at_least"]),
            within: days(raw, "within", 1),
        }),
        services: raw.services,
        seller: raw.seller,
        vat: raw.vat,
        starts: raw.starts.as_deref().filter(|_| !by_agreement).map_or((1, 1), month_day),
        lateness: raw.allowed_lateness.map_or(lateness, |text| Span::parse(&text).unwrap()),
        low_balance: raw.low_balance.as_deref().map(dec),
        sizing: raw.sizing.as_ref().map(sizing),
        by_day: raw.bundle.as_deref() == Some("day"),
        credits: raw.on_return.as_deref() == Some("credit"),
        by_person: raw.count.as_deref() == Some("distinct_persons"),
        older_than: raw.older_than.map_or(Span::default(), |text| Span::parse(&text).unwrap()),
        reference: raw.reference.as_deref().map_or((1, 1), month_day),
        in_advance: raw.charge.as_deref() == Some("advance"),
        zero: raw.zero,
        minimums: match raw.minimum {
            None => Vec::new(),
            Some(RawMinimum::Always(raw)) => vec![(NaiveDate::MIN, amounts(&raw))],
            Some(RawMinimum::Dated(rows)) => {
                let mut rows: Vec<_> = rows.iter().map(|row| (calendar::date(&row.from).unwrap(), amounts(&row.amount))).collect();
                rows.sort_by_key(|(from, _)| *from);
                rows
            }
        },
        minimum_is_yearly: raw.minimum_per.as_deref() == Some("year"),
        due: raw.due.map(|text| Span::parse(&text).unwrap()),
        head_count: raw.head_count.unwrap_or_default(),
        counted_on: raw.counted_on.filter(|text| text != "period").map(|text| month_day(&text)),
        measured: raw.parts.as_deref() == Some("measured"),
    }
}

fn sizing(raw: &BTreeMap<String, String>) -> Sizing {
    let hysteresis = raw.get("hysteresis").map_or(Dec::int(20), |text| dec(text));
    Sizing { target: dec(&raw["target"]), start: raw.get("start").map(|text| dec(text)), hysteresis }
}

fn price(raw: RawPrice) -> Price {
    let mut tiers: Vec<Tier> = raw.tiers.iter().map(|t| Tier { up_to: t.up_to.as_deref().map(dec), unit: amounts(&t.unit) }).collect();
    if tiers.is_empty() {
        let unit = [&raw.unit, &raw.month, &raw.amount].into_iter().find(|unit| !unit.is_empty());
        tiers.push(Tier { up_to: None, unit: unit.map(amounts).unwrap_or_default() });
    }
    let mut rungs: Vec<Rung> = raw.ladder.iter().map(|r| Rung { size: dec(&r.size), amount: amounts(&r.amount) }).collect();
    rungs.extend(raw.size.as_deref().map(|size| Rung { size: dec(size), amount: amounts(&raw.amount) }));
    let by_volume = raw.mode.as_deref() == Some("volume");
    Price { from: calendar::date(&raw.from).unwrap(), rungs, tiers, by_volume, group: raw.group }
}

impl Price {
    pub fn is_in(&self, currency: &str, model: Model) -> bool {
        match model {
            Model::Package => self.rungs.iter().all(|rung| rung.amount.contains_key(currency)),
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

    /// Charged without use.
    pub fn is_standing(&self) -> bool {
        matches!(self.model, Model::PerHead | Model::Subscription | Model::Fixed)
    }

    /// Is there a price at any time for such a customer?
    pub fn has_price_for(&self, facts: &Facts) -> bool {
        let fits = |price: &Price| price.group.is_none() || price.group == facts.group;
        self.prices.iter().any(|price| fits(price) && price.is_in(&facts.currency, self.model))
    }

    /// The last day of payment of a period's record.
    pub fn due_date(&self, period: &Period) -> Option<NaiveDate> {
        self.due.map(|due| due.after(period.to).pred_opt().unwrap())
    }

    /// The minimum in force on a day.
    pub fn minimum_on(&self, day: NaiveDate, currency: &str) -> Option<&Dec> {
        self.minimums.iter().rfind(|(from, _)| *from <= day)?.1.get(currency)
    }

    /// The year that holds a period.
    pub fn year_of(&self, period: &Period) -> Period {
        Period::holding(period.start(), period.zone, 12, self.starts)
    }

    /// When a period is charged.
    pub fn closes_at(&self, period: &Period) -> Instant {
        match self.in_advance && self.is_standing() {
            true => Period { to: period.from, ..*period }.due(self.lateness),
            false => period.due(self.lateness),
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
        // Two periods back and more: a long allowed lateness may leave an ended period open.
        let Span { months, days, seconds } = self.lateness;
        let back = (2 * self.months + months + 1) * 31 + days + 1;
        let mut period = self.period_at(instant - Duration::days(i64::from(back)) - Duration::seconds(seconds), zone);
        while period.due(self.lateness) <= instant {
            period = self.period_at(period.end(), zone);
        }
        period.due(self.lateness)
    }
}
