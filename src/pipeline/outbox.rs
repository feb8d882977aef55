//! What a partition will publish with its next commit.

use super::ports::{Lane, Message, Outlet, Output};
use crate::domain::personal;
use crate::domain::suspense::SuspenseRecord;
use crate::engine::input::{Body, Effect, Input};
use crate::wire::encode;
use crate::wire::keys::Sealer;

/// Outputs since the last freeze, in order.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    outputs: Vec<Output>,
    bytes: usize,
}

impl Outbox {
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    pub fn is_empty(&self) -> bool {
        self.outputs.is_empty()
    }

    pub fn take(&mut self) -> Vec<Output> {
        self.bytes = 0;
        std::mem::take(&mut self.outputs)
    }

    pub fn add(&mut self, effects: Vec<Effect>, sealer: &mut Sealer) {
        for effect in effects {
            let (outlet, message) = match effect {
                Effect::Record(record) => (Outlet::Records, encode::record(&record)),
                Effect::Suspense(mut record) => {
                    let SuspenseRecord { original, log_time, customer, person, origin, .. } = &*record;
                    record.original = sealer.seal(original, *log_time, customer.as_deref(), person.as_deref(), origin);
                    (Outlet::Suspense, encode::suspense(&record))
                }
                Effect::Notice(notice) => (Outlet::Notices, encode::notice(&notice)),
            };
            let encode::Message { key, headers, value } = message;
            self.push(Output { outlet, partition: None, key, headers, value });
        }
    }

    /// Sends an input on to the partition of its customer, as it came; but a personal number in what nobody
    /// reads is not spread further.
    pub fn forward<M: Message>(&mut self, lane: Lane, to: u32, message: &M, input: &Input<'_>) {
        let mut headers = Vec::new();
        message.headers(&mut |name, value| headers.push((name.to_owned(), clean(value))));
        let key = clean(message.key().unwrap_or_else(|| customer(input).as_bytes()));
        self.push(Output { outlet: Outlet::Forward(lane), partition: Some(to), key, headers, value: clean(input.value) });
    }

    fn push(&mut self, output: Output) {
        self.bytes += output.key.len() + output.value.len();
        self.outputs.push(output);
    }
}

/// What decoding takes holds no such number, or the input would not be sent on: so it reads the same.
fn clean(bytes: &[u8]) -> Vec<u8> {
    personal::masked(bytes).unwrap_or_else(|| bytes.to_vec())
}

fn customer<'a>(input: &'a Input<'_>) -> &'a str {
    match &input.body {
        Body::Usage { event, .. } => &event.subject,
        Body::Control(event) => &event.subject,
        Body::UndecodableUsage { .. } | Body::RefusedControl { .. } => "",
    }
}
