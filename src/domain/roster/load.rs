//! Loads: many facts about pupils at once, which act only when all of them are there and were looked at.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::fact::PupilEntry;
use super::rules::RosterRules;
use crate::domain::instant::Instant;
use crate::domain::lineage::Fingerprint;

/// A piece of a load: its head (part 0), or a chunk.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LoadKey {
    pub load: String,
    pub part: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoadPiece {
    Head(Box<Load>),
    Chunk(Vec<PupilEntry>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LoadMode {
    /// All pupils of the customer: who is not named is gone.
    Full,
    /// Those that have changed.
    Delta,
}

impl LoadMode {
    pub const ALL: [Self; 2] = [Self::Full, Self::Delta];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Delta => "delta",
        }
    }
}

/// The head of a load. `of` 0: only a decision about it is known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    pub mode: LoadMode,
    pub of: u32,
    pub as_of: Instant,
    pub day: NaiveDate,
    pub source: String,
    /// Numbers of the chunks that are there, ascending.
    pub received: Vec<u32>,
    pub stage: LoadStage,
    pub figures: LoadFigures,
    pub decision: Option<LoadDecision>,
    /// Log time of the last thing that happened to it.
    pub touched: Instant,
    /// School unit by class code, as first seen; an empty unit: told already that there are two.
    pub classes: Vec<(String, String)>,
}

/// How far a load has come. Each step can be committed, and gone on from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoadStage {
    /// Chunks are missing.
    Staging,
    /// Complete: what chunks from `next` on would change is being counted.
    Checking {
        next: u32,
    },
    /// It would change too much: somebody must decide.
    Waiting {
        why: String,
    },
    /// Chunks from `next` on are being taken in.
    Applying {
        next: u32,
    },
    /// Pupils after this one that it does not name are being ended.
    Sweeping {
        after: Option<Fingerprint>,
    },
    Done,
    Discarded,
}

impl LoadStage {
    /// Does nothing happen until something is told?
    #[must_use]
    pub fn rests(&self) -> bool {
        matches!(self, Self::Staging | Self::Waiting { .. } | Self::Done | Self::Discarded)
    }

    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Staging => "staging",
            Self::Checking { .. } => "checking",
            Self::Waiting { .. } => "waiting",
            Self::Applying { .. } | Self::Sweeping { .. } => "applying",
            Self::Done => "applied",
            Self::Discarded => "discarded",
        }
    }
}

/// What a load would change, in pupils that are active on its day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LoadFigures {
    /// Active before it.
    pub before: u64,
    /// Of those, named in it.
    pub named: u64,
    pub added: u64,
    pub removed: u64,
}

/// `tally.load_decision.v1`. The first one decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadDecision {
    pub load: String,
    /// Else it is discarded.
    pub release: bool,
    pub actor: String,
    /// Another person than the actor.
    pub approver: String,
    pub reason: String,
}

impl LoadDecision {
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        if self.release { "release" } else { "discard" }
    }
}

impl LoadFigures {
    /// Why a load with these figures must wait; none: it may act. A customer without pupils has no shares of them.
    #[must_use]
    pub fn why_not(&self, rules: &RosterRules) -> Option<String> {
        let checks = [
            ("remove", self.removed, rules.most_removed, rules.most_removed_share),
            ("add", self.added, rules.most_added, rules.most_added_share),
        ];
        let too_many = |(verb, pupils, most, share): (&str, u64, Option<u64>, Option<Decimal>)| {
            if let Some(most) = most.filter(|most| pupils > *most) {
                return Some(format!("it would {verb} {pupils} of {} active pupils, and at most {most} are allowed", self.before));
            }
            let share = share.filter(|share| self.before > 0 && exceeds(pupils, *share, self.before))?;
            Some(format!("it would {verb} {pupils} of {} active pupils, and at most a share of {share} is allowed", self.before))
        };
        checks.into_iter().find_map(too_many)
    }
}

/// Without a division: exact.
fn exceeds(pupils: u64, share: Decimal, of: u64) -> bool {
    share.checked_mul(Decimal::from(of)).is_some_and(|most| Decimal::from(pupils) > most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_that_changes_too_much_waits() {
        let rules = |removed: Option<u64>, share: &str| RosterRules {
            most_removed: removed,
            most_removed_share: Some(share.parse().expect("a share")),
            most_added: Some(500),
            ..RosterRules::default()
        };
        let check = |before, added, removed, rules: RosterRules, waits: bool| {
            let figures = LoadFigures { before, named: 0, added, removed };
            assert_eq!(figures.why_not(&rules).is_some(), waits, "{figures:?} {rules:?}");
        };
        check(1000, 0, 100, rules(None, "0.1"), false);
        check(1000, 0, 101, rules(None, "0.1"), true);
        check(999, 0, 100, rules(None, "0.1"), true);
        check(10_000, 0, 51, rules(Some(50), "0.1"), true);
        check(0, 500, 0, rules(None, "0.1"), false);
        check(0, 501, 0, rules(None, "0.1"), true);
        check(1000, 0, 1000, RosterRules::default(), false);
    }
}
