//! TOML that people write, read so that *every* fault is found in one go, each with its place and
//! with what to write instead.
//!
//! A reader takes a [`Table`], asks it for keys, and gets `None` for whatever is absent or wrong;
//! wrong things have been noted in [`Faults`] by then. So reading goes on behind a fault (with a
//! default, where there is one: the result is thrown away), and the caller looks at the faults once,
//! at the end.

mod fault;
mod json;
mod parse;
mod suggest;
mod table;
mod value;

pub use fault::{Fault, Faults, Place};
pub use parse::{Document, parse, readable};
pub use suggest::closest;
pub use table::Table;
pub use value::{Value, every};

/// A file by the name that people know it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    pub name: String,
    pub text: String,
}
