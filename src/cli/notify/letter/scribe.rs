//! Writes mails in the language of their recipient.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::table::{lines, one_line, shown};
use super::{Letter, Notice};
use crate::cli::explain::Language;
use crate::cli::explain::voice::Voice;
use crate::cli::explain::words::{BadWords, Words};

/// Longer subjects are cut by those who show them.
const LONGEST_SUBJECT: usize = 160;

/// Knows all languages.
pub struct Scribe {
    voices: BTreeMap<Language, Voice>,
    /// What stands behind the @ of message ids.
    domain: String,
}

impl Scribe {
    /// # Errors
    /// The words that were built in cannot be read.
    pub fn new(domain: &str) -> Result<Self, BadWords> {
        let voice = |language| Ok::<_, BadWords>((language, Voice::speaking(words(language)?)));
        let voices = [Language::Sv, Language::Da, Language::Fi, Language::En].into_iter().map(voice).collect::<Result<_, _>>()?;
        Ok(Self { voices, domain: domain.to_owned() })
    }

    /// One mail about one or several notices; none without a notice.
    #[must_use]
    pub fn write(&self, notices: &[&Notice], to: &str, language: Language) -> Option<Letter> {
        let voice = self.voices.get(&language)?;
        let at = notices.iter().map(|notice| notice.at).max()?;
        Some(Letter {
            id: format!("<{}@{}>", fingerprint(notices, to), self.domain),
            to: to.to_owned(),
            at: at.to_string(),
            subject: subject(notices, voice),
            body: body(notices, voice),
        })
    }
}

/// The words of bills, and those of notices.
fn words(language: Language) -> Result<Words, BadWords> {
    Words::of(language)?.and(match language {
        Language::Sv => include_str!("../words/sv.toml"),
        Language::Da => include_str!("../words/da.toml"),
        Language::Fi => include_str!("../words/fi.toml"),
        Language::En => include_str!("../words/en.toml"),
    })
}

/// Of what is told and to whom, and of nothing else: not of the time, the language or the wording.
fn fingerprint(notices: &[&Notice], to: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"tally/notice-mail/1\n");
    for notice in notices {
        hash.update(format!("{}\n{}\n{}\n", notice.place.log, notice.place.partition, notice.place.offset));
        hash.update(notice.digest);
    }
    hash.update(to);
    let mut text = hex::encode(hash.finalize());
    text.truncate(40);
    text
}

fn subject(notices: &[&Notice], voice: &Voice) -> String {
    let text = match notices {
        [notice] => match &notice.customer {
            Some(customer) => format!("{}: {customer}", title(notice, voice)),
            None => title(notice, voice),
        },
        several => voice.say("mail.several", &[("count", &several.len().to_string())]),
    };
    let line = one_line(&text);
    if line.chars().count() <= LONGEST_SUBJECT {
        return line;
    }
    line.chars().take(LONGEST_SUBJECT - 1).chain(['…']).collect()
}

fn title(notice: &Notice, voice: &Voice) -> String {
    let known = voice.find(&format!("title.{}", notice.kind)).map(str::to_owned);
    known.unwrap_or_else(|| voice.say("mail.unknown_title", &[("kind", &notice.kind)]))
}

fn body(notices: &[&Notice], voice: &Voice) -> String {
    let mut text: Vec<String> = Vec::new();
    for notice in notices {
        if notices.len() > 1 {
            text.extend([format!("* {}", one_line(&title(notice, voice))), String::new()]);
        }
        text.extend([paragraph(notice, voice), String::new()]);
        text.extend(lines(&notice.content, voice));
        text.push(String::new());
    }
    // What is behind that mark is set apart by programs for mail.
    text.extend(["-- ".to_owned(), voice.say("mail.automatic", &[]), String::new(), voice.say("mail.published", &[])]);
    notices.iter().for_each(|notice| text.extend([String::new(), published(notice)]));
    text.push(String::new());
    text.join("\n")
}

fn paragraph(notice: &Notice, voice: &Voice) -> String {
    let key = format!("notice.{}", notice.kind);
    let Some(text) = voice.find(&key) else { return voice.say("mail.unknown", &[("kind", &one_line(&notice.kind))]) };
    let value = |name: &str| notice.content.member(name).map_or_else(|| "–".to_owned(), |node| shown(node, voice));
    let values: Vec<(&str, String)> = names(text).map(|name| (name, value(name))).collect();
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    voice.say(&key, &values)
}

/// The names in braces.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

/// As it is published, but for what would not be one line to everybody.
fn published(notice: &Notice) -> String {
    one_line(&notice.text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn all_languages_have_the_same_keys_with_the_same_names() {
        let english = words(Language::En).expect("words");
        for language in [Language::Sv, Language::Da, Language::Fi] {
            let words = words(language).expect("words");
            let keys = |words: &Words| words.all().map(|(key, _)| key.to_owned()).collect::<BTreeSet<_>>();
            assert_eq!(keys(&words), keys(&english), "{language:?}");
            for (key, text) in words.all() {
                let of_english = names(english.find(key).expect("a word")).collect::<BTreeSet<_>>();
                assert_eq!(names(text).collect::<BTreeSet<_>>(), of_english, "{language:?} {key}");
            }
        }
    }
}
