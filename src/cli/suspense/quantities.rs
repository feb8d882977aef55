//! Quantities by unit: those of different units have no sum.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use crate::cli::table::grouped;
use crate::domain::quantity::Quantity;

/// By unit (None: no service is known, and so no unit). A quantity that is none is too large to be written exactly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quantities(BTreeMap<Option<String>, Option<Quantity>>);

impl Quantities {
    #[must_use]
    pub fn of(unit: Option<&str>, quantity: Quantity) -> Self {
        Self(BTreeMap::from([(unit.map(ToOwned::to_owned), Some(quantity))]))
    }

    pub fn add(&mut self, other: &Self) {
        for (unit, more) in &other.0 {
            let sum = self.0.entry(unit.clone()).or_insert(Some(Quantity::ZERO));
            *sum = sum.zip(*more).and_then(|(sum, more)| sum.checked_add(more));
        }
    }

    /// The sum, if there is one: all are of one unit, and it can be written.
    #[must_use]
    pub fn only(&self) -> Option<String> {
        match self.0.values().collect::<Vec<_>>()[..] {
            [quantity] => quantity.map(|quantity| quantity.to_string()),
            _ => None,
        }
    }

    #[must_use]
    pub fn to_json(&self) -> Vec<Value> {
        let row = |(unit, quantity): (&Option<String>, &Option<Quantity>)| json!({"unit": unit, "quantity": quantity.map(|quantity| quantity.to_string())});
        self.0.iter().map(row).collect()
    }
}

/// `3.5 C62, 7 MIN`
impl fmt::Display for Quantities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (unit, quantity)) in self.0.iter().enumerate() {
            let quantity = quantity.map_or("too large".to_owned(), |quantity| grouped(&quantity.to_string()));
            let comma = if place > 0 { ", " } else { "" };
            write!(f, "{comma}{quantity} {}", unit.as_deref().unwrap_or("(no unit)"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_not_added_to_each_other() {
        let mut all = Quantities::default();
        let check = |all: &Quantities, shown: &str, only: Option<&str>| {
            assert_eq!((all.to_string().replace('\u{a0}', " "), all.only().as_deref()), (shown.to_owned(), only));
        };
        check(&all, "", None);
        all.add(&Quantities::of(Some("C62"), Quantity::ONE));
        all.add(&Quantities::of(Some("C62"), Quantity::ONE));
        check(&all, "2 C62", Some("2"));
        all.add(&Quantities::of(Some("MIN"), Quantity::ONE));
        all.add(&Quantities::of(None, Quantity::ONE));
        check(&all, "1 (no unit), 2 C62, 1 MIN", None);
        assert_eq!(all.to_json()[0], json!({"unit": null, "quantity": "1"}));
    }
}
