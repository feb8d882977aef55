//! `[notify]`: which notices go to whom as e-mail, and through which server.

mod route;
mod smtp;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

pub use self::route::{Party, Route};
pub use self::smtp::{Login, Secret, Smtp, Tls};
use super::Surroundings;
use super::units;
use crate::cli::explain::Language;
use crate::domain::duration::CalendarDuration;
use crate::domain::email::EmailAddress;
use crate::domain::instant::NANOS_PER_SECOND;
use crate::wire::document::{Table, Value};

const DEFAULT_GIVE_UP_AFTER: Duration = Duration::from_mins(5);
const MOST_MAILS_PER_MINUTE: u64 = 100_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notify {
    /// Who writes the mails.
    pub from: Sender,
    /// Of mails to whom no other is said.
    pub language: Language,
    /// Where it is remembered what was sent; none: in a journal, its folder `notify`.
    pub state_dir: Option<PathBuf>,
    /// None: as fast as the server takes them.
    pub mails_per_minute: Option<u64>,
    /// Notices to one recipient are collected for so long; none: a mail for each.
    pub digest: Option<Duration>,
    /// No server for so long: stop.
    pub give_up_after: Duration,
    /// Do notices that name their recipients go to them?
    pub named_recipients: bool,
    pub smtp: Smtp,
    pub routes: Vec<Route>,
    /// Addresses by customer.
    pub customers: BTreeMap<String, Party>,
}

/// The `From` of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    pub name: Option<String>,
    pub address: EmailAddress,
}

const KEYS: [&str; 10] =
    ["from", "language", "state_dir", "mails_per_minute", "digest", "give_up_after", "named_recipients", "smtp", "route", "customer"];

pub fn read(table: &Table<'_>, around: Surroundings<'_>) -> Option<Notify> {
    table.only(&KEYS);
    let from = table
        .need("from", "from = \"tally <tally@example.org>\"")
        .and_then(|value| value.parse(sender, "an address, or a name and an address in <>", "tally <tally@example.org>"));
    let language = table.find("language").and_then(|value| language(&value));
    let state_dir = table.find("state_dir").and_then(|value| value.words()).map(|text| around.path(text));
    let mails_per_minute = table.find("mails_per_minute").and_then(|value| value.number(1..=MOST_MAILS_PER_MINUTE));
    let digest = table.find("digest").and_then(|value| value.parse(digest, "a duration from PT1S to P31D", "PT1H"));
    let give_up_after = table.find("give_up_after").and_then(|value| units::duration(&value, "5m"));
    let named_recipients = table.find("named_recipients").and_then(|value| value.flag());
    let smtp = table.need("smtp", "[notify.smtp]").and_then(|value| smtp::read(&value.table()?, around));
    let routes = table.find("route").and_then(|value| route::routes(&value));
    let customers = table.find("customer").and_then(|value| route::parties(&value));
    Some(Notify {
        from: from?,
        language: language.unwrap_or(Language::En),
        state_dir,
        mails_per_minute,
        digest,
        give_up_after: give_up_after.unwrap_or(DEFAULT_GIVE_UP_AFTER),
        named_recipients: named_recipients.unwrap_or(true),
        smtp: smtp?,
        routes: routes.unwrap_or_default(),
        customers: customers.unwrap_or_default(),
    })
}

fn language(value: &Value<'_>) -> Option<Language> {
    value.choice(&[("sv", Language::Sv), ("da", Language::Da), ("fi", Language::Fi), ("en", Language::En)])
}

/// `a@b`, or `Name <a@b>`.
fn sender(text: &str) -> Option<Sender> {
    let Some((name, rest)) = text.split_once('<') else {
        return Some(Sender { name: None, address: EmailAddress::parse(text.trim())? });
    };
    let name = name.trim();
    let plain = name.chars().all(|one| !one.is_control() && !"\"\\".contains(one));
    let address = EmailAddress::parse(rest.strip_suffix('>')?.trim())?;
    plain.then(|| Sender { name: (!name.is_empty()).then(|| name.to_owned()), address })
}

/// No zone is at hand: a day is 24 hours.
fn digest(text: &str) -> Option<Duration> {
    let seconds = CalendarDuration::parse(text)?.fixed_nanos()? / NANOS_PER_SECOND;
    u64::try_from(seconds).ok().filter(|seconds| (1..=31 * 86_400).contains(seconds)).map(Duration::from_secs)
}
