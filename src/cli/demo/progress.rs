//! Progress bars, and what moves them.

use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::app::AppError;
use crate::domain::verdict::Sums;
use crate::generate::{EventTarget, TargetError};
use crate::pipeline::Metrics;
use crate::pipeline::ports::Lane;

const STEP: u64 = 10_000;
const LOOK_EVERY: Duration = Duration::from_millis(50);

pub fn bar(events: u64, doing: &'static str) -> ProgressBar {
    let template = "{msg} {bar:40} {percent:>3}% {human_pos} events, {per_sec}, {eta} left";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(events).with_style(style).with_message(doing)
}

/// Moves the bar with what a target takes.
pub struct Watched<'t> {
    inner: &'t mut dyn EventTarget,
    bar: &'t ProgressBar,
    taken: u64,
}

impl<'t> Watched<'t> {
    pub fn new(inner: &'t mut dyn EventTarget, bar: &'t ProgressBar) -> Self {
        Self { inner, bar, taken: 0 }
    }
}

impl EventTarget for Watched<'_> {
    fn put(&mut self, lane: Lane, key: &[u8], event: &[u8]) -> Result<(), TargetError> {
        if lane == Lane::Usage {
            self.taken += 1;
            if self.taken.is_multiple_of(STEP) {
                self.bar.set_position(self.taken);
            }
        }
        self.inner.put(lane, key, event)
    }

    fn put_everywhere(&mut self, event: &[u8]) -> Result<(), TargetError> {
        self.inner.put_everywhere(event)
    }

    fn finish(&mut self) -> Result<(), TargetError> {
        self.inner.finish()
    }
}

/// Runs a pipeline on a thread of its own, and moves the bar with what it has folded.
pub fn follow(
    bar: &ProgressBar,
    metrics: &Metrics,
    run: impl FnOnce() -> Result<Sums, AppError> + Send + 'static,
) -> Result<Sums, AppError> {
    let failed = |source| AppError::Thread { what: "the pipeline", source };
    let running = thread::Builder::new().name("pipeline".into()).spawn(run).map_err(failed)?;
    while !running.is_finished() {
        bar.set_position(metrics.sums().inputs);
        thread::sleep(LOOK_EVERY);
    }
    bar.finish_and_clear();
    running.join().unwrap_or(Err(AppError::WorkerLost))
}
