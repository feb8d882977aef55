//! Text messages are counted in segments, reckoned from their length and alphabet (REQUIREMENTS U4).

use crate::show;

const PLANS: &str = r#"
[service.sms]
types = ["sms"]
title = "SMS"
unit = "C62"
quantity = "sms_segments"
[service.look]
types = ["look"]
title = "Look-up"
unit = "C62"
[plan.p]
model = "metered"
period = "quarter"
services = ["sms", "look"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "0.44" } } ]
"#;

/// What the quarter charges for one event with this data; the verdict, if it is not counted.
fn check(data: &str, expect: &str) {
    let lines = format!("customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01\ne1 sms 2026-02-02 {data}");
    let expect = match expect.parse::<u64>() {
        Ok(units) => format!("counted\nK-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: sms {units} x 0.44"),
        Err(_) => expect.to_owned(),
    };
    show::check(PLANS, &lines, "2026-05-01", &expect);
}

#[test]
fn a_message_is_as_many_segments_as_its_length_and_alphabet_need() {
    check("{}", "1");
    check(r#"{"characters":0,"encoding":"gsm7"}"#, "1");
    check(r#"{"characters":160,"encoding":"gsm7"}"#, "1");
    check(r#"{"characters":161,"encoding":"gsm7"}"#, "2");
    check(r#"{"characters":"306","encoding":"gsm7"}"#, "2");
    check(r#"{"characters":307,"encoding":"gsm7"}"#, "3");
    check(r#"{"characters":70,"encoding":"ucs2"}"#, "1");
    check(r#"{"characters":71,"encoding":"ucs2"}"#, "2");
    check(r#"{"characters":135,"encoding":"ucs2"}"#, "3");
}

#[test]
fn what_the_producer_counted_itself_is_taken() {
    check(r#"{"quantity":4,"characters":10,"encoding":"gsm7"}"#, "4");
    check(r#"{"quantity":1,"characters":500,"encoding":"gsm7"}"#, "1");
}

#[test]
fn half_of_it_or_an_impossible_one_is_a_fault() {
    check(r#"{"characters":161}"#, "bad_data");
    check(r#"{"encoding":"gsm7"}"#, "bad_data");
    check(r#"{"characters":161,"encoding":"utf8"}"#, "bad_data");
    check(r#"{"characters":-1,"encoding":"gsm7"}"#, "bad_data");
    check(r#"{"characters":1.5,"encoding":"gsm7"}"#, "bad_data");
    check(r#"{"characters":"","encoding":"gsm7"}"#, "bad_data");
    check(r#"{"characters":[1],"encoding":"gsm7"}"#, "undecodable");
}

#[test]
fn other_services_do_not_look_at_it() {
    let lines = r#"customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01
        e1 look 2026-02-02 {"characters":500,"encoding":"gsm7"}
        e2 look 2026-02-02 {"characters":500}"#;
    show::check(
        PLANS,
        lines,
        "2026-05-01",
        "counted counted
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 2 x 0.44",
    );
}

/// Parked without a quantity, it is still reckoned when it is released.
#[test]
fn a_message_that_waited_is_reckoned_when_it_is_counted() {
    let lines = r#"customer 2026-02-10 K Europe/Stockholm SEK 2026-01-01
        e1 sms 2026-02-02 {"characters":161,"encoding":"gsm7"}"#;
    show::check(
        PLANS,
        lines,
        "2026-05-01",
        "unknown_customer
        released e1
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: sms 2 x 0.44",
    );
}
