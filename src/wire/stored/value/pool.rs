//! Package pools. Version 1 had the balance only, version 2 no consents.

use bincode::{BorrowDecode, Encode};

use super::bundle::StoredBundle;
use super::consent::StoredConsents;
use super::format::{self, Fault};
use super::plain::{StoredRecordRef, currency, date};
use super::tally::StoredLineage;
use super::vat::{StoredDecimal, StoredVat};
use crate::domain::pool::{BoughtPackage, Pool, Sold};
use crate::domain::quantity::Quantity;
use crate::domain::trailing::{MonthOfUse, TrailingUse};

/// The whole of version 1, and the beginning of every later one.
#[derive(Encode, BorrowDecode)]
struct StoredBalance {
    used: i128,
    covered: i128,
    bought: u64,
    noticed: u64,
    lineage: StoredLineage,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredPool<'a> {
    known: StoredPoolV2<'a>,
    /// Of the packages of all bundles, in their order.
    consents: StoredConsents<'a>,
}

#[derive(Encode, BorrowDecode)]
struct StoredPoolV2<'a> {
    balance: StoredBalance,
    size: Option<i128>,
    /// First and last day of use.
    span: Option<(i32, i32)>,
    /// Month since the year 0, and what was used in it.
    months: Vec<(i32, i128)>,
    bundles: Vec<StoredBundle<'a>>,
    credited: i128,
    last: Option<StoredSold<'a>>,
}

#[derive(Encode, BorrowDecode)]
struct StoredSold<'a> {
    record: StoredRecordRef,
    size: i128,
    amount: StoredDecimal,
    currency: &'a str,
    vat: StoredVat<'a>,
    unit: &'a str,
    description: &'a str,
}

impl<'a> StoredPool<'a> {
    pub fn of(pool: &'a Pool) -> Self {
        let packages = pool.bundles.iter().flat_map(|bundle| &bundle.packages);
        Self { known: StoredPoolV2::of(pool), consents: StoredConsents::of(packages.map(|package| package.consent.as_ref())) }
    }

    fn into_domain(self) -> Result<Pool, Fault> {
        let mut pool = self.known.into_domain()?;
        let mut packages: Vec<&mut BoughtPackage> = pool.bundles.iter_mut().flat_map(|bundle| &mut bundle.packages).collect();
        self.consents.put_into(&mut packages, |package| &mut package.consent)?;
        Ok(pool)
    }
}

impl<'a> StoredPoolV2<'a> {
    fn of(pool: &'a Pool) -> Self {
        let TrailingUse { span, months } = &pool.trailing;
        Self {
            balance: StoredBalance {
                used: pool.used.nanos(),
                covered: pool.covered.nanos(),
                bought: pool.bought,
                noticed: pool.noticed,
                lineage: StoredLineage::of(&pool.lineage),
            },
            size: pool.size.map(Quantity::nanos),
            span: span.map(|(first, last)| (first.to_epoch_days(), last.to_epoch_days())),
            months: months.iter().map(|kept| (kept.month, kept.quantity.nanos())).collect(),
            bundles: pool.bundles.iter().map(StoredBundle::of).collect(),
            credited: pool.credited.nanos(),
            last: pool.last.as_ref().map(StoredSold::of),
        }
    }

    fn into_domain(self) -> Result<Pool, Fault> {
        let span = self.span.map(|(first, last)| Ok((date(first)?, date(last)?))).transpose()?;
        let month = |(month, nanos)| MonthOfUse { month, quantity: Quantity::from_nanos(nanos) };
        Ok(Pool {
            size: self.size.map(Quantity::from_nanos),
            trailing: TrailingUse { span, months: self.months.into_iter().map(month).collect() },
            bundles: self.bundles.into_iter().map(StoredBundle::into_domain).collect::<Result<_, _>>()?,
            credited: Quantity::from_nanos(self.credited),
            last: self.last.map(StoredSold::into_domain).transpose()?,
            ..self.balance.into_domain()
        })
    }
}

impl StoredBalance {
    fn into_domain(self) -> Pool {
        Pool {
            used: Quantity::from_nanos(self.used),
            covered: Quantity::from_nanos(self.covered),
            bought: self.bought,
            noticed: self.noticed,
            lineage: self.lineage.into_domain(),
            ..Pool::default()
        }
    }
}

impl<'a> StoredSold<'a> {
    fn of(sold: &'a Sold) -> Self {
        Self {
            record: StoredRecordRef::of(&sold.record),
            size: sold.size.nanos(),
            amount: StoredDecimal::of(sold.amount),
            currency: sold.currency.as_str(),
            vat: StoredVat::of(&sold.vat),
            unit: &sold.unit,
            description: &sold.description,
        }
    }

    fn into_domain(self) -> Result<Sold, Fault> {
        Ok(Sold {
            record: self.record.into_domain(),
            size: Quantity::from_nanos(self.size),
            amount: self.amount.into_domain()?,
            currency: currency(self.currency)?,
            vat: self.vat.into_domain()?,
            unit: self.unit.to_owned(),
            description: self.description.to_owned(),
        })
    }
}

pub(super) fn read(version: u8, body: &[u8]) -> Result<Pool, Fault> {
    match version {
        1 => Ok(format::read::<StoredBalance>(body)?.into_domain()),
        2 => format::read::<StoredPoolV2<'_>>(body)?.into_domain(),
        _ => format::read::<StoredPool<'_>>(body)?.into_domain(),
    }
}
