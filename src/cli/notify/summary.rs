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
        let mails = counted(self.mails, "mail");
        let mut text = format!("{}: {mails} {}\n", counted(self.notices, "notice"), if is_dry { "would be sent" } else { "sent" });
        if self.refused > 0 {
            let them = counted(self.refused, "mail");
            text.push_str(&format!("{them} refused: why stands in {}; `--retry-failed` sends them again\n", failed.display()));
        }
        if !self.unrouted.is_empty() {
            let kinds: Vec<String> = self.unrouted.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
            text.push_str(&format!("without a recipient, and so not sent: {}\n", kinds.join(", ")));
        }
        if self.passed_over > 0 {
            text.push_str(&format!("{} from before --since passed over\n", counted(self.passed_over, "notice")));
        }
        if self.unreadable > 0 {
            text.push_str(&format!("{} could not be read; the log above says where they stand\n", counted(self.unreadable, "message")));
        }
        if self.lost > 0 {
            text.push_str(&format!("up to {} notices were removed from the topic by retention before they were read\n", self.lost));
        }
        text
    }
}
