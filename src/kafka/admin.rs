//! Topics: making them, checking them, and waiting for a broker at all.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use rdkafka::admin::{AdminClient, AdminOptions, ConfigResource, NewTopic, OwnedResourceSpecifier, ResourceSpecifier, TopicReplication};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::metadata::Metadata;

use super::fault::KafkaFault;
use super::log::LogContext;
use super::settings::{MAX_MESSAGE_BYTES, Settings};

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const SEEN_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long one attempt to reach a broker may take.
const ATTEMPT: Duration = Duration::from_secs(2);
/// An older copy of a state directory can be brought up to date for as long as deletions are kept.
const TOMBSTONES_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// Whose time the messages of the input topics carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputTime {
    /// The broker's: a producer with a wrong clock cannot move ours.
    LogAppendTime,
    /// The producer's: for back-fills.
    CreateTime,
}

impl InputTime {
    fn name(self) -> &'static str {
        match self {
            InputTime::LogAppendTime => "LogAppendTime",
            InputTime::CreateTime => "CreateTime",
        }
    }

    /// By the producer's time, a back-fill is old on arrival and would be deleted before it is read;
    /// or it is ahead, and would be refused.
    fn limits(self) -> Properties {
        match self {
            InputTime::LogAppendTime => vec![("retention.ms", Must::Begin("-1"))],
            InputTime::CreateTime => {
                vec![("retention.ms", Must::Be("-1")), ("message.timestamp.after.max.ms", Must::Begin("9223372036854775807"))]
            }
        }
    }
}

/// How the topics must be.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    pub partitions: u32,
    pub replication: u32,
    pub input_time: InputTime,
}

/// What a property of a topic must be.
enum Must {
    Be(&'static str),
    Last(Duration),
    /// At least so much: a number, or -1 for no limit.
    Reach(u64),
    /// Our advice at creation; later it is the operator's choice.
    Begin(&'static str),
}

type Properties = Vec<(&'static str, Must)>;

/// An administrator's connection. Its calls block: they are not for async code.
pub struct Admin {
    client: AdminClient<LogContext>,
    settings: Settings,
}

impl Admin {
    /// Waits up to `patience` until a broker answers, telling `on_retry` of each attempt that failed.
    ///
    /// # Errors
    /// No broker answered, or Kafka refuses a property.
    pub fn connect(settings: &Settings, patience: Duration, on_retry: &mut dyn FnMut(&str)) -> Result<Admin, KafkaFault> {
        let client: AdminClient<LogContext> =
            settings.client()?.create_with_context(LogContext).map_err(|error| KafkaFault::refused(&error))?;
        let admin = Admin { client, settings: settings.clone() };
        admin.wait_for_broker(patience, on_retry)?;
        Ok(admin)
    }

    fn wait_for_broker(&self, patience: Duration, on_retry: &mut dyn FnMut(&str)) -> Result<(), KafkaFault> {
        let start = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let left = patience.saturating_sub(start.elapsed());
            let Err(error) = self.client.inner().fetch_metadata(None, ATTEMPT.min(left)) else { return Ok(()) };
            if start.elapsed() + pause >= patience {
                return Err(KafkaFault::Unreachable {
                    bootstrap: self.settings.bootstrap.clone(),
                    waited_s: start.elapsed().as_secs(),
                    detail: error.to_string(),
                });
            }
            on_retry(&format!("no Kafka broker answers at {} ({error}); trying again", self.settings.bootstrap));
            std::thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Creates the topics that do not exist yet, and returns their names. When it returns, they can
    /// be seen.
    ///
    /// # Errors
    /// Kafka refused one of them.
    pub fn create(&self, layout: &Layout) -> Result<Vec<String>, KafkaFault> {
        let doing = "creating the topics";
        let must = self.required(layout);
        let values: BTreeMap<&str, Vec<(&str, String)>> =
            must.iter().map(|(topic, properties)| (topic.as_str(), written(properties))).collect();
        let (partitions, replication) = (number(layout.partitions)?, number(layout.replication)?);
        let topics: Vec<NewTopic<'_>> = values
            .iter()
            .map(|(topic, values)| {
                let new = NewTopic::new(topic, partitions, TopicReplication::Fixed(replication));
                values.iter().fold(new, |new, (key, value)| new.set(key, value))
            })
            .collect();
        let results = block_on(self.client.create_topics(&topics, &self.options()))?.map_err(|error| KafkaFault::failed(doing, &error))?;
        let mut created = Vec::new();
        for result in results {
            match result {
                Ok(topic) => created.push(topic),
                Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
                Err((topic, code)) => {
                    return Err(KafkaFault::failed(format!("creating {topic}"), &KafkaError::AdminOp(code)));
                }
            }
        }
        self.wait_until_seen(&must)?;
        Ok(created)
    }

    /// A topic is made some moments before the broker shows it.
    fn wait_until_seen(&self, must: &BTreeMap<String, Properties>) -> Result<(), KafkaFault> {
        let deadline = Instant::now() + self.settings.operation_timeout;
        loop {
            let metadata = self.metadata()?;
            let Some(missing) = must.keys().find(|topic| partitions_of(&metadata, topic).is_none()) else {
                return Ok(());
            };
            if Instant::now() >= deadline {
                return Err(KafkaFault::Failed {
                    doing: format!("creating {missing}"),
                    detail: "the broker does not show it. Look into the broker's log".into(),
                });
            }
            std::thread::sleep(SEEN_PAUSE);
        }
    }

    fn metadata(&self) -> Result<Metadata, KafkaFault> {
        let metadata = self.client.inner().fetch_metadata(None, self.settings.operation_timeout);
        metadata.map_err(|error| KafkaFault::failed("asking for the topics", &error))
    }

    /// Deletes the topics, with all that is in them.
    ///
    /// # Errors
    /// Kafka refused one of them.
    pub fn delete(&self) -> Result<(), KafkaFault> {
        let topics = &self.settings.topics;
        let names = [&topics.usage, &topics.control, &topics.records, &topics.suspense, &topics.notices, &topics.changelog];
        let names = names.map(String::as_str);
        let results = block_on(self.client.delete_topics(&names, &self.options()))?
            .map_err(|error| KafkaFault::failed("deleting the topics", &error))?;
        for result in results {
            match result {
                Ok(_) | Err((_, RDKafkaErrorCode::UnknownTopicOrPartition)) => {}
                Err((topic, code)) => return Err(KafkaFault::failed(format!("deleting {topic}"), &KafkaError::AdminOp(code))),
            }
        }
        Ok(())
    }

    /// Compares the topics with what they must be. Returns their number of partitions, which is that
    /// of the usage topic.
    ///
    /// # Errors
    /// Every difference there is, each with what to do; or Kafka did not answer.
    pub fn check(&self, input_time: InputTime) -> Result<u32, KafkaFault> {
        let metadata = self.metadata()?;
        let partitions = partitions_of(&metadata, &self.settings.topics.usage).unwrap_or(0);
        let must = self.required(&Layout { partitions, replication: 1, input_time });
        let mut differences = self.partition_differences(&metadata, &must, partitions);
        let existing: Vec<&str> = must.keys().map(String::as_str).filter(|topic| partitions_of(&metadata, topic).is_some()).collect();
        for (topic, config) in self.configurations(&existing)? {
            differences.extend(must.get(&topic).into_iter().flat_map(|properties| property_differences(&topic, properties, &config)));
        }
        if differences.is_empty() { Ok(partitions) } else { Err(KafkaFault::Topics { differences }) }
    }

    fn partition_differences(&self, metadata: &Metadata, must: &BTreeMap<String, Properties>, partitions: u32) -> Vec<String> {
        let usage = &self.settings.topics.usage;
        let difference = |topic: &String| match partitions_of(metadata, topic) {
            None => Some(format!("  {topic} does not exist. Create it with `tally topics create`")),
            Some(count) if count != partitions && partitions > 0 => Some(format!(
                "  {topic} has {count} partitions, {usage} has {partitions}. All topics need the same number: \
                 make {topic} anew with {partitions}"
            )),
            Some(_) => None,
        };
        must.keys().filter_map(difference).collect()
    }

    fn configurations(&self, topics: &[&str]) -> Result<Vec<(String, ConfigResource)>, KafkaFault> {
        let doing = "reading the topics' configuration";
        if topics.is_empty() {
            return Ok(Vec::new());
        }
        let specifiers: Vec<ResourceSpecifier<'_>> = topics.iter().map(|topic| ResourceSpecifier::Topic(topic)).collect();
        let results =
            block_on(self.client.describe_configs(&specifiers, &self.options()))?.map_err(|error| KafkaFault::failed(doing, &error))?;
        let mut configurations = Vec::new();
        for result in results {
            let config = result.map_err(|code| KafkaFault::failed(doing, &KafkaError::AdminOp(code)))?;
            if let OwnedResourceSpecifier::Topic(topic) = &config.specifier {
                configurations.push((topic.clone(), config));
            }
        }
        Ok(configurations)
    }

    fn required(&self, layout: &Layout) -> BTreeMap<String, Properties> {
        let topics = &self.settings.topics;
        let largest = || ("max.message.bytes", Must::Reach(MAX_MESSAGE_BYTES as u64));
        let input = || {
            let mut input = vec![("cleanup.policy", Must::Be("delete")), ("message.timestamp.type", Must::Be(layout.input_time.name()))];
            input.extend(layout.input_time.limits());
            input
        };
        let output = |kept: Option<Duration>| {
            vec![("cleanup.policy", Must::Be("delete")), ("retention.ms", kept.map_or(Must::Begin("-1"), Must::Last)), largest()]
        };
        let kept = self.settings.retention;
        let changelog = vec![("cleanup.policy", Must::Be("compact")), ("delete.retention.ms", Must::Reach(TOMBSTONES_MS)), largest()];
        BTreeMap::from([
            (topics.usage.clone(), input()),
            (topics.control.clone(), input()),
            (topics.records.clone(), output(kept.records)),
            (topics.suspense.clone(), output(kept.suspense)),
            (topics.notices.clone(), output(kept.notices)),
            (topics.changelog.clone(), changelog),
        ])
    }

    fn options(&self) -> AdminOptions {
        let patience = Some(self.settings.operation_timeout);
        AdminOptions::new().request_timeout(patience).operation_timeout(patience)
    }
}

fn property_differences(topic: &str, properties: &Properties, config: &ConfigResource) -> Vec<String> {
    let mut differences = Vec::new();
    for (key, must) in properties {
        let is = config.get(key).and_then(|entry| entry.value.as_deref()).unwrap_or("not set");
        if !must.holds(is) {
            let mut text = format!("  {topic} has {key} = {is}, it must be {must}. ");
            // Writing to a String cannot fail.
            let _ = write!(text, "kafka-configs.sh --alter --topic {topic} --add-config {key}={}", must.value());
            differences.push(text);
        }
    }
    differences
}

impl Must {
    fn holds(&self, is: &str) -> bool {
        match self {
            Must::Be(value) => is == *value,
            Must::Last(kept) => is.parse() == Ok(kept.as_millis()),
            Must::Reach(least) => is == "-1" || is.parse::<u64>().is_ok_and(|is| is >= *least),
            Must::Begin(_) => true,
        }
    }

    fn value(&self) -> String {
        match self {
            Must::Be(value) | Must::Begin(value) => (*value).to_owned(),
            Must::Last(kept) => kept.as_millis().to_string(),
            Must::Reach(least) => least.to_string(),
        }
    }
}

impl std::fmt::Display for Must {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Must::Be(value) | Must::Begin(value) => out.write_str(value),
            Must::Last(kept) => write!(out, "{}", kept.as_millis()),
            Must::Reach(least) => write!(out, "{least} or more"),
        }
    }
}

fn written(properties: &Properties) -> Vec<(&str, String)> {
    properties.iter().map(|(key, must)| (*key, must.value())).collect()
}

fn partitions_of(metadata: &Metadata, topic: &str) -> Option<u32> {
    let found = metadata.topics().iter().find(|one| one.name() == topic)?;
    u32::try_from(found.partitions().len()).ok().filter(|count| *count > 0)
}

fn number(count: u32) -> Result<i32, KafkaFault> {
    i32::try_from(count)
        .ok()
        .filter(|count| *count > 0)
        .ok_or_else(|| KafkaFault::Configuration { detail: format!("{count} is no number of partitions or replicas") })
}

/// rust-rdkafka's administration is async only.
fn block_on<F: Future>(future: F) -> Result<F::Output, KafkaFault> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime =
        runtime.map_err(|error| KafkaFault::Failed { doing: "starting the administration client".into(), detail: error.to_string() })?;
    Ok(runtime.block_on(future))
}
