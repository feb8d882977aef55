//! A load that is complete is looked at, then it acts, waits, or is thrown away: chunk by chunk.

use chrono::NaiveDate;

use crate::domain::instant::Instant;
use crate::domain::notice::NoticeKind;
use crate::domain::roster::{Counted, FullLoad, Load, LoadFigures, LoadKey, LoadMode, LoadPiece, LoadStage, PupilEntry};
use crate::domain::state::StateKey;
use crate::engine::customer::Customer;
use crate::engine::input::{Step, Want};
use crate::engine::issue::Outbox;

use super::entry::{self, Telling};
use super::stage::{head, put_head};
use super::{brake, change, merged, quality, sweep};

/// Goes on with a load as far as it can. Between two chunks it may be committed.
///
/// `said`: when the event was told that moves it.
pub fn proceed(
    customer: &mut Customer,
    id: &str,
    said: Instant,
    watermark: Instant,
    today: NaiveDate,
    outbox: &mut Outbox<'_>,
) -> Step<()> {
    let load = match head(customer, id) {
        Ok(Some(load)) => load,
        Ok(None) => return Step::Done(()),
        Err(want) => return Step::Missing(vec![want]),
    };
    let before = load.stage.clone();
    match (Moving { id, said, watermark, today }).step(customer, load, outbox) {
        Step::Done(stage) if stage == before || stage.rests() => Step::Done(()),
        // Nothing is wanted: it is only a place to commit at.
        Step::Done(_) => Step::Missing(Vec::new()),
        Step::Missing(wants) => Step::Missing(wants),
    }
}

/// A load under way.
struct Moving<'a> {
    id: &'a str,
    said: Instant,
    watermark: Instant,
    today: NaiveDate,
}

impl Moving<'_> {
    /// One step; the stage that it leads to.
    fn step(&self, customer: &mut Customer, load: Load, outbox: &mut Outbox<'_>) -> Step<LoadStage> {
        let is_discarded = load.decision.as_ref().is_some_and(|decision| !decision.release);
        match load.stage.clone() {
            over @ (LoadStage::Done | LoadStage::Discarded) => Step::Done(over),
            _ if is_discarded => Step::Done(self.end(customer, load, LoadStage::Discarded, outbox)),
            LoadStage::Checking { next } if next <= load.of => self.check(customer, load, next),
            LoadStage::Checking { .. } => Step::Done(self.judge(customer, load, outbox)),
            LoadStage::Waiting { .. } if load.decision.is_some() => Step::Done(self.to(customer, load, LoadStage::Applying { next: 1 })),
            resting @ (LoadStage::Staging | LoadStage::Waiting { .. }) => Step::Done(resting),
            LoadStage::Applying { next } if next <= load.of => self.apply(customer, load, next),
            LoadStage::Applying { .. } => self.finish(customer, load, outbox),
            LoadStage::Sweeping { after } => match sweep::sweep(customer, after) {
                Step::Done(None) => Step::Done(self.end(customer, load, LoadStage::Done, outbox)),
                Step::Done(next) => Step::Done(self.to(customer, load, LoadStage::Sweeping { after: next })),
                Step::Missing(wants) => Step::Missing(wants),
            },
        }
    }

    fn to(&self, customer: &mut Customer, load: Load, stage: LoadStage) -> LoadStage {
        put_head(customer, self.id, Load { stage: stage.clone(), touched: self.watermark, ..load });
        stage
    }

    /// It is over: its chunks are let go, and the brakes that it tripped.
    fn end(&self, customer: &mut Customer, load: Load, stage: LoadStage, outbox: &mut Outbox<'_>) -> LoadStage {
        for part in &load.received {
            customer.roster.put_load(LoadKey { load: self.id.to_owned(), part: *part }, None);
        }
        if let Some(decision) = &load.decision {
            brake::end(customer, decision, self.said, self.watermark, outbox);
        }
        if stage == LoadStage::Done {
            merged::copy_all(customer);
        }
        let over = Load { received: Vec::new(), classes: Vec::new(), ..load };
        self.to(customer, over, stage)
    }

    fn chunk(&self, customer: &Customer, part: u32) -> Result<Vec<PupilEntry>, Want> {
        let key = LoadKey { load: self.id.to_owned(), part };
        match customer.roster.load(&key) {
            Some(LoadPiece::Chunk(entries)) => Ok(entries.clone()),
            _ if customer.is_new || customer.roster.loads.contains_key(&key) => Ok(Vec::new()),
            _ => Err(Want::State(StateKey::RosterLoad(customer.id.clone(), key))),
        }
    }

    /// Counts what a chunk would change on the load's day, and what is wrong with it.
    fn check(&self, customer: &mut Customer, mut load: Load, next: u32) -> Step<LoadStage> {
        let entries = match self.chunk(customer, next) {
            Ok(entries) => entries,
            Err(want) => return Step::Missing(vec![want]),
        };
        let wants = entry::missing(customer, &entries);
        if !wants.is_empty() {
            return Step::Missing(wants);
        }
        if next == 1 {
            let before = customer.account.gates.roster.as_ref().map_or(0, |roster| roster.own_on(load.day, None, Counted::Once));
            load.figures = LoadFigures { before, ..LoadFigures::default() };
        }
        for entry in &entries {
            weigh(customer, entry, &mut load);
        }
        quality::check(customer, &entries, &mut load, self.today);
        Step::Done(self.to(customer, load, LoadStage::Checking { next: next + 1 }))
    }

    /// May it act? Else it waits, and that is told.
    fn judge(&self, customer: &mut Customer, mut load: Load, outbox: &mut Outbox<'_>) -> LoadStage {
        if load.mode == LoadMode::Full {
            load.figures.removed += load.figures.before.saturating_sub(load.figures.named);
        }
        let is_released = load.decision.is_some();
        let Some(why) = load.figures.why_not(&outbox.catalog.roster).filter(|_| !is_released) else {
            return self.to(customer, load, LoadStage::Applying { next: 1 });
        };
        let (source, mode, figures) = (load.source.clone(), load.mode, load.figures);
        let kind = NoticeKind::LoadStopped { load: self.id.to_owned(), source, mode, figures, why: why.clone() };
        outbox.notice(customer, self.watermark, kind);
        brake::trip(customer, self.id, &why, self.watermark, outbox);
        self.to(customer, load, LoadStage::Waiting { why })
    }

    fn apply(&self, customer: &mut Customer, load: Load, next: u32) -> Step<LoadStage> {
        let entries = match self.chunk(customer, next) {
            Ok(entries) => entries,
            Err(want) => return Step::Missing(vec![want]),
        };
        let telling = Telling { at: load.as_of, day: load.day, source: &load.source, today: self.today, in_load: true };
        match entry::take_in(customer, &entries, &telling) {
            Step::Done(()) => Step::Done(self.to(customer, load, LoadStage::Applying { next: next + 1 })),
            Step::Missing(wants) => Step::Missing(wants),
        }
    }

    /// All chunks are taken in: whom a full load does not name is gone.
    fn finish(&self, customer: &mut Customer, load: Load, outbox: &mut Outbox<'_>) -> Step<LoadStage> {
        if load.mode == LoadMode::Delta {
            return Step::Done(self.end(customer, load, LoadStage::Done, outbox));
        }
        let roster = change(customer);
        roster.begin(load.day);
        roster.put_full_load(FullLoad { at: load.as_of, day: load.day });
        match sweep::resident(customer) {
            Step::Done(()) if customer.is_new => Step::Done(self.end(customer, load, LoadStage::Done, outbox)),
            Step::Done(()) => Step::Done(self.to(customer, load, LoadStage::Sweeping { after: None })),
            Step::Missing(wants) => Step::Missing(wants),
        }
    }
}

/// Is the child active on the load's day, before and after this entry?
fn weigh(customer: &Customer, entry: &PupilEntry, load: &mut Load) {
    let Ok(root) = entry::root(customer, entry.pupil) else { return };
    let full_loads = customer.account.gates.roster.as_ref().map_or(&[][..], |roster| &roster.full_loads);
    let mut pupil = customer.roster.pupil(root).cloned().unwrap_or_default();
    let before = pupil.is_active(load.day);
    pupil.put(entry.pupil, load.as_of, load.day, &entry.statement, full_loads);
    let after = pupil.is_active(load.day);
    let figures = &mut load.figures;
    figures.named += u64::from(before);
    figures.added += u64::from(after && !before);
    figures.removed += u64::from(before && !after);
}
