//! A journal directory that the real program runs on, with a key ring beside it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

pub const BY: [&str; 6] = ["--actor", "anna", "--approver", "bo", "--reason", "erased on request"];

pub struct Journal {
    folder: TempDir,
    control: Vec<String>,
    usage: Vec<Vec<u8>>,
}

impl Journal {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let journal = Self { folder, control: Vec::new(), usage: Vec::new() };
        for lane in ["usage-control", "usage-events"] {
            fs::create_dir_all(journal.path().join("in").join(lane)).unwrap();
        }
        fs::write(journal.path().join("catalog.toml"), include_str!("../data/privacy/catalog.toml")).unwrap();
        journal
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("journal")
    }

    pub fn keys(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    pub fn control(&mut self, kind: &str, subject: &str, day: &str, data: Value) {
        let id = format!("c{}", self.control.len());
        let event = json!({"specversion": "1.0", "id": id, "source": "//admin", "type": kind, "subject": subject, "time": format!("{day}T00:00:00Z"), "data": data});
        self.raw_control(&event.to_string());
    }

    pub fn raw_control(&mut self, line: &str) {
        self.control.push(line.to_owned());
        fs::write(self.path().join("in/usage-control/0.ndjson"), self.control.join("\n") + "\n").unwrap();
    }

    pub fn customer(&mut self, id: &str) {
        let data = json!({"name": id, "country": "SE", "timezone": "Europe/Stockholm", "currency": "SEK", "from": "2026-01-01"});
        self.control("tally.customer.v1", id, "2026-01-01", data);
    }

    pub fn activate(&mut self, customer: &str, service: &str, told: &str) {
        self.control("tally.activation.v1", customer, told, json!({"service": service, "from": "2026-01-01T00:00:00Z"}));
    }

    pub fn usage(&mut self, id: &str, kind: &str, subject: &str, day: &str, data: Value) {
        let event = json!({"specversion": "1.0", "id": id, "source": "it-7", "type": kind, "subject": subject, "time": format!("{day}T12:00:00Z"), "data": data});
        self.raw_usage(event.to_string().as_bytes());
    }

    pub fn raw_usage(&mut self, line: &[u8]) {
        self.usage.push(line.to_vec());
        let text: Vec<u8> = self.usage.iter().flat_map(|line| [line.as_slice(), b"\n"].concat()).collect();
        fs::write(self.path().join("in/usage-events/0.ndjson"), text).unwrap();
    }

    pub fn run(&self, until: &str) -> String {
        let until = format!("{until}T00:00:00Z");
        let journal = self.path();
        let output = self.tally(&["run", "--journal", text(&journal), "--until", &until], "");
        let said = [output.stdout.as_slice(), &output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        assert!(output.status.success(), "{said}");
        said
    }

    pub fn verify(&self) -> String {
        let journal = self.path();
        let output = self.tally(&["verify", "--journal", text(&journal)], "");
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(output.status.success(), "{said}");
        said
    }

    /// `tally privacy …`, of this journal: its output, which is a good one.
    pub fn privacy(&self, args: &[&str], stdin: &str) -> String {
        let output = self.tally(&[&["privacy"], args].concat(), stdin);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// An act on keys, which the log of this journal is told.
    pub fn act(&self, args: &[&str], stdin: &str) -> String {
        let journal = self.path();
        self.privacy(&[args, &["--journal", text(&journal)]].concat(), stdin)
    }

    pub fn init(&self) {
        self.act(&["keys", "init", "--actor", "anna", "--reason", "the first keys"], "");
    }

    pub fn tally(&self, args: &[&str], stdin: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tally"));
        command.env("TALLY_LOG", "debug").env_remove("TALLY_CRASH_AT").env_remove("TALLY_KEYS");
        let has_keys = self.keys().exists() || args.contains(&"init");
        if has_keys {
            command.env("TALLY_KEYS", self.keys());
        }
        let mut child = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    pub fn output(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(format!("out/{name}.ndjson"))).unwrap()
    }

    pub fn suspense(&self) -> Vec<Value> {
        self.output("usage-suspense").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Every file but the inputs.
    pub fn made(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        for part in ["out", "state"] {
            collect(&self.path().join(part), &mut found);
        }
        found
    }
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn collect(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else {
            found.push((path.clone(), fs::read(path).unwrap()));
        }
    }
}

/// Does any of these bytes stand in what was made? As it is, or in base64 or hex.
pub fn holds(bytes: &[u8], needle: &str) -> bool {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::STANDARD;
    let contains = |haystack: &[u8], needle: &[u8]| haystack.windows(needle.len()).any(|window| window == needle);
    let in_base64 = (0..3).map(|shift| {
        let padded = [vec![b' '; shift], needle.as_bytes().to_vec()].concat();
        let coded = engine.encode(padded);
        // Without the characters that the neighbours change.
        coded[(shift * 8).div_ceil(6)..(shift + needle.len()) * 8 / 6].to_owned()
    });
    contains(bytes, needle.as_bytes())
        || in_base64.into_iter().any(|coded| contains(bytes, coded.as_bytes()))
        || contains(bytes, hex::encode(needle).as_bytes())
}
