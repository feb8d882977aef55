//! Blocks of file content, shared by the lines in them: a line is never copied.

use std::sync::Arc;

/// Bytes read from one file. All of `bytes` is initialised; how many are content, its reader knows.
#[derive(Debug)]
pub(super) struct Block {
    pub bytes: Vec<u8>,
    pub file: Arc<str>,
}

/// Blocks that were used before, to be used again once no line borrows from them: saves clearing
/// a mebibyte of fresh memory per block.
#[derive(Debug)]
pub(super) struct Pool {
    blocks: Vec<Arc<Block>>,
    capacity: usize,
}

/// More blocks than that are borrowed from only if inputs are folded slowly: then memory is freed
/// rather than kept.
const KEPT: usize = 8;

impl Pool {
    pub fn new(capacity: usize) -> Self {
        Self { blocks: Vec::with_capacity(KEPT), capacity }
    }

    /// A block for content of `file`, which nobody else holds until it is shared.
    pub fn take(&mut self, file: &Arc<str>) -> Arc<Block> {
        let free = self.blocks.iter().position(|block| Arc::strong_count(block) == 1);
        let mut block = match free {
            Some(at) => self.blocks.swap_remove(at),
            None => Arc::new(Block { bytes: vec![0; self.capacity], file: Arc::clone(file) }),
        };
        if let Some(block) = Arc::get_mut(&mut block) {
            block.file = Arc::clone(file);
        }
        block
    }

    /// Gives a block back that lines may still borrow from.
    pub fn give(&mut self, block: Arc<Block>) {
        if self.blocks.len() < KEPT {
            self.blocks.push(block);
        }
    }
}
