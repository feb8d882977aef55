//! How long failures of the outside world are borne, and when to try again.

use std::time::{Duration, Instant};

use super::fault::{RunError, Trouble};

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Failures further apart than that are not one trouble.
const ONE_TROUBLE: Duration = Duration::from_secs(60);
/// A trouble that goes on is told this often.
const TELL_EVERY: Duration = Duration::from_secs(10);

/// A trouble that goes on.
struct Streak {
    began: Instant,
    last: Instant,
    told: Instant,
    pause: Duration,
}

pub(super) struct Patience {
    limit: Duration,
    streak: Option<Streak>,
}

impl Patience {
    pub fn new(limit: Duration) -> Self {
        Self { limit, streak: None }
    }

    /// Something went well.
    pub fn relieved(&mut self) {
        if self.streak.take().is_some() {
            tracing::info!("it goes on");
        }
    }

    /// Is there a trouble now?
    pub fn is_tried(&self) -> bool {
        self.streak.is_some()
    }

    /// May the next try be made?
    pub fn is_ready(&self) -> bool {
        self.streak.as_ref().is_none_or(|streak| streak.last.elapsed() >= streak.pause)
    }

    /// Takes a failure of the outside world: it is waited for, but not for ever.
    pub fn bear(&mut self, trouble: Trouble) -> Result<(), RunError> {
        match trouble {
            Trouble::Lasting(error) => Err(error),
            Trouble::Passing(text) => self.tried(text),
        }
    }

    fn tried(&mut self, text: String) -> Result<(), RunError> {
        let now = Instant::now();
        let Some(streak) = self.streak.as_mut().filter(|streak| now - streak.last < ONE_TROUBLE) else {
            tracing::warn!("{text}; trying again for {} s", self.limit.as_secs());
            self.streak = Some(Streak { began: now, last: now, told: now, pause: FIRST_PAUSE });
            return Ok(());
        };
        if now - streak.began > self.limit {
            return Err(RunError::GaveUp { patience: self.limit, last: text });
        }
        if now - streak.told > TELL_EVERY {
            tracing::warn!("{text}; still trying");
            streak.told = now;
        }
        streak.last = now;
        streak.pause = (streak.pause * 2).min(LONGEST_PAUSE);
        Ok(())
    }
}
