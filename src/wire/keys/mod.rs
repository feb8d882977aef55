//! Keys for personal data (REQUIREMENTS E5, U24): originals are sealed with them, persons are named by
//! them, and what is shredded can be read by nobody any more.
//!
//! Pure: the shell hands the ring in as data. No secret is ever shown, and each is wiped when it is let go.

mod file;
mod pseudonym;
mod published;
mod ring;
mod scope;
mod seal;
mod sealer;
mod secret;
mod tree;

pub use file::{KeyFileFault, read, write};
pub use pseudonym::{PSEUDONYM_PREFIX, pseudonym};
pub use published::PublishedOriginal;
pub use ring::{Act, KeyRing, KeyVersion, RingFault, Seeds, Shredded, Tombstone};
pub use scope::Scope;
pub use seal::{Unopened, open, seal};
pub use sealer::Sealer;
pub use secret::Secret;
