//! `[notify.smtp]`

use std::path::PathBuf;
use std::time::Duration;

use crate::config::Surroundings;
use crate::config::units;
use crate::wire::document::Table;

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    /// None: the server takes mails without.
    pub login: Option<Login>,
    /// Certificates in PEM that are trusted beside those of the system.
    pub ca: Option<PathBuf>,
    /// How we name ourselves to the server.
    pub hello: String,
    /// How long one answer may take.
    pub timeout: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    None,
    /// Begun in the clear; nothing is sent before it is encrypted.
    Starttls,
    /// From the first byte.
    Tls,
}

impl Tls {
    /// The usual port.
    fn port(self) -> u16 {
        match self {
            Self::None => 25,
            Self::Starttls => 587,
            Self::Tls => 465,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    pub user: String,
    pub password: Secret,
}

/// Where the password is; it never stands in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// In this variable of the environment.
    Environment(String),
    /// The first line of this file.
    File(PathBuf),
}

const KEYS: [&str; 9] = ["host", "port", "tls", "user", "password_env", "password_file", "ca", "hello", "timeout"];

pub fn read(table: &Table<'_>, around: Surroundings<'_>) -> Option<Smtp> {
    table.forbid("password", "would stand here for all to read", "password_env or password_file, and the password there");
    let known: Vec<&str> = KEYS.into_iter().chain(table.has("password").then_some("password")).collect();
    table.only(&known);
    let host =
        table.need("host", "host = \"mail.example.org\"").and_then(|value| value.parse(host, "the name of a server", "mail.example.org"));
    let tls = table
        .need("tls", "tls = \"starttls\"")
        .and_then(|value| value.choice(&[("none", Tls::None), ("starttls", Tls::Starttls), ("tls", Tls::Tls)]));
    let port = table.find("port").and_then(|value| value.number(1..=65_535)).and_then(|port| u16::try_from(port).ok());
    let login = login(table, around);
    let ca = table.find("ca").and_then(|value| value.words()).map(|text| around.path(text));
    let hello = table.find("hello").and_then(|value| value.parse(self::host, "the name of a machine", "tally.example.org"));
    let timeout = table.find("timeout").and_then(|value| units::duration(&value, "30s"));
    let (host, tls) = (host?, tls?);
    if let Some(user) = table.find("user").filter(|_| tls == Tls::None && !is_here(&host)) {
        user.faults().add(user.key_place(), "the password would cross the network in the clear", "tls = \"starttls\" or tls = \"tls\"");
    }
    let hello = hello.unwrap_or_else(|| self::host(around.host).unwrap_or_else(|| "localhost".to_owned()));
    Some(Smtp { host, port: port.unwrap_or(tls.port()), tls, login, ca, hello, timeout: timeout.unwrap_or(DEFAULT_TIMEOUT) })
}

fn login(table: &Table<'_>, around: Surroundings<'_>) -> Option<Login> {
    let variable = table.find("password_env").and_then(|value| value.words()).map(|text| Secret::Environment(text.to_owned()));
    let file = table.find("password_file").and_then(|value| value.words()).map(|text| Secret::File(around.path(text)));
    let Some(user) = table.find("user") else {
        for key in ["password_env", "password_file"] {
            table.forbid(key, "is of no use without `user`", "user = \"...\" beside it");
        }
        return None;
    };
    if file.is_some() {
        table.forbid("password_env", "is given beside `password_file`", "one of the two");
    }
    let user = user.words().map(str::to_owned);
    let told = table.has("password_file") || table.has("password");
    let missing = || table.need("password_env", "password_env = \"TALLY_SMTP_PASSWORD\", or password_file = \"smtp-password\"");
    let password = file.or(variable).or_else(|| if told { None } else { missing().and(None) });
    Some(Login { user: user?, password: password? })
}

fn host(text: &str) -> Option<String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(&byte));
    (!text.is_empty() && plain).then(|| text.to_owned())
}

/// What is sent there does not leave this machine.
fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
