//! Any JSON value: what is carried along or shown without being understood.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Write as _};

use super::{Kind, Reader};
use crate::wire::decode::Undecodable;
use crate::wire::encode::json::quoted;

/// A JSON value. Numbers keep the digits that were written; members are in the order of their names, so
/// that the same content is the same text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Json {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

impl Json {
    /// Reads one text, as strictly as events are read.
    ///
    /// # Errors
    /// It is no JSON, or says one thing twice.
    pub fn parse(text: &[u8]) -> Result<Self, Undecodable> {
        let mut reader = Reader::new(text)?;
        let value = Self::read(&mut reader)?;
        reader.end()?;
        Ok(value)
    }

    /// Reads the value that comes next.
    pub(in crate::wire) fn read(reader: &mut Reader<'_>) -> Result<Self, Undecodable> {
        Ok(match reader.kind()? {
            Kind::Null => {
                reader.null()?;
                Self::Null
            }
            Kind::Bool => Self::Bool(reader.bool()?),
            Kind::Number => Self::Number(reader.number()?.to_owned()),
            Kind::Text => Self::Text(reader.text()?.into_owned()),
            Kind::Array => {
                let mut items = Vec::new();
                reader.list(|reader| {
                    items.push(Self::read(reader)?);
                    Ok(())
                })?;
                Self::List(items)
            }
            Kind::Object => Self::Object(members(reader)?),
        })
    }

    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    #[must_use]
    pub fn object(&self) -> Option<&BTreeMap<String, Json>> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }
}

/// Reads the members of the object that comes next.
pub(in crate::wire) fn members(reader: &mut Reader<'_>) -> Result<BTreeMap<String, Json>, Undecodable> {
    let mut members = BTreeMap::new();
    reader.object(|reader, name| {
        members.insert(name.to_owned(), Json::read(reader)?);
        Ok(())
    })?;
    Ok(members)
}

/// Without spaces.
impl Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(flag) => write!(f, "{flag}"),
            Self::Number(digits) => f.write_str(digits),
            Self::Text(text) => f.write_str(&quote(text)),
            Self::List(items) => {
                f.write_char('[')?;
                for (place, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if place > 0 { "," } else { "" })?;
                }
                f.write_char(']')
            }
            Self::Object(members) => {
                f.write_char('{')?;
                for (place, (name, value)) in members.iter().enumerate() {
                    write!(f, "{}{}:{value}", if place > 0 { "," } else { "" }, quote(name))?;
                }
                f.write_char('}')
            }
        }
    }
}

fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    quoted(&mut out, text);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_with_its_digits_and_sorted() {
        let check = |given: &str, expect: &str| assert_eq!(Json::parse(given.as_bytes()).expect("JSON").to_string(), expect, "{given}");
        check(r#" { "b" : [ 1.50, -0, 1e9, true, null ], "a" : "\u00e5\n\"" } "#, r#"{"a":"å\n\"","b":[1.50,-0,1e9,true,null]}"#);
        check("[]", "[]");
        check("{}", "{}");
        assert!(Json::parse(br#"{"a":1,"a":2}"#).is_err());
        assert!(Json::parse(b"{} {}").is_err());
    }
}
