//! What is written in `good.toml`, what stands there instead, and the faults that this is.

/// Written, instead, faults without the file's name.
pub type Planted = (&'static str, &'static str, &'static [&'static str]);

pub const FAULTS: &[Planted] = &[
    ("version = \"2026.1\"\n", "", &[r#"1:1: `version` is missing; write e.g. version = "2026.1" above all tables"#]),
    (
        r#"version = "2026.1""#,
        "version = \"2026.1\"\nenvironment = \"acceptance\"",
        &[r#"2:15: `environment` is "acceptance", which is not known; write `production` or `test`"#],
    ),
    (r#""2026.1""#, r#""""#, &[r#"1:11: `version` is empty; write version = "...""#]),
    (
        r#"horizon = "P35D""#,
        r#"horizon = "P2M""#,
        &[r#"7:11: `dedupe.horizon` has months or years, which have no fixed length; write it in days, e.g. horizon = "P35D""#],
    ),
    (
        r#"horizon = "P35D""#,
        r#"horizon = "35 days""#,
        &[r#"7:11: `dedupe.horizon` is "35 days", which is not a duration; write e.g. horizon = "P35D""#],
    ),
    (
        r#"skew = "PT1H""#,
        r#"skew = "1h""#,
        &[r#"10:19: `time.max_future_skew` is "1h", which is not a duration; write e.g. max_future_skew = "PT1H""#],
    ),
    (
        r#"allowed_lateness = "P5D""#,
        r#"latenes = "P5D""#,
        &["4:1: unknown key `close.latenes`; write `allowed_lateness` or `change_of_zone`, or remove it"],
    ),
    (
        r#"personal_numbers = "off""#,
        "personal_numbers = false",
        &[r#"13:20: `privacy.personal_numbers` is true or false, and must be a string; write personal_numbers = "false""#],
    ),
    (
        r#"personal_numbers = "off""#,
        r#"personal_numbers = "of""#,
        &[r#"13:20: `privacy.personal_numbers` is "of", which is not known; write `on` or `off`"#],
    ),
    (
        "[privacy]",
        "[suspense]\nnotify_after = [\"P7D\", \"P1M\", \"PT0S\", \"soon\"]\n[privacy]",
        &[
            r#"13:24: `suspense.notify_after` has months or years, which have no fixed length; write it in days, e.g. "P7D""#,
            r#"13:31: `suspense.notify_after` is no time at all; write a longer one, e.g. "P7D""#,
            r#"13:39: `suspense.notify_after` is "soon", which is not a duration; write e.g. "P7D""#,
        ],
    ),
    (
        "[privacy]",
        "[sequence]\npatience = \"1h\"\n[privacy]",
        &[r#"13:12: `sequence.patience` is "1h", which is not a duration; write e.g. patience = "PT1H""#],
    ),
    (
        "[privacy]",
        "[sequence]\npatient = \"PT1H\"\n[privacy]",
        &["13:1: unknown key `sequence.patient`; write `patience`, if that is meant, or remove it"],
    ),
    (
        "[privacy]",
        "[roster.school_types.\"//s\"]\ngrskola = \"GRR\"\nG = [ { from = \"2026-07-01\", is = \"GR\" }, { from = \"2026-07-01\", is = \"\" } ]\n[privacy]",
        &[
            r#"13:11: `roster.school_types.//s.grskola` is "GRR", which is no school type of SS12000, and in no plan's `school_forms`; write `GR`, if that is meant"#,
            "14:52: `roster.school_types.//s.G.from` is that of another meaning too; write another date, or remove one of the two",
            r#"14:71: `roster.school_types.//s.G.is` is empty; write is = "...""#,
        ],
    ),
    (
        "[privacy]",
        "[roster.school_types]\n\"\" = { a = \"GR\" }\n\"//s\" = { \"\" = \"GR\", b = [ { is = \"GR\", to = \"2026-07-01\" } ] }\n[privacy]",
        &[
            r#"13:6: `roster.school_types.` is of no source; write the `source` of its events, e.g. [roster.school_types."//register.example"]"#,
            "14:16: `roster.school_types.//s.` is the meaning of no code; write a code of the source before it: who tells none is found as `missing_form`",
            r#"14:28: `roster.school_types.//s.b.from` is missing; write e.g. from = "2026-07-01""#,
            "14:41: unknown key `roster.school_types.//s.b.to`; write `from` or `is`, or remove it",
        ],
    ),
    (
        "[privacy]",
        "[suspense]\nnotify_after = \"P7D\"\n[privacy]",
        &[r#"13:16: `suspense.notify_after` is a string, and must be a list; write notify_after = [ "P7D" ]"#],
    ),
    (
        "[privacy]",
        "[suspense]\nnotify = [\"P7D\"]\n[privacy]",
        &["13:1: unknown key `suspense.notify`; write `notify_after`, or remove it"],
    ),
    (
        "[privacy]",
        "[suspense]\nnotify_after = [7]\n[privacy]",
        &[r#"13:17: `suspense.notify_after` is a number without quotes, and must be a string; write "P7D""#],
    ),
    (
        "[privacy]",
        "[sequence]\npatience = \"P1M\"\n[privacy]",
        &[r#"13:12: `sequence.patience` has months or years, which have no fixed length; write it in days, e.g. patience = "PT1H""#],
    ),
    (
        "[privacy]",
        "[sequence]\npatience = 3600\n[privacy]",
        &[r#"13:12: `sequence.patience` is a number without quotes, and must be a string; write patience = "PT1H""#],
    ),
    (
        "[privacy]",
        "[certificates]\nkinds = \"VOCES\"\n[privacy]",
        &[r#"13:9: `certificates.kinds` is a string, and must be a list; write kinds = [ "VOCES" ]"#],
    ),
    (
        "[privacy]",
        "[certificates]\nkinds = [\"VOCES\", 3]\n[privacy]",
        &[r#"13:19: `certificates.kinds` is a number without quotes, and must be a string; write "3""#],
    ),
    ("[privacy]", "[certificates]\nkinds = [\"VOCES\", \"\"]\n[privacy]", &[r#"13:19: `certificates.kinds` is empty; write "...""#]),
    (
        "[privacy]",
        "[certificates]\nkind = [\"VOCES\"]\n[privacy]",
        &["13:1: unknown key `certificates.kind`; write `kinds`, if that is meant, or remove it"],
    ),
    (
        "[privacy]",
        "[certificate]\nkinds = [\"VOCES\"]\n[privacy]",
        &["12:2: unknown key `certificate`; write `certificates`, if that is meant, or remove it"],
    ),
    ("[privacy]", "[privcy]", &["12:2: unknown key `privcy`; write `privacy`, if that is meant, or remove it"]),
    ("name = \"Unikum Exempel AB\"\n", "", &[r#"15:9: `seller.unikum.name` is missing; write e.g. name = "Unikum AB""#]),
    (
        r#"country = "SE""#,
        r#"country = "Sweden""#,
        &[r#"17:11: `seller.unikum.country` is "Sweden", which is not a country's code; write e.g. country = "SE""#],
    ),
    ("org_number = \"5560000000\"\n", "", &[r#"15:9: `seller.unikum.org_number` is missing; write e.g. org_number = "5560000000""#]),
    (
        r#"org_number = "5560000000""#,
        r#"org_number = "556000-0000""#,
        &[r#"18:14: `seller.unikum.org_number` is "556000-0000": Swedish ones have ten digits; write org_number = "5560000000""#],
    ),
    (
        r#"org_number = "5560000000""#,
        "org_number = 5560000000",
        &[r#"18:14: `seller.unikum.org_number` is a number without quotes, and must be a string; write org_number = "5560000000""#],
    ),
    (
        r#"scheme = "0007", id"#,
        r#"scheme = "7", id"#,
        &[r#"20:23: `seller.unikum.endpoint.scheme` is "7", which is not a code of the EAS list; write e.g. scheme = "0007""#],
    ),
    (
        r#"scheme = "0007", id = "5560000000""#,
        r#"scheme = "0007""#,
        &[r#"20:1: `seller.unikum.endpoint.id` is missing; write e.g. id = "5560000000""#],
    ),
    (
        "[service.trial]",
        r#"[service."a b"]"#,
        &[r#"39:10: "a b" cannot be a name; write a name of letters, digits, `-`, `_` and `.`, at most 64 bytes"#],
    ),
    (
        r#"types = ["se.unikum.trial"]"#,
        r#"types = "se.unikum.trial""#,
        &[r#"40:9: `service.trial.types` is a string, and must be a list; write types = [ "se.unikum.trial" ]"#],
    ),
    (
        r#"types = ["se.unikum.trial"]"#,
        r#"types = ["se.unikum.sms.sent"]"#,
        &[
            r#"40:10: type "se.unikum.sms.sent" stands in catalog.toml:23 already; write it in one service only: else nobody knows what was used"#,
        ],
    ),
    (
        r#"types = ["se.unikum.trial"]"#,
        "types = []",
        &["40:9: `service.trial.types` is an empty list; write types = [ ... ] with at least one item"],
    ),
    (
        r#"unit = "4L""#,
        r#"unit = "megabyte""#,
        &[r#"42:8: `service.trial.unit` is "megabyte", which is not a unit code of UN/ECE Recommendation 20; write e.g. unit = "C62""#],
    ),
    ("unit = \"4L\"\n", "", &[r#"39:10: `service.trial.unit` is missing; write e.g. unit = "C62" (one piece)"#]),
    (
        "activation = true",
        "trial = 1",
        &[
            "26:9: `service.sms.trial` is a number without quotes, and must be true or false; write trial = true or trial = false, without quotes",
        ],
    ),
    (
        "activation = true",
        r#"activation = "yes""#,
        &[
            "26:14: `service.sms.activation` is a string, and must be true or false; write activation = true or activation = false, without quotes",
        ],
    ),
    (
        r#"bill_on = ["delivered"]"#,
        "bill_on = []",
        &["27:11: `service.sms.bill_on` is an empty list; write bill_on = [ ... ] with at least one item"],
    ),
    (
        r#"bill_on = ["delivered"]"#,
        r#"bill_on = ["delivered", 3, ""]"#,
        &[
            r#"27:25: `service.sms.bill_on` is a number without quotes, and must be a string; write "3""#,
            r#"27:28: `service.sms.bill_on` is empty; write "...""#,
        ],
    ),
    (
        r#"bill_on = ["delivered"]"#,
        r#"quantity = "sms_segment""#,
        &[r#"27:12: `service.sms.quantity` is "sms_segment", which is not known; write `sms_segments`, if that is meant"#],
    ),
    (
        r#"bill_on = ["delivered"]"#,
        r#"retractable = "yes""#,
        &[
            "27:15: `service.sms.retractable` is a string, and must be true or false; write retractable = true or retractable = false, without quotes",
        ],
    ),
    (
        r#"bill_on = ["delivered"]"#,
        "negativ = true",
        &["27:1: unknown key `service.sms.negativ`; write `negative`, if that is meant, or remove it"],
    ),
    (
        r#"low_balance = "100""#,
        r#"on_return = "refund""#,
        &[r#"49:13: `plan.sms.on_return` is "refund", which is not known; write `restore` or `credit`"#],
    ),
    (
        r#"low_balance = "100""#,
        r#"count = "distinct_persons""#,
        &["49:1: `plan.sms.count` belongs to the model metered; write nothing here, or another model"],
    ),
    (
        "zero = true",
        r#"count = "persons""#,
        &[r#"64:9: `plan.lookup.count` is "persons", which is not known; write `quantity` or `distinct_persons`"#],
    ),
    (
        r#"model = "package""#,
        r#"model = "packages""#,
        &[r#"45:9: `plan.sms.model` is "packages", which is not known; write `package`, if that is meant"#],
    ),
    (
        "model = \"package\"\n",
        "",
        &[
            r#"44:7: `plan.sms.model` is missing; write e.g. model = "package", "metered", "archive", "per_head", "subscription", "fixed" or "capacity""#,
        ],
    ),
    (
        r#"bill_on = ["delivered"]"#,
        r#"onboarding = "yes""#,
        &[
            "27:14: `service.sms.onboarding` is a string, and must be true or false; write onboarding = true or onboarding = false, without quotes",
        ],
    ),
    (
        r#"bill_on = ["delivered"]"#,
        r#"onboarding = { archive = " ", report_close = true }"#,
        &[
            r#"27:26: `service.sms.onboarding.archive` is empty; write archive = "...""#,
            "27:31: unknown key `service.sms.onboarding.report_close`; write `report_closes`, if that is meant, or remove it",
        ],
    ),
    (
        r#"bill_on = ["delivered"]"#,
        "onboarding = { report_closes = 1 }",
        &[
            "27:32: `service.sms.onboarding.report_closes` is a number without quotes, and must be true or false; write report_closes = true or report_closes = false, without quotes",
        ],
    ),
    (
        r#"services = ["lookup"]"#,
        r#"services = ["lookup", "sms"]"#,
        &[r#"59:23: service "sms" is charged in catalog.toml:46 already; write it in one plan only: else its use would be charged twice"#],
    ),
    (
        r#"services = ["lookup"]"#,
        r#"services = ["lokup"]"#,
        &[r#"59:13: no service is called "lokup"; write `lookup`, if that is meant, or declare it: [service.lokup]"#],
    ),
    (
        r#"services = ["lookup"]"#,
        r#"services = ["fax"]"#,
        &[
            r#"59:13: no service is called "fax"; write `access`, `archive`, `fee`, `lookup`, `member`, `sms` or `trial`, or declare it: [service.fax]"#,
        ],
    ),
    (
        "seller = \"unikum\"\nvat = { category = \"E\"",
        "seller = \"unicum\"\nvat = { category = \"E\"",
        &[r#"60:10: no seller is called "unicum"; write `unikum`, if that is meant, or declare it: [seller.unicum]"#],
    ),
    (
        r#"category = "E", rate = "0""#,
        r#"category = "E", rate = "25""#,
        &[r#"61:32: `plan.lookup.vat.rate` must be zero in this category; write rate = "0", or category = "S""#],
    ),
    (
        r#"category = "E", rate = "0""#,
        r#"category = "S", rate = "0""#,
        &[r#"61:32: `plan.lookup.vat.rate` is zero in category S; write rate = "25", or category = "Z""#],
    ),
    (
        r#"category = "E", rate = "0""#,
        r#"category = "X", rate = "0""#,
        &[r#"61:20: `plan.lookup.vat.category` is "X", which is not known; write `S`, `Z`, `E`, `AE`, `K`, `G`, `O`, `L` or `M`"#],
    ),
    (
        r#"category = "E", rate = "0""#,
        r#"category = "L", rate = "250""#,
        &[r#"61:32: `plan.lookup.vat.rate` is more than 100 percent; write rate = "25""#],
    ),
    (r#"category = "E", rate = "0""#, r#"category = "E""#, &[r#"61:1: `plan.lookup.vat.rate` is missing; write e.g. rate = "25""#]),
    (
        r#"low_balance = "100""#,
        "low_balance = 100",
        &[r#"49:15: `plan.sms.low_balance` is a number without quotes, and must be a string; write low_balance = "100""#],
    ),
    (
        r#"low_balance = "100""#,
        r#"lowbalance = "100""#,
        &["49:1: unknown key `plan.sms.lowbalance`; write `low_balance`, if that is meant, or remove it"],
    ),
    (
        r#"low_balance = "100""#,
        r#"heading = "SMS""#,
        &["49:1: `plan.sms.heading` belongs to the models archive, per_head, fixed and capacity; write nothing here, or another model"],
    ),
    (
        r#"low_balance = "100""#,
        r#"low_balance = "-1""#,
        &[r#"49:15: `plan.sms.low_balance` is negative: "-1"; write e.g. low_balance = "100""#],
    ),
    (r#"size = "1000""#, r#"size = "0""#, &[r#"52:33: `plan.sms.price.size` is zero, and must be more; write size = "1000""#]),
    (r#"size = "1000""#, r#"size = "-1000""#, &[r#"52:33: `plan.sms.price.size` is negative: "-1000"; write e.g. size = "1000""#]),
    (
        r#"size = "1000""#,
        r#"size = "1 000""#,
        &[
            r#"52:33: `plan.sms.price.size` is "1 000", which is not a plain decimal number; write at most 12 digits before and after the point, e.g. size = "1000""#,
        ],
    ),
    (
        r#"from = "2026-07-01", size"#,
        r#"from = "2026-01-01", size"#,
        &["52:12: two prices are in force from 2026-01-01: here and in catalog.toml:51; write another date, or remove one of the two"],
    ),
    (
        r#"from = "2026-07-01", size"#,
        "from = 2026-07-01, size",
        &[r#"51:12: `plan.sms.price.from` is a date without quotes, and must be a string; write from = "2026-07-01""#],
    ),
    (
        r#"from = "2026-07-01", size"#,
        r#"from = "2026-7-1", size"#,
        &[r#"51:12: `plan.sms.price.from` is "2026-7-1", which is not a date; write e.g. from = "2026-01-01""#],
    ),
    (
        r#"from = "2026-07-01", size"#,
        r#"from = "2026-02-30", size"#,
        &[r#"51:12: `plan.sms.price.from` is "2026-02-30", which is not a date; write e.g. from = "2026-01-01""#],
    ),
    (r#"from = "2026-07-01", size"#, "size", &[r#"51:3: `plan.sms.price.from` is missing; write e.g. from = "2026-01-01""#]),
    (
        r#"amount = { SEK = "640.00" }"#,
        "amount = { SEK = 640.00 }",
        &[r#"51:58: `plan.sms.price.amount.SEK` is a number with a floating point, and must be a string; write SEK = "640.00""#],
    ),
    (
        r#"amount = { SEK = "640.00" }"#,
        r#"amount = { SEK = "640,00" }"#,
        &[r#"51:58: `plan.sms.price.amount.SEK` is "640,00", with a decimal comma; write SEK = "640.00""#],
    ),
    (
        r#"amount = { SEK = "640.00" }"#,
        r#"amount = { SEK = "-640.00" }"#,
        &[r#"51:58: `plan.sms.price.amount.SEK` is negative: "-640.00"; write e.g. SEK = "1.00""#],
    ),
    (
        r#"amount = { SEK = "640.00" }"#,
        r#"amount = { SEK = "1234567890123.00" }"#,
        &[
            r#"51:58: `plan.sms.price.amount.SEK` is "1234567890123.00", which is not a plain decimal number; write at most 12 digits before and after the point, e.g. SEK = "1.00""#,
        ],
    ),
    (
        r#"amount = { SEK = "640.00" }"#,
        r#"amount = { SEK = "6.4e2" }"#,
        &[
            r#"51:58: `plan.sms.price.amount.SEK` is "6.4e2", which is not a plain decimal number; write at most 12 digits before and after the point, e.g. SEK = "1.00""#,
        ],
    ),
    (
        r#"amount = { SEK = "640.00" }"#,
        r#"amount = { sek = "640.00" }"#,
        &[r#"51:52: `plan.sms.price.amount`: unknown currency "sek"; write `SEK`, if that is meant"#],
    ),
    (
        r#"amount = { SEK = "640.00" }"#,
        "amount = {}",
        &[r#"51:50: `plan.sms.price.amount` has no price; write a price in each currency, e.g. { SEK = "1.00" }"#],
    ),
    (
        r#"amount = { SEK = "640.00" }"#,
        r#"amont = { SEK = "640.00" }"#,
        &["51:41: unknown key `plan.sms.price.amont`; write `amount`, if that is meant, or remove it"],
    ),
    (
        r#"period = "half-year""#,
        r#"period = "halfyear""#,
        &[
            r#"57:10: `plan.lookup.period` is "halfyear", which is not `month`, `quarter`, `half-year` or `year`; write e.g. period = "quarter""#,
        ],
    ),
    ("period = \"half-year\"\n", "", &[r#"55:7: `plan.lookup.period` is missing; write e.g. period = "quarter""#]),
    (
        r#"starts = "07-01""#,
        r#"starts = "01-31""#,
        &[
            r#"58:10: `plan.lookup.starts` is "01-31", which is not a day `MM-DD` that every year and month has (01 to 28); write e.g. starts = "07-01""#,
        ],
    ),
    (
        r#"minimum = { SEK = "100.00" }"#,
        r#"minimum = { SEK = "-1" }"#,
        &[r#"62:19: `plan.lookup.minimum.SEK` is negative: "-1"; write e.g. SEK = "1.00""#],
    ),
    (
        "zero = true",
        r#"zero = "true""#,
        &["64:8: `plan.lookup.zero` is a string, and must be true or false; write zero = true or zero = false, without quotes"],
    ),
    (
        r#"unit = { SEK = "0.35" }"#,
        r#"unit = { SEK = "0.35" }, mode = "volume""#,
        &["66:51: `plan.lookup.price.mode` says how tiers are read, and there are none; write nothing here, or tiers = [ ... ]"],
    ),
    (
        r#"mode = "graduated", tiers"#,
        r#"mode = "gradual", tiers"#,
        &[r#"67:33: `plan.lookup.price.mode` is "gradual", which is not known; write `graduated` or `volume`"#],
    ),
    (
        r#"mode = "graduated", tiers"#,
        "tiers",
        &[r#"67:3: `plan.lookup.price.mode` is missing; write e.g. mode = "graduated" (or "volume")"#],
    ),
    (
        r#"mode = "graduated", tiers"#,
        r#"unit = { SEK = "1" }, mode = "graduated", tiers"#,
        &["67:26: `plan.lookup.price.unit` stands beside `tiers`; write either `unit` or `tiers`"],
    ),
    (
        r#"up_to = "5000""#,
        r#"up_to = "1000""#,
        &["69:15: `plan.lookup.price.tiers.up_to` is 1000, and the tier before it ends at 1000; write tiers in ascending order"],
    ),
    (
        r#"up_to = "5000", unit"#,
        "unit",
        &[r#"69:5: `plan.lookup.price.tiers.up_to` is missing; write e.g. up_to = "1000": only the last tier is open"#],
    ),
    (
        r#"{ unit = { SEK = "0.25" } }"#,
        r#"{ up_to = "9000", unit = { SEK = "0.25" } }"#,
        &[
            "70:7: `plan.lookup.price.tiers.up_to` closes the last tier, and what lies beyond has no price; write a further tier without `up_to` behind it",
        ],
    ),
    (
        r#"{ SEK = "0.30" }"#,
        r#"{ SEK = "0.30", DKK = "0.20" }"#,
        &[
            r#"68:5: `plan.lookup.price.tiers` has a tier without a price in DKK; write unit = { DKK = "0.35", ... }"#,
            r#"70:5: `plan.lookup.price.tiers` has a tier without a price in DKK; write unit = { DKK = "0.35", ... }"#,
        ],
    ),
    (
        r#"period = "year""#,
        r#"period = "quarter""#,
        &[r#"76:10: `plan.archive.period` is not a year, and archives are charged by the year; write period = "year""#],
    ),
    (
        "title = \"Free of charge\"\n",
        "title = \"Free of charge\"\nbrake = { factor = \"0.5\", at_least = \"5\" }\n",
        &[r#"42:20: `service.trial.brake.factor` is "0.5", which is not a decimal from 1 to 1000000; write e.g. factor = "10""#],
    ),
    (
        "title = \"Free of charge\"\n",
        "title = \"Free of charge\"\nbrake = { factor = \"10\" }\n",
        &[r#"42:1: `service.trial.brake.at_least` is missing; write e.g. at_least = "5000""#],
    ),
    (
        "title = \"Free of charge\"\n",
        "title = \"Free of charge\"\nbrake = { factor = \"10\", at_least = \"5\", histori = \"P3D\" }\n",
        &["42:42: unknown key `service.trial.brake.histori`; write `history`, if that is meant, or remove it"],
    ),
    (
        "title = \"Free of charge\"\n",
        "title = \"Free of charge\"\nbrake = { factor = \"10\", at_least = \"5\", history = \"P1M\" }\n",
        &[r#"42:52: `service.trial.brake.history` is "P1M", which is not a duration of 1 to 366 days; write e.g. history = "P28D""#],
    ),
    (
        "title = \"Free of charge\"\n",
        "title = \"Free of charge\"\nagreement = \"yes\"\n",
        &[
            "42:13: `service.trial.agreement` is a string, and must be true or false; write agreement = true or agreement = false, without quotes",
        ],
    ),
    (
        "title = \"Free of charge\"\n",
        "title = \"Free of charge\"\nagreements = true\n",
        &["42:1: unknown key `service.trial.agreements`; write `agreement`, if that is meant, or remove it"],
    ),
    (
        "title = \"Free of charge\"\n",
        "title = \"Free of charge\"\nregistered = 1\n",
        &[
            "42:14: `service.trial.registered` is a number without quotes, and must be true or false; write registered = true or registered = false, without quotes",
        ],
    ),
    (
        "title = \"Free of charge\"\n",
        "title = \"Free of charge\"\nregistred = true\n",
        &["42:1: unknown key `service.trial.registred`; write `registered`, if that is meant, or remove it"],
    ),
    (
        "title = \"Free of charge\"\n",
        "title = \"Free of charge\"\nonboarding = 1\n",
        &[
            "42:14: `service.trial.onboarding` is a number without quotes, and must be true or false; write onboarding = true or onboarding = false, without quotes",
        ],
    ),
    (
        "title = \"Free of charge\"\n",
        "title = \"Free of charge\"\nbrake = true\n",
        &["42:9: `service.trial.brake` is true or false, and must be a table; write brake = { ... }"],
    ),
    (
        "title = \"Free of charge\"\n",
        "title = \"Free of charge\"\nbrake = \"10\"\n",
        &["42:9: `service.trial.brake` is a string, and must be a table; write brake = { ... }"],
    ),
    (
        "title = \"Free of charge\"\n",
        "title = \"Free of charge\"\nbrake = { factor = 10, at_least = \"5\" }\n",
        &[r#"42:20: `service.trial.brake.factor` is a number without quotes, and must be a string; write factor = "10""#],
    ),
    (
        "title = \"Free of charge\"\n",
        "title = \"Free of charge\"\nbrake = { factor = \"10\", at_least = \"0\" }\n",
        &[r#"42:37: `service.trial.brake.at_least` is "0", which is not a decimal of more than 0; write e.g. at_least = "5000""#],
    ),
    (
        "title = \"Free of charge\"\n",
        "title = \"Free of charge\"\nbrake = { factor = \"10\", at_least = \"5\", start = \"0\" }\n",
        &[r#"42:50: `service.trial.brake.start` is "0", which is not a decimal of more than 0; write e.g. start = "50000""#],
    ),
    (
        "title = \"Free of charge\"\n",
        "title = \"Free of charge\"\nbrake = { factor = \"10\", at_least = \"5\", history = \"P367D\" }\n",
        &[r#"42:52: `service.trial.brake.history` is "P367D", which is not a duration of 1 to 366 days; write e.g. history = "P28D""#],
    ),
    (
        "title = \"Free of charge\"\n",
        "title = \"Free of charge\"\nbrake = { factor = \"1000001\", at_least = \"5\" }\n",
        &[r#"42:20: `service.trial.brake.factor` is "1000001", which is not a decimal from 1 to 1000000; write e.g. factor = "10""#],
    ),
    (
        "heading = \"Arkiv\"\n",
        "heading = \"Arkiv\"\nbrake = { culls_share = \"0.5\" }\n",
        &[r#"83:1: `plan.archive.brake.culls_at_least` is missing; write e.g. culls_at_least = "100000""#],
    ),
    (
        "heading = \"Arkiv\"\n",
        "heading = \"Arkiv\"\nbrake = { culls_at_least = \"5\" }\n",
        &[r#"83:1: `plan.archive.brake.culls_share` is missing; write e.g. culls_share = "0.5""#],
    ),
    (
        "heading = \"Arkiv\"\n",
        "heading = \"Arkiv\"\nbrake = { culls_share = \"0.5\", culls_at_least = \"0\" }\n",
        &[
            r#"83:49: `plan.archive.brake.culls_at_least` is "0", which is not a decimal of more than 0; write e.g. culls_at_least = "100000""#,
        ],
    ),
    (
        "heading = \"Arkiv\"\n",
        "heading = \"Arkiv\"\nbrake = { culls_share = \"0.5\", culls_at_least = \"5\", within = \"PT5H\" }\n",
        &[r#"83:63: `plan.archive.brake.within` is "PT5H", which is not a duration of 1 to 366 days; write e.g. within = "P1D""#],
    ),
    (
        "heading = \"Arkiv\"\n",
        "heading = \"Arkiv\"\nbrake = { factor = \"10\", at_least = \"5\" }\n",
        &[
            r#"83:1: `plan.archive.brake.culls_share` is missing; write e.g. culls_share = "0.5""#,
            r#"83:1: `plan.archive.brake.culls_at_least` is missing; write e.g. culls_at_least = "100000""#,
            "83:11: unknown key `plan.archive.brake.factor`; write `culls_share`, `culls_at_least` or `within`, or remove it",
            "83:26: unknown key `plan.archive.brake.at_least`; write `culls_share`, `culls_at_least` or `within`, or remove it",
        ],
    ),
    (
        "heading = \"Arkiv\"\n",
        "heading = \"Arkiv\"\nbrake = { culls_share = \"50\", culls_at_least = \"100\" }\n",
        &[r#"83:25: `plan.archive.brake.culls_share` is "50", which is not a decimal from 0 to 1; write e.g. culls_share = "0.5""#],
    ),
    (
        r#"older_than = "P2Y""#,
        r#"older_than = "P2YT1H""#,
        &[
            r#"80:14: `plan.archive.older_than` is "P2YT1H", which is not a duration in years, months and days; write e.g. older_than = "P2Y""#,
        ],
    ),
    (
        r#"reference = "01-01""#,
        r#"reference = "1 January""#,
        &[
            r#"81:13: `plan.archive.reference` is "1 January", which is not a day `MM-DD` that every year and month has (01 to 28); write e.g. reference = "07-01""#,
        ],
    ),
    ("heading = \"Arkiv\"\n", "", &[r#"74:7: `plan.archive.heading` is missing; write e.g. heading = "Arkiv""#]),
    (
        r#"charge = "advance""#,
        r#"charge = "before""#,
        &[r#"83:10: `plan.archive.charge` is "before", which is not known; write `arrears` or `advance`"#],
    ),
    (
        r#"price = [ { from = "2025-01-01", unit = { SEK = "0.05" } } ]"#,
        "price = []",
        &["84:9: `plan.archive.price` is an empty list; write price = [ ... ] with at least one item"],
    ),
    ("head_count = \"inhabitants\"\n", "", &[r#"102:7: `plan.fee.head_count` is missing; write e.g. head_count = "inhabitants""#]),
    (
        r#"head_count = "inhabitants""#,
        r#"head_count = "inhabitant""#,
        &[r#"107:14: `plan.fee.head_count` is "inhabitant", which is not known; write `inhabitants`, if that is meant"#],
    ),
    ("counted_on = \"01-01\"\n", "", &[r#"102:7: `plan.fee.counted_on` is missing; write e.g. counted_on = "01-01" (or "period")"#]),
    (
        r#"counted_on = "01-01""#,
        r#"counted_on = "period of year""#,
        &[
            r#"108:14: `plan.fee.counted_on` is "period of year", which is not a day `MM-DD` that every year and month has (01 to 28); write e.g. counted_on = "07-01""#,
        ],
    ),
    (r#"parts = "equal""#, r#"parts = "even""#, &[r#"106:9: `plan.fee.parts` is "even", which is not known; write `equal` or `measured`"#]),
    (
        r#"due = "P3M""#,
        r#"due = "PT3H""#,
        &[r#"109:7: `plan.fee.due` is "PT3H", which is not a duration in years, months and days; write e.g. due = "P3M""#],
    ),
    (
        r#"low_balance = "100""#,
        r#"due = "P3M""#,
        &[
            "49:1: `plan.sms.due` belongs to the models metered, archive, per_head, subscription and fixed; write nothing here, or another model",
        ],
    ),
    (
        r#"unit = { EUR = "0.254" }"#,
        r#"unit = { EUR = "0.254" }, bands = [ { unit = { EUR = "0.1" } } ]"#,
        &["114:26: `plan.fee.price.unit` stands beside `bands`; write either `unit` or `bands`"],
    ),
    (
        r#"unit = { EUR = "0.254" }"#,
        r#"month = { EUR = "0.254" }"#,
        &[
            r#"114:3: `plan.fee.price.unit` is missing; write e.g. unit = { DKK = "4.80" }, or bands = [ ... ]"#,
            "114:26: unknown key `plan.fee.price.month`; write `from`, `group`, `unit` or `bands`, or remove it",
        ],
    ),
    (
        r#"up_to = "150000", unit = { EUR"#,
        "unit = { EUR",
        &[r#"115:36: `plan.fee.price.bands.up_to` is missing; write e.g. up_to = "1000": only the last tier is open"#],
    ),
    (
        r#"starts = "02-01""#,
        r#"starts = "02-15""#,
        &[r#"121:1: `plan.access.starts` is within a month, and started calendar months are charged; write starts = "07-01""#],
    ),
    (
        "month = { NOK",
        "unit = { NOK",
        &[
            r#"125:11: `plan.access.price.month` is missing; write e.g. month = { SEK = "39.00" }"#,
            "125:34: unknown key `plan.access.price.unit`; write `from`, `group` or `month`, or remove it",
        ],
    ),
    (
        r#"amount = { SEK = "5000.00" }"#,
        r#"size = "1""#,
        &[
            r#"135:11: `plan.member.price.amount` is missing; write e.g. amount = { SEK = "5000.00" }"#,
            "135:51: unknown key `plan.member.price.size`; write `from`, `group` or `amount`, or remove it",
        ],
    ),
    (
        r#"minimum = { SEK = "100.00" }"#,
        r#"minimum_per = "year""#,
        &[
            r#"62:1: `plan.lookup.minimum_per` says what a minimum is for, and there is none; write nothing here, or minimum = { SEK = "100.00" }"#,
        ],
    ),
    (
        r#"minimum = { SEK = "100.00" }"#,
        r#"minimum_per = "half-year"
minimum = [ { from = "2026-01-01", unit = { SEK = "100.00" } } ]"#,
        &[
            r#"62:15: `plan.lookup.minimum_per` is "half-year", which is not known; write `period` or `year`"#,
            r#"63:13: `plan.lookup.minimum.amount` is missing; write e.g. amount = { SEK = "100.00" }"#,
            "63:36: unknown key `plan.lookup.minimum.unit`; write `from`, `group` or `amount`, or remove it",
        ],
    ),
    ("[plan.archive]", "[plan.archive", &["74:14: not TOML: unclosed table; write `]` here"]),
    (r#"title = "CPR-opslag""#, "title = CPR-opslag", &[r#"31:9: a text without quotes; write "CPR-opslag""#]),
    (r#"title = "CPR-opslag""#, "title = \"CPR-opslag\"\ntitle = \"again\"", &["32:1: this key is given twice; write it once"]),
];
