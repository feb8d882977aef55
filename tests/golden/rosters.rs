//! One of each piece of a roster, with every member filled, and arbitrary ones.

use chrono::NaiveDate;
use proptest::collection::vec;
use proptest::prelude::*;
use tally::domain::instant::Instant;
use tally::domain::lineage::Fingerprint;
use tally::domain::roster::{
    Copying, CountRow, Deletion, Drift, Enrolment, Finding, FullLoad, Load, LoadDecision, LoadFigures, LoadKey, LoadMode, LoadPiece,
    LoadStage, MasterCount, MasterRow, Pupil, PupilCounts, PupilEntry, PupilRecord, Quality, QualityDay, QualityRule, Roster,
    SourceQuality, Statement, Taken, TakenOver,
};
use tally::domain::state::{StateKey, StateValue};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn at() -> Instant {
    Instant::from_nanos(1_770_000_000_000_000_001)
}

pub fn head_key() -> LoadKey {
    LoadKey { load: "2026-09-01".to_owned(), part: 0 }
}

pub fn chunk_key() -> LoadKey {
    LoadKey { part: 1, ..head_key() }
}

fn enrolment() -> Enrolment {
    Enrolment { unit: "unit-1".to_owned(), form: "GR".to_owned(), from: day("2025-08-18"), to: Some(day("2026-06-13")) }
}

pub fn pupil() -> Pupil {
    let record = PupilRecord {
        pupil: Fingerprint(7),
        of: None,
        stated: Some((at(), vec![enrolment(), Enrolment { to: None, ..enrolment() }])),
        deletions: vec![Deletion { at: at(), day: day("2026-05-01") }],
        gone: Some(day("2026-05-01")),
    };
    let copy = PupilRecord { of: Some(taken()), deletions: Vec::new(), ..record.clone() };
    Pupil { moved_to: Some(Fingerprint(u128::MAX)), records: vec![record, copy] }
}

fn taken() -> Taken {
    Taken { customer: "SE-0182".into(), from: day("2026-01-01") }
}

pub fn counts() -> PupilCounts {
    let forms = vec!["FTH".to_owned(), "GR".to_owned()];
    PupilCounts::of_rows(vec![CountRow { forms, changes: vec![(day("2025-08-18"), 300), (day("2026-06-13"), -299)] }])
}

pub fn piece(part: u32) -> LoadPiece {
    if part == 0 { LoadPiece::Head(Box::new(load())) } else { LoadPiece::Chunk(vec![entry(), gone()]) }
}

fn load() -> Load {
    Load {
        mode: LoadMode::Full,
        of: 2,
        as_of: at(),
        day: day("2026-09-01"),
        source: "//elevregister".to_owned(),
        received: vec![1, 2],
        stage: LoadStage::Waiting { why: "it would remove 12 of 100 active pupils".to_owned() },
        figures: LoadFigures { before: 100, named: 88, added: 3, removed: 12 },
        decision: Some(decision()),
        touched: at(),
        classes: vec![("7A".to_owned(), "unit-1".to_owned())],
    }
}

fn decision() -> LoadDecision {
    let [load, actor, approver, reason] = ["2026-09-01", "a-1", "b-2", "a school was closed"].map(str::to_owned);
    LoadDecision { load, release: true, actor, approver, reason }
}

fn finding() -> Finding {
    Finding { rule: QualityRule::MissingForm, unit: "unit-1".to_owned() }
}

fn entry() -> PupilEntry {
    PupilEntry {
        pupil: Fingerprint(7),
        same_as: Some(Fingerprint(8)),
        statement: Statement::Enrolled(vec![enrolment()]),
        findings: vec![finding()],
        classes: vec![("unit-1".to_owned(), "7A".to_owned())],
    }
}

fn gone() -> PupilEntry {
    PupilEntry { pupil: Fingerprint(9), same_as: None, statement: Statement::Deleted, findings: Vec::new(), classes: Vec::new() }
}

pub fn roster() -> Roster {
    let row = MasterRow { unit: Some("unit-1".to_owned()), form: Some("GR".to_owned()), count: 301 };
    let quality_day = QualityDay { day: day("2026-09-01"), checked: 400, flawed: 2, findings: vec![(finding(), 2)] };
    let source = SourceQuality { source: "//elevregister".to_owned(), days: vec![quality_day], is_low: true };
    Roster {
        since: Some(day("2025-09-01")),
        counts: counts(),
        full_loads: vec![FullLoad { at: at(), day: day("2026-09-01") }],
        changed_from: Some(day("2025-08-18")),
        masters: vec![MasterCount { source: "//elevregister".to_owned(), told_at: at(), on: day("2026-09-01"), rows: vec![row.clone()] }],
        drifts: vec![Drift { row, ours: 300 }],
        quality: Quality { sources: vec![source] },
        taken: TakenOver { customers: vec![taken()], counts: counts() },
        copying: Some(Copying { after: Some(Fingerprint(9)) }),
    }
}

pub fn any_key() -> impl Strategy<Value = StateKey> {
    let name = || ".{0,8}";
    prop_oneof![
        (name(), any::<u128>()).prop_map(|(customer, pupil)| StateKey::Pupil(customer.as_str().into(), Fingerprint(pupil))),
        (name(), name()).prop_map(|(customer, unit)| StateKey::SchoolUnit(customer.as_str().into(), unit)),
        (name(), name(), any::<u32>())
            .prop_map(|(customer, load, part)| StateKey::RosterLoad(customer.as_str().into(), LoadKey { load, part })),
    ]
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0..40_000).prop_map(|days| NaiveDate::from_epoch_days(days).expect("in the calendar"))
}

fn any_enrolment() -> impl Strategy<Value = Enrolment> {
    (".{0,4}", ".{0,4}", any_day(), proptest::option::of(any_day())).prop_map(|(unit, form, from, to)| Enrolment { unit, form, from, to })
}

pub fn any_value() -> impl Strategy<Value = StateValue> {
    let instant = || any::<i64>().prop_map(Instant::from_nanos);
    let stated = proptest::option::of((instant(), vec(any_enrolment(), 0..4)));
    let deletions = vec((instant(), any_day()).prop_map(|(at, day)| Deletion { at, day }), 0..3);
    let of = proptest::option::of((".{0,4}", any_day()).prop_map(|(customer, from)| Taken { customer: customer.as_str().into(), from }));
    let record = (any::<u128>(), of, stated, deletions, proptest::option::of(any_day()))
        .prop_map(|(pupil, of, stated, deletions, gone)| PupilRecord { pupil: Fingerprint(pupil), of, stated, deletions, gone });
    let pupil = (proptest::option::of(any::<u128>()), vec(record, 0..3))
        .prop_map(|(moved_to, records)| Pupil { moved_to: moved_to.map(Fingerprint), records });
    let row = (vec(".{0,4}", 1..3), vec((any_day(), any::<i64>()), 0..4)).prop_map(|(forms, changes)| CountRow { forms, changes });
    let entry = (any::<u128>(), proptest::option::of(any::<u128>()), proptest::option::of(vec(any_enrolment(), 0..3))).prop_map(
        |(pupil, same_as, told)| PupilEntry {
            pupil: Fingerprint(pupil),
            same_as: same_as.map(Fingerprint),
            statement: told.map_or(Statement::Deleted, Statement::Enrolled),
            findings: vec![finding()],
            classes: Vec::new(),
        },
    );
    let stage = prop_oneof![
        Just(LoadStage::Staging),
        any::<u32>().prop_map(|next| LoadStage::Checking { next }),
        ".{0,9}".prop_map(|why| LoadStage::Waiting { why }),
        any::<u32>().prop_map(|next| LoadStage::Applying { next }),
        proptest::option::of(any::<u128>()).prop_map(|after| LoadStage::Sweeping { after: after.map(Fingerprint) }),
        Just(LoadStage::Done),
        Just(LoadStage::Discarded),
    ];
    let head = (stage, any::<bool>(), any_day(), instant()).prop_map(|(stage, is_decided, day, as_of)| {
        let decision = is_decided.then(decision);
        LoadPiece::Head(Box::new(Load { stage, decision, day, as_of, ..load() }))
    });
    prop_oneof![
        pupil.prop_map(StateValue::Pupil),
        vec(row, 0..4).prop_map(|rows| StateValue::SchoolUnit(PupilCounts::of_rows(rows))),
        vec(entry, 0..4).prop_map(|entries| StateValue::RosterLoad(LoadPiece::Chunk(entries))),
        head.prop_map(StateValue::RosterLoad),
    ]
}
