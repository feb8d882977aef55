//! Which registered it-system reports the use, by its certificate or its source (REQUIREMENTS P3, P5, P7)?

use crate::domain::directory::{Directory, Invalid, SystemVersion};
use crate::domain::names::SystemId;
use crate::domain::usage::{CertificateRef, UsageEvent};
use crate::domain::verdict::Reason;
use crate::engine::gate::Refusal;

/// The system of an event at event time. A certificate says it whatever the source is.
///
/// # Errors
/// `unknown_certificate`: it is none, has expired or is revoked. `unknown_system`: none is registered with the
/// source, or several are, or that of the certificate is not.
pub fn check<'d>(event: &UsageEvent<'_>, directory: &'d Directory) -> Result<(&'d SystemId, &'d SystemVersion), Refusal> {
    if let Some(certificate) = &event.certificate {
        return of_certificate(certificate, event, directory);
    }
    let mut systems = directory.systems_of(&event.source, event.time);
    match (systems.next(), systems.next()) {
        (Some(system), None) => Ok(system),
        (None, _) => {
            let detail = format!("no it-system is registered with the source `{}` at {}", event.source, event.time);
            Err(Refusal::new(Reason::UnknownSystem, detail))
        }
        (Some((one, _)), Some((other, _))) => {
            let detail =
                format!("the systems `{one}` and `{other}` are both registered with the source `{}` at {}", event.source, event.time);
            Err(Refusal::new(Reason::UnknownSystem, detail))
        }
    }
}

fn of_certificate<'d>(
    certificate: &CertificateRef<'_>,
    event: &UsageEvent<'_>,
    directory: &'d Directory,
) -> Result<(&'d SystemId, &'d SystemVersion), Refusal> {
    let CertificateRef { issuer, serial } = certificate;
    let known = directory.certificate(issuer, serial);
    let version = known.map_or(Err(Invalid::Unknown), |known| known.version_at(event.time)).map_err(|why| {
        let detail = format!("the certificate `{serial}` of `{issuer}` {} at {}", why.as_str(), event.time);
        Refusal::new(Reason::UnknownCertificate, detail)
    })?;
    let registered = directory.system(&version.system).and_then(|system| system.version_at(event.time));
    registered.map(|registered| (&version.system, registered)).ok_or_else(|| {
        let detail = format!("the system `{}` of the certificate `{serial}` is not registered at {}", version.system, event.time);
        Refusal::new(Reason::UnknownSystem, detail)
    })
}
