//! How fast mails may go out.

use std::time::{Duration, Instant};

/// Keeps an even distance between mails, so that a burst of notices is none of mails.
pub struct Pace {
    gap: Duration,
    next: Option<Instant>,
}

impl Pace {
    /// None: as fast as may be.
    #[must_use]
    pub fn new(mails_per_minute: Option<u64>) -> Self {
        let gap = mails_per_minute.filter(|mails| *mails > 0).map_or(Duration::ZERO, |mails| Duration::from_nanos(60_000_000_000 / mails));
        Self { gap, next: None }
    }

    /// How long to wait before the next mail.
    #[must_use]
    pub fn wait(&self, now: Instant) -> Duration {
        self.next.map_or(Duration::ZERO, |next| next.saturating_duration_since(now))
    }

    /// A mail went out.
    pub fn sent(&mut self, now: Instant) {
        self.next = now.checked_add(self.gap);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_keep_their_distance() {
        let start = Instant::now();
        let check = |mails: Option<u64>, after: Duration, expect: Duration| {
            let mut pace = Pace::new(mails);
            assert_eq!(pace.wait(start), Duration::ZERO);
            pace.sent(start);
            assert_eq!(pace.wait(start + after), expect, "{mails:?}");
        };
        check(None, Duration::ZERO, Duration::ZERO);
        check(Some(60), Duration::ZERO, Duration::from_secs(1));
        check(Some(60), Duration::from_millis(400), Duration::from_millis(600));
        check(Some(60), Duration::from_secs(5), Duration::ZERO);
        check(Some(120), Duration::ZERO, Duration::from_millis(500));
    }
}
