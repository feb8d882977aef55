//! Cuts one file into lines, a block at a time.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use memchr::memchr;

use super::block::{Block, Pool};

/// The longest line that is handed out whole. Of a longer one, one byte more than that is handed
/// out, so that decoding sees that it is too long; the rest is skipped without being kept.
pub const LINE_LIMIT: usize = 1 << 20;

/// Holds the longest line with `\r\n`: what has no newline after that many bytes is too long.
pub(super) const BLOCK: usize = LINE_LIMIT + 2;

/// What comes next in a file.
pub(super) enum Step {
    Line {
        block: Arc<Block>,
        value: Range<usize>,
        end: u64,
    },
    /// Read to its end; so many bytes there are not followed by a newline yet.
    Unfinished(u64),
}

/// Reads on in one file.
#[derive(Debug)]
pub(super) struct Reader {
    file: File,
    block: Arc<Block>,
    /// The content of the block that is not handed out yet.
    unread: Range<usize>,
    /// The byte of the file where that begins.
    position: u64,
    /// Bytes from there on that are known to hold no newline.
    searched: u64,
}

impl Reader {
    /// Reads on from `position`; the `searched` bytes after it are known to hold no newline.
    pub fn open(path: &Path, name: &Arc<str>, position: u64, searched: u64, pool: &mut Pool) -> io::Result<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(position))?;
        Ok(Self { file, block: pool.take(name), unread: 0..0, position, searched })
    }

    /// Gives the block back for other readers.
    pub fn close(self, pool: &mut Pool) {
        pool.give(self.block);
    }

    pub fn next(&mut self, pool: &mut Pool) -> io::Result<Step> {
        loop {
            // Bytes searched in vain before this block was filled up are not searched again.
            let skip = usize::try_from(self.searched).map_or(self.unread.len(), |n| n.min(self.unread.len()));
            let fresh = self.unread.start + skip..self.unread.end;
            if let Some(at) = memchr(b'\n', &self.block.bytes[fresh.clone()]) {
                return Ok(self.line(fresh.start + at));
            }
            self.searched = self.searched.max(self.unread.len() as u64);
            if self.unread.len() == BLOCK {
                return self.long_line(pool);
            }
            if self.fill(pool)? == 0 {
                return Ok(Step::Unfinished(self.searched));
            }
        }
    }

    fn line(&mut self, newline: usize) -> Step {
        let mut value = self.unread.start..newline;
        self.position += (newline + 1 - value.start) as u64;
        self.unread.start = newline + 1;
        self.searched = 0;
        if self.block.bytes[value.clone()].last() == Some(&b'\r') {
            value.end -= 1;
        }
        value.end = value.end.min(value.start + LINE_LIMIT + 1);
        Step::Line { block: Arc::clone(&self.block), value, end: self.position }
    }

    /// Moves what is unread to the front of a block and reads more behind it.
    fn fill(&mut self, pool: &mut Pool) -> io::Result<usize> {
        let kept = self.unread.len();
        if let Some(block) = Arc::get_mut(&mut self.block) {
            block.bytes.copy_within(self.unread.clone(), 0);
        } else {
            let mut fresh = pool.take(&self.block.file);
            let old = &self.block.bytes[self.unread.clone()];
            exclusive(&mut fresh)?.bytes[..kept].copy_from_slice(old);
            pool.give(std::mem::replace(&mut self.block, fresh));
        }
        self.unread = 0..kept;
        let read = read_some(&mut self.file, &mut exclusive(&mut self.block)?.bytes[kept..])?;
        self.unread.end += read;
        Ok(read)
    }

    /// Hands out the beginning of a line that is too long, once its end has been found.
    fn long_line(&mut self, pool: &mut Pool) -> io::Result<Step> {
        let mut scratch = pool.take(&self.block.file);
        let found = self.search_on(&mut exclusive(&mut scratch)?.bytes);
        let Some(end) = found? else {
            pool.give(scratch);
            return Ok(Step::Unfinished(self.searched));
        };
        self.file.seek(SeekFrom::Start(end))?;
        let value = self.unread.start..self.unread.start + LINE_LIMIT + 1;
        let block = std::mem::replace(&mut self.block, scratch);
        self.unread = 0..0;
        self.position = end;
        self.searched = 0;
        Ok(Step::Line { block, value, end })
    }

    /// The byte after the next newline behind the searched bytes, if there is one.
    fn search_on(&mut self, scratch: &mut [u8]) -> io::Result<Option<u64>> {
        self.file.seek(SeekFrom::Start(self.position + self.searched))?;
        loop {
            let read = read_some(&mut self.file, scratch)?;
            if let Some(at) = memchr(b'\n', &scratch[..read]) {
                return Ok(Some(self.position + self.searched + at as u64 + 1));
            }
            self.searched += read as u64;
            if read == 0 {
                return Ok(None);
            }
        }
    }
}

fn read_some(file: &mut File, to: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(to) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// A block just taken from the pool is held by nobody else; an error is kinder than a panic.
fn exclusive(block: &mut Arc<Block>) -> io::Result<&mut Block> {
    Arc::get_mut(block).ok_or_else(|| io::Error::other("a block of memory that is in use was to be overwritten"))
}
