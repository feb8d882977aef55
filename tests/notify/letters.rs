//! Who gets what, and how it reads.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::mailbox::Mail;
use super::server::Server;
use super::stand::{Stand, address, low_balance, terminate, until};

/// One notice of every kind that has words, and one that nobody knows.
fn every_kind() -> Vec<String> {
    let known = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/notices.ndjson");
    let mut notices: Vec<String> = fs::read_to_string(known).unwrap().lines().map(str::to_owned).collect();
    notices.push(
        r#"{"schema":"tally/notice/1","kind":"of_the_future","customer":"SE-0180","at":"2026-03-01T00:00:00Z","zeta":"last","alpha":["x","y"],"deep":{"on":"2026-03-29","no":null,"list":[[1],{"a":true}]},"count":7}"#.to_owned(),
    );
    notices
}

#[test]
fn every_kind_reads_well_in_every_language() {
    for language in ["en", "sv", "da", "fi"] {
        let stand = Stand::new(
            Server::shared().ports,
            &format!("language = \"{language}\"\n[[notify.route]]\nto = [\"anna@kommun.example\"]\n"),
            &every_kind(),
        );
        let said = stand.run(&["--dry-run"]);
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        assert!(!stand.dir.path().join("notify").exists(), "who only looks writes nothing");
        insta::assert_snapshot!(format!("letters_{language}"), said.stdout);
    }
}

#[test]
fn a_mail_arrives_once_with_its_headers() {
    let (server, to) = (Server::shared(), address("anna"));
    let stand = Stand::new(server.ports, &format!("language = \"fi\"\n[[notify.route]]\nto = [\"{to}\"]\n"), &[low_balance("SE-Å", 3)]);
    let said = stand.run(&["--json"]);
    assert_eq!((said.code, said.sums()["mails"].as_u64()), (Some(0), Some(1)), "{}", said.stderr);
    let mails = server.mails(&to);
    let [mail] = mails.as_slice() else { panic!("{mails:#?}") };
    assert_eq!(mail.header("From"), "Tally <tally@kommun.example>");
    assert_eq!(mail.header("To"), to);
    assert_eq!(mail.header("Date"), "Sat, 14 Feb 2026 08:15:30 +0000");
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert_eq!(mail.header("Content-Type"), "text/plain; charset=utf-8");
    assert_eq!(mail.subject(), "Paketissa on vähän yksiköitä jäljellä: SE-Å");
    assert!(mail.id().starts_with('<') && mail.id().ends_with("@kommun.example>") && mail.id().len() > 40, "{}", mail.id());
    assert!(mail.body.starts_with("Suunnitelman sms paketissa 3 on 99 yksikköä jäljellä"), "{}", mail.body);
    assert_eq!(mail.notices(), [serde_json::from_str::<serde_json::Value>(&low_balance("SE-Å", 3)).unwrap()]);

    // Nothing new: nothing is sent. Something new: that alone.
    assert_eq!(stand.run(&["--json"]).sums()["mails"], 0);
    stand.append(&[low_balance("SE-B", 1)]);
    assert_eq!(stand.run(&["--json"]).sums()["notices"], 1);
    assert_eq!(server.mails(&to).len(), 2);

    // Without the memory of it, it is the same mail once more: by its id.
    fs::remove_dir_all(stand.dir.path().join("notify")).unwrap();
    assert_eq!(stand.run(&["--json"]).sums()["mails"], 2);
    let ids: BTreeSet<String> = server.mails(&to).iter().map(|mail| mail.id().to_owned()).collect();
    assert_eq!((server.mails(&to).len(), ids.len()), (4, 2));
}

/// By kind, by customer (P11), to the customer's own addresses, and to whom the notice names (P13).
#[test]
fn notices_find_their_recipients() {
    let server = Server::shared();
    let [finance, boss, school, clerk, supplier] = ["finance", "boss", "school", "clerk", "supplier"].map(address);
    let settings = format!(
        r#"
[[notify.route]]
kinds = ["low_balance", "rerated"]
to = ["{finance}"]
to_customer = true
language = "sv"

[[notify.route]]
kinds = ["low_balance"]
customers = ["SE-1"]
to = ["{boss}", "{finance}"]

[notify.customer.SE-2]
to = ["{clerk}"]
language = "da"

[notify.customer.SE-1]
to = ["{school}", "{clerk}"]
language = "da"
"#
    );
    let named = format!(
        r#"{{"schema":"tally/notice/1","kind":"agreement_approved","customer":"SE-2","at":"2026-02-14T08:15:30Z","recipients":["{supplier}","{}"]}}"#,
        supplier.to_uppercase().replace("SUPPLIER", "supplier")
    );
    let other = r#"{"schema":"tally/notice/1","kind":"record_held","customer":"SE-1","at":"2026-02-14T08:15:30Z"}"#.to_owned();
    let stand = Stand::new(server.ports, &settings, &[low_balance("SE-1", 1), low_balance("SE-2", 2), named.clone(), other.clone(), other]);
    let said = stand.run(&["--json"]);
    let sums = said.sums();
    assert_eq!((said.code, &sums["notices"], &sums["mails"]), (Some(0), &5.into(), &7.into()), "{sums} {}", said.stderr);
    assert_eq!(sums["unrouted"], serde_json::json!({ "record_held": 2 }));
    let check = |to: &str, expect: &[&str]| {
        let subjects: Vec<String> = server.mails(to).iter().map(Mail::subject).collect();
        assert_eq!(subjects, expect, "{to}");
    };
    check(&finance, &["Få enheter återstår i ett paket: SE-1", "Få enheter återstår i ett paket: SE-2"]);
    check(&boss, &["Few units are left in a package: SE-1"]);
    check(&school, &["Få enheder er tilbage i en pakke: SE-1"]);
    check(&clerk, &["Få enheder er tilbage i en pakke: SE-1", "Få enheder er tilbage i en pakke: SE-2"]);
    check(&supplier, &["En serviceaftale er godkendt: SE-2"]);

    // An operator may not want that.
    let stand = Stand::new(server.ports, "named_recipients = false\n", &[named]);
    let said = stand.run(&[]);
    assert!(said.stderr.contains("without a recipient, and so not sent: agreement_approved 1"), "{}", said.stderr);
}

#[test]
fn a_digest_is_one_mail_of_several_notices() {
    let (server, to) = (Server::shared(), address("digest"));
    let notices: Vec<String> = (1..=150).map(|ordinal| low_balance("SE-1", ordinal)).collect();
    let stand = Stand::new(server.ports, &format!("digest = \"PT1H\"\n[[notify.route]]\nto = [\"{to}\"]\n"), &notices);
    assert_eq!(stand.run(&["--json"]).sums()["mails"], 2);
    let mails = server.mails(&to);
    assert_eq!(mails.iter().map(Mail::subject).collect::<Vec<_>>(), ["100 notices", "50 notices"]);
    let ordinals: Vec<u64> = mails.iter().flat_map(Mail::notices).map(|notice| notice["ordinal"].as_u64().unwrap()).collect();
    assert_eq!(ordinals, (1..=150).collect::<Vec<u64>>());
    assert_eq!(stand.run(&["--json"]).sums()["mails"], 0);
}

/// Notices that come within the time are in one mail, later ones in another.
#[test]
fn a_digest_is_closed_when_its_time_is_over() {
    let (server, to) = (Server::shared(), address("digest-follow"));
    let settings = format!("digest = \"PT2S\"\n[[notify.route]]\nto = [\"{to}\"]\n");
    let stand = Stand::new(server.ports, &settings, &[low_balance("SE-1", 1), low_balance("SE-1", 2)]);
    let mut running = stand.start(&["--follow"]);
    until("the first digest", || server.mails(&to).len() == 1);
    stand.append(&[low_balance("SE-1", 3), low_balance("SE-1", 4), low_balance("SE-1", 5)]);
    until("the second digest", || server.mails(&to).len() == 2);
    terminate(&running);
    assert_eq!(running.wait().unwrap().code(), Some(0));
    assert_eq!(server.mails(&to).iter().map(Mail::subject).collect::<Vec<_>>(), ["2 notices", "3 notices"]);
}

/// Longer than any line of a mail may be, and than what fits into a packet.
#[test]
fn a_long_notice_arrives_whole() {
    let (server, to) = (Server::shared(), address("long"));
    let why = "ett långt skäl. ".repeat(20_000);
    let notice = format!(r#"{{"schema":"tally/notice/1","kind":"record_held","at":"2026-02-14T08:15:30Z","why":"{why}"}}"#);
    let stand = Stand::new(server.ports, &format!("[[notify.route]]\nto = [\"{to}\"]\n"), &[notice]);
    assert_eq!(stand.run(&[]).code, Some(0));
    assert_eq!(server.mails(&to)[0].notices()[0]["why"], why);
}

#[test]
fn what_is_older_than_the_first_start_is_passed_over() {
    let (server, to) = (Server::shared(), address("since"));
    let stand = Stand::new(server.ports, &format!("[[notify.route]]\nto = [\"{to}\"]\n"), &[low_balance("SE-1", 1)]);
    let said = stand.run(&["--since", "2026-03-01T00:00:00Z", "--json"]);
    assert_eq!((&said.sums()["passed_over"], &said.sums()["mails"]), (&1.into(), &0.into()));
    // Remembered.
    stand.append(&[low_balance("SE-1", 2), low_balance("SE-1", 3).replace("2026-02", "2026-03")]);
    let sums = stand.run(&["--json"]).sums();
    assert_eq!((&sums["passed_over"], &sums["mails"]), (&1.into(), &1.into()));
}
