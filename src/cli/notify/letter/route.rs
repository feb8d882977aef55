//! To whom a notice goes.

use super::Notice;
use crate::cli::explain::Language;
use crate::config::Notify;
use crate::config::notify::Route;
use crate::domain::email::EmailAddress;

/// Who gets a notice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recipients {
    /// In the order of the configuration, each once.
    pub good: Vec<(EmailAddress, Language)>,
    /// Named by the notice, and no addresses.
    pub bad: Vec<String>,
}

/// The rules of the configuration.
#[derive(Debug, Clone, Copy)]
pub struct Routes<'a>(pub &'a Notify);

impl Routes<'_> {
    #[must_use]
    pub fn of(self, notice: &Notice) -> Recipients {
        let Self(settings) = self;
        let mut found = Recipients::default();
        let of_customer = notice.customer.as_ref().and_then(|customer| settings.customers.get(customer));
        for route in settings.routes.iter().filter(|route| is_meant(route, notice)) {
            let language = route.language.unwrap_or(settings.language);
            route.to.iter().for_each(|to| found.add(to.clone(), language));
            let party = of_customer.filter(|_| route.to_customer);
            let language = party.and_then(|party| party.language).unwrap_or(language);
            party.into_iter().flat_map(|party| &party.to).for_each(|to| found.add(to.clone(), language));
        }
        let language = of_customer.and_then(|party| party.language).unwrap_or(settings.language);
        for text in notice.recipients.iter().filter(|_| settings.named_recipients) {
            match EmailAddress::parse(text) {
                Some(to) => found.add(to, language),
                None if found.bad.contains(text) => {}
                None => found.bad.push(text.clone()),
            }
        }
        found
    }
}

impl Recipients {
    fn add(&mut self, to: EmailAddress, language: Language) {
        if !self.good.iter().any(|(known, _)| *known == to) {
            self.good.push((to, language));
        }
    }
}

fn is_meant(route: &Route, notice: &Notice) -> bool {
    let kind = route.kinds.as_ref().is_none_or(|kinds| kinds.contains(&notice.kind));
    kind && route.customers.as_ref().is_none_or(|names| notice.customer.as_ref().is_some_and(|customer| names.contains(customer)))
}
