//! What a partition will publish with its next commit.

use super::ports::{Lane, Message, Outlet, Output};
use crate::engine::input::{Body, Effect, Input};
use crate::wire::encode;

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

    pub fn add(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let (outlet, message) = match effect {
                Effect::Record(record) => (Outlet::Records, encode::record(&record)),
                Effect::Suspense(record) => (Outlet::Suspense, encode::suspense(&record)),
                Effect::Notice(notice) => (Outlet::Notices, encode::notice(&notice)),
            };
            let encode::Message { key, headers, value } = message;
            self.push(Output { outlet, partition: None, key, headers, value });
        }
    }

    /// Sends an input on to the partition of its customer, as it came.
    pub fn forward<M: Message>(&mut self, lane: Lane, to: u32, message: &M, input: &Input<'_>) {
        let mut headers = Vec::new();
        message.headers(&mut |name, value| headers.push((name.to_owned(), value.to_vec())));
        let key = message.key().unwrap_or_else(|| customer(input).as_bytes()).to_vec();
        self.push(Output { outlet: Outlet::Forward(lane), partition: Some(to), key, headers, value: input.value.to_vec() });
    }

    fn push(&mut self, output: Output) {
        self.bytes += output.key.len() + output.value.len();
        self.outputs.push(output);
    }
}

fn customer<'a>(input: &'a Input<'_>) -> &'a str {
    match &input.body {
        Body::Usage { event, .. } => &event.subject,
        Body::Control(event) => &event.subject,
        Body::UndecodableUsage { .. } | Body::RefusedControl { .. } => "",
    }
}
