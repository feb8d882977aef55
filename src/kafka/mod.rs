//! Kafka as source and sink: group membership, batched reading, transactions, the changelog.
//!
//! It moves bytes. What they mean is known elsewhere; why the pieces are put together this way is
//! said where it was learnt: most of it is about what librdkafka does when nobody looks.

pub mod settings;

pub mod fault;
mod log;

#[allow(unsafe_code, reason = "the batch calls of librdkafka have no safe wrapper; each block says why it is sound")]
mod batch;
mod group;
mod lane;
mod message;

pub mod consumer;

mod delivery;
mod outcome;
mod receipt;
mod recovery;

pub mod transaction;

pub mod addition;
pub mod admin;
pub mod follow;
pub mod target;
pub mod topic;

mod rereading;
mod unjoined;

pub use addition::{Added, Addition};
pub use consumer::KafkaSource;
pub use fault::KafkaFault;
pub use group::GroupHandle;
pub use message::KafkaMessage;
pub use recovery::{last_commit, last_commits};
pub use rereading::Rereading;
pub use settings::{Retention, Settings, Topics};
pub use target::Target;
pub use transaction::KafkaSink;
