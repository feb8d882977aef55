//! `[service.NAME]`

use super::brake;
use super::names::Names;
use super::onboarding;
use crate::domain::catalog::{Measure, Service};
use crate::domain::names::ServiceId;
use crate::wire::document::Table;

pub fn read<'a>(name: &str, table: &Table<'a>, names: &Names<'a>) -> Option<Service> {
    table.only(&[
        "types",
        "title",
        "unit",
        "activation",
        "registered",
        "agreement",
        "trial",
        "onboarding",
        "brake",
        "bill_on",
        "quantity",
        "retractable",
        "negative",
    ]);
    let types = types(table, names);
    let title = table.need("title", "title = \"SMS\"").and_then(|value| value.words());
    let unit = table
        .need("unit", "unit = \"C62\" (one piece)")
        .and_then(|value| value.parse(unit_code, "a unit code of UN/ECE Recommendation 20", "C62"));
    let activation = table.find("activation").and_then(|value| value.flag());
    let registered = table.find("registered").and_then(|value| value.flag());
    let agreement = table.find("agreement").and_then(|value| value.flag());
    let trial = table.find("trial").and_then(|value| value.flag());
    let brake = table.find("brake").map_or(Some(None), |value| brake::usage(&value).map(Some));
    let bill_on = table.find("bill_on").and_then(|value| value.list());
    let measure =
        table.find("quantity").and_then(|value| value.choice(&[("events", Measure::Events), ("sms_segments", Measure::SmsSegments)]));
    let retractable = table.find("retractable").and_then(|value| value.flag());
    let negative = table.find("negative").and_then(|value| value.flag());
    let onboarding = table.find("onboarding").and_then(|value| onboarding::read(&value));
    Some(Service {
        id: ServiceId::new(name),
        types: types?,
        title: title?.to_owned(),
        unit: unit?,
        activation: activation.unwrap_or(false),
        registered: registered.unwrap_or(false),
        agreement: agreement.unwrap_or(false),
        trial: trial.unwrap_or(false),
        brake: brake?,
        bill_on: bill_on.map(|list| list.into_iter().map(|(_, text)| text.to_owned()).collect()),
        measure: measure.unwrap_or(Measure::Events),
        retractable: retractable.unwrap_or(false),
        negative: negative.unwrap_or(false),
        onboarding,
        plan: None,
    })
}

fn types<'a>(table: &Table<'a>, names: &Names<'a>) -> Option<Vec<String>> {
    let types = table.need("types", "types = [\"se.unikum.sms.sent\"]")?.list()?;
    for (value, kind) in &types {
        names.report(value, kind);
    }
    Some(types.into_iter().map(|(_, kind)| kind.to_owned()).collect())
}

/// Two or three capital letters and digits.
fn unit_code(text: &str) -> Option<String> {
    let shape = text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    ((2..=3).contains(&text.len()) && shape).then(|| text.to_owned())
}
