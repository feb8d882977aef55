//! Shows faults as compilers do: with the lines that they are in on a terminal, one line each elsewhere.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{IsTerminal as _, Write as _, stderr};
use std::path::Path;
use std::process::ExitCode;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, NamedSource, SourceSpan};
use thiserror::Error;

use super::source_files::FileProblem;
use crate::wire::document::{Fault, SourceFile};

const WIDTH: usize = 120;

/// Bad usage or configuration (CONTRACT 1).
pub const BAD_CONFIGURATION: u8 = 2;

/// Nothing is wrong as far as could be seen, and not all could be.
pub const NOT_ALL_SEEN: u8 = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// A terminal with colours.
    Coloured,
    /// A terminal without.
    Drawn,
    /// For files and other programs: `file:line:column: what; write ...`.
    Lines,
}

impl Look {
    /// What suits the standard error stream.
    #[must_use]
    pub fn of_stderr() -> Self {
        match (stderr().is_terminal(), std::env::var_os("NO_COLOR")) {
            (false, _) => Self::Lines,
            (true, Some(_)) => Self::Drawn,
            (true, None) => Self::Coloured,
        }
    }
}

/// Says on the standard error stream why a catalog or a configuration cannot be used.
#[must_use]
pub fn report(problem: &FileProblem) -> ExitCode {
    let text = match problem {
        FileProblem::Faults { faults, files, .. } => render(faults, files, Look::of_stderr()),
        other => format!("error: {other}\n"),
    };
    // Where it cannot be written, the exit code still says it.
    let _ = stderr().write_all(text.as_bytes());
    ExitCode::from(BAD_CONFIGURATION)
}

/// The same of several.
pub fn report_all<'a>(problems: impl IntoIterator<Item = &'a FileProblem>) -> ExitCode {
    problems.into_iter().fold(ExitCode::from(BAD_CONFIGURATION), |_, problem| report(problem))
}

/// Says that a configuration is for no Kafka.
#[must_use]
pub fn without_kafka(config: &Path) -> ExitCode {
    let text = format!("error: {} has no [kafka]; add it, or give --journal DIR instead\n", config.display());
    let _ = stderr().write_all(text.as_bytes());
    ExitCode::from(BAD_CONFIGURATION)
}

/// All faults and how many they are.
#[must_use]
pub fn render(faults: &[Fault], files: &[SourceFile], look: Look) -> String {
    let show = |fault: &Fault| match look {
        Look::Lines => format!("{fault}\n"),
        Look::Coloured => draw(fault, files, GraphicalTheme::unicode()),
        Look::Drawn => draw(fault, files, GraphicalTheme::unicode_nocolor()),
    };
    let shown: String = faults.iter().map(show).collect();
    let in_files = faults.iter().map(|fault| &fault.file).collect::<BTreeSet<_>>().len();
    format!("{shown}{} in {}\n", counted(faults.len(), "fault"), counted(in_files, "file"))
}

#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[derive(Debug, Error, Diagnostic)]
#[error("{what}")]
#[diagnostic(help("write {write_instead}"))]
struct Drawn {
    what: String,
    write_instead: String,
    #[source_code]
    source_code: NamedSource<String>,
    #[label("here")]
    at: SourceSpan,
}

fn draw(fault: &Fault, files: &[SourceFile], theme: GraphicalTheme) -> String {
    let text = files.iter().find(|file| file.name == fault.file).map_or("", |file| &file.text);
    let drawn = Drawn {
        what: fault.what.clone(),
        write_instead: fault.write_instead.clone(),
        source_code: NamedSource::new(&fault.file, text.to_owned()),
        at: fault.span.clone().into(),
    };
    let mut shown = String::new();
    match GraphicalReportHandler::new_themed(theme).with_width(WIDTH).render_report(&mut shown, &drawn) {
        Ok(()) => shown + "\n",
        Err(fmt::Error) => format!("{fault}\n"),
    }
}
