//! A small journal in which everything happens that makes a record, in one of three countries.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

pub const UNTIL: &str = "2027-02-01T00:00:00Z";

pub struct Country {
    pub code: &'static str,
    zone: &'static str,
    currency: &'static str,
    rate: &'static str,
    /// Of the seller: number, VAT number, endpoint, payment.
    seller: [&'static str; 4],
    /// Of the customer: number, VAT number, endpoint's scheme and id.
    customer: [&'static str; 4],
}

pub const COUNTRIES: [Country; 3] = [
    Country {
        code: "SE",
        zone: "Europe/Stockholm",
        currency: "SEK",
        rate: "25",
        seller: [
            "5569990012",
            "SE556999001201",
            r#"{ scheme = "0007", id = "5569990012" }"#,
            r#"{ means = "30", account = "99999999", bank = "SE:BANKGIRO" }"#,
        ],
        customer: ["2029990021", "SE202999002101", "0007", "2029990021"],
    },
    Country {
        code: "DK",
        zone: "Europe/Copenhagen",
        currency: "DKK",
        rate: "25",
        seller: [
            "99990007",
            "DK99990007",
            r#"{ scheme = "0184", id = "DK99990007" }"#,
            r#"{ means = "42", account = "9999999999", bank = "9999" }"#,
        ],
        customer: ["99990015", "DK99990015", "0088", "5799990000026"],
    },
    Country {
        code: "FI",
        zone: "Europe/Helsinki",
        currency: "EUR",
        rate: "25.5",
        seller: [
            "9999900-1",
            "FI99999001",
            r#"{ scheme = "0216", id = "003799999001" }"#,
            r#"{ means = "58", account = "FI1699990000000010" }"#,
        ],
        customer: ["9999000-7", "FI99990007", "0216", "003799990007"],
    },
];

/// Name, VAT, and the rest of each metered plan of the first seller.
const METERED: [(&str, &str, &str); 7] = [
    ("lookup", r#"category = "S", rate = "RATE""#, r#"period = "quarter""#),
    ("half", r#"category = "S", rate = "RATE""#, r#"period = "half-year""#),
    ("zero", r#"category = "Z", rate = "0""#, r#"period = "quarter""#),
    ("exempt", r#"category = "E", rate = "0", reason = "Education (<& exempt)""#, r#"period = "quarter""#),
    ("reverse", r#"category = "AE", rate = "0""#, r#"period = "quarter""#),
    ("union", r#"category = "K", rate = "0""#, r#"period = "month""#),
    ("export", r#"category = "G", rate = "0""#, r#"period = "year""#),
];

fn catalog(country: &Country) -> String {
    let Country { code, currency, rate, seller: [number, vat, endpoint, payment], .. } = country;
    let seller = |name: &str| {
        format!(
            "[seller.{name}]\nname = \"Exempel {name}\"\ncountry = \"{code}\"\norg_number = \"{number}\"\nvat_number = \"{vat}\"\n\
             endpoint = {endpoint}\npayment = {payment}\nterms = \"P30D\"\ninvoice = \"peppol-bis-3\"\n"
        )
    };
    let service = |name: &str| format!("[service.{name}]\ntypes = [\"x.{name}\"]\ntitle = \"Tjänst {name}\"\nunit = \"C62\"\n");
    let agreed = |name: &str| if name == "lookup" { "agreement = true\n" } else { "" };
    let metered = |(name, vat, period): (&str, &str, &str), seller: &str, more: &str| {
        format!(
            "{}{}[plan.{name}]\nmodel = \"metered\"\n{period}\nservices = [\"{name}\"]\nseller = \"{seller}\"\nvat = {{ {} }}\n{more}\
             price = [ {{ from = \"2025-01-01\", unit = {{ {currency} = \"0.345\" }} }}, {{ from = \"2026-02-15\", unit = {{ {currency} = \"0.405\" }} }} ]\n",
            service(name),
            agreed(name),
            vat.replace("RATE", rate)
        )
    };
    let plans: String = METERED.into_iter().map(|plan| metered(plan, "agency", "")).collect();
    let minimum = format!("minimum = {{ {currency} = \"100.00\" }}\n");
    let least = metered(("least", r#"category = "S", rate = "RATE""#, r#"period = "quarter""#), "agency", &minimum);
    let outside = metered(("outside", r#"category = "O", rate = "0""#, r#"period = "quarter""#), "authority", "");
    let package = format!(
        "{}[plan.sms]\nmodel = \"package\"\nservices = [\"sms\"]\nseller = \"agency\"\nvat = {{ category = \"S\", rate = \"{rate}\" }}\n\
         price = [ {{ from = \"2025-01-01\", size = \"3\", amount = {{ {currency} = \"10.01\" }} }} ]\n",
        service("sms")
    );
    let archive = format!(
        "{}[plan.archive]\nmodel = \"archive\"\nperiod = \"year\"\nservices = [\"archive\"]\nseller = \"agency\"\n\
         vat = {{ category = \"S\", rate = \"{rate}\" }}\nolder_than = \"P2Y\"\nreference = \"01-01\"\nheading = \"Arkiv\"\n\
         price = [ {{ from = \"2025-01-01\", unit = {{ {currency} = \"0.05\" }} }} ]\n",
        service("archive")
    );
    let head =
        "version = \"2026.1\"\n[close]\nallowed_lateness = \"P5D\"\n[dedupe]\nhorizon = \"P35D\"\n[time]\nmax_future_skew = \"PT1H\"\n";
    [head, &seller("agency"), &seller("authority"), &plans, &least, &outside, &package, &archive].concat()
}

fn control(country: &Country) -> Vec<Value> {
    let [number, vat, scheme, id] = country.customer;
    let customer = |name: &str, more: Value| {
        let mut data = json!({"name": format!("Exempel & {name}"), "country": country.code, "timezone": country.zone,
            "currency": country.currency, "from": "2025-11-01", "org_number": number, "vat_number": vat,
            "endpoint": {"scheme": scheme, "id": id}, "address": {"street": "Gatan 1", "city": "Staden", "post_code": "99999"}});
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"specversion": "1.0", "id": name, "source": "//a", "type": "tally.customer.v1", "subject": name,
            "time": "2025-11-01T00:00:00Z", "data": data})
    };
    vec![
        customer("user", json!({"buyer_reference": "ekonomi", "contract": "Avtal 7"})),
        customer("still", json!({"order_reference": "PO-17", "zero": true})),
        fact("tally.it_system.v1", "fag", json!({"name": "Fag", "supplier": "lev", "sources": ["//s"], "from": "2025-11-01T00:00:00Z"})),
        request("A/1", "user"),
        approval("A/1", json!({"from": "2025-11-01T00:00:00Z", "to": "2026-02-20T00:00:00Z"})),
        request("B & 2", "user"),
        approval("B & 2", json!({"from": "2026-02-20T00:00:00Z"})),
    ]
}

fn fact(kind: &str, subject: &str, data: Value) -> Value {
    json!({"specversion": "1.0", "id": format!("{kind}{subject}{data}").chars().take(200).collect::<String>(), "source": "//a", "type": kind,
        "subject": subject, "time": "2025-11-01T00:00:00Z", "data": data})
}

/// Look-ups are agreed on twice, so that one record is of two agreements.
fn request(agreement: &str, customer: &str) -> Value {
    let data = json!({"agreement": agreement, "version": 1, "supplier": "lev", "system": "fag", "services": ["lookup"], "actor": "l", "reason": "r"});
    fact("tally.agreement_request.v1", customer, data)
}

fn approval(agreement: &str, more: Value) -> Value {
    let mut data = json!({"agreement": agreement, "version": 1, "answer": "approved", "actor": "k", "reason": "r"});
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    fact("tally.agreement_answer.v1", "user", data)
}

/// Service, event time, recorded, data.
const USES: &[(&str, &str, &str, &str)] = &[
    ("archive", "2025-12-01", "2025-12-01", r#"{"quantity": 900, "created": "2023-05-01"}"#),
    // Culled in time, told late: the correction is negative.
    ("archive", "2025-12-20", "2026-01-10", r#"{"quantity": 100, "created": "2023-05-01", "action": "culled"}"#),
    ("lookup", "2026-02-01", "2026-02-01", r#"{"quantity": 103}"#),
    ("sms", "2026-02-01", "2026-02-01", r#"{"quantity": 1}"#),
    // Buys three packages at once.
    ("sms", "2026-02-02", "2026-02-02", r#"{"quantity": 9}"#),
    ("lookup", "2026-03-01", "2026-03-01", r#"{"quantity": 7}"#),
    ("zero", "2026-03-01", "2026-03-01", r#"{"quantity": 1000}"#),
    ("exempt", "2026-03-01", "2026-03-01", r#"{"quantity": 0.5}"#),
    ("reverse", "2026-03-01", "2026-03-01", r#"{"quantity": 17}"#),
    ("union", "2026-03-01", "2026-03-01", r#"{"quantity": 17}"#),
    ("export", "2026-03-01", "2026-03-01", r#"{"quantity": 17}"#),
    ("outside", "2026-03-01", "2026-03-01", r#"{"quantity": 17}"#),
    ("half", "2026-03-01", "2026-03-01", r#"{"quantity": 17}"#),
    ("least", "2026-03-01", "2026-03-01", r#"{"quantity": 17}"#),
    // Late for the first quarter, and for the month.
    ("lookup", "2026-03-25", "2026-04-10", r#"{"quantity": 5}"#),
    ("outside", "2026-03-25", "2026-04-10", r#"{"quantity": 5}"#),
    ("union", "2026-03-25", "2026-04-10", r#"{"quantity": 5}"#),
    // More than the minimum now, so that its line is taken back.
    ("least", "2026-03-25", "2026-04-10", r#"{"quantity": 10000}"#),
    ("lookup", "2026-05-25", "2026-05-25", r#"{"quantity": 5}"#),
];

fn usage() -> Vec<Value> {
    let event = |(number, (service, time, recorded, data)): (usize, &(&str, &str, &str, &str))| {
        json!({"specversion": "1.0", "id": format!("{number}"), "source": "//s", "type": format!("x.{service}"), "subject": "user",
            "time": format!("{time}T12:00:00Z"), "recordedtime": format!("{recorded}T12:00:00Z"),
            "data": serde_json::from_str::<Value>(data).unwrap()})
    };
    USES.iter().enumerate().map(event).collect()
}

pub fn write(dir: &Path, country: &Country) {
    fs::write(dir.join("catalog.toml"), catalog(country)).unwrap();
    for (lane, events) in [("usage-control", control(country)), ("usage-events", usage())] {
        let lane = dir.join("in").join(lane);
        fs::create_dir_all(&lane).unwrap();
        fs::write(lane.join("0.ndjson"), events.iter().map(|event| format!("{event}\n")).collect::<String>()).unwrap();
    }
}
