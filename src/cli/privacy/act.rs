//! Who does it, who agrees, and why: what an auditor finds in the log and in the key ring.

use clap::Args;

use crate::cli::clock;
use crate::domain::instant::Instant;
use crate::domain::personal::{self, Forms};
use crate::wire::decode;
use crate::wire::keys::Act;

/// One person makes keys.
#[derive(Debug, Args)]
pub struct ActorArgs {
    /// Who decides this; it stands in the log.
    #[arg(long, value_name = "WHO")]
    pub actor: String,
    /// Why; it stands in the log.
    #[arg(long, value_name = "WHY")]
    pub reason: String,
    /// When it is recorded: with a recorded clock, its log time. [default: now; in a journal that has been worked on,
    /// what was read so far]
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub at: Option<Instant>,
}

/// Two people destroy them.
#[derive(Debug, Args)]
pub struct PairArgs {
    #[command(flatten)]
    pub by: ActorArgs,
    /// Who else agrees: somebody other than the actor.
    #[arg(long, value_name = "WHO")]
    pub approver: String,
}

pub fn instant(text: &str) -> Result<Instant, String> {
    decode::instant(text).ok_or_else(|| "write it like 2026-07-01T00:00:00Z".to_owned())
}

impl ActorArgs {
    /// What is wrong with it.
    pub fn fault(&self) -> Option<String> {
        fault(&[("--actor", &self.actor), ("--reason", &self.reason)])
    }
}

impl PairArgs {
    /// The act, or what is wrong with it.
    pub fn act(&self) -> Result<Act, String> {
        let ActorArgs { actor, reason, .. } = &self.by;
        if let Some(fault) = fault(&[("--actor", actor), ("--approver", &self.approver), ("--reason", reason)]) {
            return Err(fault);
        }
        if actor.trim() == self.approver.trim() {
            return Err("--approver is the actor too; what is shredded never comes back, so two people decide it".to_owned());
        }
        let own = |text: &str| text.trim().to_owned();
        Ok(Act { at: clock::now(), actor: own(actor), approver: own(&self.approver), reason: own(reason) })
    }
}

fn fault(said: &[(&str, &String)]) -> Option<String> {
    said.iter().find_map(|(name, text)| match () {
        () if text.trim().is_empty() => Some(format!("{name} must say something: it is what an auditor finds in the log")),
        () if personal::holds(text, Forms::All) => Some(format!("{name} holds a personal number; write an id that names nobody")),
        () => None,
    })
}
