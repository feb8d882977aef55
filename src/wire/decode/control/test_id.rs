//! Test ids: granted to suppliers, issued to customers, returned. In clear they are personal numbers, so that only
//! their keyed pseudonyms are taken, in the form of `data.person` of usage.

use std::borrow::Cow;

use super::FactFault;
use super::fields::{Signed, bad, filled, id, moment, required, text, texts};
use crate::domain::gates::onboarding::facts::{Issue, Return, TestIdFact};
use crate::domain::instant::Instant;
use crate::domain::names::{CustomerId, ServiceId};
use crate::domain::usage;
use crate::wire::decode::json::Reader;

type Text<'a> = Option<Cow<'a, str>>;

/// Longer names are of no customer (CONTRACT 4).
const MOST_BYTES: usize = 256;

#[derive(Default)]
struct Draft<'a> {
    supplier: Text<'a>,
    customer: Text<'a>,
    service: Text<'a>,
    from: Text<'a>,
    to: Text<'a>,
    at: Text<'a>,
    ids: Option<Vec<Cow<'a, str>>>,
}

fn read<'a>(reader: &mut Reader<'a>) -> Result<Draft<'a>, FactFault> {
    let mut draft = Draft::default();
    let mut signed = Signed::by_one();
    reader.object(|reader, name| {
        match name {
            "supplier" => draft.supplier = Some(text(reader, name)?),
            "customer" => draft.customer = Some(text(reader, name)?),
            "service" => draft.service = Some(text(reader, name)?),
            "from" => draft.from = Some(text(reader, name)?),
            "to" => draft.to = Some(text(reader, name)?),
            "at" => draft.at = Some(text(reader, name)?),
            "ids" => draft.ids = Some(texts(reader, name)?),
            _ => signed.read_or_skip(reader, name)?,
        }
        Ok(())
    })?;
    // Whatever else is wrong: an id in clear is never shown again.
    draft.ids.iter().flatten().try_for_each(|id| pseudonym(id))?;
    id(signed.actor()?, "actor")?;
    id(signed.reason()?, "reason")?;
    Ok(draft)
}

fn pseudonym(text: &str) -> Result<(), FactFault> {
    if usage::is_pseudonym(text) {
        return Ok(());
    }
    let what = "is no keyed pseudonym: 16 to 128 characters of hex or base64url; a test id in clear is taken nowhere";
    Err(FactFault::Personal(format!("a test id {what}")))
}

/// `data.from` and `data.to`.
fn span(from: Text<'_>, to: Text<'_>) -> Result<(Instant, Option<Instant>), FactFault> {
    let from = moment(&required(from, "from")?, "from")?;
    let to = to.map(|to| moment(&to, "to")).transpose()?;
    if to.is_some_and(|to| to <= from) { Err(bad("to", "is not after `data.from`")) } else { Ok((from, to)) }
}

/// The customer and the service of an id.
fn place(customer: Text<'_>, service: Text<'_>) -> Result<(CustomerId, ServiceId), FactFault> {
    let customer = filled(required(customer, "customer")?, "customer")?;
    if customer.len() > MOST_BYTES {
        return Err(bad("customer", &format!("is longer than {MOST_BYTES} bytes")));
    }
    Ok((CustomerId::new(&customer), ServiceId::new(&filled(required(service, "service")?, "service")?)))
}

/// `tally.test_id_grant.v1`: of a supplier.
pub(super) fn grant(supplier: &str, reader: &mut Reader<'_>) -> Result<TestIdFact, FactFault> {
    let draft = read(reader)?;
    let supplier = id(Cow::Borrowed(supplier), "subject")?;
    let (from, to) = span(draft.from, draft.to)?;
    let mut ids: Vec<String> = required(draft.ids, "ids")?.into_iter().map(Cow::into_owned).collect();
    if ids.is_empty() {
        return Err(bad("ids", "is empty"));
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(TestIdFact::Grant { supplier, ids, from, to })
}

/// `tally.test_id_issue.v1`: of an id.
pub(super) fn issue(test_id: &str, reader: &mut Reader<'_>) -> Result<TestIdFact, FactFault> {
    pseudonym(test_id)?;
    let draft = read(reader)?;
    let supplier = id(required(draft.supplier, "supplier")?, "supplier")?;
    let (customer, service) = place(draft.customer, draft.service)?;
    let (from, to) = span(draft.from, draft.to)?;
    Ok(TestIdFact::Issue { id: test_id.to_owned(), issue: Issue { customer, service, from, to, supplier } })
}

/// `tally.test_id_return.v1`: of an id.
pub(super) fn returned(test_id: &str, reader: &mut Reader<'_>) -> Result<TestIdFact, FactFault> {
    pseudonym(test_id)?;
    let draft = read(reader)?;
    let (customer, service) = place(draft.customer, draft.service)?;
    let at = moment(&required(draft.at, "at")?, "at")?;
    Ok(TestIdFact::Return { id: test_id.to_owned(), returned: Return { customer, service, at } })
}
