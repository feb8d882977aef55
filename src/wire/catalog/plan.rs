//! `[plan.NAME]`: what all plans have; the rest depends on the model.

use rust_decimal::Decimal;

use super::decimal::not_negative;
use super::head::lateness;
use super::names::Names;
use super::{archive, capacity, exemption, fixed, metered, package, per_head, subscription};
use crate::domain::catalog::{Model, Plan, Vat};
use crate::domain::duration::CalendarDuration;
use crate::domain::names::{PlanId, SellerId, ServiceId};
use crate::wire::document::{Table, Value};

const COMMON: &[&str] = &["model", "services", "seller", "vat", "price"];

/// How a model is written.
struct Reader {
    /// The keys that it has besides the common ones.
    keys: &'static [&'static str],
    read: fn(&Table<'_>) -> Option<Model>,
}

/// All models, by name.
const MODELS: &[(&str, &Reader)] = &[
    ("package", &Reader { keys: package::KEYS, read: |table| package::read(table).map(Model::Package) }),
    ("metered", &Reader { keys: metered::KEYS, read: |table| metered::read(table).map(Model::Metered) }),
    ("archive", &Reader { keys: archive::KEYS, read: |table| archive::read(table).map(Model::Archive) }),
    ("per_head", &Reader { keys: per_head::KEYS, read: |table| per_head::read(table).map(Model::PerHead) }),
    ("subscription", &Reader { keys: subscription::KEYS, read: |table| subscription::read(table).map(Model::Subscription) }),
    ("fixed", &Reader { keys: fixed::KEYS, read: |table| fixed::read(table).map(Model::Fixed) }),
    ("capacity", &Reader { keys: capacity::KEYS, read: |table| capacity::read(table).map(Model::Capacity) }),
];

pub fn read<'a>(name: &str, table: &Table<'a>, names: &Names<'a>, default_lateness: CalendarDuration) -> Option<Plan> {
    let model = table.need("model", &model_names()).and_then(|value| value.choice(MODELS));
    check_keys(table, model);
    let services = services(table, names);
    let seller = seller(table, names);
    let vat = table.need("vat", "vat = { category = \"S\", rate = \"25\" }").and_then(|value| vat(&value));
    let lateness = table.find("allowed_lateness").and_then(|value| lateness(&value));
    let zero = table.find("zero").and_then(|value| value.flag());
    let due = table.find("due").and_then(|value| archive::days(&value, "P3M"));
    let model = (model?.read)(table);
    let services = services?;
    let model = match model {
        Some(Model::Capacity(rules)) => Some(Model::Capacity(rules.measuring(&services))),
        other => other,
    };
    Some(Plan {
        id: PlanId::new(name),
        seller: seller?,
        services,
        vat: vat?,
        allowed_lateness: lateness.unwrap_or(default_lateness),
        zero: zero.unwrap_or(false),
        due,
        model: model?,
    })
}

/// `model = "package", "metered" or "archive"`
fn model_names() -> String {
    let quoted: Vec<String> = MODELS.iter().map(|(name, _)| format!("{name:?}")).collect();
    format!("model = {}", enumeration(&quoted, "or"))
}

/// `a, b or c`
fn enumeration(words: &[String], joint: &str) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [others @ .., last] => format!("{} {joint} {last}", others.join(", ")),
    }
}

/// A key of another model is a slip of its own: it would silently do nothing.
fn check_keys(table: &Table<'_>, model: Option<&Reader>) {
    let mut known: Vec<&str> = COMMON.to_vec();
    for key in MODELS.iter().flat_map(|(_, other)| other.keys) {
        if !known.contains(key) {
            known.push(key);
        }
    }
    table.only(&known);
    let Some(own) = model.map(|model| model.keys) else { return };
    for key in known.iter().filter(|key| !COMMON.contains(key) && !own.contains(key)) {
        let models: Vec<String> = MODELS.iter().filter(|(_, other)| other.keys.contains(key)).map(|(name, _)| (*name).to_owned()).collect();
        let plural = if models.len() == 1 { "model" } else { "models" };
        table.forbid(key, &format!("belongs to the {plural} {}", enumeration(&models, "and")), "nothing here, or another model");
    }
}

fn services<'a>(table: &Table<'a>, names: &Names<'a>) -> Option<Vec<ServiceId>> {
    let value = table.need("services", "services = [\"sms\"]")?;
    // A plan that has ended: it stays until what is open is closed.
    let services = if value.is_empty_list() { Vec::new() } else { value.list()? };
    for (value, service) in &services {
        names.charge(value, service);
    }
    Some(services.into_iter().map(|(_, service)| ServiceId::new(service)).collect())
}

fn seller<'a>(table: &Table<'a>, names: &Names<'a>) -> Option<SellerId> {
    let value = table.need("seller", "seller = \"unikum\"")?;
    let name = value.words()?;
    names.refer_to_seller(&value, name);
    Some(SellerId::new(name))
}

/// Categories of UNTDID 5305 that EN 16931 allows, and whether their rate may be zero, or must be.
const CATEGORIES: &[(&str, Rate)] = &[
    ("S", Rate::AboveZero),
    ("Z", Rate::Zero),
    ("E", Rate::Zero),
    ("AE", Rate::Zero),
    ("K", Rate::Zero),
    ("G", Rate::Zero),
    ("O", Rate::Zero),
    ("L", Rate::Any),
    ("M", Rate::Any),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rate {
    AboveZero,
    Zero,
    Any,
}

fn vat(value: &Value<'_>) -> Option<Vat> {
    let table = value.table()?;
    table.only(&["category", "rate", "reason", "reason_code"]);
    let category = table.need("category", "category = \"S\"");
    let expected = category.as_ref().and_then(|value| value.choice(CATEGORIES));
    let rate = table.need("rate", "rate = \"25\"").and_then(|value| rate(&value, expected));
    expected?;
    let category = category?.text()?;
    Some(Vat { category: category.to_owned(), rate: rate?, exemption: exemption::read(&table, category) })
}

fn rate(value: &Value<'_>, expected: Option<Rate>) -> Option<Decimal> {
    let rate = not_negative(value, "25")?;
    if rate > Decimal::ONE_HUNDRED {
        value.fault("is more than 100 percent", value.assign("25"));
    }
    match expected {
        Some(Rate::AboveZero) if rate.is_zero() => value.fault("is zero in category S", "rate = \"25\", or category = \"Z\""),
        Some(Rate::Zero) if !rate.is_zero() => value.fault("must be zero in this category", "rate = \"0\", or category = \"S\""),
        _ => {}
    }
    Some(rate)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    /// `docs/schema` is written by hand: every model is in it, with the keys that are read and no others.
    #[test]
    fn the_published_schema_has_the_models_and_their_keys() {
        let schema: Value = serde_json::from_str(include_str!("../../../docs/schema/catalog.schema.json")).expect("JSON");
        let listed = schema["$defs"]["plan"]["oneOf"].as_array().expect("a list");
        let listed: Vec<&str> = listed.iter().filter_map(|one| one["$ref"].as_str()?.rsplit('/').next()).collect();
        assert_eq!(listed, MODELS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        for (name, reader) in MODELS {
            let keys = schema["$defs"][name]["properties"].as_object().expect("an object").keys().map(String::as_str);
            assert_eq!(keys.collect::<BTreeSet<_>>(), COMMON.iter().chain(reader.keys).copied().collect(), "{name}");
        }
    }
}
