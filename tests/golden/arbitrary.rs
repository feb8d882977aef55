//! Anything that the domain can hold, for property tests.

use std::borrow::Cow;

use chrono::NaiveDate;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use rust_decimal::Decimal;
use tally::domain::account::{Account, Held, PeriodKey, Task, TaskKind};
use tally::domain::archive::{ArchiveCount, ArchiveIssued, ArchiveLedger, ArchiveRow};
use tally::domain::catalog::{Exemption, Vat};
use tally::domain::cell::{Calls, PeriodCell, PeriodStatus, Segment, Tally};
use tally::domain::charge::{ChargeKey, IssuedCharge, PriceKey, Terms};
use tally::domain::control::{Activation, CustomerVersion, Decision, HeadCount, HeadCountKind, Ruling};
use tally::domain::currency::Currency;
use tally::domain::directory::{
    BrakeScope, CertificateKey, DirectoryEntry, DirectoryKey, Freeze, FreezeOrder, Party, PartyVersion, PostponedCatalog, Role, Stage,
    System, SystemVersion,
};
use tally::domain::gates::agreement::Consent;
use tally::domain::gates::brake::{Brake, BrakeCause, BrakeOrder, Brakes, Switch, Trip};
use tally::domain::gates::rate::{CullsRule, CullsTrip, DaySum, Rate, RateOf, UsageTrip};
use tally::domain::gates::{Gates, Waiting};
use tally::domain::instant::Instant;
use tally::domain::levels::{Level, LevelKey, LevelLedger, LevelRow, Lifecycle};
use tally::domain::lineage::{Fingerprint, Lineage};
use tally::domain::names::{CustomerId, FreezeId, GroupId, PartyId, PlanId, ServiceId, SystemId};
use tally::domain::parked::{Origin, ParkedEvent, ParkedKey};
use tally::domain::party::{Address, Endpoint};
use tally::domain::period::Period;
use tally::domain::person::{PersonKey, PersonUse};
use tally::domain::pool::{BoughtPackage, Bundle, Pool, Sold};
use tally::domain::quantity::Quantity;
use tally::domain::record::{IssuedRecord, RecordKind, RecordRef};
use tally::domain::sequence::{Gap, Seen, SequenceChunk, SourceGaps};
use tally::domain::sizing::{SizeChoice, SizeReason};
use tally::domain::state::{InForce, Meta, StateKey, StateValue};
use tally::domain::succession::{Handover, Predecessor, SplitPart, Successors};
use tally::domain::suspense::{Original, Sealed};
use tally::domain::trailing::{MonthOfUse, TrailingUse};
use tally::domain::usage::{CertificateRef, Environment, OwnedUsage, Reported, UsageEvent};
use tally::domain::verdict::{Reason, Sums};
use tally::domain::window::{ConsentUse, DayWindow, HourWindow, TestUse};
use tally::domain::zone::Zone;

use super::agreements;
use super::onboarding;

pub fn key() -> impl Strategy<Value = StateKey> {
    let (customer, plan, service) = (|| ".{0,8}".prop_map(|text| CustomerId::new(&text)), plan, service);
    prop_oneof![
        Just(StateKey::Meta),
        customer().prop_map(StateKey::Account),
        (customer(), plan()).prop_map(|(customer, plan)| StateKey::Pool(customer, plan)),
        (customer(), plan(), period_key()).prop_map(|(customer, plan, period)| StateKey::Period(customer, plan, period)),
        (customer(), plan()).prop_map(|(customer, plan)| StateKey::Archive(customer, plan)),
        (customer(), service(), date()).prop_map(|(customer, service, date)| StateKey::Day(customer, service, date)),
        (customer(), parked_key()).prop_map(|(customer, parked)| StateKey::Parked(customer, parked)),
        (instant(), customer()).prop_map(|(due, customer)| StateKey::Timer(due, customer)),
        any::<(i32, u64)>().prop_map(|(day, sequence)| StateKey::IdBlock { day, sequence }),
        any::<(i32, u64, u32)>().prop_map(|(day, run, block)| StateKey::IdRun { day, run, block }),
        customer().prop_map(StateKey::Issued),
        (".{0,8}", ".{0,8}").prop_map(|(issuer, serial)| StateKey::Directory(DirectoryKey::Certificate(CertificateKey { issuer, serial }))),
        ".{0,8}".prop_map(|id| StateKey::Directory(DirectoryKey::Party(PartyId::new(&id)))),
        ".{0,8}".prop_map(|id| StateKey::Directory(DirectoryKey::System(SystemId::new(&id)))),
        ".{0,8}".prop_map(|id| StateKey::Directory(DirectoryKey::Trial(SystemId::new(&id)))),
        ".{0,8}".prop_map(|id| StateKey::Directory(DirectoryKey::Description(id.as_str().into()))),
        ".{0,8}".prop_map(|id| StateKey::Directory(DirectoryKey::TestId(id))),
        ".{0,8}".prop_map(|id| StateKey::Directory(DirectoryKey::Freeze(FreezeId::new(&id)))),
        brake_scope().prop_map(|scope| StateKey::Directory(DirectoryKey::Brake(scope))),
        (customer(), service(), select(vec![RateOf::Use, RateOf::Culls]))
            .prop_map(|(customer, service, of)| StateKey::Rate(customer, service, of)),
        super::rosters::any_key(),
        (customer(), person_key()).prop_map(|(customer, person)| StateKey::Person(customer, person)),
        (".{0,8}", any::<u64>()).prop_map(|(source, chunk)| StateKey::Sequence(source, chunk)),
        ".{0,8}".prop_map(StateKey::Gaps),
        (customer(), plan()).prop_map(|(customer, plan)| StateKey::Levels(customer, plan)),
    ]
}

pub fn value() -> impl Strategy<Value = StateValue> {
    prop_oneof![
        meta().prop_map(StateValue::Meta),
        account().prop_map(StateValue::Account),
        pool().prop_map(StateValue::Pool),
        cell().prop_map(StateValue::Period),
        vec(row(), 0..4).prop_map(|rows| StateValue::Archive(ArchiveLedger { rows })),
        vec(level_row(), 0..4).prop_map(|rows| StateValue::Levels(LevelLedger { rows })),
        vec(issued(), 0..4).prop_map(StateValue::Issued),
        day().prop_map(StateValue::Day),
        parked().prop_map(StateValue::Parked),
        person().prop_map(StateValue::Person),
        directory_entry().prop_map(StateValue::Directory),
        chunk().prop_map(StateValue::Sequence),
        (of(any::<(u64, u64)>()), vec(gap(), 0..3), vec(gap(), 0..3)).prop_map(|(span, open, told)| StateValue::Gaps(SourceGaps {
            span,
            open,
            told
        })),
        onboarding::any_entry().prop_map(StateValue::Directory),
        vec((date(), quantity()), 0..4).prop_map(|days| {
            StateValue::Rate(Rate { days: days.into_iter().map(|(day, quantity)| DaySum { day, quantity }).collect() })
        }),
        super::rosters::any_value(),
        Just(StateValue::Timer),
        vec(any::<u128>().prop_map(Fingerprint), 0..40).prop_map(StateValue::Ids),
    ]
}

/// A key under which such a value is stored.
pub fn key_for(value: &StateValue) -> StateKey {
    let customer = || CustomerId::new("A");
    match value {
        StateValue::Meta(_) => StateKey::Meta,
        StateValue::Account(_) => StateKey::Account(customer()),
        StateValue::Pool(_) => StateKey::Pool(customer(), "p".into()),
        StateValue::Period(cell) => {
            let key = PeriodKey { from: cell.period.from, zone: Zone::parse("UTC").expect("a zone"), currency: sek() };
            StateKey::Period(customer(), "p".into(), key)
        }
        StateValue::Archive(_) => StateKey::Archive(customer(), "p".into()),
        StateValue::Levels(_) => StateKey::Levels(customer(), "p".into()),
        StateValue::Issued(_) => StateKey::Issued(customer()),
        StateValue::Day(_) => StateKey::Day(customer(), "s".into(), NaiveDate::MIN),
        StateValue::Parked(_) => StateKey::Parked(customer(), ParkedKey { time: Instant::MIN, arrival: 0 }),
        StateValue::Person(_) => StateKey::Person(customer(), super::samples::person_key()),
        StateValue::Directory(DirectoryEntry::Party(_)) => StateKey::Directory(DirectoryKey::Party("P".into())),
        StateValue::Directory(DirectoryEntry::System(_)) => StateKey::Directory(DirectoryKey::System("S".into())),
        StateValue::Sequence(_) => StateKey::Sequence("s".to_owned(), 0),
        StateValue::Gaps(_) => StateKey::Gaps("s".to_owned()),
        StateValue::Directory(DirectoryEntry::Certificate(_)) => {
            StateKey::Directory(DirectoryKey::Certificate(super::agreements::certificate_key()))
        }
        StateValue::Directory(DirectoryEntry::Trial(_)) => StateKey::Directory(DirectoryKey::Trial("S".into())),
        StateValue::Directory(DirectoryEntry::Description(_)) => StateKey::Directory(DirectoryKey::Description("S".into())),
        StateValue::Directory(DirectoryEntry::TestId(_)) => StateKey::Directory(DirectoryKey::TestId("T".to_owned())),
        StateValue::Directory(DirectoryEntry::Brake(_)) => StateKey::Directory(DirectoryKey::Brake(BrakeScope::All)),
        StateValue::Directory(DirectoryEntry::Freeze(_)) => StateKey::Directory(DirectoryKey::Freeze("F".into())),
        StateValue::Rate(_) => StateKey::Rate(customer(), "s".into(), RateOf::Use),
        StateValue::Pupil(_) => StateKey::Pupil(customer(), Fingerprint(1)),
        StateValue::SchoolUnit(_) => StateKey::SchoolUnit(customer(), "u".to_owned()),
        StateValue::RosterLoad(_) => StateKey::RosterLoad(customer(), super::rosters::head_key()),
        StateValue::Timer => StateKey::Timer(Instant::MAX, customer()),
        StateValue::Ids(_) => StateKey::IdBlock { day: 0, sequence: 0 },
    }
}

fn chunk() -> impl Strategy<Value = SequenceChunk> {
    let seen = prop_oneof![Just(Seen::All), any::<[u64; 16]>().prop_map(|words| Seen::Some(Box::new(words)))];
    (seen, any::<i32>(), any::<bool>()).prop_map(|(seen, day, repeat_told)| SequenceChunk { seen, day, repeat_told })
}

fn gap() -> impl Strategy<Value = Gap> {
    (any::<[u64; 3]>(), instant()).prop_map(|([first, last, missing], since)| Gap { first, last, missing, since })
}

fn directory_entry() -> impl Strategy<Value = DirectoryEntry> {
    let roles = prop_oneof![Just(vec![Role::Supplier]), Just(Role::ALL.to_vec())];
    let party = (instant(), text(), roles, proptest::option::of(text()), vec(text(), 0..3))
        .prop_map(|(from, name, roles, org_number, emails)| PartyVersion { from, name, roles, org_number, emails });
    let system = (instant(), proptest::option::of(instant()), text(), text(), vec(text(), 0..3))
        .prop_map(|(from, to, name, supplier, sources)| SystemVersion { from, to, name, supplier: PartyId::new(&supplier), sources });
    let parties = vec(party, 0..3).prop_map(|versions| {
        let mut party = Party::default();
        versions.into_iter().for_each(|version| {
            party.put(version);
        });
        DirectoryEntry::Party(party)
    });
    let systems = vec(system, 0..3).prop_map(|versions| {
        let mut system = System::default();
        versions.into_iter().for_each(|version| {
            system.put(version);
        });
        DirectoryEntry::System(system)
    });
    prop_oneof![
        parties,
        systems,
        brake().prop_map(DirectoryEntry::Brake),
        freeze().prop_map(DirectoryEntry::Freeze),
        super::agreements::any_certificate(),
        super::agreements::any_trial()
    ]
}

fn brake_scope() -> impl Strategy<Value = BrakeScope> {
    let service = ".{0,8}".prop_map(|text| BrakeScope::Service(ServiceId::new(&text)));
    prop_oneof![Just(BrakeScope::All), service, ".{0,8}".prop_map(BrakeScope::Source)]
}

fn order(state: Switch) -> impl Strategy<Value = BrakeOrder> {
    (instant(), text(), of(text()), text()).prop_map(move |(at, actor, approver, reason)| BrakeOrder { at, state, actor, approver, reason })
}

fn brake() -> impl Strategy<Value = Brake> {
    let usage = (date(), quantity(), quantity(), of(quantity()), any::<u16>())
        .prop_map(|(day, quantity, limit, largest, history)| BrakeCause::Usage(UsageTrip { day, quantity, limit, largest, history }));
    let rule = (quantity(), quantity(), any::<u16>()).prop_map(|(share, at_least, within)| CullsRule { share, at_least, within });
    let culls = (date(), date(), quantity(), quantity(), rule)
        .prop_map(|(from, to, culled, stored, rule)| BrakeCause::Culls(CullsTrip { from, to, culled, stored, rule }));
    let roster = (text(), text()).prop_map(|(load, detail)| BrakeCause::Roster { load, detail });
    let trip = (instant(), prop_oneof![usage, culls, roster]).prop_map(|(at, cause)| Trip { at, cause });
    (of(order(Switch::On)), of(order(Switch::Off)), of(trip), of(instant())).prop_map(|(on, off, trip, released)| Brake {
        on,
        off,
        trip,
        more: Vec::new(),
        released,
    })
}

fn freeze() -> impl Strategy<Value = Freeze> {
    let order = (instant(), instant(), instant(), any::<bool>(), of(quantity()), text(), text())
        .prop_map(|(at, from, to, withdrawn, expected, actor, reason)| FreezeOrder { at, from, to, withdrawn, expected, actor, reason });
    let catalog = any::<([u8; 32], u64)>().prop_map(|(digest, offset)| PostponedCatalog { digest, offset });
    let stage = select(vec![Stage::Planned, Stage::Begun, Stage::Over]);
    (order, instant(), instant(), stage, of(catalog)).prop_map(|(order, from, to, stage, catalog)| Freeze {
        order,
        from,
        to,
        stage,
        catalog,
    })
}

pub fn lane() -> impl Strategy<Value = (u64, Vec<(String, u64)>)> {
    (any::<u64>(), vec((text(), any::<u64>()), 0..4))
}

pub fn instant() -> impl Strategy<Value = Instant> {
    any::<i64>().prop_map(Instant::from_nanos)
}

pub fn date() -> impl Strategy<Value = NaiveDate> {
    let days = NaiveDate::MIN.to_epoch_days()..=NaiveDate::MAX.to_epoch_days();
    days.prop_map(|days| NaiveDate::from_epoch_days(days).expect("in range"))
}

pub fn parked_key() -> impl Strategy<Value = ParkedKey> {
    // Few times, so that the arrival decides often.
    let time = prop_oneof![instant(), (-2..2_i64).prop_map(Instant::from_nanos)];
    (time, any::<u64>()).prop_map(|(time, arrival)| ParkedKey { time, arrival })
}

fn text() -> impl Strategy<Value = String> {
    ".{0,12}"
}

fn plan() -> impl Strategy<Value = PlanId> {
    text().prop_map(|text| PlanId::new(&text))
}

fn service() -> impl Strategy<Value = ServiceId> {
    text().prop_map(|text| ServiceId::new(&text))
}

fn quantity() -> impl Strategy<Value = Quantity> {
    prop_oneof![any::<i128>().prop_map(Quantity::from_nanos), (0..10_000_i64).prop_map(Quantity::from_units)]
}

fn sek() -> Currency {
    Currency::parse("SEK").expect("a currency")
}

fn currency() -> impl Strategy<Value = Currency> {
    select(Currency::known().filter_map(Currency::parse).collect::<Vec<_>>())
}

fn zone() -> impl Strategy<Value = Zone> {
    select(vec!["Europe/Stockholm", "Europe/Copenhagen", "Europe/Helsinki", "America/Argentina/ComodRivadavia", "UTC"])
        .prop_map(|name| Zone::parse(name).expect("a zone"))
}

fn period_key() -> impl Strategy<Value = PeriodKey> {
    (date(), zone(), currency()).prop_map(|(from, zone, currency)| PeriodKey { from, zone, currency })
}

fn lineage() -> impl Strategy<Value = Lineage> {
    let begun = any::<([u32; 8], u64, u64, u64)>().prop_map(|(state, events, first_offset, last_offset)| Lineage {
        state,
        events,
        first_offset,
        last_offset,
    });
    prop_oneof![Just(Lineage::default()), begun]
}

fn tally() -> impl Strategy<Value = Tally> {
    (quantity(), lineage()).prop_map(|(quantity, lineage)| Tally { quantity, lineage })
}

fn record_ref() -> impl Strategy<Value = Option<RecordRef>> {
    of((any::<u64>(), instant()).prop_map(|(number, issued_at)| RecordRef { number, issued_at }))
}

fn status() -> impl Strategy<Value = PeriodStatus> {
    select(vec![PeriodStatus::Open, PeriodStatus::Held, PeriodStatus::Closed])
}

fn meta() -> impl Strategy<Value = Meta> {
    let in_force = (any::<[u8; 32]>(), instant(), any::<u64>()).prop_map(|(digest, since, offset)| InForce { digest, since, offset });
    let catalogs = (any::<[u8; 32]>(), of(in_force), instant(), of(any::<bool>()));
    (instant(), any::<[u64; 10]>(), any::<(u64, u64, u64)>(), catalogs).prop_map(|(watermark, sums, next, catalogs)| {
        let (catalog_digest, in_force, remembered_since, test_environment) = catalogs;
        let [inputs, counted, duplicate, test, suspended, undecodable, written_off, forwarded, records, notices] = sums;
        let sums = Sums { inputs, counted, duplicate, test, suspended, undecodable, written_off, forwarded, records, notices };
        let (next_parked, next_id_block, next_id_run) = next;
        let braked = next_parked;
        Meta {
            watermark,
            sums,
            next_parked,
            next_id_block,
            next_id_run,
            catalog_digest,
            in_force,
            remembered_since,
            braked,
            test_environment,
        }
    })
}

fn account() -> impl Strategy<Value = Account> {
    let activation = (text(), instant(), of(instant())).prop_map(|(service, from, to)| Activation { service, from, to });
    let kind = select(vec![HeadCountKind::Inhabitants, HeadCountKind::ActivePupils]);
    let head_count =
        (kind, any::<u64>(), date(), of(text())).prop_map(|(kind, count, on, school_form)| HeadCount { kind, count, on, school_form });
    let what = select(vec![TaskKind::Close, TaskKind::Correct, TaskKind::Bundle, TaskKind::Forget, TaskKind::Remind]);
    let task = (instant(), what, plan(), period_key()).prop_map(|(at, what, plan, period)| Task { at, what, plan, period });
    let lists = (vec(version(), 0..3), vec(activation, 0..3), vec(head_count, 0..3), vec(task, 0..4));
    let lists = (lists, vec(decision(), 0..3), vec((service(), date()), 0..3), vec(held(), 0..3));
    let succession = (vec(handover(), 0..3), vec((customer(), instant()), 0..3));
    (lists, any::<u64>(), any::<u64>(), (succession, gates())).prop_map(|(lists, last_number, parked, (succession, gates))| {
        let (handovers, predecessors) = succession;
        let ((versions, activations, head_counts, agenda), decisions, agreements, held) = lists;
        let predecessors = predecessors.into_iter().map(|(customer, from)| Predecessor { customer, from }).collect();
        let lists = Account { versions, activations, agenda, decisions, agreements, held, handovers, predecessors, ..Account::default() };
        let mut account = Account { last_number, parked, gates, ..lists };
        for count in head_counts {
            account.put_head_count(count);
        }
        account
    })
}

fn gates() -> impl Strategy<Value = Gates> {
    let reason = select(Reason::ALL.to_vec());
    let told = vec((any::<i64>(), parked_key()), 0..3);
    let brakes = vec((of(service()), brake()), 0..3).prop_map(Brakes::of);
    let waiting = (vec((reason, any::<u64>()), 0..3), of(parked_key()), of(instant()), told)
        .prop_map(|(by_reason, oldest, due, told)| Waiting { by_reason, oldest, due, told });
    (waiting, agreements::any_gates(), onboarding::any_onboarding(), brakes).prop_map(|(suspense, gates, onboarding, brakes)| Gates {
        suspense,
        brakes,
        onboarding,
        ..gates
    })
}

fn customer() -> impl Strategy<Value = CustomerId> {
    text().prop_map(|text| CustomerId::new(&text))
}

fn handover() -> impl Strategy<Value = Handover> {
    let part = (customer(), quantity()).prop_map(|(customer, pool_share)| SplitPart { customer, pool_share });
    let to = prop_oneof![customer().prop_map(Successors::Survivor), vec(part, 0..3).prop_map(Successors::Parts)];
    (instant(), of(instant()), to, text(), text()).prop_map(|(from, due, to, actor, reason)| Handover { from, due, to, actor, reason })
}

fn decision() -> impl Strategy<Value = Decision> {
    let what = select(vec![Ruling::ChargeAll, Ruling::Waive]);
    (plan(), date(), what, text(), text()).prop_map(|(plan, period_from, what, actor, reason)| Decision {
        plan,
        period_from,
        what,
        actor,
        reason,
    })
}

fn held() -> impl Strategy<Value = Held> {
    let what = select(vec![TaskKind::Close, TaskKind::Correct]);
    (what, plan(), period_key(), instant(), text()).prop_map(|(what, plan, period, since, why)| Held { what, plan, period, since, why })
}

fn level_row() -> impl Strategy<Value = LevelRow> {
    let key = (service(), text(), of(select(vec![Lifecycle::Active, Lifecycle::Archived])));
    let key = key.prop_map(|(service, part, lifecycle)| LevelKey { service, part, lifecycle });
    let level = (key, instant(), quantity()).prop_map(|(key, at, stored)| Level { key, at, stored });
    let about = (date(), status(), any::<bool>(), of((zone(), currency())));
    (about, lineage(), lineage(), vec(level, 0..3)).prop_map(|((measured, status, is_final, issued_in), total, late, levels)| LevelRow {
        measured,
        status,
        is_final,
        issued_in,
        total,
        late,
        levels,
    })
}

fn version() -> impl Strategy<Value = CustomerVersion> {
    let endpoint = of((text(), text()).prop_map(|(scheme, id)| Endpoint { scheme, id }));
    let address = of((of(text()), of(text()), of(text())).prop_map(|(street, city, post_code)| Address { street, city, post_code }));
    let optional = (of(text()), endpoint, address, of(text()), of(any::<u64>()), group(), any::<bool>());
    let references = (of(text()), of(text()), of(text()));
    ((date(), text(), text(), zone(), currency()), optional, references).prop_map(|(required, optional, references)| {
        let (from, name, country, zone, currency) = required;
        let (org_number, endpoint, address, vat_number, inhabitants, group, zero) = optional;
        let (buyer_reference, order_reference, contract) = references;
        CustomerVersion {
            from,
            name,
            country,
            zone,
            currency,
            org_number,
            endpoint,
            address,
            vat_number,
            buyer_reference,
            order_reference,
            contract,
            inhabitants,
            group,
            zero,
        }
    })
}

fn pool() -> impl Strategy<Value = Pool> {
    let month = (any::<i32>(), quantity()).prop_map(|(month, quantity)| MonthOfUse { month, quantity });
    let trailing = (of((date(), date())), vec(month, 0..14)).prop_map(|(span, months)| TrailingUse { span, months });
    let balance = (quantity(), quantity(), any::<u64>(), any::<u64>(), lineage());
    (balance, of(quantity()), trailing, vec(bundle(), 0..3), quantity(), of(sold())).prop_map(
        |((used, covered, bought, noticed, lineage), size, trailing, bundles, credited, last)| Pool {
            used,
            covered,
            bought,
            noticed,
            lineage,
            size,
            trailing,
            bundles,
            credited,
            last,
        },
    )
}

fn sold() -> impl Strategy<Value = Sold> {
    let record = (any::<u64>(), instant()).prop_map(|(number, issued_at)| RecordRef { number, issued_at });
    let terms = (quantity(), decimal(), currency(), (text(), decimal(), exemption()), text(), text());
    (record, terms).prop_map(|(record, (size, amount, currency, (category, rate, exemption), unit, description))| {
        let vat = Vat { category, rate, exemption };
        Sold { record, size, amount, currency, vat, unit, description }
    })
}

fn person() -> impl Strategy<Value = PersonUse> {
    vec((price_key(), quantity()), 0..4).prop_map(PersonUse)
}

pub fn person_key() -> impl Strategy<Value = PersonKey> {
    (plan(), period_key(), service(), any::<u128>()).prop_map(|(plan, period, service, person)| {
        let person = Fingerprint(person);
        PersonKey { plan, period, service, person }
    })
}

fn bundle() -> impl Strategy<Value = Bundle> {
    (period_key(), text(), vec(package(), 0..3)).prop_map(|(day, seller, packages)| Bundle {
        day,
        seller: seller.as_str().into(),
        packages,
    })
}

fn package() -> impl Strategy<Value = BoughtPackage> {
    let decimal = || (any::<u64>(), 0..12_u32).prop_map(|(digits, scale)| Decimal::from_i128_with_scale(i128::from(digits), scale));
    let reason = select(vec![SizeReason::Start, SizeReason::Fits, SizeReason::SizeGone, SizeReason::Frozen]);
    let choice = of((of(quantity()), any::<u32>(), reason).prop_map(|(yearly, target, reason)| SizeChoice { yearly, target, reason }));
    let words = (service(), text(), text(), text(), exemption());
    let numbers = (decimal(), any::<u64>(), quantity(), decimal(), quantity());
    (words, numbers, choice, lineage(), of(consent())).prop_map(
        |((service, description, unit, category, exemption), (rate, ordinal, size, amount, last_unit), choice, lineage, consent)| {
            let vat = Vat { category, rate, exemption };
            BoughtPackage { service, consent, description, unit, vat, ordinal, size, amount, last_unit, choice, lineage }
        },
    )
}

fn cell() -> impl Strategy<Value = PeriodCell> {
    let segment = (service(), price_key(), of(consent()), quantity(), lineage());
    let segment = segment.prop_map(|(service, price, consent, quantity, open)| Segment { service, price, consent, quantity, open });
    let calls = (service(), of(consent()), any::<u64>()).prop_map(|(service, consent, events)| Calls { service, consent, events });
    let issued = (issued_charge(), of(consent())).prop_map(|(mut charge, consent)| {
        charge.key.consent = consent;
        charge
    });
    let lists = (vec(segment, 0..4), of(vec(calls, 0..3)), vec(issued, 0..4));
    (period(), status(), lists, record_ref()).prop_map(|(period, status, (segments, calls, issued), record)| PeriodCell {
        period,
        status,
        segments,
        calls,
        issued,
        record,
    })
}

fn issued_charge() -> impl Strategy<Value = IssuedCharge> {
    let key =
        (of(service()), price_key(), any::<u16>()).prop_map(|(service, price, part)| ChargeKey { service, price, consent: None, part });
    let terms =
        (decimal(), text(), text(), (text(), decimal(), exemption()), period()).prop_map(|(unit_price, unit, description, vat, period)| {
            let (category, rate, exemption) = vat;
            Terms { unit_price, unit, description, vat: Vat { category, rate, exemption }, period }
        });
    (key, terms, quantity()).prop_map(|(key, terms, quantity)| IssuedCharge { key, terms, quantity })
}

fn exemption() -> impl Strategy<Value = Option<Exemption>> {
    of((of(text()), of(text())).prop_map(|(reason, code)| Exemption { reason, code }))
}

fn decimal() -> impl Strategy<Value = Decimal> {
    (any::<i64>(), 0..10_u32).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
}

fn period() -> impl Strategy<Value = Period> {
    (date(), date()).prop_map(|(from, to)| Period { from, to })
}

fn group() -> impl Strategy<Value = Option<GroupId>> {
    of(text().prop_map(|text| GroupId::new(&text)))
}

fn price_key() -> impl Strategy<Value = PriceKey> {
    (date(), group()).prop_map(|(from, group)| PriceKey { from, group })
}

fn row() -> impl Strategy<Value = ArchiveRow> {
    let count = (service(), tally(), tally()).prop_map(|(service, total, late)| ArchiveCount { service, total, late });
    let issued = (zone(), currency(), vec(issued_charge(), 0..3));
    let issued = issued.prop_map(|(zone, currency, charges)| ArchiveIssued { zone, currency, charges });
    (date(), status(), record_ref(), vec(issued, 0..3), vec(count, 0..3))
        .prop_map(|(reference, status, record, issued, services)| ArchiveRow { reference, status, issued, record, services })
}

fn issued() -> impl Strategy<Value = IssuedRecord> {
    let kind = prop_oneof![Just(RecordKind::Annual), Just(RecordKind::Periodic), Just(RecordKind::Quarterly)];
    let reference = (any::<u64>(), instant()).prop_map(|(number, issued_at)| RecordRef { number, issued_at });
    (service(), currency(), kind, period(), zone(), any::<bool>(), of(date()), reference).prop_map(
        |(seller, currency, kind, period, zone, outside_vat, due_date, reference)| {
            let seller = seller.as_str().into();
            IssuedRecord { seller, currency, kind, period, zone, outside_vat, due_date, reference }
        },
    )
}

fn consent() -> impl Strategy<Value = Consent> {
    (text(), text()).prop_map(|(agreement, system)| Consent::new(agreement.as_str().into(), system.as_str().into()))
}

fn day() -> impl Strategy<Value = DayWindow> {
    let part = (consent(), any::<u64>(), quantity()).prop_map(|(consent, events, billed)| ConsentUse { consent, events, billed });
    let test = (of(text()), any::<u64>(), quantity()).prop_map(|(system, events, quantity)| TestUse {
        system: system.map(|system| system.as_str().into()),
        events,
        quantity,
    });
    (vec(hour(), 0..26), vec(part, 0..3), vec(test, 0..3)).prop_map(|(hours, consents, tests)| DayWindow { hours, consents, tests })
}

fn hour() -> impl Strategy<Value = HourWindow> {
    (any::<u8>(), any::<u64>(), quantity(), quantity()).prop_map(|(hour, events, quantity, billed)| HourWindow {
        hour,
        events,
        quantity,
        billed,
    })
}

fn parked() -> impl Strategy<Value = ParkedEvent> {
    let reason = select(vec![
        Reason::UnknownService,
        Reason::UnknownCustomer,
        Reason::NotActivated,
        Reason::NoPrice,
        Reason::IncompleteCustomer,
        Reason::NotOnboarded,
        Reason::Braked,
    ]);
    let origin = (text(), any::<u32>(), any::<u64>()).prop_map(|(topic, partition, offset)| Origin { topic, partition, offset });
    (reason, event(), any::<u128>(), instant(), origin, original()).prop_map(|(reason, event, fingerprint, log_time, origin, original)| {
        ParkedEvent { reason, event, fingerprint: Fingerprint(fingerprint), log_time, origin, original }
    })
}

fn original() -> impl Strategy<Value = Original> {
    let bytes = || vec(any::<u8>(), 0..300);
    let sealed = (any::<u32>(), of(any::<[u8; 16]>()), of(bytes()));
    prop_oneof![
        bytes().prop_map(Original::Clear),
        Just(Original::Redacted),
        sealed.prop_map(|(version, person, value)| Original::Sealed(Sealed { version, person, value })),
    ]
}

fn reported<T: std::fmt::Debug>(given: impl Strategy<Value = T>) -> impl Strategy<Value = Reported<T>> {
    (0..3_u8, given).prop_map(|(which, given)| match which {
        0 => Reported::Absent,
        1 => Reported::Given(given),
        _ => Reported::Unreadable,
    })
}

fn event() -> impl Strategy<Value = OwnedUsage> {
    let own = |text: String| Cow::Owned(text);
    let environment = select(vec![Environment::Production, Environment::Test, Environment::Unsaid, Environment::Unknown]);
    let names = (text(), text(), text(), text());
    let options = (of(instant()), of(text()), reported(quantity()), of(text()), of(text()), of(text()));
    let more = (reported(any::<u64>()), of(text()), of(text()), of(text()), of(text()), of(text()), of(text()));
    let certificate = of((text(), text()));
    let all = (names, instant(), options, environment, more, certificate);
    all.prop_map(move |((source, id, kind, subject), time, options, environment, more, certificate)| {
        let (characters, encoding, person, part, retracts, unit, lifecycle) = more;
        let (recorded, sequence, quantity, outcome, created, action) = options;
        UsageEvent {
            source: own(source),
            id: own(id),
            kind: own(kind),
            subject: own(subject),
            time,
            recorded,
            sequence: sequence.map(own),
            quantity,
            characters,
            encoding: encoding.map(own),
            outcome: outcome.map(own),
            environment,
            created: created.map(own),
            action: action.map(own),
            person: person.map(own),
            part: part.map(own),
            retracts: retracts.map(own),
            unit: unit.map(own),
            lifecycle: lifecycle.map(own),
            certificate: certificate.map(|(issuer, serial)| CertificateRef { issuer: own(issuer), serial: own(serial) }),
            personal: None,
        }
    })
}
