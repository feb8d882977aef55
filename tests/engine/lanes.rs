//! The two lanes of a journal, decoded and merged as CONTRACT 3 says, with the recorded clock.

use tally::domain::instant::Instant;
use tally::domain::verdict::Reason;
use tally::engine::dedupe::fingerprint;
use tally::engine::input::{Body, Input, Timing};
use tally::wire::decode::{self, ControlFault};

/// What a run reads. Lines without their line end.
#[derive(Debug, Clone)]
pub struct Journal {
    pub usage: Vec<Vec<u8>>,
    pub control: Vec<Vec<u8>>,
    pub until: Instant,
    /// Log times after this are of no clock here.
    pub latest: Instant,
}

/// How far both lanes were read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Positions {
    pub usage: usize,
    pub control: usize,
}

impl Journal {
    /// The next input of the merged lanes, and the positions after it.
    pub fn next(&self, at: Positions) -> Option<(Input<'_>, Positions)> {
        let control = self.control.get(at.control).map(|value| self.control_input(value, at.control as u64));
        let usage = self.usage.get(at.usage).map(|value| self.usage_input(value, at.usage as u64));
        let after_control = Positions { control: at.control + 1, ..at };
        let after_usage = Positions { usage: at.usage + 1, ..at };
        match (control, usage) {
            (Some(control), _) if is_timeless(&control) => Some((control, after_control)),
            (_, Some(usage)) if is_timeless(&usage) => Some((usage, after_usage)),
            (control, usage) => match (self.due(control), self.due(usage)) {
                (Some((c, control)), Some((u, _))) if c <= u => Some((control, after_control)),
                (_, Some((_, usage))) => Some((usage, after_usage)),
                (Some((_, control)), None) => Some((control, after_control)),
                (None, None) => None,
            },
        }
    }

    /// With its log time, unless it is for a later run.
    fn due<'a>(&self, input: Option<Input<'a>>) -> Option<(Instant, Input<'a>)> {
        let input = input?;
        match input.timing {
            Timing::At(time) if time <= self.until => Some((time, input)),
            _ => None,
        }
    }

    fn timing(&self, log_time: Instant) -> Timing {
        if log_time > self.latest { Timing::Implausible(log_time) } else { Timing::At(log_time) }
    }

    fn usage_input<'a>(&self, value: &'a [u8], offset: u64) -> Input<'a> {
        let (timing, body) = match decode::usage(value, &[], true) {
            Ok(event) => {
                let timing = self.timing(event.recorded_log_time());
                (timing, Body::Usage { fingerprint: fingerprint(&event.source, &event.id), event })
            }
            Err(fault) => (Timing::Unknown, Body::UndecodableUsage { detail: fault.detail }),
        };
        Input { timing, offset, topic: "usage-events", value, body }
    }

    fn control_input<'a>(&self, value: &'a [u8], offset: u64) -> Input<'a> {
        let (timing, body) = match decode::control(value, &[]) {
            Ok(event) => (self.timing(event.recorded_log_time()), Body::Control(event)),
            Err(ControlFault::BadData { detail, recorded_log_time }) => {
                (self.timing(recorded_log_time), Body::RefusedControl { reason: Reason::BadData, detail })
            }
            Err(ControlFault::Personal { detail, recorded_log_time }) => {
                (self.timing(recorded_log_time), Body::RefusedControl { reason: Reason::PersonalData, detail })
            }
            Err(ControlFault::Undecodable(detail)) => (Timing::Unknown, Body::RefusedControl { reason: Reason::Undecodable, detail }),
        };
        Input { timing, offset, topic: "usage-control", value, body }
    }
}

/// It has no log time that could be waited for.
fn is_timeless(input: &Input<'_>) -> bool {
    !matches!(input.timing, Timing::At(_))
}
