//! `tally.trial.v1`: a system is connected by trial. The subject is the id of the it-system, which need not be registered.

use std::borrow::Cow;

use super::FactFault;
use super::decision::nobody;
use super::directory::certificate_key;
use super::fields::{bad, filled, moment, required, text, texts};
use crate::domain::control::Fact;
use crate::domain::directory::{CertificateKey, DirectoryFact, TrialVersion};
use crate::domain::names::{PartyId, SystemId};
use crate::wire::decode::Undecodable;
use crate::wire::decode::json::{Kind, Reader};

/// Issuer and serial number, as they are written.
type Named<'a> = (Option<Cow<'a, str>>, Option<Cow<'a, str>>);

pub(super) fn read(id: &str, reader: &mut Reader<'_>) -> Result<Fact, FactFault> {
    let (mut from, mut to, mut supplier, mut actor, mut reason) = (None, None, None, None, None);
    let (mut sources, mut certificates) = (Vec::new(), Vec::new());
    reader.object(|reader, member| {
        match member {
            "from" => from = Some(text(reader, member)?),
            "to" => to = Some(text(reader, member)?),
            "supplier" => supplier = Some(text(reader, member)?),
            "sources" => sources = texts(reader, member)?,
            "certificates" => certificates = named(reader)?,
            "actor" => actor = Some(text(reader, member)?),
            "reason" => reason = Some(text(reader, member)?),
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    })?;
    let (from, supplier) = (required(from, "from")?, required(supplier, "supplier")?);
    let (actor, reason) = (required(actor, "actor")?, required(reason, "reason")?);
    let from = moment(&from, "from")?;
    let to = to.map(|to| moment(&to, "to")).transpose()?;
    if to.is_some_and(|to| to <= from) {
        return Err(bad("to", "is not after `data.from`"));
    }
    let mut sources = sources.into_iter().map(|source| filled(source, "sources")).collect::<Result<Vec<_>, _>>()?;
    let mut certificates: Vec<CertificateKey> =
        certificates.into_iter().map(|(issuer, serial)| certificate_key(issuer, serial)).collect::<Result<_, _>>()?;
    if sources.is_empty() && certificates.is_empty() {
        return Err(bad("sources", "is empty, and so is `data.certificates`: name what the system is known by"));
    }
    sources.sort_unstable();
    sources.dedup();
    certificates.sort_unstable();
    certificates.dedup();
    let (actor, reason) = (nobody(filled(actor, "actor")?, "actor")?, nobody(filled(reason, "reason")?, "reason")?);
    let supplier = PartyId::new(&filled(supplier, "supplier")?);
    let version = TrialVersion { from, to, supplier, sources, certificates, actor, reason };
    Ok(Fact::Directory(DirectoryFact::Trial(SystemId::new(id), version)))
}

/// A list of `{"issuer":…,"serial":…}`.
fn named<'a>(reader: &mut Reader<'a>) -> Result<Vec<Named<'a>>, Undecodable> {
    if reader.kind()? != Kind::Array {
        return Err(reader.fault("`data.certificates` is not a list"));
    }
    let mut list = Vec::new();
    reader.list(|reader| {
        list.push(one(reader)?);
        Ok(())
    })?;
    Ok(list)
}

fn one<'a>(reader: &mut Reader<'a>) -> Result<Named<'a>, Undecodable> {
    if reader.kind()? != Kind::Object {
        return Err(reader.fault("`data.certificates` holds what is no object with `issuer` and `serial`"));
    }
    let mut named = (None, None);
    reader.object(|reader, member| {
        match member {
            "issuer" => named.0 = Some(text(reader, member)?),
            "serial" => named.1 = Some(text(reader, member)?),
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    })?;
    Ok(named)
}
