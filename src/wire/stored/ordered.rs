//! The pieces of a key. Numbers, dates and instants sort as bytes like they sort as values: big-endian,
//! signed ones with their sign bit flipped. Names have their length before them, so that no
//! name is the beginning of another one's key; among names the order means nothing.

use chrono::NaiveDate;

use crate::domain::account::PeriodKey;
use crate::domain::currency::Currency;
use crate::domain::instant::Instant;
use crate::domain::zone::Zone;

/// In place of a length: the length follows as `u32`. Names are far shorter, but a key must never
/// be cut, because two customers would then share it.
const LONG: u16 = u16::MAX;

/// Builds a key.
pub(super) struct KeyWriter(Vec<u8>);

impl KeyWriter {
    pub fn new(kind: u8) -> Self {
        let mut bytes = Vec::with_capacity(48);
        bytes.push(kind);
        Self(bytes)
    }

    pub fn finish(self) -> Vec<u8> {
        self.0
    }

    pub fn name(mut self, text: &str) -> Self {
        match u16::try_from(text.len()) {
            Ok(length) if length != LONG => self.0.extend_from_slice(&length.to_be_bytes()),
            _ => {
                self.0.extend_from_slice(&LONG.to_be_bytes());
                // An input has at most 1 MiB.
                self.0.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
            }
        }
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    pub fn u64(mut self, number: u64) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    pub fn u128(mut self, number: u128) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    pub fn u32(mut self, number: u32) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    pub fn u8(mut self, number: u8) -> Self {
        self.0.push(number);
        self
    }

    pub fn i32(self, number: i32) -> Self {
        self.u32(number.cast_unsigned() ^ (1 << 31))
    }

    pub fn date(self, date: NaiveDate) -> Self {
        self.i32(date.to_epoch_days())
    }

    pub fn instant(self, instant: Instant) -> Self {
        self.u64(instant.nanos().cast_unsigned() ^ (1 << 63))
    }

    pub fn period(self, period: &PeriodKey) -> Self {
        let mut with_zone = self.date(period.from).name(period.zone.name());
        with_zone.0.extend_from_slice(period.currency.as_str().as_bytes());
        with_zone
    }
}

/// Takes a key apart; none from any step: it is not a key.
pub(super) struct KeyReader<'a>(pub &'a [u8]);

impl<'a> KeyReader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub fn name(&mut self) -> Option<&'a str> {
        let length = match u16::from_be_bytes(self.array()?) {
            LONG => usize::try_from(self.u32()?).ok()?,
            short => usize::from(short),
        };
        std::str::from_utf8(self.take(length)?).ok()
    }

    pub fn u8(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    pub fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    pub fn u128(&mut self) -> Option<u128> {
        self.array().map(u128::from_be_bytes)
    }

    pub fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub fn i32(&mut self) -> Option<i32> {
        self.u32().map(|bits| (bits ^ (1 << 31)).cast_signed())
    }

    pub fn date(&mut self) -> Option<NaiveDate> {
        NaiveDate::from_epoch_days(self.i32()?)
    }

    pub fn instant(&mut self) -> Option<Instant> {
        self.u64().map(|bits| Instant::from_nanos((bits ^ (1 << 63)).cast_signed()))
    }

    pub fn period(&mut self) -> Option<PeriodKey> {
        Some(PeriodKey {
            from: self.date()?,
            zone: Zone::parse(self.name()?)?,
            currency: Currency::parse(std::str::from_utf8(&self.array::<3>()?).ok()?)?,
        })
    }
}
