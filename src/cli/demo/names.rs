//! The customers' names, from the control events that registered them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// By customer; the last name told counts.
#[derive(Debug, Default)]
pub struct Names(BTreeMap<String, String>);

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    subject: String,
    data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    name: Option<String>,
}

impl Names {
    /// Takes a line of control events; what is not about a name is passed over.
    pub fn learn(&mut self, line: &[u8]) {
        let Ok(event) = serde_json::from_slice::<Event>(line) else { return };
        if let (true, Some(name)) = (event.kind == "tally.customer.v1", event.data.and_then(|data| data.name)) {
            self.0.insert(event.subject, name);
        }
    }

    /// The name, or else the id.
    pub fn of<'a>(&'a self, customer: &'a str) -> &'a str {
        self.0.get(customer).map_or(customer, String::as_str)
    }
}
