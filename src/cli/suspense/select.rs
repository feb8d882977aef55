//! Which waiting events are meant: the same words for looking, for recycling and for giving up.

use clap::Args;
use serde_json::{Map, Value, json};

use super::read::{Services, Waits};
use crate::domain::instant::Instant;
use crate::domain::names::{CustomerId, ServiceId};
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::Reason;
use crate::domain::write_off::Selection;
use crate::wire::decode;

#[derive(Debug, Clone, Default, Args)]
pub struct SelectArgs {
    /// Only those of this customer.
    #[arg(long, value_name = "ID")]
    pub customer: Option<String>,
    /// Only those that are in suspense for this, e.g. `unknown_customer`.
    #[arg(long, value_name = "REASON", value_parser = reason)]
    pub suspended_for: Option<Reason>,
    /// Only those of this service.
    #[arg(long)]
    pub service: Option<String>,
    /// Only those that were reported with this type.
    #[arg(long = "type", value_name = "TYPE")]
    pub kind: Option<String>,
    /// Only those of this source.
    #[arg(long)]
    pub source: Option<String>,
    /// Only those whose event time is this or later.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub from: Option<Instant>,
    /// Only those whose event time is before this.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub to: Option<Instant>,
    /// Only events with one of these ids, of the source that is named.
    #[arg(long, value_name = "ID", requires = "source")]
    pub event: Vec<String>,
}

fn instant(text: &str) -> Result<Instant, String> {
    decode::instant(text).ok_or_else(|| "write it like 2026-07-01T00:00:00Z".to_owned())
}

fn reason(text: &str) -> Result<Reason, String> {
    let known = || Reason::ALL.into_iter();
    known().find(|one| one.as_str() == text).ok_or_else(|| {
        let names: Vec<&str> = known().map(Reason::as_str).collect();
        format!("it is one of {}", names.join(", "))
    })
}

impl SelectArgs {
    pub fn customer_id(&self) -> Option<CustomerId> {
        self.customer.as_deref().map(CustomerId::new)
    }

    fn selection(&self, seen_until: Instant) -> Selection {
        let source = self.source.clone().unwrap_or_default();
        let mut events: Vec<(String, String)> = self.event.iter().map(|id| (source.clone(), id.clone())).collect();
        events.sort_unstable();
        Selection {
            reason: self.suspended_for,
            service: self.service.as_deref().map(ServiceId::new),
            kind: self.kind.clone(),
            source: self.source.clone(),
            from: self.from,
            to: self.to,
            events: Some(events).filter(|events| !events.is_empty()),
            seen_until,
        }
    }

    pub fn covers(&self, waits: &Waits<'_>, services: &Services) -> bool {
        self.selection(Instant::MAX).covers(waits.event, services.of_type(&waits.event.event.kind, waits.meta).map(|service| &service.id))
    }

    /// Is anything asked that a suspense record does not tell of a refused event?
    pub fn looks_into_events(&self) -> bool {
        self.kind.is_some() || self.service.is_some() || self.from.is_some() || self.to.is_some()
    }

    /// Does an event that was refused say what is asked of type, service and time?
    pub fn covers_event(&self, event: &UsageEvent<'_>, service: Option<&ServiceId>) -> bool {
        self.kind.as_ref().is_none_or(|kind| *kind == event.kind)
            && self.service.as_deref().is_none_or(|asked| service.is_some_and(|service| service.as_str() == asked))
            && self.from.is_none_or(|from| from <= event.time)
            && self.to.is_none_or(|to| event.time < to)
    }

    /// As `tally.write_off.v1` says it.
    pub fn to_json(&self) -> Value {
        let mut select = Map::new();
        let mut put = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                select.insert(name.to_owned(), value.into());
            }
        };
        put("reason", self.suspended_for.map(|reason| reason.as_str().to_owned()));
        put("service", self.service.clone());
        put("type", self.kind.clone());
        put("source", self.source.clone());
        put("from", self.from.map(|from| from.to_string()));
        put("to", self.to.map(|to| to.to_string()));
        if !self.event.is_empty() {
            let source = self.source.clone().unwrap_or_default();
            select.insert("events".to_owned(), self.event.iter().map(|id| json!({"source": source, "id": id})).collect());
        }
        Value::Object(select)
    }
}
