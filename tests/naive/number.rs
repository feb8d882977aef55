//! Exact decimals of any size: an integer and the number of its fraction digits.

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

use num_bigint::{BigInt, Sign};

#[derive(Clone, Debug)]
pub struct Dec {
    digits: BigInt,
    scale: u32,
}

impl Dec {
    pub fn int(value: i64) -> Dec {
        Dec { digits: BigInt::from(value), scale: 0 }
    }

    /// `-12.50`: an optional minus, digits, and optionally a point with digits. Nothing else.
    pub fn parse(text: &str) -> Option<Dec> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let is_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !is_digits(whole) || (unsigned.contains('.') && !is_digits(fraction)) {
            return None;
        }
        let sign = if text.starts_with('-') { "-" } else { "" };
        let digits = format!("{sign}{whole}{fraction}").parse().ok()?;
        Some(Dec { digits, scale: u32::try_from(fraction.len()).ok()? })
    }

    pub fn is_zero(&self) -> bool {
        self.digits.sign() == Sign::NoSign
    }

    pub fn is_positive(&self) -> bool {
        self.digits.sign() == Sign::Plus
    }

    pub fn is_negative(&self) -> bool {
        self.digits.sign() == Sign::Minus
    }

    /// `self / by`, rounded half away from zero to `places` fraction digits.
    pub fn divide_rounded(&self, by: &Dec, places: u32) -> Dec {
        let mut top: BigInt = &self.digits * power(by.scale + places) * 2;
        let mut below: BigInt = &by.digits * power(self.scale);
        if below.sign() == Sign::Minus {
            (top, below) = (-top, -below);
        }
        let half = if top.sign() == Sign::Minus { -&below } else { below.clone() };
        Dec { digits: (top + half) / (below * 2), scale: places }
    }

    pub fn rounded(&self, places: u32) -> Dec {
        self.divide_rounded(&Dec::int(1), places)
    }

    fn at_scale(&self, scale: u32) -> BigInt {
        &self.digits * power(scale - self.scale)
    }
}

fn power(exponent: u32) -> BigInt {
    BigInt::from(10).pow(exponent)
}

impl Add for &Dec {
    type Output = Dec;
    fn add(self, other: &Dec) -> Dec {
        let scale = self.scale.max(other.scale);
        Dec { digits: self.at_scale(scale) + other.at_scale(scale), scale }
    }
}

impl Sub for &Dec {
    type Output = Dec;
    fn sub(self, other: &Dec) -> Dec {
        self + &-other
    }
}

impl Mul for &Dec {
    type Output = Dec;
    fn mul(self, other: &Dec) -> Dec {
        Dec { digits: &self.digits * &other.digits, scale: self.scale + other.scale }
    }
}

impl Neg for &Dec {
    type Output = Dec;
    fn neg(self) -> Dec {
        Dec { digits: -&self.digits, scale: self.scale }
    }
}

impl Ord for Dec {
    fn cmp(&self, other: &Dec) -> Ordering {
        let scale = self.scale.max(other.scale);
        self.at_scale(scale).cmp(&other.at_scale(scale))
    }
}

impl PartialOrd for Dec {
    fn partial_cmp(&self, other: &Dec) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Dec {
    fn eq(&self, other: &Dec) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Dec {}

impl fmt::Display for Dec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = self.scale as usize;
        let digits = format!("{:0>width$}", self.digits.magnitude().to_string(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let minus = if self.is_negative() { "-" } else { "" };
        let point = if fraction.is_empty() { "" } else { "." };
        write!(f, "{minus}{whole}{point}{fraction}")
    }
}

#[test]
fn decimals_round_half_away_from_zero() {
    let check = |given: &str, by: &str, places, expect: &str| {
        let got = Dec::parse(given).unwrap().divide_rounded(&Dec::parse(by).unwrap(), places);
        assert_eq!(got.to_string(), expect, "{given} / {by}");
    };
    check("35.535", "1", 2, "35.54");
    check("-35.535", "1", 2, "-35.54");
    check("0.025", "1", 2, "0.03");
    check("0.0249", "1", 2, "0.02");
    check("10", "3", 2, "3.33");
    check("-0.004", "1", 2, "0.00");
    check("350", "1000", 2, "0.35");
    check("7", "2", 0, "4");
}
