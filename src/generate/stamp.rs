//! Instants and numbers as text, written by hand: this is most of what generating costs.

use std::io::Write;

use chrono::{DateTime, Datelike, Timelike};

const HOUR_MS: i64 = 3_600_000;

/// Writes instants of the same hour quickly.
#[derive(Debug)]
pub struct Stamp {
    hour: i64,
    /// `2026-02-14T08:`
    prefix: Vec<u8>,
}

impl Stamp {
    pub fn new() -> Self {
        Self { hour: i64::MIN, prefix: Vec::new() }
    }

    /// Milliseconds since the epoch as RFC 3339 in UTC.
    pub fn write(&mut self, out: &mut Vec<u8>, ms: i64) {
        let hour = ms.div_euclid(HOUR_MS);
        if hour != self.hour {
            self.hour = hour;
            self.prefix.clear();
            if let Some(utc) = DateTime::from_timestamp_millis(ms) {
                // Writing into a Vec cannot fail.
                let _ = write!(self.prefix, "{:04}-{:02}-{:02}T{:02}:", utc.year(), utc.month(), utc.day(), utc.hour());
            }
        }
        let within = ms.rem_euclid(HOUR_MS).unsigned_abs();
        out.extend_from_slice(&self.prefix);
        digits(out, within / 60_000, 2);
        out.push(b':');
        digits(out, within / 1000 % 60, 2);
        out.push(b'.');
        digits(out, within % 1000, 3);
        out.push(b'Z');
    }
}

/// A number, with leading zeros up to `width`.
pub fn digits(out: &mut Vec<u8>, number: u64, width: usize) {
    let start = out.len();
    let mut rest = number;
    while rest > 0 || out.len() < start + width {
        // A remainder of ten fits.
        out.push(b'0' + (rest % 10) as u8);
        rest /= 10;
    }
    if let Some(written) = out.get_mut(start..) {
        written.reverse();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_like_chrono_does() {
        let mut stamp = Stamp::new();
        for ms in [0, 1, 59_999, HOUR_MS, 1_767_225_600_000, 1_774_998_245_067, 1_711_848_599_999] {
            let mut out = Vec::new();
            stamp.write(&mut out, ms);
            let expect = DateTime::from_timestamp_millis(ms).expect("in range").to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
            assert_eq!(String::from_utf8(out).expect("ASCII"), expect);
        }
    }

    #[test]
    fn numbers_are_padded() {
        let check = |number, width, expect: &str| {
            let mut out = b"x".to_vec();
            digits(&mut out, number, width);
            assert_eq!(out, format!("x{expect}").into_bytes());
        };
        check(0, 1, "0");
        check(7, 3, "007");
        check(1234, 2, "1234");
    }
}
