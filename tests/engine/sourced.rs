//! Prices that a service's owner has published, each as a plan and what it comes to.

use crate::show::check;

fn service(name: &str, more: &str) -> String {
    format!("[service.{name}]\ntypes = [\"{name}\"]\ntitle = \"{name}\"\nunit = \"C62\"\n{more}\n")
}

fn plan(name: &str, rules: &str) -> String {
    format!(
        "{}[plan.{name}]\nservices = [\"{name}\"]\nseller = \"s\"\nvat = {{ category = \"S\", rate = \"25\" }}\n{rules}\n",
        service(name, "")
    )
}

fn outside_vat(plans: &str) -> String {
    plans.replace("category = \"S\", rate = \"25\"", "category = \"O\", rate = \"0\"")
}

const BUFFET: &str = r#"model = "per_head"
head_count = "inhabitants"
counted_on = "01-01"
price = [
  { from = "2015-04-01", unit = { DKK = "0.50" } },
  { from = "2018-01-01", unit = { DKK = "1.37" } },
  { from = "2019-01-01", unit = { DKK = "1.94" } },
  { from = "2020-01-01", unit = { DKK = "2.79" } },
  { from = "2021-01-01", unit = { DKK = "4.80" } },
]"#;

/// kombit.dk, digitaliseringskataloget.dk: a price per citizen and year for all services but CPR.
#[test]
fn serviceplatformen_buffet_per_citizen_and_year() {
    let check = |year: u32, price: &str| {
        let customer = format!("customer {year}-01-01 K Europe/Copenhagen DKK {year}-01-01 inhabitants=58312");
        let expect = format!("K-000001 annual {}-01-05T23:00 [{year}-01-01..{year}-12-31]: buffet 58312 x {price}", year + 1);
        check(&plan("buffet", &format!("period = \"year\"\n{BUFFET}")), &customer, &format!("{}-01-06", year + 1), &expect);
    };
    check(2018, "1.37");
    check(2019, "1.94");
    check(2020, "2.79");
    check(2021, "4.80");
}

/// The first price is in force from 1 April 2015: by the quarter, 58312 x 0.50 / 4.
#[test]
fn serviceplatformen_buffet_begins_with_the_second_quarter() {
    check(
        &plan("buffet", &format!("period = \"quarter\"\n{BUFFET}")),
        "customer 2015-01-01 K Europe/Copenhagen DKK 2015-01-01 inhabitants=58312",
        "2015-07-06",
        "K-000001 quarterly 2015-07-05T22:00 [2015-04-01..2015-06-30]: buffet 1 x 7289.00",
    );
}

/// digitaliseringskataloget.dk: 25 DKK per citizen, half of it for each above 150 000.
#[test]
fn infrastructure_price_is_halved_above_150_000_citizens() {
    let rules = r#"model = "per_head"
period = "year"
head_count = "inhabitants"
counted_on = "01-01"
price = [ { from = "2020-01-01", bands = [ { up_to = "150000", unit = { DKK = "25.00" } }, { unit = { DKK = "12.50" } } ] } ]"#;
    let check = |inhabitants: u32, expect: &str| {
        let customer = format!("customer 2021-01-01 K Europe/Copenhagen DKK 2021-01-01 inhabitants={inhabitants}");
        let expect = format!("K-000001 annual 2022-01-05T23:00 [2021-01-01..2021-12-31]: {expect}");
        check(&plan("infra", rules), &customer, "2022-01-06", &expect);
    };
    check(150_000, "infra 150000 x 25.00");
    check(150_001, "infra 150000 x 25.00, infra 1 x 12.50");
    check(667_000, "infra 150000 x 25.00, infra 517000 x 12.50");
}

/// finlex 1108/2011: a municipality's fee, in two equal parts, due by the end of March and of September.
#[test]
fn kanta_municipal_fee_in_two_equal_parts() {
    let rules = r#"model = "per_head"
period = "half-year"
starts = "07-01"
parts = "equal"
due = "P3M"
head_count = "inhabitants"
counted_on = "01-01"
price = [ { from = "2011-07-01", unit = { EUR = "0.254" } } ]"#;
    check(
        &outside_vat(&plan("kanta", rules)),
        "customer 2011-07-02 K Europe/Helsinki EUR 2011-07-01 inhabitants=70001",
        "2012-07-06",
        "K-000001 periodic 2012-01-05T22:00 [2011-07-01..2011-12-31] due 2012-03-31: kanta 1 x 8890.12
        K-000002 periodic 2012-07-05T21:00 [2012-01-01..2012-06-30] due 2012-09-30: kanta 1 x 8890.13",
    );
}

/// finlex 1108/2011: a pharmacy's fee for each dispensed e-prescription, by shifted half-years.
#[test]
fn kanta_pharmacy_fee_per_dispensed_prescription() {
    let rules = r#"model = "metered"
period = "half-year"
due = "P3M"
price = [ { from = "2011-07-01", unit = { EUR = "0.039" } } ]"#;
    check(
        &outside_vat(&plan("rx", rules)),
        "customer 2011-07-02 K Europe/Helsinki EUR 2011-07-01
        1 rx 2011-12-31T21:59:59Z {\"quantity\":1001}
        2 rx 2011-12-31T22:00:00Z {\"quantity\":10}",
        "2012-07-06",
        "counted counted
        K-000001 periodic 2012-01-05T22:00 [2011-07-01..2011-12-31] due 2012-03-31: rx 1001 x 0.039
        K-000002 periodic 2012-07-05T21:00 [2012-01-01..2012-06-30] due 2012-09-30: rx 10 x 0.039",
    );
}

fn kanta_private(period: &str) -> String {
    plan(
        "doc",
        &format!(
            r#"model = "metered"
{period}
minimum = [ {{ from = "2022-01-01", amount = {{ EUR = "90.00" }} }}, {{ from = "2026-01-01", amount = {{ EUR = "0.00" }} }} ]
price = [ {{ from = "2022-01-01", unit = {{ EUR = "0.039" }} }} ]"#
        ),
    )
}

/// kanta.fi: the least fee of a private provider was 90 EUR a year from 2022 to 2025.
#[test]
fn kanta_private_minimum_billed_by_the_year() {
    check(
        &kanta_private("period = \"year\""),
        "customer 2025-01-01 K Europe/Helsinki EUR 2025-01-01
        1 doc 2025-02-01 {\"quantity\":500}
        2 doc 2025-08-01 {\"quantity\":500}
        3 doc 2026-02-01 {\"quantity\":1000}",
        "2027-01-06",
        "counted counted counted
        K-000001 annual 2026-01-05T22:00 [2025-01-01..2025-12-31]: doc 1000 x 0.039, minimum 1 x 51.00
        K-000002 annual 2027-01-05T22:00 [2026-01-01..2026-12-31]: doc 1000 x 0.039",
    );
}

#[test]
fn kanta_private_minimum_billed_by_the_quarter() {
    check(
        &kanta_private("period = \"quarter\"\nminimum_per = \"year\""),
        "customer 2025-01-01 K Europe/Helsinki EUR 2025-01-01
        1 doc 2025-02-01 {\"quantity\":500}
        2 doc 2025-08-01 {\"quantity\":500}
        3 doc 2026-02-01 {\"quantity\":1000}",
        "2027-01-06",
        "counted counted counted
        K-000001 quarterly 2025-04-05T21:00 [2025-01-01..2025-03-31]: doc 500 x 0.039
        K-000002 quarterly 2025-10-05T21:00 [2025-07-01..2025-09-30]: doc 500 x 0.039
        K-000003 quarterly 2026-01-05T22:00 [2025-10-01..2025-12-31]: minimum 1 x 51.00
        K-000004 quarterly 2026-04-05T21:00 [2026-01-01..2026-03-31]: doc 1000 x 0.039",
    );
}

/// digg.se: each completed identification, 0.17 SEK until 2025 and 0.12 SEK from 1 January 2026; no fixed fee.
#[test]
fn e_id_per_completed_identification() {
    let rules = r#"model = "metered"
period = "quarter"
starts = "12-01"
price = [ { from = "2025-01-01", unit = { SEK = "0.17" } }, { from = "2026-01-01", unit = { SEK = "0.12" } } ]"#;
    let plans = plan("eid", rules).replace("unit = \"C62\"\n", "unit = \"C62\"\nbill_on = [\"completed\"]\n");
    check(
        &plans,
        "customer 2025-12-01 K Europe/Stockholm SEK 2025-12-01
        1 eid 2025-12-31T22:59:59Z {\"outcome\":\"completed\",\"quantity\":100}
        2 eid 2025-12-31T23:00:00Z {\"outcome\":\"completed\",\"quantity\":100}
        3 eid 2026-01-02 {\"outcome\":\"cancelled\"}
        4 eid 2026-01-02 {\"outcome\":\"failed\"}
        5 eid 2026-01-02",
        "2026-03-06",
        "counted counted counted counted counted
        K-000001 quarterly 2026-03-05T23:00 [2025-12-01..2026-02-28]: eid 100 x 0.17 [2025-12-01..2025-12-31], eid 100 x 0.12 [2026-01-01..2026-02-28]",
    );
}

/// ehalsomyndigheten.se: per prescription row; the last change is in the middle of a quarter.
#[test]
fn prescription_rows_2021_2023_and_march_2024() {
    let rules = r#"model = "metered"
period = "quarter"
price = [ { from = "2021-01-01", unit = { SEK = "2.10" } }, { from = "2023-01-01", unit = { SEK = "2.70" } }, { from = "2024-03-01", unit = { SEK = "3.20" } } ]"#;
    check(
        &plan("row", rules),
        "customer 2022-12-01 K Europe/Stockholm SEK 2022-12-01
        1 row 2022-12-31 {\"quantity\":10}
        2 row 2023-01-01 {\"quantity\":10}
        3 row 2024-02-29T22:59:59Z {\"quantity\":10}
        4 row 2024-02-29T23:00:00Z {\"quantity\":10}",
        "2024-04-06",
        "counted counted counted counted
        K-000001 quarterly 2023-01-05T23:00 [2022-10-01..2022-12-31]: row 10 x 2.10
        K-000002 quarterly 2023-04-05T22:00 [2023-01-01..2023-03-31]: row 10 x 2.70
        K-000003 quarterly 2024-04-05T22:00 [2024-01-01..2024-03-31]: row 10 x 2.70 [2024-01-01..2024-02-29], row 10 x 3.20 [2024-03-01..2024-03-31]",
    );
}

/// cpr.dk, 2024: 2 195 DKK for a status extract; 2 195 a month and 61 per started 10 000 persons for changes.
/// What is charged as it is started is a package.
#[test]
fn cpr_extracts() {
    let plans = [
        plan("status", "model = \"metered\"\nperiod = \"month\"\nprice = [ { from = \"2024-01-01\", unit = { DKK = \"2195.00\" } } ]"),
        plan(
            "changes",
            "model = \"subscription\"\nperiod = \"month\"\nprice = [ { from = \"2024-01-01\", month = { DKK = \"2195.00\" } } ]",
        )
        .replace("unit = \"C62\"\n", "unit = \"C62\"\nactivation = true\n"),
        plan("persons", "model = \"package\"\nprice = [ { from = \"2024-01-01\", size = \"10000\", amount = { DKK = \"61.00\" } } ]"),
    ];
    check(
        &plans.concat(),
        "customer 2024-01-01 K Europe/Copenhagen DKK 2024-01-01
        active 2024-01-01 K changes 2024-01-20 2024-01-25
        1 status 2024-01-10
        2 persons 2024-01-21 {\"quantity\":10001}",
        "2024-02-06",
        "counted counted
        K-000001 package_purchase 2024-01-21T12:00 [2024-01-21..2024-01-21]: persons 10000 x 61.00 #1 1-10000, persons 10000 x 61.00 #2 10001-20000
        K-000002 periodic 2024-02-05T23:00 [2024-01-01..2024-01-31]: changes 1 x 2195.00, status 1 x 2195.00",
    );
}

/// fro.no: all messages at the price of the tier that their number falls into, and 39 NOK a month.
/// The first and the last tier are published, the one between is not.
#[test]
fn norwegian_volume_tiers_and_monthly_fee() {
    let tiers = r#"model = "metered"
period = "month"
price = [ { from = "2024-01-01", mode = "volume", tiers = [ { up_to = "2000", unit = { NOK = "0.44" } }, { up_to = "250000", unit = { NOK = "0.36" } }, { unit = { NOK = "0.28" } } ] } ]"#;
    let monthly = "model = \"subscription\"\nperiod = \"month\"\nprice = [ { from = \"2024-01-01\", month = { NOK = \"39.00\" } } ]";
    let plans = format!("{}{}", plan("sms", tiers), plan("access", monthly));
    let check = |messages: u32, unit_price: &str| {
        check(
            &plans,
            &format!("customer 2024-01-01 K Europe/Oslo NOK 2024-01-01\n1 sms 2024-01-10 {{\"quantity\":{messages}}}"),
            "2024-02-06",
            &format!(
                "counted\nK-000001 periodic 2024-02-05T23:00 [2024-01-01..2024-01-31]: access 1 x 39.00, sms {messages} x {unit_price}"
            ),
        );
    };
    check(2000, "0.44");
    check(250_001, "0.28");
}

/// sambi.se: a membership by the size of the member.
#[test]
fn membership_by_size() {
    let sizes = [("a", "5000"), ("b", "10000"), ("c", "20000"), ("d", "40000"), ("e", "50000")];
    let rows: Vec<String> = sizes
        .iter()
        .map(|(group, fee)| format!("{{ from = \"2024-01-01\", group = \"{group}\", amount = {{ SEK = \"{fee}.00\" }} }}"))
        .collect();
    let plans = plan("member", &format!("model = \"fixed\"\nperiod = \"year\"\ncharge = \"advance\"\nprice = [ {} ]", rows.join(", ")));
    for (group, fee) in sizes {
        check(
            &plans,
            &format!("customer 2024-01-01 K Europe/Stockholm SEK 2024-01-01 group={group}"),
            "2024-01-06",
            &format!("K-000001 annual 2024-01-05T23:00 [2024-01-01..2024-12-31]: member 1 x {fee}.00"),
        );
    }
}

/// su.se: a message.
#[test]
fn sms_of_a_university() {
    check(
        &plan("sms", "model = \"metered\"\nperiod = \"month\"\nprice = [ { from = \"2024-01-01\", unit = { SEK = \"0.17\" } } ]"),
        "customer 2024-01-01 K Europe/Stockholm SEK 2024-01-01\n1 sms 2024-01-10 {\"quantity\":7}",
        "2024-02-06",
        "counted\nK-000001 periodic 2024-02-05T23:00 [2024-01-01..2024-01-31]: sms 7 x 0.17",
    );
}
