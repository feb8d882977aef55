//! A customer's windows out of the stores of a state directory.

use std::ops::Range;
use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

use super::windows::Range as Days;
use crate::cli::state_dir::StateDir;
use crate::domain::account::{Account, PeriodKey};
use crate::domain::cell::PeriodCell;
use crate::domain::directory::Directory;
use crate::domain::instant::Instant;
use crate::domain::names::{CustomerId, PlanId, ServiceId};
use crate::domain::pool::Pool;
use crate::domain::state::{Meta, StateKey, StateValue};
use crate::domain::window::DayWindow;
use crate::pipeline::ports::{Store, StoreError};
use crate::store::RocksStore;
use crate::wire::stored::key::{self, Key, Kind};
use crate::wire::stored::{StoredError, scan, value};

/// Pairs of one scan: bounds memory for a customer with years of windows.
const PAGE: usize = 4096;

/// What is kept of a customer's use.
#[derive(Debug)]
pub struct Usage {
    pub customer: CustomerId,
    pub account: Account,
    /// Log time up to which the customer's partition was read.
    pub watermark: Instant,
    /// By service and day.
    pub days: Vec<Day>,
}

#[derive(Debug)]
pub struct Day {
    pub service: ServiceId,
    pub date: chrono::NaiveDate,
    pub window: DayWindow,
}

#[derive(Debug, Error, Diagnostic)]
pub enum UsageError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("partition {partition}: {source}")]
    Stored { partition: u32, source: StoredError },
    #[error(
        "the state in {path} does not know the customer {customer}: nothing was registered or used under that name. \
         Check the spelling; it is the `subject` of the events, e.g. SE-0180"
    )]
    UnknownCustomer { path: PathBuf, customer: String },
    #[error(
        "what is kept of {customer} is on partition {partition}, whose state is not in {path}: ask the process that works on that \
         partition, or look into a copy of its state directory (--state DIR)"
    )]
    Elsewhere { path: PathBuf, customer: String, partition: u32 },
    #[error("the use of {service} on {date} makes a sum that cannot be written; look at shorter spans (--by hour)")]
    TooLarge { service: String, date: chrono::NaiveDate },
}

/// # Errors
/// See [`UsageError`].
pub fn read_customer(place: &StateDir, customer: &CustomerId, range: Days) -> Result<Usage, UsageError> {
    at_customer(place, customer, range, |_, usage| Ok(usage))
}

/// What `look` sees in the store of a customer's partition.
///
/// # Errors
/// See [`UsageError`].
pub fn at_customer<T>(
    place: &StateDir,
    customer: &CustomerId,
    range: Days,
    look: impl FnOnce(&Reader, Usage) -> Result<T, UsageError>,
) -> Result<T, UsageError> {
    let (stores, partitions) = place.open()?;
    for partition in partitions {
        let store = Reader { store: stores.open_read_only(partition)?, partition };
        if let Some(usage) = store.usage(customer, range)? {
            return look(&store, usage);
        }
    }
    Err(place.unknown(customer))
}

/// Gives every customer of the state, in the order of partition and id, with those of its pools that are named.
///
/// # Errors
/// See [`UsageError`].
pub fn each_customer(place: &StateDir, plans: &[PlanId], mut take: impl FnMut(Usage, Vec<(PlanId, Pool)>)) -> Result<(), UsageError> {
    let (stores, partitions) = place.open()?;
    for partition in partitions {
        let store = Reader { store: stores.open_read_only(partition)?, partition };
        for customer in store.customers()? {
            if let Some(usage) = store.usage(&customer, Days { from: None, to: None })? {
                take(usage, store.pools(&customer, plans)?);
            }
        }
    }
    Ok(())
}

/// Who takes part, as all partitions together know it.
///
/// # Errors
/// See [`UsageError`].
pub fn directory(place: &StateDir) -> Result<Directory, UsageError> {
    let (stores, partitions) = place.open()?;
    let mut directory = Directory::default();
    for partition in partitions {
        let store = Reader { store: stores.open_read_only(partition)?, partition };
        store.each(scan::all(Kind::Directory), |key, value| {
            if let (StateKey::Directory(key), StateValue::Directory(entry)) = (key, value) {
                directory.restore(key, entry);
            }
        })?;
    }
    Ok(directory)
}

/// The store of a partition, decoded.
pub struct Reader {
    store: RocksStore,
    partition: u32,
}

impl Reader {
    fn usage(&self, customer: &CustomerId, range: Days) -> Result<Option<Usage>, UsageError> {
        let Some(StateValue::Account(account)) = self.get(&StateKey::Account(customer.clone()))? else { return Ok(None) };
        let watermark = self.meta()?.watermark;
        let days = self.days(customer, range)?;
        Ok(Some(Usage { customer: customer.clone(), account, watermark, days }))
    }

    fn customers(&self) -> Result<Vec<CustomerId>, UsageError> {
        let mut customers = Vec::new();
        let mut span = scan::all(Kind::Account);
        loop {
            let page = self.store.scan(&span.start, &span.end, PAGE)?;
            for (key, _) in &page {
                if let Key::State(StateKey::Account(customer)) = key::decode(key).map_err(|source| self.damaged(source))? {
                    customers.push(customer);
                }
            }
            match page.last() {
                Some((last, _)) if page.len() == PAGE => span = scan::rest_after(span, last),
                _ => return Ok(customers),
            }
        }
    }

    /// What the partition keeps once.
    pub fn meta(&self) -> Result<Meta, UsageError> {
        match self.get(&StateKey::Meta)? {
            Some(StateValue::Meta(meta)) => Ok(meta),
            _ => Ok(Meta::default()),
        }
    }

    /// The periods of a customer, open and closed, by plan and first day.
    pub fn periods(&self, customer: &CustomerId) -> Result<Vec<(PlanId, PeriodKey, PeriodCell)>, UsageError> {
        let mut periods = Vec::new();
        self.each(scan::of_customer(Kind::Period, customer), |key, value| {
            if let (StateKey::Period(_, plan, period), StateValue::Period(cell)) = (key, value) {
                periods.push((plan, period, cell));
            }
        })?;
        Ok(periods)
    }

    /// Every piece of state in a range.
    fn each(&self, mut span: Range<Vec<u8>>, mut take: impl FnMut(StateKey, StateValue)) -> Result<(), UsageError> {
        loop {
            let page = self.store.scan(&span.start, &span.end, PAGE)?;
            for (bytes, stored) in &page {
                let Key::State(key) = key::decode(bytes).map_err(|source| self.damaged(source))? else { continue };
                let value = value::decode(&key, stored).map_err(|source| self.damaged(source))?;
                take(key, value);
            }
            match page.last() {
                Some((last, _)) if page.len() == PAGE => span = scan::rest_after(span, last),
                _ => return Ok(()),
            }
        }
    }

    pub fn pools(&self, customer: &CustomerId, plans: &[PlanId]) -> Result<Vec<(PlanId, Pool)>, UsageError> {
        let mut pools = Vec::new();
        for plan in plans {
            if let Some(StateValue::Pool(pool)) = self.get(&StateKey::Pool(customer.clone(), plan.clone()))? {
                pools.push((plan.clone(), pool));
            }
        }
        Ok(pools)
    }

    pub fn get(&self, key: &StateKey) -> Result<Option<StateValue>, UsageError> {
        let values = self.store.get_many(&[key::encode(key)])?;
        let found = values.into_iter().next().flatten();
        found.map(|bytes| value::decode(key, &bytes).map_err(|source| self.damaged(source))).transpose()
    }

    fn days(&self, customer: &CustomerId, range: Days) -> Result<Vec<Day>, UsageError> {
        let mut days = Vec::new();
        let mut span = scan::of_customer(Kind::Day, customer);
        loop {
            let page = self.store.scan(&span.start, &span.end, PAGE)?;
            for (key, bytes) in &page {
                days.extend(self.day(key, bytes)?.filter(|day| range.contains(day.date)));
            }
            match page.last() {
                Some((last, _)) if page.len() == PAGE => span = scan::rest_after(span, last),
                _ => return Ok(days),
            }
        }
    }

    fn day(&self, bytes: &[u8], window: &[u8]) -> Result<Option<Day>, UsageError> {
        let key = match key::decode(bytes).map_err(|source| self.damaged(source))? {
            Key::State(key) => key,
            Key::Positions | Key::Receipt => return Ok(None),
        };
        match (value::decode(&key, window).map_err(|source| self.damaged(source))?, key) {
            (StateValue::Day(window), StateKey::Day(_, service, date)) => Ok(Some(Day { service, date, window })),
            _ => Ok(None),
        }
    }

    fn damaged(&self, source: StoredError) -> UsageError {
        UsageError::Stored { partition: self.partition, source }
    }
}
