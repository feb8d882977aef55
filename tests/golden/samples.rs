//! One or more of everything that has bytes.

use std::str::FromStr;
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use tally::domain::account::{Account, Held, PeriodKey, Task, TaskKind};
use tally::domain::archive::{ArchiveCount, ArchiveIssued, ArchiveLedger, ArchiveRow};
use tally::domain::catalog::{Exemption, Vat};
use tally::domain::cell::{Calls, PeriodCell, PeriodStatus, Segment, Tally};
use tally::domain::charge::{ChargeKey, IssuedCharge, PriceKey, Terms};
use tally::domain::control::{Activation, CustomerVersion, Decision, HeadCount, HeadCountKind, Ruling};
use tally::domain::currency::Currency;
use tally::domain::directory::{
    BrakeScope, DirectoryEntry, DirectoryKey, Freeze, FreezeOrder, Party as DirectoryParty, PartyVersion, PostponedCatalog, Role, Stage,
    System, SystemVersion,
};
use tally::domain::gates::agreement::Consent;
use tally::domain::gates::brake::{Brake, BrakeCause, BrakeOrder, Brakes, Switch, Trip};
use tally::domain::gates::rate::{CullsRule, CullsTrip, DaySum, Rate, RateOf, UsageTrip};
use tally::domain::gates::{Gates, Waiting};
use tally::domain::instant::Instant;
use tally::domain::levels::{Level, LevelKey, LevelLedger, LevelRow, Lifecycle};
use tally::domain::lineage::{Fingerprint, Lineage};
use tally::domain::money::Money;
use tally::domain::notice::{Braked, Notice, NoticeKind};
use tally::domain::parked::{Origin, ParkedEvent, ParkedKey};
use tally::domain::party::{Address, BuyerParty, Endpoint, MissingTerm, Parties, Party, Payment, References, SellerParty};
use tally::domain::period::Period;
use tally::domain::person::{PersonKey, PersonUse};
use tally::domain::pool::{BoughtPackage, Bundle, Pool, Sold};
use tally::domain::quantity::Quantity;
use tally::domain::record::{BillingRecord, IssuedRecord, Line, PackagePurchase, RecordKind, RecordNumber, RecordRef, Totals, VatTotal};
use tally::domain::rerate::Rerate;
use tally::domain::sequence::{Gap, Seen, SequenceChunk, SourceGaps};
use tally::domain::sizing::{SizeChoice, SizeReason};
use tally::domain::state::{InForce, Meta, StateKey, StateRef, StateValue};
use tally::domain::succession::{ArchiveHandover, Handover, PoolHandover, Predecessor, PupilHandover, PupilsTaken, SplitPart, Successors};
use tally::domain::suspense::{Original, Sealed, SuspenseRecord, SuspenseState};
use tally::domain::trailing::{MonthOfUse, TrailingUse};
use tally::domain::usage::{CertificateRef, Environment, Reported, UsageEvent};
use tally::domain::verdict::{Reason, Sums};
use tally::domain::window::{ConsentUse, DayWindow, HourWindow, TestUse};
use tally::domain::write_off::Approval;
use tally::domain::zone::Zone;
use tally::wire::encode::{self, Message};
use tally::wire::keys::{Act, KeyRing, Sealer, Secret, Seeds, Shredded};
use tally::wire::stored::key::Key;
use tally::wire::stored::value::encode_positions;

use super::agreements;
use super::onboarding;
use super::rosters;

pub fn keys() -> Vec<(&'static str, Key)> {
    let customer = || "SE-0180".into();
    let parked = ParkedKey { time: Instant::from_nanos(1), arrival: 2 };
    let state = |name, key| (name, Key::State(key));
    vec![
        state("meta", StateKey::Meta),
        ("positions", Key::Positions),
        ("receipt", Key::Receipt),
        state("account", StateKey::Account(customer())),
        state("pool", StateKey::Pool(customer(), "sms".into())),
        state("period", StateKey::Period(customer(), "cpr".into(), period_key())),
        state("archive", StateKey::Archive(customer(), "archive".into())),
        state("day", StateKey::Day(customer(), "sms".into(), date("2026-03-31"))),
        state("day before 1970", StateKey::Day(customer(), "sms".into(), date("1969-12-31"))),
        state("parked", StateKey::Parked(customer(), parked)),
        state("timer", StateKey::Timer(Instant::from_nanos(-1), customer())),
        state("id block", StateKey::IdBlock { day: 20_000, sequence: 3 }),
        state("id run", StateKey::IdRun { day: -1, run: 4, block: 5 }),
        state("issued", StateKey::Issued(customer())),
        state("levels", StateKey::Levels(customer(), "storage".into())),
        state("person", StateKey::Person(customer(), person_key())),
        state("directory: party", StateKey::Directory(DirectoryKey::Party("SE-0180".into()))),
        state("directory: system", StateKey::Directory(DirectoryKey::System("journal-9".into()))),
        state("directory: certificate", StateKey::Directory(DirectoryKey::Certificate(agreements::certificate_key()))),
        state("directory: trial", StateKey::Directory(DirectoryKey::Trial("fag".into()))),
        state("directory: description", StateKey::Directory(DirectoryKey::Description("archive".into()))),
        state("directory: test id", StateKey::Directory(DirectoryKey::TestId("0123456789abcdef".to_owned()))),
        state("directory: brake on all", StateKey::Directory(DirectoryKey::Brake(BrakeScope::All))),
        state("directory: brake on a service", StateKey::Directory(DirectoryKey::Brake(BrakeScope::Service("sms".into())))),
        state("directory: brake on a source", StateKey::Directory(DirectoryKey::Brake(BrakeScope::Source("//a".to_owned())))),
        state("directory: freeze", StateKey::Directory(DirectoryKey::Freeze("dnp-2026".into()))),
        state("pupil", StateKey::Pupil(customer(), Fingerprint(7))),
        state("pupil: school unit", StateKey::SchoolUnit(customer(), "unit-1".to_owned())),
        state("roster load: head", StateKey::RosterLoad(customer(), rosters::head_key())),
        state("roster load: chunk", StateKey::RosterLoad(customer(), rosters::chunk_key())),
        state("sequence", StateKey::Sequence("it-7".to_owned(), 3)),
        state("sequence: full", StateKey::Sequence("it-7".to_owned(), 4)),
        state("gaps", StateKey::Gaps("it-7".to_owned())),
        state("rate", StateKey::Rate(customer(), "sms".into(), RateOf::Use)),
        state("rate of culls", StateKey::Rate(customer(), "archive".into(), RateOf::Culls)),
    ]
}

/// The piece of each key in [`keys`], in the same order.
pub fn values() -> Vec<(&'static str, Key, StateValue)> {
    let state = keys().into_iter().filter(|(_, key)| matches!(key, Key::State(_)));
    let with_value = |(name, key): (&'static str, Key)| match &key {
        Key::State(StateKey::Meta) => (name, key, StateValue::Meta(meta())),
        Key::State(StateKey::Account(_)) => (name, key, StateValue::Account(account())),
        Key::State(StateKey::Pool(..)) => (name, key, StateValue::Pool(pool())),
        Key::State(StateKey::Period(..)) => (name, key, StateValue::Period(cell())),
        Key::State(StateKey::Archive(..)) => (name, key, StateValue::Archive(ledger())),
        Key::State(StateKey::Levels(..)) => (name, key, StateValue::Levels(levels())),
        Key::State(StateKey::Issued(_)) => (name, key, StateValue::Issued(register())),
        Key::State(StateKey::Day(..)) => (name, key, StateValue::Day(day())),
        Key::State(StateKey::Parked(..)) => (name, key, StateValue::Parked(parked())),
        Key::State(StateKey::Person(..)) => (name, key, StateValue::Person(person())),
        Key::State(StateKey::Directory(DirectoryKey::Party(_))) => (name, key, StateValue::Directory(DirectoryEntry::Party(party_entry()))),
        Key::State(StateKey::Directory(DirectoryKey::System(_))) => {
            (name, key, StateValue::Directory(DirectoryEntry::System(system_entry())))
        }
        Key::State(StateKey::Sequence(_, chunk)) => {
            let chunk = sequence_chunk(*chunk == 4);
            (name, key, StateValue::Sequence(chunk))
        }
        Key::State(StateKey::Gaps(_)) => (name, key, StateValue::Gaps(gaps_of_source())),
        Key::State(StateKey::Directory(DirectoryKey::Certificate(_))) => {
            (name, key, StateValue::Directory(DirectoryEntry::Certificate(agreements::certificate())))
        }
        Key::State(StateKey::Directory(DirectoryKey::Trial(_))) => {
            (name, key, StateValue::Directory(DirectoryEntry::Trial(agreements::trial())))
        }
        Key::State(StateKey::Directory(DirectoryKey::Description(_))) => (name, key, StateValue::Directory(onboarding::description())),
        Key::State(StateKey::Directory(DirectoryKey::TestId(_))) => (name, key, StateValue::Directory(onboarding::test_id())),
        Key::State(StateKey::Directory(DirectoryKey::Brake(_))) => {
            (name, key, StateValue::Directory(DirectoryEntry::Brake(Brake { trip: None, more: vec![], ..brake() })))
        }
        Key::State(StateKey::Directory(DirectoryKey::Freeze(_))) => (name, key, StateValue::Directory(DirectoryEntry::Freeze(freeze()))),
        Key::State(StateKey::Rate(..)) => (name, key, StateValue::Rate(rate())),
        Key::State(StateKey::Pupil(..)) => (name, key, StateValue::Pupil(rosters::pupil())),
        Key::State(StateKey::SchoolUnit(..)) => (name, key, StateValue::SchoolUnit(rosters::counts())),
        Key::State(StateKey::RosterLoad(_, load)) => {
            let piece = rosters::piece(load.part);
            (name, key, StateValue::RosterLoad(piece))
        }
        Key::State(StateKey::Timer(..)) => (name, key, StateValue::Timer),
        _ => (name, key, StateValue::Ids(vec![Fingerprint(1), Fingerprint(u128::MAX - 1)])),
    };
    let empty_account = (
        "account that only waits",
        Key::State(StateKey::Account("X".into())),
        StateValue::Account(Account { parked: 1, ..Account::default() }),
    );
    let waiting = || Key::State(StateKey::Parked("X".into(), ParkedKey { time: at(), arrival: 8 }));
    let kept = |original| StateValue::Parked(ParkedEvent { original, ..parked() });
    let seal = |value| Original::Sealed(Sealed { version: 2, person: Some([7; 16]), value });
    let others = [
        ("parked, redacted", waiting(), kept(Original::Redacted)),
        ("parked, sealed", waiting(), kept(seal(Some(vec![1, 2, 3])))),
        ("parked, erased", waiting(), kept(seal(None))),
    ];
    state.map(with_value).chain([empty_account]).chain(others).collect()
}

fn sequence_chunk(full: bool) -> SequenceChunk {
    let mut seen = Seen::default();
    assert!([0, 1, 64, 1023].into_iter().all(|number| seen.mark(number)));
    SequenceChunk { seen: if full { Seen::All } else { seen }, day: 20_000, repeat_told: !full }
}

fn gaps_of_source() -> SourceGaps {
    let gap = |first| Gap { first, last: first + 9, missing: 7, since: at() };
    SourceGaps { span: Some((1, 5000)), open: vec![gap(4000)], told: vec![gap(100), gap(2000)] }
}

fn party_entry() -> DirectoryParty {
    let mut party = DirectoryParty::default();
    party.put(PartyVersion {
        from: Instant::from_nanos(1),
        name: "Stockholms stad".to_owned(),
        roles: vec![Role::Municipality, Role::Supplier],
        org_number: Some("2120000142".to_owned()),
        emails: vec!["it@stockholm.example".to_owned()],
    });
    party.put(PartyVersion {
        from: Instant::from_nanos(2),
        name: "Stockholm".to_owned(),
        roles: vec![Role::Supplier],
        org_number: None,
        emails: Vec::new(),
    });
    party
}

fn system_entry() -> System {
    let mut system = System::default();
    let version = SystemVersion {
        from: Instant::from_nanos(-1),
        to: Some(Instant::from_nanos(9)),
        name: "Journal 9".to_owned(),
        supplier: "SE-0180".into(),
        sources: vec!["//a".to_owned(), "//b".to_owned()],
    };
    system.put(version.clone());
    system.put(SystemVersion { from: Instant::from_nanos(9), to: None, ..version });
    system
}

fn order(state: Switch, at: i64) -> BrakeOrder {
    let (actor, approver) = ("drift-3".to_owned(), (state == Switch::Off).then(|| "chef-1".to_owned()));
    BrakeOrder { at: Instant::from_nanos(at), state, actor, approver, reason: "mad load".to_owned() }
}

/// On, off, and on again by itself.
fn brake() -> Brake {
    let load = BrakeCause::Roster { load: "l-1".to_owned(), detail: "900 of 1000 pupils would go".to_owned() };
    let trip = Some(Trip { at: Instant::from_nanos(4), cause: load });
    let other = BrakeCause::Roster { load: "l-2".to_owned(), detail: "800 of 1000 pupils would go".to_owned() };
    let more = vec![Trip { at: Instant::from_nanos(5), cause: other }];
    Brake { on: Some(order(Switch::On, 1)), off: Some(order(Switch::Off, 2)), trip, more, released: Some(Instant::from_nanos(3)) }
}

fn usage_trip() -> BrakeCause {
    BrakeCause::Usage(UsageTrip {
        day: date("2026-03-31"),
        quantity: Quantity::from_units(401),
        limit: Quantity::from_units(400),
        largest: Some(Quantity::from_units(40)),
        history: 28,
    })
}

fn culls_trip() -> BrakeCause {
    let rule = CullsRule { share: Quantity::from_nanos(500_000_000), at_least: Quantity::from_units(100), within: 1 };
    let (from, to) = (date("2026-03-30"), date("2026-03-31"));
    BrakeCause::Culls(CullsTrip { from, to, culled: Quantity::from_units(900), stored: Quantity::from_units(1000), rule })
}

fn tripped() -> Brake {
    Brake { trip: Some(Trip { at: Instant::from_nanos(1), cause: usage_trip() }), ..Brake::default() }
}

fn freeze() -> Freeze {
    let order = FreezeOrder {
        at: Instant::from_nanos(1),
        from: Instant::from_nanos(2),
        to: Instant::from_nanos(9),
        withdrawn: false,
        expected: Some(Quantity::from_units(10)),
        actor: "drift-3".to_owned(),
        reason: "DNP".to_owned(),
    };
    let catalog = Some(PostponedCatalog { digest: [7; 32], offset: 5 });
    Freeze { order, from: Instant::from_nanos(3), to: Instant::from_nanos(9), stage: Stage::Begun, catalog }
}

fn rate() -> Rate {
    let day = |day, units| DaySum { day: date(day), quantity: Quantity::from_units(units) };
    Rate { days: vec![day("1969-12-31", 1), day("2026-03-31", 40)] }
}

pub fn positions() -> Vec<u8> {
    encode_positions((7, &[]), (1_000_000, &[("0.ndjson".to_owned(), 190_000_000), ("1.ndjson".to_owned(), 0)]))
}

pub fn borrowed(value: &StateValue) -> StateRef<'_> {
    match value {
        StateValue::Meta(meta) => StateRef::Meta(meta),
        StateValue::Account(account) => StateRef::Account(account),
        StateValue::Pool(pool) => StateRef::Pool(pool),
        StateValue::Period(cell) => StateRef::Period(cell),
        StateValue::Archive(ledger) => StateRef::Archive(ledger),
        StateValue::Levels(ledger) => StateRef::Levels(ledger),
        StateValue::Issued(records) => StateRef::Issued(records),
        StateValue::Day(day) => StateRef::Day(day),
        StateValue::Parked(parked) => StateRef::Parked(parked),
        StateValue::Person(person) => StateRef::Person(person),
        StateValue::Directory(entry) => StateRef::Directory(entry),
        StateValue::Sequence(chunk) => StateRef::Sequence(chunk),
        StateValue::Gaps(gaps) => StateRef::Gaps(gaps),
        StateValue::Rate(rate) => StateRef::Rate(rate),
        StateValue::Pupil(pupil) => StateRef::Pupil(pupil),
        StateValue::SchoolUnit(counts) => StateRef::SchoolUnit(counts),
        StateValue::RosterLoad(piece) => StateRef::RosterLoad(piece),
        StateValue::Timer => StateRef::Timer,
        StateValue::Ids(ids) => StateRef::Ids(ids),
    }
}

/// Each kind of record, suspense record and notice.
pub fn published() -> Vec<(&'static str, Message)> {
    let onboarding = onboarding::notices().into_iter().map(|(name, it)| (name, encode::notice(&told(NoticeKind::Onboarding(it)))));
    let mut all = vec![
        ("record: packages", encode::record(&purchase())),
        ("record: correction", encode::record(&correction())),
        ("record: nothing used", encode::record(&zero())),
        ("record: outside of VAT", encode::record(&outside_vat())),
        ("suspense: waits", encode::suspense(&suspense())),
        ("suspense: released", encode::suspense(&SuspenseRecord { state: SuspenseState::Released, ..suspense() })),
        ("suspense: written off", encode::suspense(&written_off())),
        ("suspense: redacted", encode::suspense(&redacted())),
        ("suspense: sealed", encode::suspense(&sealed(Some("SE-9999"), None))),
        ("suspense: sealed, of a person", encode::suspense(&sealed(Some("SE-9999"), Some("0123456789abcdef")))),
        ("suspense: sealed, of nobody known", encode::suspense(&sealed(None, None))),
        ("suspense: of a customer that was erased", encode::suspense(&sealed(Some("SE-0001"), None))),
        ("notice: low balance", encode::notice(&low_balance())),
        ("notice: package size changed", encode::notice(&size_changed())),
        ("notice: record held", encode::notice(&record_held())),
        ("notice: customer incomplete", encode::notice(&customer_incomplete())),
        ("notice: record waived", encode::notice(&record_waived())),
        ("notice: suspense ageing", encode::notice(&told(ageing()))),
        (
            "notice: gap detected",
            encode::notice(&of_source(NoticeKind::GapDetected { source: "it-7".to_owned(), first: 7, last: 9, count: 2 })),
        ),
        ("notice: gap closed", encode::notice(&of_source(NoticeKind::GapClosed { source: "it-7".to_owned(), first: 7, last: 9 }))),
        (
            "notice: sequence repeated",
            encode::notice(&of_source(NoticeKind::SequenceRepeated { source: "it-7".to_owned(), sequence: 7, id: "b".to_owned() })),
        ),
        (
            "notice: brake on a customer",
            encode::notice(&brake_switched(Braked::Customer { service: Some("sms".into()), waiting: 7 }, Switch::On)),
        ),
        ("notice: brake off a source", encode::notice(&brake_switched(everywhere(), Switch::Off))),
        ("notice: brake tripped by use", encode::notice(&brake_tripped(usage_trip()))),
        ("notice: brake tripped by culls", encode::notice(&brake_tripped(culls_trip()))),
        ("notice: freeze began", encode::notice(&freeze_began())),
        ("notice: freeze ended", encode::notice(&freeze_ended())),
        ("notice: control refused", encode::notice(&control_refused())),
        ("notice: rerated", encode::notice(&told(NoticeKind::Rerated { rerate: rerate(), periods: 2 }))),
        ("notice: rerate refused", encode::notice(&told(NoticeKind::RerateRefused { rerate: rerate(), why: "no plan".to_owned() }))),
        ("notice: agreement approved", encode::notice(&told(agreements::approved()))),
        ("notice: security alarm", encode::notice(&told(agreements::alarm()))),
        ("notice: wrong environment", encode::notice(&told(agreements::misplaced()))),
        ("notice: merged", encode::notice(&told(succeeded(Successors::Survivor("SE-0182".into()))))),
        ("notice: split", encode::notice(&told(succeeded(Successors::Parts(vec![part("SE-0181", "0.25"), part("SE-0182", "0.75")]))))),
    ];
    all.extend(onboarding);
    all
}

pub fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn zone() -> Zone {
    Zone::parse("Europe/Stockholm").expect("a zone")
}

fn sek() -> Currency {
    Currency::parse("SEK").expect("a currency")
}

fn at() -> Instant {
    Instant::from_millis(1_771_056_930_123)
}

fn period_key() -> PeriodKey {
    PeriodKey { from: date("2026-01-01"), zone: zone(), currency: sek() }
}

fn lineage() -> Lineage {
    let mut lineage = Lineage::default();
    lineage.push(&[1; 64], 41);
    lineage.push(&[2; 64], 17);
    lineage
}

fn tally(units: i64) -> Tally {
    Tally { quantity: Quantity::from_units(units), lineage: lineage() }
}

pub fn meta() -> Meta {
    let sums = Sums {
        inputs: 15,
        counted: 1,
        duplicate: 2,
        test: 3,
        suspended: 4,
        undecodable: 5,
        written_off: 0,
        forwarded: 6,
        records: 7,
        notices: 300,
    };
    let in_force = Some(InForce { digest: [0xab; 32], since: at(), offset: 41 });
    Meta {
        watermark: at(),
        sums,
        next_parked: 8,
        next_id_block: 9,
        next_id_run: 10,
        catalog_digest: [0xab; 32],
        in_force,
        remembered_since: Instant::from_nanos(1),
        braked: 2,
        test_environment: Some(true),
    }
}

fn account() -> Account {
    let version = CustomerVersion {
        from: date("2026-01-01"),
        name: "Stockholms stad".to_owned(),
        country: "SE".to_owned(),
        zone: zone(),
        currency: sek(),
        org_number: Some("2120000142".to_owned()),
        endpoint: Some(Endpoint { scheme: "0007".to_owned(), id: "2120000142".to_owned() }),
        address: Some(Address { street: Some("Storgatan 1".to_owned()), city: Some("Storstad".to_owned()), post_code: None }),
        vat_number: Some("SE212000014201".to_owned()),
        buyer_reference: None,
        order_reference: Some("PO-7".to_owned()),
        contract: Some("A-2026-1".to_owned()),
        inhabitants: Some(990_000),
        group: Some("large".into()),
        zero: true,
    };
    Account {
        versions: vec![version],
        activations: vec![Activation { service: "sms".to_owned(), from: Instant::MIN, to: Some(at()) }],
        head_counts: vec![head_count(100_000, None), head_count(60_000, Some("grskola"))],
        last_number: 17,
        parked: 2,
        agenda: vec![Task { at: at(), what: TaskKind::Close, plan: "cpr".into(), period: period_key() }],
        decisions: vec![decision()],
        agreements: vec![("storage".into(), date("2024-02-29"))],
        held: vec![Held {
            what: TaskKind::Correct,
            plan: "storage".into(),
            period: period_key(),
            since: at(),
            why: "there are 0 active pupils".to_owned(),
        }],
        handovers: vec![
            handover(None, Successors::Parts(vec![part("SE-0181", "1")])),
            handover(Some(at()), Successors::Survivor("SE-0182".into())),
        ],
        predecessors: vec![Predecessor { customer: "SE-0183".into(), from: at() }],
        gates: gates(),
    }
}

fn gates() -> Gates {
    let key = ParkedKey { time: Instant::from_nanos(1), arrival: 2 };
    let suspense = Waiting {
        by_reason: vec![(Reason::UnknownService, 1), (Reason::NoPrice, 300)],
        oldest: Some(key),
        due: Some(at()),
        told: vec![(604_800_000_000_000, key)],
    };
    let brakes = Brakes::of(vec![(None, brake()), (Some("sms".into()), tripped())]);
    let roster = Some(Box::new(rosters::roster()));
    Gates { suspense, brakes, roster, onboarding: onboarding::onboarding(), ..agreements::gates() }
}

fn head_count(count: u64, form: Option<&str>) -> HeadCount {
    HeadCount { kind: HeadCountKind::ActivePupils, count, on: date("2025-10-15"), school_form: form.map(str::to_owned) }
}

fn decision() -> Decision {
    Decision {
        plan: "storage".into(),
        period_from: date("2026-01-01"),
        what: Ruling::Waive,
        actor: "a-7".to_owned(),
        reason: "the school is closed".to_owned(),
    }
}

fn ageing() -> NoticeKind {
    let waiting = vec![(Reason::UnknownCustomer, 2), (Reason::NoPrice, 300)];
    NoticeKind::SuspenseAgeing { age: 7 * 86_400_000_000_000, oldest: at(), waiting }
}

fn of_source(kind: NoticeKind) -> Notice {
    Notice { at: at(), customer: None, kind }
}

fn told(kind: NoticeKind) -> Notice {
    Notice { at: at(), customer: Some("SE-0180".into()), kind }
}

fn rerate() -> Rerate {
    let span = Period { from: date("2026-01-01"), to: date("2026-04-01") };
    Rerate { plan: "cpr".into(), span, actor: "anna".to_owned(), reason: "price of 2025".to_owned() }
}

fn succeeded(to: Successors) -> NoticeKind {
    let units = Quantity::from_units(40);
    let pool = PoolHandover { plan: "sms".into(), to: "SE-0182".into(), used: units, covered: Quantity::from_units(1000) };
    let archive = ArchiveHandover {
        plan: "archive".into(),
        to: "SE-0182".into(),
        service: "part".into(),
        reference: date("2027-01-01"),
        parts: Quantity::from_units(90),
    };
    let how = PupilsTaken::Roster;
    let pupils = PupilHandover { to: "SE-0182".into(), on: date("2026-02-14"), count: 812, how };
    let pupils = Some(pupils).filter(|_| matches!(to, Successors::Survivor(_)));
    NoticeKind::Succeeded { handover: handover(Some(at()), to), pools: vec![pool], archives: vec![archive], pupils }
}

fn part(customer: &str, share: &str) -> SplitPart {
    SplitPart { customer: customer.into(), pool_share: Quantity::parse(share).expect("a share") }
}

fn handover(due: Option<Instant>, to: Successors) -> Handover {
    Handover { from: at(), due, to, actor: "anna".to_owned(), reason: "one region".to_owned() }
}

fn pool() -> Pool {
    let sold = Sold {
        record: RecordRef { number: 17, issued_at: at() },
        size: Quantity::from_units(1000),
        amount: decimal("350.00"),
        currency: sek(),
        vat: vat(),
        unit: "C62".to_owned(),
        description: "SMS".to_owned(),
    };
    Pool {
        used: Quantity::from_units(2001),
        covered: Quantity::from_units(3000),
        bought: 3,
        noticed: 2,
        lineage: lineage(),
        size: Some(Quantity::from_units(1000)),
        trailing: TrailingUse {
            span: Some((date("2025-12-31"), date("2026-02-14"))),
            months: vec![MonthOfUse { month: 2026 * 12 + 1, quantity: Quantity::from_units(2001) }],
        },
        bundles: vec![bundle()],
        credited: Quantity::from_units(4),
        last: Some(sold),
    }
}

fn bundle() -> Bundle {
    let choice = SizeChoice { yearly: Some(Quantity::from_units(4100)), target: 4, reason: SizeReason::WithinHysteresis };
    let package = BoughtPackage {
        service: "sms".into(),
        consent: Some(consent()),
        description: "SMS".to_owned(),
        unit: "C62".to_owned(),
        vat: vat(),
        ordinal: 3,
        size: Quantity::from_units(1000),
        amount: decimal("350.00"),
        last_unit: Quantity::from_units(3000),
        choice: Some(choice),
        lineage: lineage(),
    };
    Bundle { day: period_key(), seller: "unikum".into(), packages: vec![package] }
}

/// A pool as version 1 wrote it, and what it is now.
pub fn pool_of_version_1() -> (Vec<u8>, Pool) {
    let bytes = "01fd00d4c9c9a3030000fd0060defb74050000030201c0f1c617081d2f25622737a079691e2390f3ff37d88f47470724762111f7c1f3021129";
    (
        hex::decode(bytes).expect("hex"),
        Pool { size: None, trailing: TrailingUse::default(), bundles: vec![], credited: Quantity::ZERO, last: None, ..pool() },
    )
}

pub fn person_key() -> PersonKey {
    PersonKey { plan: "eid".into(), period: period_key(), service: "login".into(), person: Fingerprint(0x0102) }
}

fn person() -> PersonUse {
    let price = |from, group: Option<&str>| PriceKey { from: date(from), group: group.map(Into::into) };
    PersonUse(vec![(price("2026-01-01", None), Quantity::ONE.negated()), (price("2026-01-15", Some("small")), Quantity::from_units(2))])
}

fn consent() -> Consent {
    Consent::new("A-1".into(), "fag".into())
}

fn cell() -> PeriodCell {
    let price = PriceKey { from: date("2026-02-15"), group: Some("small".into()) };
    let consent = Some(consent());
    let (service, quantity, open) = ("sf6004".into(), Quantity::from_units(106), lineage());
    let segment = Segment { service, price: price.clone(), consent: consent.clone(), quantity, open };
    PeriodCell {
        period: Period { from: date("2026-01-01"), to: date("2026-04-01") },
        status: PeriodStatus::Closed,
        segments: vec![segment],
        calls: Some(vec![Calls { service: "sf6004".into(), consent: consent.clone(), events: 120 }]),
        issued: vec![issued_charge(price, consent)],
        record: Some(RecordRef { number: 1, issued_at: at() }),
    }
}

fn issued_charge(price: PriceKey, consent: Option<Consent>) -> IssuedCharge {
    let period = Period { from: date("2026-02-15"), to: date("2026-04-01") };
    IssuedCharge {
        key: ChargeKey { service: Some("sf6004".into()), price, consent, part: 1 },
        terms: Terms { unit_price: decimal("0.350"), unit: "C62".to_owned(), description: "CPR-opslag".to_owned(), vat: vat(), period },
        quantity: Quantity::from_units(110),
    }
}

fn register() -> Vec<IssuedRecord> {
    vec![IssuedRecord {
        seller: "unikum".into(),
        currency: period_key().currency,
        kind: RecordKind::Quarterly,
        period: Period { from: date("2026-01-01"), to: date("2026-04-01") },
        zone: period_key().zone,
        outside_vat: true,
        due_date: Some(date("2026-06-30")),
        reference: RecordRef { number: 17, issued_at: Instant::from_nanos(1_775_426_400_000_000_000) },
    }]
}

fn ledger() -> ArchiveLedger {
    let count = ArchiveCount { service: "archive".into(), total: tally(900), late: Tally::default() };
    let row = ArchiveRow {
        reference: date("2026-01-01"),
        status: PeriodStatus::Held,
        issued: vec![ArchiveIssued {
            zone: zone(),
            currency: sek(),
            charges: vec![issued_charge(PriceKey { from: date("2026-01-01"), group: None }, None)],
        }],
        record: None,
        services: vec![count],
    };
    ArchiveLedger { rows: vec![row] }
}

fn levels() -> LevelLedger {
    let key = |part: &str, lifecycle| LevelKey { service: "storage".into(), part: part.to_owned(), lifecycle };
    let level = |key, bytes| Level { key, at: at(), stored: Quantity::from_units(bytes) };
    let row = LevelRow {
        measured: date("2025-10-15"),
        status: PeriodStatus::Held,
        is_final: true,
        issued_in: Some((zone(), sek())),
        total: lineage(),
        late: Lineage::default(),
        levels: vec![level(key("north", None), 900), level(key("south", Some(Lifecycle::Archived)), -1)],
    };
    LevelLedger { rows: vec![row] }
}

fn day() -> DayWindow {
    let hour = HourWindow { hour: 24, events: 3, quantity: Quantity::from_units(5), billed: Quantity::from_nanos(500_000_000) };
    let part = ConsentUse { consent: consent(), events: 2, billed: Quantity::from_nanos(500_000_000) };
    let tests = [Some("fag"), None].map(|system| TestUse { system: system.map(Into::into), events: 4, quantity: Quantity::from_units(9) });
    DayWindow { hours: vec![HourWindow::default(), hour], consents: vec![part], tests: tests.to_vec() }
}

fn parked() -> ParkedEvent {
    let event = UsageEvent {
        source: "it-7".into(),
        id: "a".into(),
        kind: "se.unikum.sms.sent".into(),
        subject: "SE-0180".into(),
        time: at(),
        recorded: Some(at()),
        sequence: Some("9".into()),
        quantity: Reported::Absent,
        characters: Reported::Given(161),
        encoding: Some("gsm7".into()),
        outcome: Some("delivered".into()),
        environment: Environment::Production,
        created: None,
        action: None,
        person: Some("0123456789abcdef".into()),
        part: Some("familj".into()),
        retracts: Some("b".into()),
        unit: Some("north".into()),
        lifecycle: Some("archived".into()),
        certificate: Some(CertificateRef { issuer: "CN=Test CA".into(), serial: "4c:01".into() }),
        personal: None,
    };
    ParkedEvent {
        reason: Reason::NotActivated,
        event,
        fingerprint: Fingerprint(0xfe),
        log_time: at(),
        origin: origin(),
        original: Original::Clear(b"{}".to_vec()),
    }
}

fn origin() -> Origin {
    Origin { topic: "usage-events".to_owned(), partition: 3, offset: 41 }
}

fn sms_line() -> Line {
    Line {
        plan: "sms".into(),
        service: Some("sms".into()),
        consent: Some(consent()),
        description: "SMS-meddelanden, \"åäö\"".to_owned(),
        quantity: Quantity::from_units(1000),
        unit: "C62".to_owned(),
        unit_price: decimal("350.00"),
        base_quantity: Quantity::from_units(1000),
        net: money("350.00"),
        vat: vat(),
        period: Period::day(date("2026-02-14")),
        package: Some(PackagePurchase {
            ordinal: 3,
            size: Quantity::from_units(1000),
            first_unit: Quantity::from_units(2001),
            last_unit: Quantity::from_units(3000),
        }),
        basis: vec![],
        lineage: lineage(),
    }
}

fn purchase() -> BillingRecord {
    BillingRecord {
        id: 0x0123_4567_89ab_cdef,
        number: RecordNumber { customer: "SE-0180".into(), number: 17 },
        kind: RecordKind::PackagePurchase,
        seller: "unikum".into(),
        currency: sek(),
        issued_at: at(),
        issue_date: date("2026-02-14"),
        due_date: Some(date("2026-03-16")),
        parties: Some(parties()),
        period: Some((Period::day(date("2026-02-14")), zone())),
        preceding: vec![],
        lines: vec![sms_line()],
        totals: totals("350.00", "87.50", "437.50"),
        catalog_version: "2026.1".to_owned(),
        catalog_digest: [0xcd; 32],
        tzdb: "2026a",
    }
}

fn parties() -> Parties {
    let endpoint = |id: &str| Some(Endpoint { scheme: "0007".to_owned(), id: id.to_owned() });
    let seller = Party {
        name: "Unikum Exempel AB".to_owned(),
        country: "SE".to_owned(),
        org_number: Some("5569990012".to_owned()),
        vat_number: Some("SE556999001201".to_owned()),
        endpoint: endpoint("5569990012"),
        address: None,
    };
    let buyer = Party {
        name: "Stockholms \"stad\"".to_owned(),
        org_number: None,
        vat_number: None,
        endpoint: endpoint("2120000142"),
        address: account().versions.remove(0).address,
        ..seller.clone()
    };
    let payment = Payment { means: "30".to_owned(), account: Some("99999999".to_owned()), bank: Some("SE:BANKGIRO".to_owned()) };
    let references = References { buyer: Some("ekonomi".to_owned()), order: None, contract: Some("A-2026-1".to_owned()) };
    Parties { seller: SellerParty { party: seller, payment: Some(payment) }, buyer: BuyerParty { party: buyer, zone: zone(), references } }
}

/// A record whose customer said little, and which is outside of VAT.
fn outside_vat() -> BillingRecord {
    let exemption = Exemption { reason: Some("Statutory fee".to_owned()), code: Some("VATEX-EU-O".to_owned()) };
    let vat = Vat { category: "O".to_owned(), rate: decimal("0"), exemption: Some(exemption) };
    let line = Line { vat: vat.clone(), ..sms_line() };
    let group = VatTotal { vat, taxable: money("350.00"), amount: money("0.00") };
    let totals = Totals { net: money("350.00"), vat: vec![group], gross: money("350.00") };
    let mut parties = parties();
    parties.seller.payment = None;
    parties.buyer.party.endpoint = None;
    parties.buyer.party.address = None;
    parties.buyer.references = References::default();
    BillingRecord { lines: vec![line], totals, parties: Some(parties), due_date: None, ..purchase() }
}

fn correction() -> BillingRecord {
    let line = Line {
        description: "Register".to_owned(),
        quantity: Quantity::from_nanos(-500_000_000),
        unit_price: decimal("0.35"),
        base_quantity: Quantity::ONE,
        net: money("-0.18"),
        period: Period { from: date("2026-01-01"), to: date("2026-04-01") },
        package: None,
        basis: vec![("counted", "-0.5".to_owned())],
        ..sms_line()
    };
    let minimum = Line { service: None, basis: vec![], lineage: Lineage::default(), ..line.clone() };
    BillingRecord {
        kind: RecordKind::Correction,
        due_date: None,
        period: None,
        preceding: vec![RecordRef { number: 1, issued_at: at() }, RecordRef { number: 1_000_000, issued_at: at() }],
        lines: vec![line, minimum],
        totals: totals("-0.36", "-0.09", "-0.45"),
        ..purchase()
    }
}

fn zero() -> BillingRecord {
    let quarter = Period { from: date("2026-01-01"), to: date("2026-04-01") };
    let totals = Totals { net: Money::zero(sek()), vat: vec![], gross: Money::zero(sek()) };
    let due_date = Some(date("2026-06-30"));
    BillingRecord { kind: RecordKind::Quarterly, period: Some((quarter, zone())), due_date, lines: vec![], totals, ..purchase() }
}

fn totals(net: &str, tax: &str, gross: &str) -> Totals {
    Totals { net: money(net), vat: vec![VatTotal { vat: vat(), taxable: money(net), amount: money(tax) }], gross: money(gross) }
}

fn vat() -> Vat {
    Vat { category: "S".to_owned(), rate: decimal("25"), exemption: None }
}

fn decimal(text: &str) -> Decimal {
    Decimal::from_str(text).expect("a decimal")
}

fn money(text: &str) -> Money {
    Money::of_price(decimal(text), sek()).expect("an amount")
}

fn suspense() -> SuspenseRecord {
    SuspenseRecord {
        state: SuspenseState::Suspended,
        reason: Reason::UnknownCustomer,
        detail: "no customer \"SE-9999\" on 2026-02-14".to_owned(),
        customer: Some("SE-9999".to_owned()),
        event_id: Some(("it-7".to_owned(), "a".to_owned())),
        log_time: Some(at()),
        origin: origin(),
        person: None,
        original: Original::Clear(b"{\"id\":\"a\"}\xff".to_vec()),
        written_off: None,
    }
}

fn written_off() -> SuspenseRecord {
    let approval = Approval { actor: "anna".to_owned(), approver: "bo".to_owned(), reason: "a test system".to_owned() };
    SuspenseRecord { state: SuspenseState::WrittenOff, written_off: Some(approval), ..suspense() }
}

fn redacted() -> SuspenseRecord {
    SuspenseRecord {
        reason: Reason::PersonalData,
        customer: None,
        event_id: None,
        log_time: None,
        original: Original::Redacted,
        ..suspense()
    }
}

/// With a ring of fixed seeds: what an original looks like when it is sealed.
pub fn sealer() -> Sealer {
    let seeds = Seeds { originals: Secret::new([1; 32]), pseudonyms: Secret::new([2; 32]) };
    let mut ring = KeyRing::default();
    ring.rotate(&seeds, Instant::from_nanos(0)).expect("the first version");
    let act = Act { at: at(), actor: "anna".to_owned(), approver: "bo".to_owned(), reason: "the contract has ended".to_owned() };
    ring.shred(Shredded::Customer("SE-0001".to_owned()), act).expect("shredded");
    Sealer::new(Arc::new(ring))
}

/// The same suspense record, sealed for a customer and a person.
fn sealed(customer: Option<&str>, person: Option<&str>) -> SuspenseRecord {
    let record = suspense();
    let original = sealer().seal(&record.original, record.log_time, customer, person, &record.origin);
    SuspenseRecord { customer: customer.map(ToOwned::to_owned), original, ..record }
}

fn low_balance() -> Notice {
    let kind =
        NoticeKind::LowBalance { plan: "sms".into(), ordinal: 3, left: Quantity::from_units(99), threshold: Quantity::from_units(100) };
    Notice { at: at(), customer: Some("SE-0180".into()), kind }
}

fn size_changed() -> Notice {
    let kind = NoticeKind::PackageSizeChanged {
        plan: "sms".into(),
        from: Quantity::from_units(500),
        to: Quantity::from_units(1000),
        ordinal: 4,
        choice: SizeChoice { yearly: Some(Quantity::from_units(4100)), target: 4, reason: SizeReason::TooManyPurchases },
    };
    Notice { kind, ..low_balance() }
}

fn record_held() -> Notice {
    let kind = NoticeKind::RecordHeld {
        plan: "archive".into(),
        period_from: date("2025-01-01"),
        why: "the count of parts is negative".to_owned(),
    };
    Notice { kind, ..low_balance() }
}

fn customer_incomplete() -> Notice {
    let missing = MissingTerm {
        seller: "unikum".into(),
        term: "BT-10",
        member: "buyer_reference",
        send: "the reference that the buyer wants".to_owned(),
    };
    Notice { kind: NoticeKind::CustomerIncomplete { from: date("2026-01-01"), missing: vec![missing] }, ..low_balance() }
}

fn record_waived() -> Notice {
    let Decision { plan, period_from, actor, reason, .. } = decision();
    Notice { kind: NoticeKind::RecordWaived { plan, period_from, actor, reason }, ..low_balance() }
}

fn control_refused() -> Notice {
    let kind = NoticeKind::ControlRefused { reason: Reason::BadData, detail: "unknown zone".to_owned(), origin: origin() };
    Notice { kind, customer: None, ..low_balance() }
}

fn everywhere() -> Braked {
    Braked::Everywhere { scope: BrakeScope::Source("//a".to_owned()), partition: 3 }
}

fn brake_switched(of: Braked, state: Switch) -> Notice {
    let customer = low_balance().customer.filter(|_| matches!(of, Braked::Customer { .. }));
    Notice { kind: NoticeKind::BrakeSwitched { of, order: order(state, 1) }, customer, ..low_balance() }
}

fn brake_tripped(cause: BrakeCause) -> Notice {
    let trip = Trip { at: Instant::from_nanos(1), cause };
    Notice { kind: NoticeKind::BrakeTripped { service: Some("sms".into()), trip }, ..low_balance() }
}

fn freeze_began() -> Notice {
    let kind = NoticeKind::FreezeBegan { id: "dnp-2026".into(), freeze: Box::new(freeze()), partition: 3 };
    Notice { kind, customer: None, ..low_balance() }
}

fn freeze_ended() -> Notice {
    let kind = NoticeKind::FreezeEnded { id: "dnp-2026".into(), freeze: Box::new(freeze()), customers: 40, partition: 3 };
    Notice { kind, customer: None, ..low_balance() }
}
