//! The shell around the engine: partition lifecycle, merge, batch, commit, and the ports.

pub mod ports;
