//! A published record as an invoice or a credit note: UBL 2.1 for Peppol BIS Billing 3.0.
//!
//! `mapping` says which figure of a record is which term of EN 16931; `terms` what a record must have.

mod fault;
mod mapping;
mod terms;
mod xml;

pub use fault::TermFault;

use super::published::Record;

/// The document, or every term that the record lacks or has wrong.
///
/// # Errors
/// See [`TermFault`].
pub fn document(record: &Record) -> Result<Vec<u8>, Vec<TermFault>> {
    let faults = terms::faults(record);
    let Some(parties) = record.parties.as_ref().filter(|_| faults.is_empty()) else { return Err(faults) };
    let tax = record.totals.gross.checked_sub(record.totals.net);
    let document = tax.and_then(|tax| xml::write(mapping::document(record, parties, tax)));
    document.ok_or_else(|| vec![TermFault::Unwritable])
}
