//! Elements, and their bytes. What is empty is left out: no element may be (PEPPOL-EN16931-R008).

use std::fmt::Display;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// No element, one, or several: parts of a document that are put together.
pub(super) type Part = Vec<Element>;

pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    content: Content,
}

enum Content {
    Text(String),
    Children(Part),
}

/// An element with a text; nothing, if there is none.
pub(super) fn text(name: &'static str, value: impl Display) -> Part {
    let text: String = value.to_string().chars().map(|c| if is_allowed(c) { c } else { ' ' }).collect();
    if text.trim().is_empty() {
        return Part::new();
    }
    vec![Element { name, attributes: Vec::new(), content: Content::Text(text) }]
}

pub(super) fn optional(name: &'static str, value: Option<impl Display>) -> Part {
    value.map_or_else(Part::new, |value| text(name, value))
}

/// An element with others in it; nothing, if there are none.
pub(super) fn group(name: &'static str, parts: impl IntoIterator<Item = Part>) -> Part {
    let children: Part = parts.into_iter().flatten().collect();
    if children.is_empty() {
        return children;
    }
    vec![Element { name, attributes: Vec::new(), content: Content::Children(children) }]
}

/// The same with an attribute.
pub(super) fn with(mut part: Part, attribute: &'static str, value: impl Display) -> Part {
    for element in &mut part {
        element.attributes.push((attribute, value.to_string()));
    }
    part
}

/// XML 1.0 cannot hold the other ones, in whatever form.
fn is_allowed(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// A document in UTF-8. None: a writer into memory failed, which it does not.
pub(super) fn write(root: Part) -> Option<Vec<u8>> {
    let mut writer = Writer::new_with_indent(Vec::with_capacity(8192), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None))).ok()?;
    root.iter().try_for_each(|element| write_element(&mut writer, element))?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Some(bytes)
}

fn write_element(writer: &mut Writer<Vec<u8>>, element: &Element) -> Option<()> {
    let attributes = element.attributes.iter().map(|(name, value)| (*name, value.as_str()));
    writer.write_event(Event::Start(BytesStart::new(element.name).with_attributes(attributes))).ok()?;
    match &element.content {
        Content::Text(text) => writer.write_event(Event::Text(BytesText::new(text))).ok()?,
        Content::Children(children) => children.iter().try_for_each(|child| write_element(writer, child))?,
    }
    writer.write_event(Event::End(BytesEnd::new(element.name))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_elements_are_left_out_and_texts_escaped() {
        let item = group("b", [text("c", ""), optional("d", None::<&str>), group("e", [])]);
        let root = group("a", [item, with(text("f", "1 < 2 & \u{1}å"), "g", "\"h\"")]);
        let written = String::from_utf8(write(root).expect("written")).expect("UTF-8");
        let expect = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a>\n  <f g=\"&quot;h&quot;\">1 &lt; 2 &amp;  å</f>\n</a>\n";
        assert_eq!(written, expect);
    }
}
