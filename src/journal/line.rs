//! One line of a file, as the pipeline sees it.

use std::ops::Range;
use std::sync::Arc;

use super::PARTITION;
use super::block::Block;
use crate::pipeline::ports::{Lane, Message};

/// A line borrowed from the block that it was read into.
#[derive(Debug, Clone)]
pub struct Line {
    pub(super) lane: Lane,
    pub(super) offset: u64,
    pub(super) block: Arc<Block>,
    pub(super) value: Range<usize>,
    /// The byte of the file after this line.
    pub(super) end: u64,
}

impl Message for Line {
    fn lane(&self) -> Lane {
        self.lane
    }

    fn partition(&self) -> u32 {
        PARTITION
    }

    fn offset(&self) -> u64 {
        self.offset
    }

    fn timestamp_ms(&self) -> Option<i64> {
        None
    }

    fn value(&self) -> Option<&[u8]> {
        self.block.bytes.get(self.value.clone())
    }

    fn headers<'a>(&'a self, _each: &mut dyn FnMut(&'a str, &'a [u8])) {}

    fn has_headers(&self) -> bool {
        false
    }

    fn file(&self) -> Option<(&str, u64)> {
        Some((&self.block.file, self.end))
    }

    fn footprint(&self) -> usize {
        size_of::<Self>() + self.value.len()
    }
}
