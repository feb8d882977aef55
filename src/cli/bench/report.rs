//! What was measured, for people and for programs.

use miette::{IntoDiagnostic as _, Result};
use serde_json::{Value, json};

use super::meter::Span;
use super::stage::{Finished, Latency};
use crate::cli::table::{Align, Table, grouped};

const PERCENTILES: [(&str, f64); 6] = [("p50", 50.0), ("p90", 90.0), ("p99", 99.0), ("p99.9", 99.9), ("p99.99", 99.99), ("max", 100.0)];

#[derive(Debug)]
pub struct Report {
    pub throughput: Span,
    pub latency: Latency,
    pub finished: Finished,
}

impl Report {
    pub fn table(&self) -> String {
        let mut table = Table::new(&[("measured", Align::Left), ("", Align::Right), ("", Align::Left)]);
        let mut row = |what: &str, number: String, unit: &str| table.row(vec![what.to_owned(), number, unit.to_owned()]);
        row("throughput", grouped(&self.events_per_second().to_string()), "events/s");
        row("  from the first event read to the last commit", format!("{:.2}", self.throughput.took.as_secs_f64()), "s");
        row("  events", grouped(&self.throughput.committed.to_string()), "");
        row("latency, from the broker's time to the commit, at", grouped(&self.latency.rate.to_string()), "events/s");
        for (name, percentile) in PERCENTILES {
            row(&format!("  {name}"), format!("{:.1}", self.latency_ms(percentile)), "ms");
        }
        row("commits", grouped(&self.finished.commits.to_string()), "");
        row("  p50, from freeze to store", format!("{:.1}", self.finished.commit_p50.as_secs_f64() * 1000.0), "ms");
        row("  p99", format!("{:.1}", self.finished.commit_p99.as_secs_f64() * 1000.0), "ms");
        row("  failed", self.finished.failed_commits.to_string(), "");
        let (workers, partitions) = (self.finished.workers, self.finished.partitions);
        let sums = self.finished.sums;
        format!(
            "{}\n  {workers} workers, {partitions} partitions, {} cores, shared with this load generator and with a broker on this machine.\n  \
             Verdicts: {} counted, {} duplicate, {} test, {} suspended, {} undecodable; {} records.\n",
            table.render(),
            cores(),
            sums.counted,
            sums.duplicate,
            sums.test,
            sums.suspended,
            sums.undecodable,
            sums.records
        )
    }

    /// # Errors
    /// None that could happen.
    pub fn json(&self) -> Result<String> {
        let percentiles = PERCENTILES.map(|(name, percentile)| (name.to_owned(), json!(self.latency_ms(percentile))));
        let (sums, finished) = (self.finished.sums, &self.finished);
        let document = json!({
            "schema": "tally/bench/1",
            "throughput": {
                "events": self.throughput.committed,
                "seconds": self.throughput.took.as_secs_f64(),
                "events_per_second": self.events_per_second(),
            },
            "latency": {
                "events": self.latency.span.committed,
                "rate": self.latency.rate,
                "ms": Value::Object(percentiles.into_iter().collect()),
            },
            "commits": {
                "count": finished.commits,
                "failed": finished.failed_commits,
                "p50_ms": finished.commit_p50.as_secs_f64() * 1000.0,
                "p99_ms": finished.commit_p99.as_secs_f64() * 1000.0,
            },
            "workers": finished.workers,
            "partitions": finished.partitions,
            "cores": cores(),
            "verdicts": {
                "inputs": sums.inputs, "counted": sums.counted, "duplicate": sums.duplicate, "test": sums.test,
                "suspended": sums.suspended, "undecodable": sums.undecodable, "written_off": sums.written_off,
            },
            "records": sums.records,
        });
        Ok(serde_json::to_string_pretty(&document).into_diagnostic()? + "\n")
    }

    fn events_per_second(&self) -> u64 {
        let nanos = self.throughput.took.as_nanos().max(1);
        u64::try_from(u128::from(self.throughput.committed) * 1_000_000_000 / nanos).unwrap_or(u64::MAX)
    }

    fn latency_ms(&self, percentile: f64) -> f64 {
        self.latency.histogram.value_at_percentile(percentile) as f64 / 1000.0
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
