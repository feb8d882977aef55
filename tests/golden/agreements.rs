//! Samples of agreements, and any.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use tally::domain::directory::{Certificate, CertificateKey, CertificateVersion, DirectoryEntry, Revocation, Trial, TrialVersion};
use tally::domain::gates::Gates;
use tally::domain::gates::agreement::{
    AgreementAnswer, AgreementChange, AgreementFact, AgreementKey, AgreementNotice, AgreementRequest, AgreementTold, Agreements, Answer,
};
use tally::domain::instant::Instant;
use tally::domain::names::ServiceId;
use tally::domain::notice::{Misplaced, NoticeKind, SeenUse};
use tally::domain::verdict::Reason;

fn at(day: i64) -> Instant {
    Instant::from_nanos(1_767_225_600_000_000_000 + day * 86_400_000_000_000)
}

pub fn gates() -> Gates {
    let key = |version| AgreementKey { agreement: "A-1".into(), version };
    let request = AgreementRequest {
        at: at(0),
        supplier: "lev".into(),
        system: "fag".into(),
        services: vec!["sf1500".into(), "sf6004".into()],
        expires: Some(at(30)),
        actor: "lev-7".to_owned(),
        reason: "case work".to_owned(),
    };
    let answer = |day, what, services: Option<&str>, approver: Option<&str>| {
        AgreementTold::Answer(AgreementAnswer {
            at: at(day),
            what,
            services: services.map(|service| vec![service.into()]),
            actor: "k-1".to_owned(),
            reason: "agreed".to_owned(),
            approver: approver.map(str::to_owned),
        })
    };
    let mut agreements = Agreements::default();
    let told = [
        (1, AgreementTold::Request(request)),
        (1, answer(2, Answer::Approved { from: at(-9), to: None }, Some("sf6004"), Some("k-2"))),
        (1, answer(3, Answer::Rejected, Some("sf1500"), None)),
        (2, answer(4, Answer::Ended { from: at(90) }, None, None)),
    ];
    for (version, told) in told {
        agreements.put(&AgreementFact { key: key(version), told }, at(1));
    }
    agreements.raise_alarm("it-7", "2026-02-14".parse().expect("a date"));
    Gates { agreements, ..Gates::default() }
}

pub fn approved() -> NoticeKind {
    NoticeKind::Agreement(Box::new(AgreementNotice {
        change: AgreementChange::Approved,
        key: AgreementKey { agreement: "A-1".into(), version: 1 },
        supplier: "lev".into(),
        system: "fag".into(),
        services: vec!["sf6004".into()],
        answer: Some("approved"),
        from: Some(at(-9)),
        to: Some(at(90)),
        expires: Some(at(30)),
        actor: Some("k-1".to_owned()),
        reason: Some("agreed".to_owned()),
        approver: Some("k-2".to_owned()),
        recipients: vec!["lev@lev.example".to_owned()],
    }))
}

pub fn alarm() -> NoticeKind {
    let certificate = Some(("CN=Test CA".to_owned(), "4c:01".to_owned()));
    NoticeKind::SecurityAlarm { reason: Reason::NoAgreement, seen: seen(certificate, "no approved agreement") }
}

pub fn misplaced() -> NoticeKind {
    NoticeKind::WrongEnvironment { what: Misplaced::TrialInProduction, seen: seen(None, "connected by trial only") }
}

fn seen(certificate: Option<(String, String)>, detail: &str) -> SeenUse {
    let (source, detail) = ("it-7".to_owned(), detail.to_owned());
    SeenUse { source, certificate, service: Some("sf6004".into()), day: "2026-02-14".parse().expect("a date"), detail }
}

pub fn trial() -> Trial {
    let mut trial = Trial::default();
    let version = TrialVersion {
        from: at(0),
        to: Some(at(90)),
        supplier: "lev".into(),
        sources: vec!["it-7".to_owned(), "it-8".to_owned()],
        certificates: vec![certificate_key()],
        actor: "lev-7".to_owned(),
        reason: "to try it".to_owned(),
    };
    trial.put(TrialVersion { from: at(100), to: None, certificates: Vec::new(), ..version.clone() });
    trial.put(version);
    trial
}

pub fn any_trial() -> impl Strategy<Value = DirectoryEntry> {
    let key = (text(), text()).prop_map(|(issuer, serial)| CertificateKey { issuer, serial });
    let version = (instant(), of(instant()), text(), vec(text(), 0..3), vec(key, 0..3), text(), text());
    let version = version.prop_map(|(from, to, supplier, sources, certificates, actor, reason)| TrialVersion {
        from,
        to,
        supplier: supplier.as_str().into(),
        sources,
        certificates,
        actor,
        reason,
    });
    vec(version, 0..3).prop_map(|versions| {
        let mut trial = Trial::default();
        versions.into_iter().for_each(|version| {
            trial.put(version);
        });
        DirectoryEntry::Trial(trial)
    })
}

pub fn certificate_key() -> CertificateKey {
    CertificateKey { issuer: "CN=Test CA".to_owned(), serial: "4c:01".to_owned() }
}

pub fn certificate() -> Certificate {
    let mut certificate = Certificate::default();
    certificate.put(CertificateVersion { from: at(0), to: at(730), system: "fag".into(), kind: "VOCES".to_owned() });
    certificate.revoke(Revocation { at: at(30), actor: "k-1".to_owned(), reason: "key lost".to_owned() });
    certificate
}

pub fn any_certificate() -> impl Strategy<Value = DirectoryEntry> {
    let version = (instant(), instant(), text(), text());
    let version = version.prop_map(|(from, to, system, kind)| CertificateVersion { from, to, system: system.as_str().into(), kind });
    let revocation = (instant(), text(), text()).prop_map(|(at, actor, reason)| Revocation { at, actor, reason });
    (vec(version, 0..3), vec(revocation, 0..3)).prop_map(|(versions, revocations)| {
        let mut certificate = Certificate::default();
        versions.into_iter().for_each(|version| {
            certificate.put(version);
        });
        revocations.into_iter().for_each(|revocation| {
            certificate.revoke(revocation);
        });
        DirectoryEntry::Certificate(certificate)
    })
}

fn text() -> impl Strategy<Value = String> {
    "\\PC{0,12}"
}

fn instant() -> impl Strategy<Value = Instant> {
    any::<i64>().prop_map(Instant::from_nanos)
}

fn services() -> impl Strategy<Value = Vec<ServiceId>> {
    vec(text().prop_map(|text| ServiceId::new(&text)), 0..3)
}

fn told() -> impl Strategy<Value = AgreementTold> {
    let request = (instant(), text(), text(), services(), of(instant()), text(), text());
    let request = request.prop_map(|(at, supplier, system, services, expires, actor, reason)| {
        let (supplier, system) = (supplier.as_str().into(), system.as_str().into());
        AgreementTold::Request(AgreementRequest { at, supplier, system, services, expires, actor, reason })
    });
    let what = prop_oneof![
        (instant(), of(instant())).prop_map(|(from, to)| Answer::Approved { from, to }),
        Just(Answer::Rejected),
        instant().prop_map(|from| Answer::Ended { from }),
    ];
    let answer = (instant(), what, of(services()), text(), text(), of(text()));
    let answer = answer.prop_map(|(at, what, services, actor, reason, approver)| {
        AgreementTold::Answer(AgreementAnswer { at, what, services, actor, reason, approver })
    });
    prop_oneof![request, answer]
}

pub fn any_gates() -> impl Strategy<Value = Gates> {
    let fact = (text(), any::<u32>(), told())
        .prop_map(|(agreement, version, told)| AgreementFact { key: AgreementKey { agreement: agreement.as_str().into(), version }, told });
    (vec(fact, 0..4), vec(text(), 0..3), instant()).prop_map(|(facts, sources, watermark)| {
        let mut agreements = Agreements::default();
        for fact in &facts {
            agreements.put(fact, watermark);
        }
        for source in &sources {
            agreements.raise_alarm(source, "2026-02-14".parse().expect("a date"));
        }
        Gates { agreements, ..Gates::default() }
    })
}
