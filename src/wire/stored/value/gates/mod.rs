//! What a customer's gates know.

mod agreement;
mod onboarding;
mod roster;
mod waiting;

use bincode::{BorrowDecode, Encode};

use self::agreement::StoredAgreements;
use self::onboarding::StoredOnboarding;
use self::roster::StoredRoster;
pub(super) use self::roster::StoredTakenOver;
use self::waiting::StoredWaiting;
use super::brake::StoredBrakes;
use super::format::Fault;
use crate::domain::gates::Gates;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredGates<'a> {
    agreements: StoredAgreements<'a>,
    onboarding: StoredOnboarding<'a>,
    brakes: StoredBrakes<'a>,
    roster: Option<StoredRoster<'a>>,
    suspense: StoredWaiting,
}

impl<'a> StoredGates<'a> {
    pub fn of(gates: &'a Gates) -> Self {
        Self {
            agreements: StoredAgreements::of(&gates.agreements),
            onboarding: StoredOnboarding::of(&gates.onboarding),
            brakes: StoredBrakes::of(&gates.brakes),
            roster: gates.roster.as_deref().map(StoredRoster::of),
            suspense: StoredWaiting::of(&gates.suspense),
        }
    }

    pub fn into_domain(self) -> Result<Gates, Fault> {
        let (agreements, suspense) = (self.agreements.into_domain()?, self.suspense.into_domain()?);
        let (onboarding, brakes) = (self.onboarding.into_domain()?, self.brakes.into_domain()?);
        let roster = self.roster.map(StoredRoster::into_domain).transpose()?.map(Box::new);
        Ok(Gates { agreements, onboarding, brakes, roster, suspense })
    }
}
