//! The commands as people call them: what they refuse, and how they leave the key ring.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::journal::{BY, Journal, text};

/// Exit code and what was said, of a command that is refused.
fn refused(journal: &Journal, args: &[&str], code: i32, expect: &str) {
    let path = journal.path();
    let output = journal.tally(&[&["privacy"], args, &["--journal", text(&path)]].concat(), "");
    let said = String::from_utf8(output.stderr).unwrap().replace(['│', '×'], " ");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
    assert!(said.contains(expect), "{args:?}: {said}");
}

fn mode(journal: &Journal) -> u32 {
    fs::metadata(journal.keys()).unwrap().permissions().mode() & 0o7777
}

#[test]
fn what_would_do_harm_is_refused() {
    let journal = Journal::new();
    journal.init();
    let rotate = ["keys", "rotate", "--from", "1970-01-01T00:00:00Z", "--actor", "anna", "--reason", "r"];
    refused(&journal, &rotate, 2, "so the next one must begin later");
    let erase = |more: &[&'static str]| [&["erase", "--customer", "SE-0180"], more].concat();
    refused(&journal, &erase(&["--actor", "anna", "--approver", "anna", "--reason", "r"]), 2, "two people decide it");
    refused(&journal, &erase(&["--actor", "anna", "--approver", " ", "--reason", "r"]), 2, "--approver must say something");
    refused(
        &journal,
        &erase(&["--actor", "anna", "--approver", "bo", "--reason", "for 19121212-1212"]),
        2,
        "--reason holds a personal number",
    );
    refused(&journal, &[&["erase", "--customer", "19121212-1212"], BY.as_slice()].concat(), 2, "stands on the command line");
    refused(&journal, &[&["keys", "shred", "--version", "7"], BY.as_slice()].concat(), 2, "there is no version 7");
    assert_eq!(fs::read_to_string(journal.keys()).unwrap().lines().filter(|line| line.starts_with("shredded")).count(), 0);
}

#[test]
fn a_ring_is_for_its_owner_alone() {
    let journal = Journal::new();
    journal.init();
    assert_eq!(mode(&journal), 0o600);
    journal.act(&["keys", "rotate", "--actor", "anna", "--reason", "yearly"], "");
    assert_eq!(mode(&journal), 0o600);
    fs::set_permissions(journal.keys(), fs::Permissions::from_mode(0o640)).unwrap();
    refused(&journal, &[&["erase", "--customer", "A"], BY.as_slice()].concat(), 1, "its mode is 0640");
    let path = journal.path();
    let run = journal.tally(&["run", "--journal", text(&path), "--until", "2026-03-01T00:00:00Z"], "");
    assert_eq!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
}

/// The bytes of the old ring, looked at through a second name, are gone.
#[test]
fn a_shredded_ring_is_overwritten() {
    let journal = Journal::new();
    journal.init();
    let copy = journal.keys().with_extension("copy");
    fs::hard_link(journal.keys(), &copy).unwrap();
    let before = fs::read_to_string(journal.keys()).unwrap();
    let secret = before.lines().find_map(|line| line.strip_prefix("originals")).unwrap().rsplit(' ').next().unwrap().to_owned();
    journal.act(&[&["erase", "--customer", "SE-0180"], BY.as_slice()].concat(), "");
    let old = fs::read(&copy).unwrap();
    assert!(old.len() == before.len() && old.iter().all(|byte| *byte == 0));
    let after = fs::read_to_string(journal.keys()).unwrap();
    assert!(!after.contains(&secret));
    assert!(
        after.contains(r#""what":"customer""#) && after.contains(r#""approver":"bo""#) && after.contains("erased on request"),
        "{after}"
    );
    // Again: nothing changes, and the same event is told once more.
    let said = journal.act(&[&["erase", "--customer", "SE-0180"], BY.as_slice()].concat(), "");
    assert!(said.contains("had been shredded before"), "{said}");
    assert_eq!(fs::read_to_string(journal.keys()).unwrap(), after);
}

#[test]
fn the_list_shows_all_but_keys() {
    let journal = Journal::new();
    journal.init();
    journal.act(&["keys", "rotate", "--from", "2026-07-01T00:00:00Z", "--actor", "anna", "--reason", "yearly"], "");
    journal.act(&[&["erase", "--customer", "SE-0180"], BY.as_slice()].concat(), "");
    journal.act(&[&["keys", "shred", "--version", "1", "--only-pseudonyms"], BY.as_slice()].concat(), "");
    journal.act(&[&["keys", "shred", "--unread"], BY.as_slice()].concat(), "");
    let listed = journal.privacy(&["keys", "list"], "");
    for expect in
        ["2026-07-01T00:00:00.000Z", "customer SE-0180", "pseudonyms of version 1", "unread inputs", "anna", "bo", "erased on request"]
    {
        assert!(listed.contains(expect), "{expect}: {listed}");
    }
    let has_secret = |word: &str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(!listed.split_whitespace().any(has_secret), "{listed}");
}

/// What was done with keys stands in the log, is accepted by the engine, and changes nothing there.
#[test]
fn the_log_is_told_and_accepts_it() {
    let mut journal = Journal::new();
    journal.init();
    journal.customer("SE-0180");
    journal.act(&[&["keys", "shred", "--unread"], BY.as_slice()].concat(), "");
    journal.run("2026-03-01");
    journal.act(&[&["erase", "--customer", "SE-0180"], BY.as_slice()].concat(), "");
    journal.run("2026-03-02");
    assert_eq!((journal.output("usage-suspense"), journal.output("usage-notices")), (String::new(), String::new()));
    journal.verify();
    // Who did what, when and why, is for the audit to tell.
    let path = journal.path();
    let audit = String::from_utf8(journal.tally(&["audit", "--journal", text(&path)], "").stdout).unwrap();
    for expect in ["made the keys of version 1", "erased customer", "SE-0180", "anna", "bo", "the first keys", "erased on request"] {
        assert!(audit.contains(expect), "{expect}: {audit}");
    }
}

#[test]
fn pseudonyms_are_a_filter() {
    let journal = Journal::new();
    journal.init();
    let named = |customer: &str, ids: &str| journal.privacy(&["pseudonym", "--customer", customer], ids);
    let both = named("SE-0180", "191212121212\r\n\n200002290005");
    let lines: Vec<&str> = both.lines().collect();
    assert_eq!((lines.len(), lines[1]), (3, ""));
    assert_eq!(named("SE-0180", "200002290005\n").trim_end(), lines[2]);
    assert_ne!(named("SE-1480", "200002290005\n").trim_end(), lines[2]);
    journal.act(&[&["erase", "--customer", "SE-0180"], BY.as_slice()].concat(), "");
    let gone = journal.tally(&["privacy", "pseudonym", "--customer", "SE-0180"], "191212121212\n");
    assert_eq!((gone.status.code(), gone.stdout.len()), (Some(2), 0));
}
