//! A usage event as a line.

use xxhash_rust::xxh3::xxh3_64;

use super::service::Service;
use super::stamp::{Stamp, digits};

/// One use. A duplicate is the same use told again with a later `log_ms`.
#[derive(Debug, Clone, Copy)]
pub struct Use {
    pub serial: u64,
    pub service: Service,
    /// Index into the population.
    pub customer: usize,
    pub time_ms: i64,
    pub log_ms: i64,
    pub quantity: u64,
    pub outcome: Option<&'static str>,
    pub is_test: bool,
    /// Age of archived parts in days.
    pub age_days: u32,
    /// Who used it, of its customer's inhabitants.
    pub person: u32,
}

/// What a line says besides the use itself. Mishaps say something else here.
#[derive(Debug, Clone, Copy)]
pub struct Wording<'a> {
    pub kind: &'a str,
    pub subject: &'a str,
    /// The value of `data.quantity` as written; none: the use's own.
    pub quantity: Option<&'a str>,
    pub note: Option<&'a str>,
    pub has_time: bool,
}

/// Writes lines of one run: ids of two seeds differ, so two runs may share a topic.
#[derive(Debug)]
pub struct LineWriter {
    seed: u64,
    time: Stamp,
    recorded: Stamp,
    created: Stamp,
}

const DAY_MS: i64 = 86_400_000;

impl LineWriter {
    pub fn new(seed: u64) -> Self {
        Self { seed, time: Stamp::new(), recorded: Stamp::new(), created: Stamp::new() }
    }

    /// Replaces `out` by the line, without newline.
    pub fn write(&mut self, out: &mut Vec<u8>, used: &Use, wording: &Wording) {
        out.clear();
        out.extend_from_slice(b"{\"specversion\":\"1.0\",\"id\":\"u");
        digits(out, self.seed, 1);
        out.push(b'.');
        digits(out, used.serial, 1);
        for (name, text) in [("source", used.service.source()), ("type", wording.kind), ("subject", wording.subject)] {
            out.extend_from_slice(b"\",\"");
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"\":\"");
            out.extend_from_slice(text.as_bytes());
        }
        out.push(b'"');
        if wording.has_time {
            out.extend_from_slice(b",\"time\":\"");
            self.time.write(out, used.time_ms);
            out.push(b'"');
        }
        if used.log_ms != used.time_ms {
            out.extend_from_slice(b",\"recordedtime\":\"");
            self.recorded.write(out, used.log_ms);
            out.push(b'"');
        }
        self.data(out, used, wording);
        out.push(b'}');
    }

    fn data(&mut self, out: &mut Vec<u8>, used: &Use, wording: &Wording) {
        out.extend_from_slice(b",\"data\":{\"quantity\":");
        match wording.quantity {
            Some(text) => out.extend_from_slice(text.as_bytes()),
            None => digits(out, used.quantity, 1),
        }
        let environment = used.is_test.then_some("test");
        for (name, text) in [("outcome", used.outcome), ("environment", environment), ("note", wording.note)] {
            if let Some(text) = text {
                out.extend_from_slice(b",\"");
                out.extend_from_slice(name.as_bytes());
                out.extend_from_slice(b"\":\"");
                out.extend_from_slice(text.as_bytes());
                out.push(b'"');
            }
        }
        if used.service == Service::Eid {
            out.extend_from_slice(b",\"person\":\"");
            pseudonym(out, used);
            out.push(b'"');
        }
        if used.service == Service::Archive {
            out.extend_from_slice(b",\"created\":\"");
            let start = out.len();
            self.created.write(out, used.time_ms - i64::from(used.age_days) * DAY_MS);
            out.truncate(start + "2026-01-01".len());
            out.push(b'"');
        }
        out.push(b'}');
    }
}

/// Letters only, so that nobody takes it for a number of a person. A hash stands in for the keyed one of
/// a real producer: there is nobody behind it.
fn pseudonym(out: &mut Vec<u8>, used: &Use) {
    let place = (u64::try_from(used.customer).unwrap_or(0) << 32) | u64::from(used.person);
    let hash = xxh3_64(&place.to_le_bytes());
    out.extend(hash.to_le_bytes().iter().flat_map(|byte| [b'a' + (byte >> 4), b'a' + (byte & 15)]));
}
