//! Usage events (CONTRACT 4).

use std::borrow::Cow;

use super::envelope::{self, Envelope};
use super::json::{Kind, Reader};
use super::{Header, Undecodable};
use crate::domain::personal::{self, Forms};
use crate::domain::quantity::Quantity;
use crate::domain::usage::{CertificateRef, Environment, Reported, UsageEvent};

/// Decodes a usage event. An empty value is a tombstone. With `privacy`, personal numbers are looked for.
///
/// # Errors
/// If it is not one event that every reader must understand alike.
pub fn usage<'a>(value: &'a [u8], headers: &[Header<'a>], privacy: bool) -> Result<UsageEvent<'a>, Undecodable> {
    let mut data = Data::new(privacy);
    let Envelope { id, source, kind, subject, time, recorded, sequence } = envelope::read(value, headers, |reader| data.read(reader))?;
    let subject = subject.ok_or_else(|| envelope::missing("subject"))?;
    let others = [Some(&kind), sequence.as_ref()];
    let personal = if privacy { holder(&subject, data.personal, &id, &source, others) } else { None };
    Ok(UsageEvent {
        source,
        id,
        kind,
        subject,
        time,
        recorded,
        sequence,
        quantity: data.quantity,
        characters: data.characters,
        encoding: data.encoding,
        outcome: data.outcome,
        environment: data.environment,
        created: data.created,
        action: data.action,
        person: data.person,
        part: data.part,
        retracts: data.retracts,
        unit: data.unit,
        lifecycle: data.lifecycle,
        certificate: data.certificate,
        personal,
    })
}

/// The first member that holds a personal number, in this order: those before it hold none.
fn holder(subject: &str, data: bool, id: &str, source: &str, [kind, sequence]: [Option<&Cow<'_, str>>; 2]) -> Option<&'static str> {
    let separated = |text: Option<&Cow<'_, str>>| text.is_some_and(|text| personal::holds(text, Forms::Separated));
    match () {
        () if personal::holds(id, Forms::Separated) => Some("id"),
        () if personal::holds(source, Forms::Separated) => Some("source"),
        () if personal::holds(subject, Forms::All) => Some("subject"),
        () if data => Some("data"),
        () if separated(kind) => Some("type"),
        () if separated(sequence) => Some("sequence"),
        () => None,
    }
}

struct Data<'a> {
    quantity: Reported<Quantity>,
    characters: Reported<u64>,
    encoding: Option<Cow<'a, str>>,
    outcome: Option<Cow<'a, str>>,
    environment: Environment,
    created: Option<Cow<'a, str>>,
    action: Option<Cow<'a, str>>,
    person: Option<Cow<'a, str>>,
    part: Option<Cow<'a, str>>,
    retracts: Option<Cow<'a, str>>,
    unit: Option<Cow<'a, str>>,
    lifecycle: Option<Cow<'a, str>>,
    certificate: Option<CertificateRef<'a>>,
    privacy: bool,
    personal: bool,
}

impl<'a> Data<'a> {
    fn new(privacy: bool) -> Self {
        Self {
            quantity: Reported::Absent,
            characters: Reported::Absent,
            encoding: None,
            outcome: None,
            environment: Environment::Unsaid,
            created: None,
            action: None,
            person: None,
            part: None,
            retracts: None,
            unit: None,
            lifecycle: None,
            certificate: None,
            privacy,
            personal: false,
        }
    }

    fn read(&mut self, reader: &mut Reader<'a>) -> Result<(), Undecodable> {
        reader.object(|reader, name| {
            match name {
                "quantity" => {
                    self.quantity = self.number(reader, Quantity::parse_signed, "`data.quantity` is neither a number nor a string")?;
                }
                "characters" => {
                    self.characters = self.number(reader, whole, "`data.characters` is neither a number nor a string")?;
                }
                "encoding" => self.encoding = Some(self.text(reader, "`data.encoding` is not a string")?),
                "person" => self.person = Some(self.text(reader, "`data.person` is not a string")?),
                "part" => self.part = Some(self.text(reader, "`data.part` is not a string")?),
                "retracts" => self.retracts = Some(self.id(reader, "`data.retracts` is not a string")?),
                "outcome" => self.outcome = Some(self.text(reader, "`data.outcome` is not a string")?),
                "created" => self.created = Some(self.text(reader, "`data.created` is not a string")?),
                "action" => self.action = Some(self.text(reader, "`data.action` is not a string")?),
                "unit" => self.unit = Some(self.text(reader, "`data.unit` is not a string")?),
                "lifecycle" => self.lifecycle = Some(self.text(reader, "`data.lifecycle` is not a string")?),
                "certificate" => self.certificate = Some(self.certificate(reader)?),
                "environment" => {
                    self.environment = match &*self.text(reader, "`data.environment` is not a string")? {
                        "production" => Environment::Production,
                        "test" => Environment::Test,
                        _ => Environment::Unknown,
                    }
                }
                _ => reader.any(&mut |text| self.look_at(text))?,
            }
            Ok(())
        })
    }

    /// A number that is written as one or as a string.
    fn number<T>(&mut self, reader: &mut Reader<'a>, read: fn(&str) -> Option<T>, otherwise: &str) -> Result<Reported<T>, Undecodable> {
        let number = if reader.kind()? == Kind::Number { read(reader.number()?) } else { read(&self.text(reader, otherwise)?) };
        Ok(number.map_or(Reported::Unreadable, Reported::Given))
    }

    fn text(&mut self, reader: &mut Reader<'a>, otherwise: &str) -> Result<Cow<'a, str>, Undecodable> {
        let text = plain(reader, otherwise)?;
        self.look_at(&text);
        Ok(text)
    }

    fn certificate(&mut self, reader: &mut Reader<'a>) -> Result<CertificateRef<'a>, Undecodable> {
        if reader.kind()? != Kind::Object {
            return Err(reader.fault("`data.certificate` is not an object"));
        }
        let (mut issuer, mut serial) = (None, None);
        reader.object(|reader, name| {
            match name {
                "issuer" => issuer = Some(self.text(reader, "`data.certificate.issuer` is not a string")?),
                "serial" => serial = Some(self.text(reader, "`data.certificate.serial` is not a string")?),
                _ => reader.any(&mut |text| self.look_at(text))?,
            }
            Ok(())
        })?;
        let issuer = issuer.ok_or_else(|| envelope::missing("data.certificate.issuer"))?;
        Ok(CertificateRef { issuer, serial: serial.ok_or_else(|| envelope::missing("data.certificate.serial"))? })
    }

    /// The id of an event: what may stand there may be repeated here.
    fn id(&mut self, reader: &mut Reader<'a>, otherwise: &str) -> Result<Cow<'a, str>, Undecodable> {
        let id = plain(reader, otherwise)?;
        self.personal |= self.privacy && personal::holds(&id, Forms::Separated);
        Ok(id)
    }

    fn look_at(&mut self, text: &str) {
        self.personal |= self.privacy && personal::holds(text, Forms::All);
    }
}

fn plain<'a>(reader: &mut Reader<'a>, otherwise: &str) -> Result<Cow<'a, str>, Undecodable> {
    if reader.kind()? == Kind::Text { reader.text() } else { Err(reader.fault(otherwise)) }
}

/// A whole number of at most 18 digits.
fn whole(text: &str) -> Option<u64> {
    let leading_zero = text.len() > 1 && text.starts_with('0');
    let digits = (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits && !leading_zero).then(|| text.parse().ok())?
}
