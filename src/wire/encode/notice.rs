//! Notices (CONTRACT 8).

use super::braking;
use super::json::{self, Object};
use super::onboarding;
use super::rosters;
use super::suspense::origin;
use super::{JSON, Message, header};
use crate::domain::duration::CalendarDuration;
use crate::domain::gates::agreement::AgreementNotice;
use crate::domain::instant::Instant;
use crate::domain::names::CustomerId;
use crate::domain::notice::{Notice, NoticeKind, SeenUse};
use crate::domain::rerate::Rerate;
use crate::domain::succession::{ArchiveHandover, Handover, PoolHandover, PupilHandover, Successors};
use crate::domain::verdict::Reason;

const SCHEMA: &str = "tally/notice/1";

#[must_use]
pub fn notice(notice: &Notice) -> Message {
    let key = notice.customer.as_ref().map_or("", CustomerId::as_str).as_bytes().to_vec();
    Message { key, headers: vec![header("content-type", JSON)], value: json::object(|object| members(object, notice)) }
}

fn members(object: &mut Object<'_>, notice: &Notice) {
    object.text("schema", SCHEMA).text("kind", notice.kind.as_str()).optional("customer", notice.customer.as_ref()).text("at", notice.at);
    match &notice.kind {
        NoticeKind::LowBalance { plan, ordinal, left, threshold } => {
            object.text("plan", plan).number("ordinal", *ordinal).text("left", left).text("threshold", threshold)
        }
        NoticeKind::PackageSizeChanged { plan, from, to, ordinal, choice } => object
            .text("plan", plan)
            .text("from", from)
            .text("to", to)
            .number("ordinal", *ordinal)
            .optional("yearly_use", choice.yearly)
            .text("target", choice.target)
            .text("reason", choice.reason.as_str())
            .text("why", choice.why(*from, *to)),
        NoticeKind::RecordHeld { plan, period_from, why } => object.text("plan", plan).text("period_from", period_from).text("why", why),
        NoticeKind::CustomerIncomplete { from, missing } => object.text("from", from).list("missing", missing, |object, one| {
            object.text("seller", &one.seller).text("term", one.term).text("member", one.member).text("send", &one.send);
        }),
        NoticeKind::RecordWaived { plan, period_from, actor, reason } => {
            object.text("plan", plan).text("period_from", period_from).text("actor", actor).text("reason", reason)
        }
        NoticeKind::Rerated { rerate: asked, periods } => rerate(object, asked).number("periods", *periods),
        NoticeKind::RerateRefused { rerate: asked, why } => rerate(object, asked).text("why", why),
        NoticeKind::Succeeded { handover, pools, archives, pupils } => {
            succession(object, handover, pools, archives);
            if let Some(PupilHandover { to, on, count, how }) = pupils {
                object.object("pupils", |object| {
                    object.text("to", to).text("on", on).number("count", *count).text("how", how.as_str());
                });
            }
            object
        }
        NoticeKind::SuspenseAgeing { age, oldest, waiting } => ageing(object, *age, *oldest, waiting),
        NoticeKind::GapDetected { source, first, last, count } => {
            object.text("source", source).text("first", first).text("last", last).text("count", count)
        }
        NoticeKind::GapClosed { source, first, last } => object.text("source", source).text("first", first).text("last", last),
        NoticeKind::SequenceRepeated { source, sequence, id } => object.text("source", source).text("sequence", sequence).text("id", id),
        NoticeKind::BrakeSwitched { of, order } => braking::switched(object, of, order),
        NoticeKind::BrakeTripped { service, trip } => braking::tripped(object, service.as_ref(), trip),
        NoticeKind::FreezeBegan { id, freeze, partition } => braking::freeze(object, id, freeze, *partition),
        NoticeKind::FreezeEnded { id, freeze, customers, partition } => {
            let catalog = freeze.catalog.map(|catalog| format!("sha256:{}", hex::encode(catalog.digest)));
            braking::freeze(object, id, freeze, *partition).number("customers", *customers).optional("catalog", catalog)
        }
        NoticeKind::Agreement(notice) => agreement(object, notice),
        NoticeKind::SecurityAlarm { reason, seen } => seen_use(object.text("reason", reason), seen),
        NoticeKind::WrongEnvironment { what, seen } => seen_use(object.text("what", what), seen),
        NoticeKind::Onboarding(told) => onboarding::members(object, told),
        NoticeKind::LoadStopped { load, source, mode, figures, why } => {
            rosters::stopped(object, load, source, *mode, figures).text("why", why)
        }
        NoticeKind::LoadDecided { decision } => rosters::decided(object, decision),
        NoticeKind::RosterDrift { on, drifts } => object.text("on", on).list("differences", drifts, |object, drift| {
            object.optional("school_unit", drift.row.unit.as_ref()).optional("school_type", drift.row.form.as_ref());
            object.number("master", drift.row.count).number("roster", drift.ours);
        }),
        NoticeKind::RosterInSync { on } => object.text("on", on),
        NoticeKind::QualityLow { source, score, floor } => object
            .text("source", source)
            .number("score", score.permille().unwrap_or(0))
            .number("floor", *floor)
            .number("checked", score.checked)
            .number("flawed", score.flawed),
        NoticeKind::ControlRefused { reason, detail, origin: stands } => {
            object.text("reason", reason).text("detail", detail).object("origin", |object| origin(object, stands))
        }
    };
}

fn agreement<'o, 'b>(object: &'o mut Object<'b>, notice: &AgreementNotice) -> &'o mut Object<'b> {
    object
        .text("agreement", &notice.key.agreement)
        .number("version", notice.key.version.into())
        .text("supplier", &notice.supplier)
        .text("system", &notice.system)
        .texts("services", &notice.services)
        .optional("answer", notice.answer)
        .optional("from", notice.from)
        .optional("to", notice.to)
        .optional("expires", notice.expires)
        .optional("actor", notice.actor.as_ref())
        .optional("reason", notice.reason.as_ref())
        .optional("approver", notice.approver.as_ref())
        .texts("recipients", &notice.recipients)
}

fn seen_use<'o, 'b>(object: &'o mut Object<'b>, seen: &SeenUse) -> &'o mut Object<'b> {
    object
        .text("source", &seen.source)
        .optional("issuer", seen.certificate.as_ref().map(|(issuer, _)| issuer))
        .optional("serial", seen.certificate.as_ref().map(|(_, serial)| serial))
        .optional("service", seen.service.as_ref())
        .text("day", seen.day)
        .text("detail", &seen.detail)
}

fn ageing<'o, 'b>(object: &'o mut Object<'b>, age: i64, oldest: Instant, waiting: &[(Reason, u64)]) -> &'o mut Object<'b> {
    object
        .text("age", CalendarDuration::of_nanos(age))
        .text("oldest", oldest)
        .number("events", waiting.iter().map(|(_, count)| count).sum())
        .list("waiting", waiting, |object, (reason, count)| {
            object.text("reason", reason).number("events", *count);
        })
}

/// People read the last day, as in records.
fn rerate<'o, 'b>(object: &'o mut Object<'b>, rerate: &Rerate) -> &'o mut Object<'b> {
    let span = |object: &mut Object<'_>| {
        object.text("from", rerate.span.from).text("to", rerate.span.last_day());
    };
    object.text("plan", &rerate.plan).object("span", span).text("actor", &rerate.actor).text("reason", &rerate.reason)
}

fn succession<'o, 'b>(
    object: &'o mut Object<'b>,
    handover: &Handover,
    pools: &[PoolHandover],
    archives: &[ArchiveHandover],
) -> &'o mut Object<'b> {
    match &handover.to {
        Successors::Survivor(into) => object.text("into", into),
        Successors::Parts(parts) => object.list("parts", parts, |object, part| {
            object.text("customer", &part.customer).text("pool_share", part.pool_share);
        }),
    }
    .text("from", handover.from)
    .list("pools", pools, |object, pool| {
        object.text("plan", &pool.plan).text("to", &pool.to).text("used", pool.used).text("covered", pool.covered);
    })
    .list("archives", archives, |object, one| {
        object.text("plan", &one.plan).text("to", &one.to).text("service", &one.service);
        object.text("reference", one.reference).text("parts", one.parts);
    })
    .text("actor", &handover.actor)
    .text("reason", &handover.reason)
}
