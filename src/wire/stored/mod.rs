//! State as bytes: the keys and values of the store and of the changelog, which are the same.
//!
//! What is written here is read by every later version: kind numbers, codes and layouts are
//! permanent. A value whose layout must change gets a new version number and keeps the old reader.

mod directory;
pub mod key;
pub mod scan;
pub mod value;

mod error;
mod ordered;

pub use error::StoredError;
