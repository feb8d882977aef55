//! Taking a service into use (Kanta, REQUIREMENTS K1 to K15): what was told of a customer, and what follows for when
//! production is open. All of it is a function of the facts, whatever their order.

pub mod commissioning;
pub mod deadline;
pub mod descriptions;
pub mod facts;
pub mod test_ids;

use self::commissioning::{Commissioning, Stage};
use self::facts::{Agreed, Approval, OnboardingFact, Relation};
use crate::domain::instant::Instant;
use crate::domain::names::ServiceId;
use crate::domain::spans::Spans;

/// What a service asks of its customers before they use it: `onboarding` in the catalog.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OnboardingRules {
    /// The archive that the archivist looks into (K12); none: it is not asked for by name.
    pub archive: Option<String>,
    /// Does production close when the report is overdue (K15)?
    pub report_closes: bool,
}

/// What was told of a customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Onboarding {
    /// By `from`, no instant twice.
    pub relations: Vec<Relation>,
    /// In order, none twice.
    pub approvals: Vec<Approval>,
    /// By id, none twice.
    pub commissionings: Vec<Commissioning>,
}

impl Onboarding {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Why a fact is refused: it contradicts a plan.
    #[must_use]
    pub fn why_not(&self, fact: &OnboardingFact) -> Option<String> {
        let OnboardingFact::Plan(plan) = fact else { return None };
        let known = self.commissioning(&plan.plan)?;
        let what = "agrees on something else than before: what is agreed upon anew is a plan with another id; only its roles can change";
        known.contradicts(plan).then(|| format!("the commissioning plan `{}` {what}", plan.plan))
    }

    /// Takes a fact in; true if it changed anything.
    pub fn put(&mut self, fact: &OnboardingFact) -> bool {
        match fact {
            OnboardingFact::Relation(relation) => self.put_relation(*relation),
            OnboardingFact::Approval(approval) => {
                let place = self.approvals.binary_search(approval);
                if let Err(place) = place {
                    self.approvals.insert(place, approval.clone());
                }
                place.is_err()
            }
            OnboardingFact::Plan(plan) => self.of_plan(&plan.plan, |one| one.put_plan(plan)),
            OnboardingFact::Run { plan, run } => self.of_plan(plan, |one| one.put_run(*run)),
            OnboardingFact::Verification { plan, verification } => self.of_plan(plan, |one| one.put_verification(verification)),
            OnboardingFact::Report { plan, at } => self.of_plan(plan, |one| one.put_report(*at)),
        }
    }

    fn put_relation(&mut self, relation: Relation) -> bool {
        match self.relations.binary_search_by_key(&relation.from, |known| known.from) {
            Ok(place) => self.relations.get_mut(place).is_some_and(|known| std::mem::replace(known, relation) != relation),
            Err(place) => {
                self.relations.insert(place, relation);
                true
            }
        }
    }

    fn of_plan(&mut self, id: &str, put: impl FnOnce(&mut Commissioning) -> bool) -> bool {
        let place = self.commissionings.binary_search_by(|one| one.id.as_str().cmp(id)).unwrap_or_else(|place| {
            self.commissionings.insert(place, Commissioning::new(id));
            place
        });
        self.commissionings.get_mut(place).is_some_and(put)
    }

    #[must_use]
    pub fn commissioning(&self, id: &str) -> Option<&Commissioning> {
        self.commissionings.iter().find(|one| one.id == id)
    }

    /// The plans of a service that were told.
    pub fn of_service<'a>(&'a self, service: &'a ServiceId) -> impl Iterator<Item = (&'a Agreed, &'a Commissioning)> {
        let told = self.commissionings.iter().filter_map(|one| Some((one.agreed.as_ref()?, one)));
        told.filter(move |(agreed, _)| agreed.service == *service)
    }

    /// When the customer relation is valid (K2).
    #[must_use]
    pub fn related(&self) -> Spans {
        self.relations.iter().fold(Spans::default(), |all, one| all.or(one.from, one.to.unwrap_or(Instant::MAX)))
    }

    #[must_use]
    pub fn has_approved(&self, service: &ServiceId, version: &str) -> bool {
        self.approvals.iter().any(|one| one.service == *service && one.version == version)
    }

    /// When a test of the service is passed and verified (K14), and reported, if that is asked for (K15).
    #[must_use]
    pub fn verified(&self, service: &ServiceId, rules: &OnboardingRules) -> Spans {
        let spans = self.of_service(service).filter_map(|(_, one)| match one.stage(rules.archive.as_deref()) {
            Stage::Verified(test) => {
                let to = one.due().filter(|_| rules.report_closes && one.reported.is_none());
                Some((test, to.unwrap_or(Instant::MAX)))
            }
            _ => None,
        });
        spans.fold(Spans::default(), |all, (from, to)| all.or(from, to))
    }

    /// Is a test of the service agreed upon for an instant, with this it-system?
    #[must_use]
    pub fn is_test_window(&self, service: &ServiceId, system: &str, at: Instant) -> bool {
        let fits = |agreed: &Agreed| agreed.covers(at) && agreed.system.as_deref().is_none_or(|tested| tested == system);
        self.of_service(service).any(|(agreed, _)| fits(agreed))
    }
}
