//! The server: one thread of its own, so that nothing that is asked of it can hold a worker up.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use thiserror::Error;
use tokio::sync::oneshot;

use super::routes::{Told, router};
use crate::pipeline::{Metrics, Stop};

#[derive(Debug, Error)]
pub enum HttpError {
    #[error("cannot listen on {address}: {source}; choose another address in [http] listen, or end whoever has it")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("cannot start the HTTP server: {0}; the system gives no thread or no event queue")]
    Start(io::Error),
}

/// Answers until it is dropped.
#[derive(Debug)]
pub struct HttpServer {
    address: SocketAddr,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl HttpServer {
    /// Listens at once: an address that is taken stops the start, not the first question.
    ///
    /// # Errors
    /// The address is taken, or there is no thread to be had.
    pub fn start(listen: SocketAddr, metrics: Arc<Metrics>, stop: Stop) -> Result<Self, HttpError> {
        let refused = |source| HttpError::Listen { address: listen, source };
        let listener = TcpListener::bind(listen).map_err(refused)?;
        listener.set_nonblocking(true).map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(HttpError::Start)?;
        let (end, ended) = oneshot::channel();
        let serve = async move {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let server = axum::serve(listener, router(Told { metrics, stop }));
            // A connection that is kept open by its client is cut: the process wants to end.
            tokio::select! {
                served = server => served,
                _ = ended => Ok(()),
            }
        };
        let work = move || {
            if let Err(error) = runtime.block_on(serve) {
                tracing::error!(%error, "the HTTP server ended; the pipeline goes on without it");
            }
        };
        let thread = thread::Builder::new().name("http".into()).spawn(work).map_err(HttpError::Start)?;
        Ok(Self { address, end: Some(end), thread: Some(thread) })
    }

    /// Where it listens: the port is its own choice if 0 was asked for.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            // Nobody listens if the server has ended by itself.
            let _ = end.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
