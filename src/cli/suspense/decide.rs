//! What a decision is about, by customer, and how it is told.

use std::collections::BTreeMap;

use chrono::SecondsFormat;
use miette::Result;
use serde_json::{Value, json};

use super::place::Place;
use super::read::each_waiting;
use super::select::SelectArgs;
use crate::cli::clock;
use crate::cli::control_log::Line;
use crate::cli::table::{Align, Table, grouped};
use crate::domain::instant::Instant;
use crate::domain::names::CustomerId;
use crate::domain::verdict::Reason;
use crate::engine::route;

/// Waiting events of a customer that are meant.
#[derive(Debug)]
pub struct Chosen {
    pub events: u64,
    pub by_reason: BTreeMap<Reason, u64>,
    /// Log time up to which its partition was read.
    pub watermark: Instant,
}

/// Those that a selection means, by customer.
///
/// # Errors
/// The state is in use or damaged.
pub fn chosen(place: &Place, select: &SelectArgs) -> Result<BTreeMap<CustomerId, Chosen>> {
    let mut chosen: BTreeMap<CustomerId, Chosen> = BTreeMap::new();
    each_waiting(&place.state, select.customer_id().as_ref(), &mut |waits| {
        if select.covers(&waits, &place.services) {
            let new = || Chosen { events: 0, by_reason: BTreeMap::new(), watermark: waits.meta.watermark };
            let one = chosen.entry(waits.customer.clone()).or_insert_with(new);
            one.events += 1;
            *one.by_reason.entry(waits.event.reason).or_default() += 1;
        }
        Ok(())
    })?;
    place.state.warn_of_missing(select.customer_id().as_ref())?;
    Ok(chosen)
}

pub fn table(chosen: &BTreeMap<CustomerId, Chosen>) -> String {
    let mut table = Table::new(&[("customer", Align::Left), ("waits for", Align::Left), ("events", Align::Right)]);
    for (customer, one) in chosen {
        for (reason, events) in &one.by_reason {
            table.row(vec![customer.to_string(), reason.to_string(), grouped(&events.to_string())]);
        }
    }
    table.rule();
    let all: u64 = chosen.values().map(|one| one.events).sum();
    table.row(vec!["all".to_owned(), String::new(), grouped(&all.to_string())]);
    table.render()
}

/// An event, and whose.
#[derive(Debug)]
pub struct Telling {
    pub customer: CustomerId,
    pub event: String,
    /// When it is told.
    pub at: Instant,
}

impl Telling {
    /// On the partition of its customer.
    pub fn line(&self, partitions: u32) -> Line<'_> {
        let key = self.customer.as_str();
        Line { partition: route::partition_of(key, partitions), key, value: &self.event, at: self.at }
    }
}

/// A control event about a customer. With a recorded clock its log time is what was read so far: it moves nothing.
pub fn telling(kind: &str, customer: &CustomerId, watermark: Instant, data: &Value) -> Telling {
    let at = clock::now();
    let time = at.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true);
    let event = json!({"specversion": "1.0", "id": format!("{kind}-{customer}-{time}"), "source": "//tally/suspense",
        "type": format!("tally.{kind}.v1"), "subject": customer.as_str(), "time": time,
        "recordedtime": watermark.to_string(), "data": data});
    Telling { customer: customer.clone(), event: event.to_string(), at }
}
