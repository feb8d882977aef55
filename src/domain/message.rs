//! How many segments a text message is sent in (3GPP TS 23.038, 23.040; REQUIREMENTS U4).

/// The alphabet of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Gsm7,
    Ucs2,
}

impl Encoding {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "gsm7" => Some(Self::Gsm7),
            "ucs2" => Some(Self::Ucs2),
            _ => None,
        }
    }

    /// Characters of a message that is sent in one piece, and of each piece of a longer one, whose
    /// header takes 48 bits: 140 bytes hold 160 septets or 70 UCS-2 units.
    fn room(self) -> (u64, u64) {
        match self {
            Self::Gsm7 => (160, 153),
            Self::Ucs2 => (70, 67),
        }
    }
}

/// Segments of a message; an empty one is sent too. In GSM-7, a character of the extension table counts as two.
#[must_use]
pub fn segments(characters: u64, encoding: Encoding) -> u64 {
    let (alone, together) = encoding.room();
    if characters <= alone { 1 } else { characters.div_ceil(together) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_message_has_less_room_in_each_segment() {
        let check = |encoding: &str, characters: u64, expect: u64| {
            let encoding = Encoding::parse(encoding).expect("known");
            assert_eq!(segments(characters, encoding), expect, "{encoding:?} {characters}");
        };
        check("gsm7", 0, 1);
        check("gsm7", 160, 1);
        check("gsm7", 161, 2);
        check("gsm7", 306, 2);
        check("gsm7", 307, 3);
        check("ucs2", 0, 1);
        check("ucs2", 70, 1);
        check("ucs2", 71, 2);
        check("ucs2", 134, 2);
        check("ucs2", 135, 3);
        check("ucs2", 999_999_999_999_999_999, 14_925_373_134_328_359);
        assert_eq!(Encoding::parse("GSM7"), None);
    }
}
