//! Embedded mode: inputs and outputs are NDJSON files in one directory.
//!
//! ```text
//! DIR/in/usage-events/*.ndjson    inputs: one a line, files in name order, each append-only
//! DIR/in/usage-control/*.ndjson
//! DIR/out/*.ndjson                outputs: one a line; the committed prefix and nothing else
//! DIR/state/                      the store, which also holds the positions and the receipt
//! ```
//!
//! The store is the commit point. Outputs are appended and synced before it is written, and cut
//! back to the lengths that it knows (the receipt) at every start: so each output is there once.

mod block;
mod fault;
mod file;
mod lane;
mod layout;
mod line;
mod outfile;
mod reader;
mod receipt;
mod sink;
mod source;

pub use layout::JournalDirectory;
pub use line::Line;
pub use outfile::NAMES as OUTPUT_FILES;
pub use reader::LINE_LIMIT;
pub use receipt::{Lengths, ReceiptError};
pub use sink::JournalSink;
pub use source::{JournalSource, Reading, Warn};

/// A journal is one partition.
pub const PARTITION: u32 = 0;
