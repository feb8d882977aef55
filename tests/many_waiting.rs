//! Millions of waiting events: others are not slowed by them, memory stays bounded, and all are released or given up.
//! Its figures are printed. `TALLY_WAITING` says how many (a million without it): `make faults` runs it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

const CATALOG: &str = r#"version = "1"
[suspense]
notify_after = ["P1D", "P7D"]
[seller.s]
name = "Seller AB"
country = "SE"
org_number = "5560000000"
[service.look]
types = ["look"]
title = "Look"
unit = "C62"
[plan.look]
model = "metered"
period = "quarter"
services = ["look"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "0.50" } } ]
"#;
const CUSTOMERS: u64 = 500;
/// Most memory that a run may take beyond what it takes without waiting events: of them there is next to nothing in it.
const MOST_MORE_KB: u64 = 512 << 10;

struct Figures {
    sums: Value,
    took: Duration,
    peak_kb: u64,
}

fn run(dir: &Path, until: &str) -> Figures {
    let begun = Instant::now();
    let arguments = ["run", "--journal", dir.to_str().unwrap(), "--until", until];
    let mut child = Command::new(env!("CARGO_BIN_EXE_tally")).args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kb = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let peak =
            text.lines().find_map(|line| line.strip_prefix("VmHWM:")).and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse().ok());
        peak_kb = peak_kb.max(peak.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    Figures { sums: serde_json::from_slice(&output.stdout).unwrap(), took: begun.elapsed(), peak_kb }
}

/// Events a millisecond apart, of a few hundred customers whose names begin so.
fn write_usage(dir: &Path, file: &str, day: &str, customers: (&str, u64), events: u64) {
    fs::create_dir_all(dir.join("in/usage-events")).unwrap();
    let mut out = BufWriter::new(File::create(dir.join("in/usage-events").join(file)).unwrap());
    for number in 0..events {
        let (seconds, ms, customer) = (number / 1000 % 86_400, number % 1000, number % customers.1);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        writeln!(
            out,
            r#"{{"specversion":"1.0","id":"{file}-{number}","source":"//s","type":"look","subject":"{}-{customer}","time":"{day}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z","data":{{"quantity":1}}}}"#,
            customers.0
        )
        .unwrap();
    }
    out.flush().unwrap();
}

fn write_customers(dir: &Path, file: &str, day: &str, (name, customers): (&str, u64)) {
    fs::create_dir_all(dir.join("in/usage-control")).unwrap();
    let facts = r#"{"name":"K","country":"SE","timezone":"Europe/Stockholm","currency":"SEK","from":"2026-01-01"}"#;
    let lines: String = (0..customers)
        .map(|number| {
            format!(
                "{{\"specversion\":\"1.0\",\"id\":\"{name}-{number}\",\"source\":\"//s\",\"type\":\"tally.customer.v1\",\"subject\":\"{name}-{number}\",\"time\":\"{day}T00:00:00Z\",\"data\":{facts}}}\n"
            )
        })
        .collect();
    fs::write(dir.join("in/usage-control").join(file), lines).unwrap();
}

#[test]
#[ignore = "a million events: make faults"]
fn a_million_waiting_events_slow_nobody() {
    let waiting: u64 = std::env::var("TALLY_WAITING").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let others = (waiting / 5).max(50_000);
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    fs::write(dir.join("catalog.toml"), CATALOG).unwrap();
    write_customers(dir, "0.ndjson", "2026-02-01", ("K", CUSTOMERS));
    write_usage(dir, "0.ndjson", "2026-02-02", ("K", CUSTOMERS), others);
    let alone = run(dir, "2026-02-03T00:00:00Z");
    write_usage(dir, "1.ndjson", "2026-02-03", ("unknown", 3), waiting);
    let parked = run(dir, "2026-02-04T00:00:00Z");
    write_usage(dir, "2.ndjson", "2026-02-04", ("K", CUSTOMERS), others);
    let beside = run(dir, "2026-02-05T00:00:00Z");
    write_customers(dir, "1.ndjson", "2026-02-06", ("unknown", 3));
    let released = run(dir, "2026-02-07T00:00:00Z");

    let rate = |events: u64, figures: &Figures| events * 1000 / u64::try_from(figures.took.as_millis()).unwrap().max(1);
    let (before, after) = (rate(others, &alone), rate(others, &beside));
    println!("others alone: {before} events/s, {} MB", alone.peak_kb >> 10);
    println!("parked: {waiting}, {} events/s, {} MB", rate(waiting, &parked), parked.peak_kb >> 10);
    println!("others beside them: {after} events/s ({} % of alone), {} MB", after * 100 / before.max(1), beside.peak_kb >> 10);
    println!("released: {} events/s, {} MB", rate(waiting, &released), released.peak_kb >> 10);

    let sums = |figures: &Figures| (figures.sums["counted"].as_u64().unwrap(), figures.sums["suspended"].as_u64().unwrap());
    assert_eq!(sums(&alone), (others, 0));
    assert_eq!(sums(&parked), (others, waiting));
    assert_eq!(sums(&beside), (2 * others, waiting));
    assert_eq!(sums(&released), (2 * others + waiting, 0));
    for figures in [&parked, &beside, &released] {
        assert!(figures.peak_kb <= alone.peak_kb + MOST_MORE_KB, "{} kB, alone {} kB", figures.peak_kb, alone.peak_kb);
    }
}
