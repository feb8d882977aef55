//! What goes wrong at producers: bad lines, wrong clocks, personal numbers where they do not belong.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::municipality::Country;
use super::usage::{LineWriter, Use, Wording};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// What becomes of an event, by its share in ten thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Good,
    /// An earlier event is told again.
    Duplicate,
    /// It is recorded long after it happened.
    Late,
    Test,
    /// From somebody who is nobody's customer.
    Stranger,
    Bad,
}

impl Fate {
    pub fn draw(rng: &mut ChaCha8Rng) -> Self {
        match rng.random_range(0..10_000) {
            0..100 => Self::Duplicate,
            100..250 => Self::Late,
            250..290 => Self::Test,
            290..295 => Self::Stranger,
            295..315 => Self::Bad,
            _ => Self::Good,
        }
    }
}

/// How long after it happened a late event is recorded: mostly the same day, now and then beyond
/// the close of a quarter, and rarely beyond the dedupe horizon.
pub fn delay_ms(rng: &mut ChaCha8Rng) -> i64 {
    match rng.random_range(0..100) {
        0..70 => rng.random_range(MINUTE_MS..180 * MINUTE_MS),
        70..90 => rng.random_range(DAY_MS..3 * DAY_MS),
        90..98 => rng.random_range(6 * DAY_MS..20 * DAY_MS),
        _ => rng.random_range(36 * DAY_MS..50 * DAY_MS),
    }
}

/// Replaces `out` by a line that must not be charged.
pub fn write_bad(out: &mut Vec<u8>, writer: &mut LineWriter, used: &Use, good: &Wording, country: Country, rng: &mut ChaCha8Rng) {
    let mut used = *used;
    let mut wording = *good;
    let is_cut = rng.random_ratio(1, 9);
    match rng.random_range(0..8) {
        _ if is_cut => {}
        0 => {
            wording.has_time = false;
            // Shows that `recordedtime` alone does not help.
            used.time_ms -= MINUTE_MS;
        }
        1 => wording.quantity = Some("true"),
        2 => wording.quantity = Some("1,\"quantity\":1"),
        3 => wording.quantity = Some("1e3"),
        4 => wording.quantity = Some("-1"),
        5 => wording.note = Some(personal_number(country)),
        6 => wording.kind = "se.unikum.unknown",
        // A clock that is hours ahead; the record of it is not.
        _ => used.time_ms += rng.random_range(120 * MINUTE_MS..300 * MINUTE_MS),
    }
    writer.write(out, &used, &wording);
    if is_cut {
        out.truncate(out.len() * 2 / 3);
    }
}

/// Numbers that authorities publish for tests, with valid check digits.
fn personal_number(country: Country) -> &'static str {
    match country {
        Country::Sweden => "avser 191212121212",
        Country::Denmark => "vedr. 010190-1234",
        Country::Finland => "131052-308T",
    }
}
