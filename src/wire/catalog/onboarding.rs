//! `onboarding` of a service: what a customer does before its use is production (REQUIREMENTS K1 to K15).

use crate::domain::gates::onboarding::OnboardingRules;
use crate::wire::document::Value;

/// `onboarding = true`, or `onboarding = { archive = "...", report_closes = true }`.
pub fn read(value: &Value<'_>) -> Option<OnboardingRules> {
    if !value.is_table() {
        return value.flag()?.then(OnboardingRules::default);
    }
    let table = value.table()?;
    table.only(&["archive", "report_closes"]);
    let archive = table.find("archive").and_then(|value| value.words());
    let report_closes = table.find("report_closes").and_then(|value| value.flag());
    Some(OnboardingRules { archive: archive.map(str::to_owned), report_closes: report_closes.unwrap_or(false) })
}
