//! It-systems: what a supplier registers, and by which sources their use is known (REQUIREMENTS P3, P7).

use super::versions::Versions;
use crate::domain::instant::Instant;
use crate::domain::names::PartyId;
use crate::domain::span::Span;

/// An it-system through time: it may go to another supplier, and change its sources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct System {
    versions: Versions<SystemVersion>,
}

/// What is registered of a system from an instant on, until `to` or its next version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemVersion {
    pub from: Instant,
    /// It is registered until then; none: for good.
    pub to: Option<Instant>,
    pub name: String,
    pub supplier: PartyId,
    /// The `source` of events that report its use. Ascending, none twice.
    pub sources: Vec<String>,
}

impl System {
    /// Takes a version in; true if it changed anything. The same `from` replaces.
    pub fn put(&mut self, version: SystemVersion) -> bool {
        self.versions.put(version.from, version)
    }

    pub fn versions(&self) -> impl Iterator<Item = &SystemVersion> {
        self.versions.iter()
    }

    /// Keeps the part of a span around an instant in which no version begins or ends.
    pub fn cut(&self, at: Instant, span: &mut Span) {
        for version in self.versions.iter() {
            span.cut(at, version.from);
            span.cut(at, version.to.unwrap_or(Instant::MAX));
        }
    }

    /// The version in force; none: it is not registered then.
    #[must_use]
    pub fn version_at(&self, at: Instant) -> Option<&SystemVersion> {
        let version = self.versions.begun(at)?;
        version.to.is_none_or(|to| at < to).then_some(version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::directory::{Directory, DirectoryFact};
    use crate::domain::names::SystemId;

    /// `system from [to] sources`, times as numbers, `-` for an open end.
    fn told(lines: &[&str]) -> Directory {
        let mut directory = Directory::default();
        for line in lines {
            let words: Vec<&str> = line.split(' ').collect();
            let instant = |text: &str| text.parse().ok().map(Instant::from_nanos);
            let version = SystemVersion {
                from: instant(words[1]).expect("a number"),
                to: instant(words[2]),
                name: words[0].to_owned(),
                supplier: PartyId::new("supplier"),
                sources: words[3..].iter().map(|word| (*word).to_owned()).collect(),
            };
            directory.put(&DirectoryFact::System(SystemId::new(words[0]), version));
        }
        directory
    }

    #[test]
    fn a_source_names_the_system_that_is_registered_with_it_at_event_time() {
        let lines = ["a 10 20 s", "b 20 - s t", "b 40 - t", "c 30 - t"];
        let check = |source: &str, at: i64, expect: &str| {
            let mut orders = vec![told(&lines)];
            orders.push(told(&lines.iter().rev().copied().collect::<Vec<_>>()));
            for directory in orders {
                let found: Vec<String> = directory.systems_of(source, Instant::from_nanos(at)).map(|(id, _)| id.to_string()).collect();
                assert_eq!(found.join(" "), expect, "{source} at {at}");
            }
        };
        check("s", 9, "");
        check("s", 10, "a");
        check("s", 19, "a");
        check("s", 20, "b");
        check("s", 40, "");
        check("t", 29, "b");
        check("t", 30, "b c");
        check("u", 30, "");
    }
}
