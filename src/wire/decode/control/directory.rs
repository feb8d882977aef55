//! `tally.party.v1`, `tally.it_system.v1`, certificates: what every partition knows. The subject is the id of the entry;
//! of a certificate, issuer and serial number are.

use std::borrow::Cow;

use super::FactFault;
use super::decision::nobody;
use super::fields::{bad, filled, moment, quoted, required, text, texts};
use crate::domain::control::Fact;
use crate::domain::directory::{CertificateKey, CertificateVersion, DirectoryFact, PartyVersion, Revocation, Role, SystemVersion};
use crate::domain::names::{PartyId, SystemId};
use crate::wire::decode::json::Reader;

/// `tally.party.v1`.
pub(super) fn party(id: &str, reader: &mut Reader<'_>) -> Result<Fact, FactFault> {
    let (mut from, mut name, mut roles, mut org_number, mut emails) = (None, None, None, None, Vec::new());
    reader.object(|reader, member| {
        match member {
            "from" => from = Some(text(reader, member)?),
            "name" => name = Some(text(reader, member)?),
            "roles" => roles = Some(texts(reader, member)?),
            "org_number" => org_number = Some(text(reader, member)?),
            "emails" => emails = texts(reader, member)?,
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    })?;
    let (from, name, roles) = (required(from, "from")?, required(name, "name")?, required(roles, "roles")?);
    let version = PartyVersion {
        from: moment(&from, "from")?,
        name: filled(name, "name")?,
        roles: roles_of(&roles)?,
        org_number: org_number.map(|number| filled(number, "org_number")).transpose()?,
        emails: emails.into_iter().map(email).collect::<Result<_, _>>()?,
    };
    Ok(Fact::Directory(DirectoryFact::Party(PartyId::new(id), version)))
}

fn roles_of(words: &[Cow<'_, str>]) -> Result<Vec<Role>, FactFault> {
    let mut roles = Vec::with_capacity(words.len());
    for word in words {
        let role = Role::ALL.into_iter().find(|role| role.as_str() == word);
        roles.push(role.ok_or_else(|| bad("roles", &format!("names {}, not \"municipality\" or \"supplier\"", quoted(word))))?);
    }
    if roles.is_empty() {
        return Err(bad("roles", "is empty"));
    }
    roles.sort_unstable();
    roles.dedup();
    Ok(roles)
}

/// Only its shape: whether there is such an address, the mail server knows.
fn email(address: Cow<'_, str>) -> Result<String, FactFault> {
    let parts = address.split_once('@').filter(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'));
    let is_plain = address.chars().all(|one| !one.is_control() && !one.is_whitespace() && one != '<' && one != '>');
    if parts.is_some() && is_plain { Ok(address.into_owned()) } else { Err(bad("emails", "holds what is no e-mail address")) }
}

/// `tally.it_system.v1`.
pub(super) fn system(id: &str, reader: &mut Reader<'_>) -> Result<Fact, FactFault> {
    let (mut from, mut to, mut name, mut supplier, mut sources) = (None, None, None, None, Vec::new());
    reader.object(|reader, member| {
        match member {
            "from" => from = Some(text(reader, member)?),
            "to" => to = Some(text(reader, member)?),
            "name" => name = Some(text(reader, member)?),
            "supplier" => supplier = Some(text(reader, member)?),
            "sources" => sources = texts(reader, member)?,
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    })?;
    let (from, name, supplier) = (required(from, "from")?, required(name, "name")?, required(supplier, "supplier")?);
    let from = moment(&from, "from")?;
    let to = to.map(|to| moment(&to, "to")).transpose()?;
    if to.is_some_and(|to| to <= from) {
        return Err(bad("to", "is not after `data.from`"));
    }
    let mut sources = sources.into_iter().map(|source| filled(source, "sources")).collect::<Result<Vec<_>, _>>()?;
    sources.sort_unstable();
    sources.dedup();
    let version = SystemVersion { from, to, name: filled(name, "name")?, supplier: PartyId::new(&filled(supplier, "supplier")?), sources };
    Ok(Fact::Directory(DirectoryFact::System(SystemId::new(id), version)))
}

/// `tally.certificate.v1`.
pub(super) fn certificate(reader: &mut Reader<'_>) -> Result<Fact, FactFault> {
    let (mut issuer, mut serial, mut system, mut kind, mut from, mut to) = (None, None, None, None, None, None);
    reader.object(|reader, member| {
        match member {
            "issuer" => issuer = Some(text(reader, member)?),
            "serial" => serial = Some(text(reader, member)?),
            "system" => system = Some(text(reader, member)?),
            "kind" => kind = Some(text(reader, member)?),
            "from" => from = Some(text(reader, member)?),
            "to" => to = Some(text(reader, member)?),
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    })?;
    let (system, kind) = (required(system, "system")?, required(kind, "kind")?);
    let (from, to) = (required(from, "from")?, required(to, "to")?);
    let key = certificate_key(issuer, serial)?;
    let (from, to) = (moment(&from, "from")?, moment(&to, "to")?);
    if to <= from {
        return Err(bad("to", "is not after `data.from`"));
    }
    let system = SystemId::new(&filled(system, "system")?);
    Ok(Fact::Directory(DirectoryFact::Certificate(key, CertificateVersion { from, to, system, kind: filled(kind, "kind")? })))
}

/// `tally.certificate_revocation.v1`.
pub(super) fn revocation(reader: &mut Reader<'_>) -> Result<Fact, FactFault> {
    let (mut issuer, mut serial, mut at, mut actor, mut reason) = (None, None, None, None, None);
    reader.object(|reader, member| {
        match member {
            "issuer" => issuer = Some(text(reader, member)?),
            "serial" => serial = Some(text(reader, member)?),
            "at" => at = Some(text(reader, member)?),
            "actor" => actor = Some(text(reader, member)?),
            "reason" => reason = Some(text(reader, member)?),
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    })?;
    let (at, actor, reason) = (required(at, "at")?, required(actor, "actor")?, required(reason, "reason")?);
    let key = certificate_key(issuer, serial)?;
    let (actor, reason) = (nobody(filled(actor, "actor")?, "actor")?, nobody(filled(reason, "reason")?, "reason")?);
    Ok(Fact::Directory(DirectoryFact::Revocation(key, Revocation { at: moment(&at, "at")?, actor, reason })))
}

pub(super) fn certificate_key(issuer: Option<Cow<'_, str>>, serial: Option<Cow<'_, str>>) -> Result<CertificateKey, FactFault> {
    let (issuer, serial) = (required(issuer, "issuer")?, required(serial, "serial")?);
    Ok(CertificateKey { issuer: filled(issuer, "issuer")?, serial: filled(serial, "serial")? })
}
