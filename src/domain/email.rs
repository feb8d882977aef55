//! Addresses for e-mail, in the plain form that every server takes: ASCII, no quotes, no comments.

use std::fmt;

/// Limits of RFC 5321, 4.5.3.1.
const LONGEST_LOCAL: usize = 64;
const LONGEST_LABEL: usize = 63;
const LONGEST_ADDRESS: usize = 254;

/// An address like `anna@kommun.example`. Its domain is kept in lower case, so that one recipient is one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EmailAddress {
    text: String,
    at: usize,
}

impl EmailAddress {
    /// None if it is no address. Whatever could end a header or a command of SMTP is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (local, domain) = text.rsplit_once('@')?;
        let good = is_local(local) && is_domain(domain) && text.len() <= LONGEST_ADDRESS;
        good.then(|| Self { text: format!("{local}@{}", domain.to_ascii_lowercase()), at: local.len() })
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    #[must_use]
    pub fn local(&self) -> &str {
        self.text.get(..self.at).unwrap_or_default()
    }

    #[must_use]
    pub fn domain(&self) -> &str {
        self.text.get(self.at + 1..).unwrap_or_default()
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A dot-atom (RFC 5322, 3.2.3).
fn is_local(text: &str) -> bool {
    let atom =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte));
    text.len() <= LONGEST_LOCAL && text.split('.').all(atom)
}

fn is_domain(text: &str) -> bool {
    let label = |part: &str| {
        let plain = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (1..=LONGEST_LABEL).contains(&part.len()) && plain && !part.starts_with('-') && !part.ends_with('-')
    };
    text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_addresses_are_taken() {
        let check =
            |text: &str, expect: Option<&str>| assert_eq!(EmailAddress::parse(text).as_ref().map(EmailAddress::as_str), expect, "{text:?}");
        check("Anna.B+tally@Kommun.Example", Some("Anna.B+tally@kommun.example"));
        check("root@localhost", Some("root@localhost"));
        check("o'brien@a-b.se", Some("o'brien@a-b.se"));
        for bad in
            ["", "a", "@b", "a@", "a@@b", "a b@c", "a@b c", ".a@b", "a.@b", "a..b@c", "a@b.", "a@.b", "a@-b", "a@b-", "å@b.se", "a@å.se"]
        {
            check(bad, None);
        }
        for bad in ["a@b\r\nBcc: c@d", "a\n@b", "a@b\0", "<a@b>", "a@b>", "a,b@c", "\"a b\"@c", "a@b,c@d", "a@[127.0.0.1]", "a@b\u{2028}"] {
            check(bad, None);
        }
        check(&format!("{}@b", "a".repeat(65)), None);
        check(&format!("a@{}.b", "c".repeat(64)), None);
        check(&format!("a@{}", "c.".repeat(130)), None);
    }

    #[test]
    fn an_address_has_two_parts() {
        let address = EmailAddress::parse("a.b@C.se").expect("an address");
        assert_eq!((address.local(), address.domain()), ("a.b", "c.se"));
    }
}
