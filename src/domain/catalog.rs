//! The catalog: services, plans and prices, validated (`wire::catalog` reads and checks it).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::charge::PriceKey;
use super::currency::Currency;
use super::duration::CalendarDuration;
use super::gates::rate::CullsRule;
use super::models::capacity::CapacityPlan;
use super::models::fixed::FixedPlan;
use super::models::per_head::PerHeadPlan;
use super::models::subscription::SubscriptionPlan;
use super::names::{GroupId, PlanId, SellerId, ServiceId};
use super::party::{Address, InvoiceFormat, Payment};
use super::period::{Cycle, MonthDay};
use super::quantity::Quantity;
use super::roster::RosterRules;
use super::sizing::Sizing;
use super::watch::Watch;

pub use super::party::Endpoint;
pub use super::service::{Measure, Service};

/// A price per currency.
pub type Amounts = BTreeMap<Currency, Decimal>;

/// Where a service stands in a catalog: what was looked up once for an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServicePlace(usize);

#[derive(Debug, Clone, PartialEq)]
pub struct Catalog {
    pub version: String,
    /// SHA-256 of the files that it was read from.
    pub digest: [u8; 32],
    /// How far behind the watermark an event's time may be, and how long its id is remembered, in ns.
    pub dedupe_horizon: i64,
    /// How far an event's time may be after its log time, in ns.
    pub max_future_skew: i64,
    /// Are personal numbers looked for?
    pub personal_numbers: bool,
    /// May a customer change its zone or currency only where its periods begin?
    pub moves_at_period_start: bool,
    pub roster: RosterRules,
    pub watch: Watch,
    /// Which kinds of certificates may be registered.
    pub certificate_kinds: Vec<String>,
    /// Is its log that of the external test environment? Then nothing is ever charged from it (REQUIREMENTS P4, P17).
    pub test_environment: bool,
    pub sellers: BTreeMap<SellerId, Seller>,
    pub services: Vec<Service>,
    pub plans: Vec<Plan>,
    by_type: FxHashMap<String, usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seller {
    pub name: String,
    pub country: String,
    pub org_number: String,
    pub vat_number: Option<String>,
    pub endpoint: Option<Endpoint>,
    pub address: Option<Address>,
    pub payment: Option<Payment>,
    /// How long after its issue a record is to be paid (BT-9); none: it names no due date.
    pub terms: Option<CalendarDuration>,
    /// What its records must be good for; none: nothing is asked for.
    pub invoice: Option<InvoiceFormat>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub id: PlanId,
    pub seller: SellerId,
    pub services: Vec<ServiceId>,
    pub vat: Vat,
    /// How long after a period's end its events still count into it.
    pub allowed_lateness: CalendarDuration,
    /// Is a period without use published too?
    pub zero: bool,
    /// How long after a period's end it is to be paid: on the day before that one (BT-9).
    pub due: Option<CalendarDuration>,
    pub model: Model,
}

/// Value added tax of a line: category (UNTDID 5305) and rate in percent (BT-151, BT-152).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Vat {
    pub category: String,
    pub rate: Decimal,
    /// Why no tax is charged, in the categories that must say it.
    pub exemption: Option<Exemption>,
}

/// Why no tax is charged: one of both at least.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exemption {
    /// BT-120.
    pub reason: Option<String>,
    /// Of the VATEX code list (BT-121).
    pub code: Option<String>,
}

impl Vat {
    /// Not subject to VAT: such charges cannot share a record with any other (BR-O-11, BR-O-12).
    #[must_use]
    pub fn is_outside(&self) -> bool {
        self.category == "O"
    }

    /// Is it the same tax? Other words for why there is none do not change a charge.
    #[must_use]
    pub fn is_as(&self, other: &Self) -> bool {
        (&self.category, self.rate) == (&other.category, other.rate)
    }
}

/// How a plan charges.
#[derive(Debug, Clone, PartialEq)]
pub enum Model {
    Package(PackagePlan),
    Metered(MeteredPlan),
    Archive(ArchivePlan),
    PerHead(PerHeadPlan),
    Subscription(SubscriptionPlan),
    Fixed(FixedPlan),
    Capacity(CapacityPlan),
}

#[derive(Debug, Clone, PartialEq)]
pub struct PackagePlan {
    /// Notice when the units left in the last bought package are at most this.
    pub low_balance: Option<Quantity>,
    /// How the size of the next package is chosen; none: prices have one size each.
    pub sizing: Option<Sizing>,
    pub bundling: Bundling,
    pub on_return: OnReturn,
    pub prices: PriceList<PackagePrice>,
}

/// Which purchases share a record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Bundling {
    /// Those of one event, at once.
    #[default]
    Event,
    /// Those of a local day, when it is over (REQUIREMENTS U11).
    Day,
}

/// What happens to units of a bought package that turn out not to have been used: one of the two,
/// never both (REQUIREMENTS 1E, vector 7).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnReturn {
    /// They go back to the pool.
    #[default]
    Restore,
    /// They are credited.
    Credit,
}

/// A ladder of sizes, ascending; of a plan without sizing it has one rung. Never empty; all rungs
/// have the same currencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackagePrice {
    pub rungs: Vec<Rung>,
}

/// A size of package, and what one costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    pub size: Quantity,
    pub amount: Amounts,
}

impl PackagePrice {
    /// Is every size sold in this currency?
    #[must_use]
    pub fn has(&self, currency: Currency) -> bool {
        self.rungs.iter().all(|rung| rung.amount.contains_key(&currency))
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct MeteredPlan {
    pub cycle: Cycle,
    pub count: Count,
    pub prices: PriceList<Tariff>,
    /// Least net amounts per customer, for a period or a year.
    pub minimum: PriceList<Amounts>,
    pub minimum_per: MinimumPer,
}

/// What a minimum is the least amount of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MinimumPer {
    Period,
    /// The year of the cycle: what is missing is charged with its last period.
    Year,
}

/// What a metered plan counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Quantities.
    Quantity,
    /// Persons, each once per service and period.
    DistinctPersons,
}

/// A price per unit, or one that depends on the quantity of the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tariff {
    Flat(Amounts),
    Tiered { mode: TierMode, tiers: Vec<Tier> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TierMode {
    /// Each unit at the price of the tier that it falls into.
    Graduated,
    /// All units at the price of the tier that the total falls into.
    Volume,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// The last unit of the tier, inclusive; none: no end.
    pub up_to: Option<Quantity>,
    pub unit: Amounts,
}

impl Tariff {
    /// Is there a price in this currency for every unit?
    #[must_use]
    pub fn has(&self, currency: Currency) -> bool {
        match self {
            Self::Flat(amounts) => amounts.contains_key(&currency),
            Self::Tiered { tiers, .. } => tiers.iter().all(|tier| tier.unit.contains_key(&currency)),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct ArchivePlan {
    /// The age that a part must exceed.
    pub older_than: CalendarDuration,
    /// The day of the year at whose midnight parts are counted.
    pub reference: MonthDay,
    pub heading: String,
    /// Charged for the year that starts at the reference date, not the one that ends.
    pub advance: bool,
    /// When culls trip the brake by themselves; none: never.
    pub brake: Option<CullsRule>,
    pub prices: PriceList<Amounts>,
}

/// Prices by the local date from which each is in force, ascending; no date twice for a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceList<P>(Vec<PriceRow<P>>);

/// A price, since when it is in force, and for which group of customers (none: for all that have none of their own).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceRow<P> {
    pub key: PriceKey,
    pub price: P,
}

impl<P> PriceList<P> {
    /// No price at all.
    #[must_use]
    pub fn none() -> Self {
        Self(Vec::new())
    }

    /// Sorts by date. None if a date stands twice for a group.
    #[must_use]
    pub fn new(mut rows: Vec<PriceRow<P>>) -> Option<Self> {
        rows.sort_by(|a, b| a.key.cmp(&b.key));
        let twice = rows.windows(2).any(|pair| matches!(pair, [a, b] if a.key == b.key));
        (!twice).then_some(Self(rows))
    }

    /// The price in force on a local date: the group's own, or else the one for all.
    #[must_use]
    pub fn at(&self, date: NaiveDate, group: Option<&GroupId>) -> Option<&PriceRow<P>> {
        let begun = |wanted: Option<&GroupId>| self.0.iter().rev().find(|row| row.key.from <= date && row.key.group.as_ref() == wanted);
        group.and_then(|group| begun(Some(group))).or_else(|| begun(None))
    }

    /// The first day on which a price is no longer in force for a group of customers; none: it still is.
    #[must_use]
    pub fn end_of(&self, key: &PriceKey, group: Option<&GroupId>) -> Option<NaiveDate> {
        let ends_it = |other: &PriceKey| other.group == key.group || (key.group.is_none() && other.group.as_ref() == group);
        self.0.iter().map(|row| &row.key).find(|other| other.from > key.from && ends_it(other)).map(|other| other.from)
    }

    /// Is there a price that fits, now or at some time, for customers of this group?
    pub fn has_for(&self, group: Option<&GroupId>, fits: impl Fn(&P) -> bool) -> bool {
        self.0.iter().any(|row| (row.key.group.is_none() || row.key.group.as_ref() == group) && fits(&row.price))
    }

    pub fn iter(&self) -> impl Iterator<Item = &PriceRow<P>> {
        self.0.iter()
    }
}

impl Catalog {
    /// Puts the parts together and links services to their plans.
    /// The caller has checked that no type and no service stands twice.
    #[must_use]
    pub fn new(head: CatalogHead, sellers: BTreeMap<SellerId, Seller>, mut services: Vec<Service>, plans: Vec<Plan>) -> Self {
        for service in &mut services {
            service.plan = plans.iter().position(|plan| plan.services.contains(&service.id));
        }
        let by_type =
            services.iter().enumerate().flat_map(|(index, service)| service.types.iter().map(move |kind| (kind.clone(), index))).collect();
        Self {
            version: head.version,
            digest: head.digest,
            dedupe_horizon: head.dedupe_horizon,
            max_future_skew: head.max_future_skew,
            personal_numbers: head.personal_numbers,
            moves_at_period_start: head.moves_at_period_start,
            roster: head.roster,
            watch: head.watch,
            certificate_kinds: head.certificate_kinds,
            test_environment: head.test_environment,
            sellers,
            services,
            plans,
            by_type,
        }
    }

    /// The service that a `CloudEvents` type reports.
    #[must_use]
    pub fn service_of_type(&self, kind: &str) -> Option<&Service> {
        self.place_of_type(kind).and_then(|place| self.service_at(place))
    }

    /// Where the service that a `CloudEvents` type reports stands in this catalog.
    #[must_use]
    pub fn place_of_type(&self, kind: &str) -> Option<ServicePlace> {
        self.by_type.get(kind).copied().map(ServicePlace)
    }

    #[must_use]
    pub fn service_at(&self, place: ServicePlace) -> Option<&Service> {
        self.services.get(place.0)
    }

    #[must_use]
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.id.as_str() == id)
    }

    #[must_use]
    pub fn plan(&self, id: &str) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.id.as_str() == id)
    }

    #[must_use]
    pub fn plan_of(&self, service: &Service) -> Option<&Plan> {
        service.plan.and_then(|index| self.plans.get(index))
    }
}

/// The parts of a catalog that stand once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogHead {
    pub version: String,
    pub digest: [u8; 32],
    pub dedupe_horizon: i64,
    pub max_future_skew: i64,
    pub personal_numbers: bool,
    pub moves_at_period_start: bool,
    pub roster: RosterRules,
    pub watch: Watch,
    pub certificate_kinds: Vec<String>,
    pub test_environment: bool,
}
