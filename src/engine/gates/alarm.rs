//! Use that nobody has agreed to is not only not billed: it is told, once a day of each source or certificate (REQUIREMENTS P5).
//! So is traffic of the other environment (P4, P17).

use chrono::NaiveDate;

use crate::domain::instant::Instant;
use crate::domain::names::ServiceId;
use crate::domain::notice::{Misplaced, NoticeKind};
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::Reason;
use crate::engine::customer::Customer;
use crate::engine::gate::Refusal;
use crate::engine::issue::Outbox;

/// Issuer, serial number.
type Named = Option<(String, String)>;

/// Raises the alarm over a use that waits, unless it was raised over this source, or certificate, today.
pub fn raise(customer: &mut Customer, event: &UsageEvent<'_>, refusal: &Refusal, watermark: Instant, outbox: &mut Outbox<'_>) {
    let detail = refusal.detail.clone();
    if refusal.reason == Reason::WrongEnvironment {
        let what = if outbox.catalog.test_environment { Misplaced::ProductionInTest } else { Misplaced::TrialInProduction };
        return misplaced(customer, event, what, detail, watermark, outbox);
    }
    if !matches!(refusal.reason, Reason::UnknownSystem | Reason::UnknownCertificate | Reason::NoAgreement) {
        return;
    }
    if let Some((day, certificate)) = first_today(customer, event, None, watermark) {
        let (source, reason, service) = (event.source.clone().into_owned(), refusal.reason, service_of(event, outbox));
        outbox.notice(customer, watermark, NoticeKind::SecurityAlarm { reason, source, certificate, service, day, detail });
    }
}

/// Tells of traffic that is not where it belongs, unless that was told of this source, or certificate, today.
pub fn misplaced(
    customer: &mut Customer,
    event: &UsageEvent<'_>,
    what: Misplaced,
    detail: String,
    watermark: Instant,
    outbox: &mut Outbox<'_>,
) {
    if let Some((day, certificate)) = first_today(customer, event, Some(what), watermark) {
        let (source, service) = (event.source.clone().into_owned(), service_of(event, outbox));
        outbox.notice(customer, watermark, NoticeKind::WrongEnvironment { what, source, certificate, service, day, detail });
    }
}

/// The customer's day and the certificate, if nothing of the kind was told of these today.
fn first_today(customer: &mut Customer, event: &UsageEvent<'_>, what: Option<Misplaced>, at: Instant) -> Option<(NaiveDate, Named)> {
    let day = customer.account.version_at_issue(at)?.zone.date_of(at);
    let certificate = event.certificate.as_ref().map(|one| (one.issuer.clone().into_owned(), one.serial.clone().into_owned()));
    let who = certificate.as_ref().map_or_else(|| event.source.clone().into_owned(), |(issuer, serial)| format!("{serial} of {issuer}"));
    let who = what.map_or(who.clone(), |what| format!("{what} {who}"));
    let is_first = customer.account.gates.agreements.raise_alarm(&who, day);
    customer.account_dirty |= is_first;
    is_first.then_some((day, certificate))
}

fn service_of(event: &UsageEvent<'_>, outbox: &Outbox<'_>) -> Option<ServiceId> {
    outbox.catalog.service_of_type(&event.kind).map(|service| service.id.clone())
}
