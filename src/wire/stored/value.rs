//! The values of the store: one leading version byte, then bincode of a stored type of its own
//! (`account`, `tally`, …), never of a domain type. Ids are packed fingerprints instead.

mod account;
mod archive;
mod brake;
mod bundle;
mod code;
mod consent;
mod directory;
mod format;
mod freeze;
mod gates;
mod ids;
mod issued;
mod levels;
mod meta;
mod parked;
mod period;
mod person;
mod plain;
mod pool;
mod positions;
mod rate;
mod register;
mod roster;
mod sequence;
mod succession;
mod tally;
mod test_id;
mod trial;
mod vat;
mod window;

pub use positions::{LanePosition, decode_positions, encode_positions};

use super::StoredError;
use super::key::Kind;
use crate::domain::state::{StateKey, StateRef, StateValue};
use account::{StoredAccount, StoredAccountV1, StoredAccountV2, StoredAccountV3};
use archive::StoredLedger;
use directory::StoredEntry;
use format::Fault;
use levels::StoredLevels;
use meta::{StoredMeta, StoredMetaV1, StoredMetaV2, StoredMetaV3};
use parked::{StoredParked, StoredParkedV1, StoredParkedV2};
use period::{StoredCell, StoredCellV2};
use person::StoredPerson;
use pool::StoredPool;
use rate::StoredRate;
use register::StoredRegister;
use roster::{StoredCounts, StoredPiece, StoredPupil, StoredPupilV1};
use sequence::{StoredChunk, StoredGaps};
use window::StoredDay;

/// The newest version of each value. A layout that changes counts its own number up; the reader
/// of the older one stays. (A receipt belongs to the sink, which gets it back as it gave it.)
const fn newest_version(kind: Kind) -> u8 {
    match kind {
        Kind::Positions
        | Kind::Receipt
        | Kind::Levels
        | Kind::Person
        | Kind::Sequence
        | Kind::Gaps
        | Kind::Directory
        | Kind::Rate
        | Kind::RosterLoad
        | Kind::Timer
        | Kind::IdBlock
        | Kind::IdRun => 1,
        Kind::Archive | Kind::Pupil => 2,
        Kind::Day | Kind::Issued | Kind::Pool | Kind::Period | Kind::Parked => 3,
        Kind::Account | Kind::Meta => 4,
    }
}

/// The oldest version of each value that can still be read. What a period or reference date had issued
/// was not kept by its terms before, and cannot be told from what was.
const fn oldest_version(kind: Kind) -> u8 {
    match kind {
        Kind::Period | Kind::Archive => 2,
        Kind::Issued => 3,
        _ => 1,
    }
}

/// The bytes of a piece of state.
#[must_use]
pub fn encode(value: StateRef<'_>) -> Vec<u8> {
    match value {
        StateRef::Meta(meta) => format::write(newest_version(Kind::Meta), &StoredMeta::of(meta)),
        StateRef::Account(account) => format::write(newest_version(Kind::Account), &StoredAccount::of(account)),
        StateRef::Pool(pool) => format::write(newest_version(Kind::Pool), &StoredPool::of(pool)),
        StateRef::Period(cell) => format::write(newest_version(Kind::Period), &StoredCell::of(cell)),
        StateRef::Archive(ledger) => format::write(newest_version(Kind::Archive), &StoredLedger::of(ledger)),
        StateRef::Levels(ledger) => format::write(newest_version(Kind::Levels), &StoredLevels::of(ledger)),
        StateRef::Issued(records) => format::write(newest_version(Kind::Issued), &StoredRegister::of(records)),
        StateRef::Day(day) => format::write(newest_version(Kind::Day), &StoredDay::of(day)),
        StateRef::Parked(parked) => format::write(newest_version(Kind::Parked), &StoredParked::of(parked)),
        StateRef::Person(person) => format::write(newest_version(Kind::Person), &StoredPerson::of(person)),
        StateRef::Directory(entry) => format::write(newest_version(Kind::Directory), &StoredEntry::of(entry)),
        StateRef::Sequence(chunk) => format::write(newest_version(Kind::Sequence), &StoredChunk::of(chunk)),
        StateRef::Gaps(gaps) => format::write(newest_version(Kind::Gaps), &StoredGaps::of(gaps)),
        StateRef::Rate(rate) => format::write(newest_version(Kind::Rate), &StoredRate::of(rate)),
        StateRef::Pupil(pupil) => format::write(newest_version(Kind::Pupil), &StoredPupil::of(pupil)),
        StateRef::SchoolUnit(counts) => format::write(newest_version(Kind::Pupil), &StoredCounts::of(counts)),
        StateRef::RosterLoad(piece) => format::write(newest_version(Kind::RosterLoad), &StoredPiece::of(piece)),
        StateRef::Timer => vec![newest_version(Kind::Timer)],
        StateRef::Ids(fingerprints) => ids::pack(newest_version(Kind::IdBlock), fingerprints),
    }
}

/// The piece of state that a key names.
///
/// # Errors
/// A newer program wrote it, or the bytes are damaged.
pub fn decode(key: &StateKey, bytes: &[u8]) -> Result<StateValue, StoredError> {
    let (version, body) = body_of(kind_of(key), bytes, || format!("{key:?}"))?;
    read(key, version, body).map_err(|Fault(why)| StoredError::Corrupt { place: format!("the stored value of {key:?}"), why })
}

fn read(key: &StateKey, version: u8, body: &[u8]) -> Result<StateValue, Fault> {
    match key {
        StateKey::Meta if version == 1 => Ok(StateValue::Meta(format::read::<StoredMetaV1>(body)?.into_domain())),
        StateKey::Meta if version == 2 => Ok(StateValue::Meta(format::read::<StoredMetaV2>(body)?.into_domain())),
        StateKey::Meta if version == 3 => Ok(StateValue::Meta(format::read::<StoredMetaV3>(body)?.into_domain())),
        StateKey::Meta => Ok(StateValue::Meta(format::read::<StoredMeta>(body)?.into_domain())),
        StateKey::Account(_) if version == 1 => format::read::<StoredAccountV1<'_>>(body)?.into_domain().map(StateValue::Account),
        StateKey::Account(_) if version == 2 => format::read::<StoredAccountV2<'_>>(body)?.into_domain().map(StateValue::Account),
        StateKey::Account(_) if version == 3 => format::read::<StoredAccountV3<'_>>(body)?.into_domain().map(StateValue::Account),
        StateKey::Account(_) => format::read::<StoredAccount<'_>>(body)?.into_domain().map(StateValue::Account),
        StateKey::Pool(..) => pool::read(version, body).map(StateValue::Pool),
        StateKey::Period(..) if version == 2 => format::read::<StoredCellV2<'_>>(body)?.into_domain().map(StateValue::Period),
        StateKey::Period(..) => format::read::<StoredCell<'_>>(body)?.into_domain().map(StateValue::Period),
        StateKey::Archive(..) => format::read::<StoredLedger<'_>>(body)?.into_domain().map(StateValue::Archive),
        StateKey::Levels(..) => format::read::<StoredLevels<'_>>(body)?.into_domain().map(StateValue::Levels),
        StateKey::Issued(_) => format::read::<StoredRegister<'_>>(body)?.into_domain().map(StateValue::Issued),
        StateKey::Day(..) => window::read(version, body).map(StateValue::Day),
        StateKey::Parked(..) if version == 1 => format::read::<StoredParkedV1<'_>>(body)?.into_domain().map(StateValue::Parked),
        StateKey::Parked(..) if version == 2 => format::read::<StoredParkedV2<'_>>(body)?.into_domain().map(StateValue::Parked),
        StateKey::Parked(..) => format::read::<StoredParked<'_>>(body)?.into_domain().map(StateValue::Parked),
        StateKey::Person(..) => format::read::<StoredPerson<'_>>(body)?.into_domain().map(StateValue::Person),
        StateKey::Directory(key) => format::read::<StoredEntry<'_>>(body)?.into_domain(key).map(StateValue::Directory),
        StateKey::Sequence(..) => Ok(StateValue::Sequence(format::read::<StoredChunk>(body)?.into_domain())),
        StateKey::Gaps(_) => Ok(StateValue::Gaps(format::read::<StoredGaps>(body)?.into_domain())),
        StateKey::Rate(..) => format::read::<StoredRate>(body)?.into_domain().map(StateValue::Rate),
        StateKey::Pupil(..) if version == 1 => format::read::<StoredPupilV1<'_>>(body)?.into_domain().map(StateValue::Pupil),
        StateKey::Pupil(..) => format::read::<StoredPupil<'_>>(body)?.into_domain().map(StateValue::Pupil),
        StateKey::SchoolUnit(..) => format::read::<StoredCounts<'_>>(body)?.into_domain().map(StateValue::SchoolUnit),
        StateKey::RosterLoad(..) => format::read::<StoredPiece<'_>>(body)?.into_domain().map(StateValue::RosterLoad),
        StateKey::Timer(..) => format::read::<()>(body).map(|()| StateValue::Timer),
        StateKey::IdBlock { .. } | StateKey::IdRun { .. } => ids::unpack(body).map(StateValue::Ids),
    }
}

fn kind_of(key: &StateKey) -> Kind {
    match key {
        StateKey::Meta => Kind::Meta,
        StateKey::Account(_) => Kind::Account,
        StateKey::Pool(..) => Kind::Pool,
        StateKey::Period(..) => Kind::Period,
        StateKey::Archive(..) => Kind::Archive,
        StateKey::Levels(..) => Kind::Levels,
        StateKey::Issued(_) => Kind::Issued,
        StateKey::Day(..) => Kind::Day,
        StateKey::Parked(..) => Kind::Parked,
        StateKey::Person(..) => Kind::Person,
        StateKey::Directory(_) => Kind::Directory,
        StateKey::Sequence(..) => Kind::Sequence,
        StateKey::Gaps(_) => Kind::Gaps,
        StateKey::Rate(..) => Kind::Rate,
        StateKey::Pupil(..) | StateKey::SchoolUnit(..) => Kind::Pupil,
        StateKey::RosterLoad(..) => Kind::RosterLoad,
        StateKey::Timer(..) => Kind::Timer,
        StateKey::IdBlock { .. } => Kind::IdBlock,
        StateKey::IdRun { .. } => Kind::IdRun,
    }
}

/// The version byte and what follows it, if the version is one that we can read.
fn body_of(kind: Kind, bytes: &[u8], place: impl Fn() -> String) -> Result<(u8, &[u8]), StoredError> {
    let corrupt = |why: &str| StoredError::Corrupt { place: format!("the stored value of {}", place()), why: why.to_owned() };
    let (oldest, known) = (oldest_version(kind), newest_version(kind));
    match bytes.split_first() {
        None => Err(corrupt("it is empty")),
        Some((0, _)) => Err(corrupt("its version is 0, which was never written")),
        Some((&found, _)) if found > known => Err(StoredError::Newer { place: place(), found, known }),
        Some((&found, _)) if found < oldest => Err(StoredError::Older { place: place(), found, oldest }),
        Some((&version, body)) => Ok((version, body)),
    }
}
