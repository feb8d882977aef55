//! `[topics]`

use crate::wire::document::Table;

const LONGEST_NAME: usize = 249;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topics {
    pub usage_events: String,
    pub usage_control: String,
    pub billing_records: String,
    pub usage_suspense: String,
    pub usage_notices: String,
    pub changelog: String,
    /// Of both inputs and the changelog.
    pub partitions: u32,
    pub replication: u16,
}

impl Default for Topics {
    fn default() -> Self {
        Self {
            usage_events: "usage-events".to_owned(),
            usage_control: "usage-control".to_owned(),
            billing_records: "billing-records".to_owned(),
            usage_suspense: "usage-suspense".to_owned(),
            usage_notices: "usage-notices".to_owned(),
            changelog: "tally-changelog".to_owned(),
            partitions: 4,
            replication: 1,
        }
    }
}

const NAMES: [&str; 6] = ["usage_events", "usage_control", "billing_records", "usage_suspense", "usage_notices", "changelog"];

pub fn read(table: &Table<'_>) -> Topics {
    table.only(&[NAMES.as_slice(), &["partitions", "replication"]].concat());
    let default = Topics::default();
    let named =
        |key: &str, default: String| table.find(key).and_then(|value| value.parse(name, "a topic's name", &default)).unwrap_or(default);
    let number = |key: &str, most: u64| table.find(key).and_then(|value| value.number(1..=most));
    let partitions = number("partitions", 10_000).and_then(|number| u32::try_from(number).ok());
    let replication = number("replication", 15).and_then(|number| u16::try_from(number).ok());
    let topics = Topics {
        usage_events: named("usage_events", default.usage_events),
        usage_control: named("usage_control", default.usage_control),
        billing_records: named("billing_records", default.billing_records),
        usage_suspense: named("usage_suspense", default.usage_suspense),
        usage_notices: named("usage_notices", default.usage_notices),
        changelog: named("changelog", default.changelog),
        partitions: partitions.unwrap_or(default.partitions),
        replication: replication.unwrap_or(default.replication),
    };
    all_different(table, &topics);
    topics
}

/// What Kafka takes for a name.
fn name(text: &str) -> Option<String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    ((1..=LONGEST_NAME).contains(&text.len()) && plain && text != "." && text != "..").then(|| text.to_owned())
}

/// An output that is written into an input would be read again.
fn all_different(table: &Table<'_>, topics: &Topics) {
    let named = NAMES.iter().zip([
        &topics.usage_events,
        &topics.usage_control,
        &topics.billing_records,
        &topics.usage_suspense,
        &topics.usage_notices,
        &topics.changelog,
    ]);
    let named: Vec<_> = named.collect();
    for (key, name) in &named {
        let twin = named.iter().find(|(other, text)| other != key && text == name);
        if let (Some(value), Some((other, _))) = (table.find(key), twin) {
            value.fault(&format!("is the name of `{other}` too: {name:?}"), "another name");
        }
    }
}
