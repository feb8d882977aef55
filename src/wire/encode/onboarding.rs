//! Notices about taking services into use.

use super::json::Object;
use crate::domain::notice::OnboardingNotice;

pub(super) fn members<'o, 'b>(object: &'o mut Object<'b>, notice: &OnboardingNotice) -> &'o mut Object<'b> {
    match notice {
        OnboardingNotice::ReportDue(one) | OnboardingNotice::ReportOverdue(one) => object
            .text("commissioning_plan", &one.plan)
            .text("service", &one.service)
            .text("supplier", &one.supplier)
            .text("tested", one.tested)
            .text("due", one.due),
        OnboardingNotice::Unverified { plan, service, why } => {
            object.text("commissioning_plan", plan).text("service", service).text("why", why)
        }
        OnboardingNotice::Opened { service, from } => object.text("service", service).text("from", from),
        OnboardingNotice::ToldLate { service, from, to } => object.text("service", service).text("from", from).text("to", to),
        OnboardingNotice::TestIdMisused { service, source, id, time, why } => object
            .text("service", service)
            .object("event_id", |object| {
                object.text("source", source).text("id", id);
            })
            .text("time", time)
            .text("why", why),
    }
}
