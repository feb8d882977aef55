//! Durations and sizes as operators write them: `200ms`, `64MB`.

use std::time::Duration;

use crate::wire::document::Value;

const DURATIONS: &[(&str, u64)] = &[("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

const SIZES: &[(&str, u64)] =
    &[("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

/// A duration above zero.
pub fn duration(value: &Value<'_>, example: &str) -> Option<Duration> {
    value.parse(|text| amount(text, DURATIONS).map(Duration::from_millis), "a duration in ms, s, m, h or d above zero", example)
}

/// A size above zero.
pub fn bytes(value: &Value<'_>, example: &str) -> Option<usize> {
    let read = |text: &str| usize::try_from(amount(text, SIZES)?).ok();
    value.parse(read, "a size in KB, MB, GB, KiB, MiB or GiB above zero", example)
}

fn amount(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let (_, factor) = units.iter().find(|(name, _)| *name == unit.trim_start())?;
    number.parse::<u64>().ok()?.checked_mul(*factor).filter(|amount| *amount > 0)
}
