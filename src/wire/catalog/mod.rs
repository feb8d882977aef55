//! The catalog as people write it (TOML, one or several files) → [`Catalog`], or all its faults.

mod archive;
mod brake;
mod capacity;
mod codes;
mod decimal;
mod exemption;
mod files;
mod fixed;
mod head;
mod invoice;
mod ladder;
mod metered;
mod names;
mod onboarding;
mod package;
mod per_head;
mod plan;
mod price;
mod roster;
mod seller;
mod service;
mod subscription;
mod tiers;
mod timetable;
mod watch;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use self::files::Sections;
use self::names::{Names, acceptable};
use super::document::{self, Faults};
use crate::domain::catalog::{Catalog, Plan, Seller, Service};
use crate::domain::names::SellerId;

pub use super::document::{Fault, SourceFile};

/// Reads a catalog from its files, whose order does not matter.
///
/// # Errors
/// Every fault of every file.
pub fn read(files: &[SourceFile]) -> Result<Catalog, Vec<Fault>> {
    let mut files = files.to_vec();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let faults = Faults::new(&files);
    let catalog = read_sorted(&files, &faults);
    let found = faults.into_sorted();
    match catalog {
        Some(catalog) if found.is_empty() => Ok(catalog),
        _ => Err(found),
    }
}

fn read_sorted(files: &[SourceFile], faults: &Faults<'_>) -> Option<Catalog> {
    let texts = document::readable(files, faults);
    let documents = document::parse(&texts);
    let sections = Sections::of(documents.iter().map(|document| document.table(faults)).collect());
    let (sellers, services, plans) = (sections.named("seller"), sections.named("service"), sections.named("plan"));
    for (name, table) in sellers.iter().chain(&services).chain(&plans) {
        acceptable(name, table);
    }
    let names = Names::new(sellers.keys().copied().collect(), services.keys().copied().collect());
    let tables = invoice::Tables { sellers: sellers.clone(), services: services.clone(), plans: plans.clone() };
    let sellers: BTreeMap<SellerId, Seller> =
        sellers.iter().filter_map(|(name, table)| Some((SellerId::new(name), seller::read(table)?))).collect();
    let services: Vec<Service> = services.iter().filter_map(|(name, table)| service::read(name, table, &names)).collect();
    let close = head::close(&sections);
    let plans: Vec<Plan> = plans.iter().filter_map(|(name, table)| plan::read(name, table, &names, close.allowed_lateness)).collect();
    invoice::check(&tables, &sellers, &services, &plans);
    let head = head::read(&sections, &close, digest(files))?;
    Some(Catalog::new(head, sellers, services, plans))
}

/// SHA-256 over the files in name order: the length of each as eight bytes, big-endian, then its text.
fn digest(files: &[SourceFile]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for file in files {
        hash.update((file.text.len() as u64).to_be_bytes());
        hash.update(file.text.as_bytes());
    }
    hash.finalize().into()
}
