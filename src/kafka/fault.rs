//! What can go wrong outside of the ports: connecting, topics, loading.

use rdkafka::error::KafkaError;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum KafkaFault {
    #[error(
        "no Kafka broker answers at {bootstrap} after {waited_s} s ({detail}). Check the address in \
         `bootstrap` and that the broker runs"
    )]
    Unreachable { bootstrap: String, waited_s: u64, detail: String },

    #[error("the Kafka property `{key}` is set by the program, because exactly-once depends on it. Remove it")]
    OwnedProperty { key: String },

    #[error("Kafka refuses the configuration: {detail}. Correct the property that it names")]
    Configuration { detail: String },

    #[error("{doing} failed: {detail}")]
    Failed { doing: String, detail: String },

    #[error("the topics are not as they must be:\n{}", .differences.join("\n"))]
    Topics { differences: Vec<String> },
}

impl KafkaFault {
    /// A fault of an operation that Kafka refused or did not finish.
    pub(crate) fn failed(doing: impl Into<String>, error: &KafkaError) -> KafkaFault {
        KafkaFault::Failed { doing: doing.into(), detail: error.to_string() }
    }

    /// A fault in creating a client, which librdkafka refuses for its configuration only.
    pub(crate) fn refused(error: &KafkaError) -> KafkaFault {
        KafkaFault::Configuration { detail: error.to_string() }
    }
}
