//! The engine on batches of 10 000 decoded events of known customers, all in memory, with a freeze per
//! batch as in a commit; and its two largest steps by themselves.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use tally::domain::catalog::Catalog;
use tally::domain::instant::Instant;
use tally::domain::state::{Meta, StateKey, StateRef};
use tally::engine::dedupe::{Dedupe, Probe, fingerprint};
use tally::engine::input::{Body, Input, PostImages, Step, Timing, Want};
use tally::engine::{Engine, Limits};
use tally::wire::catalog::{SourceFile, read};
use tally::wire::decode;

const EVENTS: usize = 10_000;
const CUSTOMERS: usize = 300;

const CATALOG: &str = r#"
version = "2026.1"
[seller.s]
name = "Seller AB"
country = "SE"
org_number = "5560000000"
vat_number = "SE556000000001"
endpoint = { scheme = "0007", id = "5560000000" }
[service.sms]
types = ["se.unikum.sms.sent"]
title = "SMS"
unit = "C62"
activation = true
bill_on = ["delivered"]
[service.look]
types = ["se.unikum.lookup"]
title = "Look-ups"
unit = "C62"
[plan.sms]
model = "package"
services = ["sms"]
seller = "s"
vat = { category = "S", rate = "25" }
low_balance = "100"
price = [ { from = "2026-01-01", size = "1000", amount = { SEK = "350.00" } } ]
[plan.look]
model = "metered"
period = "quarter"
services = ["look"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "0.35" } } ]
"#;

/// The same with every gate: registered systems, agreements, taking into use, and brakes by themselves.
fn gated_catalog() -> String {
    let gates = "agreement = true\nonboarding = true\nbrake = { factor = \"1000\", at_least = \"100000000\", history = \"P28D\" }";
    CATALOG.replace("title =", &format!("{gates}\ntitle ="))
}

/// What opens the gates of a customer: type and data.
const OPENED: [(&str, &str); 7] = [
    ("agreement_request", r#""agreement":"A","version":1,"supplier":"lev","system":"sys","services":["sms","look"]"#),
    ("agreement_answer", r#""agreement":"A","version":1,"answer":"approved","from":"2026-01-01T00:00:00Z""#),
    ("relation", r#""from":"2026-01-01T00:00:00Z""#),
    ("description_approval", r#""service":"sms","version":"1""#),
    ("description_approval", r#""service":"look","version":"1""#),
    ("activation", r#""service":"look","from":"2026-01-01T00:00:00Z""#),
    ("head_count", r#""kind":"inhabitants","count":"1000","on":"2026-01-01""#),
];

/// What every partition knows: type, subject and data.
const KNOWN: [(&str, &str, &str); 4] = [
    ("party", "lev", r#""name":"Supplier AB","roles":["supplier"],"from":"2026-01-01T00:00:00Z""#),
    ("it_system", "sys", r#""name":"S","supplier":"lev","sources":["//sms.example"],"from":"2026-01-01T00:00:00Z""#),
    ("service_description", "sms", r#""version":"1","from":"2026-01-01T00:00:00Z""#),
    ("service_description", "look", r#""version":"1","from":"2026-01-01T00:00:00Z""#),
];

/// Post-images that nobody keeps: what the store does with them is measured elsewhere.
#[derive(Default)]
struct Dropped(usize);

impl PostImages for Dropped {
    fn put(&mut self, key: &StateKey, value: StateRef<'_>) {
        black_box((key, value));
        self.0 += 1;
    }

    fn delete(&mut self, key: &StateKey) {
        black_box(key);
        self.0 += 1;
    }
}

fn catalog() -> Arc<Catalog> {
    catalog_of(CATALOG.to_owned())
}

fn catalog_of(text: String) -> Arc<Catalog> {
    Arc::new(read(&[SourceFile { name: "catalog.toml".to_owned(), text }]).expect("a good catalog"))
}

/// Skewed as cities are: the square of an even spread over the customers.
fn customer(n: usize) -> usize {
    let spread = n.wrapping_mul(2_654_435_761) % 1_000;
    spread * spread * CUSTOMERS / 1_000_000
}

/// What else events of a batch are.
#[derive(Clone, Copy, PartialEq)]
enum Sort {
    Plain,
    /// With the numbers of their source.
    Numbered,
    /// One of ten is of a service that no catalog has: it waits.
    SomeWait,
}

/// Events of one batch, a millisecond apart.
fn values(batch: usize, sort: Sort) -> Vec<Vec<u8>> {
    let value = |n: usize| {
        let n = batch * EVENTS + n;
        let kind = match n {
            n if sort == Sort::SomeWait && n.is_multiple_of(10) => "se.unikum.new",
            n if n.is_multiple_of(3) => "se.unikum.lookup",
            _ => "se.unikum.sms.sent",
        };
        let number = if sort == Sort::Numbered { format!(r#""sequence":"{}","#, n + 1) } else { String::new() };
        let (second, milli) = (n / 1000, n % 1000);
        let (hour, minute, second) = (second / 3600 % 24, second / 60 % 60, second % 60);
        format!(
            r#"{{"specversion":"1.0","id":"7f3c2a90-51be-4e0c-9d1a-{n:012}",{number}"source":"//sms.example","type":"{kind}","subject":"SE-{:04}","time":"2026-02-14T{hour:02}:{minute:02}:{second:02}.{milli:03}Z","data":{{"quantity":1,"outcome":"delivered"}}}}"#,
            customer(n)
        )
        .into_bytes()
    };
    (0..EVENTS).map(value).collect()
}

fn inputs(values: &[Vec<u8>]) -> Vec<Input<'_>> {
    (0..).zip(values).map(|(offset, value)| usage(offset, value)).collect()
}

fn usage(offset: u64, value: &[u8]) -> Input<'_> {
    let event = decode::usage(value, &[], true).expect("a good event");
    let fingerprint = fingerprint(&event.source, &event.id);
    Input { timing: Timing::At(event.time), offset, topic: "usage-events", value, body: Body::Usage { event, fingerprint } }
}

fn control(value: &str) -> Input<'_> {
    let event = decode::control(value.as_bytes(), &[]).expect("a good fact");
    Input { timing: Timing::At(event.time), offset: 0, topic: "usage-control", value: value.as_bytes(), body: Body::Control(event) }
}

/// Folds an input; the store has nothing.
fn fold(engine: &mut Engine, input: &Input<'_>) {
    loop {
        match engine.fold(input).expect("it goes on") {
            Step::Done(outcome) => {
                black_box(outcome);
                return;
            }
            Step::Missing(wants) => wants.into_iter().for_each(|want| match want {
                Want::State(key) => engine.supply(key, None).expect("of its kind"),
                Want::Persons { customer, plan, period, after } => {
                    engine.supply_persons(&customer, (&plan, period), after.as_ref(), Vec::new(), true)
                }
                Want::Parked { customer, after } => engine.supply_parked(&customer, after, Vec::new(), true),
                Want::Customer { after, .. } => engine.supply_customer(after.as_ref(), None),
                Want::Pupils { customer, after } => engine.supply_pupils(&customer, after, Vec::new(), true),
                Want::Catalog(digest) => panic!("no event names the catalog {digest:?}"),
            }),
        }
    }
}

fn freeze(engine: &mut Engine) -> usize {
    let mut images = Dropped::default();
    let epoch = engine.freeze(&mut images).expect("verdicts add up");
    black_box(engine.take_effects());
    engine.persisted(epoch);
    images.0
}

fn warm_engine(catalog: &Arc<Catalog>) -> Engine {
    let mut engine = Engine::new(Arc::clone(catalog), 0, 1, Limits { accounts_in_ram: 10_000, ids_in_ram: 1 << 20 });
    for n in 0..CUSTOMERS {
        let data = r#"{"name":"K","country":"SE","timezone":"Europe/Stockholm","currency":"SEK","from":"2026-01-01"}"#;
        let head = format!(r#"{{"specversion":"1.0","id":"c","source":"s","subject":"SE-{n:04}","time":"2026-01-01T00:00:00Z","#);
        fold(&mut engine, &control(&format!(r#"{head}"type":"tally.customer.v1","data":{data}}}"#)));
        let data = r#"{"service":"sms","from":"2026-01-01T00:00:00Z"}"#;
        fold(&mut engine, &control(&format!(r#"{head}"type":"tally.activation.v1","data":{data}}}"#)));
    }
    freeze(&mut engine);
    engine
}

/// The same, with all gates of all customers open.
fn gated_engine(catalog: &Arc<Catalog>) -> Engine {
    let mut engine = warm_engine(catalog);
    for (kind, subject, data) in KNOWN {
        fold(&mut engine, &control(&told(kind, subject, "2026-01-01T08:00:00Z", data)));
    }
    for customer in (0..CUSTOMERS).map(|n| format!("SE-{n:04}")) {
        for (kind, data) in OPENED {
            let time = if kind == "agreement_answer" { "2026-01-01T00:00:00Z" } else { "2025-12-31T00:00:00Z" };
            fold(&mut engine, &control(&told(kind, &customer, time, data)));
        }
        for service in ["sms", "look"] {
            commission(&mut engine, &customer, service);
        }
    }
    freeze(&mut engine);
    engine
}

fn commission(engine: &mut Engine, customer: &str, service: &str) {
    let roles = r#""roles":{"tester":"t","archivist":"a","support":"s"}"#;
    let window = r#""from":"2026-01-05T08:00:00Z","to":"2026-01-05T16:00:00Z","agreed":"2026-01-02T00:00:00Z""#;
    let digest = format!("sha256:{}", "a".repeat(64));
    let document = format!(r#"{{"id":"d","archived":"{digest}","registered":"{digest}"}}"#);
    for (kind, data) in [
        ("commissioning_plan", format!(r#""plan":"{service}","service":"{service}","supplier":"lev",{window},{roles}"#)),
        ("commissioning_run", format!(r#""plan":"{service}","at":"2026-01-05T12:00:00Z","outcome":"passed""#)),
        (
            "commissioning_verification",
            format!(
                r#""plan":"{service}","at":"2026-01-06T08:00:00Z","archivist":"a","archive":"kanta","expected":1,"documents":[{document}]"#
            ),
        ),
        ("commissioning_report", format!(r#""plan":"{service}","at":"2026-01-06T09:00:00Z""#)),
    ] {
        fold(engine, &control(&told(kind, customer, "2026-01-07T00:00:00Z", &data)));
    }
}

fn told(kind: &str, subject: &str, time: &str, data: &str) -> String {
    let head = format!(r#""specversion":"1.0","id":"c","source":"s","type":"tally.{kind}.v1","subject":"{subject}","time":"{time}""#);
    format!(r#"{{{head},"data":{{{data},"actor":"anna","reason":"bench"}}}}"#)
}

/// One engine to be measured, and what it is given.
struct Case<'a> {
    name: &'a str,
    is_frozen: bool,
    new: &'a dyn Fn() -> Engine,
    batches: &'a [Vec<Input<'a>>],
    /// How many of its events wait, in a thousand.
    waiting: u64,
}

/// With so many waiting events of other customers, all stored.
fn crowded_engine(catalog: &Arc<Catalog>, waiting: usize) -> Engine {
    let mut engine = warm_engine(catalog);
    for first in (0..waiting).step_by(EVENTS) {
        for n in first..first + EVENTS {
            let (customer, time) = (n % 7, "2026-02-13T08:00:00.000Z");
            let value = format!(
                r#"{{"specversion":"1.0","id":"w{n}","source":"//w","type":"se.unikum.lookup","subject":"NEW-{customer}","time":"{time}"}}"#
            );
            fold(&mut engine, &usage(0, value.as_bytes()));
        }
        freeze(&mut engine);
    }
    engine
}

/// Batches that follow each other: the engine grows as it does in a run. With all gates on, it may cost a tenth more.
fn whole_engine(criterion: &mut Criterion) {
    let (catalog, gated) = (catalog(), catalog_of(gated_catalog()));
    let numbered = catalog_of(CATALOG.replace("[seller.s]", "[sequence]\npatience = \"PT1H\"\n[seller.s]"));
    let values = [Sort::Plain, Sort::Numbered, Sort::SomeWait].map(|sort| (0..100).map(|batch| values(batch, sort)).collect::<Vec<_>>());
    let [plain, with_numbers, some_wait] = values.each_ref().map(|batches| batches.iter().map(|one| inputs(one)).collect::<Vec<_>>());
    let (warm, behind_gates) = (|| warm_engine(&catalog), || gated_engine(&gated));
    let (watching, crowded) = (|| warm_engine(&numbered), || crowded_engine(&catalog, 100_000));
    let mut group = criterion.benchmark_group("engine");
    group.throughput(Throughput::Elements(EVENTS as u64));
    for case in [
        Case { name: "fold and freeze 10000", is_frozen: true, new: &warm, batches: &plain, waiting: 0 },
        Case { name: "fold and freeze 10000, all gates on", is_frozen: true, new: &behind_gates, batches: &plain, waiting: 0 },
        Case { name: "fold and freeze 10000, numbered", is_frozen: true, new: &watching, batches: &with_numbers, waiting: 0 },
        Case { name: "fold and freeze 10000, one of ten waits", is_frozen: true, new: &warm, batches: &some_wait, waiting: 100 },
        Case { name: "fold and freeze 10000, beside 100000 that wait", is_frozen: true, new: &crowded, batches: &plain, waiting: 0 },
        Case { name: "fold 10000", is_frozen: false, new: &warm, batches: &plain, waiting: 0 },
        Case { name: "fold 10000, all gates on", is_frozen: false, new: &behind_gates, batches: &plain, waiting: 0 },
    ] {
        let (mut engine, mut next) = ((case.new)(), 0);
        let mut before = engine.sums();
        group.bench_function(case.name, |bench| {
            bench.iter_custom(|iterations| {
                let mut elapsed = std::time::Duration::ZERO;
                for _ in 0..iterations {
                    if next == case.batches.len() {
                        (engine, next) = ((case.new)(), 0);
                        before = engine.sums();
                    }
                    let start = std::time::Instant::now();
                    case.batches[next].iter().for_each(|input| fold(&mut engine, input));
                    if case.is_frozen {
                        black_box(freeze(&mut engine));
                    }
                    elapsed += start.elapsed();
                    if !case.is_frozen {
                        freeze(&mut engine);
                    }
                    next += 1;
                }
                elapsed
            });
        });
        let (sums, inputs) = (engine.sums(), engine.sums().inputs - before.inputs);
        let waiting = inputs * case.waiting / 1000;
        let found = (sums.suspended - before.suspended, sums.test, sums.counted - before.counted);
        assert_eq!(found, (waiting, 0, inputs - waiting), "an event of `{}` was not charged", case.name);
    }
    group.finish();
}

fn dedupe(criterion: &mut Criterion) {
    let ids: Vec<_> = (0..EVENTS).map(|n| fingerprint("//sms.example", &format!("7f3c2a90-51be-4e0c-9d1a-{n:012}"))).collect();
    let time = Instant::from_millis(1_771_000_000_000);
    let empty = || Dedupe::new(35 * 86_400_000_000_000, 1 << 20);
    let mut group = criterion.benchmark_group("dedupe");
    group.throughput(Throughput::Elements(EVENTS as u64));
    group.bench_function("10000 new ids and a freeze", |bench| {
        bench.iter_batched_ref(
            || (empty(), Meta { watermark: time, ..Meta::default() }),
            |(dedupe, meta)| {
                for id in &ids {
                    assert_eq!(dedupe.probe(*id, time), Probe::New);
                    dedupe.remember(*id, time);
                }
                dedupe.freeze(1, meta, &mut Dropped::default());
            },
            BatchSize::LargeInput,
        );
    });
    let mut full = empty();
    ids.iter().for_each(|id| full.remember(*id, time));
    group.bench_function("10000 duplicates", |bench| bench.iter(|| ids.iter().filter(|id| full.probe(**id, time) == Probe::Seen).count()));
    group.bench_function("10000 fingerprints", |bench| {
        bench.iter(|| {
            (0..EVENTS)
                .map(|_| fingerprint(black_box("//sms.example"), black_box("7f3c2a90-51be-4e0c-9d1a-2b6f0c8e4417")).0)
                .fold(0, |a, b| a ^ b)
        });
    });
    group.finish();
}

/// One customer, one service: windows, pool and lineage without the look-up of many customers.
fn aggregate(criterion: &mut Criterion) {
    let catalog = catalog();
    let text: Vec<Vec<u8>> = values(0, Sort::Plain).into_iter().map(|value| replaced(&value)).collect();
    let inputs = inputs(&text);
    let mut group = criterion.benchmark_group("aggregate");
    group.throughput(Throughput::Elements(EVENTS as u64));
    group.bench_function("10000 of one customer", |bench| {
        bench.iter_batched_ref(
            || warm_engine(&catalog),
            |engine| inputs.iter().for_each(|input| fold(engine, input)),
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

/// The same event of customer 0000.
fn replaced(value: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(value);
    let at = text.find("SE-").unwrap_or_default();
    format!("{}SE-0000{}", &text[..at], &text[at + 7..]).into_bytes()
}

criterion_group!(benches, dedupe, aggregate, whole_engine);
criterion_main!(benches);
