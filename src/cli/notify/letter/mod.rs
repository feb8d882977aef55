//! From a notice to the mails about it: pure, the same notice always gives the same mails.

pub mod node;
pub mod notice;
pub mod route;
pub mod scribe;
pub mod table;

use serde::{Deserialize, Serialize};

pub use self::notice::{Notice, Place};
pub use self::route::Routes;
pub use self::scribe::Scribe;

/// One mail to one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The `Message-ID`, with its angle brackets. It depends on notices and recipient only: whoever
    /// gets the mail twice can know it.
    pub id: String,
    pub to: String,
    /// When the latest of its notices was given, RFC 3339.
    pub at: String,
    /// One line.
    pub subject: String,
    pub body: String,
}
