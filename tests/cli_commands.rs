//! The commands as a person or a program calls them: what they print, write and refuse.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod kafka;

#[path = "cli_commands/audit.rs"]
mod audit;
#[path = "cli_commands/both.rs"]
mod both;
#[path = "cli_commands/control.rs"]
mod control;
#[path = "cli_commands/demo.rs"]
mod demo;
#[path = "cli_commands/desk.rs"]
mod desk;
#[path = "cli_commands/examples.rs"]
mod examples;
#[path = "cli_commands/explain.rs"]
mod explain;
#[path = "cli_commands/export.rs"]
mod export;
#[path = "cli_commands/held.rs"]
mod held;
#[path = "cli_commands/http.rs"]
mod http;
#[path = "cli_commands/on_kafka.rs"]
mod on_kafka;
#[path = "cli_commands/onboarding.rs"]
mod onboarding;
#[path = "cli_commands/overview.rs"]
mod overview;
#[path = "cli_commands/rerate.rs"]
mod rerate;
#[path = "cli_commands/roster.rs"]
mod roster;
#[path = "cli_commands/sizing.rs"]
mod sizing;
#[path = "cli_commands/suspense.rs"]
mod suspense;
#[path = "cli_commands/trials.rs"]
mod trials;
#[path = "cli_commands/usage.rs"]
mod usage;
#[path = "cli_commands/verify.rs"]
mod verify;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;

/// What a command said.
struct Said {
    code: Option<i32>,
    stdout: String,
    /// In one line, however it was wrapped.
    stderr: String,
}

fn tally(args: &[&str]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_tally")).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let stderr = text(output.stderr).replace(['│', '×'], " ");
    let stderr = stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    // Numbers are grouped with spaces that do not break.
    Said { code: output.status.code(), stdout: text(output.stdout).replace('\u{a0}', " "), stderr }
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// An HTTP answer: status line and headers, and the body.
fn get(address: SocketAddr, path: &str) -> Option<(String, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(std::time::Duration::from_secs(10))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: tally\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.to_owned(), body.to_owned()))
}
