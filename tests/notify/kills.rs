//! Killed with -9 at random instants: every notice arrives; what arrives twice has the same message id, once a kill at most.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::RngExt as _;
use rand::SeedableRng as _;

use super::mailbox::Mail;
use super::server::Server;
use super::stand::{Stand, address, low_balance};

const NOTICES: usize = 300;

/// Starts, kills, and starts again until everything is sent. Tells how often it was killed.
fn through_kills(stand: &Stand, seed: u64, longest_ms: u64) -> usize {
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let mut kills = 0;
    while kills < 30 {
        let mut child = stand.start(&[]);
        std::thread::sleep(Duration::from_millis(random.random_range(20..longest_ms)));
        if child.try_wait().unwrap().is_some() {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
    }
    let said = stand.run(&[]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    kills
}

/// How often each id arrived, and that each notice arrived under one id.
fn by_id(mails: &[Mail]) -> BTreeMap<String, usize> {
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    let mut id_of: BTreeMap<u64, String> = BTreeMap::new();
    for mail in mails {
        *ids.entry(mail.id().to_owned()).or_default() += 1;
        for notice in mail.notices() {
            let known = id_of.entry(notice["ordinal"].as_u64().unwrap()).or_insert_with(|| mail.id().to_owned());
            assert_eq!(known, mail.id(), "{notice} came under two ids");
        }
    }
    assert_eq!(id_of.keys().copied().collect::<Vec<_>>(), (1..=NOTICES as u64).collect::<Vec<_>>());
    ids
}

#[test]
fn every_notice_arrives_and_repeats_have_the_same_id() {
    let (server, to) = (Server::shared(), address("killed"));
    let notices: Vec<String> = (1..=NOTICES).map(|ordinal| low_balance("SE-1", ordinal)).collect();
    let stand = Stand::new(server.ports, &format!("mails_per_minute = 6000\n[[notify.route]]\nto = [\"{to}\"]\n"), &notices);
    let kills = through_kills(&stand, 7, 400);
    let mails = server.mails(&to);
    let ids = by_id(&mails);
    assert_eq!(ids.len(), NOTICES);
    let repeats = mails.len() - ids.len();
    println!("killed {kills} times, {repeats} mails came twice");
    assert!(kills > 0, "it was over too soon to show anything");
    assert!(repeats <= kills, "killed {kills} times, {repeats} repeats");
}

/// A digest that was begun is the same digest when it is tried again, whatever has come meanwhile.
#[test]
fn a_digest_stays_the_same() {
    let server = Server::shared();
    let to: Vec<String> = (0..20).map(|_| address("digest-killed")).collect();
    let notices: Vec<String> = (1..=NOTICES).map(|ordinal| low_balance("SE-1", ordinal)).collect();
    let settings = format!("digest = \"PT1H\"\nmails_per_minute = 3000\n[[notify.route]]\nto = {to:?}\n");
    let stand = Stand::new(server.ports, &settings, &notices[..NOTICES - 1]);
    let mut first = stand.start(&[]);
    super::stand::until("some mails", || !server.mails(&to[3]).is_empty());
    first.kill().unwrap();
    first.wait().unwrap();
    stand.append(&notices[NOTICES - 1..]);
    let kills = 1 + through_kills(&stand, 11, 300);
    let mut repeats = 0;
    for to in &to {
        let mails = server.mails(to);
        repeats += mails.len() - by_id(&mails).len();
    }
    println!("killed {kills} times, {repeats} mails came twice");
    assert!(repeats <= kills, "killed {kills} times, {repeats} repeats");
}
