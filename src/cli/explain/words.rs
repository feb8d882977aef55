//! The words of each language, from its file in `words/`.

use std::collections::BTreeMap;

use miette::Diagnostic;
use thiserror::Error;

use super::Language;

#[derive(Debug, Error, Diagnostic)]
#[error("the words of a language cannot be read: {0}; report this")]
pub struct BadWords(#[from] toml::de::Error);

/// Texts by `section.key`, with names in braces to be filled in.
#[derive(Debug, Clone)]
pub struct Words(BTreeMap<String, String>);

impl Words {
    /// # Errors
    /// The file that was built in is no TOML of texts.
    pub fn of(language: Language) -> Result<Self, BadWords> {
        let text = match language {
            Language::Sv => include_str!("words/sv.toml"),
            Language::Da => include_str!("words/da.toml"),
            Language::Fi => include_str!("words/fi.toml"),
            Language::En => include_str!("words/en.toml"),
        };
        Self(BTreeMap::new()).and(text)
    }

    /// With the sections of another file beside these.
    ///
    /// # Errors
    /// It is no TOML of texts.
    pub fn and(mut self, text: &str) -> Result<Self, BadWords> {
        let sections: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(text)?;
        let entries =
            sections.into_iter().flat_map(|(section, texts)| texts.into_iter().map(move |(key, text)| (format!("{section}.{key}"), text)));
        self.0.extend(entries);
        Ok(self)
    }

    /// Every text by its key.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, text)| (key.as_str(), text.as_str()))
    }

    /// None: there is no such word, and its name has to do.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// The text with what its names in braces stand for.
    #[must_use]
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut filled = String::new();
        let mut rest = self.find(key).unwrap_or(key);
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, behind)) = after.split_once('}') else { break };
            filled.push_str(before);
            filled.push_str(values.iter().find(|(known, _)| *known == name).map_or(name, |(_, value)| value));
            rest = behind;
        }
        filled + rest
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use clap::ValueEnum as _;

    use super::*;

    fn names(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
    }

    #[test]
    fn all_languages_have_the_same_keys_with_the_same_names() {
        let english = Words::of(Language::En).expect("words");
        for language in Language::value_variants() {
            let words = Words::of(*language).expect("words");
            assert_eq!(words.0.keys().collect::<Vec<_>>(), english.0.keys().collect::<Vec<_>>(), "{language:?}");
            for (key, text) in &words.0 {
                assert!(!text.is_empty(), "{language:?} {key}");
                assert_eq!(names(text), names(&english.0[key]), "{language:?} {key}");
            }
        }
    }

    /// A key that the code names must be there, or a reader would see the key.
    #[test]
    fn every_key_in_the_code_is_a_word() {
        let english = Words::of(Language::En).expect("words");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/explain");
        let mut seen = 0;
        for entry in std::fs::read_dir(folder).expect("the folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() || path.ends_with("words.rs") {
                continue;
            }
            let text = std::fs::read_to_string(path).expect("source");
            for literal in text.split('"').skip(1).step_by(2) {
                let section = literal.split_once('.').map_or("", |(section, _)| section);
                if ["kind", "label", "text", "events", "format"].contains(&section) && !literal.contains('{') {
                    seen += 1;
                    assert!(english.find(literal).is_some(), "{literal} has no words");
                }
            }
        }
        assert!(seen > 50, "only {seen} keys were found");
    }

    #[test]
    fn a_value_with_braces_stays_as_it_is() {
        let words = Words(BTreeMap::from([("a.b".to_owned(), "{x} and {y}".to_owned())]));
        assert_eq!(words.fill("a.b", &[("x", "{y}"), ("y", "2")]), "{y} and 2");
    }
}
