//! The clock moves on: what falls due is done, instant by instant; freeze windows put it off (REQUIREMENTS E7).

use std::sync::Arc;

use crate::domain::directory::{DirectoryKey, FreezeOrder, PostponedCatalog, Stage, Turn};
use crate::domain::instant::Instant;
use crate::domain::names::{CustomerId, FreezeId};
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::state::StateKey;
use crate::domain::verdict::Reason;

use super::ageing;
use super::close;
use super::customers::Customers;
use super::gates;
use super::input::{Effect, EngineError, Input, Step, Want};
use super::issue::Outbox;
use super::partition::Engine;

/// What is to be done next.
enum Due {
    /// A freeze window begins or ends.
    Freeze(Instant, Turn, FreezeId),
    Customer(Instant, CustomerId),
}

impl Due {
    fn at(&self) -> Instant {
        match self {
            Self::Freeze(at, ..) | Self::Customer(at, _) => *at,
        }
    }
}

impl Engine {
    /// Moves the watermark and closes what is due, instant by instant, customer by customer.
    /// What was closed before a `Missing` stays closed.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn advance(&mut self, watermark: Instant) -> Result<Step<()>, EngineError> {
        ready!(self.settle()?);
        while let Some(due) = self.due(watermark) {
            self.tell_gaps(due.at());
            match due {
                Due::Freeze(at, turn, id) => ready!(self.turn(at, turn, &id)?),
                Due::Customer(at, id) => ready!(self.close_due(at, &id)?),
            }
        }
        self.tell_gaps(watermark);
        self.meta.watermark = self.meta.watermark.max(watermark);
        self.forget_sequences();
        Ok(Step::Done(()))
    }

    /// A window's turns come before what is closed at the same instant, but for the catalog that was told in it.
    fn due(&self, watermark: Instant) -> Option<Due> {
        let freezes = self.world.directory.freezes();
        let turn = freezes.next().filter(|(at, ..)| *at <= watermark);
        let timer = self.timers.due(watermark).map(|(at, id)| (freezes.thawed(at), id)).filter(|(at, _)| *at <= watermark);
        match (turn, timer) {
            (Some((at, turn, id)), timer) if timer.as_ref().is_none_or(|(due, _)| (*at, *turn == Turn::Catalog) <= (*due, false)) => {
                Some(Due::Freeze(*at, *turn, id.clone()))
            }
            (_, timer) => timer.map(|(at, id)| Due::Customer(at, id)),
        }
    }

    fn close_due(&mut self, at: Instant, id: &CustomerId) -> Result<Step<()>, EngineError> {
        let mut outbox = Outbox { effects: &mut self.effects, sums: &mut self.meta.sums, catalog: &self.world.catalog };
        let Some((customer, changed)) = self.customers.get_with_list(id.as_str()) else {
            return Ok(Step::Missing(vec![Want::State(StateKey::Account(id.clone()))]));
        };
        if customer.account.gates.suspense.due.is_some_and(|due| due <= at) {
            self.meta.watermark = self.meta.watermark.max(at);
            ageing::tell(customer, at, &mut outbox);
            Customers::list(changed, customer);
            self.timers.follow(customer);
            return Ok(Step::Done(()));
        }
        let wants = close::missing(customer, at, &outbox);
        if !wants.is_empty() {
            return Ok(Step::Missing(wants));
        }
        self.meta.watermark = self.meta.watermark.max(at);
        if customer.account.handover_due().is_some_and(|due| due <= at) {
            return self.hand_over(id, at);
        }
        gates::told::expire(customer, at, &self.world.directory, &mut outbox);
        close::close(customer, at, &self.world.directory, &mut outbox);
        Customers::list(changed, customer);
        self.timers.follow(customer);
        Ok(Step::Done(()))
    }

    fn turn(&mut self, at: Instant, turn: Turn, id: &FreezeId) -> Result<Step<()>, EngineError> {
        self.meta.watermark = self.meta.watermark.max(at);
        if turn == Turn::Catalog {
            let told = self.world.directory.freeze(id).and_then(|freeze| freeze.catalog);
            let later = self.world.directory.freezes().last_at(at).cloned();
            match (told, later) {
                (Some(told), Some(later)) => self.postpone(&later, told),
                (Some(PostponedCatalog { digest, offset }), None) => ready!(self.put_in_force(digest, offset)?),
                (None, _) => {}
            }
            self.change_freeze(id, Stage::Over, None);
            return Ok(Step::Done(()));
        }
        let Some(mut freeze) = self.world.directory.freeze(id).cloned().map(Box::new) else { return Ok(Step::Done(())) };
        let (id, partition, catalog) = (id.clone(), self.partition, freeze.catalog);
        let (stage, kind) = match turn {
            Turn::Begins => (Stage::Begun, NoticeKind::FreezeBegan { id: id.clone(), freeze, partition }),
            _ => {
                let is_last = self.world.directory.freezes().thawed(at) == at;
                let customers = if is_last { self.timers.before(at) } else { 0 };
                freeze.catalog = catalog.filter(|_| is_last);
                (Stage::Over, NoticeKind::FreezeEnded { id: id.clone(), customers, freeze, partition })
            }
        };
        self.change_freeze(&id, stage, catalog);
        self.tell(at, kind);
        Ok(Step::Done(()))
    }

    /// Another window follows on the one in which a catalog was told, or did not when it was told. Of two catalogs the later
    /// one stays.
    fn postpone(&mut self, id: &FreezeId, told: PostponedCatalog) {
        let Some(freeze) = self.world.directory.freeze(id) else { return };
        if freeze.catalog.is_none_or(|known| known.offset < told.offset) {
            self.change_freeze(id, freeze.stage, Some(told));
        }
    }

    fn change_freeze(&mut self, id: &FreezeId, stage: Stage, catalog: Option<PostponedCatalog>) {
        Arc::make_mut(&mut self.world).directory.change_freeze(id, |freeze| {
            (freeze.stage, freeze.catalog) = (stage, catalog);
            true
        });
        self.directory_changes.insert(DirectoryKey::Freeze(id.clone()));
    }

    pub(super) fn fold_freeze(&mut self, id: &FreezeId, order: &FreezeOrder) {
        let watermark = self.meta.watermark;
        if Arc::make_mut(&mut self.world).directory.order_freeze(id, order, watermark) {
            self.directory_changes.insert(DirectoryKey::Freeze(id.clone()));
        }
        // A window that was to follow on the one that is on, and to put a catalog in force at its end, may follow no more.
        let ahead = self.world.directory.freeze(id).filter(|freeze| freeze.stage != Stage::Begun);
        let told = ahead.and_then(|freeze| Some((freeze.stage, freeze.catalog?)));
        let last = self.world.directory.freezes().last_at(watermark).filter(|last| *last != id).cloned();
        if let (Some((stage, told)), Some(last)) = (told, last) {
            self.change_freeze(id, stage, None);
            self.postpone(&last, told);
        }
    }

    /// `tally.catalog.v1`: at once, or at the end of the freeze window in which it is told.
    /// One of the other environment is refused: a log is of one environment for good (REQUIREMENTS P4).
    pub(super) fn change_catalog(&mut self, input: &Input<'_>, digest: [u8; 32]) -> Result<Step<()>, EngineError> {
        let Some(next) = self.known(digest) else { return Ok(Step::Missing(vec![Want::Catalog(digest)])) };
        if next.test_environment != self.world.catalog.test_environment {
            let detail = format!("the catalog {} is of the other environment than this log: see its key `environment`", next.version);
            self.refuse_control(input, Reason::BadData, &detail);
            return Ok(Step::Done(()));
        }
        let offset = input.offset;
        let Some(id) = self.world.directory.freezes().last_at(self.meta.watermark).cloned() else {
            return self.put_in_force(digest, offset);
        };
        self.postpone(&id, PostponedCatalog { digest, offset });
        Ok(Step::Done(()))
    }

    /// A notice that is about no customer.
    pub(super) fn tell(&mut self, at: Instant, kind: NoticeKind) {
        self.meta.sums.notices += 1;
        self.effects.push(Effect::Notice(Box::new(Notice { at, customer: None, kind })));
    }
}
