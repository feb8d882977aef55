//! Where an agreement stands for one service, and what moves it. A move that is not in the table has no effect:
//!
//! | | approve | reject | end | expire |
//! |---|---|---|---|---|
//! | requested | approved | rejected | – | expired |
//! | approved | approved | – | ended | – |
//! | rejected | approved | rejected | – | – |
//! | ended | – | – | ended | – |
//! | expired | – | – | – | – |
//!
//! What was approved is not rejected but ended; what is over is asked for anew, as another version.

use super::facts::Answer;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Requested,
    Approved,
    Rejected,
    Ended,
    /// Nobody answered in time.
    Expired,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Approve,
    Reject,
    End,
    /// The request's time is over.
    Expire,
}

impl Act {
    #[must_use]
    pub fn of(answer: Answer) -> Self {
        match answer {
            Answer::Approved { .. } => Self::Approve,
            Answer::Rejected => Self::Reject,
            Answer::Ended { .. } => Self::End,
        }
    }
}

impl Standing {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Ended => "ended",
            Self::Expired => "expired",
        }
    }

    /// Where it stands after an act; none: the act has no effect.
    #[must_use]
    pub fn after(self, act: Act) -> Option<Self> {
        match (self, act) {
            (Self::Requested | Self::Approved | Self::Rejected, Act::Approve) => Some(Self::Approved),
            (Self::Requested | Self::Rejected, Act::Reject) => Some(Self::Rejected),
            (Self::Approved | Self::Ended, Act::End) => Some(Self::Ended),
            (Self::Requested, Act::Expire) => Some(Self::Expired),
            (Self::Ended | Self::Expired, Act::Approve | Act::Reject)
            | (Self::Approved, Act::Reject)
            | (Self::Requested | Self::Rejected | Self::Expired, Act::End)
            | (Self::Approved | Self::Rejected | Self::Ended | Self::Expired, Act::Expire) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTS: [Act; 4] = [Act::Approve, Act::Reject, Act::End, Act::Expire];

    #[test]
    fn every_state_and_every_act() {
        let check = |state: Standing, expect: [&str; 4]| {
            let found = ACTS.map(|act| state.after(act).map_or("-", Standing::as_str));
            assert_eq!(found, expect, "{state:?}");
        };
        check(Standing::Requested, ["approved", "rejected", "-", "expired"]);
        check(Standing::Approved, ["approved", "-", "ended", "-"]);
        check(Standing::Rejected, ["approved", "rejected", "-", "-"]);
        check(Standing::Ended, ["-", "-", "ended", "-"]);
        check(Standing::Expired, ["-", "-", "-", "-"]);
    }
}
