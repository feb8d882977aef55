//! Taking a partition over. The order matters:
//!
//! 1. fence: no older incarnation of this worker can publish any more;
//! 2. the committed positions, once no transaction can change them;
//! 3. what was published after the store's receipt is applied to the store (a journal's outputs are
//!    cut back instead);
//! 4. the store's positions must be the committed ones, or the partition is not started;
//! 5. the engine takes what it keeps in memory, and the source delivers from those positions.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::crash::{Point, crash_point};
use super::fault::{RunError, Trouble};
use super::fetch::Fetch;
use super::metrics::Metrics;
use super::partition::Partition;
use super::ports::{Change, Message, Position, Positions, Receipt, Recovered, Sink, Store, StoreError, Stores};
use super::setup::Setup;
use crate::domain::instant::Instant;
use crate::engine::Engine;
use crate::wire::stored::key::{Key, Kind};
use crate::wire::stored::{scan, value};

/// What an engine keeps in memory from the start.
const RESIDENT: [Kind; 7] = [Kind::Meta, Kind::Directory, Kind::Sequence, Kind::Gaps, Kind::Timer, Kind::IdBlock, Kind::IdRun];
/// Pieces that are read at once: those of ids are large.
const RESTORED_AT_ONCE: usize = 256;

/// Brings a partition to its commit point and makes it ready to go on from there.
pub(super) fn take_over<M: Message, K: Sink, D: Stores>(
    number: u32,
    sink: &mut K,
    stores: &D,
    setup: &Setup,
    metrics: &Arc<Metrics>,
) -> Result<Partition<M, D::Store>, Trouble> {
    let store = stores.open(number).map_err(|source| opening(number, source))?;
    let recovered = recover(number, sink, &store)?;
    crash_point(Point::AfterRecover);
    let positions = agreed(number, &store, sink.keeps_positions(), &recovered)?;
    let mut engine = Engine::new(Arc::clone(&setup.catalog), number, setup.partitions, setup.limits);
    setup.catalogs.known().into_iter().for_each(|catalog| engine.know(catalog));
    restore(&mut engine, number, &store)?;
    crash_point(Point::AfterRestore);
    metrics.takeovers.fetch_add(1, Ordering::Relaxed);
    let watermark = Some(engine.watermark()).filter(|watermark| *watermark > Instant::MIN);
    tracing::info!(
        partition = number,
        usage = positions.usage.next_offset,
        control = positions.control.next_offset,
        watermark = watermark.map(tracing::field::display),
        catalog = engine.catalog().version,
        "taken over"
    );
    Ok(Partition::new(number, engine, store, positions, setup, metrics.partition(number)))
}

/// Another worker of this process may be about to let go of it.
fn opening(partition: u32, source: StoreError) -> Trouble {
    match source {
        StoreError::Locked(text) => Trouble::Passing(format!("partition {partition}: {text}")),
        source => Trouble::Lasting(RunError::Store { partition, source }),
    }
}

fn recover<K: Sink, D: Store>(number: u32, sink: &mut K, store: &D) -> Result<Recovered, Trouble> {
    let receipt = get(number, store, &Key::Receipt)?;
    let mut replayed = 0;
    let mut replay = |mut changes: Vec<Change>, receipt: Receipt| {
        replayed += changes.len();
        changes.push((Key::Receipt.encode(), Some(receipt)));
        store.write(&changes)
    };
    let recovered = sink.recover(number, receipt.as_deref(), &mut replay)?;
    if replayed > 0 {
        tracing::info!(partition = number, changes = replayed, "the store was brought up to date");
    }
    if let Some(receipt) = &recovered.receipt {
        let change = (Key::Receipt.encode(), Some(receipt.clone()));
        store.write(&[change]).map_err(|source| RunError::Store { partition: number, source })?;
    }
    Ok(recovered)
}

/// The positions of the commit point. Never guessed: store and sink must say the same.
fn agreed<D: Store>(number: u32, store: &D, sink_keeps: bool, recovered: &Recovered) -> Result<Positions, RunError> {
    let stored = get(number, store, &Key::Positions)?.map(|bytes| decode(number, &bytes)).transpose()?;
    let has_receipt = get(number, store, &Key::Receipt)?.is_some();
    if sink_keeps && stored != recovered.committed {
        let committed = recovered.committed.clone().map(Box::new);
        return Err(RunError::Mismatch { partition: number, stored: stored.map(Box::new), committed });
    }
    if stored.is_some() != has_receipt {
        return Err(RunError::HalfStored { partition: number });
    }
    Ok(stored.unwrap_or_default())
}

fn get<D: Store>(partition: u32, store: &D, key: &Key) -> Result<Option<Vec<u8>>, RunError> {
    let values = store.get_many(&[key.encode()]).map_err(|source| RunError::Store { partition, source })?;
    Ok(values.into_iter().next().flatten())
}

fn decode(partition: u32, bytes: &[u8]) -> Result<Positions, RunError> {
    let (control, usage) = value::decode_positions(bytes).map_err(|source| RunError::Stored { partition, source })?;
    let position = |(next_offset, files)| Position { next_offset, files };
    Ok(Positions { control: position(control), usage: position(usage) })
}

fn restore<D: Store>(engine: &mut Engine, partition: u32, store: &D) -> Result<(), RunError> {
    let fetch = Fetch { partition, store };
    for kind in RESIDENT {
        let mut rest = scan::all(kind);
        loop {
            let pieces = fetch.scan(&rest, RESTORED_AT_ONCE)?;
            let complete = pieces.len() < RESTORED_AT_ONCE;
            if let Some((last, _)) = pieces.last() {
                rest = scan::rest_after(rest, &Key::State(last.clone()).encode());
            }
            for (key, value) in pieces {
                engine.restore(key, value).map_err(|source| RunError::Engine { partition, source })?;
            }
            if complete {
                break;
            }
        }
    }
    Ok(())
}
