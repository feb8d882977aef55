//! How `RocksDB` is set up: many small stores that share little memory.

use rocksdb::{BlockBasedOptions, Cache, DBCompressionType, DBRecoveryMode, LogLevel, Options, WriteBufferManager};

const MIB: usize = 1 << 20;

/// Memory that all stores of the process share, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// Blocks, indexes and filters read from files.
    pub block_cache: usize,
    /// Writes not yet in sorted files.
    pub write_buffers: usize,
}

impl Default for Memory {
    fn default() -> Self {
        Self { block_cache: 64 * MIB, write_buffers: 64 * MIB }
    }
}

/// The shared parts, and the recipe of the options that use them.
pub(super) struct Setup {
    cache: Cache,
    buffers: WriteBufferManager,
    memory: Memory,
}

impl Setup {
    pub fn new(memory: Memory) -> Self {
        Self {
            cache: Cache::new_lru_cache(memory.block_cache),
            buffers: WriteBufferManager::new_write_buffer_manager(memory.write_buffers, false),
            memory,
        }
    }

    pub fn options(&self) -> Options {
        let mut options = Options::default();
        options.create_if_missing(true);
        options.set_compression_type(DBCompressionType::Lz4);
        options.set_level_compaction_dynamic_level_bytes(true);
        options.set_block_based_table_factory(&self.tables());
        self.bound_memory(&mut options);
        bound_log(&mut options);
        options
    }

    /// Nearly all reads are of exact keys, many of them absent (is this id new?): filters pay.
    fn tables(&self) -> BlockBasedOptions {
        let mut tables = BlockBasedOptions::default();
        tables.set_block_cache(&self.cache);
        tables.set_bloom_filter(10.0, false);
        tables.set_optimize_filters_for_memory(true);
        // Else indexes and filters of every open file lie outside of the bounded memory.
        tables.set_cache_index_and_filter_blocks(true);
        tables.set_cache_index_and_filter_blocks_with_high_priority(true);
        tables.set_pin_l0_filter_and_index_blocks_in_cache(true);
        tables
    }

    fn bound_memory(&self, options: &mut Options) {
        options.set_write_buffer_manager(&self.buffers);
        options.set_write_buffer_size((self.memory.write_buffers / 4).max(MIB));
        options.set_max_write_buffer_number(3);
        options.set_max_open_files(128);
        options.set_max_background_jobs(2);
    }
}

/// The write-ahead log is bounded by the write buffers, as a store has one column family. Cut
/// off in the middle it is read up to the cut: every earlier commit is consistent in itself, and
/// the commit protocol brings it up to date.
fn bound_log(options: &mut Options) {
    options.set_wal_recovery_mode(DBRecoveryMode::PointInTime);
    options.set_bytes_per_sync(MIB as u64);
    options.set_log_level(LogLevel::Warn);
    options.set_keep_log_file_num(3);
    options.set_max_log_file_size(MIB);
}
