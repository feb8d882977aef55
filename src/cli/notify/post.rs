//! The mail server: takes one mail at a time, and says what came of it.

use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, address::AddressError};
use miette::Diagnostic;
use thiserror::Error as ThisError;

use super::letter::Letter;
use crate::config::notify::{Secret, Sender, Smtp, Tls};
use crate::domain::email::EmailAddress;
use crate::wire::decode;

/// What a certificate begins with.
const PEM_BEGINS: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// The stage that is about us, and not about the mail.
const SENDER: &str = "MAIL FROM";

/// What the server said of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is the server's now.
    Taken,
    /// It will never take it, and why.
    Refused(String),
}

/// Why a mail could not be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Another try may go well.
    Passing(String),
    /// The same would happen to all mails.
    Lasting(String),
}

#[derive(Debug, ThisError, Diagnostic)]
pub enum PostError {
    #[error("the password of the mail server is not in the environment: set {0}, and start again")]
    NoVariable(String),
    #[error("cannot read {}: {source}; notify.smtp names it", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{} holds a certificate that cannot be read, and notify.smtp.ca names it: {source}", path.display())]
    BadCertificate { path: PathBuf, source: Error },
    #[error("{} holds no certificate in PEM, which notify.smtp.ca is for", path.display())]
    NoCertificate { path: PathBuf },
    #[error("TLS cannot be used: {0}")]
    Tls(Error),
    #[error("the address {0} cannot be used: {1}")]
    Address(String, AddressError),
}

/// A connection to the server, made when it is needed and kept while it is good.
pub struct Post {
    smtp: Smtp,
    from: Mailbox,
    credentials: Option<Credentials>,
    tls: Option<TlsParameters>,
    connection: Option<SmtpConnection>,
}

impl Post {
    /// # Errors
    /// What the configuration names is not there. The server is not asked yet.
    pub fn new(smtp: &Smtp, from: &Sender) -> Result<Self, PostError> {
        let address = address(&from.address).map_err(|error| PostError::Address(from.address.to_string(), error))?;
        let login = smtp.login.as_ref();
        let credentials =
            login.map(|login| Ok::<_, PostError>(Credentials::new(login.user.clone(), password(&login.password)?))).transpose()?;
        let tls = if smtp.tls == Tls::None { None } else { Some(tls(smtp)?) };
        Ok(Self { smtp: smtp.clone(), from: Mailbox::new(from.name.clone(), address), credentials, tls, connection: None })
    }

    /// Hands a mail over. After [`Answer::Taken`] it is the server's matter; after a trouble it may be so
    /// too, if the server took it and its answer was lost.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub fn send(&mut self, letter: &Letter) -> Result<Answer, Trouble> {
        let (to, text) = match message(letter, &self.from) {
            Ok(made) => made,
            Err(reason) => return Ok(Answer::Refused(reason)),
        };
        let mut connection = self.connected()?;
        if let Err((stage, error)) = hand_over(&mut connection, &self.from.email, to, &text) {
            return self.failed(connection, stage, &error);
        }
        self.connection = Some(connection);
        Ok(Answer::Taken)
    }

    /// One refusal is about this mail, unless it is about who sends; the connection stays, if it can.
    fn failed(&mut self, mut connection: SmtpConnection, stage: &str, error: &Error) -> Result<Answer, Trouble> {
        if error.status().is_some() && connection.command(Rset).is_ok() {
            self.connection = Some(connection);
        }
        match (error.status(), error.is_permanent()) {
            (Some(_), true) if stage == SENDER => Err(Trouble::Lasting(format!(
                "the mail server does not let {} send: {error}; set `from`, `user` or the server right, and start again",
                self.from.email
            ))),
            (Some(_), true) => Ok(Answer::Refused(format!("{stage}: {error}"))),
            // Its words could name the recipient.
            (Some(code), false) => Err(Trouble::Passing(format!("the mail server puts a mail off ({stage}: {code})"))),
            (None, _) => Err(Trouble::Passing(format!("the connection to the mail server failed ({stage}): {}", causes(error)))),
        }
    }

    /// The connection that is there, if the server has not closed it meanwhile, or a new one.
    fn connected(&mut self) -> Result<SmtpConnection, Trouble> {
        if let Some(mut connection) = self.connection.take()
            && connection.test_connected()
        {
            return Ok(connection);
        }
        self.connect()
    }

    fn connect(&self) -> Result<SmtpConnection, Trouble> {
        let Smtp { host, port, timeout, hello, .. } = &self.smtp;
        let trouble = |doing: &str, error: &Error| {
            let text = format!("{doing} the mail server {host}:{port} failed: {}", causes(error));
            let lasting = error.is_permanent() || error.is_client();
            if lasting { Trouble::Lasting(format!("{text}; set [notify.smtp] right, and start again")) } else { Trouble::Passing(text) }
        };
        let hello = ClientId::Domain(hello.clone());
        let implicit = self.tls.as_ref().filter(|_| self.smtp.tls == Tls::Tls);
        let connected = SmtpConnection::connect((host.as_str(), *port), Some(*timeout), &hello, implicit, None);
        let mut connection = connected.map_err(|error| trouble("connecting to", &error))?;
        if let (Some(tls), Tls::Starttls) = (&self.tls, self.smtp.tls) {
            connection.starttls(tls, &hello).map_err(|error| trouble("STARTTLS with", &error))?;
        }
        if let Some(credentials) = &self.credentials {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            connection.auth(&mechanisms, credentials).map_err(|error| trouble("logging in to", &error))?;
        }
        Ok(connection)
    }
}

/// The text of a mail up to its end mark, in one piece: sent in two, as `SmtpConnection::message` does, the mark
/// waits for the server's delayed acknowledgement, which is 40 ms a mail.
struct Text<'a>(&'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.0.strip_suffix("\r\n").unwrap_or(self.0).split("\r\n") {
            // A line that begins with a dot would be the end, or lose it (RFC 5321, 4.5.2).
            let stuffed = if line.starts_with('.') { "." } else { "" };
            write!(f, "{stuffed}{line}\r\n")?;
        }
        f.write_str(".\r\n")
    }
}

/// One mail, and at which stage it failed.
fn hand_over(connection: &mut SmtpConnection, from: &Address, to: Address, text: &str) -> Result<(), (&'static str, Error)> {
    let at = |stage| move |error| (stage, error);
    connection.command(Mail::new(Some(from.clone()), Vec::new())).map_err(at(SENDER))?;
    connection.command(Rcpt::new(to, Vec::new())).map_err(at("RCPT TO"))?;
    connection.command(Data).map_err(at("DATA"))?;
    connection.command(Text(text)).map_err(at("the text"))?;
    Ok(())
}

impl Drop for Post {
    fn drop(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            connection.abort();
        }
    }
}

/// A mail as it goes over the wire, and whom to.
fn message(letter: &Letter, from: &Mailbox) -> Result<(Address, String), String> {
    let to = EmailAddress::parse(&letter.to).ok_or("it is no plain e-mail address")?;
    let to = address(&to).map_err(|error| error.to_string())?;
    let at = decode::instant(&letter.at).map_or(0, |at| u64::try_from(at.nanos()).unwrap_or_default());
    let message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to.clone()))
        .date(time(at))
        .message_id(Some(letter.id.clone()))
        .subject(letter.subject.clone())
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
        .header(ContentType::TEXT_PLAIN)
        .body(letter.body.clone());
    let text = message.map(|message| message.formatted()).map_err(|error| error.to_string())?;
    // All of it is encoded as ASCII; a lone line end would be read by each server in its own way.
    let text = String::from_utf8(text).ok().filter(|text| text.is_ascii() && ends_lines_in_pairs(text));
    Ok((to, text.ok_or("it cannot be written as a mail")?))
}

fn ends_lines_in_pairs(text: &str) -> bool {
    !text.replace("\r\n", "").contains(['\r', '\n'])
}

fn time(nanos: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_nanos(nanos)
}

fn address(address: &EmailAddress) -> Result<Address, AddressError> {
    Address::new(address.local(), address.domain())
}

fn tls(smtp: &Smtp) -> Result<TlsParameters, PostError> {
    let mut builder = TlsParameters::builder(smtp.host.clone());
    if let Some(path) = &smtp.ca {
        let pem = fs::read(path).map_err(|source| PostError::Unreadable { path: path.clone(), source })?;
        if !pem.windows(PEM_BEGINS.len()).any(|text| text == PEM_BEGINS) {
            return Err(PostError::NoCertificate { path: path.clone() });
        }
        let certificate = Certificate::from_pem(&pem).map_err(|source| PostError::BadCertificate { path: path.clone(), source })?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(PostError::Tls)
}

fn password(secret: &Secret) -> Result<String, PostError> {
    match secret {
        Secret::Environment(name) => std::env::var(name).map_err(|_| PostError::NoVariable(name.clone())),
        Secret::File(path) => {
            let text = fs::read_to_string(path).map_err(|source| PostError::Unreadable { path: path.clone(), source })?;
            Ok(text.lines().next().unwrap_or_default().to_owned())
        }
    }
}

/// An error with what is behind it.
fn causes(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_mail_ends_it() {
        let check = |text: &str, expect: &str| assert_eq!(Text(text).to_string(), expect);
        check("A: b\r\n\r\ntext\r\n", "A: b\r\n\r\ntext\r\n.\r\n");
        check("A: b\r\n\r\n.\r\n..\r\n.x", "A: b\r\n\r\n..\r\n...\r\n..x\r\n.\r\n");
        check("\r\n\r\n", "\r\n\r\n.\r\n");
        let check = |text: &str, expect: bool| assert_eq!(ends_lines_in_pairs(text), expect, "{text:?}");
        check("a\r\nb\r\n", true);
        check("a\nb", false);
        check("a\rb", false);
        check("a\r\r\nb", false);
    }
}
