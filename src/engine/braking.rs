//! Brakes on a service, a source, or all: each partition takes the order in by itself.

use std::sync::Arc;

use crate::domain::directory::{BrakeScope, DirectoryKey};
use crate::domain::gates::brake::{BrakeOrder, Ordered, Switch};
use crate::domain::notice::{Braked, NoticeKind};
use crate::domain::verdict::Reason;

use super::input::{EngineError, Input, Step};
use super::partition::Engine;

impl Engine {
    /// How many brakes are on here.
    #[must_use]
    pub fn brakes_on(&self) -> u64 {
        self.meta.braked + self.world.directory.braked().len() as u64
    }

    /// Takes an order in; a release tries all waiting events again. Told again it goes on with that, if it was interrupted.
    pub(super) fn fold_brake(&mut self, input: &Input<'_>, scope: &BrakeScope, order: &BrakeOrder) -> Result<Step<()>, EngineError> {
        if self.recheck.is_none() {
            let watermark = self.meta.watermark;
            match Arc::make_mut(&mut self.world).directory.order_brake(scope, order, watermark) {
                Err(refused) => {
                    self.refuse_control(input, Reason::BadData, &refused.why());
                    return Ok(Step::Done(()));
                }
                Ok(Ordered::Known) => {}
                Ok(ordered) => {
                    self.directory_changes.insert(DirectoryKey::Brake(scope.clone()));
                    if ordered == Ordered::Switched {
                        let of = Braked::Everywhere { scope: scope.clone(), partition: self.partition };
                        self.tell(watermark, NoticeKind::BrakeSwitched { of, order: order.clone() });
                    }
                }
            }
        }
        match order.state {
            Switch::On => Ok(Step::Done(())),
            Switch::Off => self.recheck_waiting(),
        }
    }
}
