//! The state machine of a commissioning test: every stage and every event, and that their order does not matter.

use proptest::prelude::*;
use tally::domain::gates::onboarding::commissioning::Stage;
use tally::domain::gates::onboarding::facts::{
    Agreed, DocumentFault, DocumentFlaw, OnboardingFact, PlanFact, Relation, Roles, Run, Verification,
};
use tally::domain::gates::onboarding::{Onboarding, OnboardingRules};
use tally::domain::instant::Instant;

use crate::model::config;

/// The window is `[10, 20)`.
fn fact(event: &str) -> OnboardingFact {
    let at = Instant::from_millis;
    let roles = |agreed: i64, archivist: &str| {
        let id = |text: &str| text.to_owned();
        let agreed_on = Agreed { service: "s".into(), supplier: id("lev"), system: None, from: at(10), to: at(20) };
        let roles = Roles { agreed: at(agreed), tester: id("t"), archivist: id(archivist), support: id("x") };
        OnboardingFact::Plan(PlanFact { plan: id("p"), agreed: agreed_on, roles })
    };
    let run = |millis: i64, passed: bool| OnboardingFact::Run { plan: "p".to_owned(), run: Run { at: at(millis), passed } };
    let verified = |millis: i64, archivist: &str, flaw: Option<DocumentFlaw>| {
        let faults = flaw.into_iter().map(|what| DocumentFault { document: "d".to_owned(), what }).collect();
        let (archivist, archive) = (archivist.to_owned(), "kanta".to_owned());
        let verification = Verification { at: at(millis), archivist, archive, expected: 1, archived: 1, registered: 1, faults };
        OnboardingFact::Verification { plan: "p".to_owned(), verification }
    };
    match event {
        "plan" => roles(1, "a"),
        "roles" => roles(2, "a"),
        "other archivist" => roles(30, "b"),
        "failed" => run(11, false),
        "passed" => run(12, true),
        "passed again" => run(13, true),
        "passed late" => run(20, true),
        "verified" => verified(25, "a", None),
        "verified early" => verified(11, "a", None),
        "verified by the tester" => verified(26, "t", None),
        "verified by nobody" => verified(27, "z", None),
        "verified too late" => verified(31, "a", None),
        "differs" => verified(24, "a", Some(DocumentFlaw::Differs)),
        "reported" => OnboardingFact::Report { plan: "p".to_owned(), at: at(40) },
        "relation" => OnboardingFact::Relation(Relation { from: at(0), to: None }),
        other => panic!("no event is called {other}"),
    }
}

fn told(events: &[&str]) -> Onboarding {
    let mut onboarding = Onboarding::default();
    for event in events {
        onboarding.put(&fact(event));
        assert!(!onboarding.put(&fact(event)), "{event} told again is news");
    }
    onboarding
}

fn stage(onboarding: &Onboarding) -> String {
    match onboarding.commissioning("p").map(|one| one.stage(Some("kanta"))) {
        None => "nothing".to_owned(),
        Some(Stage::Unplanned) => "unplanned".to_owned(),
        Some(Stage::Planned) => "planned".to_owned(),
        Some(Stage::Failed(_)) => "failed".to_owned(),
        Some(Stage::Slipped(_)) => "slipped".to_owned(),
        Some(Stage::Tested(test)) => format!("tested {}", test.nanos() / 1_000_000),
        Some(Stage::Unverified(..)) => "unverified".to_owned(),
        Some(Stage::Verified(test)) => format!("verified {}", test.nanos() / 1_000_000),
    }
}

/// How each stage is reached.
const STAGES: [(&str, &[&str]); 7] = [
    ("unplanned", &["reported"]),
    ("planned", &["plan"]),
    ("failed", &["plan", "failed"]),
    ("slipped", &["plan", "passed late"]),
    ("tested 12", &["plan", "passed"]),
    ("unverified", &["plan", "passed", "differs"]),
    ("verified 12", &["plan", "passed", "verified"]),
];

/// What each event makes of each stage, in the order of `STAGES`.
const TABLE: [(&str, [&str; 7]); 13] = [
    ("plan", ["planned", "planned", "failed", "slipped", "tested 12", "unverified", "verified 12"]),
    ("roles", ["planned", "planned", "failed", "slipped", "tested 12", "unverified", "verified 12"]),
    ("other archivist", ["planned", "planned", "failed", "slipped", "tested 12", "unverified", "verified 12"]),
    ("failed", ["unplanned", "failed", "failed", "slipped", "tested 12", "unverified", "verified 12"]),
    ("passed", ["unplanned", "tested 12", "tested 12", "tested 12", "tested 12", "unverified", "verified 12"]),
    ("passed again", ["unplanned", "tested 13", "tested 13", "tested 13", "tested 12", "unverified", "verified 12"]),
    ("passed late", ["unplanned", "slipped", "slipped", "slipped", "tested 12", "unverified", "verified 12"]),
    ("verified", ["unplanned", "planned", "failed", "slipped", "verified 12", "verified 12", "verified 12"]),
    ("verified early", ["unplanned", "planned", "failed", "slipped", "unverified", "unverified", "verified 12"]),
    ("verified by the tester", ["unplanned", "planned", "failed", "slipped", "unverified", "unverified", "verified 12"]),
    ("verified by nobody", ["unplanned", "planned", "failed", "slipped", "unverified", "unverified", "verified 12"]),
    ("differs", ["unplanned", "planned", "failed", "slipped", "unverified", "unverified", "verified 12"]),
    ("reported", ["unplanned", "planned", "failed", "slipped", "tested 12", "unverified", "verified 12"]),
];

#[test]
fn every_event_in_every_stage() {
    for (event, expect) in TABLE {
        for ((name, path), expect) in STAGES.into_iter().zip(expect) {
            let mut onboarding = told(path);
            assert_eq!(stage(&onboarding), name);
            onboarding.put(&fact(event));
            assert_eq!(stage(&onboarding), expect, "{event} in {name}");
        }
    }
}

/// Who was archivist at the time counts, whenever that is told.
#[test]
fn k6_an_archivist_who_has_lost_the_right_verifies_nothing() {
    let check = |events: &[&str], expect: &str| assert_eq!(stage(&told(events)), expect, "{events:?}");
    check(&["plan", "passed", "verified too late"], "verified 12");
    check(&["plan", "other archivist", "passed", "verified too late"], "unverified");
    check(&["plan", "passed", "verified too late", "other archivist"], "unverified");
    check(&["plan", "passed", "verified", "other archivist"], "verified 12");
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_order_of_facts_does_not_matter(
        (events, shuffled) in Just(TABLE.map(|(event, _)| event).into_iter().chain(["verified too late", "relation"]).collect::<Vec<_>>())
            .prop_flat_map(|events| { let count = events.len(); prop::sample::subsequence(events, 0..=count) })
            .prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle())),
    ) {
        let (one, other) = (told(&events), told(&shuffled));
        prop_assert_eq!(&one, &other, "{:?} {:?}", events, shuffled);
        let rules = OnboardingRules { archive: Some("kanta".to_owned()), report_closes: true };
        prop_assert_eq!(one.verified(&"s".into(), &rules), other.verified(&"s".into(), &rules));
    }
}
