//! What tally refused of the control log: it says so in suspense, and some of it only in a notice.

use std::collections::BTreeMap;
use std::path::Path;

use miette::{IntoDiagnostic as _, Result, WrapErr as _};

use super::words;
use crate::cli::control_log::ControlLog;
use crate::cli::lines::Lines;
use crate::kafka::topic::read_topic;
use crate::wire::decode::{AnyEvent, Json};

/// Kinds of notices that say of an event, by its type, that it had no effect.
const SUFFIXES: [&str; 2] = ["_refused", IGNORED];
const IGNORED: &str = "_ignored";
/// Members that such a notice repeats as they were said.
const TOLD: [&str; 7] = ["actor", "approver", "reason", "plan", "agreement", "version", "answer"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub reason: String,
    pub detail: String,
}

impl Refusal {
    /// It was a good event, and changed nothing where it stood.
    #[must_use]
    pub fn is_ignored(&self) -> bool {
        self.reason.ends_with(IGNORED)
    }
}

/// All refusals.
#[derive(Debug, Default)]
pub struct Refused {
    by_origin: BTreeMap<(u32, u64), Refusal>,
    /// Notices that name no place: the members of each.
    notices: Vec<BTreeMap<String, Json>>,
}

/// # Errors
/// The outputs cannot be read. That there are none yet is no error.
pub fn read(log: &ControlLog) -> Result<Refused> {
    let mut refused = Refused::default();
    match log {
        ControlLog::Journal(journal) => {
            let outputs = journal.outputs();
            for name in ["usage-suspense.ndjson", "usage-notices.ndjson"] {
                each_line(&outputs.join(name), |line| refused.take(log.name(), line))?;
            }
        }
        ControlLog::Topic(topic) => {
            let settings = topic.settings();
            for name in [&settings.topics.suspense, &settings.topics.notices] {
                read_topic(settings, name, &mut |read| refused.take(log.name(), read.value)).into_diagnostic()?;
            }
        }
    }
    Ok(refused)
}

fn each_line(path: &Path, mut each: impl FnMut(&[u8])) -> Result<()> {
    if !path.exists() {
        return Ok(());
    }
    let cannot = || format!("cannot read {}", path.display());
    for line in Lines::open(path).into_diagnostic().wrap_err_with(cannot)? {
        each(&line.into_diagnostic().wrap_err_with(cannot)?.bytes);
    }
    Ok(())
}

impl Refused {
    /// Takes a suspense record or a notice, if it is about a control event.
    fn take(&mut self, topic: &str, value: &[u8]) {
        let Ok(Json::Object(members)) = Json::parse(value) else { return };
        let text = |name: &str| members.get(name).and_then(Json::text).unwrap_or_default().to_owned();
        if let Some(origin) = members.get("origin").and_then(Json::object) {
            let number = |name: &str| match origin.get(name) {
                Some(Json::Number(digits)) => digits.parse::<u64>().ok(),
                _ => None,
            };
            let place = (number("partition").and_then(|partition| u32::try_from(partition).ok()), number("offset"));
            if let ((Some(partition), Some(offset)), true) = (place, origin.get("topic").and_then(Json::text) == Some(topic)) {
                self.by_origin.insert((partition, offset), Refusal { reason: text("reason"), detail: text("detail") });
            }
        } else if SUFFIXES.iter().any(|suffix| text("kind").ends_with(suffix)) {
            self.notices.push(members);
        }
    }

    /// Was what stands there refused?
    #[must_use]
    pub fn of(&self, partition: u32, offset: u64, said: Option<&AnyEvent>) -> Option<Refusal> {
        let by_origin = self.by_origin.get(&(partition, offset)).cloned();
        by_origin.or_else(|| said.and_then(|said| self.notices.iter().find_map(|notice| of_notice(notice, said))))
    }
}

/// A notice that names the customer and what was asked, in the words of the event.
fn of_notice(notice: &BTreeMap<String, Json>, said: &AnyEvent) -> Option<Refusal> {
    let text = |name: &str| notice.get(name).and_then(Json::text);
    let kind = text("kind")?;
    let is_kind = SUFFIXES.iter().any(|suffix| kind.strip_suffix(suffix) == Some(words::short(&said.kind)));
    // A number may be written as a text, and the other way around.
    let plain = |value: &Json| value.text().map_or_else(|| value.to_string(), str::to_owned);
    let is_told_alike = |name: &str| match (notice.get(name), said.data.get(name)) {
        (Some(told), Some(said)) => plain(told) == plain(said),
        _ => true,
    };
    let is_same = is_kind && text("customer") == said.subject.as_deref() && TOLD.iter().all(|name| is_told_alike(name));
    let why = || text("why").or(text("detail")).unwrap_or_default().to_owned();
    is_same.then(|| Refusal { reason: kind.to_owned(), detail: why() })
}
