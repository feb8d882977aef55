//! Decoding one usage event of about 200 bytes, beside the general decoders on the same bytes.

use std::borrow::Cow;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde::Deserialize;
use tally::wire::decode::usage;

const EVENT: &[u8] = br#"{"specversion":"1.0","id":"7f3c2a90-51be-4e0c-9d1a-2b6f0c8e4417","source":"//sms.example","type":"se.sms.sent","subject":"SE-0180","time":"2026-02-14T08:15:30.123Z","data":{"quantity":1,"outcome":"delivered"}}"#;

const HEADERS: [(&str, &[u8]); 7] = [
    ("ce_specversion", b"1.0"),
    ("ce_id", b"7f3c2a90-51be-4e0c-9d1a-2b6f0c8e4417"),
    ("ce_source", b"//sms.example"),
    ("ce_type", b"se.sms.sent"),
    ("ce_subject", b"SE-0180"),
    ("ce_time", b"2026-02-14T08:15:30.123Z"),
    ("content-type", b"application/json"),
];

/// The same members with derived code: no second look at names, times, quantities or people.
#[derive(Deserialize)]
#[allow(dead_code, reason = "what is decoded is measured, not read")]
struct Plain<'a> {
    #[serde(borrow)]
    specversion: Cow<'a, str>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    source: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    subject: Cow<'a, str>,
    #[serde(borrow)]
    time: Cow<'a, str>,
    #[serde(borrow)]
    data: PlainData<'a>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "what is decoded is measured, not read")]
struct PlainData<'a> {
    quantity: u64,
    #[serde(borrow)]
    outcome: Cow<'a, str>,
}

fn decode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Elements(1));
    group.bench_function("structured", |bench| bench.iter(|| usage(black_box(EVENT), &[], true).is_ok()));
    group.bench_function("structured, privacy off", |bench| bench.iter(|| usage(black_box(EVENT), &[], false).is_ok()));
    group.bench_function("binary", |bench| {
        bench.iter(|| usage(black_box(br#"{"quantity":1,"outcome":"delivered"}"#), black_box(&HEADERS), true).is_ok());
    });
    group.bench_function("serde_json", |bench| bench.iter(|| serde_json::from_slice::<Plain<'_>>(black_box(EVENT)).is_ok()));
    group.bench_function("sonic-rs", |bench| bench.iter(|| sonic_rs::from_slice::<Plain<'_>>(black_box(EVENT)).is_ok()));
    group.finish();
}

criterion_group!(benches, decode);
criterion_main!(benches);
