//! From what the parties say to their mailboxes: a request, its approval (P11, P13), told through the log.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::mailbox::Mail;
use super::server::Server;
use super::stand::{Stand, address, path, said};

fn event(id: usize, kind: &str, subject: &str, time: &str, data: Value) -> String {
    json!({ "specversion": "1.0", "id": format!("c{id}"), "source": "//admin.example", "type": kind, "subject": subject, "time": time, "data": data })
        .to_string()
}

#[test]
fn p11_and_p13_the_municipality_and_then_the_supplier_get_a_mail() {
    let (server, municipality, supplier) = (Server::shared(), address("kommune"), address("leverandoer"));
    let settings = "[notify.customer.DK-0101]\nto = [\"nobody@kommun.example\"]\nlanguage = \"da\"\n";
    let stand = Stand::new(server.ports, settings, &[]);
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/examples/quarterly-lookups/catalog.toml");
    let catalog = fs::read_to_string(example).unwrap();
    fs::write(stand.dir.path().join("catalog.toml"), catalog.replace("title = \"CPR", "agreement = true\ntitle = \"CPR")).unwrap();
    let party = |name: &str, role: &str, to: &str| json!({ "name": name, "roles": [role], "from": "2026-01-01T00:00:00Z", "emails": [to] });
    let known = "2026-01-02T08:00:00Z";
    let events = [
        event(
            1,
            "tally.customer.v1",
            "DK-0101",
            known,
            json!({ "name": "Københavns Kommune", "country": "DK", "timezone": "Europe/Copenhagen", "currency": "DKK", "from": "2026-01-01" }),
        ),
        event(2, "tally.party.v1", "DK-0101", known, party("Københavns Kommune", "municipality", &municipality)),
        event(3, "tally.party.v1", "kmd", known, party("Leverandøren", "supplier", &supplier)),
        event(
            4,
            "tally.it_system.v1",
            "esdh",
            known,
            json!({ "name": "ESDH", "supplier": "kmd", "sources": ["//kmd/esdh"], "from": "2026-01-01T00:00:00Z" }),
        ),
        event(
            5,
            "tally.agreement_request.v1",
            "DK-0101",
            "2026-01-05T08:00:00Z",
            json!({ "agreement": "a-1", "version": 1, "supplier": "kmd", "system": "esdh", "services": ["sf6004"], "actor": "u-7", "reason": "sagsbehandling" }),
        ),
        event(
            6,
            "tally.agreement_answer.v1",
            "DK-0101",
            "2026-01-06T08:00:00Z",
            json!({ "agreement": "a-1", "version": 1, "answer": "approved", "actor": "u-9", "reason": "aftalt" }),
        ),
    ];
    for lane in ["usage-control", "usage-events"] {
        fs::create_dir_all(stand.dir.path().join("in").join(lane)).unwrap();
    }
    let run = |events: &[String], until: &str| {
        fs::write(stand.dir.path().join("in/usage-control/0.ndjson"), events.iter().map(|event| format!("{event}\n")).collect::<String>())
            .unwrap();
        let ran = said(Command::new(env!("CARGO_BIN_EXE_tally")).args(["run", "--journal", path(stand.dir.path()), "--until", until]));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let sent = stand.run(&["--json"]);
        assert_eq!(sent.code, Some(0), "{}", sent.stderr);
        let subjects = |to: &str| server.mails(to).iter().map(Mail::subject).collect::<Vec<_>>();
        (subjects(&municipality), subjects(&supplier))
    };
    let asked = vec!["Der anmodes om en serviceaftale: DK-0101".to_owned()];
    assert_eq!(run(&events[..5], "2026-01-05T12:00:00Z"), (asked.clone(), vec![]));
    let approved = vec!["En serviceaftale er godkendt: DK-0101".to_owned()];
    assert_eq!(run(&events, "2026-01-07T00:00:00Z"), (asked.clone(), approved.clone()));
    // Told once: neither the same log nor the same words again are another mail.
    assert_eq!(run(&events, "2026-01-08T00:00:00Z"), (asked, approved));
    let body = &server.mails(&supplier)[0].body;
    assert!(body.starts_with("Serviceaftalen a-1 for kmd og it-systemet esdh er godkendt for disse tjenester: sf6004."), "{body}");
}
