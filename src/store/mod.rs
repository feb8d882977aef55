//! State at rest: one `RocksDB` per partition under one state directory.
//!
//! ```text
//! STATE_DIR/lock       held while anybody uses the directory; names the process
//! STATE_DIR/format     number of the layout, so that an older program refuses a newer one
//! STATE_DIR/p-00000/   RocksDB of partition 0, and so on
//! ```
//!
//! It moves bytes. What keys and values mean is known to `wire`; when to write, to `pipeline`.

mod directory;
mod fault;
mod format;
mod options;
mod partition;
mod stores;

pub use directory::StateDirectory;
pub use fault::Rebuild;
pub use options::Memory;
pub use partition::RocksStore;
pub use stores::RocksStores;
