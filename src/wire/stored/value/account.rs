//! Customers.

use bincode::{BorrowDecode, Encode};

use super::code::Coded;
use super::format::Fault;
use super::plain::{StoredPeriodKey, currency, date, zone};
use crate::domain::account::{Account, Task, TaskKind};
use crate::domain::catalog::Endpoint;
use crate::domain::control::{Activation, CustomerVersion, HeadCount, HeadCountKind};
use crate::domain::instant::Instant;
use crate::domain::names::{GroupId, PlanId};

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredAccount<'a> {
    versions: Vec<StoredVersion<'a>>,
    activations: Vec<StoredActivation<'a>>,
    head_counts: Vec<StoredHeadCount>,
    last_number: u64,
    parked: u64,
    agenda: Vec<StoredTask<'a>>,
}

#[derive(Encode, BorrowDecode)]
struct StoredVersion<'a> {
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
    group: Option<&'a str>,
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
struct StoredTask<'a> {
    at: i64,
    what: u8,
    plan: &'a str,
    period: StoredPeriodKey<'a>,
}

impl<'a> StoredAccount<'a> {
    pub fn of(account: &'a Account) -> Self {
        Self {
            versions: account.versions.iter().map(StoredVersion::of).collect(),
            activations: account.activations.iter().map(StoredActivation::of).collect(),
            head_counts: account.head_counts.iter().map(StoredHeadCount::of).collect(),
            last_number: account.last_number,
            parked: account.parked,
            agenda: account.agenda.iter().map(StoredTask::of).collect(),
        }
    }

    pub fn into_domain(self) -> Result<Account, Fault> {
        Ok(Account {
            versions: self.versions.into_iter().map(StoredVersion::into_domain).collect::<Result<_, _>>()?,
            activations: self.activations.into_iter().map(StoredActivation::into_domain).collect(),
            head_counts: self.head_counts.into_iter().map(StoredHeadCount::into_domain).collect::<Result<_, _>>()?,
            last_number: self.last_number,
            parked: self.parked,
            agenda: self.agenda.into_iter().map(StoredTask::into_domain).collect::<Result<_, _>>()?,
            ..Account::default()
        })
    }
}

impl<'a> StoredVersion<'a> {
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
            group: version.group.as_ref().map(GroupId::as_str),
            zero: version.zero,
        }
    }

    fn into_domain(self) -> Result<CustomerVersion, Fault> {
        Ok(CustomerVersion {
            from: date(self.from)?,
            name: self.name.to_owned(),
            country: self.country.to_owned(),
            zone: zone(self.zone)?,
            currency: currency(self.currency)?,
            org_number: self.org_number.map(str::to_owned),
            endpoint: self.endpoint.map(|(scheme, id)| Endpoint { scheme: scheme.to_owned(), id: id.to_owned() }),
            buyer_reference: self.buyer_reference.map(str::to_owned),
            inhabitants: self.inhabitants,
            group: self.group.map(GroupId::new),
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
        Ok(HeadCount { kind: HeadCountKind::of_code(self.kind)?, count: self.count, on: date(self.on)? })
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
