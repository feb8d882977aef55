//! The two lanes of a partition: inputs that were read and not folded yet.

use std::collections::VecDeque;

use super::fault::RunError;
use super::ports::{Lane, Message, Positions};

/// A lane of a partition.
pub(super) struct LaneBuffer<M> {
    held: VecDeque<M>,
    /// After what is held, there is nothing more for now.
    at_end: bool,
    bytes: usize,
    /// The lowest offset that may come next.
    expected: u64,
}

impl<M: Message> LaneBuffer<M> {
    fn new(expected: u64) -> Self {
        Self { held: VecDeque::new(), at_end: false, bytes: 0, expected }
    }

    pub fn get(&self, index: usize) -> Option<&M> {
        self.held.get(index)
    }

    pub fn len(&self) -> usize {
        self.held.len()
    }

    pub fn is_at_end(&self) -> bool {
        self.at_end
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Lets the first `count` go: they were folded.
    pub fn release(&mut self, count: usize) {
        for message in self.held.drain(..count.min(self.held.len())) {
            self.bytes = self.bytes.saturating_sub(message.footprint());
        }
    }

    /// Forgets all that is held: it is delivered again from `expected` on.
    pub fn reset(&mut self, expected: u64) {
        *self = Self::new(expected);
    }

    pub fn end(&mut self) {
        self.at_end = true;
    }

    fn push(&mut self, message: M) -> Result<(), RunError> {
        let offset = message.offset();
        if offset < self.expected {
            let (partition, lane) = (message.partition(), message.lane());
            return Err(RunError::OffsetWentBack { partition, lane, offset, expected: self.expected });
        }
        self.expected = offset + 1;
        self.bytes += message.footprint();
        self.at_end = false;
        self.held.push_back(message);
        Ok(())
    }
}

/// Both lanes.
pub(super) struct Lanes<M> {
    pub control: LaneBuffer<M>,
    pub usage: LaneBuffer<M>,
}

impl<M: Message> Lanes<M> {
    pub fn new(from: &Positions) -> Self {
        Self { control: LaneBuffer::new(from.control.next_offset), usage: LaneBuffer::new(from.usage.next_offset) }
    }

    pub fn of(&self, lane: Lane) -> &LaneBuffer<M> {
        match lane {
            Lane::Control => &self.control,
            Lane::Usage => &self.usage,
        }
    }

    pub fn of_mut(&mut self, lane: Lane) -> &mut LaneBuffer<M> {
        match lane {
            Lane::Control => &mut self.control,
            Lane::Usage => &mut self.usage,
        }
    }

    pub fn push(&mut self, message: M) -> Result<(), RunError> {
        self.of_mut(message.lane()).push(message)
    }

    /// Nothing is left to fold, and nothing is known to come.
    pub fn are_drained(&self) -> bool {
        [&self.control, &self.usage].into_iter().all(|lane| lane.at_end && lane.held.is_empty())
    }

    /// Inputs that were read and wait to be folded.
    pub fn waiting(&self) -> usize {
        self.control.len() + self.usage.len()
    }

    /// Nothing of this lane is held while inputs of the other one wait for it.
    pub fn is_awaited(&self, lane: Lane) -> bool {
        let this = self.of(lane);
        this.held.is_empty() && !this.at_end && self.waiting() > 0
    }
}
