//! The operator's desk on a real broker: what it shows, decides and warns of is what it does on a journal.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};
use tally::engine::route::partition_of;

use super::both::{Both, PARTITIONS};
use super::{overview, path, roster, tally};

const MORE: &str = r#"
[sequence]
patience = "PT1H"
[roster]
most_removed_share = "0.1"
[seller.fpa]
name = "Exempelanstalten"
country = "FI"
org_number = "1234567-1"
[service.call]
types = ["call"]
title = "Calls"
unit = "MIN"
[service.klientdata]
types = ["klientdata"]
title = "Arkiv"
unit = "C62"
activation = true
onboarding = { archive = "Klientdataarkivet" }
[plan.call]
model = "metered"
period = "quarter"
services = ["call"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2025-01-01", unit = { DKK = "0.50" } } ]
[plan.klientdata]
model = "metered"
period = "month"
services = ["klientdata"]
seller = "fpa"
vat = { category = "E", rate = "0", reason = "Exempel" }
price = [ { from = "2025-01-01", unit = { EUR = "0.25" } } ]
"#;
const END: &str = "2025-09-09T00:00:00Z";
const WHO: [&str; 4] = ["--actor", "anna", "--reason", "agreed with the customer"];
/// Customers that are used here, apart from those of the other tests.
const NOBODY: &str = "SE-9";

fn past(text: &str) -> String {
    text.replace("2026-", "2025-")
}

fn event(id: &str, kind: &str, customer: &str, time: &str, more: &str) -> String {
    format!(r#"{{"specversion":"1.0","id":"{id}","source":"//s","type":"{kind}","subject":"{customer}","time":"{time}"{more}}}"#)
}

/// Parties, agreements, onboarding and rosters of the other tests; events that wait, events that are wrong, and numbers that are missing.
fn both() -> Both {
    let both = Both::new(&past(&(overview::CATALOG.to_owned() + MORE)));
    both.control("parties.toml", &past(overview::FACTS));
    let kanta = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/kanta/in/usage-control/0.ndjson")).unwrap();
    both.control("onboarding.ndjson", &past(&kanta.lines().take(12).map(|line| format!("{line}\n")).collect::<String>()));
    // A journal has one control lane, so it is written in the order of log time.
    for [option, place] in [["--journal", path(&both.journal())], ["--config", path(&both.config())]] {
        let brake = |scope: &[&str]| both.good(&[&["brake", "on", option, place, "--at", "2025-08-01T00:00:00Z"], scope, &WHO].concat());
        brake(&["--service", "sms"]);
        brake(&["--customer", "DK-0751"]);
    }
    both.control("roster.ndjson", &past(&roster::lines().map(|line| line + "\n").concat()));
    let mut lines: Vec<String> = overview::lines().iter().map(|line| past(line)).collect();
    let on = |day: &str| format!("2025-08-{day}T10:00:00Z");
    let data = |text: &str| format!(r#","data":{text}"#);
    for (number, customer) in ["DK-0101", "DK-0751", "FI-091", NOBODY].into_iter().enumerate() {
        // Of 8 numbers, spread over the partitions, 3 and 7 are missing.
        for sequence in [number, number + 4].into_iter().filter(|number| ![3, 7].contains(number)) {
            let id = format!("call-{sequence}");
            lines.push(event(&id, "call", customer, &on("10"), &format!(r#","sequence":"{sequence}","data":{{"quantity":2.5}}"#)));
        }
    }
    // A number that comes twice, on one partition.
    lines.push(event("twice", "call", "DK-0101", &on("10"), r#","sequence":"0""#));
    lines.extend([
        event("sms-1", "sms", "DK-0101", &on("11"), &data(r#"{"outcome":"sent"}"#)),
        event("nobody-1", "look", NOBODY, &on("11"), &data(r#"{"quantity":2}"#)),
        event("nobody-2", "call", NOBODY, &on("12"), &data(r#"{"quantity":7}"#)),
        event("odd-1", "odd", "FI-091", &on("12"), &data(r#"{"quantity":3}"#)),
        event("arkiv-1", "klientdata", "FI-091", &on("12"), &data("{}")),
        event("end", "call", "DK-0101", &on("12"), ""),
    ]);
    // Wrong ones, in structured and in binary mode.
    lines.extend((0..7).map(|number| event(&format!("wrong-{number}"), "call", "DK-0101", &on("13"), &data(r#"{"quantity":"1e3"}"#))));
    both.usage(&lines, &["sms-1", "wrong-4"]);
    both.run(END);
    both
}

fn sums(both: &Both) -> Value {
    both.document(&["suspense", "list"])["sums"].clone()
}

#[test]
fn the_desk_says_of_a_broker_what_it_says_of_a_journal() {
    let both = both();
    let customers = ["DK-0101", "DK-0751", "FI-091", "FI-092", "K", NOBODY];
    let mut homes = customers.map(|customer| partition_of(customer, PARTITIONS)).to_vec();
    homes.sort_unstable();
    homes.dedup();
    assert!(homes.len() > 2, "all on {homes:?}");
    what_is_shown(&both);
    what_is_decided(&both);
    what_is_sent_again(&both);
    let records = both.records_of("billing_records");
    let numbers: Vec<String> = records
        .iter()
        .map(|record| serde_json::from_str::<Value>(&record.text()).unwrap()["number"].as_str().unwrap().to_owned())
        .collect();
    assert!(numbers.len() > 4, "{numbers:?}");
    for number in &numbers {
        events_are_found(&both, number);
    }
    both.good(&["verify", "--config", path(&both.config())]);
    both.good(&["verify", "--journal", path(&both.journal()), "--keys", path(&both.keys())]);
    what_retention_has_taken_is_told(&both);
    what_is_elsewhere_is_told(&both);
}

/// By the broker's clock: use of the near future is refused. Sent again when its time has come it counts, in whichever mode it came.
#[test]
fn what_came_too_early_counts_when_it_is_sent_again() {
    let catalog = past(&(overview::CATALOG.to_owned() + MORE)) + "[time]\nmax_future_skew = \"PT1S\"\n";
    let both = Both::with_clock(&catalog, "broker");
    both.control("parties.toml", &past(overview::FACTS));
    let soon = std::time::SystemTime::now() + Duration::from_secs(5);
    let time = chrono::DateTime::<chrono::Utc>::from(soon).to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    both.usage(&(0..7).map(|number| event(&number.to_string(), "call", "DK-0101", &time, "")).collect::<Vec<_>>(), &[]);
    let config = both.config();
    both.run_until(&config, |status| status["sums"]["suspended"] == 7);
    while std::time::SystemTime::now() < soon {
        std::thread::sleep(Duration::from_millis(100));
    }
    both.good(&[&["suspense", "recycle", "--own-fault", "--yes", "--config", path(&config)], &WHO[..]].concat());
    both.run_until(&config, |status| status["sums"]["counted"] == 7);
    let sent = both.records_of("usage_events");
    let again = sent.iter().filter(|record| record.text().contains(r#""recycledby":"anna""#) && record.headers.is_empty());
    assert_eq!(again.count(), 7);
    both.good(&["verify", "--config", path(&config)]);
}

fn what_is_shown(both: &Both) {
    let list = both.document(&["suspense", "list"]);
    let units: Vec<&Value> = list["quantities"].as_array().unwrap().iter().map(|one| &one["unit"]).collect();
    assert_eq!((units, &list["quantity"]), (vec![&Value::Null, &json!("C62"), &json!("MIN")], &Value::Null), "{list:#}");
    let reasons: Vec<&str> = list["reasons"].as_array().unwrap().iter().map(|one| one["reason"].as_str().unwrap()).collect();
    for reason in ["unknown_customer", "unknown_service", "braked", "not_onboarded"] {
        assert!(reasons.contains(&reason), "{reasons:?}");
    }
    assert!(both.agree(&["suspense", "list"]).contains("7 are so for their own fault"));
    assert_eq!(both.document(&["suspense", "list", "--customer", NOBODY])["events"], 2);
    let of_samples = |text: &str| -> Vec<Value> {
        let without_place = |line: &str| {
            let mut sample: Value = serde_json::from_str(line).unwrap();
            sample["origin"].take();
            sample
        };
        text.lines().map(without_place).collect()
    };
    let [journal, broker] = both.said(&["suspense", "sample", "--count", "100"]);
    let [mut journal, mut broker] = [of_samples(&journal.stdout), of_samples(&broker.stdout)];
    journal.sort_by_key(ToString::to_string);
    broker.sort_by_key(ToString::to_string);
    assert_eq!(journal, broker);
    assert!(journal.len() > 5);
    let gaps = both.document(&["gaps"]);
    assert_eq!(gaps["sources"][0]["gaps"], json!([{"first": "3", "last": "3"}]), "{gaps:#}");
    both.agree(&["gaps"]);
    let gates = both.document(&["onboarding", "FI-091"]);
    assert_eq!((&gates["services"][0]["open"], &gates["services"][0]["service"]), (&json!(false), &json!("klientdata")), "{gates:#}");
    both.agree(&["onboarding", "FI-092"]);
    assert_eq!(both.document(&["onboarding", "--test-ids"])["test_ids"].as_array().unwrap().len(), 2);
    assert_eq!(both.document(&["roster", "K"])["pupils"], 3);
    both.agree(&["roster", "K", "--on", "2025-08-16"]);
    assert_eq!(both.document(&["quality"])["sources"][0]["findings"].as_array().unwrap().len(), 1);
    let [journal, broker] = both.said(&["brake", "status", "--json"]).map(|said| serde_json::from_str::<Value>(&said.stdout).unwrap());
    let on = |status: &Value| -> Vec<u64> {
        status["brakes"].as_array().unwrap().iter().map(|one| one["partitions"].as_u64().unwrap()).collect()
    };
    assert_eq!((on(&journal), on(&broker)), (vec![1, 1], vec![u64::from(PARTITIONS), 1]));
    assert_eq!((&journal["waiting"], journal["waiting"].as_array().unwrap().len()), (&broker["waiting"], 2));
    both.agree(&["brake", "status"]);
    for (role, party) in [("municipality", "DK-0101"), ("municipality", "DK-0751"), ("supplier", "sup-1"), ("supplier", "DK-0101")] {
        both.document(&["overview", "--as", role, party]);
        both.agree(&["overview", "--as", role, party]);
    }
    for args in [&["held"][..], &["usage", "DK-0101"], &["sizing"]] {
        both.agree(args);
    }
}

/// Both people's decisions take effect on the partitions that they are about.
fn what_is_decided(both: &Both) {
    let known = r#"{"name":"Ett","country":"SE","timezone":"Europe/Stockholm","currency":"SEK","from":"2025-08-12"}"#;
    both.control(
        "known.ndjson",
        &(event("known", "tally.customer.v1", NOBODY, "2025-09-09T01:00:00Z", &format!(r#","data":{known}"#)) + "\n"),
    );
    let decide = |args: &[&str]| {
        let [journal, broker] = both.said(&[&["suspense"], args, &["--yes"], &WHO[..]].concat());
        assert_eq!((journal.code, broker.code), (Some(0), Some(0)), "{} {}", journal.stderr, broker.stderr);
        assert_eq!((&journal.stdout, &journal.stderr), (&broker.stdout, &broker.stderr));
    };
    decide(&["recycle", "--customer", "FI-091"]);
    decide(&["write-off", "--suspended-for", "braked", "--customer", "DK-0751", "--approver", "bo"]);
    decide(&["write-off", "--type", "odd", "--approver", "bo"]);
    // What is released everywhere is counted on the partition of its customer.
    for [option, place] in [["--journal", path(&both.journal())], ["--config", path(&both.config())]] {
        both.good(&[&["brake", "off", "--service", "sms", option, place, "--at", "2025-09-09T02:00:00Z"], &WHO[..]].concat());
    }
    both.run("2025-09-10T00:00:00Z");
    assert_eq!(both.document(&["brake", "status"])["waiting"], json!([]));
    both.agree(&["overview", "--as", "municipality", "DK-0101"]);
    let list = both.document(&["suspense", "list"]);
    assert_eq!(list["sums"]["written_off"], 3, "{list:#}");
    assert_eq!(both.document(&["suspense", "list", "--customer", "DK-0751"])["events"], 0);
}

/// Originals are sealed, and some came in binary mode: with the keys and the input at hand all are sent again.
fn what_is_sent_again(both: &Both) {
    let before = sums(both);
    let own_fault = [&["suspense", "recycle", "--own-fault", "--suspended-for", "bad_quantity", "--yes"], &WHO[..]].concat();
    let keys = both.keys();
    let sealed = tally(&[&own_fault[..], &["--journal", path(&both.journal())]].concat());
    assert_eq!(sealed.code, Some(2), "{}", sealed.stderr);
    assert!(sealed.stdout.contains("7 cannot be sent: not to be opened") && sealed.stdout.contains("--keys FILE"), "{}", sealed.stdout);
    let drafts = both.file("drafts.ndjson", "");
    let out = [&own_fault[..], &["--keys", path(&keys), "--out", path(&drafts)]].concat();
    for [option, place] in [["--config", path(&both.config())], ["--journal", path(&both.journal())]] {
        both.good(&[&out[..], &[option, place]].concat());
        let written = fs::read_to_string(&drafts).unwrap();
        assert_eq!(written.matches(r#""recycledfrom""#).count(), 7, "{written}");
        fs::write(&drafts, written.replace("1e3", "1000")).unwrap();
        let send = [&own_fault[..], &["--mended", path(&drafts), option, place]].concat();
        both.good(&send);
    }
    both.run("2025-09-11T00:00:00Z");
    let after = sums(both);
    assert_eq!(after["suspended"], before["suspended"]);
    let usage = both.document(&["usage", "DK-0101", "--by", "quarter"]);
    assert!(usage.to_string().contains("\"7007\""), "seven thousands beside 2.5, 2.5, 1 and 1: {usage:#}");
    // As they were, they are refused again.
    let [journal, broker] = both.said(&[&own_fault[..], &["--keys", path(&keys), "--event", "wrong-2", "--source", "//s"]].concat());
    assert_eq!((journal.code, broker.code), (Some(0), Some(0)), "{} {}", journal.stderr, broker.stderr);
    both.run("2025-09-12T00:00:00Z");
    assert_eq!(sums(both)["suspended"], before["suspended"].as_u64().unwrap() + 1);
}

/// The events behind each line, by their offsets and by the lines of the journal.
fn events_are_found(both: &Both, number: &str) {
    let [journal, broker] = both.said(&["explain", number, "--events"]);
    assert_eq!((journal.code, broker.code), (Some(0), Some(0)), "{number}: {} {}", broker.stdout, broker.stderr);
    assert!(broker.stdout.contains("offset") && journal.stdout.contains("input line"), "{}", broker.stdout);
    let verdicts =
        |text: &str| -> Vec<String> { text.lines().filter(|line| line.contains("the published one")).map(ToOwned::to_owned).collect() };
    assert_eq!(verdicts(&journal.stdout), verdicts(&broker.stdout), "{number}");
}

/// What can be proven, explained and sent again is what the input still holds.
fn what_retention_has_taken_is_told(both: &Both) {
    let home = partition_of("DK-0101", PARTITIONS);
    both.retention_takes(home);
    let config = both.config();
    let said = |args: &[&str]| tally(&[args, &["--config", path(&config)]].concat());
    let verified = said(&["verify"]);
    assert_eq!(verified.code, Some(3), "{}{}", verified.stdout, verified.stderr);
    assert!(
        verified.stdout.contains(&format!("partition {home}: the beginning of"))
            && verified.stdout.contains("All that could be compared is equal.")
    );
    let report: Value = serde_json::from_str(&said(&["verify", "--json"]).stdout).unwrap();
    assert_eq!(
        (&report["recomputed"], &report["equal"], report["log"]["left_out"].as_array().unwrap().len()),
        (&json!(false), &json!(true), 1)
    );
    let explained = said(&["explain", "DK-0101-000001", "--events"]);
    assert!(explained.code == Some(1) && explained.stderr.contains("gone by retention"), "{}", explained.stderr);
    let file = both.file("drafts.ndjson", "");
    let again =
        said(&[&["suspense", "recycle", "--own-fault", "--suspended-for", "bad_quantity", "--out", path(&file)], &WHO[..]].concat());
    assert!(
        again.code == Some(0) && again.stdout.contains("1 cannot be sent: no event by itself, and not in the input"),
        "{}",
        again.stdout
    );
}

/// A process has the state of its own partitions: what is on others is said to be there.
fn what_is_elsewhere_is_told(both: &Both) {
    let home = partition_of("DK-0101", PARTITIONS);
    fs::rename(both.state().join(format!("p-{home:05}")), both.state().with_extension("elsewhere")).unwrap();
    told_of_missing(both, home);
    fs::rename(both.state().with_extension("elsewhere"), both.state().join(format!("p-{home:05}"))).unwrap();
    both.agree(&["suspense", "list"]);
    let alone = tally(&["held", "--config", path(&both.config_without_broker())]);
    assert!(alone.code == Some(0) && alone.stderr.contains("whether other processes have gone on"), "{}", alone.stderr);
    both.another_goes_on("2025-09-13T00:00:00Z");
    let config = both.config();
    let check = |args: &[&str], warns: &str| {
        let said = tally(&[args, &["--config", path(&config)]].concat());
        assert!(said.code == Some(0) && said.stderr.contains(warns), "{args:?}: {:?} {}", said.code, said.stderr);
    };
    check(&["suspense", "list"], "has old state of partition 0, 1, 2, 3");
    check(&["overview", "--as", "municipality", "DK-0101"], &format!("partition {home}, whose state is an old one in"));
}

fn told_of_missing(both: &Both, home: u32) {
    let config = both.config();
    let said = |args: &[&str]| tally(&[args, &["--config", path(&config)]].concat());
    let check = |args: &[&str], code: i32, warns: &str| {
        let said = said(args);
        assert!(said.code == Some(code) && said.stderr.contains(warns), "{args:?}: {:?} {}", said.code, said.stderr);
    };
    let some = format!("has the state of 3 of 4 partitions (not of {home})");
    for args in [
        &["suspense", "list"][..],
        &["suspense", "sample"],
        &["gaps"],
        &["quality"],
        &["brake", "status"],
        &["held"],
        &["sizing"],
        &["catalog", "list"],
    ] {
        check(args, 0, &some);
    }
    check(&["overview", "--as", "supplier", "sup-1"], 0, &some);
    let one = format!("what is kept of DK-0101 is on partition {home}, whose state is not in");
    for args in
        [&["overview", "--as", "municipality", "DK-0101"][..], &["usage", "DK-0101"], &["roster", "DK-0101"], &["onboarding", "DK-0101"]]
    {
        check(args, 1, &one);
    }
    check(&["overview", "--as", "supplier", "sup-1", "--customer", "DK-0101"], 0, &one);
    check(&["suspense", "list", "--customer", "DK-0101"], 0, &one);
    for args in [&["suspense", "list", "--customer", NOBODY][..], &["overview", "--as", "municipality", "DK-0751"]] {
        let said = said(args);
        let here = partition_of(args.last().unwrap(), PARTITIONS) != home;
        assert!(!here || (said.code == Some(0) && !said.stderr.contains("partition")), "{args:?}: {}", said.stderr);
    }
}
