//! Servers that refuse, put off, are not there, or do not know us.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::server::{Ports, Server};
use super::stand::{Stand, address, low_balance, signal, terminate, until};

fn route(to: &[&str]) -> String {
    format!("[[notify.route]]\nto = {to:?}\n")
}

#[test]
fn a_refused_recipient_is_recorded_and_blocks_nobody() {
    let (server, good) = (Server::shared(), address("good"));
    let [refused, unwanted] = ["refused", "unwanted"].map(address);
    let stand = Stand::new(server.ports, &route(&[&refused, &good, &unwanted]), &[low_balance("SE-1", 1), low_balance("SE-1", 2)]);
    let said = stand.run(&[]);
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    assert!(said.stderr.contains("4 mails refused: why stands in"), "{}", said.stderr);
    assert!(!said.stderr.contains(&refused) && !said.stderr.contains("refused-"), "no addresses in logs: {}", said.stderr);
    assert_eq!((server.mails(&good).len(), server.mails(&unwanted).len()), (2, 0));
    let failed = fs::read_to_string(stand.failed()).unwrap();
    let reasons: Vec<String> =
        failed.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["reason"].to_string()).collect();
    assert!(reasons[0].contains("RCPT TO: permanent error (550)") && reasons[0].contains("is not known here"), "{reasons:?}");
    assert!(reasons[1].contains("the text: permanent error (554)") && reasons[1].contains("not wanted"), "{reasons:?}");
    assert_eq!(fs::metadata(stand.failed()).unwrap().permissions().mode() & 0o777, 0o600);

    // It is done with, until somebody asks for it.
    let again = stand.run(&["--json"]);
    assert_eq!((again.code, again.sums()["mails"].as_u64()), (Some(0), Some(0)));
    let retried = stand.run(&["--retry-failed", "--json"]);
    assert_eq!((retried.code, retried.sums()["refused"].as_u64()), (Some(1), Some(4)));
    assert_eq!(fs::read_to_string(stand.failed()).unwrap(), failed);
    fs::write(stand.failed(), failed.replace(&unwanted, &good)).unwrap();
    let retried = stand.run(&["--retry-failed", "--json"]);
    assert_eq!((retried.sums()["mails"].as_u64(), retried.sums()["refused"].as_u64()), (Some(2), Some(2)));
    assert_eq!((server.mails(&good).len(), fs::read_to_string(stand.failed()).unwrap().lines().count()), (4, 2));
}

/// It is most likely not about the recipients.
#[test]
fn a_server_that_refuses_all_stops_it() {
    let (server, refused) = (Server::shared(), address("refused"));
    let notices: Vec<String> = (1..=50).map(|ordinal| low_balance("SE-1", ordinal)).collect();
    let stand = Stand::new(server.ports, &route(&[&refused]), &notices);
    let said = stand.run(&[]);
    assert!(said.code == Some(1) && said.stderr.contains("refused 20 mails in a row"), "{}", said.stderr);
    assert_eq!(fs::read_to_string(stand.failed()).unwrap().lines().count(), 20);
    // Nothing is lost: each is in the file, or still to come.
    let to = address("mended");
    stand.settings(server.ports, &route(&[&to]));
    let failed = fs::read_to_string(stand.failed()).unwrap();
    fs::write(stand.failed(), failed.replace(&refused, &to)).unwrap();
    assert_eq!(stand.run(&["--retry-failed"]).code, Some(0));
    assert_eq!(stand.run(&[]).code, Some(0));
    let mut ordinals: Vec<u64> =
        server.mails(&to).iter().flat_map(super::mailbox::Mail::notices).map(|one| one["ordinal"].as_u64().unwrap()).collect();
    ordinals.sort_unstable();
    assert_eq!(ordinals, (1..=50).collect::<Vec<u64>>());
}

#[test]
fn a_recipient_that_is_put_off_is_tried_again_and_nothing_is_lost() {
    let server = Server::shared();
    let [first, busy] = ["a", "busy"].map(address);
    let settings = |to: &[&str]| format!("give_up_after = \"1s\"\n{}", route(to));
    let stand = Stand::new(server.ports, &settings(&[&first, &busy]), &[low_balance("SE-1", 1), low_balance("SE-1", 2)]);
    for _ in 0..2 {
        let said = stand.run(&[]);
        assert!(
            said.code == Some(1)
                && said.stderr.contains("tried for 1 s without success, last: the mail server puts a mail off (RCPT TO: 451)"),
            "{}",
            said.stderr
        );
        assert!(!said.stderr.contains("busy-"), "no addresses in logs: {}", said.stderr);
        assert_eq!(server.mails(&first).len(), 1, "what was taken is not sent again");
    }
    let instead = address("instead");
    stand.settings(server.ports, &settings(&[&first, &instead]));
    assert_eq!(stand.run(&[]).code, Some(0));
    assert_eq!((server.mails(&first).len(), server.mails(&instead).len()), (2, 2));
}

#[test]
fn a_server_that_goes_and_comes_back_gets_everything() {
    let (ports, to) = (Ports::free(), address("down"));
    let notices: Vec<String> = (1..=40).map(|ordinal| low_balance("SE-1", ordinal)).collect();
    let stand = Stand::new(ports, &format!("mails_per_minute = 1200\n{}", route(&[&to])), &notices);
    // Nobody there at first.
    let mut running = stand.start(&[]);
    let first = Server::start(ports);
    until("the first mails", || first.mails(&to).len() >= 5);
    // Held while the first server's mails are looked at, so that none comes in between and dies with it.
    signal(&running, "-STOP");
    let mut arrived = first.mails(&to);
    until("the last mail on its way", || {
        let before = arrived.len();
        std::thread::sleep(std::time::Duration::from_millis(200));
        arrived = first.mails(&to);
        arrived.len() == before
    });
    first.kill();
    signal(&running, "-CONT");
    let second = Server::start(ports);
    let ended = running.wait().unwrap();
    assert_eq!(ended.code(), Some(0));
    arrived.extend(second.mails(&to));
    let mut ordinals: Vec<u64> =
        arrived.iter().flat_map(super::mailbox::Mail::notices).map(|one| one["ordinal"].as_u64().unwrap()).collect();
    ordinals.sort_unstable();
    ordinals.dedup();
    assert_eq!(ordinals, (1..=40).collect::<Vec<u64>>());
}

#[test]
fn nobody_there_ends_with_patience() {
    let stand = Stand::new(Ports::free(), &format!("give_up_after = \"1s\"\n{}", route(&["a@b.se"])), &[low_balance("SE-1", 1)]);
    let said = stand.run(&[]);
    assert!(said.code == Some(1) && said.stderr.contains("connecting to the mail server 127.0.0.1:"), "{}", said.stderr);
    assert!(said.stderr.contains("it continues with this mail"), "{}", said.stderr);
}

#[test]
fn the_server_must_know_us_if_we_log_in() {
    let (server, to) = (Server::shared(), address("login"));
    let settings = |login: &str| {
        format!("{}\n[notify.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n{login}\n", route(&[&to]), server.ports.smtp)
    };
    let stand = Stand::new(server.ports, "", &[low_balance("SE-1", 1)]);
    let check = |login: &str, variable: &str, code: i32, expect: &str| {
        stand.write_settings(&settings(login));
        let said = super::stand::said(stand.command(&[]).env("TALLY_TEST_PASSWORD", variable));
        assert!(said.code == Some(code) && said.stderr.contains(expect), "{login}: {:?} {}", said.code, said.stderr);
        assert!(!said.stderr.contains("sesame"), "no passwords in logs: {}", said.stderr);
    };
    let by_variable = "user = \"sender\"\npassword_env = \"TALLY_TEST_PASSWORD\"";
    check(by_variable, "open sesame", 1, "logging in to the mail server 127.0.0.1:");
    check("user = \"sender\"\npassword_env = \"TALLY_TEST_NOT_THERE\"", "", 2, "set TALLY_TEST_NOT_THERE");
    check("user = \"sender\"\npassword_file = \"not-there\"", "", 2, "not-there");
    check("user = \"sender\"\npassword = \"sesam\"", "", 2, "would stand here for all to read");
    assert_eq!(server.mails(&to).len(), 0);
    check(by_variable, "secret", 0, "1 mail sent");
    stand.append(&[low_balance("SE-1", 2)]);
    fs::write(stand.dir.path().join("password"), "secret\n").unwrap();
    check("user = \"sender\"\npassword_file = \"password\"", "", 0, "1 mail sent");
    assert_eq!(server.mails(&to).len(), 2);
}

#[test]
fn one_process_sends_and_goes_on_with_what_comes() {
    let (server, to) = (Server::shared(), address("follow"));
    let stand = Stand::new(server.ports, &route(&[&to]), &[low_balance("SE-1", 1)]);
    let mut running = stand.start(&["--follow"]);
    until("the first mail", || server.mails(&to).len() == 1);
    let second = stand.run(&[]);
    assert!(second.code == Some(1) && second.stderr.contains("is locked: process"), "{}", second.stderr);
    // Half a line waits for its other half.
    let text = low_balance("SE-1", 2);
    fs::write(stand.log(), format!("{}\n{}", low_balance("SE-1", 1), &text[..40])).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    fs::write(stand.log(), format!("{}\n{text}\n", low_balance("SE-1", 1))).unwrap();
    until("the second mail", || server.mails(&to).len() == 2);
    terminate(&running);
    assert_eq!(running.wait().unwrap().code(), Some(0));
    assert_eq!(stand.run(&["--json"]).sums()["mails"], 0);
}

#[test]
fn another_log_than_the_one_that_was_sent_is_refused() {
    let (server, to) = (Server::shared(), address("changed"));
    let stand = Stand::new(server.ports, &route(&[&to]), &[low_balance("SE-1", 1), low_balance("SE-1", 2)]);
    assert_eq!(stand.run(&[]).code, Some(0));
    let check = |text: &str, expect: &str| {
        fs::write(stand.log(), text).unwrap();
        let said = stand.run(&[]);
        assert!(said.code == Some(1) && said.stderr.contains(expect), "{:?} {}", said.code, said.stderr);
    };
    check(&format!("{}\n", low_balance("SE-1", 1)), "does not hold any more what was sent of it");
    check(&"x".repeat(10_000), "no line ends there");
    fs::write(stand.dir.path().join("notify/progress.json"), "{").unwrap();
    check("", "cannot be read");
    fs::write(stand.dir.path().join("notify/progress.json"), r#"{"schema":"tally/notify-progress/1","log":"topic","next":{},"done":[]}"#)
        .unwrap();
    check("", "belongs to the notices of topic");
    assert_eq!(server.mails(&to).len(), 2);
}
