//! A strict JSON reader over borrowed text.
//!
//! Why not a general parser: billing needs the digits of a number as they were written (a parser
//! with floats refuses `1e999` or rounds `0.1`), the second of two members with one name must be
//! seen at any depth, and hostile depth must end in a message and not in a stack overflow.

mod members;
mod text;
mod value;

use std::borrow::Cow;

use self::members::Members;
use super::{MAX_VALUE, Undecodable};

pub use value::Json;
pub(in crate::wire) use value::members as json_members;

/// Objects and arrays inside of each other, at most.
const MAX_DEPTH: u32 = 64;

/// What kind of value comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::wire) enum Kind {
    Object,
    Array,
    Text,
    Number,
    Bool,
    Null,
}

/// Reads one JSON text from front to back.
pub(in crate::wire) struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
}

impl<'a> Reader<'a> {
    pub fn new(value: &'a [u8]) -> Result<Self, Undecodable> {
        if value.len() > MAX_VALUE {
            return Err(Undecodable::new(format!("the value has {} bytes, {MAX_VALUE} are allowed", value.len())));
        }
        let text = std::str::from_utf8(value)
            .map_err(|error| Undecodable::new(format!("the value is not UTF-8 from byte {} on", error.valid_up_to())))?;
        Ok(Self { text, at: 0, depth: 0 })
    }

    /// The byte that comes next, after white space.
    pub fn place(&mut self) -> usize {
        self.next_byte();
        self.at
    }

    /// A fault at the place reached.
    #[cold]
    pub fn fault(&self, what: &str) -> Undecodable {
        Undecodable::new(format!("{what} at byte {}", self.at))
    }

    #[inline]
    pub fn kind(&mut self) -> Result<Kind, Undecodable> {
        match self.next_byte() {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::Text),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b't' | b'f') => Ok(Kind::Bool),
            Some(b'n') => Ok(Kind::Null),
            Some(_) => Err(self.fault("invalid JSON: no value")),
            None => Err(self.fault("invalid JSON: the text ends too early")),
        }
    }

    /// Reads an object; `member` is called after each name and must read its value.
    #[inline]
    pub fn object(&mut self, mut member: impl FnMut(&mut Self, &str) -> Result<(), Undecodable>) -> Result<(), Undecodable> {
        self.open(b'{')?;
        let mut members = Members::default();
        if !self.take(b'}') {
            loop {
                self.next_byte();
                let name = self.text()?;
                if members.holds(&name) {
                    return Err(self.fault("a member is given twice: the second name ends"));
                }
                self.expect(b':', "invalid JSON: no ':'")?;
                member(self, &name)?;
                members.add(name);
                if !self.take(b',') {
                    break;
                }
            }
            self.expect(b'}', "invalid JSON: no ',' or '}'")?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// Reads any value and calls `each` with every string in it, at any depth; names are not strings in it.
    pub fn any(&mut self, each: &mut dyn FnMut(&str)) -> Result<(), Undecodable> {
        match self.kind()? {
            Kind::Object => self.object(|reader, _| reader.any(each)),
            Kind::Array => self.array(each),
            Kind::Text => self.text().map(|text| each(&text)),
            Kind::Number => self.number().map(drop),
            Kind::Bool => self.bool().map(drop),
            Kind::Null => self.literal("null"),
        }
    }

    /// Reads any value and gives its text.
    pub fn raw(&mut self) -> Result<&'a str, Undecodable> {
        self.next_byte();
        let start = self.at;
        self.any(&mut |_| ())?;
        Ok(self.since(start))
    }

    /// Reads `null` if it comes next.
    #[inline]
    pub fn null(&mut self) -> Result<bool, Undecodable> {
        let is_null = self.next_byte() == Some(b'n');
        if is_null {
            self.literal("null")?;
        }
        Ok(is_null)
    }

    pub fn bool(&mut self) -> Result<bool, Undecodable> {
        let is_true = self.next_byte() == Some(b't');
        self.literal(if is_true { "true" } else { "false" })?;
        Ok(is_true)
    }

    /// Reads a string; borrowed if nothing in it is escaped.
    #[inline]
    pub fn text(&mut self) -> Result<Cow<'a, str>, Undecodable> {
        self.read_text()
    }

    /// Reads a number and gives its digits as they stand.
    pub fn number(&mut self) -> Result<&'a str, Undecodable> {
        self.next_byte();
        let start = self.at;
        self.at += usize::from(self.here() == Some(b'-'));
        let leading_zero = self.here() == Some(b'0');
        let whole = self.digits();
        let mut good = whole > 0 && !(leading_zero && whole > 1);
        if self.here() == Some(b'.') {
            self.at += 1;
            good &= self.digits() > 0;
        }
        if matches!(self.here(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.here(), Some(b'+' | b'-')));
            good &= self.digits() > 0;
        }
        if good { Ok(self.since(start)) } else { Err(self.fault("invalid JSON: a malformed number")) }
    }

    /// Nothing but white space may follow.
    pub fn end(&mut self) -> Result<(), Undecodable> {
        match self.next_byte() {
            None => Ok(()),
            Some(_) => Err(self.fault("invalid JSON: more after the value")),
        }
    }

    fn array(&mut self, each: &mut dyn FnMut(&str)) -> Result<(), Undecodable> {
        self.list(|reader| reader.any(each))
    }

    /// Reads a list: `item` reads each of its items.
    pub fn list(&mut self, mut item: impl FnMut(&mut Self) -> Result<(), Undecodable>) -> Result<(), Undecodable> {
        self.open(b'[')?;
        if !self.take(b']') {
            loop {
                item(self)?;
                if !self.take(b',') {
                    break;
                }
            }
            self.expect(b']', "invalid JSON: no ',' or ']'")?;
        }
        self.depth -= 1;
        Ok(())
    }

    #[inline]
    fn open(&mut self, bracket: u8) -> Result<(), Undecodable> {
        self.expect(bracket, "invalid JSON: another kind of value")?;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.fault("more than 64 objects and arrays inside of each other"));
        }
        Ok(())
    }

    fn literal(&mut self, word: &str) -> Result<(), Undecodable> {
        let found = self.text.as_bytes().get(self.at..self.at + word.len());
        if found != Some(word.as_bytes()) {
            return Err(self.fault("invalid JSON: no value"));
        }
        self.at += word.len();
        Ok(())
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.here(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    #[inline]
    fn expect(&mut self, byte: u8, otherwise: &str) -> Result<(), Undecodable> {
        if self.take(byte) { Ok(()) } else { Err(self.fault(otherwise)) }
    }

    #[inline]
    fn take(&mut self, byte: u8) -> bool {
        let found = self.next_byte() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Skips white space and looks at what follows.
    #[inline]
    fn next_byte(&mut self) -> Option<u8> {
        while matches!(self.here(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
        self.here()
    }

    #[inline]
    fn here(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The text from `start` to here. Both ends are beside ASCII, so it is never empty by a split character.
    #[inline]
    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }
}
