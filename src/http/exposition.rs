//! `/metrics`: the pipeline's counters in the `OpenMetrics` text format.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};

use crate::pipeline::Metrics;
use crate::pipeline::metrics::PartitionMetrics;

pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const QUANTILES: [(&str, f64); 3] = [("0.5", 0.5), ("0.99", 0.99), ("1", 1.0)];
const NANOS: i64 = 1_000_000_000;

/// Everything there is to tell.
pub fn exposition(metrics: &Arc<Metrics>) -> Result<String, fmt::Error> {
    let mut registry = Registry::with_prefix("tally");
    registry.register_collector(Box::new(Pipeline(Arc::clone(metrics))));
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

#[derive(Debug)]
struct Pipeline(Arc<Metrics>);

/// The partitions that are owned now, with their numbers as labels.
type Owned = Vec<(String, Arc<PartitionMetrics>)>;

impl Collector for Pipeline {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let owned = self.0.partitions().into_iter().filter(|(_, one)| one.is_owned());
        let owned: Owned = owned.map(|(number, one)| (number.to_string(), one)).collect();
        verdicts(&mut encoder, &owned)?;
        outputs(&mut encoder, &owned)?;
        progress(&mut encoder, &owned)?;
        commits(&mut encoder, &self.0)
    }
}

fn verdicts(encoder: &mut DescriptorEncoder<'_>, owned: &Owned) -> fmt::Result {
    // Not counters to Prometheus: a released event moves from one verdict to another.
    let mut family = encoder.encode_descriptor("usage_events", "Usage events by verdict", None, MetricType::Gauge)?;
    for (number, one) in owned {
        let sums = one.sums();
        let by_verdict = [
            ("counted", sums.counted),
            ("duplicate", sums.duplicate),
            ("test", sums.test),
            ("suspended", sums.suspended),
            ("undecodable", sums.undecodable),
            ("written_off", sums.written_off),
        ];
        for (verdict, count) in by_verdict {
            let labels = [("partition", number.as_str()), ("verdict", verdict)];
            ConstGauge::new(count).encode(family.encode_family(&labels)?)?;
        }
    }
    Ok(())
}

fn outputs(encoder: &mut DescriptorEncoder<'_>, owned: &Owned) -> fmt::Result {
    type Read = fn(&PartitionMetrics) -> u64;
    let counters: [(&str, &str, Read); 4] = [
        ("inputs", "Usage events read", |one| one.inputs.load(Ordering::Relaxed)),
        ("forwarded", "Usage events sent on to the partition of their customer", |one| one.forwarded.load(Ordering::Relaxed)),
        ("billing_records", "Billing records issued", |one| one.records.load(Ordering::Relaxed)),
        ("notices", "Notices given", |one| one.notices.load(Ordering::Relaxed)),
    ];
    for (name, help, read) in counters {
        let mut family = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (number, one) in owned {
            let labels = [("partition", number.as_str())];
            ConstCounter::new(read(one)).encode(family.encode_family(&labels)?)?;
        }
    }
    Ok(())
}

fn progress(encoder: &mut DescriptorEncoder<'_>, owned: &Owned) -> fmt::Result {
    let mut family = encoder.encode_descriptor("waiting", "Inputs read and not folded yet", None, MetricType::Gauge)?;
    for (number, one) in owned {
        let labels = [("partition", number.as_str())];
        ConstGauge::new(one.waiting.load(Ordering::Relaxed)).encode(family.encode_family(&labels)?)?;
    }
    let mut family = encoder.encode_descriptor("brakes", "Brakes that are on", None, MetricType::Gauge)?;
    for (number, one) in owned {
        let labels = [("partition", number.as_str())];
        ConstGauge::new(one.brakes.load(Ordering::Relaxed)).encode(family.encode_family(&labels)?)?;
    }
    let help = "Log time up to which a partition was read, since 1970";
    let mut family = encoder.encode_descriptor("watermark", help, Some(&Unit::Seconds), MetricType::Gauge)?;
    for (number, one) in owned {
        let labels = [("partition", number.as_str())];
        ConstGauge::new(one.watermark().nanos().div_euclid(NANOS)).encode(family.encode_family(&labels)?)?;
    }
    Ok(())
}

fn commits(encoder: &mut DescriptorEncoder<'_>, metrics: &Metrics) -> fmt::Result {
    let commits = &metrics.commits;
    let counters = [
        ("commits", "Commits made", &commits.count),
        ("commits_failed", "Commits that failed or whose result was unknown", &commits.failed),
        ("changes", "Pieces of state written by commits", &commits.changes),
        ("outputs", "Messages published by commits", &commits.outputs),
        ("takeovers", "Partitions taken over", &metrics.takeovers),
        ("troubles", "Failures of the outside world", &metrics.troubles),
    ];
    for (name, help, counter) in counters {
        let metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
        ConstCounter::new(counter.load(Ordering::Relaxed)).encode(metric)?;
    }
    let help = "From freeze to store, by share of the commits";
    let mut family = encoder.encode_descriptor("commit_duration", help, Some(&Unit::Seconds), MetricType::Gauge)?;
    for (name, quantile) in QUANTILES {
        ConstGauge::new(commits.took(quantile).as_secs_f64()).encode(family.encode_family(&[("quantile", name)])?)?;
    }
    Ok(())
}
