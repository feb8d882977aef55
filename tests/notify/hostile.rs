//! Notices quote what others have sent: none of it may become a header, a recipient or a line of its own.

use serde_json::json;

use super::server::Server;
use super::stand::{Stand, address};

const HOSTILE: [&str; 6] = [
    "SE\r\nBcc: victim@kommun.example",
    "SE\nSubject: won\n\nA text of mine\n.\nMAIL FROM:<x@y>",
    "\u{202e}desrever\u{2028}next\u{0}\u{1b}[31m",
    "=?utf-8?q?=0ABcc:_victim@kommun.example?=",
    "{customer} {plan} {",
    "-- \r\n.\r\n",
];

#[test]
fn hostile_values_stay_values() {
    let (server, to) = (Server::shared(), address("hostile"));
    let notice = |kind: &str, text: &str| {
        json!({ "schema": "tally/notice/1", "kind": kind, "customer": text, "at": "2026-02-14T08:15:30Z", "plan": text, "why": text,
            text: text, "period_from": text, "list": [text, [text], { text: text }] })
        .to_string()
    };
    let mut notices: Vec<String> = HOSTILE.iter().map(|text| notice("record_held", text)).collect();
    notices.extend(HOSTILE.iter().map(|text| notice(text, text)));
    let stand = Stand::new(server.ports, &format!("[[notify.route]]\nto = [\"{to}\"]\n"), &notices);
    let said = stand.run(&["--json"]);
    assert_eq!((said.code, said.sums()["mails"].as_u64()), (Some(0), Some(12)), "{}", said.stderr);
    let mails = server.mails(&to);
    assert_eq!(mails.len(), notices.len());
    for (mail, notice) in mails.iter().zip(&notices) {
        let mut names: Vec<&str> = mail.headers.iter().map(|(name, _)| name.as_str()).filter(|name| *name != "Received").collect();
        names.sort_unstable();
        let usual = [
            "Auto-Submitted",
            "Content-Transfer-Encoding",
            "Content-Type",
            "Date",
            "From",
            "MIME-Version",
            "Message-ID",
            "Return-Path",
            "Subject",
            "To",
        ];
        names.retain(|name| usual.contains(name) || panic!("{name} is no header of ours: {:#?}", mail.headers));
        assert_eq!(mail.header("To"), to);
        assert!(!mail.subject().contains(|one: char| one.is_control() || one == '\u{202e}' || one == '\u{2028}'), "{:?}", mail.subject());
        assert!(!mail.body.contains(['\r', '\0', '\u{1b}', '\u{202e}', '\u{2028}']), "{:?}", mail.body);
        assert!(
            !mail.body.lines().any(|line| line.starts_with("A text of mine") || line.starts_with("Bcc") || line == "."),
            "{}",
            mail.body
        );
        assert_eq!(mail.body.lines().filter(|line| *line == "-- ").count(), 1, "{}", mail.body);
        // The notice itself is all there.
        let (quoted, original) = (&mail.notices()[0], serde_json::from_str::<serde_json::Value>(notice).unwrap());
        assert_eq!(quoted["schema"], original["schema"]);
        assert_eq!(quoted.as_object().unwrap().len(), original.as_object().unwrap().len());
    }
    assert!(server.mails("victim@kommun.example").is_empty());
}

/// A notice that names no addresses among its recipients: those are kept with the reason, the others get it.
#[test]
fn hostile_recipients_get_nothing_and_are_told() {
    let (server, to) = (Server::shared(), address("named"));
    let bad = ["victim@kommun.example\r\nRCPT TO:<other@kommun.example>", "two@a.se,three@a.se", "", "\"a b\"@c.se"];
    let recipients: Vec<&str> = bad.iter().copied().chain([to.as_str()]).collect();
    let notice =
        json!({ "schema": "tally/notice/1", "kind": "agreement_approved", "at": "2026-02-14T08:15:30Z", "recipients": recipients })
            .to_string();
    let stand = Stand::new(server.ports, "", &[notice, "no notice".to_owned(), r#"{"kind":"without_time"}"#.to_owned()]);
    let said = stand.run(&["--json"]);
    let sums = said.sums();
    assert_eq!((said.code, &sums["mails"], &sums["refused"], &sums["unreadable"]), (Some(1), &1.into(), &4.into(), &2.into()), "{sums}");
    assert_eq!(server.mails(&to).len(), 1);
    let failed = std::fs::read_to_string(stand.failed()).unwrap();
    let failed: Vec<serde_json::Value> = failed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(failed.iter().map(|mail| mail["to"].as_str().unwrap()).collect::<Vec<_>>(), bad);
    assert!(failed.iter().all(|mail| mail["reason"] == "it is no plain e-mail address"));
    // No addresses in logs.
    assert!(
        !said.stderr.contains("victim") && !said.stderr.contains("named-") && said.stderr.contains("usage-notices.ndjson 0@"),
        "{}",
        said.stderr
    );
}
