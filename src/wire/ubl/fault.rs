//! Why a record cannot become an invoice.

use thiserror::Error;

/// One thing that is wrong. A record never changes, so the cure is in the facts of the next ones.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TermFault {
    #[error("it names no parties, as records of earlier versions did not; make its invoice by hand")]
    NoParties,
    #[error("it has no lines (BG-25); there is nothing to invoice")]
    NoLines,
    #[error("{term} is missing: {what}; add it to {owner} for the next records, and make this invoice by hand")]
    Missing { term: &'static str, what: &'static str, owner: &'static str },
    #[error("{term} is wrong: {found:?} is not {rule}; correct it in {owner} for the next records, and make this invoice by hand")]
    Wrong { term: &'static str, found: String, rule: &'static str, owner: &'static str },
    #[error(
        "it has lines outside of VAT (category O) beside lines inside of it, which an invoice may not (BR-O-11); give them plans of \
         different sellers, and make this invoice by hand"
    )]
    MixedWithOutside,
    #[error("it could not be written as XML; report this")]
    Unwritable,
}
