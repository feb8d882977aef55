//! `/status`: the same numbers as `/metrics`, put together for people.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::health::Health;
use crate::domain::catalog::Catalog;
use crate::domain::instant::Instant;
use crate::domain::verdict::Sums;
use crate::pipeline::metrics::PartitionMetrics;
use crate::pipeline::{Metrics, Stop};

pub fn status(metrics: &Metrics, stop: &Stop) -> Value {
    let owned = metrics.partitions().into_iter().filter(|(_, one)| one.is_owned());
    let commits = &metrics.commits;
    json!({
        "health": Health::of(metrics, stop).name(),
        "version": env!("CARGO_PKG_VERSION"),
        "sums": sums(&metrics.sums()),
        "partitions": owned.map(|(number, one)| partition(number, &one)).collect::<Vec<_>>(),
        "commits": {
            "count": commits.count.load(Ordering::Relaxed),
            "failed": commits.failed.load(Ordering::Relaxed),
            "p50_ms": commits.took(0.5).as_secs_f64() * 1000.0,
            "p99_ms": commits.took(0.99).as_secs_f64() * 1000.0,
        },
        "takeovers": metrics.takeovers.load(Ordering::Relaxed),
        "troubles": metrics.troubles.load(Ordering::Relaxed),
    })
}

fn partition(number: u32, one: &PartitionMetrics) -> Value {
    let catalog = |it: Arc<Catalog>| json!({"version": it.version, "digest": format!("sha256:{}", hex::encode(it.digest))});
    let watermark = Some(one.watermark()).filter(|watermark| *watermark > Instant::MIN);
    json!({
        "partition": number,
        "watermark": watermark.map(|instant| instant.to_string()),
        "catalog": one.catalog().map(catalog),
        "waiting": one.waiting.load(Ordering::Relaxed),
        "brakes": one.brakes.load(Ordering::Relaxed),
        "sums": sums(&one.sums()),
    })
}

fn sums(sums: &Sums) -> Value {
    json!({
        "inputs": sums.inputs, "counted": sums.counted, "duplicate": sums.duplicate, "test": sums.test,
        "suspended": sums.suspended, "undecodable": sums.undecodable, "written_off": sums.written_off, "forwarded": sums.forwarded,
        "records": sums.records, "notices": sums.notices,
    })
}
