//! `tally.erasure.v1` and `tally.keys.v1`: what was done with keys, for those who read the log.

use std::borrow::Cow;

use super::FactFault;
use super::fields::{Signed, bad, count_text, filled, moment, number, quoted, required, text};
use crate::domain::erasure::{Erased, Erasure, KeysMade};
use crate::wire::decode::json::Reader;

type Text<'a> = Option<Cow<'a, str>>;

pub(super) fn erasure(reader: &mut Reader<'_>) -> Result<Erasure, FactFault> {
    let (mut what, mut pseudonym, mut version): (Text<'_>, Text<'_>, Text<'_>) = (None, None, None);
    let mut signed = Signed::by_two();
    reader.object(|reader, name| {
        match name {
            "what" => what = Some(text(reader, name)?),
            "pseudonym" => pseudonym = Some(text(reader, name)?),
            "version" => version = Some(count_text(reader, name)?),
            _ => signed.read_or_skip(reader, name)?,
        }
        Ok(())
    })?;
    let what = match &*required(what, "what")? {
        "customer" => Erased::Customer,
        "person" => Erased::Person(filled(required(pseudonym, "pseudonym")?, "pseudonym")?),
        "unread" => Erased::Unread,
        word @ ("version" | "pseudonyms") => {
            Erased::Version { number: key_version(&required(version, "version")?)?, only_pseudonyms: word == "pseudonyms" }
        }
        other => {
            return Err(bad(
                "what",
                &format!("is {}, not \"customer\", \"person\", \"unread\", \"version\" or \"pseudonyms\"", quoted(other)),
            ));
        }
    };
    let (actor, approver) = (filled(signed.actor()?, "actor")?, filled(signed.approver()?, "approver")?);
    if actor.trim() == approver.trim() {
        return Err(bad("approver", "is the actor too: what is erased never comes back, so two people decide it"));
    }
    Ok(Erasure { what, actor, approver, reason: filled(signed.reason()?, "reason")? })
}

pub(super) fn keys(reader: &mut Reader<'_>) -> Result<KeysMade, FactFault> {
    let (mut version, mut from, mut signed) = (None, None, Signed::by_one());
    reader.object(|reader, name| {
        match name {
            "version" => version = Some(count_text(reader, name)?),
            "from" => from = Some(text(reader, name)?),
            _ => signed.read_or_skip(reader, name)?,
        }
        Ok(())
    })?;
    Ok(KeysMade {
        version: key_version(&required(version, "version")?)?,
        from: moment(&required(from, "from")?, "from")?,
        actor: filled(signed.actor()?, "actor")?,
        reason: filled(signed.reason()?, "reason")?,
    })
}

fn key_version(text: &str) -> Result<u32, FactFault> {
    let number = u32::try_from(number(text, "version")?).ok().filter(|number| *number > 0);
    number.ok_or_else(|| bad("version", "is no version of keys: 1, 2, and so on are"))
}
