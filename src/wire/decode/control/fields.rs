//! Members of control data: of the right type (or it is no event), then of a value that can be.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::FactFault;
use crate::domain::currency::Currency;
use crate::domain::instant::Instant;
use crate::domain::personal::{self, Forms};
use crate::domain::zone::Zone;
use crate::wire::decode::json::{Kind, Reader};
use crate::wire::decode::{Undecodable, envelope, time};

/// How much of a wrong value a message shows, in characters.
const SHOWN: usize = 40;

pub(super) fn text<'a>(reader: &mut Reader<'a>, member: &str) -> Result<Cow<'a, str>, Undecodable> {
    match reader.kind()? {
        Kind::Text => reader.text(),
        _ => Err(reader.fault(&format!("`data.{member}` is not a string"))),
    }
}

/// A list of strings.
pub(super) fn texts<'a>(reader: &mut Reader<'a>, member: &str) -> Result<Vec<Cow<'a, str>>, Undecodable> {
    if reader.kind()? != Kind::Array {
        return Err(reader.fault(&format!("`data.{member}` is not a list")));
    }
    let mut list = Vec::new();
    reader.list(|reader| {
        list.push(text(reader, member)?);
        Ok(())
    })?;
    Ok(list)
}

/// A count as it is written: a number, or a string as quantities may be.
pub(super) fn count_text<'a>(reader: &mut Reader<'a>, member: &str) -> Result<Cow<'a, str>, Undecodable> {
    match reader.kind()? {
        Kind::Number => reader.number().map(Cow::Borrowed),
        Kind::Text => reader.text(),
        _ => Err(reader.fault(&format!("`data.{member}` is neither a number nor a string"))),
    }
}

/// Who did it, who else stands for it, and why: what most facts say beside their own members. Each is asked for where its
/// reader comes to it, so that which of two faults is told first is the reader's to say.
pub(super) struct Signed<'a> {
    actor: Option<Cow<'a, str>>,
    pub approver: Option<Cow<'a, str>>,
    reason: Option<Cow<'a, str>>,
    has_approver: bool,
}

impl<'a> Signed<'a> {
    /// One person is enough: an approver is a member like any that nobody asks for.
    pub fn by_one() -> Self {
        Self { actor: None, approver: None, reason: None, has_approver: false }
    }

    /// A second person may stand for it, or must.
    pub fn by_two() -> Self {
        Self { has_approver: true, ..Self::by_one() }
    }

    /// Takes one of these members in; others are skipped.
    pub fn read_or_skip(&mut self, reader: &mut Reader<'a>, name: &str) -> Result<(), Undecodable> {
        match name {
            "actor" => self.actor = Some(text(reader, name)?),
            "approver" if self.has_approver => self.approver = Some(text(reader, name)?),
            "reason" => self.reason = Some(text(reader, name)?),
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    }

    pub fn actor(&mut self) -> Result<Cow<'a, str>, FactFault> {
        required(self.actor.take(), "actor")
    }

    pub fn approver(&mut self) -> Result<Cow<'a, str>, FactFault> {
        required(self.approver.take(), "approver")
    }

    pub fn reason(&mut self) -> Result<Cow<'a, str>, FactFault> {
        required(self.reason.take(), "reason")
    }
}

pub(super) fn required<T>(value: Option<T>, member: &str) -> Result<T, FactFault> {
    value.ok_or_else(|| envelope::missing(&format!("data.{member}")).into())
}

pub(super) fn bad(member: &str, what: &str) -> FactFault {
    FactFault::Impossible(format!("`data.{member}` {what}"))
}

pub(super) fn quoted(text: &str) -> String {
    if personal::holds(text, Forms::All) {
        return "(a personal number)".to_owned();
    }
    let shown: String = text.chars().take(SHOWN).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("{shown:?}{more}")
}

pub(super) fn filled(text: Cow<'_, str>, member: &str) -> Result<String, FactFault> {
    if text.trim().is_empty() { Err(bad(member, "is empty")) } else { Ok(text.into_owned()) }
}

/// The name of somebody or something, which names no person in clear.
pub(super) fn id(text: Cow<'_, str>, member: &str) -> Result<String, FactFault> {
    if personal::holds(&text, Forms::All) {
        return Err(FactFault::Personal(format!("`data.{member}` holds a personal number; write an id that names nobody")));
    }
    filled(text, member)
}

pub(super) fn day(text: &str, member: &str) -> Result<NaiveDate, FactFault> {
    time::date(text).ok_or_else(|| bad(member, &format!("is {}, not a date such as 2026-02-14", quoted(text))))
}

pub(super) fn moment(text: &str, member: &str) -> Result<Instant, FactFault> {
    time::instant(text).ok_or_else(|| bad(member, &format!("is {}, not an instant with offset such as 2026-02-14T08:15:30Z", quoted(text))))
}

pub(super) fn number(text: &str, member: &str) -> Result<u64, FactFault> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    let parsed = text.parse().ok().filter(|_| plain);
    parsed.ok_or_else(|| bad(member, &format!("is {}, not a whole number of 0 or more", quoted(text))))
}

pub(super) fn digest(text: &str, member: &str) -> Result<[u8; 32], FactFault> {
    let mut bytes = [0; 32];
    let lower = text.strip_prefix("sha256:").filter(|digits| !digits.bytes().any(|byte| byte.is_ascii_uppercase()));
    match lower.map(|digits| hex::decode_to_slice(digits, &mut bytes)) {
        Some(Ok(())) => Ok(bytes),
        _ => Err(bad(member, &format!("is {}, not \"sha256:\" and 64 small hexadecimal digits, as `tally check` prints it", quoted(text)))),
    }
}

pub(super) fn zone(name: &str) -> Result<Zone, FactFault> {
    Zone::parse(name).ok_or_else(|| bad("timezone", &format!("is {}, not a zone such as Europe/Stockholm", quoted(name))))
}

pub(super) fn currency(code: &str) -> Result<Currency, FactFault> {
    Currency::parse(code).ok_or_else(|| bad("currency", &format!("is {}, not a known currency such as SEK", quoted(code))))
}
