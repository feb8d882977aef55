//! From the log to the server: what goes out, and what is remembered of it before the next goes out.

use std::collections::BTreeMap;

use miette::{Result, miette};

use super::deliver::Delivery;
use super::failed::{Failed, Refused};
use super::gather::{Found, Gathering};
use super::letter::{Letter, Notice, Routes, Scribe};
use super::post::Answer;
use super::progress::Progress;
use super::source::Positions;
use super::summary::Summary;
use crate::cli::explain::Language;
use crate::config::Notify;
use crate::domain::email::EmailAddress;

/// A mail has so many notices at most.
const MOST_IN_A_MAIL: usize = 100;
/// So many notices that nobody gets are dealt with before that is written down.
const IDLE_BEFORE_SAVING: usize = 1_000;

pub struct Work<'a> {
    pub settings: &'a Notify,
    pub scribe: Scribe,
    pub progress: Progress,
    pub failed: Failed,
    pub summary: Summary,
}

/// What is to be sent for some notices.
struct Mails {
    letters: Vec<Letter>,
    /// To what is no address.
    refused: Vec<Refused>,
}

impl Work<'_> {
    /// Shows what would be sent, and changes nothing.
    ///
    /// # Errors
    /// The notices cannot be read.
    pub fn show(&mut self, mut gathering: Gathering, show: &mut dyn FnMut(&Letter) -> Result<()>) -> Result<()> {
        let mut digest_to = self.progress.digest_to.clone();
        while let Some(unit) = gathering.next(&digest_to)? {
            digest_to.clear();
            let Mails { letters, refused } = self.compose(&unit)?;
            for letter in letters.iter().filter(|letter| !self.progress.done.contains(&letter.id)) {
                show(letter)?;
                self.summary.mails += 1;
            }
            self.summary.refused += refused.len();
        }
        Ok(())
    }

    /// Sends until there is no more, or it is told to stop.
    ///
    /// # Errors
    /// It cannot go on. Whatever was sent is remembered.
    pub fn send(&mut self, mut gathering: Gathering, delivery: &mut Delivery) -> Result<()> {
        self.progress.save()?;
        let mut idle = 0;
        while let Some(unit) = gathering.next(&self.progress.digest_to)? {
            let Mails { letters, refused } = self.compose(&unit)?;
            let sends = !letters.is_empty() || !refused.is_empty();
            if self.settings.digest.is_some() && sends && self.progress.digest_to.is_empty() {
                self.progress.digest_to = ends(&unit);
                self.progress.save()?;
            }
            for refused in refused {
                self.refuse(refused)?;
            }
            for (number, letter) in (1..).zip(&letters) {
                if !self.hand_over(letter, delivery, (number == letters.len()).then_some((&unit, &letters)))? {
                    return Ok(self.progress.save()?);
                }
            }
            idle = if sends { 0 } else { idle + unit.len() };
            self.advance(&unit, &letters);
            if idle >= IDLE_BEFORE_SAVING {
                self.progress.save()?;
                idle = 0;
            }
        }
        Ok(self.progress.save()?)
    }

    /// Sends what was refused before once more.
    ///
    /// # Errors
    /// It cannot go on; what is left is still in the file.
    pub fn retry(&mut self, delivery: &mut Delivery) -> Result<()> {
        let mut still: Vec<Refused> = Vec::new();
        let mut left: std::collections::VecDeque<Refused> = self.failed.mails().iter().cloned().collect();
        while let Some(mail) = left.pop_front() {
            let answer = delivery.send(&mail.letter)?;
            match &answer {
                None => return Ok(()),
                Some(Answer::Taken) => self.summary.mails += 1,
                Some(Answer::Refused(reason)) => {
                    self.summary.refused += 1;
                    still.push(Refused::new(mail.letter, reason.clone()));
                }
            }
            self.failed.keep(still.iter().chain(&left).cloned().collect())?;
            answer.map_or(Ok(()), |answer| delivery.note(&answer))?;
        }
        Ok(())
    }

    /// One mail, and the note of it: with the last of a unit, that the unit is done. False: told to stop.
    fn hand_over(&mut self, letter: &Letter, delivery: &mut Delivery, done: Option<(&Vec<Found>, &Vec<Letter>)>) -> Result<bool> {
        if self.progress.done.contains(&letter.id) {
            return Ok(true);
        }
        let Some(answer) = delivery.send(letter)? else { return Ok(false) };
        match &answer {
            Answer::Taken => self.summary.mails += 1,
            Answer::Refused(reason) => self.refuse(Refused::new(letter.clone(), reason.clone()))?,
        }
        self.progress.done.insert(letter.id.clone());
        if let Some((unit, letters)) = done {
            self.advance(unit, letters);
        }
        self.progress.save()?;
        delivery.note(&answer)?;
        Ok(true)
    }

    fn refuse(&mut self, mail: Refused) -> Result<()> {
        self.summary.refused += 1;
        tracing::warn!("a mail is refused for good; why, and whom it was for, stands in {}", self.failed.path().display());
        Ok(self.failed.add(mail)?)
    }

    /// A unit has been dealt with. May be said again.
    fn advance(&mut self, unit: &[Found], letters: &[Letter]) {
        self.progress.next.extend(ends(unit));
        self.progress.digest_to.clear();
        for letter in letters {
            self.progress.done.remove(&letter.id);
        }
    }

    /// Mails for some notices; what nobody gets is counted.
    fn compose(&mut self, unit: &[Found]) -> Result<Mails> {
        let since = self.progress.since();
        let mut refused = Vec::new();
        let mut by_recipient: BTreeMap<(EmailAddress, Language), Vec<&Notice>> = BTreeMap::new();
        for found in unit {
            self.summary.notices += 1;
            let Some(notice) = &found.notice else {
                self.summary.unreadable += 1;
                continue;
            };
            if notice.at < since {
                self.summary.passed_over += 1;
                continue;
            }
            let recipients = Routes(self.settings).of(notice);
            if recipients.good.is_empty() && recipients.bad.is_empty() {
                *self.summary.unrouted.entry(notice.kind.clone()).or_default() += 1;
            }
            for recipient in recipients.good {
                by_recipient.entry(recipient).or_default().push(notice);
            }
            for to in recipients.bad {
                let letter = self.scribe.write(&[notice], &to, self.settings.language);
                refused.extend(letter.map(|letter| Refused::new(letter, "it is no plain e-mail address".to_owned())));
            }
        }
        let mut letters = Vec::new();
        for ((to, language), notices) in &by_recipient {
            for some in notices.chunks(MOST_IN_A_MAIL) {
                letters
                    .push(self.scribe.write(some, to.as_str(), *language).ok_or_else(|| miette!("a language has no words; report this"))?);
            }
        }
        Ok(Mails { letters, refused })
    }
}

fn ends(unit: &[Found]) -> Positions {
    let mut ends = Positions::new();
    for found in unit {
        ends.insert(found.place.partition, found.next);
    }
    ends
}
