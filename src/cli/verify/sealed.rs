//! Suspense records whose originals are sealed: compared by what they say, as far as the keys are still there.

use std::sync::Arc;

use serde_json::Value;

use crate::wire::keys::{KeyRing, PublishedOriginal, Unopened};

/// How two lines that differ compare, once their originals are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alike {
    No,
    /// They say the same.
    Yes,
    /// All but the original is the same; that nobody can read any more, or not with this key ring.
    ButForTheOriginal,
}

/// The keys that are there.
#[derive(Debug, Clone)]
pub struct Opener {
    pub ring: Arc<KeyRing>,
}

impl Opener {
    #[must_use]
    pub fn compare(&self, published: &[u8], expected: &[u8]) -> Alike {
        let (Some(one), Some(other)) = (Line::read(published), Line::read(expected)) else { return Alike::No };
        if one.rest != other.rest || !(one.original.is_sealed() || other.original.is_sealed()) {
            return Alike::No;
        }
        match (one.original.open(&self.ring), other.original.open(&self.ring)) {
            (Err(Unopened::Damaged), _) | (_, Err(Unopened::Damaged)) => Alike::No,
            (Err(_), _) | (_, Err(_)) => Alike::ButForTheOriginal,
            (Ok(one), Ok(other)) if one == other => Alike::Yes,
            (Ok(_), Ok(_)) => Alike::No,
        }
    }
}

/// A suspense record, and all of it that is not its original.
struct Line {
    original: PublishedOriginal,
    rest: Value,
}

impl Line {
    fn read(line: &[u8]) -> Option<Self> {
        let mut rest: Value = serde_json::from_slice(line).ok()?;
        let members = rest.as_object_mut()?;
        members.contains_key("origin").then_some(())?;
        for name in ["original", "original_sealed", "redacted"] {
            members.remove(name);
        }
        Some(Self { original: serde_json::from_slice(line).ok()?, rest })
    }
}
