//! Names that refer to something declared elsewhere, and things that may be claimed only once.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::wire::document::{Place, Table, Value};

const LONGEST: usize = 64;

/// What is declared, in whichever file.
pub struct Names<'a> {
    sellers: Vec<&'a str>,
    services: Vec<&'a str>,
    /// Services by the plan that charges them.
    charged: RefCell<BTreeMap<&'a str, Place>>,
    /// CloudEvents types by the service that they report.
    types: RefCell<BTreeMap<&'a str, Place>>,
}

impl<'a> Names<'a> {
    #[must_use]
    pub fn new(sellers: Vec<&'a str>, services: Vec<&'a str>) -> Self {
        Self { sellers, services, charged: RefCell::default(), types: RefCell::default() }
    }

    pub fn refer_to_seller(&self, value: &Value<'a>, name: &str) {
        refer(value, name, "seller", &self.sellers);
    }

    /// A plan charges this service: no other may.
    pub fn charge(&self, value: &Value<'a>, service: &'a str) {
        refer(value, service, "service", &self.services);
        let write = "it in one plan only: else its use would be charged twice";
        claim(&self.charged, value, service, &format!("service {service:?} is charged"), write);
    }

    /// A service is reported by this type: no other may.
    pub fn report(&self, value: &Value<'a>, kind: &'a str) {
        claim(&self.types, value, kind, &format!("type {kind:?} stands"), "it in one service only: else nobody knows what was used");
    }
}

fn refer(value: &Value<'_>, name: &str, kind: &str, declared: &[&str]) {
    if !declared.contains(&name) {
        let what = format!("no {kind} is called {name:?}");
        let declare = format!("declare it: [{kind}.{name}]");
        let write =
            if declared.is_empty() { declare } else { format!("{}, or {declare}", value.known_name(name, declared.iter().copied())) };
        value.faults().add_if_parsed(value.place(), what, write);
    }
}

fn claim<'a>(claimed: &RefCell<BTreeMap<&'a str, Place>>, value: &Value<'a>, name: &'a str, what: &str, write: &str) {
    let here = value.place();
    let before = claimed.borrow_mut().insert(name, here);
    let Some(before) = before else { return };
    // Tables are read by name: the one that stands first in the files is right.
    let (first, second) = if (before.file, before.start) < (here.file, here.start) { (before, here) } else { (here, before) };
    claimed.borrow_mut().insert(name, first);
    let where_else = value.faults().whereabouts(first);
    value.faults().add(second, format!("{what} in {where_else} already"), write);
}

/// Names of sellers, services and plans stand in keys, records and paths: short, without white space.
pub fn acceptable(name: &str, table: &Table<'_>) {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > LONGEST || !name.chars().all(plain) {
        let write = format!("a name of letters, digits, `-`, `_` and `.`, at most {LONGEST} bytes");
        table.faults().add(table.place(), format!("{name:?} cannot be a name"), write);
    }
}
