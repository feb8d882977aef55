//! A journal with notices, settings, and the program.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::server::Ports;

/// What a command said.
pub struct Said {
    pub code: Option<i32>,
    pub stdout: String,
    /// In one line, however it was wrapped.
    pub stderr: String,
}

impl Said {
    /// The sums of `--json`.
    pub fn sums(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", self.stdout, self.stderr))
    }
}

pub struct Stand {
    pub dir: TempDir,
}

impl Stand {
    /// A journal with these notices, sent through the server at these ports as `settings` say, which are
    /// the lines of `[notify]` behind `from`.
    pub fn new(ports: Ports, settings: &str, notices: &[String]) -> Stand {
        let stand = Stand { dir: tempfile::tempdir().unwrap() };
        fs::create_dir_all(stand.dir.path().join("out")).unwrap();
        stand.settings(ports, settings);
        fs::write(stand.log(), "").unwrap();
        stand.append(notices);
        stand
    }

    pub fn settings(&self, ports: Ports, settings: &str) {
        let smtp = format!("[notify.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\ntimeout = \"10s\"\n", ports.smtp);
        self.write_settings(&format!("{settings}\n{smtp}"));
    }

    pub fn write_settings(&self, settings: &str) {
        fs::write(self.file(), format!("[notify]\nfrom = \"Tally <tally@kommun.example>\"\n{settings}")).unwrap();
    }

    pub fn log(&self) -> PathBuf {
        self.dir.path().join("out/usage-notices.ndjson")
    }

    pub fn file(&self) -> PathBuf {
        self.dir.path().join("notify.toml")
    }

    pub fn failed(&self) -> PathBuf {
        self.dir.path().join("notify/failed.ndjson")
    }

    pub fn append(&self, notices: &[String]) {
        let mut file = OpenOptions::new().append(true).open(self.log()).unwrap();
        notices.iter().for_each(|notice| writeln!(file, "{notice}").unwrap());
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tally"));
        command.args(["notify", "--journal", path(self.dir.path()), "--settings", path(&self.file())]).args(args);
        command
    }

    pub fn run(&self, args: &[&str]) -> Said {
        said(&mut self.command(args))
    }

    /// The same, in the background.
    pub fn start(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }
}

pub fn said(command: &mut Command) -> Said {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let stderr = text(output.stderr).replace(['│', '×'], " ");
    let stderr = stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    Said { code: output.status.code(), stdout: text(output.stdout), stderr }
}

pub fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// An address that no other test uses.
pub fn address(name: &str) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!("{name}-{}@kommun.example", COUNT.fetch_add(1, Ordering::SeqCst))
}

pub fn low_balance(customer: &str, ordinal: usize) -> String {
    format!(
        r#"{{"schema":"tally/notice/1","kind":"low_balance","customer":"{customer}","at":"2026-02-14T08:15:30.123Z","plan":"sms","ordinal":{ordinal},"left":"99","threshold":"100"}}"#
    )
}

/// Waits for something that must come; how long it takes is no matter of this test.
pub fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(3);
    while !done() {
        assert!(Instant::now() < deadline, "{what} did not happen");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub fn terminate(child: &Child) {
    signal(child, "-TERM");
}

pub fn signal(child: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}
