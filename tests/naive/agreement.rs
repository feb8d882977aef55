//! Systems and agreements: what was told is kept in sets, and every question is answered by replaying it.

use std::collections::{BTreeMap, BTreeSet};

use super::calendar::{self, Instant};
use super::json::Json;

/// Agreement and system.
pub type Consent = Option<(String, String)>;

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ask {
    at: Instant,
    supplier: String,
    system: String,
    services: BTreeSet<String>,
    expires: Option<Instant>,
    why: (String, String),
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Answer {
    at: Instant,
    what: What,
    services: Option<BTreeSet<String>>,
    why: (String, String),
    approver: Option<String>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Approved { from: Instant, to: Option<Instant> },
    Rejected,
    Ended { from: Instant },
}

#[derive(Clone)]
pub enum Told {
    Ask(Ask),
    Answer(Answer),
}

pub type Key = (String, u64);

#[derive(Clone, Default)]
pub struct Version {
    ask: Option<Ask>,
    answers: BTreeSet<Answer>,
    pub due: Option<Instant>,
}

/// From when, until when, supplier, source.
#[derive(Clone, PartialEq)]
pub struct Registration {
    pub to: Option<Instant>,
    pub supplier: String,
    pub sources: BTreeSet<String>,
}

/// From when, until when, what it is known by.
#[derive(Clone)]
pub struct Trial {
    pub to: Option<Instant>,
    pub sources: BTreeSet<String>,
    pub certificates: BTreeSet<(String, String)>,
}

#[derive(Default)]
pub struct Systems {
    pub tried: BTreeMap<String, BTreeMap<Instant, Trial>>,
    pub registered: BTreeMap<String, BTreeMap<Instant, Registration>>,
    /// By issuer and serial, and from when: until when, and whose.
    pub certificates: BTreeMap<(String, String), BTreeMap<Instant, (Instant, String)>>,
    pub revoked: BTreeSet<((String, String), Instant)>,
}

impl Systems {
    /// System and supplier of a use.
    pub fn of_use(&self, source: &str, certificate: Option<&(String, String)>, at: Instant) -> Result<(String, String), &'static str> {
        let Some(key) = certificate else { return self.of(source, at).ok_or("unknown_system") };
        let last = self.certificates.get(key).and_then(|versions| versions.range(..=at).next_back());
        let (_, (to, system)) = last.ok_or("unknown_certificate")?;
        let revoked = self.revoked.iter().any(|(revoked, since)| revoked == key && *since <= at);
        if revoked || *to <= at {
            return Err("unknown_certificate");
        }
        let registered = self.registered.get(system).and_then(|versions| versions.range(..=at).next_back());
        let (_, registered) = registered.filter(|(_, one)| one.to.is_none_or(|to| at < to)).ok_or("unknown_system")?;
        Ok((system.clone(), registered.supplier.clone()))
    }

    pub fn is_tried(&self, source: &str, certificate: Option<&(String, String)>, at: Instant) -> bool {
        let last = self.tried.values().filter_map(|versions| versions.range(..=at).next_back());
        let mut open = last.map(|(_, trial)| trial).filter(|trial| trial.to.is_none_or(|to| at < to));
        open.any(|trial| trial.sources.contains(source) || certificate.is_some_and(|key| trial.certificates.contains(key)))
    }

    /// Is it a test by what sends it, though it claims to be production?
    pub fn is_only_tried(&self, source: &str, certificate: Option<&(String, String)>, at: Instant) -> bool {
        let is_registered =
            if certificate.is_some() { self.of_use(source, certificate, at).is_ok() } else { !self.all_of(source, at).is_empty() };
        self.is_tried(source, certificate, at) && !is_registered
    }

    /// System and supplier of a source, if there is just one.
    fn of(&self, source: &str, at: Instant) -> Option<(String, String)> {
        let found = self.all_of(source, at);
        if found.len() == 1 { found.into_iter().next() } else { None }
    }

    fn all_of(&self, source: &str, at: Instant) -> Vec<(String, String)> {
        let registered = self.registered.iter().filter_map(|(system, versions)| {
            let (_, last) = versions.range(..=at).next_back()?;
            let fits = last.to.is_none_or(|to| at < to) && last.sources.contains(source);
            fits.then(|| (system.clone(), last.supplier.clone()))
        });
        registered.collect()
    }
}

#[derive(Default)]
pub struct Agreements(pub BTreeMap<Key, Version>);

impl Version {
    /// The answers that took effect for a service, in the order of their times, and where it stands then.
    fn replay(&self, service: &str) -> (Vec<&Answer>, &'static str) {
        let Some(ask) = self.ask.as_ref().filter(|ask| ask.services.contains(service)) else { return (Vec::new(), "") };
        let (mut effective, mut stands) = (Vec::new(), "requested");
        for answer in self.answers.iter().filter(|answer| answer.services.as_ref().is_none_or(|named| named.contains(service))) {
            if stands == "requested" && ask.expires.is_some_and(|expires| answer.at >= expires) {
                stands = "expired";
            }
            let next = match (&answer.what, stands) {
                (What::Approved { .. }, "requested" | "approved" | "rejected") => "approved",
                (What::Rejected, "requested" | "rejected") => "rejected",
                (What::Ended { .. }, "approved" | "ended") => "ended",
                _ => continue,
            };
            stands = next;
            effective.push(answer);
        }
        (effective, stands)
    }

    fn services(&self) -> Vec<&String> {
        self.ask.iter().flat_map(|ask| &ask.services).collect()
    }

    /// Every answer with each service for which it took effect.
    fn effects(&self) -> BTreeSet<(Answer, String)> {
        let of = |service: &String| self.replay(service).0.into_iter().map(|answer| (answer.clone(), service.clone())).collect::<Vec<_>>();
        self.services().into_iter().flat_map(of).collect()
    }

    pub fn has_expired(&self) -> bool {
        self.services().into_iter().any(|service| matches!(self.replay(service).1, "requested" | "expired"))
    }
}

impl Agreements {
    /// The agreement that covers a use: that of the earliest approval.
    pub fn covering(&self, system: &str, supplier: &str, service: &str, at: Instant) -> Option<String> {
        let mut found: BTreeSet<(Instant, Key)> = BTreeSet::new();
        for (key, version) in &self.0 {
            if version.ask.as_ref().is_none_or(|ask| ask.system != system || ask.supplier != supplier) {
                continue;
            }
            let effective = version.replay(service).0;
            let is_over = effective.iter().any(|answer| matches!(answer.what, What::Ended { from } if from <= at));
            for answer in effective.iter().filter(|_| !is_over) {
                match answer.what {
                    What::Approved { from, to } if from <= at && to.is_none_or(|to| at < to) => {
                        found.insert((answer.at, key.clone()));
                    }
                    _ => {}
                }
            }
        }
        found.into_iter().next().map(|(_, (agreement, _))| agreement)
    }

    /// Was it asked for otherwise, and earlier?
    pub fn refuses(&self, key: &Key, told: &Told) -> bool {
        let Told::Ask(ask) = told else { return false };
        self.0.get(key).and_then(|version| version.ask.as_ref()).is_some_and(|known| known < ask)
    }

    /// Takes in what was told: the kinds of the notices, if it is news.
    pub fn put(&mut self, key: &Key, told: &Told, watermark: Instant) -> Option<Vec<&'static str>> {
        let version = self.0.entry(key.clone()).or_default();
        let before = version.effects();
        let mut kinds = Vec::new();
        match told {
            Told::Ask(ask) if version.ask.as_ref() == Some(ask) => return None,
            Told::Ask(ask) => {
                version.due = ask.expires.map(|expires| expires.max(watermark + chrono::Duration::milliseconds(1)));
                version.ask = Some(ask.clone());
                kinds.push("agreement_requested");
            }
            Told::Answer(answer) => {
                if !version.answers.insert(answer.clone()) {
                    return None;
                }
            }
        }
        let after = version.effects();
        let new: BTreeSet<&Answer> = after.difference(&before).map(|(answer, _)| answer).collect();
        kinds.extend(new.iter().map(|answer| match answer.what {
            What::Approved { .. } => "agreement_approved",
            What::Rejected => "agreement_rejected",
            What::Ended { .. } => "agreement_ended",
        }));
        if let Told::Answer(answer) = told
            && version.ask.is_some()
            && !new.contains(answer)
        {
            kinds.push("agreement_answer_ignored");
        }
        Some(kinds)
    }
}

fn words(data: &Json, name: &str) -> Option<Option<BTreeSet<String>>> {
    match data.get(name) {
        None => Some(None),
        Some(list @ Json::List(_)) => Some(Some(list.strings().into_iter().map(str::to_owned).collect())),
        Some(_) => None,
    }
}

fn instant(data: &Json, name: &str) -> Option<Option<Instant>> {
    match data.get(name) {
        None => Some(None),
        Some(value) => Some(Some(calendar::instant(value.text()?)?)),
    }
}

/// Agreement, version and what is told; none: it is refused.
pub fn read(kind: &str, at: Instant, data: &Json) -> Option<(Key, Told)> {
    let text = |name: &str| data.get(name).and_then(Json::text).map(str::to_owned);
    let key = match data.get("version")? {
        Json::Number(number) | Json::Text(number) => (text("agreement")?, number.parse().ok()?),
        _ => return None,
    };
    let why = (text("actor")?, text("reason")?);
    let services = words(data, "services")?;
    if kind == "tally.agreement_request.v1" {
        let expires = instant(data, "expires")?;
        let ask = Ask { at, supplier: text("supplier")?, system: text("system")?, services: services?, expires, why };
        return expires.is_none_or(|expires| expires > at).then_some((key, Told::Ask(ask)));
    }
    let (from, to, approver) = (instant(data, "from")?, instant(data, "to")?, text("approver"));
    let what = match text("answer")?.as_str() {
        "approved" => What::Approved { from: from.unwrap_or(at), to },
        "rejected" => What::Rejected,
        "ended" => What::Ended { from: to.unwrap_or(at) },
        _ => return None,
    };
    let is_possible = match &what {
        What::Approved { from, to } => (*from >= at || approver.is_some()) && to.is_none_or(|to| *from < to),
        What::Rejected => from.is_none() && to.is_none(),
        What::Ended { from: end } => from.is_none() && *end >= at,
    };
    let two = approver.as_ref() != Some(&why.0);
    (is_possible && two).then_some((key, Told::Answer(Answer { at, what, services, why, approver })))
}
