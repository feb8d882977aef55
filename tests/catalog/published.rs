//! `docs/schema/catalog.schema.json` says of catalogs what the reader says, as far as a schema can.

use super::{data, planted, source};
use crate::schema;

fn faults(text: &str) -> Option<Vec<String>> {
    let table: toml::Table = text.parse().ok()?;
    Some(schema::faults("catalog", &serde_json::to_value(table).expect("TOML without dates is JSON")))
}

#[test]
fn good_catalogs_obey_the_schema() {
    let mut files: Vec<_> = ["good.toml", "invoice.toml", "../../../config/catalog.toml"].map(data).to_vec();
    files.extend(std::fs::read_dir(data("examples")).unwrap().map(|entry| entry.unwrap().path()));
    assert!(files.len() >= 8, "{files:?}");
    for file in files {
        assert_eq!(faults(&std::fs::read_to_string(&file).unwrap()), Some(Vec::new()), "{}", file.display());
    }
}

/// What is wrong in itself; that two places do not agree is for `tally check` alone.
#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let good = source("good.toml").text;
    let of_the_schema = ["unknown key", "is missing", "must be a string", "must be true or false", "which is not known", "not a duration"];
    let mut refused = 0;
    for (written, instead, expected) in planted::FAULTS {
        let told = |what: &str| expected.iter().any(|fault| fault.contains(what));
        let Some(found) = faults(&good.replacen(written, instead, 1)) else { continue };
        // Which tier is the last, and how many days are too many, is beyond a schema.
        let is_beyond = told("only the last tier is open") || told("P367D");
        if of_the_schema.iter().any(|what| told(what)) && !is_beyond {
            assert_ne!(found, Vec::<String>::new(), "{instead:?}: {expected:?}");
            refused += 1;
        }
    }
    assert!(refused > 40, "{refused}");
    assert_eq!(faults(&good), Some(Vec::<String>::new()));
}
