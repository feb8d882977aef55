//! What came of the notices.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use crate::cli::faults::counted;

/// Counts of one run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Notices that were dealt with.
    pub notices: usize,
    /// Mails that the server took (or would get, in a dry run).
    pub mails: usize,
    /// Mails that it refused.
    pub refused: usize,
    /// Notices without a recipient, by kind.
    pub unrouted: BTreeMap<String, usize>,
    /// Notices from before `--since`.
    pub passed_over: usize,
    /// Messages that are no notices.
    pub unreadable: usize,
    /// Offsets that were removed from the topic before they were read.
    pub lost: u64,
}

impl Summary {
    /// Is there anything that somebody should look at?
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.refused == 0 && self.unreadable == 0 && self.lost == 0
    }

    /// For people.
    #[must_use]
    pub fn told(&self, is_dry: bool, failed: &Path) -> String {
        let sent = if is_dry { "would be sent" } else { "sent" };
        let mut lines = vec![format!("{}: {} {sent}", counted(self.notices, "notice"), counted(self.mails, "mail"))];
        if self.refused > 0 {
            let refused = counted(self.refused, "mail");
            lines.push(format!("{refused} refused: why stands in {}; `--retry-failed` sends them again", failed.display()));
        }
        if !self.unrouted.is_empty() {
            let kinds: Vec<String> = self.unrouted.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
            lines.push(format!("without a recipient, and so not sent: {}", kinds.join(", ")));
        }
        if self.passed_over > 0 {
            lines.push(format!("{} from before --since passed over", counted(self.passed_over, "notice")));
        }
        if self.unreadable > 0 {
            lines.push(format!("{} could not be read; the log above says where they stand", counted(self.unreadable, "message")));
        }
        if self.lost > 0 {
            lines.push(format!("up to {} notices were removed from the topic by retention before they were read", self.lost));
        }
        lines.join("\n")
    }
}
