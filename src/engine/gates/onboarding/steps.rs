//! When each step of taking a service into use is taken, as spans of event time, and what takes one that is not.

use crate::domain::account::Account;
use crate::domain::catalog::Service;
use crate::domain::gates::onboarding::commissioning::Stage;
use crate::domain::gates::onboarding::descriptions::Description;
use crate::domain::gates::onboarding::{Onboarding, OnboardingRules};
use crate::domain::instant::Instant;
use crate::domain::party::MissingTerm;
use crate::domain::spans::Spans;
use crate::engine::complete;
use crate::engine::world::World;

/// What the answer depends on.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    pub account: &'a Account,
    pub service: &'a Service,
    pub rules: &'a OnboardingRules,
    pub world: &'a World,
}

/// The steps, in the order in which they are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A valid customer relation (K2).
    Relation,
    /// The description of the service that is in force is approved (K3).
    Description,
    /// Administrative details are complete (K4).
    Details,
    /// The commissioning test is passed at the agreed time (K5 to K8).
    Test,
    /// The archivist has verified it (K12 to K14).
    Verification,
    /// It is reported in time, where the catalog asks for that (K15).
    Report,
}

impl Step {
    pub const ALL: [Self; 6] = [Self::Relation, Self::Description, Self::Details, Self::Test, Self::Verification, Self::Report];

    /// As documents name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Relation => "relation",
            Self::Description => "description",
            Self::Details => "details",
            Self::Test => "test",
            Self::Verification => "verification",
            Self::Report => "report",
        }
    }

    /// When it is taken.
    #[must_use]
    pub fn spans(self, asking: &Asking<'_>) -> Spans {
        let Asking { service, rules, .. } = *asking;
        let told = asking.told();
        match self {
            Self::Relation => told.related(),
            Self::Description => {
                asking.description().map_or_else(Spans::default, |one| one.spans(|version| told.has_approved(&service.id, version)))
            }
            Self::Details => details(asking),
            Self::Test => {
                let tests = told.of_service(&service.id).filter_map(|(_, one)| one.tested());
                tests.fold(Spans::default(), |all, test| all.or(test, Instant::MAX))
            }
            Self::Verification => told.verified(&service.id, &OnboardingRules { report_closes: false, ..rules.clone() }),
            Self::Report => told.verified(&service.id, rules),
        }
    }

    /// What is missing at an instant, and what would mend it.
    #[must_use]
    pub fn cure(self, asking: &Asking<'_>, at: Instant) -> String {
        let service = &asking.service.id;
        match self {
            Self::Relation => format!("no customer relation is valid at {at}: tell it with tally.relation.v1"),
            Self::Description => match asking.description().and_then(|one| one.in_force(at)) {
                Some(version) => {
                    format!("version `{version}` of the description of `{service}` is not approved: send tally.description_approval.v1")
                }
                None => format!("no description of `{service}` is in force at {at}: send tally.service_description.v1, and its approval"),
            },
            Self::Details => {
                let lacking: Vec<String> = lacking(asking, at).iter().map(MissingTerm::to_string).collect();
                format!("the customer's facts are not complete at {at}: send {}", lacking.join("; "))
            }
            Self::Test => of_test(asking, at),
            Self::Verification => of_verification(asking, at),
            Self::Report => {
                let overdue =
                    asking.told().of_service(service).find(|(_, one)| one.reported.is_none() && one.due().is_some_and(|due| due <= at));
                let plan = overdue.map(|(_, one)| one.id.as_str()).unwrap_or_default();
                format!("the report of the commissioning test `{plan}` is overdue: send tally.commissioning_report.v1")
            }
        }
    }
}

impl<'a> Asking<'a> {
    #[must_use]
    pub fn told(&self) -> &'a Onboarding {
        &self.account.gates.onboarding
    }

    fn description(&self) -> Option<&'a Description> {
        self.world.directory.description(&self.service.id)
    }

    /// When production is open.
    #[must_use]
    pub fn open(&self) -> Spans {
        Step::ALL.into_iter().fold(Spans::always(), |open, step| if open.is_empty() { open } else { open.and(&step.spans(self)) })
    }

    /// The first step that is not taken at an instant, and what would take it.
    #[must_use]
    pub fn lacks(&self, at: Instant) -> Option<(Step, String)> {
        let step = Step::ALL.into_iter().find(|step| !step.spans(self).contains(at))?;
        Some((step, step.cure(self, at)))
    }
}

/// When the customer's facts have what invoices of the service's plan need.
fn details(asking: &Asking<'_>) -> Spans {
    let versions = &asking.account.versions;
    let begin = |place: usize| versions.get(place).map_or(Instant::MAX, |version| version.zone.midnight(version.from));
    let Some(plan) = asking.world.catalog.plan_of(asking.service) else { return Spans::of(begin(0), None) };
    let complete = versions.iter().enumerate().filter(|(_, version)| complete::for_plan(version, plan, &asking.world.catalog).is_empty());
    complete.fold(Spans::default(), |all, (place, _)| all.or(begin(place), begin(place + 1)))
}

fn lacking(asking: &Asking<'_>, at: Instant) -> Vec<MissingTerm> {
    let plan = asking.world.catalog.plan_of(asking.service);
    let terms = asking.account.version_at(at).zip(plan).map(|(version, plan)| complete::for_plan(version, plan, &asking.world.catalog));
    terms.unwrap_or_default()
}

/// Of the service's plans, what the one that came furthest still lacks.
fn of_test(asking: &Asking<'_>, at: Instant) -> String {
    let (rules, service) = (asking.rules, &asking.service.id);
    let mut best: Option<(u8, String)> = None;
    for (agreed, one) in asking.told().of_service(service) {
        let id = &one.id;
        let (rank, text) = match one.stage(rules.archive.as_deref()) {
            Stage::Tested(test) | Stage::Unverified(test, _) | Stage::Verified(test) => {
                let or = "if it was a test, tell with tally.test_id_issue.v1 whose test id it used; else write it off";
                (
                    4,
                    format!(
                        "{at} is before the commissioning test `{id}`, which was passed at {test}; use before it is not production: {or}"
                    ),
                )
            }
            Stage::Slipped(run) => {
                (3, format!("the commissioning test `{id}` was carried out at {run}, outside of its window: agree on a new plan"))
            }
            Stage::Failed(run) => (2, format!("the commissioning test `{id}` failed at {run}: carry it out again")),
            Stage::Planned | Stage::Unplanned => {
                let when = format!("is planned from {} to {}", agreed.from, agreed.to);
                (1, format!("the commissioning test `{id}` {when}: carry it out, and tell it with tally.commissioning_run.v1"))
            }
        };
        if best.as_ref().is_none_or(|(known, _)| *known < rank) {
            best = Some((rank, text));
        }
    }
    best.map_or_else(|| format!("no commissioning test of `{service}` is planned: send tally.commissioning_plan.v1"), |(_, text)| text)
}

fn of_verification(asking: &Asking<'_>, at: Instant) -> String {
    let mut waits = None;
    for (_, one) in asking.told().of_service(&asking.service.id) {
        match one.stage(asking.rules.archive.as_deref()) {
            Stage::Unverified(test, why) if test <= at => return format!("the commissioning test `{}` is not verified: {why}", one.id),
            Stage::Tested(test) if test <= at => waits = Some(one.id.as_str()),
            _ => {}
        }
    }
    match waits {
        Some(plan) => format!("the archivist has not verified the commissioning test `{plan}`: send tally.commissioning_verification.v1"),
        None => format!("no commissioning test of `{}` that could be verified is passed before {at}", asking.service.id),
    }
}
