//! `[[notify.route]]` and `[notify.customer.ID]`

use std::collections::{BTreeMap, BTreeSet};

use super::language;
use crate::cli::explain::Language;
use crate::domain::email::EmailAddress;
use crate::wire::document::{Table, Value, every};

/// Some notices and their recipients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// None: of every kind.
    pub kinds: Option<BTreeSet<String>>,
    /// None: about every customer, and about none.
    pub customers: Option<BTreeSet<String>>,
    /// To these.
    pub to: Vec<EmailAddress>,
    /// To the addresses of the customer that the notice is about.
    pub to_customer: bool,
    pub language: Option<Language>,
}

/// Who reads the notices about a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    pub to: Vec<EmailAddress>,
    pub language: Option<Language>,
}

pub fn routes(value: &Value<'_>) -> Option<Vec<Route>> {
    every(value.items()?, |item| route(&item.table()?))
}

fn route(table: &Table<'_>) -> Option<Route> {
    table.only(&["kinds", "customers", "to", "to_customer", "language"]);
    let kinds = table.find("kinds").and_then(|value| names(&value, kind, "the name of a kind", "low_balance"));
    let customers = table.find("customers").and_then(|value| names(&value, |text| Some(text.to_owned()), "a customer", "SE-0180"));
    let to = table.find("to").and_then(|value| addresses(&value));
    let to_customer = table.find("to_customer").and_then(|value| value.flag()).unwrap_or(false);
    let language = table.find("language").and_then(|value| language(&value));
    if !table.has("to") && !to_customer {
        return table.need("to", "to = [\"anna@example.org\"], or to_customer = true").and(None);
    }
    Some(Route { kinds, customers, to: to.unwrap_or_default(), to_customer, language })
}

pub fn parties(value: &Value<'_>) -> Option<BTreeMap<String, Party>> {
    let parties = every(value.table()?.values(), |(customer, value)| Some((customer.to_owned(), party(&value.table()?)?)));
    parties.map(|parties| parties.into_iter().collect())
}

fn party(table: &Table<'_>) -> Option<Party> {
    table.only(&["to", "language"]);
    let to = table.need("to", "to = [\"anna@example.org\"]").and_then(|value| addresses(&value));
    let language = table.find("language").and_then(|value| language(&value));
    Some(Party { to: to?, language })
}

fn addresses(value: &Value<'_>) -> Option<Vec<EmailAddress>> {
    every(value.items()?, |item| item.parse(EmailAddress::parse, "a plain e-mail address", "anna@example.org"))
}

fn names(value: &Value<'_>, read: impl Fn(&str) -> Option<String>, what: &str, example: &str) -> Option<BTreeSet<String>> {
    let read = every(value.items()?, |item| item.parse(&read, what, example));
    read.map(|names| names.into_iter().collect())
}

/// A word that another version may know: kinds are not a closed list.
fn kind(text: &str) -> Option<String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    (!text.is_empty() && plain).then(|| text.to_owned())
}
