//! One file, for its owner alone. A change is a new file in its place, and the old one's bytes are overwritten.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::KeyringFault;
use crate::wire::keys::{self, KeyRing, Secret, Seeds};

/// Its owner reads and writes it, and nobody else does.
const MODE: u32 = 0o600;
const OF_OTHERS: u32 = 0o077;
/// Bytes that are overwritten at once.
const AT_ONCE: usize = 1 << 16;

/// Reads a ring.
///
/// # Errors
/// See [`KeyringFault`].
pub fn load(path: &Path) -> Result<KeyRing, KeyringFault> {
    let failed = |source| KeyringFault::Io { doing: "read", path: path.to_owned(), source };
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(KeyringFault::Missing(path.to_owned())),
        opened => opened.map_err(failed)?,
    };
    let metadata = file.metadata().map_err(failed)?;
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & OF_OTHERS != 0 {
        return Err(KeyringFault::Open { path: path.to_owned(), mode });
    }
    // Large enough from the start: a buffer that grows leaves copies of the keys behind.
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + AT_ONCE));
    file.read_to_string(&mut text).map_err(failed)?;
    keys::read(&text).map_err(|source| KeyringFault::Damaged { path: path.to_owned(), source })
}

/// Random bytes of the operating system for a new version.
///
/// # Errors
/// It has none.
pub fn seeds() -> Result<Seeds, KeyringFault> {
    let secret = || {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *bytes).map_err(|error| KeyringFault::NoChance(error.to_string()))?;
        Ok(Secret::new(*bytes))
    };
    Ok(Seeds { originals: secret()?, pseudonyms: secret()? })
}

/// Writes a ring where there is none yet.
///
/// # Errors
/// There is one, or the place cannot be written to.
pub fn create(path: &Path, ring: &KeyRing) -> Result<(), KeyringFault> {
    let mut file = match OpenOptions::new().write(true).create_new(true).mode(MODE).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(KeyringFault::There(path.to_owned())),
        opened => opened.map_err(|source| KeyringFault::Io { doing: "create", path: path.to_owned(), source })?,
    };
    let written = file.write_all(keys::write(ring).as_bytes()).and_then(|()| file.sync_all()).and_then(|()| sync_folder(path));
    written.map_err(|source| KeyringFault::Io { doing: "write", path: path.to_owned(), source })
}

/// A ring that is being changed: nobody else changes it meanwhile.
#[derive(Debug)]
pub struct Guard {
    path: PathBuf,
    ring: KeyRing,
    _lock: File,
}

impl Guard {
    /// Waits for another change under way.
    ///
    /// # Errors
    /// See [`KeyringFault`].
    pub fn open(path: &Path) -> Result<Self, KeyringFault> {
        load(path)?;
        let failed = |source| KeyringFault::Io { doing: "lock", path: path.to_owned(), source };
        let lock = OpenOptions::new().write(true).create(true).truncate(false).mode(MODE).open(beside(path, "lock")).map_err(failed)?;
        lock.lock().map_err(failed)?;
        Ok(Self { path: path.to_owned(), ring: load(path)?, _lock: lock })
    }

    #[must_use]
    pub fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// Puts a changed ring in the place of this one: it is there whole or not at all. Then the old one's bytes
    /// are overwritten. (A disk may keep copies of its own: see the operators' guide.)
    ///
    /// # Errors
    /// See [`KeyringFault`].
    pub fn replace(self, ring: &KeyRing) -> Result<(), KeyringFault> {
        let failed = |source| KeyringFault::Io { doing: "replace", path: self.path.clone(), source };
        let mut old = OpenOptions::new().write(true).open(&self.path).map_err(failed)?;
        let draft = beside(&self.path, "draft");
        let written = write_new(&draft, &keys::write(ring)).and_then(|()| fs::rename(&draft, &self.path));
        if let Err(source) = written.and_then(|()| sync_folder(&self.path)) {
            return Err(failed(source));
        }
        wipe(&mut old).map_err(|source| KeyringFault::NotWiped { path: self.path.clone(), source })
    }
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(MODE).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// The bytes of a file that has no name any more, or is about to lose it.
fn wipe(file: &mut File) -> io::Result<()> {
    let mut left = file.metadata()?.len();
    file.seek(SeekFrom::Start(0))?;
    let zeros = vec![0; AT_ONCE];
    while left > 0 {
        let part = usize::try_from(left).unwrap_or(AT_ONCE).min(AT_ONCE);
        file.write_all(zeros.get(..part).unwrap_or_default())?;
        left -= part as u64;
    }
    file.sync_all()
}

fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".");
    name.push(what);
    path.with_file_name(name)
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    File::open(folder)?.sync_all()
}
