//! By which consents the entries of a list were used: beside the list, as most have none.

use bincode::{BorrowDecode, Encode};

use super::format::Fault;
use crate::domain::gates::agreement::Consent;
use crate::domain::names::{AgreementId, SystemId};

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredConsent<'a> {
    agreement: &'a str,
    system: &'a str,
}

impl<'a> StoredConsent<'a> {
    pub fn of(consent: &'a Consent) -> Self {
        Self { agreement: consent.agreement().as_str(), system: consent.system().as_str() }
    }

    pub fn into_domain(self) -> Consent {
        Consent::new(AgreementId::new(self.agreement), SystemId::new(self.system))
    }
}

/// Place in the list, and the consent of the entry there.
#[derive(Encode, BorrowDecode)]
pub(super) struct StoredConsents<'a>(Vec<(u32, StoredConsent<'a>)>);

impl<'a> StoredConsents<'a> {
    pub fn of(list: impl Iterator<Item = Option<&'a Consent>>) -> Self {
        Self((0..).zip(list).filter_map(|(place, consent)| Some((place, StoredConsent::of(consent?)))).collect())
    }

    /// Hands each consent to its entry.
    pub fn put_into<T>(self, list: &mut [T], consent_of: impl Fn(&mut T) -> &mut Option<Consent>) -> Result<(), Fault> {
        for (place, consent) in self.0 {
            let entry = usize::try_from(place).ok().and_then(|place| list.get_mut(place));
            let entry = entry.ok_or_else(|| Fault(format!("there is no entry {place} to have a consent")))?;
            *consent_of(entry) = Some(consent.into_domain());
        }
        Ok(())
    }
}
