//! Who answers which path.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use super::exposition::{CONTENT_TYPE, exposition};
use super::health::Health;
use super::status::status;
use crate::pipeline::{Metrics, Stop};

/// What the answers are made from.
#[derive(Clone)]
pub struct Told {
    pub metrics: Arc<Metrics>,
    pub stop: Stop,
}

pub fn router(told: Told) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/health", get(ready))
        .route("/health/ready", get(ready))
        .route("/health/live", get(|| async { "alive\n" }))
        .route("/status", get(|State(told): State<Told>| async move { Json(status(&told.metrics, &told.stop)) }))
        .fallback(|| async { (StatusCode::NOT_FOUND, "there are /metrics, /health, /health/live, /health/ready and /status\n") })
        .with_state(told)
}

async fn metrics(State(told): State<Told>) -> Response {
    match exposition(&told.metrics) {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("the metrics cannot be written: {error}\n")).into_response(),
    }
}

async fn ready(State(told): State<Told>) -> (StatusCode, String) {
    let health = Health::of(&told.metrics, &told.stop);
    let code = if health.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, health.explain(&told.metrics))
}
