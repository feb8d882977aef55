//! The state directory, and who may use it: one writer, or any number of readers.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::fault::unavailable;
use crate::pipeline::ports::StoreError;

/// A locked state directory; dropping it, or dying, lets it go.
///
/// `RocksDB`'s own lock does not do: it is per partition, and opening read-only ignores it.
#[derive(Debug)]
pub struct StateDirectory {
    path: PathBuf,
    exclusive: bool,
    _lock: File,
}

impl StateDirectory {
    /// Takes the directory for this process alone, creating it if needed.
    ///
    /// # Errors
    /// [`StoreError::Locked`] if anybody uses it, [`StoreError::Unavailable`] if it cannot be used.
    pub fn lock(path: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(path).map_err(|error| unavailable(path, "create", &error))?;
        let mut file = open_lock(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(refuse_writer(path, &file)),
            Err(TryLockError::Error(error)) => return Err(unavailable(path, "lock", &error)),
        }
        name_holder(&mut file).map_err(|error| unavailable(path, "lock", &error))?;
        Ok(Self { path: path.to_owned(), exclusive: true, _lock: file })
    }

    /// Joins the readers of the directory, which must exist.
    ///
    /// # Errors
    /// [`StoreError::Locked`] if a writer has it, [`StoreError::Unavailable`] if there is none.
    pub fn lock_shared(path: &Path) -> Result<Self, StoreError> {
        must_exist(path)?;
        let file = open_lock(path)?;
        match file.try_lock_shared() {
            Ok(()) => Ok(Self { path: path.to_owned(), exclusive: false, _lock: file }),
            Err(TryLockError::WouldBlock) => Err(refused(path, &holder(path))),
            Err(TryLockError::Error(error)) => Err(unavailable(path, "lock", &error)),
        }
    }

    /// Looks on while another process may be writing. What is opened then is as it was at that
    /// moment; opening may fail when the writer tidies up meanwhile, and then goes well a moment later.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if there is no state directory.
    pub fn look_on(path: &Path) -> Result<Self, StoreError> {
        must_exist(path)?;
        let lock = path.join("lock");
        match File::open(&lock) {
            Ok(file) => Ok(Self { path: path.to_owned(), exclusive: false, _lock: file }),
            Err(error) => Err(unavailable(&lock, "open", &error)),
        }
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// True if this process alone holds it, and so may write.
    #[must_use]
    pub fn is_exclusive(&self) -> bool {
        self.exclusive
    }
}

fn must_exist(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Ok(());
    }
    let path = path.display();
    Err(StoreError::Unavailable(format!("there is no state directory at {path}: check the path, or run the program first")))
}

/// A snapshot on a read-only medium can be read too, as long as it has its lock file.
fn open_lock(path: &Path) -> Result<File, StoreError> {
    let lock = path.join("lock");
    let writable = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&lock);
    writable.or_else(|error| File::open(&lock).map_err(|_| unavailable(&lock, "open", &error)))
}

fn name_holder(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())
}

fn holder(path: &Path) -> String {
    let pid = fs::read_to_string(path.join("lock")).unwrap_or_default();
    match pid.trim() {
        "" => "another process is using it".to_owned(),
        pid => format!("process {pid} is using it"),
    }
}

/// The process named in the file may be long gone if those in the way are readers.
fn refuse_writer(path: &Path, file: &File) -> StoreError {
    match file.try_lock_shared() {
        Ok(()) => refused(path, "a query is reading it"),
        Err(_) => refused(path, &holder(path)),
    }
}

fn refused(path: &Path, who: &str) -> StoreError {
    StoreError::Locked(format!(
        "the state directory {} is locked: {who}; wait for it to end or stop it, or use another directory",
        path.display()
    ))
}
