//! One mail after the other, at the pace that is set, with patience for the server.

use std::time::{Duration, Instant};

use miette::Diagnostic;
use thiserror::Error;

use super::letter::Letter;
use super::pace::Pace;
use super::post::{Answer, Post, Trouble};
use crate::pipeline::Stop;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// So many refusals in a row are about the server, not about the recipients.
const REFUSALS_IN_A_ROW: usize = 20;

#[derive(Debug, Error, Diagnostic)]
pub enum DeliverError {
    #[error("tried for {} s without success, last: {last}. Restart when that is mended; it continues with this mail", patience.as_secs())]
    GaveUp { patience: Duration, last: String },
    #[error("{0}")]
    Server(String),
    #[error(
        "the mail server refused {REFUSALS_IN_A_ROW} mails in a row: it is most likely not about their recipients. Look at the last reasons \
         in failed.ndjson, mend it, send those again with `tally notify --retry-failed`, and start again"
    )]
    RefusesAll,
}

pub struct Delivery {
    post: Post,
    pace: Pace,
    patience: Duration,
    stop: Stop,
    refusals: usize,
}

impl Delivery {
    #[must_use]
    pub fn new(post: Post, pace: Pace, patience: Duration, stop: Stop) -> Self {
        Self { post, pace, patience, stop, refusals: 0 }
    }

    /// Hands a mail over. None: it was told to stop first.
    ///
    /// # Errors
    /// The server cannot be used, or not for so long that somebody should look.
    pub fn send(&mut self, letter: &Letter) -> Result<Option<Answer>, DeliverError> {
        if !self.sleep(self.pace.wait(Instant::now())) {
            return Ok(None);
        }
        let began = Instant::now();
        let mut pause = FIRST_PAUSE;
        let mut was_told = false;
        loop {
            match self.post.send(letter) {
                Ok(answer) => {
                    if was_told {
                        tracing::info!("it goes on");
                    }
                    self.pace.sent(Instant::now());
                    return Ok(Some(answer));
                }
                Err(Trouble::Lasting(text)) => return Err(DeliverError::Server(text)),
                Err(Trouble::Passing(last)) if began.elapsed() >= self.patience => {
                    return Err(DeliverError::GaveUp { patience: self.patience, last });
                }
                Err(Trouble::Passing(text)) if !was_told => {
                    tracing::warn!("{text}; trying again for {} s", self.patience.as_secs());
                    was_told = true;
                }
                Err(Trouble::Passing(_)) => {}
            }
            if !self.sleep(pause) {
                return Ok(None);
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Counts refusals, after they have been recorded.
    ///
    /// # Errors
    /// The server refuses all.
    pub fn note(&mut self, answer: &Answer) -> Result<(), DeliverError> {
        self.refusals = if *answer == Answer::Taken { 0 } else { self.refusals + 1 };
        if self.refusals >= REFUSALS_IN_A_ROW { Err(DeliverError::RefusesAll) } else { Ok(()) }
    }

    /// False: it was told to stop.
    fn sleep(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        while !self.stop.is_requested() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            std::thread::sleep(left.min(LOOK_EVERY));
        }
        false
    }
}
