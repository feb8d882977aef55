//! Taking services into use: samples, and anything that can be.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use tally::domain::directory::DirectoryEntry;
use tally::domain::gates::onboarding::Onboarding;
use tally::domain::gates::onboarding::commissioning::Commissioning;
use tally::domain::gates::onboarding::descriptions::{Description, DescriptionVersion};
use tally::domain::gates::onboarding::facts::{
    Agreed, Approval, DocumentFault, DocumentFlaw, Issue, Relation, Return, Roles, Run, Verification,
};
use tally::domain::gates::onboarding::test_ids::{Grant, TestId};
use tally::domain::instant::Instant;
use tally::domain::notice::{OnboardingNotice, ReportDeadline};

fn at(nanos: i64) -> Instant {
    Instant::from_nanos(nanos)
}

pub fn onboarding() -> Onboarding {
    Onboarding {
        relations: vec![Relation { from: at(1), to: Some(at(9)) }, Relation { from: at(10), to: None }],
        approvals: vec![Approval { service: "archive".into(), version: "1.0".to_owned() }],
        commissionings: vec![commissioning(), Commissioning::new("unplanned")],
    }
}

fn commissioning() -> Commissioning {
    let agreed = Agreed { service: "archive".into(), supplier: "lev".to_owned(), system: Some("//s".to_owned()), from: at(2), to: at(8) };
    let who = |agreed, archivist: &str| Roles { agreed, tester: "t".to_owned(), archivist: archivist.to_owned(), support: "s".to_owned() };
    let fault = |document: &str, what| DocumentFault { document: document.to_owned(), what };
    let verification = Verification {
        at: at(6),
        archivist: "a".to_owned(),
        archive: "Klientdataarkivet".to_owned(),
        expected: 3,
        archived: 2,
        registered: 2,
        faults: vec![fault("d1", DocumentFlaw::NotArchived), fault("d2", DocumentFlaw::NotRegistered), fault("d3", DocumentFlaw::Differs)],
    };
    Commissioning {
        agreed: Some(agreed),
        roles: vec![who(at(1), "a"), who(at(5), "b")],
        runs: vec![Run { at: at(3), passed: false }, Run { at: at(4), passed: true }],
        verifications: vec![verification],
        reported: Some(at(7)),
        reminded: true,
        ..Commissioning::new("2026-1")
    }
}

pub fn description() -> DirectoryEntry {
    let mut description = Description::default();
    description.put(DescriptionVersion { from: at(1), version: "1.0".to_owned() });
    description.put(DescriptionVersion { from: at(2), version: "2.0".to_owned() });
    DirectoryEntry::Description(description)
}

pub fn test_id() -> DirectoryEntry {
    DirectoryEntry::TestId(TestId {
        grants: vec![Grant { supplier: "lev".to_owned(), from: at(1), to: None }],
        issues: vec![Issue {
            customer: "FI-091".into(),
            service: "archive".into(),
            from: at(2),
            to: Some(at(9)),
            supplier: "lev".to_owned(),
        }],
        returns: vec![Return { customer: "FI-091".into(), service: "archive".into(), at: at(5) }],
    })
}

pub fn notices() -> Vec<(&'static str, OnboardingNotice)> {
    let deadline = || {
        let (plan, supplier) = ("2026-1".to_owned(), "lev".to_owned());
        Box::new(ReportDeadline { plan, service: "archive".into(), supplier, tested: at(1), due: at(2) })
    };
    let why = || "document `d2` is not archived".to_owned();
    vec![
        ("notice: report due", OnboardingNotice::ReportDue(deadline())),
        ("notice: report overdue", OnboardingNotice::ReportOverdue(deadline())),
        ("notice: unverified", OnboardingNotice::Unverified { plan: "2026-1".to_owned(), service: "archive".into(), why: why() }),
        ("notice: production opened", OnboardingNotice::Opened { service: "archive".into(), from: at(1) }),
        ("notice: told late", OnboardingNotice::ToldLate { service: "archive".into(), from: at(1), to: at(2) }),
        (
            "notice: test id misused",
            OnboardingNotice::TestIdMisused {
                service: "archive".into(),
                source: "//s".to_owned(),
                id: "e-1".to_owned(),
                time: at(3),
                why: "its person is a test id that is not issued".to_owned(),
            },
        ),
    ]
}

fn instant() -> impl Strategy<Value = Instant> {
    any::<i64>().prop_map(Instant::from_nanos)
}

fn text() -> impl Strategy<Value = String> {
    ".{0,8}"
}

pub fn any_onboarding() -> impl Strategy<Value = Onboarding> {
    let relation = (instant(), of(instant())).prop_map(|(from, to)| Relation { from, to });
    let approval = (text(), text()).prop_map(|(service, version)| Approval { service: service.as_str().into(), version });
    (vec(relation, 0..3), vec(approval, 0..3), vec(any_commissioning(), 0..3))
        .prop_map(|(relations, approvals, commissionings)| Onboarding { relations, approvals, commissionings })
}

fn any_commissioning() -> impl Strategy<Value = Commissioning> {
    let agreed = (text(), text(), of(text()), instant(), instant()).prop_map(|(service, supplier, system, from, to)| Agreed {
        service: service.as_str().into(),
        supplier,
        system,
        from,
        to,
    });
    let roles =
        (instant(), text(), text(), text()).prop_map(|(agreed, tester, archivist, support)| Roles { agreed, tester, archivist, support });
    let run = (instant(), any::<bool>()).prop_map(|(at, passed)| Run { at, passed });
    let lists = (vec(roles, 0..3), vec(run, 0..3), vec(any_verification(), 0..3));
    (text(), of(agreed), lists, of(instant()), any::<(bool, bool)>()).prop_map(
        |(id, agreed, (roles, runs, verifications), reported, (reminded, alarmed))| Commissioning {
            id,
            agreed,
            roles,
            runs,
            verifications,
            reported,
            reminded,
            alarmed,
        },
    )
}

fn any_verification() -> impl Strategy<Value = Verification> {
    let flaw = select(vec![DocumentFlaw::NotArchived, DocumentFlaw::NotRegistered, DocumentFlaw::Differs]);
    let fault = (text(), flaw).prop_map(|(document, what)| DocumentFault { document, what });
    (instant(), text(), text(), any::<(u64, u64, u64)>(), vec(fault, 0..3)).prop_map(
        |(at, archivist, archive, (expected, archived, registered), faults)| Verification {
            at,
            archivist,
            archive,
            expected,
            archived,
            registered,
            faults,
        },
    )
}

pub fn any_entry() -> impl Strategy<Value = DirectoryEntry> {
    let descriptions = vec((instant(), text()), 0..3).prop_map(|versions| {
        let mut description = Description::default();
        versions.into_iter().for_each(|(from, version)| {
            description.put(DescriptionVersion { from, version });
        });
        DirectoryEntry::Description(description)
    });
    let grant = (text(), instant(), of(instant())).prop_map(|(supplier, from, to)| Grant { supplier, from, to });
    let issue = (text(), text(), instant(), of(instant()), text()).prop_map(|(customer, service, from, to, supplier)| Issue {
        customer: customer.as_str().into(),
        service: service.as_str().into(),
        from,
        to,
        supplier,
    });
    let returned = (text(), text(), instant()).prop_map(|(customer, service, at)| Return {
        customer: customer.as_str().into(),
        service: service.as_str().into(),
        at,
    });
    let ids = (vec(grant, 0..3), vec(issue, 0..3), vec(returned, 0..3))
        .prop_map(|(grants, issues, returns)| DirectoryEntry::TestId(TestId { grants, issues, returns }));
    prop_oneof![descriptions, ids]
}
