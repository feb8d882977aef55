//! What each type of control event says. All members are read before any is judged, so that an
//! event that is no event is never reported as one with bad data.

use std::borrow::Cow;

use super::FactFault;
use super::fields::{bad, count_text, currency, day, filled, moment, number, quoted, required, text, zone};
use crate::domain::catalog::Endpoint;
use crate::domain::control::{Activation, CustomerVersion, HeadCount, HeadCountKind};
use crate::domain::names::GroupId;
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
    buyer_reference: Text<'a>,
    inhabitants: Text<'a>,
    group: Text<'a>,
    zero: bool,
}

#[derive(Default)]
struct EndpointDraft<'a> {
    scheme: Text<'a>,
    id: Text<'a>,
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
            "buyer_reference" => draft.buyer_reference = Some(text(reader, name)?),
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
        org_number: draft.org_number.map(|number| filled(number, "org_number")).transpose()?,
        endpoint: endpoint.map(address).transpose()?,
        buyer_reference: draft.buyer_reference.map(|reference| filled(reference, "buyer_reference")).transpose()?,
        inhabitants: draft.inhabitants.map(|count| number(&count, "inhabitants")).transpose()?,
        group: draft.group.map(|group| filled(group, "group")).transpose()?.map(|group| GroupId::new(&group)),
        zero: draft.zero,
    })
}

fn address((scheme, id): (Cow<'_, str>, Cow<'_, str>)) -> Result<Endpoint, FactFault> {
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
