//! Killed with -9 at every named step of the commit and at random instants, any number of times: the
//! outputs end byte-identical to an undisturbed run's.

use std::process::Stdio;
use std::time::Duration;

use rand::RngExt as _;
use rand::SeedableRng as _;
use tally::pipeline::crash::Point;
use tempfile::{TempDir, tempdir};

use super::program::{AFTER_2025, assert_same_outputs, copy_inputs, generated, good, kill, run_journal};

fn undisturbed() -> TempDir {
    let dir = tempdir().unwrap();
    generated(dir.path(), 20_000, 11);
    good(&run_journal(dir.path(), AFTER_2025).output().unwrap());
    dir
}

#[test]
fn killed_at_every_step_of_the_commit() {
    let expected = undisturbed();
    for point in Point::ALL {
        let dir = tempdir().unwrap();
        copy_inputs(expected.path(), dir.path());
        for pass in [1, 2, 3, 1] {
            let at = format!("{}:{pass}", point.name());
            let status = run_journal(dir.path(), AFTER_2025).env("TALLY_CRASH_AT", &at).stderr(Stdio::null()).status().unwrap();
            // A point that is passed once per process is not passed a second time.
            assert!(!status.success() || pass > 1, "{at} did not kill");
        }
        good(&run_journal(dir.path(), AFTER_2025).output().unwrap());
        assert_same_outputs(expected.path(), dir.path(), point.name());
    }
}

#[test]
fn killed_at_random_instants() {
    let expected = undisturbed();
    let dir = tempdir().unwrap();
    copy_inputs(expected.path(), dir.path());
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(1);
    for _ in 0..15 {
        let mut child = run_journal(dir.path(), AFTER_2025).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(random.random_range(5..250)));
        kill(&mut child);
    }
    good(&run_journal(dir.path(), AFTER_2025).output().unwrap());
    assert_same_outputs(expected.path(), dir.path(), "killed at random");
}
