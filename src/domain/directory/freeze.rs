//! Freeze windows (REQUIREMENTS E7): in them nothing is closed, no catalog takes effect and no package size is chosen
//! anew; all of it happens when the window ends.

use crate::domain::instant::{Instant, NANOS_PER_MILLISECOND};
use crate::domain::names::FreezeId;
use crate::domain::quantity::Quantity;

/// What somebody said of a window: `tally.freeze.v1`. Of two the later one counts, whichever is told first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FreezeOrder {
    /// When it was said.
    pub at: Instant,
    pub from: Instant,
    /// Exclusive; after `from`.
    pub to: Instant,
    /// It is not to be.
    pub withdrawn: bool,
    /// How many times the usual use is expected on its days: no brake trips by itself below that.
    pub expected: Option<Quantity>,
    /// Who: an id, no personal data.
    pub actor: String,
    pub reason: String,
}

/// A window, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freeze {
    pub order: FreezeOrder,
    /// Where it began or will, and where it ends: as ordered, but for what was told too late.
    pub from: Instant,
    pub to: Instant,
    pub stage: Stage,
    /// The catalog change that was told last in it.
    pub catalog: Option<PostponedCatalog>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Planned,
    Begun,
    /// It has ended, was withdrawn, or was told when it was over.
    Over,
}

/// A catalog change that waits for the end of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostponedCatalog {
    pub digest: [u8; 32],
    /// Where it stands in the control lane.
    pub offset: u64,
}

impl Freeze {
    /// Told for the first time. It counts only from where it is told.
    #[must_use]
    pub fn new(order: &FreezeOrder, watermark: Instant) -> Self {
        let mut freeze = Self { from: order.from, to: order.to, stage: Stage::Planned, catalog: None, order: order.clone() };
        freeze.plan(watermark);
        freeze
    }

    fn plan(&mut self, watermark: Instant) {
        self.from = self.order.from.max(after(watermark));
        self.to = if self.order.withdrawn { self.from } else { self.order.to.max(self.from) };
        self.stage = if self.from < self.to { Stage::Planned } else { Stage::Over };
    }

    /// Takes a later order in; true if it changed anything. A window that has begun can only end earlier or later; that one which
    /// is over is withdrawn changes nothing of what was put off.
    pub fn put(&mut self, order: &FreezeOrder, watermark: Instant) -> bool {
        if self.order >= *order {
            return false;
        }
        self.order = order.clone();
        if self.stage == Stage::Begun {
            let is_over = order.withdrawn || order.from > watermark;
            self.to = if is_over { after(watermark) } else { order.to.max(after(watermark)) };
        } else if self.stage == Stage::Planned || !order.withdrawn {
            self.plan(watermark);
        }
        true
    }

    /// Is what is due at an instant put off by it?
    #[must_use]
    pub fn covers(&self, at: Instant) -> bool {
        self.from <= at && at < self.to
    }
}

/// Never the watermark itself: an input that lacks state is folded again from its beginning, and must not find done
/// what it only asked for.
fn after(watermark: Instant) -> Instant {
    watermark.saturating_add(NANOS_PER_MILLISECOND)
}

/// What a window has come to: what is done at an instant, in this order, before or after what is closed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    Begins,
    Ends,
    /// After what is closed at its end: the catalog that was told in it takes effect.
    Catalog,
}

impl Freeze {
    /// What is to be done next with it, and when.
    #[must_use]
    pub fn next(&self) -> Option<(Instant, Turn)> {
        match self.stage {
            Stage::Planned => Some((self.from, Turn::Begins)),
            Stage::Begun => Some((self.to, Turn::Ends)),
            Stage::Over => self.catalog.map(|_| (self.to, Turn::Catalog)),
        }
    }
}

/// All windows, for those who ask at every step: few, most of the time none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Freezes {
    known: Vec<(FreezeId, Freeze)>,
    /// When the last one ends: after that there is nothing to look for.
    end: Option<Instant>,
    next: Option<(Instant, Turn, FreezeId)>,
}

impl Freezes {
    /// Brings one in line.
    pub fn follow(&mut self, id: &FreezeId, freeze: &Freeze) {
        match self.known.binary_search_by(|(known, _)| known.cmp(id)) {
            Ok(place) => self.known[place].1 = freeze.clone(),
            Err(place) => self.known.insert(place, (id.clone(), freeze.clone())),
        }
        self.end = self.known.iter().map(|(_, freeze)| freeze.to).max();
        let turns = self.known.iter().filter_map(|(id, freeze)| freeze.next().map(|(at, turn)| (at, turn, id)));
        self.next = turns.min().map(|(at, turn, id)| (at, turn, id.clone()));
    }

    /// What is to be done next with one of them, and when.
    #[must_use]
    pub fn next(&self) -> Option<&(Instant, Turn, FreezeId)> {
        self.next.as_ref()
    }

    /// When what is due at an instant is done: then, or when the last window ends that it falls into.
    #[must_use]
    pub fn thawed(&self, at: Instant) -> Instant {
        if self.end.is_none_or(|end| end <= at) {
            return at;
        }
        let mut at = at;
        while let Some((_, window)) = self.known.iter().find(|(_, window)| window.covers(at)) {
            at = window.to;
        }
        at
    }

    /// Up to when what was due is done: now, or until the first of the windows began that a log time falls into.
    #[must_use]
    pub fn done_until(&self, now: Instant) -> Instant {
        if self.thawed(now) == now {
            return now;
        }
        let before = |at: Instant| self.known.iter().map(|(_, window)| window).filter(move |one| one.from < at && at <= one.to);
        let mut begin = now.saturating_add(1);
        while let Some(earlier) = before(begin).map(|one| one.from).min() {
            begin = earlier;
        }
        begin.saturating_sub(1)
    }

    /// The window that ends last of those that a log time falls into, with those that follow on it.
    #[must_use]
    pub fn last_at(&self, at: Instant) -> Option<&FreezeId> {
        let end = self.thawed(at);
        let last = self.known.iter().find(|(_, window)| end > at && window.to == end && window.from < end);
        last.map(|(id, _)| id)
    }

    /// How many times the usual use is expected in a span of event time; none: nobody said.
    #[must_use]
    pub fn expected(&self, from: Instant, to: Instant) -> Option<Quantity> {
        let of_span = self.known.iter().map(|(_, window)| &window.order).filter(|one| !one.withdrawn && one.from < to && from < one.to);
        of_span.filter_map(|one| one.expected).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Instant {
        Instant::from_millis(millis)
    }

    fn order(said: i64, from: i64, to: i64, withdrawn: bool) -> FreezeOrder {
        let (actor, reason) = ("a".to_owned(), "r".to_owned());
        FreezeOrder { at: at(said), from: at(from), to: at(to), withdrawn, expected: None, actor, reason }
    }

    /// Given a window that was told at one time, and what is told of it at another: its span then.
    #[test]
    fn e7_every_state_of_a_window_and_what_is_told_of_it() {
        let check = |stage: Stage, second: FreezeOrder, told: i64, expect: Option<(i64, i64)>| {
            let mut freeze = Freeze::new(&order(1, 100, 200, false), at(10));
            freeze.stage = stage;
            freeze.put(&second, at(told));
            let is_in_force = freeze.covers(freeze.from);
            let expect = expect.map(|(from, to)| (at(from), at(to)));
            assert_eq!(is_in_force.then_some((freeze.from, freeze.to)), expect, "{stage:?} {second:?} told at {told}");
        };
        // What was said earlier, or is known.
        check(Stage::Planned, order(0, 50, 60, true), 20, Some((100, 200)));
        check(Stage::Planned, order(1, 100, 200, false), 20, Some((100, 200)));
        // Before it begins: anything.
        check(Stage::Planned, order(2, 50, 60, false), 20, Some((50, 60)));
        check(Stage::Planned, order(2, 50, 60, false), 55, Some((56, 60)));
        check(Stage::Planned, order(2, 50, 60, false), 60, None);
        check(Stage::Planned, order(2, 100, 200, true), 20, None);
        // When it has begun: it ends earlier or later, or now.
        check(Stage::Begun, order(2, 100, 150, false), 120, Some((100, 150)));
        check(Stage::Begun, order(2, 100, 300, false), 120, Some((100, 300)));
        check(Stage::Begun, order(2, 100, 110, false), 120, Some((100, 121)));
        check(Stage::Begun, order(2, 100, 200, true), 120, Some((100, 121)));
        check(Stage::Begun, order(2, 300, 400, false), 120, Some((100, 121)));
        // When it is over: a new one.
        check(Stage::Over, order(2, 300, 400, false), 250, Some((300, 400)));
        check(Stage::Over, order(2, 100, 400, false), 250, Some((251, 400)));
        check(Stage::Over, order(2, 100, 200, true), 250, Some((100, 200)));
    }

    #[test]
    fn e7_what_is_due_in_a_window_is_done_at_the_end_of_the_last_one() {
        let mut windows = Freezes::default();
        for (from, to) in [(100, 200), (150, 250), (250, 300), (400, 500)] {
            windows.follow(&FreezeId::new(&from.to_string()), &Freeze::new(&order(1, from, to, false), at(0)));
        }
        let check = |due: i64, expect: i64| assert_eq!(windows.thawed(at(due)), at(expect), "due at {due}");
        assert_eq!((windows.last_at(at(100)).map(FreezeId::as_str), windows.last_at(at(300))), (Some("250"), None));
        check(99, 99);
        check(100, 300);
        check(249, 300);
        check(300, 300);
        check(399, 399);
        check(400, 500);
        let done = |now: i64, expect: Instant| assert_eq!(windows.done_until(at(now)), expect, "now it is {now}");
        let before = |begin: i64| at(begin).saturating_sub(1);
        done(99, at(99));
        done(100, before(100));
        done(299, before(100));
        done(300, at(300));
        done(450, before(400));
    }
}
