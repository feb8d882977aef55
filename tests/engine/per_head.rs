//! Plans per head: counts and the day they are in force, bands, parts of a year, and what counts that
//! come late change.

use crate::given;
use crate::show::{check as check_run, records, run_alike};

fn plan(settings: &str) -> String {
    format!(
        r#"
[service.a]
types = ["a"]
title = "A"
unit = "C62"
[plan.p]
model = "per_head"
services = ["a"]
seller = "s"
vat = {{ category = "S", rate = "25" }}
head_count = "inhabitants"
{settings}
"#
    )
}

fn check(settings: &str, lines: &str, until: &str, expect: &str) {
    check_run(&plan(settings), lines, until, expect);
}

const YEARLY: &str = r#"period = "year"
counted_on = "01-01"
price = [ { from = "2026-01-01", unit = { SEK = "4.80" } } ]"#;

fn customer(words: &str) -> String {
    format!("customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01 {words}")
}

#[test]
fn the_count_in_force_on_the_day_is_charged_else_the_inhabitants_of_the_facts() {
    let check = |facts: &str, heads: &str, quantity: &str| {
        let expect = format!("K-000001 annual 2027-01-05T23:00 [2026-01-01..2026-12-31]: a {quantity} x 4.80");
        check(YEARLY, &format!("{}\n{heads}", customer(facts)), "2027-01-06", &expect);
    };
    check("inhabitants=500", "", "500");
    check("inhabitants=500", "heads 2026-01-01 K inhabitants 510 2026-01-01", "510");
    check("inhabitants=500", "heads 2026-01-01 K inhabitants 510 2025-11-01\nheads 2026-02-01 K inhabitants 520 2025-12-31", "520");
    check("inhabitants=500", "heads 2026-02-01 K inhabitants 510 2026-01-02", "500");
    check("inhabitants=500", "heads 2026-01-01 K active_pupils 90 2026-01-01", "500");
    check("", "heads 2026-06-01 K inhabitants 480 2026-01-01", "480");
}

#[test]
fn the_day_of_the_count_is_the_last_one_not_after_the_period() {
    let heads = "heads 2026-01-01 K inhabitants 100 2025-01-01\nheads 2026-01-01 K inhabitants 200 2025-10-01\nheads 2026-01-01 K inhabitants 300 2026-04-01";
    let check = |settings: &str, expect: &str| {
        let settings = format!(
            "period = \"quarter\"\nparts = \"measured\"\nprice = [ {{ from = \"2026-01-01\", unit = {{ SEK = \"4.00\" }} }} ]\n{settings}"
        );
        let lines = format!("{}\n{heads}", customer(""));
        let expect = format!(
            "K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: a 1 x {}
            K-000002 quarterly 2026-07-05T22:00 [2026-04-01..2026-06-30]: a 1 x {}",
            expect.split_whitespace().next().expect("two amounts"),
            expect.split_whitespace().last().expect("two amounts"),
        );
        check_run(&plan(&settings), &lines, "2026-07-06", &expect);
    };
    check("counted_on = \"01-01\"", "200.00 200.00");
    check("counted_on = \"10-01\"", "200.00 200.00");
    check("counted_on = \"09-28\"", "100.00 100.00");
    check("counted_on = \"04-01\"", "100.00 300.00");
    check("counted_on = \"period\"", "200.00 300.00");
}

/// 101 x 0.50 = 50.50 = 3 x 12.62 + 12.64: the last part has what does not divide.
#[test]
fn equal_parts_add_up_to_the_year() {
    check(
        "period = \"quarter\"\ncounted_on = \"period\"\nprice = [ { from = \"2026-01-01\", unit = { SEK = \"0.50\" } } ]",
        &format!("{}\nheads 2026-05-01 K inhabitants 999 2026-04-01", customer("inhabitants=101")),
        "2027-01-06",
        "K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: a 1 x 12.62
        K-000002 quarterly 2026-07-05T22:00 [2026-04-01..2026-06-30]: a 1 x 12.62
        K-000003 quarterly 2026-10-05T22:00 [2026-07-01..2026-09-30]: a 1 x 12.62
        K-000004 quarterly 2027-01-05T23:00 [2026-10-01..2026-12-31]: a 1 x 12.64",
    );
}

/// The count grows across the band: what was charged below it stays, the rest is in the next.
#[test]
fn each_band_is_a_line_and_is_corrected_by_itself() {
    let bands = r#"period = "year"
counted_on = "01-01"
price = [ { from = "2026-01-01", bands = [ { up_to = "100", unit = { SEK = "2.00" } }, { unit = { SEK = "1.00" } } ] } ]"#;
    check(
        bands,
        &format!("{}\nheads 2027-02-01 K inhabitants 130 2026-01-01", customer("inhabitants=90")),
        "2028-01-06",
        "K-000001 annual 2027-01-05T23:00 [2026-01-01..2026-12-31]: a 90 x 2.00
        K-000002 annual 2028-01-05T23:00 [2027-01-01..2027-12-31]: a 100 x 2.00, a 30 x 1.00
        K-000003 correction 2028-01-05T23:00 corrects 1: a 10 x 2.00 [2026-01-01..2026-12-31], a 30 x 1.00 [2026-01-01..2026-12-31]",
    );
}

#[test]
fn a_back_dated_count_corrects_closed_parts_and_may_take_back() {
    check(
        "period = \"half-year\"\ncounted_on = \"01-01\"\nprice = [ { from = \"2026-01-01\", unit = { SEK = \"1.00\" } } ]",
        &format!("{}\nheads 2026-08-01 K inhabitants 90 2026-01-01", customer("inhabitants=100")),
        "2027-01-06",
        "K-000001 periodic 2026-07-05T22:00 [2026-01-01..2026-06-30]: a 1 x 50.00
        K-000002 periodic 2027-01-05T23:00 [2026-07-01..2026-12-31]: a 1 x 45.00
        K-000003 correction 2027-01-05T23:00 corrects 1: a -1 x 5.00 [2026-01-01..2026-06-30]",
    );
}

/// Nobody knows how many: the record waits, and a count that comes releases it with the next input.
#[test]
fn without_a_count_the_record_is_held_until_one_comes() {
    check(
        YEARLY,
        &format!("{}\nheads 2027-01-10 K inhabitants 70 2026-02-01\nheads 2027-01-20T08:00:00Z K inhabitants 80 2025-12-31", customer("")),
        "2027-02-01",
        "notice 2027-01-05T23:00 record_held p 2026-01-01
        K-000001 annual 2027-01-20T08:00 [2026-01-01..2026-12-31]: a 80 x 4.80",
    );
}

#[test]
fn none_counted_is_nothing_owed() {
    check(YEARLY, &customer("inhabitants=0"), "2027-02-01", "");
}

/// The price of a period's first day is charged for all of it; before the first price nothing is.
#[test]
fn the_price_of_the_first_day_is_the_price_of_the_period() {
    check(
        "period = \"half-year\"\ncounted_on = \"01-01\"\nprice = [ { from = \"2026-02-01\", unit = { SEK = \"1.00\" } }, { from = \"2026-08-01\", unit = { SEK = \"3.00\" } } ]",
        &customer("inhabitants=10"),
        "2027-07-06",
        "K-000001 periodic 2027-01-05T23:00 [2026-07-01..2026-12-31]: a 1 x 5.00
        K-000002 periodic 2027-07-05T22:00 [2027-01-01..2027-06-30]: a 1 x 15.00",
    );
}

#[test]
fn only_customers_with_a_price_are_charged() {
    let settings = r#"period = "year"
counted_on = "01-01"
price = [ { from = "2026-01-01", group = "member", unit = { SEK = "1.00" } } ]"#;
    check(
        settings,
        "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01 inhabitants=5
        customer 2026-01-01 L Europe/Stockholm SEK 2026-01-01 inhabitants=5 group=member
        customer 2026-01-01 M Europe/Helsinki EUR 2026-01-01 inhabitants=5 group=member",
        "2027-02-01",
        "L-000001 annual 2027-01-05T23:00 [2026-01-01..2026-12-31]: a 5 x 1.00",
    );
}

/// Use of a service that the yearly price covers is counted and charges nothing; who has no price pays for nothing.
#[test]
fn use_is_covered() {
    check(
        YEARLY,
        &format!("{}\ncustomer 2026-01-01 M Europe/Helsinki EUR 2026-01-01\n1 a 2026-03-01\n2 a 2026-03-01 M", customer("inhabitants=5")),
        "2027-01-06",
        "counted no_price
        K-000001 annual 2027-01-05T23:00 [2026-01-01..2026-12-31]: a 5 x 4.80",
    );
}

/// In advance: with the first day of the period; a customer that comes later at once.
#[test]
fn in_advance_a_period_is_charged_as_it_begins() {
    check(
        &format!("{YEARLY}\ncharge = \"advance\""),
        "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01 inhabitants=5
        customer 2026-03-01 L Europe/Stockholm SEK 2026-02-15 inhabitants=7",
        "2027-02-01",
        "K-000001 annual 2026-01-05T23:00 [2026-01-01..2026-12-31]: a 5 x 4.80
        L-000001 annual 2026-03-01T00:00 [2026-01-01..2026-12-31]: a 7 x 4.80
        K-000002 annual 2027-01-05T23:00 [2027-01-01..2027-12-31]: a 5 x 4.80
        L-000002 annual 2027-01-05T23:00 [2027-01-01..2027-12-31]: a 7 x 4.80",
    );
}

/// A customer told late is charged for the closed periods since its first day.
#[test]
fn a_customer_that_was_told_late_is_charged_from_its_first_day() {
    check(
        "period = \"half-year\"\ncounted_on = \"01-01\"\nprice = [ { from = \"2025-01-01\", unit = { SEK = \"1.00\" } } ]",
        "customer 2026-09-01 K Europe/Stockholm SEK 2025-12-01 inhabitants=10",
        "2027-01-06",
        "K-000001 periodic 2027-01-05T23:00 [2026-07-01..2026-12-31]: a 1 x 5.00
        K-000002 correction 2027-01-05T23:00: a 1 x 5.00 [2025-07-01..2025-12-31], a 1 x 5.00 [2026-01-01..2026-06-30]",
    );
}

/// The currency was told wrongly: what was charged in it is given back, and charged in the right one.
#[test]
fn a_customer_told_again_in_another_currency_is_charged_once() {
    let settings = YEARLY.replace("SEK = \"4.80\"", "SEK = \"4.80\", EUR = \"0.48\"");
    check(
        &settings,
        &format!("{}\ncustomer 2027-03-01 K Europe/Helsinki EUR 2026-01-01 inhabitants=6", customer("inhabitants=5")),
        "2028-02-01",
        "K-000001 annual 2027-01-05T23:00 [2026-01-01..2026-12-31]: a 5 x 4.80
        K-000002 annual 2028-01-05T22:00 [2027-01-01..2027-12-31]: a 6 x 0.48
        K-000003 correction 2028-01-05T22:00: a 6 x 0.48 [2026-01-01..2026-12-31]
        K-000004 correction 2028-01-05T23:00 corrects 1: a -5 x 4.80 [2026-01-01..2026-12-31]",
    );
}

/// A period belongs whole to where it begins; one that was charged before the move was known is moved back.
#[test]
fn a_move_told_late_moves_what_began_after_it() {
    let settings =
        "period = \"half-year\"\ncounted_on = \"01-01\"\nprice = [ { from = \"2026-01-01\", unit = { SEK = \"1.00\", EUR = \"0.10\" } } ]";
    check(
        settings,
        &format!("{}\ncustomer 2027-02-01 K Europe/Helsinki EUR 2026-03-01 inhabitants=100", customer("inhabitants=100")),
        "2027-07-06",
        "K-000001 periodic 2026-07-05T22:00 [2026-01-01..2026-06-30]: a 1 x 50.00
        K-000002 periodic 2027-01-05T23:00 [2026-07-01..2026-12-31]: a 1 x 50.00
        K-000003 periodic 2027-07-05T21:00 [2027-01-01..2027-06-30]: a 1 x 5.00
        K-000004 correction 2027-07-05T21:00: a 1 x 5.00 [2026-07-01..2026-12-31]
        K-000005 correction 2027-07-05T22:00 corrects 2: a -1 x 50.00 [2026-07-01..2026-12-31]",
    );
}

#[test]
fn a_service_that_needs_it_is_charged_if_it_was_activated_in_the_period() {
    let plans = plan(YEARLY).replace("unit = \"C62\"", "unit = \"C62\"\nactivation = true");
    check_run(
        &plans,
        &format!("{}\nactive 2026-12-31T22:00:00Z K a 2026-12-31T22:59:59Z 2027-06-01", customer("inhabitants=5")),
        "2029-02-01",
        "K-000001 annual 2027-01-05T23:00 [2026-01-01..2026-12-31]: a 5 x 4.80
        K-000002 annual 2028-01-05T23:00 [2027-01-01..2027-12-31]: a 5 x 4.80",
    );
}

/// Every figure stands on the line, in the order of the computation.
#[test]
fn the_line_says_how_it_was_computed() {
    let settings = r#"period = "half-year"
counted_on = "01-01"
heading = "Infrastructure"
price = [ { from = "2026-01-01", bands = [ { up_to = "100", unit = { SEK = "2.00" } }, { unit = { SEK = "1.00" } } ] } ]"#;
    let run = run_alike(&given::catalog(&plan(settings)), &given::journal(&customer("inhabitants=150"), "2026-07-06"));
    let line = &records(&run)[0].lines[1];
    let basis: Vec<String> = line.basis.iter().map(|(name, figure)| format!("{name}={figure}")).collect();
    assert_eq!(
        basis,
        ["head_count=150", "head_count_on=2026-01-01", "band_first=101", "heads_in_band=50", "yearly_price=1.00", "part=1 of 2"]
    );
    assert_eq!((line.description.as_str(), line.net.to_string().as_str()), ("Infrastructure", "25.00"));
}
