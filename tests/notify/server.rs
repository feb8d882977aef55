//! The mail server: one for all tests, or one of its own for a test that stops it.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use super::mailbox::{Mail, fetch};

/// Ports of 127.0.0.1.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    pub smtp: u16,
    pub smtps: u16,
    pub pop3: u16,
}

impl Ports {
    pub fn free() -> Ports {
        // All three are held until all three are known.
        let held = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [smtp, smtps, pop3] = held.map(|listener| listener.local_addr().unwrap().port());
        Ports { smtp, smtps, pop3 }
    }
}

pub struct Server {
    pub ports: Ports,
    /// It ends when its standard input does: with this process, however that ends.
    process: Child,
}

impl Server {
    /// The one for tests that do not stop it. Each has recipients of its own.
    pub fn shared() -> &'static Server {
        static SHARED: OnceLock<Server> = OnceLock::new();
        SHARED.get_or_init(|| Server::start(Ports::free()))
    }

    pub fn start(ports: Ports) -> Server {
        Server::started(ports, None)
    }

    /// With a certificate of its own.
    pub fn with_keystore(keystore: &Path) -> Server {
        Server::started(Ports::free(), Some(keystore))
    }

    fn started(ports: Ports, keystore: Option<&Path>) -> Server {
        let mut command = Command::new("bash");
        command.arg(script()).arg("serve").args([ports.smtp, ports.smtps, ports.pop3].map(|port| port.to_string()));
        keystore.map(|keystore| command.env("TALLY_SMTP_KEYSTORE", keystore));
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.take(100).any(|line| line == "ready"), "the mail server does not start; its own words stand above");
        Server { ports, process }
    }

    /// What came for an address.
    pub fn mails(&self, to: &str) -> Vec<Mail> {
        fetch(self.ports.pop3, to)
    }

    /// Kills it; what it has goes with it.
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/smtp-server.sh")
}
