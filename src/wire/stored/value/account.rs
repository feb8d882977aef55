//! Customers.

use bincode::{BorrowDecode, Encode};

use super::brake::StoredMore;
use super::code::Coded;
use super::format::Fault;
use super::gates::{StoredGates, StoredTakenOver};
use super::plain::{StoredPeriodKey, currency, date, zone};
use super::succession::StoredSuccession;
use crate::domain::account::{Account, Held, Task, TaskKind};
use crate::domain::control::{Activation, CustomerVersion, Decision, HeadCount, HeadCountKind, Ruling};
use crate::domain::instant::Instant;
use crate::domain::names::{GroupId, PlanId, ServiceId};
use crate::domain::party::{Address, Endpoint};

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredAccount<'a> {
    known: StoredAccountV3<'a>,
    more: StoredMore<'a>,
    taken: Option<StoredTakenOver<'a>>,
}

/// Version 3: a brake stood for one thing, and rosters stayed where they were told.
#[derive(Encode, BorrowDecode)]
pub(super) struct StoredAccountV3<'a> {
    known: StoredAccountV2<'a>,
    gates: StoredGates<'a>,
}

/// Version 2: before there were gates.
#[derive(Encode, BorrowDecode)]
pub(super) struct StoredAccountV2<'a> {
    base: StoredAccountOf<'a, StoredVersion<'a>>,
    /// Counts of a part of the heads: the base holds those of all.
    by_form: Vec<(StoredHeadCount, &'a str)>,
    decisions: Vec<StoredDecision<'a>>,
    /// Service, day.
    agreements: Vec<(&'a str, i32)>,
    held: Vec<StoredHeld<'a>>,
    succession: StoredSuccession<'a>,
}

/// Version 1: the beginning of an account, with shorter customer versions.
pub(super) type StoredAccountV1<'a> = StoredAccountOf<'a, StoredVersionV1<'a>>;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredAccountOf<'a, V> {
    versions: Vec<V>,
    activations: Vec<StoredActivation<'a>>,
    head_counts: Vec<StoredHeadCount>,
    last_number: u64,
    parked: u64,
    agenda: Vec<StoredTask<'a>>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredVersion<'a> {
    facts: StoredVersionV1<'a>,
    /// Street, city, post code.
    address: Option<[Option<&'a str>; 3]>,
    vat_number: Option<&'a str>,
    order_reference: Option<&'a str>,
    contract: Option<&'a str>,
    group: Option<&'a str>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredVersionV1<'a> {
    from: i32,
    name: &'a str,
    country: &'a str,
    zone: &'a str,
    currency: &'a str,
    org_number: Option<&'a str>,
    /// Scheme, id.
    endpoint: Option<(&'a str, &'a str)>,
    buyer_reference: Option<&'a str>,
    inhabitants: Option<u64>,
    zero: bool,
}

#[derive(Encode, BorrowDecode)]
struct StoredActivation<'a> {
    service: &'a str,
    from: i64,
    to: Option<i64>,
}

#[derive(Encode, BorrowDecode)]
struct StoredHeadCount {
    kind: u8,
    count: u64,
    on: i32,
}

#[derive(Encode, BorrowDecode)]
struct StoredDecision<'a> {
    plan: &'a str,
    period_from: i32,
    what: u8,
    actor: &'a str,
    reason: &'a str,
}

#[derive(Encode, BorrowDecode)]
struct StoredHeld<'a> {
    what: u8,
    plan: &'a str,
    period: StoredPeriodKey<'a>,
    since: i64,
    why: &'a str,
}

#[derive(Encode, BorrowDecode)]
struct StoredTask<'a> {
    at: i64,
    what: u8,
    plan: &'a str,
    period: StoredPeriodKey<'a>,
}

impl<'a> StoredAccount<'a> {
    pub fn of(account: &'a Account) -> Self {
        let taken = account.gates.roster.as_deref().map(StoredTakenOver::of);
        Self { known: StoredAccountV3::of(account), more: StoredMore::of(&account.gates.brakes), taken }
    }

    pub fn into_domain(self) -> Result<Account, Fault> {
        let mut account = self.known.into_domain()?;
        self.more.add_to(&mut account.gates.brakes)?;
        if let (Some(taken), Some(roster)) = (self.taken, account.gates.roster.as_deref_mut()) {
            taken.add_to(roster)?;
        }
        Ok(account)
    }
}

impl<'a> StoredAccountV3<'a> {
    fn of(account: &'a Account) -> Self {
        Self { known: StoredAccountV2::of(account), gates: StoredGates::of(&account.gates) }
    }

    pub fn into_domain(self) -> Result<Account, Fault> {
        let mut account = self.known.into_domain()?;
        account.gates = self.gates.into_domain()?;
        Ok(account)
    }
}

impl<'a> StoredAccountV2<'a> {
    fn of(account: &'a Account) -> Self {
        let by_form = |count: &'a HeadCount| count.school_form.as_deref().map(|form| (StoredHeadCount::of(count), form));
        Self {
            base: StoredAccountOf::of(account),
            by_form: account.head_counts.iter().filter_map(by_form).collect(),
            decisions: account.decisions.iter().map(StoredDecision::of).collect(),
            agreements: account.agreements.iter().map(|(service, day)| (service.as_str(), day.to_epoch_days())).collect(),
            held: account.held.iter().map(StoredHeld::of).collect(),
            succession: StoredSuccession::of(account),
        }
    }

    pub fn into_domain(self) -> Result<Account, Fault> {
        let mut account = self.base.into_domain()?;
        for (count, form) in self.by_form {
            account.put_head_count(HeadCount { school_form: Some(form.to_owned()), ..count.into_domain()? });
        }
        let agreement = |(service, day): (&str, i32)| Ok((ServiceId::new(service), date(day)?));
        account.agreements = self.agreements.into_iter().map(agreement).collect::<Result<_, _>>()?;
        account.decisions = self.decisions.into_iter().map(StoredDecision::into_domain).collect::<Result<_, _>>()?;
        account.held = self.held.into_iter().map(StoredHeld::into_domain).collect::<Result<_, _>>()?;
        self.succession.add_to(&mut account);
        Ok(account)
    }
}

impl<'a> StoredAccountOf<'a, StoredVersion<'a>> {
    fn of(account: &'a Account) -> Self {
        let of_all = account.head_counts.iter().filter(|count| count.school_form.is_none());
        Self {
            versions: account.versions.iter().map(StoredVersion::of).collect(),
            activations: account.activations.iter().map(StoredActivation::of).collect(),
            head_counts: of_all.map(StoredHeadCount::of).collect(),
            last_number: account.last_number,
            parked: account.parked,
            agenda: account.agenda.iter().map(StoredTask::of).collect(),
        }
    }
}

impl<V: IntoVersion> StoredAccountOf<'_, V> {
    pub fn into_domain(self) -> Result<Account, Fault> {
        Ok(Account {
            versions: self.versions.into_iter().map(V::into_domain).collect::<Result<_, _>>()?,
            activations: self.activations.into_iter().map(StoredActivation::into_domain).collect(),
            head_counts: self.head_counts.into_iter().map(StoredHeadCount::into_domain).collect::<Result<_, _>>()?,
            last_number: self.last_number,
            parked: self.parked,
            agenda: self.agenda.into_iter().map(StoredTask::into_domain).collect::<Result<_, _>>()?,
            ..Account::default()
        })
    }
}

/// A customer version of either layout.
pub(super) trait IntoVersion {
    fn into_domain(self) -> Result<CustomerVersion, Fault>;
}

impl<'a> StoredVersion<'a> {
    fn of(version: &'a CustomerVersion) -> Self {
        let parts = |address: &'a Address| [&address.street, &address.city, &address.post_code].map(Option::as_deref);
        Self {
            facts: StoredVersionV1::of(version),
            address: version.address.as_ref().map(parts),
            vat_number: version.vat_number.as_deref(),
            order_reference: version.order_reference.as_deref(),
            contract: version.contract.as_deref(),
            group: version.group.as_ref().map(GroupId::as_str),
        }
    }
}

impl IntoVersion for StoredVersion<'_> {
    fn into_domain(self) -> Result<CustomerVersion, Fault> {
        let address = |parts: [Option<&str>; 3]| {
            let [street, city, post_code] = parts.map(|part| part.map(str::to_owned));
            Address { street, city, post_code }
        };
        Ok(CustomerVersion {
            address: self.address.map(address),
            vat_number: self.vat_number.map(str::to_owned),
            order_reference: self.order_reference.map(str::to_owned),
            contract: self.contract.map(str::to_owned),
            group: self.group.map(GroupId::new),
            ..self.facts.into_domain()?
        })
    }
}

impl<'a> StoredVersionV1<'a> {
    fn of(version: &'a CustomerVersion) -> Self {
        Self {
            from: version.from.to_epoch_days(),
            name: &version.name,
            country: &version.country,
            zone: version.zone.name(),
            currency: version.currency.as_str(),
            org_number: version.org_number.as_deref(),
            endpoint: version.endpoint.as_ref().map(|endpoint| (endpoint.scheme.as_str(), endpoint.id.as_str())),
            buyer_reference: version.buyer_reference.as_deref(),
            inhabitants: version.inhabitants,
            zero: version.zero,
        }
    }
}

impl IntoVersion for StoredVersionV1<'_> {
    fn into_domain(self) -> Result<CustomerVersion, Fault> {
        Ok(CustomerVersion {
            from: date(self.from)?,
            name: self.name.to_owned(),
            country: self.country.to_owned(),
            zone: zone(self.zone)?,
            currency: currency(self.currency)?,
            org_number: self.org_number.map(str::to_owned),
            endpoint: self.endpoint.map(|(scheme, id)| Endpoint { scheme: scheme.to_owned(), id: id.to_owned() }),
            address: None,
            vat_number: None,
            buyer_reference: self.buyer_reference.map(str::to_owned),
            order_reference: None,
            contract: None,
            inhabitants: self.inhabitants,
            group: None,
            zero: self.zero,
        })
    }
}

impl<'a> StoredActivation<'a> {
    fn of(activation: &'a Activation) -> Self {
        Self { service: &activation.service, from: activation.from.nanos(), to: activation.to.map(Instant::nanos) }
    }

    fn into_domain(self) -> Activation {
        Activation { service: self.service.to_owned(), from: Instant::from_nanos(self.from), to: self.to.map(Instant::from_nanos) }
    }
}

impl StoredHeadCount {
    fn of(count: &HeadCount) -> Self {
        Self { kind: count.kind.code(), count: count.count, on: count.on.to_epoch_days() }
    }

    fn into_domain(self) -> Result<HeadCount, Fault> {
        Ok(HeadCount { kind: HeadCountKind::of_code(self.kind)?, count: self.count, on: date(self.on)?, school_form: None })
    }
}

impl<'a> StoredDecision<'a> {
    fn of(decision: &'a Decision) -> Self {
        Self {
            plan: decision.plan.as_str(),
            period_from: decision.period_from.to_epoch_days(),
            what: decision.what.code(),
            actor: &decision.actor,
            reason: &decision.reason,
        }
    }

    fn into_domain(self) -> Result<Decision, Fault> {
        Ok(Decision {
            plan: PlanId::new(self.plan),
            period_from: date(self.period_from)?,
            what: Ruling::of_code(self.what)?,
            actor: self.actor.to_owned(),
            reason: self.reason.to_owned(),
        })
    }
}

impl<'a> StoredHeld<'a> {
    fn of(held: &'a Held) -> Self {
        let Held { what, plan, period, since, why } = held;
        Self { what: what.code(), plan: plan.as_str(), period: StoredPeriodKey::of(period), since: since.nanos(), why }
    }

    fn into_domain(self) -> Result<Held, Fault> {
        Ok(Held {
            what: TaskKind::of_code(self.what)?,
            plan: PlanId::new(self.plan),
            period: self.period.into_domain()?,
            since: Instant::from_nanos(self.since),
            why: self.why.to_owned(),
        })
    }
}

impl<'a> StoredTask<'a> {
    fn of(task: &'a Task) -> Self {
        Self { at: task.at.nanos(), what: task.what.code(), plan: task.plan.as_str(), period: StoredPeriodKey::of(&task.period) }
    }

    fn into_domain(self) -> Result<Task, Fault> {
        Ok(Task {
            at: Instant::from_nanos(self.at),
            what: TaskKind::of_code(self.what)?,
            plan: PlanId::new(self.plan),
            period: self.period.into_domain()?,
        })
    }
}
