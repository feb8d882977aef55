//! Facts about taking services into use: read, and refused when they say what cannot be.

use tally::domain::control::{ControlEvent, Fact};
use tally::domain::directory::DirectoryFact;
use tally::domain::gates::onboarding::facts::{DocumentFlaw, OnboardingFact, TestIdFact};
use tally::wire::decode::{ControlFault, control};

use super::schema;

const ID: &str = "5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c";

fn event(kind: &str, subject: &str, data: &str) -> String {
    let head = format!(
        r#""specversion":"1.0","id":"c","source":"s","type":"tally.{kind}.v1","subject":"{subject}","time":"2026-01-01T00:00:00Z""#
    );
    format!(r#"{{{head},"data":{{{data},"actor":"a-7","reason":"as agreed"}}}}"#)
}

#[track_caller]
fn read(kind: &str, subject: &str, data: &str) -> Fact {
    let text = event(kind, subject, data);
    schema::assert_obeys("control-event", text.as_bytes());
    let ControlEvent { fact, .. } = control(text.as_bytes(), &[]).unwrap_or_else(|fault| panic!("{text}: {fault}"));
    fact
}

/// The first letter of what it is refused as, and what is said of it.
#[track_caller]
fn refused(text: &str, what: &str, says: &str) {
    let (found, detail) = match control(text.as_bytes(), &[]) {
        Err(ControlFault::Undecodable(detail)) => ("undecodable", detail),
        Err(ControlFault::BadData { detail, .. }) => ("bad_data", detail),
        Err(ControlFault::Personal { detail, .. }) => ("personal_data", detail),
        Ok(_) => panic!("{text} is read"),
    };
    assert!(found == what && detail.contains(says), "{text}: {found} {detail:?} lacks {says:?}");
}

const PLAN: &str = r#""plan":"p","service":"s","supplier":"lev","system":"//s","from":"2026-01-10T08:00:00+02:00","to":"2026-01-10T16:00:00+02:00","agreed":"2026-01-02T00:00:00Z","roles":{"tester":"t","archivist":"a","support":"x"}"#;
const SUM: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn verification(documents: &str) -> String {
    format!(r#""plan":"p","at":"2026-01-11T00:00:00Z","archivist":"a","archive":"kanta","expected":2,"documents":[{documents}]"#)
}

#[test]
fn facts_about_customers_are_read() {
    let Fact::Onboarding(OnboardingFact::Relation(relation)) = read("relation", "K", r#""from":"2026-01-01T00:00:00Z""#) else { panic!() };
    assert_eq!(relation.to, None);
    let Fact::Onboarding(OnboardingFact::Plan(plan)) = read("commissioning_plan", "K", PLAN) else { panic!("no plan") };
    assert_eq!((plan.agreed.system.as_deref(), plan.roles.archivist.as_str()), (Some("//s"), "a"));
    assert!(plan.agreed.covers(plan.agreed.from) && !plan.agreed.covers(plan.agreed.to));
    let documents = format!(r#"{{"id":"d1","archived":"{SUM}","registered":"{SUM}"}},{{"id":"d2","archived":"{SUM}"}}"#);
    let Fact::Onboarding(OnboardingFact::Verification { verification, .. }) =
        read("commissioning_verification", "K", &verification(&documents))
    else {
        panic!("no verification")
    };
    assert_eq!((verification.expected, verification.archived, verification.registered), (2, 2, 1));
    assert_eq!(verification.faults.iter().map(|fault| fault.what).collect::<Vec<_>>(), [DocumentFlaw::NotRegistered]);
    read("description_approval", "K", r#""service":"s","version":"1.0""#);
    read("commissioning_run", "K", r#""plan":"p","at":"2026-01-10T12:00:00Z","outcome":"passed""#);
    read("commissioning_report", "K", r#""plan":"p","at":"2026-01-10T12:00:00Z""#);
}

#[test]
fn facts_of_all_partitions_are_read() {
    let Fact::Directory(DirectoryFact::Description(service, version)) =
        read("service_description", "s", r#""version":"1.0","from":"2026-01-01T00:00:00Z""#)
    else {
        panic!("no description")
    };
    assert_eq!((service.as_str(), version.version.as_str()), ("s", "1.0"));
    let grant = read("test_id_grant", "lev", &format!(r#""ids":["{ID}","{ID}"],"from":"2026-01-01T00:00:00Z""#));
    let Fact::TestId(TestIdFact::Grant { supplier, ids, .. }) = &grant else { panic!("no grant") };
    assert_eq!((supplier.as_str(), ids.len(), grant.is_of_customer()), ("lev", 1, false));
    let issue = r#""customer":"K","service":"s","supplier":"lev","from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z""#;
    let Fact::TestId(TestIdFact::Issue { id, issue }) = read("test_id_issue", ID, issue) else { panic!("no issue") };
    assert_eq!((id.as_str(), issue.customer.as_str()), (ID, "K"));
    read("test_id_return", ID, r#""customer":"K","service":"s","at":"2026-01-20T00:00:00Z""#);
}

#[test]
fn what_cannot_be_is_refused() {
    let plan = |from: &str, to: &str| event("commissioning_plan", "K", &PLAN.replace(from, to));
    refused(&plan(r#""tester":"t""#, r#""tester":"a""#), "bad_data", "`data.roles.archivist` is the tester too");
    refused(&plan("T16:00", "T08:00"), "bad_data", "`data.to` is not after `data.from`");
    refused(&plan(r#","support":"x""#, ""), "undecodable", "data.roles.support");
    refused(
        &plan(r#""roles":{"tester":"t","archivist":"a","support":"x"}"#, r#""roles":"t""#),
        "undecodable",
        "`data.roles` is not an object",
    );
    refused(&plan(r#""plan":"p""#, r#""plan":" ""#), "bad_data", "`data.plan` is empty");
    refused(&plan("2026-01-02T00:00:00Z", "2026-01-02"), "bad_data", "`data.agreed`");
    refused(&event("relation", "K", r#""from":"2026-01-02T00:00:00Z","to":"2026-01-02T00:00:00Z""#), "bad_data", "`data.to` is not after");
    refused(&event("relation", "K", r#""from":"2026-01-02T00:00:00Z""#).replace("a-7", " "), "bad_data", "`data.actor` is empty");
    refused(
        &event("relation", "K", r#""from":"2026-01-02T00:00:00Z""#).replace(r#","reason":"as agreed""#, ""),
        "undecodable",
        "data.reason",
    );
    let run = r#""plan":"p","at":"2026-01-10T12:00:00Z","outcome":"good""#;
    refused(&event("commissioning_run", "K", run), "bad_data", "\"passed\" or \"failed\"");
    let verified = |documents: &str| event("commissioning_verification", "K", &verification(documents));
    let document = |id: &str, sum: &str| format!(r#"{{"id":"{id}","archived":"{sum}","registered":"{sum}"}}"#);
    refused(&verified(&format!("{0},{0}", document("d", SUM))), "bad_data", "names a document twice");
    refused(&verified(&document("d", "aaaa")), "bad_data", "`data.documents.archived`");
    refused(&verified(&document("d", SUM)).replace("\"expected\":2", "\"expected\":0"), "bad_data", "`data.expected` is 0");
    refused(&verified("1"), "undecodable", "`data.documents` holds something that is not an object");
    refused(&event("test_id_grant", "lev", r#""ids":[],"from":"2026-01-01T00:00:00Z""#), "bad_data", "`data.ids` is empty");
}

/// Test ids in clear are personal numbers, and so are some names of people: what holds one is shown nowhere.
#[test]
fn nobody_is_named_in_clear() {
    let issue = r#""customer":"K","service":"s","supplier":"lev","from":"2026-01-01T00:00:00Z""#;
    for id in ["010190-999X", "tooshort", "with space 0123456789", "0123456789abcdeé"] {
        refused(&event("test_id_issue", id, issue), "personal_data", "no keyed pseudonym");
        refused(
            &event("test_id_grant", "lev", &format!(r#""ids":["{id}"],"from":"2026-01-01T00:00:00Z""#)),
            "personal_data",
            "no keyed pseudonym",
        );
    }
    let person = "131052-308T";
    refused(
        &event("commissioning_plan", "K", &PLAN.replace(r#""tester":"t""#, &format!(r#""tester":"{person}""#))),
        "personal_data",
        "`data.roles.tester`",
    );
    refused(&event("relation", "K", r#""from":"2026-01-02T00:00:00Z""#).replace("a-7", person), "personal_data", "`data.actor`");
    let documents = format!(r#"{{"id":"{person}","archived":"{SUM}"}}"#);
    refused(&event("commissioning_verification", "K", &verification(&documents)), "personal_data", "`data.documents.id`");
}
