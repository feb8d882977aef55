//! Loads: their heads and chunks.

use bincode::{BorrowDecode, Encode};

use super::pupil::StoredEnrolment;
use crate::domain::instant::Instant;
use crate::domain::lineage::Fingerprint;
use crate::domain::roster::{Finding, Load, LoadDecision, LoadFigures, LoadMode, LoadPiece, LoadStage, PupilEntry, QualityRule, Statement};
use crate::wire::stored::value::code::Coded;
use crate::wire::stored::value::format::Fault;
use crate::wire::stored::value::plain::date;

#[derive(Encode, BorrowDecode)]
pub enum StoredPiece<'a> {
    Head(StoredLoad<'a>),
    Chunk(Vec<StoredPupilEntry<'a>>),
}

#[derive(Encode, BorrowDecode)]
pub struct StoredLoad<'a> {
    mode: u8,
    of: u32,
    as_of: i64,
    day: i32,
    source: &'a str,
    received: Vec<u32>,
    stage: StoredStage<'a>,
    /// Before, named, added, removed.
    figures: [u64; 4],
    decision: Option<StoredDecision<'a>>,
    touched: i64,
    classes: Vec<(&'a str, &'a str)>,
}

#[derive(Encode, BorrowDecode)]
enum StoredStage<'a> {
    Staging,
    Checking(u32),
    Waiting(&'a str),
    Applying(u32),
    Sweeping(Option<u128>),
    Done,
    Discarded,
}

#[derive(Encode, BorrowDecode)]
struct StoredDecision<'a> {
    load: &'a str,
    release: bool,
    actor: &'a str,
    approver: &'a str,
    reason: &'a str,
}

#[derive(Encode, BorrowDecode)]
pub struct StoredPupilEntry<'a> {
    pupil: u128,
    same_as: Option<u128>,
    /// None: deleted.
    enrolments: Option<Vec<StoredEnrolment<'a>>>,
    /// Rule, unit.
    findings: Vec<(u8, &'a str)>,
    classes: Vec<(&'a str, &'a str)>,
}

impl<'a> StoredPiece<'a> {
    pub fn of(piece: &'a LoadPiece) -> Self {
        match piece {
            LoadPiece::Head(load) => Self::Head(StoredLoad::of(load)),
            LoadPiece::Chunk(entries) => Self::Chunk(entries.iter().map(StoredPupilEntry::of).collect()),
        }
    }

    pub fn into_domain(self) -> Result<LoadPiece, Fault> {
        match self {
            Self::Head(load) => Ok(LoadPiece::Head(Box::new(load.into_domain()?))),
            Self::Chunk(entries) => Ok(LoadPiece::Chunk(entries.into_iter().map(StoredPupilEntry::into_domain).collect::<Result<_, _>>()?)),
        }
    }
}

fn pairs(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(one, other)| (one.as_str(), other.as_str())).collect()
}

fn into_pairs(pairs: Vec<(&str, &str)>) -> Vec<(String, String)> {
    pairs.into_iter().map(|(one, other)| (one.to_owned(), other.to_owned())).collect()
}

impl<'a> StoredLoad<'a> {
    fn of(load: &'a Load) -> Self {
        let LoadFigures { before, named, added, removed } = load.figures;
        Self {
            mode: load.mode.code(),
            of: load.of,
            as_of: load.as_of.nanos(),
            day: load.day.to_epoch_days(),
            source: &load.source,
            received: load.received.clone(),
            stage: StoredStage::of(&load.stage),
            figures: [before, named, added, removed],
            decision: load.decision.as_ref().map(StoredDecision::of),
            touched: load.touched.nanos(),
            classes: pairs(&load.classes),
        }
    }

    fn into_domain(self) -> Result<Load, Fault> {
        let [before, named, added, removed] = self.figures;
        Ok(Load {
            mode: LoadMode::of_code(self.mode)?,
            of: self.of,
            as_of: Instant::from_nanos(self.as_of),
            day: date(self.day)?,
            source: self.source.to_owned(),
            received: self.received,
            stage: self.stage.into_domain(),
            figures: LoadFigures { before, named, added, removed },
            decision: self.decision.map(StoredDecision::into_domain),
            touched: Instant::from_nanos(self.touched),
            classes: into_pairs(self.classes),
        })
    }
}

impl<'a> StoredStage<'a> {
    fn of(stage: &'a LoadStage) -> Self {
        match stage {
            LoadStage::Staging => Self::Staging,
            LoadStage::Checking { next } => Self::Checking(*next),
            LoadStage::Waiting { why } => Self::Waiting(why),
            LoadStage::Applying { next } => Self::Applying(*next),
            LoadStage::Sweeping { after } => Self::Sweeping(after.map(|after| after.0)),
            LoadStage::Done => Self::Done,
            LoadStage::Discarded => Self::Discarded,
        }
    }

    fn into_domain(self) -> LoadStage {
        match self {
            Self::Staging => LoadStage::Staging,
            Self::Checking(next) => LoadStage::Checking { next },
            Self::Waiting(why) => LoadStage::Waiting { why: why.to_owned() },
            Self::Applying(next) => LoadStage::Applying { next },
            Self::Sweeping(after) => LoadStage::Sweeping { after: after.map(Fingerprint) },
            Self::Done => LoadStage::Done,
            Self::Discarded => LoadStage::Discarded,
        }
    }
}

impl<'a> StoredDecision<'a> {
    fn of(one: &'a LoadDecision) -> Self {
        Self { load: &one.load, release: one.release, actor: &one.actor, approver: &one.approver, reason: &one.reason }
    }

    fn into_domain(self) -> LoadDecision {
        let [load, actor, approver, reason] = [self.load, self.actor, self.approver, self.reason].map(str::to_owned);
        LoadDecision { load, release: self.release, actor, approver, reason }
    }
}

impl<'a> StoredPupilEntry<'a> {
    fn of(entry: &'a PupilEntry) -> Self {
        Self {
            pupil: entry.pupil.0,
            same_as: entry.same_as.map(|other| other.0),
            enrolments: match &entry.statement {
                Statement::Deleted => None,
                Statement::Enrolled(enrolments) => Some(StoredEnrolment::all(enrolments)),
            },
            findings: entry.findings.iter().map(|finding| (finding.rule.code(), finding.unit.as_str())).collect(),
            classes: pairs(&entry.classes),
        }
    }

    fn into_domain(self) -> Result<PupilEntry, Fault> {
        let statement = match self.enrolments {
            None => Statement::Deleted,
            Some(enrolments) => Statement::Enrolled(StoredEnrolment::into_all(enrolments)?),
        };
        let finding = |(rule, unit): (u8, &str)| Ok(Finding { rule: QualityRule::of_code(rule)?, unit: unit.to_owned() });
        Ok(PupilEntry {
            pupil: Fingerprint(self.pupil),
            same_as: self.same_as.map(Fingerprint),
            statement,
            findings: self.findings.into_iter().map(finding).collect::<Result<_, Fault>>()?,
            classes: into_pairs(self.classes),
        })
    }
}
