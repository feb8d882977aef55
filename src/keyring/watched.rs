//! The ring of a running process: what is shredded elsewhere is gone here within a second, too.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{KeyringFault, load};
use crate::pipeline::ports::Keys;
use crate::wire::keys::KeyRing;

/// So often the file is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What tells one file from another in its place: inode, length, and time of change.
type Mark = (u64, u64, i64, i64);

#[derive(Debug)]
pub struct WatchedRing {
    path: PathBuf,
    seen: Mutex<Seen>,
}

#[derive(Debug)]
struct Seen {
    ring: Arc<KeyRing>,
    mark: Option<Mark>,
    at: Instant,
}

impl WatchedRing {
    /// # Errors
    /// See [`KeyringFault`].
    pub fn open(path: &Path) -> Result<Self, KeyringFault> {
        let mark = mark(path);
        let ring = Arc::new(load(path)?);
        Ok(Self { path: path.to_owned(), seen: Mutex::new(Seen { ring, mark, at: Instant::now() }) })
    }
}

impl Keys for WatchedRing {
    fn ring(&self) -> Arc<KeyRing> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.at.elapsed() >= LOOK_EVERY {
            seen.at = Instant::now();
            let now = mark(&self.path);
            if now != seen.mark {
                seen.mark = now;
                match load(&self.path) {
                    Ok(ring) => seen.ring = Arc::new(ring),
                    Err(fault) => tracing::error!("{fault}; the keys that were there before are used until it is mended"),
                }
            }
        }
        Arc::clone(&seen.ring)
    }
}

fn mark(path: &Path) -> Option<Mark> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.ino(), metadata.len(), metadata.mtime(), metadata.mtime_nsec()))
}
