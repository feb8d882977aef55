//! A Finnish customer from relation to first billed document (`tests/data/kanta`), killed with -9 on the way.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rand::RngExt as _;
use rand::SeedableRng as _;
use serde_json::Value;
use tally::pipeline::crash::Point;
use tempfile::{TempDir, tempdir};

use super::naive;
use super::naive::compare::{assert_same_records, read_records};
use super::program::{assert_same_outputs, copy_inputs, good, kill, lines, run_journal};
use super::schema;

const UNTIL: &str = "2026-03-10T00:00:00Z";

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/kanta")
}

fn copied() -> TempDir {
    let dir = tempdir().unwrap();
    copy_inputs(&data(), dir.path());
    dir
}

fn expected(name: &str) -> PathBuf {
    data().join("expected").join(name)
}

/// Kind, customer and instant of each notice.
fn told(path: &Path) -> Vec<[Value; 3]> {
    lines(path).iter().map(|one| ["kind", "customer", "at"].map(|name| one[name].clone())).collect()
}

#[test]
fn from_relation_to_first_billed_document() {
    let dir = copied();
    let sums: Value = serde_json::from_str(&good(&run_journal(dir.path(), UNTIL).output().unwrap())).unwrap();
    assert_eq!(sums, serde_json::from_str::<Value>(&fs::read_to_string(expected("verdicts.json")).unwrap()).unwrap());
    let out = dir.path().join("out");
    let records = read_records(&out.join("billing-records.ndjson"));
    assert_same_records(&read_records(&expected("billing-records.ndjson")), &records);
    assert_eq!(told(&out.join("usage-notices.ndjson")), told(&expected("usage-notices.ndjson")));
    for told in lines(&dir.path().join("in/usage-control/0.ndjson")) {
        assert_eq!(schema::faults("control-event", &told), Vec::<String>::new(), "{told}");
    }
    for notice in lines(&out.join("usage-notices.ndjson")) {
        assert_eq!(schema::faults("notice", &notice), Vec::<String>::new());
    }
    // The model shares no code with the engine; of notices it knows few.
    let model = naive::run_journal(dir.path(), &dir.path().join("catalog.toml"), naive::calendar::instant(UNTIL));
    assert_same_records(&model.records, &records);
    let v = model.verdicts;
    assert_eq!((v.counted, v.test, v.suspended), (8, 3, 2));
}

#[test]
fn killed_on_the_way_it_ends_the_same() {
    let undisturbed = copied();
    good(&run_journal(undisturbed.path(), UNTIL).output().unwrap());
    let steps = ["2026-01-20T09:00:00Z", "2026-01-21T21:59:59Z", "2026-01-22T10:00:00Z", "2026-01-22T22:00:00Z", UNTIL];
    for point in Point::ALL {
        let dir = copied();
        for (step, until) in steps.into_iter().enumerate() {
            let at = format!("{}:{}", point.name(), 1 + step % 2);
            run_journal(dir.path(), until).env("TALLY_CRASH_AT", &at).stderr(Stdio::null()).status().unwrap();
        }
        good(&run_journal(dir.path(), UNTIL).output().unwrap());
        assert_same_outputs(undisturbed.path(), dir.path(), point.name());
    }
}

#[test]
fn killed_at_random_instants_it_ends_the_same() {
    let undisturbed = copied();
    good(&run_journal(undisturbed.path(), UNTIL).output().unwrap());
    let dir = copied();
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(7);
    for _ in 0..12 {
        let mut child = run_journal(dir.path(), UNTIL).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(random.random_range(5..120)));
        kill(&mut child);
    }
    good(&run_journal(dir.path(), UNTIL).output().unwrap());
    assert_same_outputs(undisturbed.path(), dir.path(), "killed at random");
}
