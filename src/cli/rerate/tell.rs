//! The control events of a rerate.

use chrono::SecondsFormat;
use serde_json::json;

use super::read::Customer;
use crate::cli::clock;
use crate::cli::control_log::Line;
use crate::domain::instant::Instant;
use crate::domain::names::CustomerId;
use crate::domain::rerate::Rerate;
use crate::engine::route;

/// One control event.
#[derive(Debug)]
pub struct Telling {
    pub customer: CustomerId,
    pub event: String,
    /// When it is told.
    at: Instant,
}

impl Telling {
    /// With a recorded clock its log time is what was read so far: it moves nothing.
    pub fn new(customer: &Customer, rerate: &Rerate) -> Self {
        let at = clock::now();
        let time = at.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true);
        let data = json!({"plan": rerate.plan.as_str(), "from": rerate.span.from.to_string(), "to": rerate.span.to.to_string(),
            "actor": rerate.actor, "reason": rerate.reason});
        let event = json!({"specversion": "1.0", "id": format!("rerate-{}-{}-{time}", rerate.plan, customer.id), "source": "//tally/rerate",
            "type": "tally.rerate.v1", "subject": customer.id.as_str(), "time": time,
            "recordedtime": customer.watermark.to_string(), "data": data});
        Self { customer: customer.id.clone(), event: event.to_string(), at }
    }

    /// On the partition of its customer.
    pub fn line(&self, partitions: u32) -> Line<'_> {
        let key = self.customer.as_str();
        Line { partition: route::partition_of(key, partitions), key, value: &self.event, at: self.at }
    }
}
