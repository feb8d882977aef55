//! What is held, out of the stores of a state directory.

use crate::cli::state_dir::StateDir;
use crate::cli::usage::read::UsageError;
use crate::domain::account::Held;
use crate::domain::names::CustomerId;
use crate::domain::state::{StateKey, StateValue};
use crate::pipeline::ports::Store;
use crate::store::RocksStore;
use crate::wire::stored::key::{self, Key, Kind};
use crate::wire::stored::{StoredError, scan, value};

/// Customers of one scan.
const PAGE: usize = 4096;

/// A record or correction that is held.
#[derive(Debug)]
pub struct HeldRecord {
    pub customer: CustomerId,
    pub held: Held,
}

/// All that is held, by customer and since when.
///
/// # Errors
/// See [`UsageError`].
pub fn held(place: &StateDir, customer: Option<&CustomerId>) -> Result<Vec<HeldRecord>, UsageError> {
    let (stores, partitions) = place.open()?;
    let mut found = Vec::new();
    for partition in partitions {
        let store = stores.open_read_only(partition)?;
        collect(&store, customer, &mut found).map_err(|fault| match fault {
            Fault::Stored(source) => UsageError::Stored { partition, source },
            Fault::Store(fault) => fault,
        })?;
    }
    found.sort_by(|a, b| (&a.customer, a.held.since, &a.held.plan).cmp(&(&b.customer, b.held.since, &b.held.plan)));
    Ok(found)
}

enum Fault {
    Stored(StoredError),
    Store(UsageError),
}

fn collect(store: &RocksStore, customer: Option<&CustomerId>, found: &mut Vec<HeldRecord>) -> Result<(), Fault> {
    let mut span = customer.map_or_else(|| scan::all(Kind::Account), |customer| scan::of_customer(Kind::Account, customer));
    loop {
        let page = store.scan(&span.start, &span.end, PAGE).map_err(|fault| Fault::Store(fault.into()))?;
        for (bytes, account) in &page {
            let Key::State(key) = key::decode(bytes).map_err(Fault::Stored)? else { continue };
            let (StateValue::Account(account), StateKey::Account(customer)) = (value::decode(&key, account).map_err(Fault::Stored)?, key)
            else {
                continue;
            };
            found.extend(account.held.into_iter().map(|held| HeldRecord { customer: customer.clone(), held }));
        }
        match page.last() {
            Some((last, _)) if page.len() == PAGE => span = scan::rest_after(span, last),
            _ => return Ok(()),
        }
    }
}
