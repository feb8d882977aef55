//! Erasure leaves what was issued as it is: run, records issued, shred, verify, restart, run on.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use base64::Engine as _;
use serde_json::{Value, json};

use crate::journal::{BY, Journal, holds, text};

/// Two customers, each with use that is charged and use that waits; a person in some of it; and a line that
/// cannot be read.
fn world() -> Journal {
    let mut journal = Journal::new();
    journal.init();
    let customers = ["SE-0180", "SE-1480"];
    for customer in customers {
        journal.customer(customer);
        journal.activate(customer, "sms", "2026-01-01");
    }
    let uses = [("01-10", "sms", None), ("02-20", "eid", Some("a")), ("02-21", "eid", Some("b")), ("02-21", "eid", Some("a"))];
    for (place, (day, service, person)) in uses.into_iter().enumerate() {
        for customer in customers {
            let data = person.map_or(json!({}), |letter: &str| json!({"person": letter.repeat(16), "note": "secret words"}));
            journal.usage(&format!("{customer}-{}", place + 1), service, customer, &format!("2026-{day}"), data);
        }
    }
    journal.raw_usage(b"{\"secret words\"");
    journal
}

/// The originals as `tally privacy unseal` shows them, by the ids of the events.
fn unsealed(journal: &Journal) -> Vec<(String, String)> {
    let shown = journal.privacy(&["unseal"], &journal.output("usage-suspense"));
    let lines = shown.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .map(|line| {
            let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            let original = base64::engine::general_purpose::STANDARD.decode(line["original"].as_str().unwrap_or_default()).unwrap();
            let opened = String::from_utf8(original).unwrap();
            let shown = line.get("unopened").map_or_else(|| if opened.contains("secret words") { "opened" } else { "?" }.to_owned(), text);
            (text(&line["event_id"]["id"]), shown)
        })
        .collect()
}

fn shown(journal: &Journal) -> String {
    unsealed(journal).into_iter().map(|(id, what)| format!("{id} {what}\n")).collect()
}

#[test]
fn originals_are_sealed_and_nothing_of_them_is_in_the_clear() {
    let journal = world();
    journal.run("2026-03-01");
    for (path, bytes) in journal.made() {
        assert!(!holds(&bytes, "secret words"), "{}", path.display());
    }
    let all = "SE-0180-2 opened\nSE-0180-3 opened\nSE-0180-4 opened\nSE-1480-2 opened\nSE-1480-3 opened\nSE-1480-4 opened\n- opened\n";
    let mut found: Vec<String> = shown(&journal).lines().map(ToOwned::to_owned).collect();
    let mut expect: Vec<String> = all.lines().map(ToOwned::to_owned).collect();
    found.sort();
    expect.sort();
    assert_eq!(found, expect);
    assert!(journal.verify().contains("All is equal."));
}

/// Sealed again from the beginning, after the state was lost, the files have the same bytes.
#[test]
fn a_replay_seals_the_same_bytes() {
    let journal = world();
    journal.run("2026-03-01");
    let before = journal.output("usage-suspense");
    fs::remove_dir_all(journal.path().join("state")).unwrap();
    journal.run("2026-03-01");
    assert_eq!(journal.output("usage-suspense"), before);
}

#[test]
fn e5_an_erased_customer_leaves_its_records_and_their_proof() {
    let mut journal = world();
    journal.run("2026-03-01");
    let (records, suspense) = (journal.output("billing-records"), journal.output("usage-suspense"));
    assert_eq!(records.lines().count(), 2, "{records}");
    journal.act(&[&["erase", "--customer", "SE-0180"], BY.as_slice()].concat(), "");
    let told = fs::read_dir(journal.path().join("in/usage-control")).unwrap().count();
    assert_eq!(told, 3, "the first file, the keys, the erasure");
    // Before anything is read again, after a restart, and after the state was lost.
    let verified = journal.verify();
    assert!(verified.contains("All is equal.") && verified.contains("3 originals in suspense were not compared"), "{verified}");
    assert!(
        unsealed(&journal).iter().all(|(id, what)| what == if id.starts_with("SE-0180") { "shredded" } else { "opened" }),
        "{}",
        shown(&journal)
    );
    journal.run("2026-03-02");
    assert_eq!((journal.output("billing-records"), journal.output("usage-suspense")), (records.clone(), suspense.clone()));
    journal.verify();
    // What waited is released and charged: what is needed for it holds no original.
    journal.activate("SE-0180", "eid", "2026-03-03");
    journal.activate("SE-1480", "eid", "2026-03-03");
    journal.usage("SE-0180-5", "eid", "SE-0180", "2026-03-03", json!({"person": "cccccccccccccccc"}));
    journal.usage("SE-0180-6", "nothing", "SE-0180", "2026-03-03", json!({"note": "secret words"}));
    journal.run("2026-05-01");
    let later = journal.output("billing-records");
    assert!(later.starts_with(&records));
    let counted: Vec<Value> = later.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let eid = |customer: &str| counted.iter().filter(|one| one["customer"] == customer && one["lines"][0]["plan"] == "eid").count();
    assert_eq!((eid("SE-0180"), eid("SE-1480")), (2, 1), "{later}");
    journal.verify();
    let new: Vec<Value> = journal.suspense().into_iter().filter(|one| one["event_id"]["id"] == "SE-0180-6").collect();
    assert_eq!(new[0]["original_sealed"]["value"], Value::Null, "nothing is kept of what comes later: {}", new[0]);
    // Rebuilt from nothing, records are the same bytes.
    fs::remove_dir_all(journal.path().join("state")).unwrap();
    journal.run("2026-05-01");
    assert_eq!(journal.output("billing-records"), later);
    journal.verify();
    for (path, bytes) in journal.made() {
        assert!(!holds(&bytes, "secret words"), "{}", path.display());
    }
}

#[test]
fn e5_an_erased_person_is_gone_and_others_are_not() {
    let journal = world();
    journal.run("2026-03-01");
    journal.act(&[&["erase", "--customer", "SE-0180", "--pseudonym", "aaaaaaaaaaaaaaaa"], BY.as_slice()].concat(), "");
    for (id, what) in unsealed(&journal) {
        let erased = id == "SE-0180-2" || id == "SE-0180-4";
        assert_eq!(what, if erased { "shredded" } else { "opened" }, "{id}");
    }
    let log: String = journal
        .path()
        .join("in/usage-control")
        .read_dir()
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    let told: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap()).filter(|one: &Value| one["type"] == "tally.erasure.v1").collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["subject"], "SE-0180");
    assert_eq!(
        told[0]["data"],
        json!({"what": "person", "pseudonym": "aaaaaaaaaaaaaaaa", "actor": "anna", "approver": "bo", "reason": "erased on request"})
    );
    journal.run("2026-03-02");
    journal.verify();
}

/// From the number itself, which never stands on a command line: whatever the keys called that person.
#[test]
fn a_person_is_erased_by_the_number() {
    let mut journal = Journal::new();
    journal.init();
    journal.act(&["keys", "rotate", "--from", "2026-02-01T00:00:00Z", "--actor", "anna", "--reason", "yearly"], "");
    journal.customer("SE-0180");
    for (place, on) in ["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"].into_iter().enumerate() {
        let named = journal.privacy(&["pseudonym", "--customer", "SE-0180", "--on", on], "191212121212\n200002290005\n");
        for (other, pseudonym) in named.lines().enumerate() {
            journal.usage(
                &format!("e{place}{other}"),
                "eid",
                "SE-0180",
                "2026-02-20",
                json!({"person": pseudonym, "note": "secret words"}),
            );
        }
    }
    journal.run("2026-03-01");
    let said = journal.act(&[&["erase", "--customer", "SE-0180", "--person"], BY.as_slice()].concat(), "191212121212\n");
    assert!(!said.contains("191212121212"), "{said}");
    assert_eq!(shown(&journal), "e00 shredded\ne01 opened\ne10 shredded\ne11 opened\n");
    journal.run("2026-03-02");
    journal.verify();
    assert!(!fs::read_to_string(journal.keys()).unwrap().contains("191212121212"));
}

/// Refused events are sent again as long as somebody holds the keys that their originals are sealed with.
#[test]
fn what_was_sealed_is_sent_again_until_it_is_shredded() {
    let mut journal = Journal::new();
    journal.init();
    for customer in ["SE-0180", "SE-1480"] {
        journal.customer(customer);
        journal.activate(customer, "sms", "2026-01-01");
        journal.usage(&format!("{customer}-bad"), "sms", customer, "2026-02-20", json!({"quantity": "1e3"}));
    }
    journal.run("2026-03-01");
    let folder = journal.path();
    let drafts = folder.join("drafts.ndjson");
    fs::write(&drafts, "open to all").unwrap();
    let drafted = || {
        let args = [
            "suspense",
            "recycle",
            "--own-fault",
            "--journal",
            text(&folder),
            "--actor",
            "anna",
            "--reason",
            "mended",
            "--out",
            text(&drafts),
        ];
        let output = journal.tally(&args, "");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        (String::from_utf8(output.stdout).unwrap(), fs::read_to_string(&drafts).unwrap())
    };
    let (_, both) = drafted();
    assert!(both.contains("SE-0180-bad") && both.contains("SE-1480-bad"), "{both}");
    assert_eq!(fs::metadata(&drafts).unwrap().permissions().mode() & 0o777, 0o600);
    journal.act(&[&["erase", "--customer", "SE-0180"], &BY[..]].concat(), "");
    let (told, one) = drafted();
    assert!(told.contains("1 cannot be sent: sealed with keys that were shredded"), "{told}");
    assert!(!one.contains("SE-0180") && one.contains("SE-1480-bad"), "{one}");
}
