//! The attributes of a `CloudEvent`, from the value (structured mode) or from headers (binary mode).

use std::borrow::Cow;

use super::json::{Kind, Reader};
use super::{Header, Undecodable, time};
use crate::domain::instant::Instant;

/// Longest `id`, `source` and `subject` in bytes.
const MAX_NAME: usize = 256;

/// What every event has.
pub(super) struct Envelope<'a> {
    pub id: Cow<'a, str>,
    pub source: Cow<'a, str>,
    pub kind: Cow<'a, str>,
    /// Ticks may lack it.
    pub subject: Option<Cow<'a, str>>,
    pub time: Instant,
    pub recorded: Option<Instant>,
    pub sequence: Option<Cow<'a, str>>,
}

/// Reads an event; `data` is called for its data, if it has any, which is an object then.
pub(super) fn read<'a>(
    value: &'a [u8],
    headers: &[Header<'a>],
    data: impl FnMut(&mut Reader<'a>) -> Result<(), Undecodable>,
) -> Result<Envelope<'a>, Undecodable> {
    if value.is_empty() {
        return Err(Undecodable::new("the record has no value (a tombstone?)"));
    }
    let mut draft = Draft::default();
    if is_binary(headers)? { binary(&mut draft, value, headers, data) } else { structured(&mut draft, value, data) }?;
    draft.finish()
}

/// Binary mode: attributes in `ce_*` headers, and the content type is not the structured one's.
fn is_binary(headers: &[Header<'_>]) -> Result<bool, Undecodable> {
    let mut types = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let content_type = types.next().map(|(_, value)| *value);
    if types.next().is_some() {
        return Err(Undecodable::new("the header `content-type` is given twice"));
    }
    let structured = |value: &[u8]| starts_with(value, b"application/cloudevents");
    Ok(!content_type.is_some_and(structured) && headers.iter().any(|(name, _)| starts_with(name.as_bytes(), b"ce_")))
}

fn starts_with(text: &[u8], prefix: &[u8]) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn structured<'a>(
    draft: &mut Draft<'a>,
    value: &'a [u8],
    mut data: impl FnMut(&mut Reader<'a>) -> Result<(), Undecodable>,
) -> Result<(), Undecodable> {
    let mut reader = Reader::new(value)?;
    if reader.kind()? != Kind::Object {
        return Err(reader.fault("the value is not a JSON object"));
    }
    reader.object(|reader, name| match Attribute::of(name) {
        Some(attribute) => attribute.read(reader)?.map_or(Ok(()), |text| draft.put(attribute, text)),
        None if name == "data" => read_data(reader, &mut data),
        // Ignored like an unknown member, its use would be charged as one unit.
        None if name == "data_base64" && !reader.null()? => Err(reader.fault("`data_base64` is not taken, only JSON in `data`:")),
        None if name == "data_base64" => Ok(()),
        None => reader.any(&mut |_| ()),
    })?;
    reader.end()
}

fn binary<'a>(
    draft: &mut Draft<'a>,
    value: &'a [u8],
    headers: &[Header<'a>],
    mut data: impl FnMut(&mut Reader<'a>) -> Result<(), Undecodable>,
) -> Result<(), Undecodable> {
    for (place, (name, text)) in headers.iter().enumerate() {
        let Some(attribute) = header_attribute(name) else { continue };
        let again = |(other, _): &Header<'_>| other.eq_ignore_ascii_case(name);
        if headers.iter().skip(place + 1).any(again) {
            return Err(Undecodable::new(format!("the header of place {} is given twice", place + 1)));
        }
        let text = std::str::from_utf8(text).map_err(|_| Undecodable::new(format!("the header of place {} is not UTF-8", place + 1)))?;
        if let Some(attribute) = attribute.known {
            draft.put(attribute, Cow::Borrowed(text))?;
        }
    }
    let mut reader = Reader::new(value)?;
    read_data(&mut reader, &mut data)?;
    reader.end()
}

/// The attribute that a `ce_*` header carries.
struct HeaderAttribute {
    /// None: an extension that we do not know.
    known: Option<Attribute>,
}

fn header_attribute(name: &str) -> Option<HeaderAttribute> {
    let attribute = name.get(3..).filter(|_| starts_with(name.as_bytes(), b"ce_"))?;
    Some(HeaderAttribute { known: Attribute::ALL.into_iter().find(|known| known.name().eq_ignore_ascii_case(attribute)) })
}

fn read_data<'a>(reader: &mut Reader<'a>, data: &mut impl FnMut(&mut Reader<'a>) -> Result<(), Undecodable>) -> Result<(), Undecodable> {
    match reader.kind()? {
        Kind::Null => reader.null().map(drop),
        Kind::Object => data(reader),
        _ => Err(reader.fault("`data` is not an object")),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attribute {
    SpecVersion,
    Id,
    Source,
    Kind,
    Subject,
    Time,
    Recorded,
    Sequence,
}

impl Attribute {
    const ALL: [Self; 8] =
        [Self::SpecVersion, Self::Id, Self::Source, Self::Kind, Self::Subject, Self::Time, Self::Recorded, Self::Sequence];

    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "specversion" => Self::SpecVersion,
            "id" => Self::Id,
            "source" => Self::Source,
            "type" => Self::Kind,
            "subject" => Self::Subject,
            "time" => Self::Time,
            "recordedtime" => Self::Recorded,
            "sequence" => Self::Sequence,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::SpecVersion => "specversion",
            Self::Id => "id",
            Self::Source => "source",
            Self::Kind => "type",
            Self::Subject => "subject",
            Self::Time => "time",
            Self::Recorded => "recordedtime",
            Self::Sequence => "sequence",
        }
    }

    /// Its value in structured mode; none for `null`. A sequence may be written as a number.
    #[inline]
    fn read<'a>(self, reader: &mut Reader<'a>) -> Result<Option<Cow<'a, str>>, Undecodable> {
        match reader.kind()? {
            Kind::Text => reader.text().map(Some),
            Kind::Null => reader.null().map(|_| None),
            Kind::Number if self == Self::Sequence => reader.number().map(|digits| Some(Cow::Borrowed(digits))),
            _ => Err(reader.fault(&format!("`{}` is not a string", self.name()))),
        }
    }
}

/// An envelope that is being filled.
#[derive(Default)]
struct Draft<'a> {
    versioned: bool,
    id: Option<Cow<'a, str>>,
    source: Option<Cow<'a, str>>,
    kind: Option<Cow<'a, str>>,
    subject: Option<Cow<'a, str>>,
    time: Option<Instant>,
    recorded: Option<Instant>,
    sequence: Option<Cow<'a, str>>,
}

impl<'a> Draft<'a> {
    #[inline]
    fn put(&mut self, attribute: Attribute, text: Cow<'a, str>) -> Result<(), Undecodable> {
        match attribute {
            Attribute::SpecVersion if text == "1.0" => self.versioned = true,
            Attribute::SpecVersion => return Err(Undecodable::new("`specversion` is not \"1.0\"")),
            Attribute::Id => self.id = Some(bounded(text, attribute)?),
            Attribute::Source => self.source = Some(bounded(text, attribute)?),
            Attribute::Kind if text.is_empty() => return Err(Undecodable::new("`type` is empty")),
            Attribute::Kind => self.kind = Some(text),
            Attribute::Subject if text.chars().any(char::is_control) => {
                return Err(Undecodable::new("`subject` holds a control character"));
            }
            Attribute::Subject => self.subject = Some(bounded(text, attribute)?),
            Attribute::Time => self.time = Some(moment(&text, attribute)?),
            Attribute::Recorded => self.recorded = Some(moment(&text, attribute)?),
            Attribute::Sequence => self.sequence = Some(text),
        }
        Ok(())
    }

    fn finish(self) -> Result<Envelope<'a>, Undecodable> {
        if !self.versioned {
            return Err(missing("specversion"));
        }
        Ok(Envelope {
            id: self.id.ok_or_else(|| missing("id"))?,
            source: self.source.ok_or_else(|| missing("source"))?,
            kind: self.kind.ok_or_else(|| missing("type"))?,
            subject: self.subject,
            time: self.time.ok_or_else(|| missing("time"))?,
            recorded: self.recorded,
            sequence: self.sequence,
        })
    }
}

#[cold]
pub(super) fn missing(member: &str) -> Undecodable {
    Undecodable::new(format!("`{member}` is missing"))
}

fn bounded(text: Cow<'_, str>, attribute: Attribute) -> Result<Cow<'_, str>, Undecodable> {
    match text.len() {
        1..=MAX_NAME => Ok(text),
        length => Err(Undecodable::new(format!("`{}` has {length} bytes, 1 to {MAX_NAME} are allowed", attribute.name()))),
    }
}

fn moment(text: &str, attribute: Attribute) -> Result<Instant, Undecodable> {
    time::instant(text)
        .ok_or_else(|| Undecodable::new(format!("`{}` is not an instant with offset such as 2026-02-14T08:15:30.123Z", attribute.name())))
}
