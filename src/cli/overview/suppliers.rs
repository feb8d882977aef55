//! Whose system uses a service under an agreement.

use crate::domain::account::Account;
use crate::domain::gates::agreement::Consent;
use crate::domain::names::PartyId;

/// The supplier that asked for the agreement of a use, for the system of that use. None: several did, under one
/// name, and whose it was cannot be told.
#[must_use]
pub fn supplier_of<'a>(account: &'a Account, consent: &Consent) -> Option<&'a PartyId> {
    let versions = account.gates.agreements.iter().filter(|(key, _)| &key.agreement == consent.agreement());
    let requests = versions.filter_map(|(_, version)| version.request.as_ref()).filter(|request| &request.system == consent.system());
    let mut suppliers = requests.map(|request| &request.supplier);
    let first = suppliers.next()?;
    suppliers.all(|other| other == first).then_some(first)
}
