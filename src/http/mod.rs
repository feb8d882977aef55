//! What a running pipeline tells over HTTP: metrics, health, and its state in JSON.
//!
//! | path | answer |
//! |---|---|
//! | `/metrics` | `OpenMetrics` text, for Prometheus |
//! | `/health/live` | 200: the process answers |
//! | `/health/ready`, `/health` | 200 if it works on at least one partition, else 503 and why |
//! | `/status` | verdict sums, watermarks and commits as JSON, for people |
//!
//! It reads counters and nothing else: it cannot slow a worker down.

mod exposition;
mod health;
mod routes;
mod server;
mod status;

pub use server::{HttpError, HttpServer};
