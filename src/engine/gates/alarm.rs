//! Use that nobody has agreed to is not only not billed: it is told, once a day of each source or certificate (REQUIREMENTS P5).
//! So is traffic of the other environment (P4, P17).

use crate::domain::instant::Instant;
use crate::domain::notice::{Misplaced, NoticeKind, SeenUse};
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::Reason;
use crate::engine::customer::Customer;
use crate::engine::gate::Refusal;
use crate::engine::issue::Outbox;

/// Raises the alarm over a use that waits, unless it was raised over this source, or certificate, today.
pub fn raise(customer: &mut Customer, event: &UsageEvent<'_>, refusal: &Refusal, watermark: Instant, outbox: &mut Outbox<'_>) {
    let Refusal { reason, detail } = refusal;
    match *reason {
        Reason::WrongEnvironment => {
            let what = if outbox.catalog.test_environment { Misplaced::ProductionInTest } else { Misplaced::TrialInProduction };
            misplaced(customer, event, what, detail, watermark, outbox);
        }
        Reason::UnknownSystem | Reason::UnknownCertificate | Reason::NoAgreement => {
            if let Some(seen) = first_today(customer, event, None, detail, watermark, outbox) {
                outbox.notice(customer, watermark, NoticeKind::SecurityAlarm { reason: *reason, seen });
            }
        }
        _ => {}
    }
}

/// Tells of traffic that is not where it belongs, unless that was told of this source, or certificate, today.
pub fn misplaced(
    customer: &mut Customer,
    event: &UsageEvent<'_>,
    what: Misplaced,
    detail: &str,
    watermark: Instant,
    outbox: &mut Outbox<'_>,
) {
    if let Some(seen) = first_today(customer, event, Some(what), detail, watermark, outbox) {
        outbox.notice(customer, watermark, NoticeKind::WrongEnvironment { what, seen });
    }
}

/// What is to be told of a use; none: the same was told of its source, or certificate, on this day of the customer.
fn first_today(
    customer: &mut Customer,
    event: &UsageEvent<'_>,
    what: Option<Misplaced>,
    detail: &str,
    at: Instant,
    outbox: &Outbox<'_>,
) -> Option<SeenUse> {
    let day = customer.account.version_at_issue(at)?.zone.date_of(at);
    let source = event.source.clone().into_owned();
    let certificate = event.certificate.as_ref().map(|one| (one.issuer.clone().into_owned(), one.serial.clone().into_owned()));
    let who = certificate.as_ref().map_or_else(|| source.clone(), |(issuer, serial)| format!("{serial} of {issuer}"));
    let who = if let Some(what) = what { format!("{what} {who}") } else { who };
    if !customer.account.gates.agreements.raise_alarm(&who, day) {
        return None;
    }
    customer.account_dirty = true;
    let service = outbox.catalog.service_of_type(&event.kind).map(|service| service.id.clone());
    Some(SeenUse { source, certificate, service, day, detail: detail.to_owned() })
}
