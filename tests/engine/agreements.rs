//! Service agreements: who may be charged for what, from when (REQUIREMENTS P1, P2, P3, P5, P9 to P14, P19).

use crate::show::check as check_run;

const PLANS: &str = r#"
[service.look]
types = ["look"]
title = "Look-ups"
unit = "C62"
agreement = true
retractable = true
bill_on = ["completed"]
[service.find]
types = ["find"]
title = "Searches"
unit = "C62"
agreement = true
retractable = true
[service.grad]
types = ["grad"]
title = "Tiers"
unit = "C62"
agreement = true
[service.pack]
types = ["pack"]
title = "Packages"
unit = "C62"
agreement = true
[plan.look]
model = "metered"
period = "quarter"
services = ["look", "find"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "2.00" } }, { from = "2026-02-01", unit = { SEK = "3.00" } } ]
[plan.grad]
model = "metered"
period = "quarter"
services = ["grad"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", mode = "graduated", tiers = [ { up_to = "4", unit = { SEK = "2.00" } }, { unit = { SEK = "1.00" } } ] } ]
[plan.pack]
model = "package"
services = ["pack"]
seller = "s"
vat = { category = "S", rate = "25" }
bundle = "day"
price = [ { from = "2026-01-01", size = "2", amount = { SEK = "10.00" } } ]
"#;

const WORLD: &str = "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01
system 2026-01-01 journal s 2026-01-01
system 2026-01-01 other t 2026-01-01
";

fn check(lines: &str, expect: &str) {
    check_run(PLANS, &format!("{WORLD}{lines}"), "2026-05-01", expect);
}

/// Billed from the approval on; a registration alone gives no access, and use without agreement is an alarm.
#[test]
fn p5_use_needs_a_registered_system_and_an_approved_agreement() {
    check(
        r#"request 2026-01-02 K A.1 journal look
        1 look 2026-01-04 {"outcome":"completed"}
        2 look 2026-01-04 {"outcome":"completed"}
        answer 2026-01-05 K A.1 approved
        3 look 2026-01-05 {"outcome":"completed"}
        4 find 2026-01-06"#,
        "no_agreement no_agreement counted no_agreement
        notice 2026-01-02T00:00 agreement_requested A.1 look
        notice 2026-01-04T12:00 security_alarm no_agreement s 2026-01-04
        notice 2026-01-05T00:00 agreement_approved A.1 look
        notice 2026-01-06T12:00 security_alarm no_agreement s 2026-01-06
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 1 x 2.00 [2026-01-01..2026-01-31] by A/journal",
    );
}

/// What waited is released in event-time order, at the prices of its own dates, and never before the
/// beginning of the approval.
#[test]
fn p12_an_approval_reaches_back_only_with_a_flag_and_an_approver() {
    check(
        r#"request 2026-01-02 K A.1 journal look
        2 look 2026-02-02 {"outcome":"completed"}
        1 look 2026-01-20@2026-02-03 {"outcome":"completed"}
        0 look 2026-01-10@2026-02-03 {"outcome":"completed"}
        answer 2026-02-04 K A.1 approved from=2026-01-15
        answer 2026-02-05 K A.1 approved from=2026-01-15 approver=anna
        answer 2026-02-06 K A.1 approved from=2026-01-15 approver=bo"#,
        "no_agreement no_agreement no_agreement
        notice 2026-01-02T00:00 agreement_requested A.1 look
        notice 2026-02-02T12:00 security_alarm no_agreement s 2026-02-02
        notice 2026-02-03T12:00 security_alarm no_agreement s 2026-02-03
        notice 2026-02-04T00:00 control_refused bad_data
        notice 2026-02-05T00:00 control_refused bad_data
        notice 2026-02-06T00:00 agreement_approved A.1 look
        released 1
        released 2
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 1 x 2.00 [2026-01-01..2026-01-31] by A/journal, look 1 x 3.00 [2026-02-01..2026-03-31] by A/journal",
    );
}

/// An approval that is told after the close of its quarter: a correction (P14).
#[test]
fn p14_what_an_approval_releases_for_a_closed_quarter_is_a_correction() {
    check_run(
        PLANS,
        &format!(
            r#"{WORLD}request 2026-01-02 K A.1 journal look,find
            answer 2026-01-03 K A.1 approved services=find
            1 find 2026-03-20
            2 look 2026-03-20 {{"outcome":"completed"}}
            answer 2026-04-20 K A.1 approved services=look from=2026-03-01 approver=bo"#
        ),
        "2026-08-01",
        "counted no_agreement
        notice 2026-01-02T00:00 agreement_requested A.1 find,look
        notice 2026-01-03T00:00 agreement_approved A.1 find
        notice 2026-03-20T12:00 security_alarm no_agreement s 2026-03-20
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: find 1 x 3.00 [2026-02-01..2026-03-31] by A/journal
        notice 2026-04-20T00:00 agreement_approved A.1 look
        released 2
        K-000002 correction 2026-07-05T22:00 corrects 1: look 1 x 3.00 [2026-02-01..2026-03-31] by A/journal",
    );
}

/// Across topics the order is not known: what refers to something that is not told yet waits for it.
#[test]
fn p3_answers_requests_and_registrations_may_come_in_any_order() {
    check_run(
        PLANS,
        "answer 2026-01-03 K A.1 approved
        1 find 2026-01-10
        customer 2026-01-11 K Europe/Stockholm SEK 2026-01-01
        request 2026-01-12 K A.1 journal find
        system 2026-01-13 journal s 2026-01-01",
        "2026-05-01",
        "unknown_customer
        notice 2026-01-12T00:00 agreement_requested A.1 find
        notice 2026-01-12T00:00 agreement_approved A.1 find
        released 1
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: find 1 x 2.00 [2026-01-01..2026-01-31] by A/journal",
    );
}

/// Each answer is told once, to those whom it concerns; sent again, nothing is told.
#[test]
fn p11_p13_both_are_told_once_by_email() {
    check(
        r#"control {"specversion":"1.0","id":"p1","source":"admin","type":"tally.party.v1","subject":"K","time":"2026-01-01T00:00:00Z","data":{"name":"K","roles":["municipality"],"emails":["k@k.example"],"from":"2026-01-01T00:00:00Z"}}
        control {"specversion":"1.0","id":"p2","source":"admin","type":"tally.party.v1","subject":"lev","time":"2026-01-01T00:00:00Z","data":{"name":"Lev","roles":["supplier"],"emails":["l@l.example"],"from":"2026-01-01T00:00:00Z"}}
        request 2026-01-02 K A.1 journal find,look expires=2026-01-20
        request 2026-01-02 K A.1 journal find,look expires=2026-01-20
        answer 2026-01-03 K A.1 rejected services=find
        answer 2026-01-03 K A.1 rejected services=find
        answer 2026-01-04 K A.1 approved services=find
        answer 2026-01-05 K A.1 ended services=find to=2026-03-01
        answer 2026-01-06 K A.1 approved services=find
        tick 2026-02-01
        answer 2026-02-02 K A.1 approved services=look
        request 2026-02-03 K A.1 other find"#,
        "notice 2026-01-02T00:00 agreement_requested A.1 find,look to k@k.example
        notice 2026-01-03T00:00 agreement_rejected A.1 find to l@l.example
        notice 2026-01-04T00:00 agreement_approved A.1 find to l@l.example
        notice 2026-01-05T00:00 agreement_ended A.1 find to k@k.example l@l.example
        notice 2026-01-06T00:00 agreement_answer_ignored A.1 find to l@l.example
        notice 2026-01-20T00:00 agreement_expired A.1 look to k@k.example l@l.example
        notice 2026-02-02T00:00 agreement_answer_ignored A.1 look to l@l.example
        notice 2026-02-03T00:00 control_refused bad_data",
    );
}

/// A line for each agreement and system, in their order; calls that failed are calls, not look-ups.
#[test]
fn p12_p19_each_line_names_its_agreement_and_system_with_its_own_calls() {
    check(
        r#"request 2026-01-02 K B.1 journal look,find
        request 2026-01-02 K A.1 other look
        answer 2026-01-03 K A.1 approved
        answer 2026-01-03 K B.1 approved
        1 look 2026-01-10 {"outcome":"completed"}
        raw {"specversion":"1.0","id":"2","source":"t","type":"look","subject":"K","time":"2026-01-10T12:00:00Z","data":{"outcome":"completed","quantity":5}}
        3 find 2026-01-10
        4 look 2026-02-10 {"outcome":"completed"}
        5 look 2026-02-10 {"outcome":"failed"}
        6 look 2026-01-10@2026-02-11 {"outcome":"completed","retracts":"1"}"#,
        "counted counted counted counted counted counted
        notice 2026-01-02T00:00 agreement_requested B.1 find,look
        notice 2026-01-02T00:00 agreement_requested A.1 look
        notice 2026-01-03T00:00 agreement_approved A.1 look
        notice 2026-01-03T00:00 agreement_approved B.1 find,look
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: find 1 x 2.00 [2026-01-01..2026-01-31] by B/journal, look 5 x 2.00 [2026-01-01..2026-01-31] by A/other, look 1 x 3.00 [2026-02-01..2026-03-31] by B/journal",
    );
}

/// The tiers are those of the customer's whole use: who reports it does not make it dearer.
#[test]
fn tiers_are_shared_by_all_agreements() {
    check(
        r#"request 2026-01-02 K B.1 journal grad
        request 2026-01-02 K A.1 other grad
        answer 2026-01-03 K A.1 approved
        answer 2026-01-03 K B.1 approved
        1 grad 2026-01-10 {"quantity":3}
        raw {"specversion":"1.0","id":"2","source":"t","type":"grad","subject":"K","time":"2026-01-10T12:00:00Z","data":{"quantity":3}}"#,
        "counted counted
        notice 2026-01-02T00:00 agreement_requested B.1 grad
        notice 2026-01-02T00:00 agreement_requested A.1 grad
        notice 2026-01-03T00:00 agreement_approved A.1 grad
        notice 2026-01-03T00:00 agreement_approved B.1 grad
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: grad 3 x 2.00 by A/other, grad 1 x 2.00 by B/journal, grad 2 x 1.00 by B/journal",
    );
}

/// A package names the agreement of the use that began it; the pool is the customer's.
#[test]
fn a_package_names_the_agreement_of_the_use_that_buys_it() {
    check(
        r#"request 2026-01-02 K B.1 journal pack
        request 2026-01-02 K A.1 other pack
        answer 2026-01-03 K A.1 approved
        answer 2026-01-03 K B.1 approved
        1 pack 2026-01-10
        raw {"specversion":"1.0","id":"2","source":"t","type":"pack","subject":"K","time":"2026-01-10T12:00:00Z","data":{"quantity":2}}"#,
        "counted counted
        notice 2026-01-02T00:00 agreement_requested B.1 pack
        notice 2026-01-02T00:00 agreement_requested A.1 pack
        notice 2026-01-03T00:00 agreement_approved A.1 pack
        notice 2026-01-03T00:00 agreement_approved B.1 pack
        K-000001 package_purchase 2026-01-10T23:00 [2026-01-10..2026-01-10]: pack 2 x 10.00 #1 1-2 by B/journal, pack 2 x 10.00 #2 3-4 by A/other",
    );
}

/// A certificate names the system, whatever the source; a renewed one names the same, and goes on.
#[test]
fn p7_a_certificate_names_the_system_by_issuer_and_serial() {
    check(
        r#"certificate 2026-01-01 01 journal 2026-01-01 2026-02-01
        request 2026-01-02 K A.1 journal find
        answer 2026-01-03 K A.1 approved
        certificate 2026-01-25 02 journal 2026-01-25 2027-01-01
        1 find 2026-01-31 {"certificate":{"issuer":"CA","serial":"01"}}
        raw {"specversion":"1.0","id":"2","source":"elsewhere","type":"find","subject":"K","time":"2026-01-31T12:00:00Z","data":{"certificate":{"issuer":"CA","serial":"02"}}}
        3 find 2026-02-02 {"certificate":{"issuer":"CA","serial":"01"}}
        4 find 2026-02-02 {"certificate":{"issuer":"Other CA","serial":"02"}}
        5 find 2026-02-03 {"certificate":{"issuer":"CA","serial":"02"}}"#,
        "counted counted unknown_certificate unknown_certificate counted
        notice 2026-01-02T00:00 agreement_requested A.1 find
        notice 2026-01-03T00:00 agreement_approved A.1 find
        notice 2026-02-02T12:00 security_alarm unknown_certificate s 2026-02-02
        notice 2026-02-02T12:00 security_alarm unknown_certificate s 2026-02-02
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: find 2 x 2.00 [2026-01-01..2026-01-31] by A/journal, find 1 x 3.00 [2026-02-01..2026-03-31] by A/journal",
    );
}

/// What came before the revocation counts; what came after it waits, and is told.
#[test]
fn p5_p8_revoked_certificates_and_kinds_that_are_not_allowed() {
    check(
        r#"certificate 2026-01-01 01 journal 2026-01-01 2027-01-01
        certificate 2026-01-01 09 journal 2026-01-01 2027-01-01 MOCES
        request 2026-01-02 K A.1 journal find
        answer 2026-01-03 K A.1 approved
        revoke 2026-01-20 01 2026-01-15
        1 find 2026-01-14@2026-01-21 {"certificate":{"issuer":"CA","serial":"01"}}
        2 find 2026-01-15@2026-01-21 {"certificate":{"issuer":"CA","serial":"01"}}
        3 find 2026-01-21 {"certificate":{"issuer":"CA","serial":"09"}}"#,
        "counted unknown_certificate unknown_certificate
        notice 2026-01-01T00:00 control_refused bad_data
        notice 2026-01-02T00:00 agreement_requested A.1 find
        notice 2026-01-03T00:00 agreement_approved A.1 find
        notice 2026-01-21T12:00 security_alarm unknown_certificate s 2026-01-21
        notice 2026-01-21T12:00 security_alarm unknown_certificate s 2026-01-21
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: find 1 x 2.00 [2026-01-01..2026-01-31] by A/journal",
    );
}
