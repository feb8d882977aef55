//! SIGINT and SIGTERM: the first stops cleanly, a second one at once.

use std::thread;

use tokio::signal::unix::{SignalKind, signal};

use super::AppError;
use crate::pipeline::Stop;

/// The exit code of a process that a second signal ended.
const STOPPED_AT_ONCE: i32 = 1;

/// Watches for signals on a thread of its own.
///
/// # Errors
/// The thread cannot be started.
pub fn stop_on_signals(stop: Stop) -> Result<(), AppError> {
    let failed = |source| AppError::Thread { what: "the signal watch", source };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().map_err(failed)?;
    let watch = move || {
        if let Err(error) = runtime.block_on(watch(&stop)) {
            tracing::warn!(%error, "signals are not watched: a stop will not be a clean one");
        }
    };
    thread::Builder::new().name("signals".into()).spawn(watch).map_err(failed)?;
    Ok(())
}

async fn watch(stop: &Stop) -> std::io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    loop {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        if stop.is_requested() {
            std::process::exit(STOPPED_AT_ONCE);
        }
        tracing::info!("stopping: what is folded is committed first; a second signal stops at once");
        stop.request();
    }
}
