//! What a seller whose records must be good for invoices lacks, planted in `invoice.toml`.

use super::planted::Planted;
use super::{faults_of, read, source};

const FAULTS: &[Planted] = &[
    (
        r#"invoice = "peppol-bis-3""#,
        r#"invoice = "peppol""#,
        &["12:11: `seller.a.invoice` is \"peppol\", which is not known; write `peppol-bis-3`"],
    ),
    (
        "org_number = \"5569990012\"",
        "org_number = \"5569990013\"",
        &["6:14: `seller.a.org_number` is \"5569990013\"; write ten digits, of which the last is a check digit (Luhn)"],
    ),
    ("vat_number = \"SE556999001201\"\n", "", &["3:9: `seller.a.vat_number` is missing; write e.g. vat_number = \"SE...01\" (BT-31)"]),
    (
        "SE556999001201",
        "556999001201",
        &["7:14: `seller.a.vat_number` is \"556999001201\"; write SE, the organisation number, and two digits, mostly 01"],
    ),
    (
        "endpoint = { scheme = \"0007\", id = \"5569990012\" }\n",
        "",
        &["3:9: `seller.a.endpoint` is missing; write e.g. endpoint = { scheme = \"0007\", id = \"...\" } (BT-34)"],
    ),
    (
        "id = \"5569990012\"",
        "id = \"5569990011\"",
        &[
            "8:12: `seller.a.endpoint` has the id \"5569990011\"; write an id of the scheme 0007: ten digits, of which the last is a check digit (Luhn)",
        ],
    ),
    (
        "scheme = \"0184\", id = \"99990007\"",
        "scheme = \"0037\", id = \"99990007\"",
        &["18:12: `seller.d.endpoint` has the scheme \"0037\", which Peppol does not know; write 0007, 0088, 0184 or 0216, …"],
    ),
    ("terms = \"P30D\"\n", "", &["3:9: `seller.a.terms` is missing; write e.g. terms = \"P30D\": when records fall due (BT-9)"]),
    (
        "terms = \"P30D\"",
        "terms = \"PT1H\"",
        &["11:9: `seller.a.terms` is \"PT1H\", which is not a duration of days, weeks or months; write e.g. terms = \"P30D\""],
    ),
    (
        "means = \"30\", account = \"99999999\", bank",
        "means = \"30\", bank",
        &["10:11: `seller.a.payment` has no account; write means, and account = \"<IBAN or national account>\" (BR-61)"],
    ),
    (
        "means = \"30\"",
        "means = \"49\"",
        &["10:11: `seller.a.payment` has means 49, which needs a mandate or a payment id of each customer; write means 30, 42 or 58"],
    ),
    (
        "means = \"30\"",
        "means = \"31\"",
        &[
            "10:11: `seller.a.payment` has means 31, which Swedish sellers should not use (SE-R-011, SE-R-012); write means 30, and bank = \"SE:BANKGIRO\" or \"SE:PLUSGIRO\" if that is meant",
        ],
    ),
    (
        "account = \"99999999\"",
        "account = \"9999-9999\"",
        &["10:11: `seller.a.payment` has the account \"9999-9999\"; write the bankgiro number as seven or eight digits, without hyphen"],
    ),
    (
        "means = \"30\"",
        "means = \"030\"",
        &["10:21: `seller.a.payment.means` is \"030\", which is not a code of UNTDID 4461; write e.g. means = \"30\""],
    ),
    (
        "means = \"42\"",
        "means = \"30\"",
        &[
            "19:11: `seller.d.payment` has means 30, which Danish sellers may not use (DK-R-005); write means 42 with account and bank, or 58 with an IBAN",
        ],
    ),
    (
        "means = \"42\", account = \"9999999999\", bank = \"9999\"",
        "means = \"42\", account = \"9999999999\"",
        &["19:11: `seller.d.payment` has no account or no bank; write means, account, and bank = \"<registration number>\" (DK-R-006)"],
    ),
    (
        "street = \"Gatan 1\"",
        "streets = \"Gatan 1\"",
        &["9:13: unknown key `seller.a.address.streets`; write `street`, if that is meant, or remove it"],
    ),
    (
        "country = \"DK\"",
        "country = \"XX\"",
        &["16:11: `seller.d.country` is \"XX\"; write a country's code of ISO 3166-1, e.g. country = \"SE\""],
    ),
    (
        "rate = \"25\"",
        "rate = \"24\"",
        &["43:7: `plan.one.vat` has a rate that Sweden does not know (SE-R-006); write rate = \"25\", \"12\" or \"6\""],
    ),
    (
        "rate = \"25\"",
        "rate = \"25\", reason = \"why\"",
        &["43:38: `plan.one.vat.reason` is out of place: category S has no reason; write nothing here"],
    ),
    (
        ", reason = \"Education\", reason_code = \"VATEX-EU-132-1I\"",
        "",
        &[
            "51:7: `plan.two.vat` names no reason, which category E needs; write reason = \"...\", or reason_code = \"VATEX-EU-132\" (BT-120, BT-121)",
        ],
    ),
    (
        "VATEX-EU-132-1I",
        "VATEX-EU-999",
        &[
            "51:73: `plan.two.vat.reason_code` is \"VATEX-EU-999\", which is not a code of the VATEX list; write e.g. reason_code = \"VATEX-EU-132\"",
        ],
    ),
    (
        "VATEX-EU-132-1I",
        "VATEX-EU-O",
        &["51:73: `plan.two.vat.reason_code` is \"VATEX-EU-O\", which belongs to category O; write a code of category E"],
    ),
    (
        "unit = \"MON\"",
        "unit = \"ZQZ\"",
        &["31:8: `service.two.unit` is \"ZQZ\"; write a unit of UN/ECE Recommendation 20, e.g. unit = \"C62\""],
    ),
    (
        "category = \"S\", rate = \"25\"",
        "category = \"O\", rate = \"0\"",
        &[
            "43:7: `plan.one.vat` is outside of VAT beside plans inside of it, which one invoice may not hold (BR-O-11); write another seller for the plans of category O, with the same facts",
        ],
    ),
    (
        "category = \"S\", rate = \"25\"",
        "category = \"E\", rate = \"0\", reason = \"Health\"",
        &[
            "51:7: `plan.two.vat` has another reason than a plan of the same seller and category; write the same reason: an invoice names one a category",
        ],
    ),
];

#[test]
fn each_missing_or_wrong_term_is_named() {
    let good = source("invoice.toml").text;
    assert_eq!(faults_of(&[("catalog.toml", &good)]), Vec::<String>::new());
    for (written, instead, expected) in FAULTS {
        assert!(good.contains(written), "{written:?} is not in invoice.toml any more");
        let found = faults_of(&[("catalog.toml", &good.replacen(written, instead, 1))]);
        let expected: Vec<String> = expected.iter().map(|fault| format!("catalog.toml:{fault}")).collect();
        assert_eq!(found, expected, "{written:?} -> {instead:?}");
    }
}

/// Without `invoice`, the same slips are nobody's business.
#[test]
fn other_sellers_may_say_what_they_like() {
    let slack = source("invoice.toml").text.replace("invoice = \"peppol-bis-3\"\n", "");
    for (written, instead) in [
        ("5569990012\"\nvat", "5569990013\"\nvat"),
        ("vat_number = \"SE556999001201\"\n", ""),
        ("terms = \"P30D\"\n", ""),
        ("rate = \"25\"", "rate = \"24\""),
        ("unit = \"MON\"", "unit = \"ZQZ\""),
        ("category = \"S\", rate = \"25\"", "category = \"O\", rate = \"0\""),
    ] {
        assert!(slack.contains(written), "{written}");
        assert_eq!(faults_of(&[("catalog.toml", &slack.replacen(written, instead, 1))]), Vec::<String>::new(), "{written}");
    }
}

/// The usual reason of a category need not be written.
#[test]
fn most_categories_have_their_reason_by_law() {
    let good = source("invoice.toml").text;
    for (category, code) in [("AE", "VATEX-EU-AE"), ("K", "VATEX-EU-IC"), ("G", "VATEX-EU-G")] {
        let text = good.replace("category = \"S\", rate = \"25\"", &format!("category = \"{category}\", rate = \"0\""));
        let file = tally::wire::catalog::SourceFile { name: "catalog.toml".to_owned(), text };
        let catalog = read(&[file]).expect("a good catalog");
        let exemption = catalog.plan("one").and_then(|plan| plan.vat.exemption.clone()).expect("a reason");
        assert_eq!((exemption.code.as_deref(), exemption.reason), (Some(code), None));
        assert_eq!(catalog.plan("three").and_then(|plan| plan.vat.exemption.clone()?.code).as_deref(), Some("VATEX-EU-O"));
        let own = catalog.plan("two").and_then(|plan| plan.vat.exemption.clone()).expect("a reason");
        assert_eq!((own.code.as_deref(), own.reason.as_deref()), (Some("VATEX-EU-132-1I"), Some("Education")));
    }
}
