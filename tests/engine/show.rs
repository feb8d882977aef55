//! What a run did, on one line per record, notice and release, so that a table can say it.

use tally::domain::catalog::Catalog;
use tally::domain::instant::Instant;
use tally::domain::notice::NoticeKind;
use tally::domain::record::{BillingRecord, Line};
use tally::domain::suspense::SuspenseState;
use tally::domain::verdict::Verdict;
use tally::engine::input::Effect;

use std::sync::Arc;

use crate::given;
use crate::harness::{Mended, Run, Schedule, run, run_mended};
use crate::lanes::Journal;

/// Runs the scenario calmly and cruelly: both must do the same, and it must be this.
pub fn check(plans: &str, lines: &str, until: &str, expect: &str) {
    let (catalog, journal) = (given::catalog(plans), given::journal(lines, until));
    let calm = run_alike(&catalog, &journal);
    let expect: Vec<&str> = expect.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(shown(&calm), expect, "\n{}", shown(&calm).join("\n"));
}

/// As [`check`], with plans that are mended when the watermark comes to an instant.
pub fn check_mended(plans: (&str, &str), at: &str, lines: &str, until: &str, expect: &str) {
    let journal = given::journal(lines, until);
    let mended = Mended { at: given::instant(at), catalog: given::catalog(plans.1) };
    let run = |schedule: &Schedule| run_mended(&given::catalog(plans.0), Some(mended.clone()), &journal, schedule);
    let (calm, cruel) = (run(&Schedule::calm()), run(&Schedule::cruel()));
    assert_eq!(calm.effects, cruel.effects, "memory, commits and restarts change the effects");
    let expect: Vec<&str> = expect.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(shown(&calm), expect, "\n{}", shown(&calm).join("\n"));
}

/// The outcome of a calm run, which is also a cruel one's.
pub fn run_alike(catalog: &Arc<Catalog>, journal: &Journal) -> Run {
    let calm = run(catalog, journal, &Schedule::calm());
    let cruel = run(catalog, journal, &Schedule::cruel());
    assert_eq!(calm.effects, cruel.effects, "memory, commits and restarts change the effects");
    assert_eq!((calm.sums, &calm.verdicts), (cruel.sums, &cruel.verdicts));
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
        Effect::Suspense(_) => None,
    }
}

fn notice(kind: &NoticeKind) -> String {
    match kind {
        NoticeKind::LowBalance { plan, ordinal, left, .. } => format!("low_balance {plan} {ordinal} left {left}"),
        NoticeKind::RecordHeld { plan, period_from, .. } => format!("record_held {plan} {period_from}"),
        NoticeKind::Rerated { rerate, periods } => format!("rerated {} {periods}", rerate.plan),
        NoticeKind::RerateRefused { rerate, .. } => format!("rerate_refused {}", rerate.plan),
        NoticeKind::Succeeded { handover, pools, archives } => {
            let to: Vec<String> = handover.to.customers().iter().map(ToString::to_string).collect();
            let pools = pools.iter().map(|pool| format!(" {}>{} {}/{}", pool.plan, pool.to, pool.used, pool.covered));
            let archives = archives.iter().map(|one| format!(" {}>{} {} from {}", one.service, one.to, one.parts, one.reference));
            format!("{} {}{}", kind.as_str(), to.join("+"), pools.chain(archives).collect::<String>())
        }
        NoticeKind::ControlRefused { reason, .. } => format!("control_refused {reason}"),
    }
}

/// `number kind issued-at [from..last] corrects n: plan/service quantity x price [from..last], ...`
pub fn record(record: &BillingRecord) -> String {
    let period = record.period.map_or(String::new(), |(period, _)| format!(" [{}..{}]", period.from, period.last_day()));
    let preceding: Vec<String> = record.preceding.iter().map(|one| one.number.to_string()).collect();
    let corrects = if preceding.is_empty() { String::new() } else { format!(" corrects {}", preceding.join("+")) };
    let lines: Vec<String> = record.lines.iter().map(|line| shown_line(line, record)).collect();
    format!("{} {} {}{period}{corrects}: {}", record.number, record.kind.as_str(), time(record.issued_at), lines.join(", "))
}

fn shown_line(line: &Line, record: &BillingRecord) -> String {
    let service = line.service.as_ref().map_or("minimum", |service| service.as_str());
    let own = record.period.is_none_or(|(period, _)| period != line.period);
    let period = if own { format!(" [{}..{}]", line.period.from, line.period.last_day()) } else { String::new() };
    let package = line.package.map_or(String::new(), |one| format!(" #{} {}-{}", one.ordinal, one.first_unit, one.last_unit));
    format!("{service} {} x {}{package}{period}", line.quantity, line.unit_price)
}

/// To the minute, which is all that scenarios tell apart.
fn time(at: Instant) -> String {
    at.to_string().get(..16).unwrap_or_default().to_owned()
}
