//! JSON as it is published: no spaces, members in the order in which they are written.

use std::fmt::{self, Display, Write};

/// An object that is being written.
pub(super) struct Object<'a> {
    out: &'a mut String,
    empty: bool,
}

/// Writes one object.
pub(super) fn object(fill: impl FnOnce(&mut Object<'_>)) -> Vec<u8> {
    let mut out = String::with_capacity(1024);
    nested(&mut out, fill);
    out.into_bytes()
}

fn nested(out: &mut String, fill: impl FnOnce(&mut Object<'_>)) {
    out.push('{');
    fill(&mut Object { out, empty: true });
    out.push('}');
}

impl Object<'_> {
    /// A string, of a text or of anything that has one.
    pub fn text(&mut self, name: &str, value: impl Display) -> &mut Self {
        self.name(name);
        quoted(self.out, value);
        self
    }

    /// A string, or no member.
    pub fn optional(&mut self, name: &str, value: Option<impl Display>) -> &mut Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    pub fn number(&mut self, name: &str, value: u64) -> &mut Self {
        self.literal(name, &value.to_string())
    }

    /// `null`, `true` or `false`.
    pub fn literal(&mut self, name: &str, value: &str) -> &mut Self {
        self.name(name);
        self.out.push_str(value);
        self
    }

    pub fn object(&mut self, name: &str, fill: impl FnOnce(&mut Object<'_>)) -> &mut Self {
        self.name(name);
        nested(self.out, fill);
        self
    }

    /// A list of objects.
    pub fn list<T>(&mut self, name: &str, items: impl IntoIterator<Item = T>, fill: impl Fn(&mut Object<'_>, T)) -> &mut Self {
        self.name(name);
        self.out.push('[');
        for (place, item) in items.into_iter().enumerate() {
            if place > 0 {
                self.out.push(',');
            }
            nested(self.out, |object| fill(object, item));
        }
        self.out.push(']');
        self
    }

    /// A list of strings.
    pub fn texts<T: Display>(&mut self, name: &str, items: impl IntoIterator<Item = T>) -> &mut Self {
        self.name(name);
        self.out.push('[');
        for (place, item) in items.into_iter().enumerate() {
            if place > 0 {
                self.out.push(',');
            }
            quoted(self.out, item);
        }
        self.out.push(']');
        self
    }

    fn name(&mut self, name: &str) {
        if !self.empty {
            self.out.push(',');
        }
        self.empty = false;
        quoted(self.out, name);
        self.out.push(':');
    }
}

pub(in crate::wire) fn quoted(out: &mut String, value: impl Display) {
    out.push('"');
    // Writing to a string does not fail.
    let _ = write!(Escaping(out), "{value}");
    out.push('"');
}

/// Escapes what RFC 8259 demands, and nothing else.
struct Escaping<'a>(&'a mut String);

impl Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            match character {
                '"' => self.0.push_str("\\\""),
                '\\' => self.0.push_str("\\\\"),
                '\n' => self.0.push_str("\\n"),
                '\r' => self.0.push_str("\\r"),
                '\t' => self.0.push_str("\\t"),
                control if control < ' ' => write!(self.0, "\\u{:04x}", u32::from(control))?,
                other => self.0.push(other),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_survives() {
        for text in ["", "plain", "åäö €😀", "\"\\/", "\0\u{1}\u{8}\u{c}\n\r\t\u{1f}\u{7f}\u{2028}"] {
            let bytes = object(|object| {
                object.text("a", text).optional("b", None::<&str>).number("c", u64::MAX).literal("d", "null");
            });
            let expect = serde_json::json!({"a": text, "c": u64::MAX, "d": null});
            assert_eq!(serde_json::from_slice::<serde_json::Value>(&bytes).expect("JSON"), expect);
        }
    }
}
