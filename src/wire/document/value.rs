//! A value that is being read: each question gives the answer, or notes a fault and gives none.

use toml::Spanned;
use toml::de::DeValue;

use super::fault::{Faults, Place};
use super::suggest::{closest, one_of};
use super::table::Table;

#[derive(Clone)]
pub struct Value<'a> {
    faults: &'a Faults<'a>,
    path: String,
    /// None: it is an item of a list.
    key_place: Option<Place>,
    place: Place,
    pub(super) inner: &'a DeValue<'a>,
}

impl<'a> Value<'a> {
    pub(super) fn new(faults: &'a Faults<'a>, path: String, key_place: Place, value: &'a Spanned<DeValue<'a>>) -> Self {
        let place = Place { file: key_place.file, start: value.span().start, end: value.span().end };
        Self { faults, path, key_place: Some(key_place), place, inner: value.get_ref() }
    }

    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// Where its key stands.
    #[must_use]
    pub fn key_place(&self) -> Place {
        self.key_place.unwrap_or(self.place)
    }

    #[must_use]
    pub fn faults(&self) -> &'a Faults<'a> {
        self.faults
    }

    /// What to write so that it holds this text.
    #[must_use]
    pub fn assign(&self, text: &str) -> String {
        self.assign_raw(&format!("{text:?}"))
    }

    fn assign_raw(&self, toml: &str) -> String {
        let key = self.path.rsplit('.').next().unwrap_or(&self.path);
        if self.key_place.is_some() { format!("{key} = {toml}") } else { toml.to_owned() }
    }

    /// Notes a fault here: "`path` `what`".
    pub fn fault(&self, what: &str, write_instead: impl Into<String>) {
        self.faults.add(self.place, format!("`{}` {what}", self.path), write_instead);
    }

    #[must_use]
    pub fn is_table(&self) -> bool {
        matches!(self.inner, DeValue::Table(_))
    }

    /// Exactly this text.
    #[must_use]
    pub fn is_text(&self, text: &str) -> bool {
        matches!(self.inner, DeValue::String(own) if own == text)
    }

    #[must_use]
    pub fn is_list(&self) -> bool {
        matches!(self.inner, DeValue::Array(_))
    }

    /// A whole number, `true` or `false`: it reads the same with and without quotes.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        matches!(self.inner, DeValue::Integer(_) | DeValue::Boolean(_))
    }

    #[must_use]
    pub fn text(&self) -> Option<&'a str> {
        match self.inner {
            DeValue::String(text) => Some(text.as_ref()),
            DeValue::Array(_) | DeValue::Table(_) => self.wrong_kind("a string", &self.assign("...")),
            _ => self.wrong_kind("a string", &self.assign(self.source())),
        }
    }

    /// A string in which something is written.
    #[must_use]
    pub fn words(&self) -> Option<&'a str> {
        let text = self.text()?;
        if text.trim().is_empty() {
            self.fault("is empty", self.assign("..."));
            return None;
        }
        Some(text)
    }

    #[must_use]
    pub fn flag(&self) -> Option<bool> {
        match self.inner {
            DeValue::Boolean(flag) => Some(*flag),
            _ => self.wrong_kind("true or false", &format!("{} or {}, without quotes", self.assign_raw("true"), self.assign_raw("false"))),
        }
    }

    /// A whole number in a range.
    #[must_use]
    pub fn number(&self, range: std::ops::RangeInclusive<u64>) -> Option<u64> {
        let DeValue::Integer(integer) = self.inner else {
            let quoted = self.source().trim_matches(['"', '\'']);
            let meant = quoted.parse().ok().filter(|number| range.contains(number)).unwrap_or(*range.start());
            return self.wrong_kind("a whole number", &format!("{}, without quotes", self.assign_raw(&meant.to_string())));
        };
        let number = u64::from_str_radix(integer.as_str(), integer.radix()).ok().filter(|number| range.contains(number));
        if number.is_none() {
            self.fault(&format!("is {}", self.source()), format!("a number from {} to {}", range.start(), range.end()));
        }
        number
    }

    #[must_use]
    pub fn table(&self) -> Option<Table<'a>> {
        match self.inner {
            DeValue::Table(entries) => Some(Table::new(self.faults, self.path.clone(), self.key_place(), entries)),
            _ => self.wrong_kind("a table", &self.assign_raw("{ ... }")),
        }
    }

    /// The items of a list that has some.
    #[must_use]
    pub fn items(&self) -> Option<Vec<Self>> {
        let DeValue::Array(items) = self.inner else {
            return self.wrong_kind("a list", &self.assign_raw(&format!("[ {} ]", self.source())));
        };
        if items.is_empty() {
            self.fault("is an empty list", format!("{} with at least one item", self.assign_raw("[ ... ]")));
            return None;
        }
        let item = |value| Self { key_place: None, ..Self::new(self.faults, self.path.clone(), self.place, value) };
        Some(items.iter().map(item).collect())
    }

    /// Is it `[]`? Most lists must not be.
    #[must_use]
    pub fn is_empty_list(&self) -> bool {
        matches!(self.inner, DeValue::Array(items) if items.is_empty())
    }

    /// A list of strings in which something is written.
    #[must_use]
    pub fn list(&self) -> Option<Vec<(Self, &'a str)>> {
        every(self.items()?, |item| item.words().map(|text| (item.clone(), text)))
    }

    /// A string that `read` understands; `kind` is what it should be, e.g. "a date".
    #[must_use]
    pub fn parse<T>(&self, read: impl Fn(&str) -> Option<T>, kind: &str, example: &str) -> Option<T> {
        let DeValue::String(text) = self.inner else {
            let unquoted = Some(self.source()).filter(|source| read(source).is_some());
            return self.wrong_kind("a string", &self.assign(unquoted.unwrap_or(example)));
        };
        let value = read(text);
        if value.is_none() {
            self.fault(&format!("is {text:?}, which is not {kind}"), format!("e.g. {}", self.assign(example)));
        }
        value
    }

    /// One of a few words.
    #[must_use]
    pub fn choice<T: Copy>(&self, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text()?;
        let names = || choices.iter().map(|(name, _)| *name);
        let found = choices.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        if found.is_none() {
            self.fault(&format!("is {text:?}, which is not known"), self.known_name(text, names()));
        }
        found
    }

    /// What to write instead of a name that is not among `names`.
    pub fn known_name<'c>(&self, text: &str, names: impl Iterator<Item = &'c str> + Clone) -> String {
        closest(text, names.clone()).map_or_else(|| one_of(names), |meant| format!("`{meant}`, if that is meant"))
    }

    /// As written in the file.
    #[must_use]
    pub fn source(&self) -> &'a str {
        self.faults.text_at(self.place)
    }

    fn wrong_kind<T>(&self, wanted: &str, write_instead: &str) -> Option<T> {
        self.fault(&format!("is {}, and must be {wanted}", self.kind()), write_instead);
        None
    }

    fn kind(&self) -> &'static str {
        match self.inner {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "a number without quotes",
            DeValue::Float(_) => "a number with a floating point",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date without quotes",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        }
    }
}

/// Reads every item, so that the faults of all of them are found; none if one of them has any.
pub fn every<I, T>(items: impl IntoIterator<Item = I>, read: impl FnMut(I) -> Option<T>) -> Option<Vec<T>> {
    let read: Vec<Option<T>> = items.into_iter().map(read).collect();
    read.into_iter().collect()
}
