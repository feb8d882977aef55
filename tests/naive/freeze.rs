//! Freeze windows (E7): every span that was ever in force is kept, and what falls into one is done at the end of the last
//! that follows on it.

use std::collections::BTreeMap;

use chrono::Duration;

use super::calendar::Instant;
use super::number::Dec;

/// What was said of a window.
#[derive(Clone)]
pub struct Order {
    pub said: Instant,
    pub from: Instant,
    pub to: Instant,
    pub withdrawn: bool,
    pub expected: Option<Dec>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stage {
    Planned,
    Begun,
    Over,
}

struct Window {
    order: Order,
    /// As ordered, but for what was told too late.
    from: Instant,
    to: Instant,
    stage: Stage,
}

#[derive(Default)]
pub struct Windows {
    known: BTreeMap<String, Window>,
    /// Those that were over when another one got their id.
    past: Vec<(Instant, Instant)>,
    /// The catalog that was told last in a window, and when.
    pub catalog: Option<(Instant, String)>,
}

/// What is done is done: a window begins or ends with the next input at the earliest.
fn next(told: Instant) -> Instant {
    told + Duration::milliseconds(1)
}

impl Windows {
    pub fn put(&mut self, id: &str, order: Order, told: Instant) {
        let known = self.known.get(id);
        if known.is_some_and(|known| known.order.said >= order.said) {
            return;
        }
        if let Some(known) = known.filter(|known| known.stage == Stage::Begun) {
            let is_over = order.withdrawn || order.from > told;
            let to = if is_over { next(told) } else { order.to.max(next(told)) };
            let window = Window { from: known.from, to, stage: Stage::Begun, order };
            self.known.insert(id.to_owned(), window);
            return;
        }
        if let Some(known) = self.known.get_mut(id).filter(|known| known.stage == Stage::Over && order.withdrawn) {
            known.order = order;
            return;
        }
        let known = self.known.get(id);
        self.past.extend(known.filter(|known| known.stage == Stage::Over).map(|known| (known.from, known.to)));
        let from = order.from.max(next(told));
        let to = if order.withdrawn { from } else { order.to.max(from) };
        let stage = if from < to { Stage::Planned } else { Stage::Over };
        self.known.insert(id.to_owned(), Window { order, from, to, stage });
    }

    fn spans(&self) -> impl Iterator<Item = (Instant, Instant)> {
        self.known.values().map(|one| (one.from, one.to)).chain(self.past.iter().copied())
    }

    /// When what is due at an instant is done.
    pub fn thaw(&self, at: Instant) -> Instant {
        let mut at = at;
        while let Some((_, to)) = self.spans().find(|(from, to)| *from <= at && at < *to) {
            at = to;
        }
        at
    }

    pub fn is_frozen(&self, at: Instant) -> bool {
        self.thaw(at) > at
    }

    /// What was due up to then is done: now, or before the first of the windows that we are in.
    pub fn done_until(&self, now: Instant) -> Instant {
        if !self.is_frozen(now) {
            return now;
        }
        let begin = |at: Instant| self.spans().filter(|(from, to)| *from <= at && at <= *to).map(|(from, _)| from).min();
        let mut first = now;
        while let Some(earlier) = begin(first).filter(|earlier| *earlier < first) {
            first = earlier;
        }
        first - Duration::nanoseconds(1)
    }

    /// The window that begins or ends next, and when.
    pub fn next(&self) -> Option<(Instant, Stage, String)> {
        let turn = |(id, one): (&String, &Window)| match one.stage {
            Stage::Planned => Some((one.from, Stage::Begun, id.clone())),
            Stage::Begun => Some((one.to, Stage::Over, id.clone())),
            Stage::Over => None,
        };
        self.known.iter().filter_map(turn).min()
    }

    pub fn turn(&mut self, id: &str, stage: Stage) {
        self.known.get_mut(id).unwrap().stage = stage;
    }

    /// How many times the usual use is expected in a span.
    pub fn expected(&self, from: Instant, to: Instant) -> Option<Dec> {
        let orders = self.known.values().map(|one| &one.order).filter(|one| !one.withdrawn && one.from < to && from < one.to);
        orders.filter_map(|one| one.expected.clone()).max()
    }
}
