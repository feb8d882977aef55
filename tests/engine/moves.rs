//! A change of zone or currency, where the catalog wants it at the beginning of periods.

use crate::given;
use crate::show::{run_alike, shown};

const PLANS: &str = r#"
[service.look]
types = ["look"]
title = "look"
unit = "C62"
[service.other]
types = ["other"]
title = "other"
unit = "C62"
[plan.look]
model = "metered"
period = "quarter"
services = ["look"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "0.50", EUR = "0.05" } } ]
[plan.other]
model = "metered"
period = "half-year"
starts = "02-01"
services = ["other"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "0.50", EUR = "0.05" } } ]
"#;

fn run(where_allowed: &str, events: &str) -> Vec<String> {
    let head = given::HEAD.replace("[close]", &format!("[close]\nchange_of_zone = \"{where_allowed}\""));
    let lines = format!("customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01\n1 look 2026-01-10\n{events}");
    shown(&run_alike(&given::parse(&format!("{head}{PLANS}")), &given::journal(&lines, "2026-03-01")))
}

#[test]
fn it_begins_where_the_periods_of_the_customers_plans_begin() {
    let check = |event: &str, refused: bool| {
        let notice = "notice 2026-01-20T00:00 control_refused bad_data";
        let found = run("at_period_start", event);
        assert_eq!(found.iter().any(|line| line == notice), refused, "{event}: {found:?}");
        assert!(!run("any_day", event).iter().any(|line| line == notice), "{event}");
    };
    check("customer 2026-01-20 K Europe/Helsinki SEK 2026-02-01", true);
    check("customer 2026-01-20 K Europe/Stockholm EUR 2026-03-31", true);
    check("customer 2026-01-20 K Europe/Helsinki EUR 2026-04-01", false);
    // Other facts may change on any day, and a first version may be corrected.
    check("customer 2026-01-20 K Europe/Stockholm SEK 2026-02-15 zero", false);
    check("customer 2026-01-20 K Europe/Helsinki SEK 2026-01-01", false);
    // A plan that the customer does not use has no say; where none begins together with another, no day is possible.
    check("2 other 2026-01-11\ncustomer 2026-01-20 K Europe/Helsinki EUR 2026-04-01", true);
}
