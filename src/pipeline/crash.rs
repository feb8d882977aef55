//! Named points at which a test can kill the process, as hard as `kill -9` does.
//!
//! `TALLY_CRASH_AT=after-publish:3` kills at the third pass of that point. Without the variable a
//! point costs one load, and there are a few per commit.

use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The points, in the order in which a process passes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    AfterFence,
    AfterRecover,
    AfterRestore,
    AfterFreeze,
    BeforePublish,
    AfterPublish,
    BeforeStoreWrite,
    AfterStoreWrite,
}

impl Point {
    pub const ALL: [Self; 8] = [
        Self::AfterFence,
        Self::AfterRecover,
        Self::AfterRestore,
        Self::AfterFreeze,
        Self::BeforePublish,
        Self::AfterPublish,
        Self::BeforeStoreWrite,
        Self::AfterStoreWrite,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AfterFence => "after-fence",
            Self::AfterRecover => "after-recover",
            Self::AfterRestore => "after-restore",
            Self::AfterFreeze => "after-freeze",
            Self::BeforePublish => "before-publish",
            Self::AfterPublish => "after-publish",
            Self::BeforeStoreWrite => "before-store-write",
            Self::AfterStoreWrite => "after-store-write",
        }
    }
}

struct Planned {
    point: Point,
    passes_left: AtomicU64,
}

/// Dies here, if the environment asks for it.
pub(super) fn crash_point(point: Point) {
    static PLANNED: OnceLock<Option<Planned>> = OnceLock::new();
    let planned = PLANNED.get_or_init(|| std::env::var("TALLY_CRASH_AT").ok().and_then(|text| plan(&text)));
    let Some(planned) = planned else { return };
    if planned.point == point && planned.passes_left.fetch_sub(1, Ordering::Relaxed) == 1 {
        die();
    }
}

fn plan(text: &str) -> Option<Planned> {
    let (name, pass) = text.split_once(':').unwrap_or((text, "1"));
    let point = Point::ALL.into_iter().find(|point| point.name() == name)?;
    Some(Planned { point, passes_left: AtomicU64::new(pass.parse().ok()?) })
}

/// SIGKILL, so that nothing at all is tidied up. The shell has `kill` built in; ours is its parent.
fn die() {
    let killed = Command::new("/bin/sh").args(["-c", "kill -9 $PPID"]).status();
    tracing::error!(?killed, "could not be killed as TALLY_CRASH_AT asks");
    std::thread::sleep(Duration::from_secs(5));
    std::process::abort();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_planned_by_name_and_pass() {
        let check = |text: &str, expect: Option<(Point, u64)>| {
            let found = plan(text).map(|planned| (planned.point, planned.passes_left.load(Ordering::Relaxed)));
            assert_eq!(found, expect, "{text}");
        };
        check("after-publish", Some((Point::AfterPublish, 1)));
        check("before-store-write:7", Some((Point::BeforeStoreWrite, 7)));
        check("after-lunch", None);
        check("after-publish:often", None);
    }
}
