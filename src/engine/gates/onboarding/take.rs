//! Facts about a customer that open or close production: taken in, and told.

use super::deadlines;
use super::steps::Asking;
use crate::domain::account::Account;
use crate::domain::catalog::Service;
use crate::domain::gates::onboarding::commissioning::Stage;
use crate::domain::gates::onboarding::facts::OnboardingFact;
use crate::domain::instant::Instant;
use crate::domain::names::ServiceId;
use crate::domain::notice::{NoticeKind, OnboardingNotice};
use crate::domain::spans::Spans;
use crate::engine::customer::Customer;
use crate::engine::issue::Outbox;
use crate::engine::world::World;

/// When production was open before a fact was taken in, service by service.
#[derive(Debug)]
pub struct Watch(Vec<(ServiceId, Spans)>);

impl Watch {
    pub fn begin(account: &Account, world: &World) -> Self {
        let asked = world.catalog.services.iter().filter_map(|service| Some((service.id.clone(), open(account, service, world)?)));
        Self(asked.collect())
    }

    /// Tells what the fact has opened, and what it should have closed before: that was counted, and stays.
    pub fn end(self, customer: &mut Customer, watermark: Instant, world: &World, outbox: &mut Outbox<'_>) {
        customer.onboarded.forget();
        for (id, before) in self.0 {
            let service = world.catalog.service(id.as_str());
            let Some(after) = service.and_then(|service| open(&customer.account, service, world)) else { continue };
            if let Some((from, _)) = after.less(&before).first() {
                let notice = OnboardingNotice::Opened { service: id.clone(), from };
                outbox.notice(customer, watermark, NoticeKind::Onboarding(notice));
            }
            told_late(customer, &id, &before.less(&after), watermark, outbox);
        }
    }

    /// A test that is agreed on for a time when production is open: what was counted of it stays.
    pub fn tested(&self, customer: &Customer, service: &ServiceId, test: &Spans, watermark: Instant, outbox: &mut Outbox<'_>) {
        if let Some((_, open)) = self.0.iter().find(|(id, _)| id == service) {
            told_late(customer, service, &open.and(test), watermark, outbox);
        }
    }
}

fn open(account: &Account, service: &Service, world: &World) -> Option<Spans> {
    let rules = service.onboarding.as_ref()?;
    Some(Asking { account, service, rules, world }.open())
}

fn told_late(customer: &Customer, service: &ServiceId, spans: &Spans, watermark: Instant, outbox: &mut Outbox<'_>) {
    let past = Spans::of(Instant::MIN, Some(watermark));
    if let Some((from, to)) = spans.and(&past).first() {
        let notice = OnboardingNotice::ToldLate { service: service.clone(), from, to };
        outbox.notice(customer, watermark, NoticeKind::Onboarding(notice));
    }
}

/// Takes a fact in; true if it changed anything. Told again, it says nothing new.
pub fn take(customer: &mut Customer, fact: &OnboardingFact, watermark: Instant, world: &World, outbox: &mut Outbox<'_>) -> bool {
    let watch = Watch::begin(&customer.account, world);
    if !customer.account.gates.onboarding.put(fact) {
        return false;
    }
    customer.account_dirty = true;
    if let OnboardingFact::Plan(plan) = fact {
        let window = Spans::of(plan.agreed.from, Some(plan.agreed.to));
        watch.tested(customer, &plan.agreed.service, &window, watermark, outbox);
    }
    if let OnboardingFact::Verification { plan, .. } = fact {
        unverified(customer, plan, watermark, world, outbox);
    }
    watch.end(customer, watermark, world, outbox);
    deadlines::schedule(&mut customer.account, &world.catalog, watermark);
    true
}

/// A verification that keeps production shut is told with its fault.
fn unverified(customer: &Customer, plan: &str, watermark: Instant, world: &World, outbox: &mut Outbox<'_>) {
    let Some(one) = customer.account.gates.onboarding.commissioning(plan) else { return };
    let Some(agreed) = &one.agreed else { return };
    let rules = world.catalog.service(agreed.service.as_str()).and_then(|service| service.onboarding.as_ref());
    if let Some(Stage::Unverified(_, why)) = rules.map(|rules| one.stage(rules.archive.as_deref())) {
        let notice = OnboardingNotice::Unverified { plan: plan.to_owned(), service: agreed.service.clone(), why };
        outbox.notice(customer, watermark, NoticeKind::Onboarding(notice));
    }
}
