//! Use that nobody has agreed to is not only not billed: it is told, once a day of each source (REQUIREMENTS P5).

use crate::domain::instant::Instant;
use crate::domain::notice::NoticeKind;
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::Reason;
use crate::engine::customer::Customer;
use crate::engine::gate::Refusal;
use crate::engine::issue::Outbox;

/// Raises the alarm over a use that waits, unless it was raised over this source today.
pub fn raise(customer: &mut Customer, event: &UsageEvent<'_>, refusal: &Refusal, watermark: Instant, outbox: &mut Outbox<'_>) {
    if !matches!(refusal.reason, Reason::UnknownSystem | Reason::NoAgreement) {
        return;
    }
    let Some(version) = customer.account.version_at_issue(watermark) else { return };
    let day = version.zone.date_of(watermark);
    if customer.account.gates.agreements.raise_alarm(&event.source, day) {
        customer.account_dirty = true;
        let service = outbox.catalog.service_of_type(&event.kind).map(|service| service.id.clone());
        let (source, reason, detail) = (event.source.clone().into_owned(), refusal.reason, refusal.detail.clone());
        outbox.notice(customer, watermark, NoticeKind::SecurityAlarm { reason, source, service, day, detail });
    }
}
