//! Numbers that name organisations: what they look like, and their check digits (FORMATS 4.2).
//!
//! Each check gives what is right where the text is wrong.

/// Electronic address schemes of Peppol's EAS code list (BT-34-1, BT-49-1), as of May 2026. Finland's
/// 0037, 0212, 0213 and 0215 are no longer in it: 0216 has taken their place.
const ADDRESS_SCHEMES: &str = " 0002 0007 0009 0060 0088 0096 0097 0106 0130 0135 0142 0151 0183 0184 0188 0190 0191 0192 0195 0196 \
     0198 0199 0200 0201 0204 0208 0209 0210 0211 0216 0218 0221 0225 0230 0235 0240 0242 0244 0245 0246 0248 9910 9913 9914 9915 9918 \
     9919 9920 9922 9923 9924 9925 9926 9927 9928 9929 9930 9931 9932 9933 9934 9935 9936 9937 9938 9939 9940 9941 9942 9943 9944 9945 \
     9946 9947 9948 9949 9950 9951 9952 9953 9957 9959 ";

/// ISO 3166-1 alpha-2, with Kosovo's and Northern Ireland's as Peppol has them.
const COUNTRIES: &str = " AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ \
     CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG \
     GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ \
     LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR \
     NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ \
     TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XI XK YE YT ZA ZM ZW ";

/// What a right one looks like.
pub type Rule = &'static str;

const SWEDISH: Rule = "ten digits, of which the last is a check digit (Luhn)";
const DANISH: Rule = "eight digits that pass modulus 11";
const FINNISH: Rule = "seven digits, a hyphen and a check digit (modulus 11), e.g. 1234567-1";
const NORWEGIAN: Rule = "nine digits, of which the last is a check digit (modulus 11)";
const GLN: Rule = "13 digits, of which the last is a check digit (GS1)";
const DANISH_GLN_OR_P: Rule = "ten digits";
const DANISH_ADDRESS: Rule = "eight digits that pass modulus 11, with or without DK before them";
const DANISH_VAT: Rule = "DK and eight digits that pass modulus 11";
const FINNISH_ADDRESS: Rule = "0037, the eight digits of the business id, and at most five letters or digits of a unit";
const ANY: Rule = "something";

/// An organisation's number in its country's register (BT-30, BT-47).
///
/// # Errors
/// What a right one looks like.
pub fn organisation(country: &str, number: &str) -> Result<(), Rule> {
    match country {
        "SE" => check(is_swedish(number), SWEDISH),
        "DK" => check(is_danish(number), DANISH),
        "FI" => check(is_finnish(number), FINNISH),
        "NO" => check(is_norwegian(number), NORWEGIAN),
        _ => check(!number.trim().is_empty(), ANY),
    }
}

/// The scheme of ISO 6523 that a country's organisation numbers belong to (BT-30-1, BT-47-1).
#[must_use]
pub fn register(country: &str) -> Option<&'static str> {
    match country {
        "SE" => Some("0007"),
        "DK" => Some("0184"),
        "FI" => Some("0212"),
        "NO" => Some("0192"),
        _ => None,
    }
}

/// Is this an electronic address scheme that Peppol knows?
#[must_use]
pub fn is_address_scheme(scheme: &str) -> bool {
    is_listed(ADDRESS_SCHEMES, scheme)
}

/// An electronic address of a scheme (BT-34, BT-49).
///
/// # Errors
/// What a right one looks like.
pub fn address(scheme: &str, id: &str) -> Result<(), Rule> {
    match scheme {
        "0007" => check(is_swedish(id), SWEDISH),
        "0088" => check(is_gln(id), GLN),
        "0096" => check(is_digits(id, 10), DANISH_GLN_OR_P),
        "0184" => check(is_danish(id.strip_prefix("DK").unwrap_or(id)), DANISH_ADDRESS),
        "0192" => check(is_norwegian(id), NORWEGIAN),
        "0198" => check(id.strip_prefix("DK").is_some_and(is_danish), DANISH_VAT),
        "0216" => check(is_finnish_address(id), FINNISH_ADDRESS),
        _ => check(!id.trim().is_empty(), ANY),
    }
}

/// A VAT number with its country's prefix (BT-31, BT-48; BR-CO-09).
///
/// # Errors
/// What a right one looks like.
pub fn vat_number(country: &str, number: &str) -> Result<(), Rule> {
    let after = |prefix: &str| number.strip_prefix(prefix);
    match country {
        "SE" => {
            let digits = after("SE").filter(|rest| is_digits(rest, 12));
            check(digits.and_then(|rest| rest.get(..10)).is_some_and(is_swedish), "SE, the organisation number, and two digits, mostly 01")
        }
        "DK" => check(after("DK").is_some_and(is_danish), DANISH_VAT),
        "FI" => check(after("FI").is_some_and(is_finnish_without_hyphen), "FI and the eight digits of the business id"),
        _ => {
            let known = number.get(..2).is_some_and(|prefix| prefix == "EL" || is_country(prefix));
            check(known && number.len() > 4, "a country's two letters, and its number")
        }
    }
}

/// Is this a country's code?
#[must_use]
pub fn is_country(code: &str) -> bool {
    is_listed(COUNTRIES, code)
}

fn check(good: bool, rule: Rule) -> Result<(), Rule> {
    if good { Ok(()) } else { Err(rule) }
}

fn is_listed(list: &str, code: &str) -> bool {
    list.split_ascii_whitespace().any(|listed| listed == code)
}

fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn digits(text: &str) -> impl DoubleEndedIterator<Item = u32> + '_ {
    text.bytes().map(|byte| u32::from(byte.wrapping_sub(b'0')))
}

/// Luhn: from the right, every other digit is doubled, and digit sums make a multiple of ten.
fn is_swedish(number: &str) -> bool {
    let doubled = |(place, digit): (usize, u32)| if place % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { digit };
    is_digits(number, 10) && digits(number).rev().enumerate().map(doubled).sum::<u32>().is_multiple_of(10)
}

fn weighted(text: &str, weights: &[u32]) -> u32 {
    digits(text).zip(weights).map(|(digit, weight)| digit * weight).sum()
}

fn is_danish(number: &str) -> bool {
    is_digits(number, 8) && !number.starts_with('0') && weighted(number, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

fn is_finnish(number: &str) -> bool {
    number.split_once('-').is_some_and(|(body, last)| body.len() == 7 && is_finnish_without_hyphen(&format!("{body}{last}")))
}

/// A check digit of 10 does not exist: such numbers are not given out, and the sum shows it.
fn is_finnish_without_hyphen(number: &str) -> bool {
    is_digits(number, 8) && weighted(number, &[7, 9, 10, 5, 8, 4, 2, 1]).is_multiple_of(11)
}

fn is_finnish_address(id: &str) -> bool {
    let unit = |unit: &str| unit.len() <= 5 && unit.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let rest = id.strip_prefix("0037").unwrap_or_default();
    rest.get(..8).is_some_and(is_finnish_without_hyphen) && rest.get(8..).is_some_and(unit)
}

fn is_norwegian(number: &str) -> bool {
    is_digits(number, 9) && weighted(number, &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

fn is_gln(number: &str) -> bool {
    is_digits(number, 13) && weighted(number, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organisation_numbers_have_check_digits() {
        let check = |country: &str, number: &str, good: bool| assert_eq!(organisation(country, number).is_ok(), good, "{country} {number}");
        check("SE", "2120000142", true);
        check("SE", "2120000143", false);
        check("SE", "212000-0142", false);
        check("SE", "", false);
        check("DK", "13585628", true);
        check("DK", "13585629", false);
        check("DK", "00000000", false);
        check("FI", "0201256-6", true);
        check("FI", "0201256-7", false);
        check("FI", "02012566", false);
        check("FI", "020125-66", false);
        check("NO", "974760673", true);
        check("NO", "974760674", false);
        check("IS", "anything", true);
        check("IS", " ", false);
        check("SE", "212000014é", false);
    }

    #[test]
    fn addresses_follow_their_scheme() {
        let check = |scheme: &str, id: &str, good: bool| assert_eq!(address(scheme, id).is_ok(), good, "{scheme} {id}");
        check("0007", "2120000142", true);
        check("0088", "5798009811578", true);
        check("0088", "5798009811579", false);
        check("0088", "579800981157", false);
        check("0184", "13585628", true);
        check("0184", "DK13585628", true);
        check("0184", "SE13585628", false);
        check("0198", "DK13585628", true);
        check("0198", "13585628", false);
        check("0216", "003702012566", true);
        check("0216", "003702012566A1b2", true);
        check("0216", "003702012566ABCDEF", false);
        check("0216", "02012566", false);
        check("0216", "0037020125é", false);
        check("9930", "DE1", true);
    }

    #[test]
    fn vat_numbers_begin_with_their_country() {
        let check = |country: &str, number: &str, good: bool| assert_eq!(vat_number(country, number).is_ok(), good, "{country} {number}");
        check("SE", "SE212000014201", true);
        check("SE", "SE2120000142", false);
        check("SE", "212000014201", false);
        check("DK", "DK13585628", true);
        check("FI", "FI02012566", true);
        check("FI", "FI02012567", false);
        check("DE", "DE123456789", true);
        check("GR", "EL123456789", true);
        check("DE", "123456789", false);
        check("DE", "éé3456789", false);
    }

    #[test]
    fn schemes_and_countries_are_listed() {
        assert!(["0007", "0088", "0184", "0096", "0198", "0216"].into_iter().all(is_address_scheme));
        assert!(["0037", "0212", "0213", "0215", "", "0007 0009"].into_iter().all(|scheme| !is_address_scheme(scheme)));
        assert!(is_country("SE") && is_country("FI") && !is_country("EU") && !is_country("se"));
        assert_eq!([register("SE"), register("DK"), register("FI"), register("IS")], [Some("0007"), Some("0184"), Some("0212"), None]);
    }
}
