//! Strings: found eight bytes at a time, copied only if something in them is escaped.

use std::borrow::Cow;

use super::Reader;
use crate::wire::decode::Undecodable;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

impl<'a> Reader<'a> {
    #[inline]
    pub(super) fn read_text(&mut self) -> Result<Cow<'a, str>, Undecodable> {
        self.expect(b'"', "invalid JSON: no string")?;
        let start = self.at;
        if self.plain()? == b'"' {
            let text = self.since(start);
            self.at += 1;
            return Ok(Cow::Borrowed(text));
        }
        self.escaped(start).map(Cow::Owned)
    }

    /// The rest of a string whose first escape has been reached.
    #[cold]
    fn escaped(&mut self, start: usize) -> Result<String, Undecodable> {
        let mut text = String::from(self.since(start));
        loop {
            let run = self.at;
            let stop = self.plain()?;
            text.push_str(self.since(run));
            self.at += 1;
            if stop == b'"' {
                return Ok(text);
            }
            text.push(self.escape()?);
        }
    }

    /// Goes to the next quote or backslash and gives it.
    #[inline]
    fn plain(&mut self) -> Result<u8, Undecodable> {
        let bytes = self.text.as_bytes();
        while let Some(chunk) = bytes.get(self.at..).and_then(|rest| rest.first_chunk::<8>()) {
            let stops = stops(u64::from_le_bytes(*chunk));
            self.at += (stops.trailing_zeros() / 8) as usize;
            if stops != 0 {
                break;
            }
        }
        loop {
            match self.here() {
                Some(stop @ (b'"' | b'\\')) => return Ok(stop),
                Some(0..=0x1f) => return Err(self.fault("invalid JSON: a control character in a string")),
                Some(_) => self.at += 1,
                None => return Err(self.fault("invalid JSON: a string without end")),
            }
        }
    }

    /// The character that is meant after a backslash.
    fn escape(&mut self) -> Result<char, Undecodable> {
        let letter = self.here();
        self.at += 1;
        match letter {
            Some(plain @ (b'"' | b'\\' | b'/')) => Ok(char::from(plain)),
            Some(b'b') => Ok('\u{8}'),
            Some(b'f') => Ok('\u{c}'),
            Some(b'n') => Ok('\n'),
            Some(b'r') => Ok('\r'),
            Some(b't') => Ok('\t'),
            Some(b'u') => self.unicode(),
            _ => Err(self.fault("invalid JSON: an unknown escape")),
        }
    }

    /// The four digits of `\u`, and those of the second half if it is a pair of surrogates.
    fn unicode(&mut self) -> Result<char, Undecodable> {
        let first = self.hex()?;
        let code = if (0xd800..0xdc00).contains(&first) { self.low_half(first)? } else { first };
        char::from_u32(code).ok_or_else(|| self.fault("invalid JSON: half of a surrogate pair"))
    }

    fn low_half(&mut self, high: u32) -> Result<u32, Undecodable> {
        if self.text.as_bytes().get(self.at..self.at + 2) != Some(b"\\u") {
            return Ok(high);
        }
        self.at += 2;
        let low = self.hex()?;
        let is_low = (0xdc00..0xe000).contains(&low);
        Ok(if is_low { 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00) } else { high })
    }

    fn hex(&mut self) -> Result<u32, Undecodable> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.here().and_then(|byte| char::from(byte).to_digit(16));
            code = code * 16 + digit.ok_or_else(|| self.fault("invalid JSON: \\u without four hex digits"))?;
            self.at += 1;
        }
        Ok(code)
    }
}

/// Marks the bytes that end a plain run: quotes, backslashes, control characters. The lowest mark
/// is exact; a borrow can only set false ones above a true one.
fn stops(word: u64) -> u64 {
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (zero(word ^ (ONES * 0x22)) | zero(word ^ (ONES * 0x5c)) | control) & HIGHS
}
