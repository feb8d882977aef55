//! Running `tally`, and reading what it left.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tally::generate::{self, JournalTarget, Settings};

/// After everything that the generated year can close. It is a past one: in Kafka mode the wall bounds what a recorded clock can say.
pub const AFTER_2025: &str = "2026-02-15T00:00:00Z";

pub const OUTPUTS: [&str; 3] = ["billing-records", "usage-suspense", "usage-notices"];

pub fn tally() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tally"));
    command.stdin(Stdio::null()).env_remove("TALLY_CRASH_AT").env("TALLY_LOG", "warn");
    command
}

/// `tally run` of a journal to the end of its year, committing every few milliseconds.
pub fn run_journal(dir: &Path, until: &str) -> Command {
    let mut command = tally();
    command.args(["run", "--commit-interval", "5", "--until", until, "--journal"]).arg(dir);
    command
}

pub fn good(output: &Output) -> String {
    assert!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A generated year in a journal directory of its own, with its catalog.
pub fn generated(dir: &Path, events: u64, seed: u64) {
    let settings = Settings { events, customers: 12, year: 2025, seed, skew: 1.1, tick_at_ms: None };
    let mut target = JournalTarget::create(dir).unwrap();
    generate::generate(&settings, &mut target).unwrap();
    fs::write(dir.join("catalog.toml"), generate::CATALOG).unwrap();
}

/// The inputs of a journal, without what a run has made of them.
pub fn copy_inputs(from: &Path, to: &Path) {
    for file in files(from) {
        let name = file.strip_prefix(from).unwrap();
        if !name.starts_with("out") && !name.starts_with("state") {
            fs::create_dir_all(to.join(name).parent().unwrap()).unwrap();
            fs::copy(&file, to.join(name)).unwrap();
        }
    }
}

/// A whole directory, as a back-up would take it.
pub fn copy_all(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&file, target).unwrap();
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

pub fn assert_same_outputs(expected: &Path, actual: &Path, what: &str) {
    for name in OUTPUTS {
        let read = |dir: &Path| fs::read_to_string(dir.join("out").join(format!("{name}.ndjson"))).unwrap();
        let (expected, actual) = (read(expected), read(actual));
        let differing = expected.lines().zip(actual.lines()).position(|(one, other)| one != other);
        assert!(expected == actual, "{what}: {name} differs, first at line {differing:?}, {} and {} bytes", expected.len(), actual.len());
    }
}

pub fn lines(path: &Path) -> Vec<Value> {
    fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Kills as `kill -9` does.
pub fn kill(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

pub fn terminate(child: &Child) {
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
}

/// Waits for something that must come; how long it takes is no matter of this test.
pub fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(180);
    while !done() {
        assert!(Instant::now() < deadline, "{what} did not happen");
        std::thread::sleep(Duration::from_millis(20));
    }
}
