//! What each type of control event says. All members are read before any is judged, so that an
//! event that is no event is never reported as one with bad data.

use std::borrow::Cow;

use super::FactFault;
use super::fields::{bad, count_text, currency, day, digest, filled, moment, number, quoted, required, text, zone};
use crate::domain::control::{Activation, CatalogChange, CustomerVersion, HeadCount, HeadCountKind};
use crate::domain::names::GroupId;
use crate::domain::party::{Address, Endpoint};
use crate::wire::decode::Undecodable;
use crate::wire::decode::json::{Kind, Reader};

type Text<'a> = Option<Cow<'a, str>>;

#[derive(Default)]
struct CustomerDraft<'a> {
    from: Text<'a>,
    name: Text<'a>,
    country: Text<'a>,
    timezone: Text<'a>,
    currency: Text<'a>,
    org_number: Text<'a>,
    endpoint: Option<EndpointDraft<'a>>,
    address: Option<AddressDraft<'a>>,
    vat_number: Text<'a>,
    buyer_reference: Text<'a>,
    order_reference: Text<'a>,
    contract: Text<'a>,
    inhabitants: Text<'a>,
    group: Text<'a>,
    zero: bool,
}

#[derive(Default)]
struct EndpointDraft<'a> {
    scheme: Text<'a>,
    id: Text<'a>,
}

#[derive(Default)]
struct AddressDraft<'a> {
    street: Text<'a>,
    city: Text<'a>,
    post_code: Text<'a>,
}

/// `tally.customer.v1`.
pub(super) fn customer(reader: &mut Reader<'_>) -> Result<CustomerVersion, FactFault> {
    let mut draft = CustomerDraft::default();
    reader.object(|reader, name| {
        match name {
            "from" => draft.from = Some(text(reader, name)?),
            "name" => draft.name = Some(text(reader, name)?),
            "country" => draft.country = Some(text(reader, name)?),
            "timezone" => draft.timezone = Some(text(reader, name)?),
            "currency" => draft.currency = Some(text(reader, name)?),
            "org_number" => draft.org_number = Some(text(reader, name)?),
            "endpoint" => draft.endpoint = Some(endpoint(reader)?),
            "address" => draft.address = Some(address(reader)?),
            "vat_number" => draft.vat_number = Some(text(reader, name)?),
            "buyer_reference" => draft.buyer_reference = Some(text(reader, name)?),
            "order_reference" => draft.order_reference = Some(text(reader, name)?),
            "contract" => draft.contract = Some(text(reader, name)?),
            "inhabitants" => draft.inhabitants = Some(count_text(reader, name)?),
            "group" => draft.group = Some(text(reader, name)?),
            "zero" if reader.kind()? == Kind::Bool => draft.zero = reader.bool()?,
            "zero" => return Err(reader.fault("`data.zero` is not a boolean")),
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    })?;
    version(draft)
}

fn endpoint<'a>(reader: &mut Reader<'a>) -> Result<EndpointDraft<'a>, Undecodable> {
    if reader.kind()? != Kind::Object {
        return Err(reader.fault("`data.endpoint` is not an object"));
    }
    let mut draft = EndpointDraft::default();
    reader.object(|reader, name| {
        match name {
            "scheme" => draft.scheme = Some(text(reader, "endpoint.scheme")?),
            "id" => draft.id = Some(text(reader, "endpoint.id")?),
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    })?;
    Ok(draft)
}

fn address<'a>(reader: &mut Reader<'a>) -> Result<AddressDraft<'a>, Undecodable> {
    if reader.kind()? != Kind::Object {
        return Err(reader.fault("`data.address` is not an object"));
    }
    let mut draft = AddressDraft::default();
    reader.object(|reader, name| {
        match name {
            "street" => draft.street = Some(text(reader, "address.street")?),
            "city" => draft.city = Some(text(reader, "address.city")?),
            "post_code" => draft.post_code = Some(text(reader, "address.post_code")?),
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    })?;
    Ok(draft)
}

fn version(draft: CustomerDraft<'_>) -> Result<CustomerVersion, FactFault> {
    let from = required(draft.from, "from")?;
    let name = required(draft.name, "name")?;
    let country = required(draft.country, "country")?;
    let timezone = required(draft.timezone, "timezone")?;
    let code = required(draft.currency, "currency")?;
    let endpoint = match draft.endpoint {
        None => None,
        Some(draft) => Some((required(draft.scheme, "endpoint.scheme")?, required(draft.id, "endpoint.id")?)),
    };
    Ok(CustomerVersion {
        from: day(&from, "from")?,
        name: filled(name, "name")?,
        country: country_code(country)?,
        zone: zone(&timezone)?,
        currency: currency(&code)?,
        org_number: optional(draft.org_number, "org_number")?,
        endpoint: endpoint.map(electronic_address).transpose()?,
        address: draft.address.map(postal_address).transpose()?,
        vat_number: optional(draft.vat_number, "vat_number")?,
        buyer_reference: optional(draft.buyer_reference, "buyer_reference")?,
        order_reference: optional(draft.order_reference, "order_reference")?,
        contract: optional(draft.contract, "contract")?,
        inhabitants: draft.inhabitants.map(|count| number(&count, "inhabitants")).transpose()?,
        group: draft.group.map(|group| filled(group, "group")).transpose()?.map(|group| GroupId::new(&group)),
        zero: draft.zero,
    })
}

fn optional(text: Text<'_>, member: &str) -> Result<Option<String>, FactFault> {
    text.map(|text| filled(text, member)).transpose()
}

fn postal_address(draft: AddressDraft<'_>) -> Result<Address, FactFault> {
    Ok(Address {
        street: optional(draft.street, "address.street")?,
        city: optional(draft.city, "address.city")?,
        post_code: optional(draft.post_code, "address.post_code")?,
    })
}

fn electronic_address((scheme, id): (Cow<'_, str>, Cow<'_, str>)) -> Result<Endpoint, FactFault> {
    Ok(Endpoint { scheme: filled(scheme, "endpoint.scheme")?, id: filled(id, "endpoint.id")? })
}

fn country_code(code: Cow<'_, str>) -> Result<String, FactFault> {
    if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(code.into_owned());
    }
    Err(bad("country", &format!("is {}, not two capital letters such as \"SE\"", quoted(&code))))
}

/// `tally.activation.v1`.
pub(super) fn activation(reader: &mut Reader<'_>) -> Result<Activation, FactFault> {
    let (mut service, mut from, mut to) = (None, None, None);
    reader.object(|reader, name| {
        match name {
            "service" => service = Some(text(reader, name)?),
            "from" => from = Some(text(reader, name)?),
            "to" => to = Some(text(reader, name)?),
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    })?;
    let (service, from) = (required(service, "service")?, required(from, "from")?);
    let (service, from) = (filled(service, "service")?, moment(&from, "from")?);
    let to = to.map(|to| moment(&to, "to")).transpose()?;
    if to.is_some_and(|to| to <= from) {
        return Err(bad("to", "is not after `data.from`"));
    }
    Ok(Activation { service, from, to })
}

/// `tally.head_count.v1`.
pub(super) fn head_count(reader: &mut Reader<'_>) -> Result<HeadCount, FactFault> {
    let (mut kind, mut count, mut on, mut school_form) = (None, None, None, None);
    reader.object(|reader, name| {
        match name {
            "kind" => kind = Some(text(reader, name)?),
            "count" => count = Some(count_text(reader, name)?),
            "on" => on = Some(text(reader, name)?),
            "school_form" => school_form = Some(text(reader, name)?),
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    })?;
    let (kind, count, on) = (required(kind, "kind")?, required(count, "count")?, required(on, "on")?);
    let kind = match &*kind {
        "inhabitants" => HeadCountKind::Inhabitants,
        "active_pupils" => HeadCountKind::ActivePupils,
        other => return Err(bad("kind", &format!("is {}, not \"inhabitants\" or \"active_pupils\"", quoted(other)))),
    };
    let school_form = school_form.map(|form| filled(form, "school_form")).transpose()?;
    if school_form.is_some() && kind != HeadCountKind::ActivePupils {
        return Err(bad("school_form", "tells pupils apart, and `data.kind` is not \"active_pupils\""));
    }
    Ok(HeadCount { kind, count: number(&count, "count")?, on: day(&on, "on")?, school_form })
}

/// `tally.catalog.v1`.
pub(super) fn catalog(reader: &mut Reader<'_>) -> Result<CatalogChange, FactFault> {
    let (mut sum, mut version, mut actor, mut reason) = (None, None, None, None);
    reader.object(|reader, name| {
        match name {
            "digest" => sum = Some(text(reader, name)?),
            "version" => version = Some(text(reader, name)?),
            "actor" => actor = Some(text(reader, name)?),
            "reason" => reason = Some(text(reader, name)?),
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    })?;
    let (sum, actor) = (required(sum, "digest")?, required(actor, "actor")?);
    Ok(CatalogChange {
        digest: digest(&sum, "digest")?,
        version: version.map(|version| filled(version, "version")).transpose()?,
        actor: filled(actor, "actor")?,
        reason: reason.map(|reason| filled(reason, "reason")).transpose()?,
    })
}
