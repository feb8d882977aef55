//! Reading mails back, by POP3.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A mail as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Name and value, unfolded, in their order.
    pub headers: Vec<(String, String)>,
    /// Decoded.
    pub body: String,
}

impl Mail {
    /// The only header of this name.
    pub fn header(&self, name: &str) -> &str {
        let found: Vec<&str> =
            self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str()).collect();
        let [value] = found.as_slice() else { panic!("{name} is there {} times: {:#?}", found.len(), self.headers) };
        value
    }

    pub fn id(&self) -> &str {
        self.header("Message-ID")
    }

    pub fn subject(&self) -> String {
        encoded_words(self.header("Subject"))
    }

    /// The notices that are quoted in it.
    pub fn notices(&self) -> Vec<serde_json::Value> {
        self.body.lines().filter(|line| line.starts_with("{\"")).map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// All mails in a box; the server makes it with the first one, and its password is the address.
pub fn fetch(port: u16, address: &str) -> Vec<Mail> {
    let mut stream = BufReader::new(TcpStream::connect(("127.0.0.1", port)).unwrap());
    line(&mut stream);
    say(&mut stream, &format!("USER {address}"));
    if !say(&mut stream, &format!("PASS {address}")).starts_with("+OK") {
        return Vec::new();
    }
    let count: usize = say(&mut stream, "STAT").split_whitespace().nth(1).unwrap().parse().unwrap();
    let mails = (1..=count).map(|number| {
        assert!(say(&mut stream, &format!("RETR {number}")).starts_with("+OK"));
        let mut lines = Vec::new();
        loop {
            match line(&mut stream) {
                text if text == "." => break,
                text => lines.push(text.strip_prefix('.').map_or(text.clone(), str::to_owned)),
            }
        }
        parse(&lines)
    });
    let mails = mails.collect();
    say(&mut stream, "QUIT");
    mails
}

fn say(stream: &mut BufReader<TcpStream>, text: &str) -> String {
    stream.get_mut().write_all(format!("{text}\r\n").as_bytes()).unwrap();
    line(stream)
}

fn line(stream: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    assert!(stream.read_line(&mut line).unwrap() > 0, "the server hung up");
    line.trim_end_matches(['\r', '\n']).to_owned()
}

fn parse(lines: &[String]) -> Mail {
    let empty = lines.iter().position(String::is_empty).unwrap();
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in &lines[..empty] {
        match line.split_once(": ") {
            Some((name, value)) if !line.starts_with([' ', '\t']) => headers.push((name.to_owned(), value.to_owned())),
            _ => headers.last_mut().unwrap().1.push_str(line),
        }
    }
    let mut mail = Mail { headers, body: String::new() };
    let body = &lines[empty + 1..];
    let bytes = match mail.header("Content-Transfer-Encoding") {
        "7bit" => body.join("\n").into_bytes(),
        "base64" => STANDARD.decode(body.concat()).unwrap(),
        "quoted-printable" => quoted_printable(&body.join("\n")),
        other => panic!("{other}"),
    };
    mail.body = String::from_utf8(bytes).unwrap().replace("\r\n", "\n");
    mail
}

fn quoted_printable(text: &str) -> Vec<u8> {
    let text = text.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        if *first == b'=' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&behind[..2]).unwrap(), 16).unwrap());
            rest = &behind[2..];
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    bytes
}

/// RFC 2047, base64 as this sender writes it; blanks between two encoded words are none.
fn encoded_words(text: &str) -> String {
    let mut decoded = String::new();
    let mut was_encoded = false;
    for (number, word) in text.split(' ').filter(|word| !word.is_empty()).enumerate() {
        let inner = word.strip_prefix("=?utf-8?b?").and_then(|word| word.strip_suffix("?="));
        if number > 0 && !(was_encoded && inner.is_some()) {
            decoded.push(' ');
        }
        match inner {
            Some(inner) => decoded.push_str(std::str::from_utf8(&STANDARD.decode(inner).unwrap()).unwrap()),
            None => decoded.push_str(word),
        }
        was_encoded = inner.is_some();
    }
    decoded
}
