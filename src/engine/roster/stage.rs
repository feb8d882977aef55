//! Loads wait until all their chunks are there; people decide about those that are held back.

use crate::domain::instant::Instant;
use crate::domain::notice::NoticeKind;
use crate::domain::roster::{Load, LoadChunk, LoadDecision, LoadFigures, LoadKey, LoadMode, LoadPiece, LoadStage};
use crate::domain::state::StateKey;
use crate::engine::customer::Customer;
use crate::engine::input::{Step, Want};
use crate::engine::issue::Outbox;

/// The head of a load; none: it is not in memory.
pub fn head(customer: &Customer, load: &str) -> Result<Option<Load>, Want> {
    let key = LoadKey { load: load.to_owned(), part: 0 };
    if !customer.is_new && !customer.roster.loads.contains_key(&key) {
        return Err(Want::State(StateKey::RosterLoad(customer.id.clone(), key)));
    }
    match customer.roster.load(&key) {
        Some(LoadPiece::Head(load)) => Ok(Some((**load).clone())),
        _ => Ok(None),
    }
}

pub fn put_head(customer: &mut Customer, id: &str, load: Load) {
    customer.roster.put_load(LoadKey { load: id.to_owned(), part: 0 }, Some(LoadPiece::Head(Box::new(load))));
}

/// Keeps a chunk. One that is known, or of a load that is over, changes nothing.
///
/// # Errors
/// It contradicts the chunks before it.
pub fn stage(customer: &mut Customer, source: &str, chunk: &LoadChunk, watermark: Instant) -> Result<Step<()>, String> {
    let known = match head(customer, &chunk.load) {
        Ok(known) => known,
        Err(want) => return Ok(Step::Missing(vec![want])),
    };
    let begin = |decision| Load {
        mode: chunk.mode,
        of: chunk.of,
        as_of: chunk.as_of,
        day: chunk.day,
        source: source.to_owned(),
        received: Vec::new(),
        stage: LoadStage::Staging,
        figures: LoadFigures::default(),
        decision,
        touched: watermark,
        classes: Vec::new(),
    };
    let mut load = match known {
        Some(load) if load.of > 0 || load.stage != LoadStage::Staging => load,
        Some(decided) => begin(decided.decision),
        None => begin(None),
    };
    if load.stage != LoadStage::Staging {
        return Ok(Step::Done(()));
    }
    if (load.mode, load.of, load.as_of, load.day) != (chunk.mode, chunk.of, chunk.as_of, chunk.day) {
        let (load, known) = (&chunk.load, load.of);
        return Err(format!(
            "load `{load}` has {known} chunks by what came before, and `data.of`, `mode`, `as_of` and `on` are the same in all"
        ));
    }
    let Err(place) = load.received.binary_search(&chunk.chunk) else { return Ok(Step::Done(())) };
    load.received.insert(place, chunk.chunk);
    load.touched = watermark;
    if u32::try_from(load.received.len()) == Ok(load.of) {
        load.stage = LoadStage::Checking { next: 1 };
    }
    let key = LoadKey { load: chunk.load.clone(), part: chunk.chunk };
    customer.roster.put_load(key, Some(LoadPiece::Chunk(chunk.entries.clone())));
    put_head(customer, &chunk.load, load);
    Ok(Step::Done(()))
}

/// Keeps a decision. One about a load that is not known yet takes effect when that is complete.
///
/// # Errors
/// The load is over, or somebody decided otherwise.
pub fn decide(customer: &mut Customer, decision: &LoadDecision, watermark: Instant, outbox: &mut Outbox<'_>) -> Result<Step<()>, String> {
    let known = match head(customer, &decision.load) {
        Ok(known) => known,
        Err(want) => return Ok(Step::Missing(vec![want])),
    };
    let mut load = known.unwrap_or_else(|| only_decided(watermark));
    let id = &decision.load;
    match (&load.decision, &load.stage) {
        (Some(before), _) if before == decision => return Ok(Step::Done(())),
        (Some(before), _) => {
            return Err(format!("load `{id}` was decided before: {} by {}; that stands", before.as_str(), before.actor));
        }
        (None, LoadStage::Applying { .. } | LoadStage::Sweeping { .. } | LoadStage::Done) => {
            return Err(format!("load `{id}` has acted already; to take it back, send a load of the state before"));
        }
        (None, _) => {}
    }
    load.decision = Some(decision.clone());
    load.touched = watermark;
    put_head(customer, id, load);
    outbox.notice(customer, watermark, NoticeKind::LoadDecided { decision: decision.clone() });
    Ok(Step::Done(()))
}

fn only_decided(watermark: Instant) -> Load {
    Load {
        mode: LoadMode::Delta,
        of: 0,
        as_of: watermark,
        day: watermark.to_utc().date_naive(),
        source: String::new(),
        received: Vec::new(),
        stage: LoadStage::Staging,
        figures: LoadFigures::default(),
        decision: None,
        touched: watermark,
        classes: Vec::new(),
    }
}
