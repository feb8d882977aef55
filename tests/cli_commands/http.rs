//! The HTTP server of a process that owns nothing yet.

use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Value;
use tally::http::HttpServer;
use tally::pipeline::{Metrics, Stop};

use super::get;

fn server(stop: &Stop) -> HttpServer {
    HttpServer::start(SocketAddr::from(([127, 0, 0, 1], 0)), Arc::new(Metrics::default()), stop.clone()).unwrap()
}

#[test]
fn health_says_what_a_supervisor_needs() {
    let stop = Stop::default();
    let server = server(&stop);
    let check = |path: &str, code: &str, body: &str| {
        let (head, text) = get(server.address(), path).unwrap();
        assert!(head.starts_with(&format!("HTTP/1.1 {code}")) && text.contains(body), "{path}: {head} {text}");
    };
    check("/health/live", "200", "alive");
    check("/health/ready", "503", "without partitions");
    check("/health", "503", "without partitions");
    check("/invoices", "404", "/status");
    stop.request();
    check("/health", "503", "stopping");
}

#[test]
fn metrics_are_openmetrics_and_the_status_is_json() {
    let server = server(&Stop::default());
    let (head, metrics) = get(server.address(), "/metrics").unwrap();
    assert!(head.contains("application/openmetrics-text"), "{head}");
    for line in ["# TYPE tally_usage_events gauge", "tally_commits_total 0", "tally_commit_duration_seconds{quantile=\"0.99\"} 0.0"] {
        assert!(metrics.lines().any(|one| one == line), "{line} is not in\n{metrics}");
    }
    assert!(metrics.ends_with("# EOF\n"));
    let (_, status) = get(server.address(), "/status").unwrap();
    let status: Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["health"], "without partitions");
    assert_eq!(status["sums"]["inputs"], 0);
}

#[test]
fn an_address_that_is_taken_is_told_at_once_and_given_back_at_the_end() {
    let first = server(&Stop::default());
    let address = first.address();
    let again = || HttpServer::start(address, Arc::new(Metrics::default()), Stop::default());
    let error = again().unwrap_err().to_string();
    assert!(error.contains(&address.to_string()) && error.contains("[http] listen"), "{error}");
    drop(first);
    assert!(again().is_ok());
}
