//! From lines to a billing record: number, identity, totals.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use crate::domain::catalog::{Catalog, Vat};
use crate::domain::currency::Currency;
use crate::domain::instant::Instant;
use crate::domain::money::Money;
use crate::domain::names::SellerId;
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::party::Parties;
use crate::domain::period::Period;
use crate::domain::record::{BillingRecord, Line, RecordKind, RecordNumber, RecordRef, Totals, VatTotal};
use crate::domain::verdict::Sums;
use crate::domain::zone::Zone;

use super::customer::Customer;
use super::input::Effect;

/// Where effects go, and what they are counted in.
#[derive(Debug)]
pub struct Outbox<'a> {
    pub effects: &'a mut Vec<Effect>,
    pub sums: &'a mut Sums,
    pub catalog: &'a Catalog,
}

/// A record before it has a number.
#[derive(Debug, Clone)]
pub struct Draft {
    pub kind: RecordKind,
    pub seller: SellerId,
    pub currency: Currency,
    pub issued_at: Instant,
    pub period: Option<(Period, Zone)>,
    pub due_date: Option<NaiveDate>,
    pub preceding: BTreeSet<RecordRef>,
    pub lines: Vec<Line>,
    /// What makes it this record and no other, beside customer, seller, currency and kind:
    /// plan and ordinal, plans and period, or the closing instant.
    pub identity: Vec<String>,
}

impl Outbox<'_> {
    pub fn notice(&mut self, customer: &Customer, at: Instant, kind: NoticeKind) {
        self.sums.notices += 1;
        let notice = Notice { at, customer: Some(customer.id.clone()), kind };
        self.effects.push(Effect::Notice(Box::new(notice)));
    }

    /// Numbers a draft and publishes it. None if an amount has too many digits to be exact.
    pub fn issue(&mut self, customer: &mut Customer, draft: Draft) -> Option<RecordRef> {
        let totals = totals(&draft.lines, draft.currency)?;
        let facts = facts(customer, &draft, &totals, self.catalog);
        let id = identity(customer, &draft);
        customer.account.last_number += 1;
        customer.account_dirty = true;
        let number = customer.account.last_number;
        let record = BillingRecord {
            id,
            number: RecordNumber { customer: customer.id.clone(), number },
            kind: draft.kind,
            seller: draft.seller,
            currency: draft.currency,
            issued_at: draft.issued_at,
            issue_date: facts.issue_date,
            due_date: facts.due_date,
            parties: facts.parties,
            period: draft.period,
            preceding: draft.preceding.into_iter().collect(),
            lines: draft.lines,
            totals,
            catalog_version: self.catalog.version.clone(),
            catalog_digest: self.catalog.digest,
            tzdb: Zone::database_version(),
        };
        self.sums.records += 1;
        let reference = RecordRef { number, issued_at: record.issued_at };
        self.effects.push(Effect::Record(Box::new(record)));
        Some(reference)
    }
}

/// What a record says beside its lines.
struct Facts {
    issue_date: NaiveDate,
    due_date: Option<NaiveDate>,
    parties: Option<Parties>,
}

/// The parties as in force at issue, and the dates in the customer's zone.
fn facts(customer: &Customer, draft: &Draft, totals: &Totals, catalog: &Catalog) -> Facts {
    let version = customer.account.version_at_issue(draft.issued_at);
    let seller = catalog.sellers.get(&draft.seller);
    let zone = version.map(|version| version.zone).or(draft.period.map(|(_, zone)| zone));
    let issue_date = zone.map_or_else(|| draft.issued_at.to_utc().date_naive(), |zone| zone.date_of(draft.issued_at));
    let terms = seller.and_then(|seller| seller.terms).filter(|_| totals.gross.minor() > 0);
    Facts {
        issue_date,
        due_date: draft.due_date.or_else(|| terms?.after_date(issue_date)),
        parties: seller.zip(version).map(|(seller, version)| Parties::of(seller, version)),
    }
}

/// The first 128 bits of SHA-256 over the parts, each after its length.
fn identity(customer: &Customer, draft: &Draft) -> u128 {
    let fixed = [customer.id.as_str(), draft.seller.as_str(), draft.currency.as_str(), draft.kind.as_str()];
    let mut hash = Sha256::new();
    for part in fixed.into_iter().chain(draft.identity.iter().map(String::as_str)) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    digest.iter().take(16).fold(0, |id, byte| (id << 8) | u128::from(*byte))
}

/// Sums of a record: tax per (category, rate), rounded on the sum (BG-22, BG-23).
pub fn totals(lines: &[Line], currency: Currency) -> Option<Totals> {
    let mut taxable: BTreeMap<(&str, Decimal), (Vat, Money)> = BTreeMap::new();
    let mut net = Money::zero(currency);
    for line in lines {
        net = net.checked_add(line.net)?;
        let new = || (line.vat.clone(), Money::zero(currency));
        let (group, sum) = taxable.entry((&line.vat.category, line.vat.rate)).or_insert_with(new);
        // One group has one reason: the first that is given.
        group.exemption = group.exemption.take().or_else(|| line.vat.exemption.clone());
        *sum = sum.checked_add(line.net)?;
    }
    let mut gross = net;
    let mut vat = Vec::with_capacity(taxable.len());
    for (group, taxable) in taxable.into_values() {
        let amount = taxable.tax(group.rate)?;
        gross = gross.checked_add(amount)?;
        vat.push(VatTotal { vat: group, taxable, amount });
    }
    Some(Totals { net, vat, gross })
}
