//! Use that nobody has agreed to is not only not billed: it is told, once a day of each source or certificate (REQUIREMENTS P5).

use crate::domain::instant::Instant;
use crate::domain::notice::NoticeKind;
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::Reason;
use crate::engine::customer::Customer;
use crate::engine::gate::Refusal;
use crate::engine::issue::Outbox;

/// Raises the alarm over a use that waits, unless it was raised over this source, or certificate, today.
pub fn raise(customer: &mut Customer, event: &UsageEvent<'_>, refusal: &Refusal, watermark: Instant, outbox: &mut Outbox<'_>) {
    if !matches!(refusal.reason, Reason::UnknownSystem | Reason::UnknownCertificate | Reason::NoAgreement) {
        return;
    }
    let Some(version) = customer.account.version_at_issue(watermark) else { return };
    let day = version.zone.date_of(watermark);
    let certificate = event.certificate.as_ref().map(|one| (one.issuer.clone().into_owned(), one.serial.clone().into_owned()));
    let who = certificate.as_ref().map_or_else(|| event.source.clone().into_owned(), |(issuer, serial)| format!("{serial} of {issuer}"));
    if customer.account.gates.agreements.raise_alarm(&who, day) {
        customer.account_dirty = true;
        let service = outbox.catalog.service_of_type(&event.kind).map(|service| service.id.clone());
        let (source, reason, detail) = (event.source.clone().into_owned(), refusal.reason, refusal.detail.clone());
        outbox.notice(customer, watermark, NoticeKind::SecurityAlarm { reason, source, certificate, service, day, detail });
    }
}
