//! What a run did, on one line per record, notice and release, so that a table can say it.

use tally::domain::catalog::Catalog;
use tally::domain::duration::CalendarDuration;
use tally::domain::instant::Instant;
use tally::domain::notice::{Braked, NoticeKind, OnboardingNotice};
use tally::domain::record::{BillingRecord, Line};
use tally::domain::suspense::SuspenseState;
use tally::domain::verdict::Verdict;
use tally::engine::input::Effect;

use std::sync::Arc;

use crate::given;
use crate::harness::{Run, Schedule, run_with};
use crate::lanes::Journal;
use crate::schema;

/// Runs the scenario calmly and cruelly: both must do the same, and it must be this.
pub fn check(plans: &str, lines: &str, until: &str, expect: &str) {
    let (catalog, journal) = (given::catalog(plans), given::journal(lines, until));
    let calm = run_alike(&catalog, &journal);
    let expect: Vec<&str> = expect.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(shown(&calm), expect, "\n{}", shown(&calm).join("\n"));
}

/// As [`check`], with plans that are mended: the log puts the second ones in force before the first rerate.
pub fn check_mended(plans: (&str, &str), day: &str, lines: &str, until: &str, expect: &str) {
    let catalogs = [given::catalog(plans.0), given::catalog(plans.1)];
    let (before, after) = lines.split_once("rerate ").map_or((lines, String::new()), |(before, rest)| (before, format!("rerate {rest}")));
    let lines = format!("{before}\n{}\n{after}", given::catalog_line(day, &catalogs[1]));
    let run = run_alike_with(&catalogs, &given::journal(&lines, until));
    let expect: Vec<&str> = expect.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(shown(&run), expect, "\n{}", shown(&run).join("\n"));
}

/// The outcome of a calm run, which is also a cruel one's.
pub fn run_alike(catalog: &Arc<Catalog>, journal: &Journal) -> Run {
    run_alike_with(std::slice::from_ref(catalog), journal)
}

/// With several catalogs, of which the first is the run's own.
pub fn run_alike_with(catalogs: &[Arc<Catalog>], journal: &Journal) -> Run {
    let calm = run_with(catalogs, journal, &Schedule::calm());
    let cruel = run_with(catalogs, journal, &Schedule::cruel());
    assert_eq!(calm.effects, cruel.effects, "memory, commits and restarts change the effects");
    assert_eq!((calm.sums, &calm.verdicts), (cruel.sums, &cruel.verdicts));
    schema::assert_effects_obey(&calm.effects);
    calm
}

/// First the verdicts in order of arrival, then what was published.
pub fn shown(run: &Run) -> Vec<String> {
    let verdicts: Vec<String> = run.verdicts.values().copied().map(verdict).collect();
    let mut lines: Vec<String> = Some(verdicts.join(" ")).into_iter().filter(|line| !line.is_empty()).collect();
    lines.extend(run.effects.iter().filter_map(effect));
    lines
}

pub fn records(run: &Run) -> Vec<&BillingRecord> {
    run.effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Record(record) => Some(&**record),
            _ => None,
        })
        .collect()
}

pub fn verdict(verdict: Verdict) -> String {
    match verdict {
        Verdict::Suspended(reason) => reason.to_string(),
        other => format!("{other:?}").to_lowercase(),
    }
}

fn effect(effect: &Effect) -> Option<String> {
    match effect {
        Effect::Record(it) => Some(record(it)),
        Effect::Notice(it) => Some(format!("notice {} {}", time(it.at), notice(&it.kind))),
        Effect::Suspense(it) if it.state == SuspenseState::Released => {
            Some(format!("released {}", it.event_id.as_ref().map_or("?", |(_, id)| id)))
        }
        Effect::Suspense(it) if it.state == SuspenseState::WrittenOff => {
            let by = it.written_off.as_ref().map_or(String::new(), |by| format!(" by {}+{}", by.actor, by.approver));
            Some(format!("written_off {} {}{by}", it.event_id.as_ref().map_or("?", |(_, id)| id), it.reason))
        }
        Effect::Suspense(_) => None,
    }
}

fn notice(kind: &NoticeKind) -> String {
    match kind {
        NoticeKind::LowBalance { plan, ordinal, left, .. } => format!("low_balance {plan} {ordinal} left {left}"),
        NoticeKind::PackageSizeChanged { plan, from, to, ordinal, choice } => {
            let yearly = choice.yearly.map_or("?".to_owned(), |yearly| yearly.to_string());
            format!("package_size_changed {plan} {from} -> {to} from {ordinal}: {yearly} a year, {}", choice.reason.as_str())
        }
        NoticeKind::RecordHeld { plan, period_from, .. } => format!("record_held {plan} {period_from}"),
        NoticeKind::CustomerIncomplete { from, missing } => {
            let terms: Vec<String> = missing.iter().map(|one| format!("{}/{}", one.seller, one.term)).collect();
            format!("customer_incomplete {from} {}", terms.join(" "))
        }
        NoticeKind::RecordWaived { plan, period_from, .. } => format!("record_waived {plan} {period_from}"),
        NoticeKind::Rerated { rerate, periods } => format!("rerated {} {periods}", rerate.plan),
        NoticeKind::RerateRefused { rerate, .. } => format!("rerate_refused {}", rerate.plan),
        NoticeKind::Succeeded { handover, pools, archives, pupils } => {
            let to: Vec<String> = handover.to.customers().iter().map(ToString::to_string).collect();
            let pools = pools.iter().map(|pool| format!(" {}>{} {}/{}", pool.plan, pool.to, pool.used, pool.covered));
            let archives = archives.iter().map(|one| format!(" {}>{} {} from {}", one.service, one.to, one.parts, one.reference));
            let pupils = pupils.iter().map(|one| format!(" {} pupils {} on {}", one.count, one.how.as_str(), one.on));
            format!("{} {}{}", kind.as_str(), to.join("+"), pools.chain(archives).chain(pupils).collect::<String>())
        }
        NoticeKind::SuspenseAgeing { age, oldest, waiting } => {
            let waiting: Vec<String> = waiting.iter().map(|(reason, count)| format!(" {reason} {count}")).collect();
            format!("suspense_ageing {} since {}:{}", CalendarDuration::of_nanos(*age), time(*oldest), waiting.concat())
        }
        NoticeKind::GapDetected { source, first, last, count } => format!("gap_detected {source} {first}-{last} {count}"),
        NoticeKind::GapClosed { source, first, last } => format!("gap_closed {source} {first}-{last}"),
        NoticeKind::SequenceRepeated { source, sequence, id } => format!("sequence_repeated {source} {sequence} {id}"),
        NoticeKind::BrakeSwitched { of: Braked::Customer { service, waiting }, .. } => {
            format!("{} {} waiting {waiting}", kind.as_str(), service.as_ref().map_or("customer", |service| service.as_str()))
        }
        NoticeKind::BrakeSwitched { of: Braked::Everywhere { scope, .. }, .. } => format!("{} {scope:?}", kind.as_str()),
        NoticeKind::BrakeTripped { service, trip } => {
            format!("brake_tripped {}: {}", service.as_ref().map_or("customer", |service| service.as_str()), trip.cause.why())
        }
        NoticeKind::FreezeBegan { id, .. } => format!("freeze_began {id}"),
        NoticeKind::FreezeEnded { id, freeze, customers, .. } => {
            format!("freeze_ended {id} customers {customers}{}", if freeze.catalog.is_some() { " catalog" } else { "" })
        }
        NoticeKind::Agreement(one) => {
            let services: Vec<&str> = one.services.iter().map(|service| service.as_str()).collect();
            let to = if one.recipients.is_empty() { String::new() } else { format!(" to {}", one.recipients.join(" ")) };
            format!("{} {}.{} {}{to}", kind.as_str(), one.key.agreement, one.key.version, services.join(","))
        }
        NoticeKind::SecurityAlarm { reason, seen } => format!("security_alarm {reason} {} {}", seen.source, seen.day),
        NoticeKind::WrongEnvironment { what, seen } => format!("wrong_environment {what} {} {}", seen.source, seen.day),
        NoticeKind::Onboarding(it) => format!("{} {}", kind.as_str(), onboarding(it)),
        NoticeKind::LoadStopped { load, figures, .. } => {
            format!("load_stopped {load} +{} -{} of {}", figures.added, figures.removed, figures.before)
        }
        NoticeKind::LoadDecided { decision } => format!("load_decided {} {}", decision.load, decision.as_str()),
        NoticeKind::RosterDrift { on, drifts } => {
            let shown = drifts.iter().map(|drift| {
                let place = [&drift.row.unit, &drift.row.form].map(|part| part.as_deref().unwrap_or("*").to_owned()).join("/");
                format!(" {place} {}!={}", drift.row.count, drift.ours)
            });
            format!("roster_drift {on}{}", shown.collect::<String>())
        }
        NoticeKind::RosterInSync { on } => format!("roster_in_sync {on}"),
        NoticeKind::QualityLow { source, score, floor } => {
            format!("quality_low {source} {} < {floor}", score.permille().unwrap_or(0))
        }
        NoticeKind::ControlRefused { reason, .. } => format!("control_refused {reason}"),
    }
}

fn onboarding(notice: &OnboardingNotice) -> String {
    match notice {
        OnboardingNotice::ReportDue(one) | OnboardingNotice::ReportOverdue(one) => format!("{} {}", one.plan, time(one.due)),
        OnboardingNotice::Unverified { plan, why, .. } => format!("{plan}: {why}"),
        OnboardingNotice::Opened { service, from } => format!("{service} {}", time(*from)),
        OnboardingNotice::ToldLate { service, from, to } => format!("{service} {} {}", time(*from), time(*to)),
        OnboardingNotice::TestIdMisused { service, id, .. } => format!("{service} {id}"),
    }
}

/// `number kind issued-at [from..last] due day corrects n: plan/service quantity x price [from..last], ...`
pub fn record(record: &BillingRecord) -> String {
    let period = record.period.map_or(String::new(), |(period, _)| format!(" [{}..{}]", period.from, period.last_day()));
    let preceding: Vec<String> = record.preceding.iter().map(|one| one.number.to_string()).collect();
    let corrects = if preceding.is_empty() { String::new() } else { format!(" corrects {}", preceding.join("+")) };
    let lines: Vec<String> = record.lines.iter().map(|line| shown_line(line, record)).collect();
    let due = record.due_date.map_or(String::new(), |due| format!(" due {due}"));
    format!("{} {} {}{period}{due}{corrects}: {}", record.number, record.kind.as_str(), time(record.issued_at), lines.join(", "))
}

fn shown_line(line: &Line, record: &BillingRecord) -> String {
    let whole_plan = if line.description == "Minimum charge" { "minimum" } else { line.plan.as_str() };
    let service = line.service.as_ref().map_or(whole_plan, |service| service.as_str());
    let own = record.period.is_none_or(|(period, _)| period != line.period);
    let period = if own { format!(" [{}..{}]", line.period.from, line.period.last_day()) } else { String::new() };
    let package = line.package.map_or(String::new(), |one| format!(" #{} {}-{}", one.ordinal, one.first_unit, one.last_unit));
    let consent = line.consent.as_ref().map_or(String::new(), |one| format!(" by {}/{}", one.agreement(), one.system()));
    format!("{service} {} x {}{package}{period}{consent}", line.quantity, line.unit_price)
}

/// To the minute, which is all that scenarios tell apart.
fn time(at: Instant) -> String {
    at.to_string().get(..16).unwrap_or_default().to_owned()
}
