//! The files in `config/` are the first that anybody reads and copies: they must be good.

use std::path::Path;

use tally::cli::catalog_files::load_catalog;
use tally::cli::config_file::load_config;
use tally::config::{Clock, Memory, Topics};

fn shipped(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(name)
}

#[test]
fn the_catalog_is_good_and_knows_every_service_of_the_source_systems() {
    let (catalog, _) = load_catalog(&shipped("catalog.toml")).expect("config/catalog.toml is good");
    for kind in [
        "se.unikum.sms.sent",
        "se.unikum.bankid.auth",
        "se.unikum.spar.validation",
        "se.unikum.archive.part",
        "se.unikum.storage.snapshot",
        "dk.serviceplatformen.sf6004.lookup",
        "dk.serviceplatformen.sf1530.lookup",
        "fi.kanta.document.stored",
        "se.ehalsomyndigheten.prescription.row",
    ] {
        let service = catalog.service_of_type(kind);
        assert!(service.is_some_and(|service| catalog.plan_of(service).is_some()), "{kind} is charged by no plan");
    }
}

/// "A key that is left out has the value that stands here", says the file.
#[test]
fn the_configuration_shows_the_defaults_and_finds_the_catalog() {
    let config = load_config(&shipped("tally.toml")).expect("config/tally.toml is good");
    assert_eq!(config.topics, Topics::default());
    assert_eq!(config.memory, Memory::default());
    assert_eq!(config.run.clock, Clock::Broker);
    let catalog = config.run.catalog.expect("it names a catalog");
    assert!(load_catalog(&catalog).is_ok(), "{} is the catalog beside it", catalog.display());
}

/// The part about notices is commented out, for it needs a server; without the marks it must be good.
#[test]
fn the_configuration_of_notices_is_good_as_it_stands() {
    let text = std::fs::read_to_string(shipped("tally.toml")).expect("config/tally.toml is there");
    let begin = text.find("# [notify]").expect("it has [notify]");
    let part = text[begin..].split("\n\n").next().expect("a paragraph");
    let part: String = part.lines().map(|line| line.strip_prefix("# ").unwrap_or_default().to_owned() + "\n").collect();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notify.toml");
    std::fs::write(&path, part.replace("to = [\"billing", "to = [\"a@b.se\", \"billing")).expect("a writable folder");
    let notify = load_config(&path).expect("it is good").notify.expect("it has [notify]");
    assert_eq!((notify.smtp.host.as_str(), notify.smtp.port, notify.routes.len()), ("mail.example.org", 587, 1));
    assert_eq!(
        (notify.customers["SE-0180"].to.len(), notify.give_up_after, notify.named_recipients),
        (2, std::time::Duration::from_mins(5), true)
    );
}
