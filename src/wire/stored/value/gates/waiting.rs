//! How many events wait for what.

use bincode::{BorrowDecode, Encode};

use crate::domain::gates::Waiting;
use crate::domain::instant::Instant;
use crate::domain::parked::ParkedKey;
use crate::domain::verdict::Reason;
use crate::wire::stored::value::code::Coded;
use crate::wire::stored::value::format::Fault;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredWaiting {
    /// Reason and number.
    by_reason: Vec<(u8, u64)>,
    /// Event time and arrival.
    oldest: Option<(i64, u64)>,
    due: Option<i64>,
    /// Age in ns, and the event that was told.
    told: Vec<(i64, (i64, u64))>,
}

impl StoredWaiting {
    pub fn of(waiting: &Waiting) -> Self {
        let key = |key: ParkedKey| (key.time.nanos(), key.arrival);
        Self {
            by_reason: waiting.by_reason.iter().map(|(reason, count)| (reason.code(), *count)).collect(),
            oldest: waiting.oldest.map(key),
            due: waiting.due.map(Instant::nanos),
            told: waiting.told.iter().map(|(age, told)| (*age, key(*told))).collect(),
        }
    }

    pub fn into_domain(self) -> Result<Waiting, Fault> {
        let key = |(time, arrival)| ParkedKey { time: Instant::from_nanos(time), arrival };
        Ok(Waiting {
            by_reason: self.by_reason.into_iter().map(|(code, count)| Ok((Reason::of_code(code)?, count))).collect::<Result<_, Fault>>()?,
            oldest: self.oldest.map(key),
            due: self.due.map(Instant::from_nanos),
            told: self.told.into_iter().map(|(age, told)| (age, key(told))).collect(),
        })
    }
}
