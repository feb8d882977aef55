//! What a deployment may choose, and the properties that follow from the commit protocol.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;

use super::fault::KafkaFault;
use crate::pipeline::ports::{Lane, Outlet};

/// The largest message that is ever published: a parked input of Kafka's usual 1 MiB, in base64,
/// with what surrounds it.
pub const MAX_MESSAGE_BYTES: usize = 4 * 1024 * 1024;

/// Memory for inputs that were fetched and not yet asked for, of each worker.
const USAGE_QUEUE_KBYTES: u32 = 32 * 1024;
const CONTROL_QUEUE_KBYTES: u32 = 8 * 1024;
const REPLAY_QUEUE_KBYTES: u32 = 16 * 1024;

/// A takeover may replay for long, during which nobody polls.
const MAX_POLL_INTERVAL: Duration = Duration::from_mins(30);

/// Properties that the commit protocol owns.
const OWNED: [&str; 16] = [
    "acks",
    "auto.offset.reset",
    "bootstrap.servers",
    "enable.auto.commit",
    "enable.auto.offset.store",
    "enable.idempotence",
    "enable.partition.eof",
    "group.id",
    "group.instance.id",
    "group.protocol",
    "isolation.level",
    "message.max.bytes",
    "partition.assignment.strategy",
    "partitioner",
    "session.timeout.ms",
    "transactional.id",
];

/// The names of the topics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topics {
    pub usage: String,
    pub control: String,
    pub records: String,
    pub suspense: String,
    pub notices: String,
    pub changelog: String,
}

impl Default for Topics {
    fn default() -> Topics {
        Topics {
            usage: "usage-events".into(),
            control: "usage-control".into(),
            records: "billing-records".into(),
            suspense: "usage-suspense".into(),
            notices: "usage-notices".into(),
            changelog: "tally-changelog".into(),
        }
    }
}

impl Topics {
    #[must_use]
    pub fn of_lane(&self, lane: Lane) -> &str {
        match lane {
            Lane::Usage => &self.usage,
            Lane::Control => &self.control,
        }
    }

    #[must_use]
    pub fn of_outlet(&self, outlet: Outlet) -> &str {
        match outlet {
            Outlet::Records => &self.records,
            Outlet::Suspense => &self.suspense,
            Outlet::Notices => &self.notices,
            Outlet::Forward(lane) => self.of_lane(lane),
        }
    }
}

/// How long the output topics keep what was published; none: the operator says it at the broker.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    pub records: Option<Duration>,
    pub suspense: Option<Duration>,
    pub notices: Option<Duration>,
}

/// How to reach Kafka and who we are there.
#[derive(Debug, Clone)]
pub struct Settings {
    pub bootstrap: String,
    pub group: String,
    /// Name of this process: unique in the group, and the same after a restart.
    pub instance: String,
    pub transactional_prefix: String,
    pub topics: Topics,
    pub retention: Retention,
    /// After this silence a member's partitions go to others.
    pub session_timeout: Duration,
    /// After this time the broker aborts a transaction that was left open.
    pub transaction_timeout: Duration,
    /// How long one request may take, its retries included.
    pub operation_timeout: Duration,
    /// Further librdkafka properties (TLS, SASL, tuning), for all clients.
    pub properties: BTreeMap<String, String>,
}

impl Settings {
    #[must_use]
    pub fn new(bootstrap: &str, group: &str, instance: &str) -> Settings {
        Settings {
            bootstrap: bootstrap.into(),
            group: group.into(),
            instance: instance.into(),
            transactional_prefix: group.into(),
            topics: Topics::default(),
            retention: Retention::default(),
            session_timeout: Duration::from_secs(20),
            transaction_timeout: Duration::from_secs(30),
            operation_timeout: Duration::from_secs(15),
            properties: BTreeMap::new(),
        }
    }

    /// # Errors
    /// A property is named that the commit protocol owns.
    pub fn client(&self) -> Result<ClientConfig, KafkaFault> {
        if let Some(key) = self.properties.keys().find(|key| OWNED.contains(&key.as_str())) {
            return Err(KafkaFault::OwnedProperty { key: key.clone() });
        }
        let mut config = ClientConfig::new();
        config
            .set_log_level(RDKafkaLogLevel::Warning)
            .set("client.id", &self.instance)
            .set("socket.nagle.disable", "true")
            .set("reconnect.backoff.max.ms", "2000")
            .set("enable.metrics.push", "false");
        for (key, value) in &self.properties {
            config.set(key, value);
        }
        config.set("bootstrap.servers", &self.bootstrap);
        Ok(config)
    }

    /// A consumer in no group's rebalances: explicit assignments, offsets always given.
    fn reader(&self, queue_kbytes: u32) -> Result<ClientConfig, KafkaFault> {
        let mut config = ClientConfig::new();
        config
            // 0 spins and burns a core, the default of 1000 starves.
            .set("fetch.queue.backoff.ms", "20")
            .set("queued.min.messages", "100000")
            .set("queued.max.messages.kbytes", queue_kbytes.to_string())
            // How long a broker keeps a fetch that finds nothing: so long the end of a lane is news.
            .set("fetch.wait.max.ms", "100");
        for (key, value) in self.client()?.config_map() {
            config.set(key, value);
        }
        config
            .set_log_level(RDKafkaLogLevel::Warning)
            .set("group.id", &self.group)
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("enable.partition.eof", "true")
            .set("isolation.level", "read_committed")
            // Offsets are always given; if one does not exist any more, that must stop the worker.
            .set("auto.offset.reset", "error");
        Ok(config)
    }

    pub(crate) fn control_consumer(&self) -> Result<ClientConfig, KafkaFault> {
        self.reader(CONTROL_QUEUE_KBYTES)
    }

    pub(crate) fn replay_consumer(&self) -> Result<ClientConfig, KafkaFault> {
        self.reader(REPLAY_QUEUE_KBYTES)
    }

    /// The member of the group that owns the partitions.
    pub(crate) fn usage_consumer(&self, worker: usize) -> Result<ClientConfig, KafkaFault> {
        let mut config = self.reader(USAGE_QUEUE_KBYTES)?;
        let heartbeat = (self.session_timeout / 5).min(Duration::from_secs(3));
        config
            .set("group.protocol", "classic")
            .set("group.instance.id", format!("{}-{worker}", self.instance))
            .set("partition.assignment.strategy", "cooperative-sticky")
            .set("session.timeout.ms", self.session_timeout.as_millis().to_string())
            .set("heartbeat.interval.ms", heartbeat.as_millis().to_string())
            .set("max.poll.interval.ms", MAX_POLL_INTERVAL.as_millis().to_string());
        Ok(config)
    }

    pub(crate) fn producer(&self) -> Result<ClientConfig, KafkaFault> {
        let mut config = ClientConfig::new();
        config.set("compression.type", "lz4").set("queue.buffering.max.messages", "500000").set("queue.buffering.max.kbytes", "262144");
        for (key, value) in self.client()?.config_map() {
            config.set(key, value);
        }
        config
            .set_log_level(RDKafkaLogLevel::Warning)
            .set("enable.idempotence", "true")
            .set("acks", "all")
            .set("message.max.bytes", MAX_MESSAGE_BYTES.to_string())
            // The partitioner of the Java clients: a key must find the same partition from both.
            .set("partitioner", "murmur2_random");
        Ok(config)
    }

    pub(crate) fn transactional_producer(&self, worker: usize) -> Result<ClientConfig, KafkaFault> {
        let mut config = self.producer()?;
        config
            .set("transactional.id", self.transactional_id(worker))
            .set("transaction.timeout.ms", self.transaction_timeout.as_millis().to_string());
        Ok(config)
    }

    /// For one who adds to a topic beside the workers, under a name of its own: of two at once, the first is fenced.
    pub(crate) fn named_transactional_producer(&self, name: &str) -> Result<ClientConfig, KafkaFault> {
        let mut config = self.producer()?;
        config
            .set("transactional.id", format!("{}-{name}", self.transactional_prefix))
            .set("transaction.timeout.ms", self.transaction_timeout.as_millis().to_string());
        Ok(config)
    }

    pub(crate) fn transactional_id(&self, worker: usize) -> String {
        format!("{}-{}-{worker}", self.transactional_prefix, self.instance)
    }
}
