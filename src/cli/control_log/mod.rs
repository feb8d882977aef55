//! The control log, read and added to beside a running tally: the control lane of a journal, or the control topic.

mod journal;
mod place;
mod topic;

use miette::Result;

use crate::domain::control::ControlEvent;
use crate::domain::instant::Instant;
use crate::engine::route;
use crate::wire::decode::Header;

pub use self::journal::Journal;
pub use self::place::LogPlace;
pub use self::topic::Topic;

/// What stands in the log at one place.
#[derive(Debug, Clone)]
pub struct Entry {
    pub partition: u32,
    pub offset: u64,
    /// The broker's, where its clock is the log's; else the event itself says it.
    pub log_time: Option<Instant>,
    /// None: a line that is too long for an event.
    pub value: Option<Vec<u8>>,
    pub headers: Vec<(String, Vec<u8>)>,
}

impl Entry {
    #[must_use]
    pub fn headers(&self) -> Vec<Header<'_>> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect()
    }
}

/// An event for one partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    pub partition: u32,
    pub key: &'a str,
    pub value: &'a str,
    /// Its log time, where a clock does not say it.
    pub at: Instant,
}

pub enum ControlLog {
    Journal(Journal),
    Topic(Box<Topic>),
}

impl ControlLog {
    /// How many partitions it has.
    #[must_use]
    pub fn partitions(&self) -> u32 {
        match self {
            Self::Journal(_) => 1,
            Self::Topic(topic) => topic.partitions(),
        }
    }

    /// The name of its topic; in a journal, of its lane's directory.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Journal(_) => journal::NAME,
            Self::Topic(topic) => topic.name(),
        }
    }

    /// Calls `each` with all that stands in it, each partition in its order.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(&self, each: &mut dyn FnMut(Entry)) -> Result<()> {
        match self {
            Self::Journal(journal) => journal.read(each),
            Self::Topic(topic) => topic.read(each),
        }
    }

    /// Do its events say their log time themselves?
    #[must_use]
    pub fn is_recorded(&self) -> bool {
        match self {
            Self::Journal(_) => true,
            Self::Topic(topic) => topic.is_recorded(),
        }
    }

    /// To be called before what was read decides what is added: nobody else adds in between, except to a journal.
    ///
    /// # Errors
    /// The broker does not permit it.
    pub fn begin(&mut self) -> Result<()> {
        match self {
            Self::Journal(_) => Ok(()),
            Self::Topic(topic) => topic.begin(),
        }
    }

    /// Adds all lines at the end, or none of them; to a journal, in a file of their own. The name of that file.
    ///
    /// # Errors
    /// Nothing was added, or it is not known; saying it again is always right.
    pub fn add(&mut self, lines: &[Line<'_>]) -> Result<Option<String>> {
        match self {
            Self::Journal(journal) => journal.add(lines).map(Some),
            Self::Topic(topic) => topic.add(lines).map(|()| None),
        }
    }

    /// The partitions on which an event must stand: that of its customer, or all of them.
    #[must_use]
    pub fn partitions_of(&self, event: &ControlEvent) -> Vec<u32> {
        partitions_of(event, self.partitions())
    }
}

/// See [`ControlLog::partitions_of`].
#[must_use]
pub fn partitions_of(event: &ControlEvent, partitions: u32) -> Vec<u32> {
    if event.fact.is_of_customer() { vec![route::partition_of(&event.subject, partitions)] } else { (0..partitions).collect() }
}
