//! Speaks one language: its words, and numbers and dates in its usual form, with every digit kept.

use chrono::{NaiveDate, Timelike as _};
use rust_decimal::Decimal;

use super::Language;
use super::words::{BadWords, Words};
use crate::wire::decode;

pub struct Voice {
    words: Words,
}

impl Voice {
    /// # Errors
    /// The words that were built in cannot be read.
    pub fn of(language: Language) -> Result<Self, BadWords> {
        Ok(Self::speaking(Words::of(language)?))
    }

    /// With these words.
    #[must_use]
    pub fn speaking(words: Words) -> Self {
        Self { words }
    }

    /// None: there is no such text.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&str> {
        self.words.find(key)
    }

    #[must_use]
    pub fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.words.fill(key, values)
    }

    /// A word of an open list (units, figures); what has none keeps its name.
    #[must_use]
    pub fn name<'a>(&'a self, section: &str, name: &'a str) -> &'a str {
        self.words.find(&format!("{section}.{name}")).unwrap_or(name)
    }

    #[must_use]
    pub fn decimal(&self, number: Decimal) -> String {
        self.number(&number.to_string())
    }

    /// Plain decimal digits in the language's form: `1234567.5` as `1 234 567,5`.
    #[must_use]
    pub fn number(&self, plain: &str) -> String {
        let (whole, fraction) = plain.split_once('.').map_or((plain, None), |(whole, fraction)| (whole, Some(fraction)));
        let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("−", digits));
        let separator = self.say("format.thousands", &[]);
        let mut text = sign.to_owned();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                text.push_str(&separator);
            }
            text.push(digit);
        }
        fraction.map_or_else(|| text.clone(), |fraction| format!("{text}{}{fraction}", self.say("format.decimal", &[])))
    }

    #[must_use]
    pub fn date(&self, date: NaiveDate) -> String {
        date.format(&self.say("format.date", &[])).to_string()
    }

    /// An instant as it is published, in UTC; what is none stays as it is.
    #[must_use]
    pub fn instant(&self, published: &str) -> String {
        let Some(at) = decode::instant(published).map(|instant| instant.to_utc()) else { return published.to_owned() };
        let fraction = match at.nanosecond() {
            0 => String::new(),
            nanos => format!("{}{}", self.say("format.decimal", &[]), format!("{nanos:09}").trim_end_matches('0')),
        };
        format!("{} {}{fraction} UTC", self.date(at.date_naive()), at.format(&self.say("format.time", &[])))
    }

    /// A figure of a line's basis: a number, a date, or a text.
    #[must_use]
    pub fn figure(&self, text: &str) -> String {
        let is_number =
            || text.chars().all(|one| one.is_ascii_digit() || one == '.' || one == '-') && Decimal::from_str_exact(text).is_ok();
        match decode::date(text) {
            Some(date) => self.date(date),
            None if is_number() => self.number(text),
            None => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_dates_are_written_as_the_language_does() {
        let check = |language: Language, number: &str, date: &str, instant: &str| {
            let voice = Voice::of(language).expect("words");
            let plain = |text: String| text.replace('\u{a0}', "_");
            assert_eq!(plain(voice.number("-1234567.50")), number);
            assert_eq!(voice.date("2026-03-05".parse().expect("a date")), date);
            assert_eq!(voice.instant("2026-03-05T08:05:00.120Z"), instant);
            assert_eq!(plain(voice.figure("2026-03-05")), date);
            assert_eq!(plain(voice.figure("-1234567.50")), number);
            assert_eq!(voice.figure("P2Y"), "P2Y");
        };
        check(Language::Sv, "−1_234_567,50", "2026-03-05", "2026-03-05 08:05:00,12 UTC");
        check(Language::Da, "−1.234.567,50", "05.03.2026", "05.03.2026 08.05.00,12 UTC");
        check(Language::Fi, "−1_234_567,50", "5.3.2026", "5.3.2026 8.05.00,12 UTC");
        check(Language::En, "−1,234,567.50", "5 March 2026", "5 March 2026 08:05:00.12 UTC");
    }
}
