//! Rosters out of the stores of a state directory.

use chrono::NaiveDate;

use crate::cli::state_dir::StateDir;
use crate::cli::usage::read::UsageError;
use crate::domain::account::Account;
use crate::domain::instant::Instant;
use crate::domain::names::CustomerId;
use crate::domain::roster::{Load, LoadPiece, PupilCounts};
use crate::domain::state::{StateKey, StateValue};
use crate::pipeline::ports::Store;
use crate::store::RocksStore;
use crate::wire::stored::key::{self, Key, Kind};
use crate::wire::stored::{scan, value};

/// Pieces of one scan.
const PAGE: usize = 1024;

/// What is kept of a customer's roster, less its pupils.
#[derive(Debug)]
pub struct CustomerRoster {
    pub customer: CustomerId,
    pub account: Account,
    /// Log time up to which the customer's partition was read.
    pub watermark: Instant,
    /// By name.
    pub units: Vec<(String, PupilCounts)>,
    /// By id, those that are over too.
    pub loads: Vec<(String, Load)>,
}

impl CustomerRoster {
    /// The customer's day at the watermark.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        let version = self.account.version_at(self.watermark).or(self.account.versions.first());
        version.map_or_else(|| self.watermark.to_utc().date_naive(), |version| version.zone.date_of(self.watermark))
    }
}

/// The roster of one customer.
///
/// # Errors
/// See [`UsageError`].
pub fn one(place: &StateDir, customer: &CustomerId) -> Result<CustomerRoster, UsageError> {
    let mut found = rosters(place, Some(customer))?;
    let Some(one) = found.pop() else { return Err(place.unknown(customer)) };
    Ok(one)
}

/// Those of all customers, or of one, by customer. Those who have none are left out, unless they are asked for.
///
/// # Errors
/// See [`UsageError`].
pub fn rosters(place: &StateDir, customer: Option<&CustomerId>) -> Result<Vec<CustomerRoster>, UsageError> {
    let (stores, partitions) = place.open()?;
    let mut found = Vec::new();
    for partition in partitions {
        let reader = Reader { store: stores.open_read_only(partition)?, partition };
        reader.collect(customer, &mut found)?;
    }
    found.sort_by(|a, b| a.customer.cmp(&b.customer));
    Ok(found)
}

struct Reader {
    store: RocksStore,
    partition: u32,
}

impl Reader {
    fn collect(&self, customer: Option<&CustomerId>, found: &mut Vec<CustomerRoster>) -> Result<(), UsageError> {
        let span = customer.map_or_else(|| scan::all(Kind::Account), |customer| scan::of_customer(Kind::Account, customer));
        let watermark = self.watermark()?;
        self.each(span, |key, piece| {
            let (StateKey::Account(id), StateValue::Account(account)) = (key, piece) else { return };
            if customer.is_some() || account.gates.roster.is_some() {
                found.push(CustomerRoster { customer: id, account, watermark, units: Vec::new(), loads: Vec::new() });
            }
        })?;
        if customer.is_some()
            && let Some(one) = found.last_mut()
        {
            self.add_pieces(one)?;
        }
        Ok(())
    }

    fn watermark(&self) -> Result<Instant, UsageError> {
        let mut watermark = Instant::MIN;
        self.each(scan::all(Kind::Meta), |_, piece| {
            if let StateValue::Meta(meta) = piece {
                watermark = meta.watermark;
            }
        })?;
        Ok(watermark)
    }

    fn add_pieces(&self, one: &mut CustomerRoster) -> Result<(), UsageError> {
        let (units, loads) = (&mut one.units, &mut one.loads);
        self.each(scan::units_of(&one.customer), |key, piece| {
            if let (StateKey::SchoolUnit(_, unit), StateValue::SchoolUnit(counts)) = (key, piece) {
                units.push((unit, counts));
            }
        })?;
        self.each(scan::of_customer(Kind::RosterLoad, &one.customer), |key, piece| {
            if let (StateKey::RosterLoad(_, key), StateValue::RosterLoad(LoadPiece::Head(load))) = (key, piece) {
                loads.push((key.load, *load));
            }
        })?;
        units.sort_by(|a, b| a.0.cmp(&b.0));
        loads.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(())
    }

    fn each(&self, mut span: std::ops::Range<Vec<u8>>, mut take: impl FnMut(StateKey, StateValue)) -> Result<(), UsageError> {
        let stored = |source| UsageError::Stored { partition: self.partition, source };
        loop {
            let page = self.store.scan(&span.start, &span.end, PAGE)?;
            for (bytes, stored_value) in &page {
                let Key::State(key) = key::decode(bytes).map_err(stored)? else { continue };
                let piece = value::decode(&key, stored_value).map_err(stored)?;
                take(key, piece);
            }
            match page.last() {
                Some((last, _)) if page.len() == PAGE => span = scan::rest_after(span, last),
                _ => return Ok(()),
            }
        }
    }
}
