//! Where the notices are, and where it is remembered which of them were sent.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::NotifyArgs;
use super::source::{Journal, Topic};
use crate::app;
use crate::cli::config_file::load_config;
use crate::cli::faults::{BAD_CONFIGURATION, report, without_kafka};
use crate::config::{Config, Notify};

/// What the command works on.
pub struct Place {
    pub notices: Notices,
    pub settings: Notify,
    pub state_dir: PathBuf,
}

pub enum Notices {
    Journal(Journal),
    Topic(Box<Topic>),
}

impl Place {
    /// # Errors
    /// The exit code; what is wrong has been told.
    pub fn of(args: &NotifyArgs) -> Result<Self, ExitCode> {
        let config = args.config.as_deref().map(load).transpose()?;
        let settings = args.settings.as_deref().map(load).transpose()?;
        let Some(named) = args.settings.as_deref().or(args.config.as_deref()) else {
            return Err(refuse("--journal says where the notices are, not where mails go; name a file with [notify]: --settings FILE"));
        };
        let notify = settings.or_else(|| config.clone()).and_then(|config| config.notify);
        let Some(notify) = notify else {
            return Err(refuse(&format!("{} has no [notify]; docs/operators.md says what belongs into it", named.display())));
        };
        let notices = notices(args, config.as_ref())?;
        let default = match &args.journal {
            Some(journal) => journal.join("notify"),
            None => named.parent().unwrap_or_else(|| Path::new("")).join("notify"),
        };
        let state_dir = args.state.clone().or_else(|| notify.state_dir.clone()).unwrap_or(default);
        Ok(Self { notices, settings: notify, state_dir })
    }
}

fn notices(args: &NotifyArgs, config: Option<&Config>) -> Result<Notices, ExitCode> {
    if let Some(journal) = &args.journal {
        return Ok(Notices::Journal(Journal::of(journal)));
    }
    let path = args.config.as_deref().unwrap_or_else(|| Path::new(""));
    let Some((config, kafka)) = config.and_then(|config| Some((config, config.kafka.as_ref()?))) else {
        return Err(without_kafka(path));
    };
    Ok(Notices::Topic(Box::new(Topic::of(app::settings(config, kafka)))))
}

fn load(path: &Path) -> Result<Config, ExitCode> {
    load_config(path).map_err(|problem| report(&problem))
}

fn refuse(text: &str) -> ExitCode {
    eprintln!("error: {text}");
    ExitCode::from(BAD_CONFIGURATION)
}
