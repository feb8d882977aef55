//! `[memory]`: what bounds the memory, whatever the input rate and the number of customers.

use super::units::bytes;
use crate::wire::document::{Table, Value};

const MEGABYTE: usize = 1_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// Customers whose state is kept in RAM, per partition.
    pub accounts_in_ram: usize,
    /// Event ids kept in RAM, per partition.
    pub ids_in_ram: usize,
    /// Bytes of inputs fetched and not yet folded, per worker.
    pub inputs_in_flight: usize,
    /// Bytes of changed state per worker beyond which it commits early.
    pub dirty_state: usize,
    /// Bytes of the stores' read cache, of the process.
    pub block_cache: usize,
    /// Bytes of the stores' write buffers, of the process.
    pub write_buffers: usize,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            accounts_in_ram: 100_000,
            ids_in_ram: 2_000_000,
            inputs_in_flight: 32 * MEGABYTE,
            dirty_state: 64 * MEGABYTE,
            block_cache: 64 * MEGABYTE,
            write_buffers: 64 * MEGABYTE,
        }
    }
}

pub fn read(table: &Table<'_>) -> Memory {
    table.only(&["accounts_in_ram", "ids_in_ram", "inputs_in_flight", "dirty_state", "block_cache", "write_buffers"]);
    let default = Memory::default();
    let count = |key: &str, default: usize| table.find(key).and_then(|value| count(&value)).unwrap_or(default);
    let size = |key: &str, default: usize| table.find(key).and_then(|value| bytes(&value, "64MB")).unwrap_or(default);
    Memory {
        accounts_in_ram: count("accounts_in_ram", default.accounts_in_ram),
        ids_in_ram: count("ids_in_ram", default.ids_in_ram),
        inputs_in_flight: size("inputs_in_flight", default.inputs_in_flight),
        dirty_state: size("dirty_state", default.dirty_state),
        block_cache: size("block_cache", default.block_cache),
        write_buffers: size("write_buffers", default.write_buffers),
    }
}

fn count(value: &Value<'_>) -> Option<usize> {
    usize::try_from(value.number(1..=1_000_000_000)?).ok()
}
