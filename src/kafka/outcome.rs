//! What an error of librdkafka means for the worker.

use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use crate::pipeline::ports::{PublishError, SourceError};

/// What a fault in reading `topic` means.
pub(crate) fn of_reading(topic: &str, error: &KafkaError, fatal: Option<(Code, String)>) -> SourceError {
    if let Some((code, text)) = fatal {
        return SourceError::Fatal(match code {
            Code::FencedInstanceId => format!(
                "another process has joined the group under this instance's name ({text}). \
                 Give every process an `instance` of its own"
            ),
            _ => format!("reading {topic} is over: {text}. Restart to continue from the last commit"),
        });
    }
    match error.rdkafka_error_code() {
        Some(code) => of_reading_code(topic, code, &error.to_string()),
        None => SourceError::Retry(format!("reading {topic}: {error}")),
    }
}

pub(crate) fn of_reading_code(topic: &str, code: Code, text: &str) -> SourceError {
    match code {
        Code::AutoOffsetReset | Code::OffsetOutOfRange => SourceError::Fatal(format!(
            "{topic} no longer holds the offset to read on from ({text}): inputs have been deleted by \
             retention, or the topic was made anew. Restore the topic, or set the group's offsets \
             deliberately"
        )),
        Code::TopicAuthorizationFailed
        | Code::GroupAuthorizationFailed
        | Code::ClusterAuthorizationFailed
        | Code::SaslAuthenticationFailed
        | Code::Authentication => {
            SourceError::Fatal(format!("Kafka does not permit reading {topic} ({text}). Grant Read on the topic and the group"))
        }
        Code::BadMessage | Code::InvalidMessage | Code::BadCompression => SourceError::Fatal(format!(
            "{topic} holds a batch that cannot be read ({text}). Nothing was skipped; check the broker's log directory"
        )),
        Code::UnknownTopicOrPartition | Code::UnknownTopic | Code::UnknownPartition => SourceError::Retry(format!(
            "{topic} does not exist, or not with all its partitions ({text}). Create it with `tally topics create`"
        )),
        _ => SourceError::Retry(format!("reading {topic}: {text} ({code:?})")),
    }
}

/// What a fault means when the transaction had certainly not been committed.
pub(crate) fn before_commit(doing: &str, error: &KafkaError) -> PublishError {
    let text = format!("{doing} failed: {error}");
    match error.rdkafka_error_code() {
        Some(code) => of_code(code, text),
        None => PublishError::Aborted(text),
    }
}

pub(crate) fn of_code(code: Code, text: String) -> PublishError {
    match code {
        _ if is_fenced(code) => PublishError::Fenced(format!("{text}. Another process publishes under this name")),
        Code::MessageSizeTooLarge => {
            PublishError::Fatal(format!("{text}. Raise `max.message.bytes` of the topic: `tally topics check` names the value"))
        }
        Code::TopicAuthorizationFailed
        | Code::TransactionalIdAuthorizationFailed
        | Code::GroupAuthorizationFailed
        | Code::ClusterAuthorizationFailed
        | Code::SaslAuthenticationFailed
        | Code::Authentication => {
            PublishError::Fatal(format!("{text}. Grant Write on the topics and the transactional id, and Read on the group"))
        }
        Code::UnknownTopicOrPartition | Code::UnknownTopic | Code::UnknownPartition | Code::InvalidTopic => {
            PublishError::Fatal(format!("{text}. Create the topics with `tally topics create`"))
        }
        Code::InvalidRecord | Code::PolicyViolation | Code::MessageBatchTooLarge => {
            PublishError::Fatal(format!("{text}. Compare the topics with `tally topics check`"))
        }
        Code::InvalidTransactionTimeout => {
            PublishError::Fatal(format!("{text}. Lower the transaction timeout to the broker's `transaction.max.timeout.ms`"))
        }
        _ => PublishError::Aborted(text),
    }
}

/// What a fault of the commit itself means.
pub(crate) fn of_commit(error: &KafkaError) -> PublishError {
    let text = format!("committing the transaction failed: {error}");
    match error {
        KafkaError::Transaction(native) if native.txn_requires_abort() => before_commit("committing", error),
        KafkaError::Transaction(native) if is_fenced(native.code()) => {
            PublishError::Fenced(format!("{text}. Another process publishes under this name"))
        }
        _ => PublishError::Unknown(format!("{text}. Whether it was committed will be seen at the takeover")),
    }
}

fn is_fenced(code: Code) -> bool {
    matches!(code, Code::Fenced | Code::ProducerFenced | Code::InvalidProducerEpoch | Code::FencedInstanceId)
}
