//! A commissioning test: planned, carried out, verified, reported. What it has come to follows from all that
//! was told of it, in whatever order.

use super::deadline;
use super::facts::{Agreed, DocumentFlaw, PlanFact, Roles, Run, Verification};
use crate::domain::instant::Instant;

/// All that was told of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commissioning {
    pub id: String,
    /// None: something refers to the plan, and the plan itself was not told yet.
    pub agreed: Option<Agreed>,
    /// By when they were agreed on, no instant twice.
    pub roles: Vec<Roles>,
    /// In order, none twice.
    pub runs: Vec<Run>,
    /// In order, no instant twice.
    pub verifications: Vec<Verification>,
    /// The first report.
    pub reported: Option<Instant>,
    /// The reminder was sent, and the alarm that nothing was reported in time.
    pub reminded: bool,
    pub alarmed: bool,
}

/// How far a commissioning test has come. It goes on from each of these but the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    Unplanned,
    Planned,
    /// Carried out, last of all at this instant, and not passed.
    Failed(Instant),
    /// Carried out outside of the agreed window (K7).
    Slipped(Instant),
    /// Passed, and not verified.
    Tested(Instant),
    /// Passed, and what the archivist found does not open production (K12, K13).
    Unverified(Instant, String),
    /// Production is open from the test on (K14).
    Verified(Instant),
}

impl Commissioning {
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            agreed: None,
            roles: Vec::new(),
            runs: Vec::new(),
            verifications: Vec::new(),
            reported: None,
            reminded: false,
            alarmed: false,
        }
    }

    /// Takes the agreement in. True if it changed anything. Of another agreement under the same name only the roles are taken:
    /// see [`Self::contradicts`].
    pub fn put_plan(&mut self, fact: &PlanFact) -> bool {
        let is_new = self.agreed.is_none();
        self.agreed.get_or_insert_with(|| fact.agreed.clone());
        let changed = match self.roles.binary_search_by_key(&fact.roles.agreed, |roles| roles.agreed) {
            Ok(place) => replace(&mut self.roles, place, &fact.roles),
            Err(place) => {
                self.roles.insert(place, fact.roles.clone());
                true
            }
        };
        is_new || changed
    }

    /// Does the plan say something else than before of what never changes?
    #[must_use]
    pub fn contradicts(&self, fact: &PlanFact) -> bool {
        self.agreed.as_ref().is_some_and(|agreed| *agreed != fact.agreed)
    }

    pub fn put_run(&mut self, run: Run) -> bool {
        match self.runs.binary_search(&run) {
            Ok(_) => false,
            Err(place) => {
                self.runs.insert(place, run);
                true
            }
        }
    }

    pub fn put_verification(&mut self, verification: &Verification) -> bool {
        match self.verifications.binary_search_by_key(&verification.at, |one| one.at) {
            Ok(place) => replace(&mut self.verifications, place, verification),
            Err(place) => {
                self.verifications.insert(place, verification.clone());
                true
            }
        }
    }

    pub fn put_report(&mut self, at: Instant) -> bool {
        let first = self.reported.map_or(at, |known| known.min(at));
        self.reported.replace(first) != Some(first)
    }

    /// When the test was passed: the first time inside of the agreed window.
    #[must_use]
    pub fn tested(&self) -> Option<Instant> {
        let agreed = self.agreed.as_ref()?;
        self.runs.iter().find(|run| run.passed && agreed.covers(run.at)).map(|run| run.at)
    }

    /// `archive`: the one that the catalog names, if it does.
    #[must_use]
    pub fn stage(&self, archive: Option<&str>) -> Stage {
        if self.agreed.is_none() {
            return Stage::Unplanned;
        }
        let Some(test) = self.tested() else {
            let last = |passed: bool| self.runs.iter().rev().find(|run| run.passed == passed).map(|run| run.at);
            return last(true).map(Stage::Slipped).or_else(|| last(false).map(Stage::Failed)).unwrap_or(Stage::Planned);
        };
        let mut fault = None;
        for verification in &self.verifications {
            match self.fault_of(verification, test, archive) {
                None => return Stage::Verified(test),
                found => fault = found,
            }
        }
        fault.map_or(Stage::Tested(test), |why| Stage::Unverified(test, why))
    }

    /// Who is archivist at an instant: as agreed last before it, or first of all.
    fn archivist_at(&self, at: Instant) -> Option<&str> {
        let last = self.roles.iter().rev().find(|roles| roles.agreed <= at);
        last.or(self.roles.first()).map(|roles| roles.archivist.as_str())
    }

    /// Why a verification opens nothing; none: it does.
    fn fault_of(&self, verification: &Verification, test: Instant, archive: Option<&str>) -> Option<String> {
        let Verification { at, archivist, .. } = verification;
        if *at < test {
            return Some(format!("the verification of {at} was made before the test"));
        }
        if self.roles.iter().any(|roles| roles.tester == *archivist) {
            return Some(format!("`{archivist}` verified, and is a tester of the plan"));
        }
        if self.archivist_at(*at) != Some(archivist) {
            return Some(format!("`{archivist}` verified at {at}, and is not the archivist of the plan then"));
        }
        if let Some(archive) = archive.filter(|archive| *archive != verification.archive) {
            return Some(format!("`{}` was looked into, and the archive is `{archive}`", verification.archive));
        }
        verification.mismatch()
    }

    /// Until when the test is to be reported, once it is passed.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        self.tested().map(deadline::due)
    }
}

impl Agreed {
    #[must_use]
    pub fn covers(&self, instant: Instant) -> bool {
        self.from <= instant && instant < self.to
    }
}

impl Verification {
    /// Expected = archived = registered, and each document the same in both places (K12, K13); else what is not.
    #[must_use]
    pub fn mismatch(&self) -> Option<String> {
        if let Some(fault) = self.faults.first() {
            let what = match fault.what {
                DocumentFlaw::NotArchived => "is not archived",
                DocumentFlaw::NotRegistered => "is not in the customer's register",
                DocumentFlaw::Differs => "differs between the archive and the customer's register",
            };
            let more = if self.faults.len() > 1 { ", and others have faults too" } else { "" };
            return Some(format!("document `{}` {what}{more}", fault.document));
        }
        let Self { expected, archived, registered, .. } = self;
        let equal = expected == archived && archived == registered;
        (!equal).then(|| format!("{expected} documents are expected, {archived} archived, {registered} registered"))
    }
}

fn replace<T: PartialEq + Clone>(list: &mut [T], place: usize, new: &T) -> bool {
    match list.get_mut(place) {
        Some(old) if old != new => {
            old.clone_from(new);
            true
        }
        _ => false,
    }
}
