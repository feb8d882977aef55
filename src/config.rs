//! `tally.toml`: where Kafka is, what the topics are called, how much memory and time may be used.
//!
//! What is charged stands in the catalog, not here: this file may differ from machine to machine.

mod kafka;
mod memory;
pub mod notify;
mod privacy;
mod retention;
mod run;
mod topics;
mod units;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

pub use self::kafka::Kafka;
pub use self::memory::Memory;
pub use self::notify::Notify;
pub use self::privacy::Privacy;
pub use self::retention::Retention;
pub use self::run::{Clock, Run};
pub use self::topics::Topics;
use crate::wire::document::{self, Fault, Faults, SourceFile, Table};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// None: there is no Kafka, only journals.
    pub kafka: Option<Kafka>,
    pub topics: Topics,
    pub run: Run,
    /// A directory of catalogs that the log may put in force; none: there are no others.
    pub catalogs: Option<PathBuf>,
    pub http: Http,
    pub memory: Memory,
    pub privacy: Privacy,
    pub retention: Retention,
    /// None: nothing is sent as e-mail.
    pub notify: Option<Notify>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Http {
    /// None: nothing is served.
    pub listen: Option<SocketAddr>,
}

/// What the file does not say, and its defaults depend on.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The folder that the file lies in: its paths start there.
    pub folder: &'a Path,
    /// The name of this machine, the default of `instance`.
    pub host: &'a str,
}

impl Surroundings<'_> {
    fn path(&self, text: &str) -> PathBuf {
        self.folder.join(text)
    }
}

/// Reads a configuration.
///
/// # Errors
/// Every fault of the file.
pub fn read(file: &SourceFile, around: Surroundings<'_>) -> Result<Config, Vec<Fault>> {
    let files = std::slice::from_ref(file);
    let faults = Faults::new(files);
    let config = read_documents(files, &faults, around);
    let found = faults.into_sorted();
    match config {
        Some(config) if found.is_empty() => Ok(config),
        _ => Err(found),
    }
}

fn read_documents(files: &[SourceFile], faults: &Faults<'_>, around: Surroundings<'_>) -> Option<Config> {
    let texts = document::readable(files, faults);
    let documents = document::parse(&texts);
    let root = documents.first()?.table(faults);
    root.only(&["kafka", "topics", "run", "catalog", "http", "memory", "notify", "privacy", "retention"]);
    let section = |name: &str| root.find(name).and_then(|value| value.table());
    let kafka = section("kafka").and_then(|table| kafka::read(&table, around));
    let topics = section("topics").map_or_else(Topics::default, |table| topics::read(&table));
    let mut run = run::read(section("run").as_ref(), around);
    let catalogs = section("catalog").and_then(|table| catalog(&table, &mut run, around));
    let http = section("http").map_or_else(Http::default, |table| http(&table));
    let memory = section("memory").map_or_else(Memory::default, |table| memory::read(&table));
    let privacy = section("privacy").map_or_else(Privacy::default, |table| privacy::read(&table, around));
    let notify = section("notify").and_then(|table| notify::read(&table, around));
    let retention = section("retention").map_or_else(Retention::default, |table| retention::read(&table));
    Some(Config { kafka, topics, run, catalogs, http, memory, privacy, retention, notify })
}

/// The catalog to begin with may stand here or, as ever, in `[run]`.
fn catalog(table: &Table<'_>, run: &mut Run, around: Surroundings<'_>) -> Option<PathBuf> {
    table.only(&["initial", "directory"]);
    if let Some(initial) = table.find("initial") {
        if run.catalog.is_some() {
            initial.faults().add(initial.key_place(), "the catalog stands in [run] too".to_owned(), "it in one place, here or there");
        }
        run.catalog = initial.words().map(|text| around.path(text)).or_else(|| run.catalog.take());
    }
    table.find("directory").and_then(|value| value.words()).map(|text| around.path(text))
}

fn http(table: &Table<'_>) -> Http {
    table.only(&["listen"]);
    let listen = table.find("listen").and_then(|value| value.parse(|text| text.parse().ok(), "an address with a port", "127.0.0.1:9464"));
    Http { listen }
}
