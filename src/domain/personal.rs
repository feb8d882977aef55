//! Nordic personal numbers in places that must not hold them (CONTRACT 8, `personal_data`).
//!
//! A *token* is a maximal run of ASCII letters and digits joined by `-` and `+`, less those signs at
//! its ends. A number counts only if it is a whole token: `19121212-1212` and `(19121212-1212)` are
//! found, `a-19121212-1212` is not. Otherwise one serial number in ten of the form
//! `sms-20260202-0006`, and the groups of digits inside UUIDs, would be taken for people, and what
//! is taken for a person is redacted: a good event would be lost to its sender.
//!
//! Accepted: Swedish `YYYYMMDDNNNC`, `YYYYMMDD-NNNC` and `YYMMDD-NNNC` (`+` for `-` from the age of
//! 100 on), day + 60 in co-ordination numbers, Luhn; Danish `DDMMYY-NNNN`; Finnish `DDMMYYCNNNK`.

use std::borrow::Cow;

use chrono::NaiveDate;

/// Which forms are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forms {
    All,
    /// Only those with a sign between date and serial: 12 plain digits are common in ids. The
    /// century letter of a Finnish code is such a sign.
    Separated,
}

/// Lengths of a token that can be a number: `YYMMDD-NNNC` to `YYYYMMDD-NNNC`.
const LENGTHS: std::ops::RangeInclusive<usize> = 11..=13;
/// A member whose value is encoded once more, and never taken.
const OPAQUE: &[u8] = b"data_base64";
const FINNISH_CHECK: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";

/// Does the text hold a personal number as a whole token?
#[must_use]
pub fn holds(text: &str, forms: Forms) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= *LENGTHS.start() && six_digits(bytes) && tokens(bytes).any(|token| is_number(token, forms))
}

/// May bytes of any kind be kept and shown? Not if they hold a personal number anywhere, whatever else they
/// are: a member's name, a number, escaped, in two-byte characters. And not if they hold what cannot be
/// looked into.
#[must_use]
pub fn may_stand(bytes: &[u8]) -> bool {
    let plain = unescaped(bytes);
    let six = bytes.len() >= *LENGTHS.start() && (six_digits(bytes) || matches!(plain, Cow::Owned(_)));
    let holds = six && tokens(&plain).any(|token| is_number(token, Forms::All));
    !holds && !bytes.windows(OPAQUE.len()).any(|window| window == OPAQUE)
}

/// The bytes with every personal number that has a separator made unreadable, length and all else kept;
/// none: there is none.
#[must_use]
pub fn masked(bytes: &[u8]) -> Option<Vec<u8>> {
    if !six_digits(bytes) {
        return None;
    }
    let mut masked = bytes.to_vec();
    let mut found = false;
    for (start, token) in placed(bytes).filter(|(_, token)| is_number(token, Forms::Separated)) {
        masked.get_mut(start..start + token.len()).into_iter().for_each(|part| part.fill(b'*'));
        found = true;
    }
    found.then_some(masked)
}

/// JSON's escapes resolved as far as they matter to tokens, and without the zero bytes of wide characters.
fn unescaped(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !bytes.iter().any(|byte| matches!(byte, b'\\' | 0)) {
        return Cow::Borrowed(bytes);
    }
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        rest = match rest {
            [] => return Cow::Owned(plain),
            [0, after @ ..] => after,
            [b'\\', b'u', a, b, c, d, after @ ..] => {
                let digits = [*a, *b, *c, *d];
                let code = std::str::from_utf8(&digits).ok().and_then(|hex| u16::from_str_radix(hex, 16).ok());
                plain.push(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(b' '));
                after
            }
            [b'\\', _, after @ ..] => {
                plain.push(b' ');
                after
            }
            [byte, after @ ..] => {
                plain.push(*byte);
                after
            }
        };
    }
}

/// Are there six digits in a row? All forms begin so. Looks at every sixth byte, and at those
/// before it only as far as they are digits.
fn six_digits(bytes: &[u8]) -> bool {
    let mut last = 5_usize;
    while let Some(window) = last.checked_sub(5).and_then(|first| bytes.get(first..=last)) {
        let run = window.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        if run == 6 {
            return true;
        }
        last += 6 - run;
    }
    false
}

fn tokens(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    placed(bytes).map(|(_, token)| token)
}

/// The tokens, and where each begins.
fn placed(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let joins = |byte: &u8| matches!(byte, b'-' | b'+');
    let mut next = 0;
    bytes.split(move |byte| !byte.is_ascii_alphanumeric() && !joins(byte)).map(move |run| {
        let begins = next;
        next += run.len() + 1;
        let start = run.iter().position(|byte| !joins(byte)).unwrap_or(run.len());
        let end = run.iter().rposition(|byte| !joins(byte)).map_or(start, |last| last + 1);
        (begins + start, run.get(start..end).unwrap_or_default())
    })
}

fn is_number(token: &[u8], forms: Forms) -> bool {
    match *token {
        [ref day @ .., sign @ (b'-' | b'+'), a, b, c, d] if matches!(day.len(), 6 | 8) => {
            let serial = [a, b, c, d];
            swedish(day, serial) || (sign == b'-' && danish(day, serial)) || finnish(token)
        }
        [ref day @ .., a, b, c, d] if day.len() == 8 && forms == Forms::All => swedish(day, [a, b, c, d]),
        _ => finnish(token),
    }
}

/// Birth date (day + 60 in a co-ordination number) with or without century, then the Luhn check
/// over the last ten digits.
fn swedish(day: &[u8], serial: [u8; 4]) -> bool {
    let date = match *day {
        [c1, c2, y1, y2, m1, m2, d1, d2] => two(c1, c2).map(|century| (Some(century), [y1, y2, m1, m2, d1, d2])),
        [y1, y2, m1, m2, d1, d2] => Some((None, [y1, y2, m1, m2, d1, d2])),
        _ => None,
    };
    let Some((century, short @ [y1, y2, m1, m2, d1, d2])) = date else { return false };
    let (Some(year), Some(month), Some(day)) = (two(y1, y2), two(m1, m2), two(d1, d2)) else { return false };
    let day = if day > 60 { day - 60 } else { day };
    is_date(century, year, month, day) && luhn(short.iter().chain(&serial))
}

/// The newer numbers have no check digit, so the date is all there is.
fn danish(day: &[u8], serial: [u8; 4]) -> bool {
    let &[d1, d2, m1, m2, y1, y2] = day else { return false };
    let (Some(day), Some(month), Some(year)) = (two(d1, d2), two(m1, m2), two(y1, y2)) else { return false };
    serial.iter().all(u8::is_ascii_digit) && is_date(None, year, month, day)
}

/// `DDMMYYCNNNK`: the sign names the century, the last character is the nine digits modulo 31.
fn finnish(token: &[u8]) -> bool {
    let &[d1, d2, m1, m2, y1, y2, sign, n1, n2, n3, check] = token else { return false };
    let century = match sign.to_ascii_uppercase() {
        b'+' => 18,
        b'-' | b'U'..=b'Y' => 19,
        b'A'..=b'F' => 20,
        _ => return false,
    };
    let (Some(day), Some(month), Some(year)) = (two(d1, d2), two(m1, m2), two(y1, y2)) else { return false };
    if ![n1, n2, n3].iter().all(u8::is_ascii_digit) || !is_date(Some(century), year, month, day) {
        return false;
    }
    let digits = [d1, d2, m1, m2, y1, y2, n1, n2, n3];
    let rest = digits.iter().fold(0, |sum, digit| (sum * 10 + usize::from(digit - b'0')) % 31);
    FINNISH_CHECK.get(rest) == Some(&check.to_ascii_uppercase())
}

/// Without a century, one of those of living people must make it a date; with one, too.
fn is_date(century: Option<u32>, year: u32, month: u32, day: u32) -> bool {
    let centuries = century.map_or(18..=20, |known| known..=known);
    centuries
        .filter(|century| (18..=20).contains(century))
        .any(|century| i32::try_from(century * 100 + year).is_ok_and(|year| NaiveDate::from_ymd_opt(year, month, day).is_some()))
}

fn luhn<'a>(digits: impl Iterator<Item = &'a u8>) -> bool {
    let mut sum = 0;
    for (place, byte) in digits.enumerate() {
        if !byte.is_ascii_digit() {
            return false;
        }
        let digit = u32::from(byte - b'0') * if place % 2 == 0 { 2 } else { 1 };
        sum += digit / 10 + digit % 10;
    }
    sum % 10 == 0
}

fn two(tens: u8, ones: u8) -> Option<u32> {
    let both = tens.is_ascii_digit() && ones.is_ascii_digit();
    both.then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, all: bool, separated: bool) {
        assert_eq!(holds(text, Forms::All), all, "{text:?}, all forms");
        assert_eq!(holds(text, Forms::Separated), separated, "{text:?}, with a separator");
    }

    #[test]
    fn swedish_numbers() {
        check("191212121212", true, false);
        check("19121212-1212", true, true);
        check("19121212+1212", true, true);
        check("121212-1212", true, true);
        check("121212+1212", true, true);
        check("198112189876", true, false);
        check("811218-9876", true, true);
        check("701063-2391", true, true);
        check("197010632391", true, false);
        check("20000229-0005", true, true);
        for (text, why) in [
            ("191212121213", "check digit"),
            ("811218-9877", "check digit"),
            ("1212121212", "ten digits without a sign"),
            ("191213121211", "month 13"),
            ("191202301212", "30 February"),
            ("701060-2394", "day 0 of a co-ordination number"),
            ("701092-2396", "day 32 of a co-ordination number"),
            ("131212121212", "nobody lives that long"),
            ("551212121212", "nobody is born yet"),
            ("121212--1212", "two signs"),
            ("1212121-212", "the sign in a wrong place"),
            ("12121212-12x2", "a letter"),
        ] {
            assert!(!holds(text, Forms::All), "{text:?}: {why}");
        }
    }

    #[test]
    fn danish_numbers() {
        check("070761-4285", true, true);
        check("290200-4285", true, true);
        check("311299-0000", true, true);
        for (text, why) in [
            ("290201-4285", "no leap year"),
            ("310461-4285", "31 April"),
            ("000761-4285", "day 0"),
            ("070061-4285", "month 0"),
            ("0707614285", "no sign"),
            ("070795+4285", "another sign, and no Swedish date"),
            ("070761-428", "too short"),
            ("070761-42855", "too long"),
        ] {
            assert!(!holds(text, Forms::All), "{text:?}: {why}");
        }
    }

    #[test]
    fn finnish_codes() {
        check("131052-308T", true, true);
        check("131052-308t", true, true);
        check("131052U308T", true, true);
        check("131052+308T", true, true);
        check("131052A308T", true, true);
        check("290200A248A", true, true);
        check("290201A248A", false, false);
        for (text, why) in [
            ("131052-308U", "check character"),
            ("131052-309T", "check character"),
            ("131052G308T", "no century sign"),
            ("311152-3087", "31 November"),
            ("131052-30T", "too short"),
            ("131052-3O8T", "a letter for a digit"),
        ] {
            assert!(!holds(text, Forms::All), "{text:?}: {why}");
        }
    }

    #[test]
    fn only_whole_tokens_count() {
        check("", false, false);
        check("för 191212121212, tack", true, false);
        check("(121212-1212)", true, true);
        check("//system/login/19121212-1212", true, true);
        check("urn:person:131052-308T", true, true);
        check("pnr=121212-1212&x=1", true, true);
        check("a_121212-1212", true, true);
        check("-121212-1212-", true, true);
        check("å121212-1212å", true, true);
        check("x191212121212", false, false);
        check("1191212121212", false, false);
        check("191212121212-1", false, false);
        check("a-19121212-1212", false, false);
        check("sms-20260202-0006", false, false);
        check("550e8400-e29b-41d4-a716-191212121212", false, false);
        check("19121212 1212", false, false);
    }

    #[test]
    fn ordinary_ids_pass() {
        for text in [
            "SE-0180",
            "//sms.unikum.example",
            "550e8400-e29b-41d4-a716-446655440000",
            "0123456789abcdef0123456789abcdef",
            "1770000000123",
            "order 1234567890123456",
            "2026-02-14T08:15:30.123Z",
            "2023-12-31",
            "+46 70 123 45 67",
        ] {
            check(text, false, false);
        }
    }

    #[test]
    fn bytes_of_any_kind_are_looked_through() {
        let check = |bytes: &[u8], expect: bool| assert_eq!(may_stand(bytes), expect, "{}", String::from_utf8_lossy(bytes));
        check(b"", true);
        check(br#"{"id":"a","time":"2026-02-14T08:15:30.123Z","data":{"quantity":"1"}}"#, true);
        check(br#"{"191212121212":1}"#, false);
        check(br#"{"a":191212121212}"#, false);
        check(br#"{"a":"19121212-1212"#, false);
        check(b"\xff\xfe19121212-1212\xff", false);
        check(br#"{"a":"\n19121212-1212"}"#, false);
        check(br#"{"a":"\u00319121212-1212"}"#, false);
        check(br#"{"a":"\u0031\u0039121212-\u00312\u00312"}"#, false);
        check(br#"{"a":"1\/9"}"#, true);
        check(&"131052-308T".bytes().flat_map(|byte| [0, byte]).collect::<Vec<_>>(), false);
        check(br#"{"data_base64":"MTkxMjEyMTItMTIxMg=="}"#, false);
        check(b"550e8400-e29b-41d4-a716-191212121212", true);
    }

    #[test]
    fn numbers_are_masked_where_they_stand() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(masked(text.as_bytes()), expect.map(|text| text.as_bytes().to_vec()), "{text}");
        };
        check("", None);
        check(r#"{"id":"191212121212"}"#, None);
        check(r#"{"a":"x-19121212-1212"}"#, None);
        check(r#"{"a":"19121212-1212","b":"131052-308T"}"#, Some(r#"{"a":"*************","b":"***********"}"#));
        check("x-121212-1212 121212-1212", Some("x-121212-1212 ***********"));
    }

    #[test]
    fn the_filter_finds_every_six_digits() {
        let letters = [b'x', b'1'];
        for pattern in 0..1_u32 << 14 {
            let text: Vec<u8> = (0..14).map(|bit| letters[(pattern >> bit & 1) as usize]).collect();
            let expect = text.windows(6).any(|window| window.iter().all(u8::is_ascii_digit));
            assert_eq!(six_digits(&text), expect, "{text:?}");
        }
    }
}
