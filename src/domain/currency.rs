//! Currencies (ISO 4217) and their minor units (EN 16931 BT-5).

use std::fmt;

/// A known currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    pub const EURO: Self = Self(*b"EUR");
}

/// Code and number of minor digits. The European currencies and the large ones elsewhere.
const KNOWN: &[(&[u8; 3], u32)] = &[
    (b"AUD", 2),
    (b"BGN", 2),
    (b"CAD", 2),
    (b"CHF", 2),
    (b"CNY", 2),
    (b"CZK", 2),
    (b"DKK", 2),
    (b"EUR", 2),
    (b"GBP", 2),
    (b"HUF", 2),
    (b"ISK", 0),
    (b"JPY", 0),
    (b"NOK", 2),
    (b"NZD", 2),
    (b"PLN", 2),
    (b"RON", 2),
    (b"RSD", 2),
    (b"SEK", 2),
    (b"TRY", 2),
    (b"UAH", 2),
    (b"USD", 2),
];

impl Currency {
    /// The currency of a code, if it is one that we know.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        KNOWN.iter().find(|(known, _)| known.as_slice() == code.as_bytes()).map(|(known, _)| Self(**known))
    }

    /// Digits after the decimal point of an amount.
    #[must_use]
    pub fn minor_digits(self) -> u32 {
        KNOWN.iter().find(|(known, _)| **known == self.0).map_or(2, |(_, digits)| *digits)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// All known codes, for messages.
    pub fn known() -> impl Iterator<Item = &'static str> {
        KNOWN.iter().filter_map(|(code, _)| std::str::from_utf8(code.as_slice()).ok())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
