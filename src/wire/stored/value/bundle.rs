//! Packages that are bought and not yet issued.

use bincode::{BorrowDecode, Encode};

use super::code::Coded;
use super::format::Fault;
use super::plain::StoredPeriodKey;
use super::tally::StoredLineage;
use super::vat::{StoredDecimal, StoredVat};
use crate::domain::names::{SellerId, ServiceId};
use crate::domain::pool::{BoughtPackage, Bundle};
use crate::domain::quantity::Quantity;
use crate::domain::sizing::{SizeChoice, SizeReason};

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredBundle<'a> {
    day: StoredPeriodKey<'a>,
    seller: &'a str,
    packages: Vec<StoredPackage<'a>>,
}

#[derive(Encode, BorrowDecode)]
struct StoredPackage<'a> {
    service: &'a str,
    description: &'a str,
    unit: &'a str,
    vat: StoredVat<'a>,
    ordinal: u64,
    size: i128,
    amount: StoredDecimal,
    last_unit: i128,
    choice: Option<StoredChoice>,
    lineage: StoredLineage,
}

#[derive(Encode, BorrowDecode)]
struct StoredChoice {
    yearly: Option<i128>,
    target: u32,
    reason: u8,
}

impl<'a> StoredBundle<'a> {
    pub fn of(bundle: &'a Bundle) -> Self {
        Self {
            day: StoredPeriodKey::of(&bundle.day),
            seller: bundle.seller.as_str(),
            packages: bundle.packages.iter().map(StoredPackage::of).collect(),
        }
    }

    pub fn into_domain(self) -> Result<Bundle, Fault> {
        Ok(Bundle {
            day: self.day.into_domain()?,
            seller: SellerId::new(self.seller),
            packages: self.packages.into_iter().map(StoredPackage::into_domain).collect::<Result<_, _>>()?,
        })
    }
}

impl<'a> StoredPackage<'a> {
    fn of(package: &'a BoughtPackage) -> Self {
        Self {
            service: package.service.as_str(),
            description: &package.description,
            unit: &package.unit,
            vat: StoredVat::of(&package.vat),
            ordinal: package.ordinal,
            size: package.size.nanos(),
            amount: StoredDecimal::of(package.amount),
            last_unit: package.last_unit.nanos(),
            choice: package.choice.as_ref().map(StoredChoice::of),
            lineage: StoredLineage::of(&package.lineage),
        }
    }

    fn into_domain(self) -> Result<BoughtPackage, Fault> {
        Ok(BoughtPackage {
            service: ServiceId::new(self.service),
            consent: None,
            description: self.description.to_owned(),
            unit: self.unit.to_owned(),
            vat: self.vat.into_domain()?,
            ordinal: self.ordinal,
            size: Quantity::from_nanos(self.size),
            amount: self.amount.into_domain()?,
            last_unit: Quantity::from_nanos(self.last_unit),
            choice: self.choice.map(StoredChoice::into_domain).transpose()?,
            lineage: self.lineage.into_domain(),
        })
    }
}

impl StoredChoice {
    fn of(choice: &SizeChoice) -> Self {
        Self { yearly: choice.yearly.map(Quantity::nanos), target: choice.target, reason: choice.reason.code() }
    }

    fn into_domain(self) -> Result<SizeChoice, Fault> {
        let reason = SizeReason::of_code(self.reason)?;
        Ok(SizeChoice { yearly: self.yearly.map(Quantity::from_nanos), target: self.target, reason })
    }
}
