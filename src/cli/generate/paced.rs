//! Shows progress, and waits where a rate is asked for. The only clock near the generator.

use std::num::NonZeroU64;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::generate::{EventTarget, TargetError};
use crate::pipeline::ports::Lane;

/// How often per second a paced run looks at the clock, at most.
const LOOKS_PER_SECOND: u64 = 100;
const UNPACED_STEP: u64 = 10_000;

pub struct Paced<'t> {
    inner: &'t mut dyn EventTarget,
    bar: ProgressBar,
    rate: Option<NonZeroU64>,
    /// Events between two looks at the clock.
    step: u64,
    started: Instant,
    told: u64,
}

impl<'t> Paced<'t> {
    pub fn new(inner: &'t mut dyn EventTarget, events: u64, rate: Option<NonZeroU64>) -> Self {
        let template = "{bar:40} {percent:>3}% {human_pos} events, {per_sec}, {eta} left";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let step = rate.map_or(UNPACED_STEP, |rate| (rate.get() / LOOKS_PER_SECOND).clamp(1, UNPACED_STEP));
        Self { inner, bar: ProgressBar::new(events).with_style(style), rate, step, started: Instant::now(), told: 0 }
    }

    fn keep_pace(&self) {
        self.bar.set_position(self.told);
        if let Some(rate) = self.rate {
            std::thread::sleep(due(self.told, rate).saturating_sub(self.started.elapsed()));
        }
    }
}

/// When event number `told` is due after the start.
fn due(told: u64, rate: NonZeroU64) -> Duration {
    let nanos = u128::from(told) * 1_000_000_000 / u128::from(rate.get());
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

impl EventTarget for Paced<'_> {
    fn put(&mut self, lane: Lane, key: &[u8], event: &[u8]) -> Result<(), TargetError> {
        self.inner.put(lane, key, event)?;
        if lane == Lane::Usage {
            self.told += 1;
            if self.told.is_multiple_of(self.step) {
                self.keep_pace();
            }
        }
        Ok(())
    }

    fn put_everywhere(&mut self, event: &[u8]) -> Result<(), TargetError> {
        self.inner.put_everywhere(event)
    }

    fn finish(&mut self) -> Result<(), TargetError> {
        self.inner.finish()?;
        self.bar.finish_and_clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nowhere;

    impl EventTarget for Nowhere {
        fn put(&mut self, _: Lane, _: &[u8], _: &[u8]) -> Result<(), TargetError> {
            Ok(())
        }

        fn put_everywhere(&mut self, _: &[u8]) -> Result<(), TargetError> {
            Ok(())
        }

        fn finish(&mut self) -> Result<(), TargetError> {
            Ok(())
        }
    }

    #[test]
    fn a_rate_is_kept() {
        let (mut nowhere, rate) = (Nowhere, NonZeroU64::new(10_000));
        let mut paced = Paced::new(&mut nowhere, 1_000, rate);
        for _ in 0..1_000 {
            paced.put(Lane::Usage, b"", b"").expect("nowhere takes everything");
        }
        assert!(paced.started.elapsed() >= Duration::from_millis(99));
    }

    #[test]
    fn huge_counts_do_not_overflow() {
        assert_eq!(due(u64::MAX, NonZeroU64::MIN), Duration::from_nanos(u64::MAX));
    }
}
