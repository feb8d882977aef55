//! `vat = { reason, reason_code }`: why no tax is charged (BT-120, BT-121).

use crate::domain::catalog::Exemption;
use crate::wire::document::Table;

/// The VATEX code list (BR-CL-22), each without `VATEX-` before it.
const CODES: &str = "EU-79-C EU-132 EU-132-1A EU-132-1B EU-132-1C EU-132-1D EU-132-1E EU-132-1F EU-132-1G EU-132-1H EU-132-1I EU-132-1J \
     EU-132-1K EU-132-1L EU-132-1M EU-132-1N EU-132-1O EU-132-1P EU-132-1Q EU-135-1 EU-143 EU-143-1A EU-143-1B EU-143-1C \
     EU-143-1D EU-143-1E EU-143-1F EU-143-1FA EU-143-1G EU-143-1H EU-143-1I EU-143-1J EU-143-1K EU-143-1L EU-144 EU-146-1E \
     EU-159 EU-309 EU-148 EU-148-A EU-148-B EU-148-C EU-148-D EU-148-E EU-148-F EU-148-G EU-151 EU-151-1A EU-151-1AA \
     EU-151-1B EU-151-1C EU-151-1D EU-151-1E EU-G EU-O EU-IC EU-AE EU-D EU-F EU-I EU-J FR-FRANCHISE FR-CNWVAT EU-153 FR- \
     CGI261-1 FR-CGI261-2 FR-CGI261-3 FR-CGI261-4 FR-CGI261-5 FR-CGI261-7 FR-CGI261-8 FR-CGI261A FR-CGI261B FR-CGI261C-1 FR- \
     CGI261C-2 FR-CGI261C-3 FR-CGI261D-1 FR-CGI261D-1BIS FR-CGI261D-2 FR-CGI261D-3 FR-CGI261D-4 FR-CGI261E-1 FR-CGI261E-2 FR- \
     CGI277A FR-CGI275 FR-298SEXDECIESA FR-CGI295 FR-AE";

/// Codes that belong to one category (PEPPOL-EN16931-P0104 to P0111), and that category.
const OWN: &[(&str, &str)] = &[
    ("VATEX-EU-G", "G"),
    ("VATEX-EU-O", "O"),
    ("VATEX-EU-IC", "K"),
    ("VATEX-EU-AE", "AE"),
    ("VATEX-EU-D", "E"),
    ("VATEX-EU-F", "E"),
    ("VATEX-EU-I", "E"),
    ("VATEX-EU-J", "E"),
];

/// The law gives most categories one reason, so that it need not be said.
pub fn read(table: &Table<'_>, category: &str) -> Option<Exemption> {
    if matches!(category, "S" | "Z" | "L" | "M") {
        for key in ["reason", "reason_code"] {
            table.forbid(key, &format!("is out of place: category {category} has no reason"), "nothing here");
        }
        return None;
    }
    let reason = table.find("reason").and_then(|value| value.words()).map(str::to_owned);
    let code = table.find("reason_code").and_then(|value| {
        let code = value.parse(listed, "a code of the VATEX list", usual(category).unwrap_or("VATEX-EU-132"))?;
        if let Some((_, own)) = OWN.iter().find(|(one, own)| *one == code && *own != category) {
            value.fault(&format!("is {code:?}, which belongs to category {own}"), format!("a code of category {category}"));
        }
        Some(code)
    });
    let code = code.or_else(|| usual(category).filter(|_| reason.is_none()).map(str::to_owned));
    (reason.is_some() || code.is_some()).then_some(Exemption { reason, code })
}

fn usual(category: &str) -> Option<&'static str> {
    OWN.iter().find(|(_, own)| *own == category && category != "E").map(|(code, _)| *code)
}

fn listed(text: &str) -> Option<String> {
    let rest = text.strip_prefix("VATEX-")?;
    CODES.split_ascii_whitespace().any(|code| code == rest).then(|| text.to_owned())
}
