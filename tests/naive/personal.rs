//! Personal numbers of the Nordic countries, as whole tokens.

use chrono::NaiveDate;

/// ASCII letters and digits, joined by the two separators, make a token; everything else ends one.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '+')).map(|token| token.trim_matches(['-', '+']))
}

pub fn in_text(text: &str) -> bool {
    tokens(text).any(|token| swedish_long(token) || with_separator(token))
}

/// In ids and sources a bare run of digits is a serial number, so only separated forms count.
pub fn in_identifier(text: &str) -> bool {
    tokens(text).any(with_separator)
}

fn with_separator(token: &str) -> bool {
    let eight_and_four = token.len() == 13 && matches!(token.as_bytes()[8], b'-' | b'+');
    let joined = || format!("{}{}", &token[..8], &token[9..]);
    (eight_and_four && swedish_long(&joined())) || swedish_short(token) || danish(token) || finnish(token)
}

fn digits(text: &str) -> Option<Vec<u32>> {
    text.chars().map(|c| c.to_digit(10)).collect()
}

fn valid_date(year: i32, month: u32, day: u32) -> bool {
    NaiveDate::from_ymd_opt(year, month, day).is_some()
}

fn valid_in_some_century(year: u32, month: u32, day: u32) -> bool {
    [1800, 1900, 2000].iter().any(|century| valid_date(century + year.cast_signed(), month, day))
}

fn luhn(ten: &[u32]) -> bool {
    let doubled = |(i, d): (usize, &u32)| if i % 2 == 0 { d * 2 / 10 + d * 2 % 10 } else { *d };
    ten.iter().enumerate().map(doubled).sum::<u32>() % 10 == 0
}

/// A co-ordination number adds 60 to the day.
fn swedish_day(day: u32) -> u32 {
    if day > 60 { day - 60 } else { day }
}

fn swedish_long(token: &str) -> bool {
    let Some(d) = digits(token).filter(|d| token.is_ascii() && d.len() == 12) else { return false };
    let year = d[..4].iter().fold(0, |n, d| n * 10 + d).cast_signed();
    (1800..2100).contains(&year) && valid_date(year, d[4] * 10 + d[5], swedish_day(d[6] * 10 + d[7])) && luhn(&d[2..])
}

fn six_and_four(token: &str, separators: &[char]) -> Option<Vec<u32>> {
    let (six, four) = token.split_once(separators)?;
    (six.len() == 6 && four.len() == 4).then(|| digits(&format!("{six}{four}")))?
}

fn swedish_short(token: &str) -> bool {
    six_and_four(token, &['-', '+'])
        .is_some_and(|d| luhn(&d) && valid_in_some_century(d[0] * 10 + d[1], d[2] * 10 + d[3], swedish_day(d[4] * 10 + d[5])))
}

fn danish(token: &str) -> bool {
    six_and_four(token, &['-']).is_some_and(|d| valid_in_some_century(d[4] * 10 + d[5], d[2] * 10 + d[3], d[0] * 10 + d[1]))
}

fn finnish(token: &str) -> bool {
    let token = &token.to_ascii_uppercase();
    if !token.is_ascii() || token.len() != 11 {
        return false;
    }
    let century = match token.as_bytes()[6] {
        b'+' => 1800,
        b'-' | b'U'..=b'Y' => 1900,
        b'A'..=b'F' => 2000,
        _ => return false,
    };
    let Some(d) = digits(&format!("{}{}", &token[..6], &token[7..10])) else { return false };
    let number = d.iter().fold(0, |n, d| n * 10 + d) as usize;
    let check = b"0123456789ABCDEFHJKLMNPRSTUVWXY"[number % 31];
    check == token.as_bytes()[10] && valid_date(century + (d[4] * 10 + d[5]).cast_signed(), d[2] * 10 + d[3], d[0] * 10 + d[1])
}

#[test]
fn personal_numbers_are_found_as_whole_tokens() {
    let check = |text: &str, anywhere, identifier| {
        assert_eq!((in_text(text), in_identifier(text)), (anywhere, identifier), "{text}");
    };
    check("191212121212", true, false);
    check("121212-1212", true, true);
    check("121212+1212", true, true);
    check("till 121212-1212, tack", true, true);
    check("701063-2391", true, true); // co-ordination number: day 63
    check("191212121213", false, false);
    check("(19121212-1212)", true, true);
    check("sms-20260202-0006", false, false);
    check("121312-1212", false, false); // no thirteenth month in either country
    check("131052-308T", true, true);
    check("131052-308U", false, false);
    check("010203-1234", true, true);
    check("310203-1234", false, false);
    check("SE-0180", false, false);
    check("x121212-1212", false, false);
}
