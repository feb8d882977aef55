//! Where a partition's changelog stands: in the store as a receipt, in the group as metadata of the
//! committed offset.
//!
//! The metadata says how far a takeover must replay. The end of the changelog would not do: behind
//! an open transaction of a process that died, it seems to end too early.

use crate::pipeline::ports::{PublishError, Receipt};

/// First byte of a receipt, first word of the metadata.
const RECEIPT_VERSION: u8 = 1;
const METADATA_VERSION: &str = "tally/1";

/// The receipt for "replay from `next` on".
pub(crate) fn encode(next: u64) -> Receipt {
    let mut receipt = vec![RECEIPT_VERSION];
    receipt.extend_from_slice(&next.to_be_bytes());
    receipt
}

/// The changelog position in a receipt; without one, the beginning.
pub(crate) fn decode(receipt: Option<&[u8]>) -> Result<u64, PublishError> {
    let Some(receipt) = receipt else { return Ok(0) };
    match receipt {
        [RECEIPT_VERSION, rest @ ..] => <[u8; 8]>::try_from(rest).map(u64::from_be_bytes).map_err(|_| damaged(receipt)),
        [version, ..] if *version > RECEIPT_VERSION => Err(PublishError::Fatal(format!(
            "the store's receipt has version {version}, this program knows {RECEIPT_VERSION}. \
             Run the newer version that wrote it"
        ))),
        _ => Err(damaged(receipt)),
    }
}

fn damaged(receipt: &[u8]) -> PublishError {
    PublishError::Fatal(format!(
        "the store's receipt {receipt:02x?} is not one of Kafka's. Was the state directory used with a journal? \
         Remove the partition's directory: it is rebuilt from the changelog"
    ))
}

/// What is committed beside the usage offset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Beside {
    /// The control offset once more: the group does not subscribe to control, so the broker may
    /// forget it when a partition has been idle for a week.
    pub control: Option<u64>,
    /// The changelog position of this commit.
    pub changelog: Option<u64>,
}

impl Beside {
    pub fn to_metadata(self) -> String {
        let word = |name: &str, value: Option<u64>| value.map_or(String::new(), |value| format!(" {name}={value}"));
        format!("{METADATA_VERSION}{}{}", word("control", self.control), word("changelog", self.changelog))
    }

    /// Metadata that somebody else wrote says nothing.
    pub fn from_metadata(text: &str) -> Beside {
        let mut beside = Beside::default();
        let mut words = text.split(' ');
        if words.next() != Some(METADATA_VERSION) {
            return beside;
        }
        for (name, value) in words.filter_map(|word| word.split_once('=')) {
            match name {
                "control" => beside.control = value.parse().ok(),
                "changelog" => beside.changelog = value.parse().ok(),
                _ => {}
            }
        }
        beside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_have_a_version() {
        let check = |receipt: Option<&[u8]>, expect: Option<u64>| assert_eq!(decode(receipt).ok(), expect, "{receipt:?}");
        check(None, Some(0));
        check(Some(&encode(0)), Some(0));
        check(Some(&encode(u64::MAX)), Some(u64::MAX));
        check(Some(&[1, 0, 0, 0, 0, 0, 0, 0x12, 0x34]), Some(0x1234));
        check(Some(&[]), None);
        check(Some(&[1, 2, 3]), None);
        check(Some(&[2, 0, 0, 0, 0, 0, 0, 0, 1]), None);
    }

    #[test]
    fn metadata_is_read_back_and_foreign_metadata_ignored() {
        let check = |text: &str, control, changelog| {
            assert_eq!(Beside::from_metadata(text), Beside { control, changelog }, "{text}");
        };
        check("tally/1 control=3 changelog=44", Some(3), Some(44));
        check("tally/1 control=3", Some(3), None);
        check("tally/1 later=9 changelog=7", None, Some(7));
        check("tally/1 changelog=x", None, None);
        check("", None, None);
        check("NULL", None, None);
        let beside = Beside { control: Some(1), changelog: Some(u64::MAX) };
        assert_eq!(Beside::from_metadata(&beside.to_metadata()), beside);
    }
}
