//! Usage events (CONTRACT 4).

use std::borrow::Cow;

use super::envelope::{self, Envelope};
use super::json::{Kind, Reader};
use super::{Header, Undecodable};
use crate::domain::quantity::Quantity;
use crate::domain::usage::{Environment, UsageEvent};
use crate::wire::personal::{self, Forms};

/// Decodes a usage event. An empty value is a tombstone. With `privacy`, personal numbers are looked for.
///
/// # Errors
/// If it is not one event that every reader must understand alike.
pub fn usage<'a>(value: &'a [u8], headers: &[Header<'a>], privacy: bool) -> Result<UsageEvent<'a>, Undecodable> {
    let mut data = Data::new(privacy);
    let Envelope { id, source, kind, subject, time, recorded, sequence } = envelope::read(value, headers, |reader| data.read(reader))?;
    let subject = subject.ok_or_else(|| envelope::missing("subject"))?;
    let personal = if privacy { holder(&subject, data.personal, &id, &source) } else { None };
    Ok(UsageEvent {
        source,
        id,
        kind,
        subject,
        time,
        recorded,
        sequence,
        quantity: data.quantity,
        outcome: data.outcome,
        environment: data.environment,
        created: data.created,
        action: data.action,
        unit: data.unit,
        lifecycle: data.lifecycle,
        personal,
    })
}

/// The first member that holds a personal number, in this order: those before it hold none.
fn holder(subject: &str, data: bool, id: &str, source: &str) -> Option<&'static str> {
    match () {
        () if personal::holds(id, Forms::Separated) => Some("id"),
        () if personal::holds(source, Forms::Separated) => Some("source"),
        () if personal::holds(subject, Forms::All) => Some("subject"),
        () if data => Some("data"),
        () => None,
    }
}

struct Data<'a> {
    quantity: Option<Quantity>,
    outcome: Option<Cow<'a, str>>,
    environment: Environment,
    created: Option<Cow<'a, str>>,
    action: Option<Cow<'a, str>>,
    unit: Option<Cow<'a, str>>,
    lifecycle: Option<Cow<'a, str>>,
    privacy: bool,
    personal: bool,
}

impl<'a> Data<'a> {
    fn new(privacy: bool) -> Self {
        Self {
            quantity: Some(Quantity::ONE),
            outcome: None,
            environment: Environment::Production,
            created: None,
            action: None,
            unit: None,
            lifecycle: None,
            privacy,
            personal: false,
        }
    }

    fn read(&mut self, reader: &mut Reader<'a>) -> Result<(), Undecodable> {
        reader.object(|reader, name| {
            match name {
                "quantity" => self.quantity = self.quantity(reader)?,
                "outcome" => self.outcome = Some(self.text(reader, "`data.outcome` is not a string")?),
                "created" => self.created = Some(self.text(reader, "`data.created` is not a string")?),
                "action" => self.action = Some(self.text(reader, "`data.action` is not a string")?),
                "unit" => self.unit = Some(self.text(reader, "`data.unit` is not a string")?),
                "lifecycle" => self.lifecycle = Some(self.text(reader, "`data.lifecycle` is not a string")?),
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

    fn quantity(&mut self, reader: &mut Reader<'a>) -> Result<Option<Quantity>, Undecodable> {
        if reader.kind()? == Kind::Number {
            return reader.number().map(Quantity::parse);
        }
        let text = self.text(reader, "`data.quantity` is neither a number nor a string")?;
        Ok(Quantity::parse(&text))
    }

    fn text(&mut self, reader: &mut Reader<'a>, otherwise: &str) -> Result<Cow<'a, str>, Undecodable> {
        if reader.kind()? != Kind::Text {
            return Err(reader.fault(otherwise));
        }
        let text = reader.text()?;
        self.look_at(&text);
        Ok(text)
    }

    fn look_at(&mut self, text: &str) {
        self.personal |= self.privacy && personal::holds(text, Forms::All);
    }
}
