//! The year, hour by hour: how many events each hour gets, and what they are.

use chrono::{DateTime, NaiveDate, NaiveTime};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use thiserror::Error;

use super::control;
use super::mishap::{self, Fate};
use super::municipality::Country;
use super::population::Population;
use super::season;
use super::service::CHANNELS;
use super::target::{EventTarget, TargetError};
use super::usage::{LineWriter, Use, Wording};
use crate::pipeline::ports::Lane;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// On the morning of an examination, most log in before the first minutes are over.
const RUSH_MS: i64 = 600_000;
/// How many events back a duplicate may reach.
const REMEMBERED: usize = 512;

#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Usage events, duplicates and bad ones included.
    pub events: u64,
    pub customers: usize,
    pub year: i32,
    pub seed: u64,
    /// 0: all customers alike; 1: the classic Zipf distribution.
    pub skew: f64,
    /// A tick for every partition at the end, at this log time in milliseconds.
    pub tick_at_ms: Option<i64>,
}

#[derive(Debug, Error)]
pub enum SettingsError {
    #[error("there must be between 1 and {most} customers, not {given}; write e.g. `--customers 40`", most = Settings::MOST_CUSTOMERS)]
    Customers { given: usize },
    #[error("the skew must be between 0 and 5, not {given}; write e.g. `--skew 1.1`")]
    Skew { given: f64 },
    #[error("the year must be between 1970 and 2200, not {given}; write e.g. `--year 2026`")]
    Year { given: i32 },
    #[error(transparent)]
    Target(#[from] TargetError),
}

impl Settings {
    pub const MOST_CUSTOMERS: usize = 1_000_000;

    fn bounds_ms(&self) -> Result<(i64, i64), SettingsError> {
        let wrong = SettingsError::Year { given: self.year };
        let new_year =
            |year: i32| NaiveDate::from_ymd_opt(year, 1, 1).map(|date| date.and_time(NaiveTime::MIN).and_utc().timestamp_millis());
        match (1970..=2200).contains(&self.year).then(|| new_year(self.year).zip(new_year(self.year + 1))).flatten() {
            Some(bounds) => Ok(bounds),
            None => Err(wrong),
        }
    }

    /// Tells what cannot be, before a target is opened.
    ///
    /// # Errors
    /// The first setting that is out of range.
    pub fn check(&self) -> Result<(), SettingsError> {
        self.bounds_ms()?;
        if !(1..=Self::MOST_CUSTOMERS).contains(&self.customers) {
            return Err(SettingsError::Customers { given: self.customers });
        }
        if !(0.0..=5.0).contains(&self.skew) {
            return Err(SettingsError::Skew { given: self.skew });
        }
        Ok(())
    }
}

/// Puts the whole year into `target`: control first, then usage in log-time order.
///
/// # Errors
/// If a setting is out of range, or the target does not take an event.
pub fn generate(settings: &Settings, target: &mut dyn EventTarget) -> Result<(), SettingsError> {
    settings.check()?;
    let (start_ms, end_ms) = settings.bounds_ms()?;
    let population = Population::new(settings.customers, settings.skew);
    for line in control::control_lines(&population, settings.year, start_ms) {
        target.put(Lane::Control, line.customer.as_bytes(), &line.line)?;
    }
    let hours: Vec<Hour> = (start_ms..end_ms).step_by(usize::try_from(HOUR_MS).unwrap_or(1)).map(|ms| Hour::new(ms, &population)).collect();
    let total: u128 = hours.iter().map(|hour| u128::from(hour.weight())).sum();
    let mut stream = Stream::new(settings, &population, start_ms);
    let (mut weight, mut told) = (0_u128, 0_u64);
    for hour in &hours {
        weight += u128::from(hour.weight());
        // Running sums, so that rounding loses no event.
        let upto = u64::try_from(u128::from(settings.events) * weight / total).unwrap_or(settings.events);
        stream.hour(hour, upto - told, target)?;
        told = upto;
    }
    if let Some(log_ms) = settings.tick_at_ms {
        target.put_everywhere(&control::tick(log_ms))?;
    }
    target.finish()?;
    Ok(())
}

/// An hour of the year and the weight of each channel in it, as running sums.
struct Hour {
    start_ms: i64,
    is_rush: bool,
    running: [u64; CHANNELS.len()],
}

impl Hour {
    fn new(start_ms: i64, population: &Population) -> Self {
        let utc = DateTime::from_timestamp_millis(start_ms).unwrap_or_default();
        let mut sum = 0;
        let running = CHANNELS.map(|(country, service, share)| {
            let local = utc.with_timezone(&country.zone()).naive_local();
            // Shares of countries are large numbers: scaled down, so that a year fits.
            sum += population.weight(country).div_ceil(1_000_000) * share * season::weight(service, local);
            sum
        });
        let swedish = utc.with_timezone(&Country::Sweden.zone()).naive_local();
        Self { start_ms, is_rush: season::is_exam_morning(swedish), running }
    }

    fn weight(&self) -> u64 {
        self.running.last().copied().unwrap_or(0)
    }
}

/// The state of a run.
struct Stream<'p> {
    population: &'p Population,
    rng: ChaCha8Rng,
    writer: LineWriter,
    /// The first instant at which all customers are known in their own zone.
    earliest_ms: i64,
    serial: u64,
    /// What was told lately, for duplicates.
    recent: Vec<Use>,
    offsets: Vec<i64>,
    line: Vec<u8>,
}

impl<'p> Stream<'p> {
    fn new(settings: &Settings, population: &'p Population, start_ms: i64) -> Self {
        Self {
            population,
            rng: ChaCha8Rng::seed_from_u64(settings.seed),
            writer: LineWriter::new(settings.seed),
            earliest_ms: start_ms + HOUR_MS,
            serial: 0,
            recent: Vec::with_capacity(REMEMBERED),
            offsets: Vec::new(),
            line: Vec::with_capacity(512),
        }
    }

    /// Tells `count` events of an hour in log-time order.
    fn hour(&mut self, hour: &Hour, count: u64, target: &mut dyn EventTarget) -> Result<(), TargetError> {
        let mut offsets = std::mem::take(&mut self.offsets);
        offsets.clear();
        for _ in 0..count {
            let span = if hour.is_rush && self.rng.random_ratio(2, 3) { RUSH_MS } else { HOUR_MS };
            offsets.push(self.rng.random_range(0..span));
        }
        offsets.sort_unstable();
        for offset in &offsets {
            self.event(hour, hour.start_ms + offset, target)?;
        }
        self.offsets = offsets;
        Ok(())
    }

    fn event(&mut self, hour: &Hour, log_ms: i64, target: &mut dyn EventTarget) -> Result<(), TargetError> {
        self.serial += 1;
        let Some((country, mut used)) = self.draw(hour, log_ms) else { return Ok(()) };
        let fate = Fate::draw(&mut self.rng);
        match fate {
            Fate::Good | Fate::Stranger | Fate::Bad => {}
            Fate::Late => used.time_ms = (log_ms - mishap::delay_ms(&mut self.rng)).max(self.earliest_ms),
            Fate::Test => used.is_test = true,
            Fate::Duplicate if self.recent.is_empty() => {}
            Fate::Duplicate => {
                let place = self.rng.random_range(0..self.recent.len());
                used = self.recent.get(place).map_or(used, |earlier| Use { log_ms, ..*earlier });
            }
        }
        let own = self.population.customers.get(used.customer).map_or("", |customer| customer.id.as_str());
        let subject = if fate == Fate::Stranger { "SE-9999" } else { own };
        let wording = Wording { kind: used.service.kind(), subject, quantity: None, note: None, has_time: true };
        if fate == Fate::Bad {
            mishap::write_bad(&mut self.line, &mut self.writer, &used, &wording, country, &mut self.rng);
        } else {
            self.writer.write(&mut self.line, &used, &wording);
        }
        if matches!(fate, Fate::Good | Fate::Late | Fate::Test) {
            self.remember(used);
        }
        target.put(Lane::Usage, subject.as_bytes(), &self.line)
    }

    /// A use in this hour: which channel, which customer, how much.
    fn draw(&mut self, hour: &Hour, log_ms: i64) -> Option<(Country, Use)> {
        let dice = self.rng.random_range(0..hour.weight().max(1));
        let (country, service, _) = *CHANNELS.get(hour.running.partition_point(|sum| *sum <= dice))?;
        let customer = self.population.pick(country, &mut self.rng)?;
        let known = self.population.customers.get(customer)?;
        let day = u64::try_from((log_ms - self.earliest_ms) / DAY_MS).unwrap_or(0);
        let used = Use {
            serial: self.serial,
            service,
            customer,
            time_ms: log_ms,
            log_ms,
            quantity: service.quantity(&mut self.rng, known.pupils().into(), day),
            outcome: service.outcome(&mut self.rng),
            is_test: false,
            age_days: self.rng.random_range(0..2000),
            person: self.rng.random_range(0..known.inhabitants.max(1)),
        };
        Some((country, used))
    }

    fn remember(&mut self, used: Use) {
        let place = usize::try_from(self.serial).unwrap_or(0) % REMEMBERED;
        match self.recent.get_mut(place) {
            Some(old) => *old = used,
            None => self.recent.push(used),
        }
    }
}
