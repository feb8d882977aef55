//! One order for the two lanes of a partition: by the log times of the two next unread inputs,
//! control first on a tie (CONTRACT 3).
//!
//! The order is a function of what the lanes hold, and of nothing else: a lane is waited for unless
//! it has been read to its end, however long a fetch takes. An input without a log time that counts
//! (undecodable or implausible under the recorded clock) goes before all that have one, so it holds
//! nothing up.
//!
//! Inputs are decoded once, when they come to the head of their lane, and borrow from it. Only a
//! head that a batch does not take is decoded again for the next.

use super::lanes::{LaneBuffer, Lanes};
use super::ports::{Lane, Message};
use super::setup::{LogClock, Setup};
use crate::domain::catalog::Catalog;
use crate::domain::instant::Instant;
use crate::domain::verdict::Reason;
use crate::engine::dedupe::fingerprint;
use crate::engine::input::{Body, Input, Timing};
use crate::wire::decode::{self, ControlFault, Header};

/// The next inputs of a partition in their order.
pub(super) struct Batch<'a> {
    pub inputs: Vec<Input<'a>>,
    /// After these, the next input of this lane is for a later run: it is later than `--until`.
    pub beyond: Option<Lane>,
}

/// Takes up to `max` inputs from the front of the lanes, which keep holding them.
/// Decoded by a catalog: those after an input that puts another one in force are to be taken anew.
pub(super) fn batch<'a, M: Message>(lanes: &'a Lanes<M>, setup: &'a Setup, catalog: &Catalog, max: usize) -> Batch<'a> {
    let rules = Rules { latest: latest_plausible(setup, catalog), privacy: catalog.personal_numbers };
    let mut control = Head::new(Lane::Control, &lanes.control, setup, rules);
    let mut usage = Head::new(Lane::Usage, &lanes.usage, setup, rules);
    let mut inputs = Vec::with_capacity(max.min(lanes.waiting()));
    let mut beyond = None;
    while inputs.len() < max {
        match choose(control.peek(), usage.peek()) {
            Choice::Take(Lane::Control) => inputs.extend(control.take()),
            Choice::Take(Lane::Usage) => inputs.extend(usage.take()),
            Choice::Wait => break,
            Choice::Beyond(lane) => {
                beyond = Some(lane);
                break;
            }
        }
    }
    Batch { inputs, beyond }
}

/// What decoding needs of the catalog in force.
#[derive(Debug, Clone, Copy)]
struct Rules {
    /// The latest log time that a recorded clock can have.
    latest: Instant,
    /// Are personal numbers looked for?
    privacy: bool,
}

fn latest_plausible(setup: &Setup, catalog: &Catalog) -> Instant {
    let wall = (setup.wall)();
    wall.max(setup.until.unwrap_or(wall)).saturating_add(catalog.max_future_skew)
}

/// What the head of a lane is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Peek {
    /// An input; none: it has no log time that counts.
    Next(Option<Instant>),
    /// An input for a later run.
    Beyond,
    /// Not known yet.
    Unread,
    /// The lane has been read to its end.
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Take(Lane),
    Beyond(Lane),
    Wait,
}

fn choose(control: Peek, usage: Peek) -> Choice {
    match (control, usage) {
        (Peek::Beyond, _) => Choice::Beyond(Lane::Control),
        (_, Peek::Beyond) => Choice::Beyond(Lane::Usage),
        (Peek::Unread, _) | (_, Peek::Unread) | (Peek::End, Peek::End) => Choice::Wait,
        (Peek::Next(control), Peek::Next(usage)) if control > usage => Choice::Take(Lane::Usage),
        (Peek::Next(_), _) => Choice::Take(Lane::Control),
        (Peek::End, Peek::Next(_)) => Choice::Take(Lane::Usage),
    }
}

/// The next input of a lane, decoded.
struct Head<'a, M> {
    lane: Lane,
    buffer: &'a LaneBuffer<M>,
    setup: &'a Setup,
    rules: Rules,
    index: usize,
    input: Option<Input<'a>>,
}

impl<'a, M: Message> Head<'a, M> {
    fn new(lane: Lane, buffer: &'a LaneBuffer<M>, setup: &'a Setup, rules: Rules) -> Self {
        Self { lane, buffer, setup, rules, index: 0, input: None }
    }

    fn peek(&mut self) -> Peek {
        if self.input.is_none() {
            self.input = self.buffer.get(self.index).map(|message| self.decode(message));
        }
        match self.input.as_ref().map(|input| input.timing) {
            None if self.buffer.is_at_end() => Peek::End,
            None => Peek::Unread,
            Some(Timing::At(time)) if self.setup.until.is_some_and(|until| time > until) => Peek::Beyond,
            Some(Timing::At(time)) => Peek::Next(Some(time)),
            Some(Timing::Implausible(_) | Timing::Unknown) => Peek::Next(None),
        }
    }

    fn take(&mut self) -> Option<Input<'a>> {
        self.index += 1;
        self.input.take()
    }

    fn decode(&self, message: &'a M) -> Input<'a> {
        let (body, recorded) = match self.lane {
            Lane::Usage => usage(message, self.rules.privacy),
            Lane::Control => control(message, self.rules.privacy),
        };
        let timing = self.timing(message.timestamp_ms(), recorded);
        Input { timing, offset: message.offset(), topic: self.setup.names.of(self.lane), value: value(message), body }
    }

    fn timing(&self, broker_ms: Option<i64>, recorded: Option<Instant>) -> Timing {
        match (self.setup.clock, recorded) {
            // Every record of a broker that is worth its name has a timestamp.
            (LogClock::Broker, recorded) => broker_ms.map(Instant::from_millis).or(recorded).map_or(Timing::Unknown, Timing::At),
            (LogClock::Recorded, None) => Timing::Unknown,
            (LogClock::Recorded, Some(time)) if time > self.rules.latest => Timing::Implausible(time),
            (LogClock::Recorded, Some(time)) => Timing::At(time),
        }
    }
}

/// The event, and its time by the recorded clock.
fn usage<M: Message>(message: &M, privacy: bool) -> (Body<'_>, Option<Instant>) {
    match decode::usage(value(message), &headers(message), privacy) {
        Ok(event) => {
            let recorded = event.recorded_log_time();
            let fingerprint = fingerprint(&event.source, &event.id);
            (Body::Usage { event, fingerprint }, Some(recorded))
        }
        Err(fault) => (Body::UndecodableUsage { detail: fault.detail }, None),
    }
}

fn control<M: Message>(message: &M, privacy: bool) -> (Body<'_>, Option<Instant>) {
    let refused = |reason, detail, recorded| (Body::RefusedControl { reason, detail }, recorded);
    match decode::control(value(message), &headers(message)) {
        Ok(event) => {
            let recorded = event.recorded_log_time();
            match decode::personal_of_control(value(message), &headers(message)).filter(|_| privacy) {
                None => (Body::Control(event), Some(recorded)),
                Some(member) => {
                    let detail = format!("`{member}` holds a personal number; send a pseudonym, or an id that names nobody");
                    refused(Reason::PersonalData, detail, Some(recorded))
                }
            }
        }
        Err(ControlFault::Undecodable(detail)) => refused(Reason::Undecodable, detail, None),
        Err(ControlFault::Personal { detail, recorded_log_time }) => refused(Reason::PersonalData, detail, Some(recorded_log_time)),
        Err(ControlFault::BadData { detail, recorded_log_time }) => refused(Reason::BadData, detail, Some(recorded_log_time)),
    }
}

/// The bytes; a tombstone has none.
fn value<M: Message>(message: &M) -> &[u8] {
    message.value().unwrap_or_default()
}

fn headers<M: Message>(message: &M) -> Vec<Header<'_>> {
    let mut headers = Vec::new();
    if message.has_headers() {
        message.headers(&mut |name, value| headers.push((name, value)));
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_is_waited_for_unless_it_was_read_to_its_end() {
        let at = |nanos| Peek::Next(Some(Instant::from_nanos(nanos)));
        let timeless = Peek::Next(None);
        let check = |control, usage, expect| assert_eq!(choose(control, usage), expect, "{control:?} {usage:?}");
        check(at(1), at(2), Choice::Take(Lane::Control));
        check(at(2), at(1), Choice::Take(Lane::Usage));
        check(at(1), at(1), Choice::Take(Lane::Control));
        check(at(1), Peek::Unread, Choice::Wait);
        check(Peek::Unread, at(1), Choice::Wait);
        check(at(9), Peek::End, Choice::Take(Lane::Control));
        check(Peek::End, at(9), Choice::Take(Lane::Usage));
        check(Peek::End, Peek::End, Choice::Wait);
        check(Peek::End, Peek::Unread, Choice::Wait);
        check(at(1), timeless, Choice::Take(Lane::Usage));
        check(timeless, timeless, Choice::Take(Lane::Control));
        check(timeless, Peek::Unread, Choice::Wait);
        check(at(1), Peek::Beyond, Choice::Beyond(Lane::Usage));
        check(Peek::Beyond, Peek::Beyond, Choice::Beyond(Lane::Control));
    }
}
