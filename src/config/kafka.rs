//! `[kafka]`

use std::collections::BTreeMap;

use super::Surroundings;
use crate::wire::document::{Table, Value};

const DEFAULT_GROUP: &str = "tally";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kafka {
    /// `host:port`, several separated by commas.
    pub bootstrap: String,
    /// All processes that share the work have the same.
    pub group: String,
    /// This process's own name, kept over restarts.
    pub instance: String,
    /// Handed to librdkafka as they are.
    pub properties: BTreeMap<String, String>,
}

pub fn read(table: &Table<'_>, around: Surroundings<'_>) -> Option<Kafka> {
    table.only(&["bootstrap", "group", "instance", "properties"]);
    let bootstrap = table
        .need("bootstrap", "bootstrap = \"127.0.0.1:9092\"")
        .and_then(|value| value.parse(brokers, "a list of host:port", "127.0.0.1:9092"));
    let group = table.find("group").and_then(|value| value.words()).unwrap_or(DEFAULT_GROUP);
    let instance = table.find("instance").and_then(|value| value.words()).unwrap_or(around.host);
    let mut properties = BTreeMap::new();
    if let Some(table) = table.find("properties").and_then(|value| value.table()) {
        collect(&table, "", &mut properties);
    }
    Some(Kafka { bootstrap: bootstrap?, group: group.to_owned(), instance: instance.to_owned(), properties })
}

fn brokers(text: &str) -> Option<String> {
    let broker = |one: &str| one.trim().rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
    text.split(',').all(broker).then(|| text.to_owned())
}

/// `security.protocol = "SSL"` without quotes around the key is a table in a table to TOML, and one
/// property to everybody else.
fn collect(table: &Table<'_>, prefix: &str, properties: &mut BTreeMap<String, String>) {
    for (key, value) in table.values() {
        let name = if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") };
        if value.is_table() {
            if let Some(inner) = value.table() {
                collect(&inner, &name, properties);
            }
        } else if let Some(text) = plain(&value) {
            properties.insert(name, text);
        }
    }
}

/// Numbers and flags may stand with or without quotes.
fn plain(value: &Value<'_>) -> Option<String> {
    if value.is_plain() { Some(value.source().to_owned()) } else { value.text().map(str::to_owned) }
}
