//! Is there an approved agreement for the use (REQUIREMENTS P3, P5, P9)? Asked for most events, so what was found is
//! kept with the customer, for the span in which it stays; an event carries its place only.

use crate::domain::directory::Directory;
use crate::domain::gates::agreement::{Claim, Consent};
use crate::domain::names::ServiceId;
use crate::domain::service::Service;
use crate::domain::span::Span;
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::Reason;
use crate::engine::customer::Customer;
use crate::engine::gate::Refusal;

use super::system;

/// Consents that are kept for a customer: it rarely has use from more systems at a time.
const KEPT: usize = 8;

/// Where a consent stands among those of its customer, until that looks for another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place(usize);

/// What was found for a customer, as long as the directory and its agreements do not change.
#[derive(Debug, Default)]
pub struct Consents {
    known: Vec<Known>,
    /// The state of the directory that they were found in.
    directory: u64,
    /// Which of them goes next.
    oldest: usize,
}

#[derive(Debug)]
struct Known {
    service: ServiceId,
    source: String,
    /// Issuer, serial.
    certificate: Option<(String, String)>,
    span: Span,
    consent: Consent,
}

impl Known {
    fn is_of(&self, event: &UsageEvent<'_>) -> bool {
        let same_certificate = match (&self.certificate, &event.certificate) {
            (None, None) => true,
            (Some((issuer, serial)), Some(named)) => *issuer == named.issuer && *serial == named.serial,
            _ => false,
        };
        self.span.contains(event.time) && self.source == event.source && same_certificate
    }
}

impl Consents {
    pub fn forget(&mut self) {
        self.known.clear();
    }

    /// The consent of a use, if it needed one.
    #[must_use]
    pub fn at(&self, place: Option<Place>) -> Option<&Consent> {
        place.and_then(|place| self.known.get(place.0)).map(|known| &known.consent)
    }

    fn find(&self, event: &UsageEvent<'_>, service: &Service, directory: &Directory) -> Option<Place> {
        let same = |known: &Known| known.service == service.id && known.is_of(event);
        self.known.iter().position(same).filter(|_| self.directory == directory.changes()).map(Place)
    }

    fn keep(&mut self, known: Known, directory: &Directory) -> Place {
        if self.directory != directory.changes() {
            self.known.clear();
            self.directory = directory.changes();
        }
        if self.known.len() < KEPT {
            self.known.push(known);
            return Place(self.known.len() - 1);
        }
        let place = self.oldest % KEPT;
        self.oldest = (place + 1) % KEPT;
        self.known[place] = known;
        Place(place)
    }
}

/// The agreement and the system by which a use may be billed.
///
/// # Errors
/// `unknown_system`, `unknown_certificate`, `no_agreement`.
pub fn check(event: &UsageEvent<'_>, customer: &mut Customer, service: &Service, directory: &Directory) -> Result<Place, Refusal> {
    if let Some(place) = customer.consents.find(event, service, directory) {
        return Ok(place);
    }
    let (system, version) = system::check(event, directory)?;
    let claim = Claim { supplier: &version.supplier, system, service: &service.id };
    let (agreement, mut span) = customer.account.gates.agreements.covering(claim, event.time);
    let Some(agreement) = agreement else {
        let (supplier, id, at) = (&version.supplier, &service.id, event.time);
        let detail = format!("no approved agreement of `{}` lets the system `{system}` of `{supplier}` use `{id}` at {at}", customer.id);
        return Err(Refusal::new(Reason::NoAgreement, detail));
    };
    let consent = Consent::new(agreement.clone(), system.clone());
    match &event.certificate {
        None => directory.cut_at_registrations(&event.source, event.time, &mut span),
        Some(named) => {
            directory.certificate(&named.issuer, &named.serial).into_iter().for_each(|one| one.cut(event.time, &mut span));
            directory.system(system).into_iter().for_each(|one| one.cut(event.time, &mut span));
        }
    }
    let certificate = event.certificate.as_ref().map(|named| (named.issuer.clone().into_owned(), named.serial.clone().into_owned()));
    let known = Known { service: service.id.clone(), source: event.source.clone().into_owned(), certificate, span, consent };
    Ok(customer.consents.keep(known, directory))
}
