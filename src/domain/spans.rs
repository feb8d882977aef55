//! Sets of instants as spans `[from, to)`: when something is open.

use super::instant::Instant;

/// Spans in order, neither empty nor touching each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spans(Vec<(Instant, Instant)>);

impl Spans {
    /// `[from, to)`; no end: for ever. Nothing, if it ends before it begins.
    #[must_use]
    pub fn of(from: Instant, to: Option<Instant>) -> Self {
        Self::default().or(from, to.unwrap_or(Instant::MAX))
    }

    #[must_use]
    pub fn always() -> Self {
        Self::of(Instant::MIN, None)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[must_use]
    pub fn contains(&self, instant: Instant) -> bool {
        let next = self.0.partition_point(|(from, _)| *from <= instant);
        let last = next.checked_sub(1).and_then(|place| self.0.get(place));
        last.is_some_and(|(_, to)| instant < *to)
    }

    /// The span that holds an instant.
    #[must_use]
    pub fn around(&self, instant: Instant) -> Option<(Instant, Instant)> {
        self.0.iter().find(|(from, to)| *from <= instant && instant < *to).copied()
    }

    #[must_use]
    pub fn first(&self) -> Option<(Instant, Instant)> {
        self.0.first().copied()
    }

    /// This or that span.
    #[must_use]
    pub fn or(self, from: Instant, to: Instant) -> Self {
        let mut spans = self.0;
        if from < to {
            spans.push((from, to));
            spans.sort_unstable();
        }
        let mut joined: Vec<(Instant, Instant)> = Vec::with_capacity(spans.len());
        for (from, to) in spans {
            match joined.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => joined.push((from, to)),
            }
        }
        Self(joined)
    }

    /// What is in these, or in others.
    #[must_use]
    pub fn union(self, others: &Self) -> Self {
        others.0.iter().fold(self, |all, (from, to)| all.or(*from, *to))
    }

    /// What is in both.
    #[must_use]
    pub fn and(&self, others: &Self) -> Self {
        let pairs = self.0.iter().flat_map(|one| others.0.iter().map(move |other| (one.0.max(other.0), one.1.min(other.1))));
        pairs.fold(Self::default(), |all, (from, to)| all.or(from, to))
    }

    /// What is in these and not in others.
    #[must_use]
    pub fn less(&self, others: &Self) -> Self {
        let mut gaps = Vec::with_capacity(others.0.len() + 1);
        let mut from = Instant::MIN;
        for (begin, end) in &others.0 {
            gaps.push((from, *begin));
            from = *end;
        }
        gaps.push((from, Instant::MAX));
        self.and(&Self(gaps.into_iter().filter(|(from, to)| from < to).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_millis(seconds * 1000)
    }

    fn spans(list: &[(i64, i64)]) -> Spans {
        list.iter().fold(Spans::default(), |all, (from, to)| all.or(at(*from), at(*to)))
    }

    #[test]
    fn spans_are_sets() {
        let check = |found: Spans, expect: &[(i64, i64)]| assert_eq!(found, spans(expect));
        check(spans(&[(5, 7), (1, 3), (3, 4)]), &[(1, 4), (5, 7)]);
        check(spans(&[(5, 5), (7, 6)]), &[]);
        check(spans(&[(1, 9)]).and(&spans(&[(0, 2), (8, 12)])), &[(1, 2), (8, 9)]);
        check(spans(&[(1, 9)]).less(&spans(&[(0, 2), (4, 5)])), &[(2, 4), (5, 9)]);
        check(spans(&[(1, 2)]).union(&spans(&[(2, 3), (5, 6)])), &[(1, 3), (5, 6)]);
        check(Spans::always().less(&Spans::always()), &[]);
    }

    #[test]
    fn spans_are_half_open() {
        let check = |second, expect| assert_eq!(spans(&[(1, 3), (5, 6)]).contains(at(second)), expect, "{second}");
        [(0, false), (1, true), (2, true), (3, false), (5, true), (6, false)]
            .into_iter()
            .for_each(|(second, expect)| check(second, expect));
        assert!(Spans::of(at(1), None).contains(at(100)));
    }
}
