//! `docs/asyncapi.yaml` names the topics that the program has, and schemas that are there.

use std::path::Path;

fn asyncapi() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/asyncapi.yaml")).expect("the document")
}

/// The values of all lines `key: value`, wherever they stand.
fn values<'a>(text: &'a str, key: &str) -> Vec<&'a str> {
    let mark = format!("{key}: ");
    text.lines().filter_map(|line| line.split_once(&mark)).map(|(_, value)| value.trim_matches([' ', '"', '}', ']'])).collect()
}

#[test]
fn its_channels_are_the_topics_of_the_default_configuration() {
    let text = asyncapi();
    let addresses = values(&text, "address");
    let shipped = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("config/tally.toml")).expect("the configuration");
    assert_eq!(addresses, ["usage-events", "usage-control", "billing-records", "usage-suspense", "usage-notices"]);
    for address in addresses {
        assert!(shipped.contains(&format!("\"{address}\"")), "{address} is not in config/tally.toml");
    }
}

#[test]
fn its_references_lead_somewhere() {
    let text = asyncapi();
    let references = values(&text, "$ref");
    assert!(references.iter().any(|reference| reference.starts_with("schema/")), "{references:?}");
    for reference in references {
        match reference.strip_prefix("#/") {
            Some(path) => {
                let name = path.rsplit('/').next().expect("a last part");
                assert!(text.lines().any(|line| line.trim_start().starts_with(&format!("{name}:"))), "{reference} is not defined");
            }
            None => assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(reference).is_file(), "{reference}"),
        }
    }
}
