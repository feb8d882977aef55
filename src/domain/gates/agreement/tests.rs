//! Order does not matter: any interleaving of the same requests and answers covers the same use.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn at(nanos: i64) -> Instant {
    Instant::from_nanos(nanos)
}

/// One letter names each: `request A.1 @5 x y !20` asks at 5 for x and y, until 20; `yes A.1 @7 x 7..30`
/// approves, `no A.1 @7` rejects, `end A.1 @9 12` ends at 12.
fn fact(text: &str) -> AgreementFact {
    let words: Vec<&str> = text.split(' ').collect();
    let (agreement, version) = words[1].split_once('.').expect("a version");
    let key = AgreementKey { agreement: agreement.into(), version: version.parse().expect("a number") };
    let number = |text: &str| at(text.parse().expect("a number"));
    let time = number(&words[2][1..]);
    let services: Vec<ServiceId> =
        words[3..].iter().filter(|word| word.len() == 1 && word.starts_with(char::is_alphabetic)).map(|word| (*word).into()).collect();
    let (actor, reason) = ("a".to_owned(), "r".to_owned());
    let answer = |what| {
        let services = Some(services.clone()).filter(|services| !services.is_empty());
        AgreementTold::Answer(AgreementAnswer { at: time, what, services, actor: actor.clone(), reason: reason.clone(), approver: None })
    };
    let last = words.last().expect("a word");
    let told = match words[0] {
        "request" => AgreementTold::Request(AgreementRequest {
            at: time,
            supplier: "S".into(),
            system: "sys".into(),
            services: services.clone(),
            expires: last.strip_prefix('!').map(number),
            actor: actor.clone(),
            reason: reason.clone(),
        }),
        "yes" => {
            let (from, to) = last.split_once("..").unwrap_or(("", ""));
            let from = if from.is_empty() { time } else { number(from) };
            answer(Answer::Approved { from, to: Some(to).filter(|to| !to.is_empty()).map(number) })
        }
        "no" => answer(Answer::Rejected),
        "end" => answer(Answer::Ended { from: number(last) }),
        other => panic!("{other}"),
    };
    AgreementFact { key, told }
}

fn told<'a>(facts: impl IntoIterator<Item = &'a str>) -> Agreements {
    let mut agreements = Agreements::default();
    for text in facts {
        agreements.put(&fact(text), at(0));
    }
    agreements
}

/// The agreement that covers each instant of 0..40, as one letter each; `-` is none.
fn covered(agreements: &Agreements, service: &str) -> String {
    let (supplier, system, service) = ("S".into(), "sys".into(), service.into());
    let claim = Claim { supplier: &supplier, system: &system, service: &service };
    (0..40).map(|nanos| agreements.covering(claim, at(nanos)).0.map_or("-".to_owned(), ToString::to_string)).collect()
}

/// `x 5..9` runs: the instants that are covered.
fn runs(row: &str) -> String {
    let mut runs: Vec<String> = Vec::new();
    let letters: Vec<char> = row.chars().collect();
    let mut start = 0;
    for place in 1..=letters.len() {
        if place == letters.len() || letters[place] != letters[start] {
            if letters[start] != '-' {
                runs.push(format!("{} {start}..{place}", letters[start]));
            }
            start = place;
        }
    }
    runs.join(", ")
}

#[test]
fn what_is_covered_follows_from_what_was_told() {
    let check = |facts: &[&str], expect: &str| {
        let all: Vec<Vec<&str>> = vec![facts.to_vec(), facts.iter().rev().copied().collect()];
        for facts in all {
            assert_eq!(runs(&covered(&told(facts.iter().copied()), "x")), expect, "{facts:?}");
        }
    };
    check(&["request A.1 @1 x"], "");
    check(&["yes A.1 @3"], "");
    check(&["request A.1 @1 x", "yes A.1 @3"], "A 3..40");
    check(&["request A.1 @1 y", "yes A.1 @3"], "");
    // A partial approval, and the rest of it.
    check(&["request A.1 @1 x y", "yes A.1 @3 y"], "");
    check(&["request A.1 @1 x y", "yes A.1 @3 y", "yes A.1 @8 x"], "A 8..40");
    // Rejected is not for ever, approved is not rejected but ended, and ended is.
    check(&["request A.1 @1 x", "no A.1 @3", "yes A.1 @5"], "A 5..40");
    check(&["request A.1 @1 x", "yes A.1 @3", "no A.1 @5"], "A 3..40");
    check(&["request A.1 @1 x", "yes A.1 @3", "end A.1 @5 9"], "A 3..9");
    check(&["request A.1 @1 x", "yes A.1 @3", "end A.1 @5 9", "yes A.1 @6 12..20"], "A 3..9");
    check(&["request A.1 @1 x", "end A.1 @2 2", "yes A.1 @3"], "A 3..40");
    check(&["request A.1 @1 x", "yes A.1 @3", "end A.1 @5 20", "end A.1 @6 10"], "A 3..10");
    // Not before its time, not after its request's, and back only as far as was said.
    check(&["request A.1 @1 x", "yes A.1 @3 7..9"], "A 7..9");
    check(&["request A.1 @1 x !5", "yes A.1 @5"], "");
    check(&["request A.1 @1 x !5", "no A.1 @4", "yes A.1 @6"], "A 6..40");
    check(&["request A.1 @1 x", "yes A.1 @9 2.."], "A 2..40");
    // A version is added, another agreement takes nothing from the one that was approved first.
    check(&["request A.1 @1 x", "yes A.1 @3 ..9", "request A.2 @5 x y", "yes A.2 @6"], "A 3..40");
    check(&["request A.1 @1 x", "yes A.1 @3 ..9", "request B.1 @5 x", "yes B.1 @6 1.."], "B 1..3, A 3..9, B 9..40");
    // Of two requests for one version, the earlier one stands.
    check(&["request A.1 @1 x", "request A.1 @2 y", "yes A.1 @3"], "A 3..40");
}

fn any_fact() -> impl Strategy<Value = String> {
    let key = prop_oneof![Just("A.1"), Just("A.2"), Just("B.1")];
    let services = prop_oneof![Just(" x"), Just(" y"), Just(" x y")];
    (key, services, 0..5_usize, 0..30_u32, 0..30_u32, 0..30_u32).prop_map(|(key, services, what, at, from, to)| match what {
        0 => format!("request {key} @{at}{services} !{}", at + from),
        1 => format!("request {key} @{at}{services}"),
        2 => format!("yes {key} @{at}{services} {from}..{to}"),
        3 => format!("no {key} @{at}{services}"),
        _ => format!("end {key} @{at}{services} {}", at + to),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn order_and_repeats_do_not_matter((facts, other) in vec(any_fact(), 0..9).prop_flat_map(|facts| {
        let twice: Vec<String> = facts.iter().chain(facts.iter().take(3)).cloned().collect();
        (Just(facts), Just(twice).prop_shuffle())
    })) {
        let (one, other) = (told(facts.iter().map(String::as_str)), told(other.iter().map(String::as_str)));
        for service in ["x", "y"] {
            prop_assert_eq!(covered(&one, service), covered(&other, service), "{:?}", facts);
        }
    }

    /// The span that is answered with the agreement is kept in a cache: it must not reach too far.
    #[test]
    fn the_answer_is_the_same_in_all_of_its_span(facts in vec(any_fact(), 0..9)) {
        let agreements = told(facts.iter().map(String::as_str));
        let (supplier, system, service) = ("S".into(), "sys".into(), "x".into());
        let claim = Claim { supplier: &supplier, system: &system, service: &service };
        for nanos in 0..70 {
            let (agreement, span) = agreements.covering(claim, at(nanos));
            prop_assert!(span.contains(at(nanos)));
            for other in 0..70 {
                if span.contains(at(other)) {
                    prop_assert_eq!(agreements.covering(claim, at(other)).0, agreement, "{:?} {} {}", facts, nanos, other);
                }
            }
        }
    }
}
