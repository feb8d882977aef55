//! An event of whatever type, for those who show it and need not understand it.

use std::collections::BTreeMap;

use super::json::json_members;
use super::{Header, Json, Undecodable, envelope};
use crate::domain::instant::Instant;

/// What every event says, and its data as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnyEvent {
    pub source: String,
    pub id: String,
    pub kind: String,
    pub subject: Option<String>,
    pub time: Instant,
    pub recorded: Option<Instant>,
    /// Empty, if it has none.
    pub data: BTreeMap<String, Json>,
}

impl AnyEvent {
    #[must_use]
    pub fn recorded_log_time(&self) -> Instant {
        self.recorded.unwrap_or(self.time)
    }

    /// A member of its data that is a text.
    #[must_use]
    pub fn text(&self, member: &str) -> Option<&str> {
        self.data.get(member).and_then(Json::text)
    }
}

/// Decodes an event of any type, as strictly as each is decoded.
///
/// # Errors
/// It is not an event.
pub fn any_event(value: &[u8], headers: &[Header<'_>]) -> Result<AnyEvent, Undecodable> {
    let mut data = BTreeMap::new();
    let envelope = envelope::read(value, headers, |reader| {
        data = json_members(reader)?;
        Ok(())
    })?;
    Ok(AnyEvent {
        source: envelope.source.into_owned(),
        id: envelope.id.into_owned(),
        kind: envelope.kind.into_owned(),
        subject: envelope.subject.map(|subject| subject.into_owned()),
        time: envelope.time,
        recorded: envelope.recorded,
        data,
    })
}
