//! Which catalog is in force: the one that the log named last, or else the run's own one.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::catalog::Catalog;
use crate::domain::state::{InForce, Meta};

use super::input::{EngineError, Step, Want};
use super::partition::Engine;

/// Catalogs by digest.
#[derive(Debug, Default)]
pub(super) struct Catalogs(BTreeMap<[u8; 32], Arc<Catalog>>);

impl Engine {
    /// The catalog by which inputs are folded now.
    #[must_use]
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.world.catalog
    }

    /// The catalog that the log put in force, known or not; none: it never did.
    #[must_use]
    pub fn in_force(&self) -> Option<InForce> {
        self.meta.in_force
    }

    /// The digest of the catalog that waiting events were tried against last.
    #[must_use]
    pub fn tried_against(&self) -> [u8; 32] {
        self.meta.catalog_digest
    }

    /// A catalog that the log may put in force.
    pub fn know(&mut self, catalog: Arc<Catalog>) {
        self.catalogs.0.insert(catalog.digest, catalog);
    }

    /// `tally.catalog.v1`: from here on another catalog is in force. What fell due before was closed by the old one.
    /// Said again of the same catalog, it changes nothing; after an interruption it goes on.
    pub(super) fn put_in_force(&mut self, digest: [u8; 32], offset: u64) -> Result<Step<()>, EngineError> {
        if self.digest_in_force() != digest {
            let Some(catalog) = self.known(digest) else { return Ok(Step::Missing(vec![Want::Catalog(digest)])) };
            self.remember_horizon();
            self.install(catalog);
        }
        if self.meta.in_force.is_none_or(|before| before.digest != digest) {
            self.meta.in_force = Some(InForce { digest, since: self.meta.watermark, offset });
        }
        self.settle()
    }

    pub(super) fn digest_in_force(&self) -> [u8; 32] {
        self.meta.in_force.map_or(self.world.catalog.digest, |in_force| in_force.digest)
    }

    pub(super) fn known(&self, digest: [u8; 32]) -> Option<Arc<Catalog>> {
        let own = (self.world.catalog.digest == digest).then_some(&self.world.catalog);
        own.or_else(|| self.catalogs.0.get(&digest)).map(Arc::clone)
    }

    /// The one that was in use stays known: the log may name it again.
    fn install(&mut self, catalog: Arc<Catalog>) {
        self.dedupe.set_horizon(catalog.dedupe_horizon);
        let before = std::mem::replace(&mut Arc::make_mut(&mut self.world).catalog, catalog);
        self.know(before);
        self.settled = false;
    }

    /// Takes back what a partition keeps once, and with it the catalog in force, if it is known by now.
    pub(super) fn restore_meta(&mut self, meta: Meta) {
        self.meta = meta;
        if let Some(catalog) = self.known(self.digest_in_force()) {
            self.install(catalog);
        }
    }

    /// Brings the engine in line with the catalog in force: takes it, and tries waiting events against it.
    /// Nothing else is folded before that is done; a commit in between is safe, and it goes on after a restart.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn settle(&mut self) -> Result<Step<()>, EngineError> {
        if self.settled {
            return Ok(Step::Done(()));
        }
        let digest = self.digest_in_force();
        if self.world.catalog.digest != digest {
            let Some(catalog) = self.known(digest) else { return Ok(Step::Missing(vec![Want::Catalog(digest)])) };
            self.install(catalog);
        }
        self.stays_in_its_environment()?;
        if self.meta.catalog_digest != digest {
            match self.recheck_all()? {
                Step::Done(()) => self.meta.catalog_digest = digest,
                missing @ Step::Missing(_) => return Ok(missing),
            }
        }
        self.settled = true;
        Ok(Step::Done(()))
    }

    /// A log is of one environment for good: that of the catalog with which it began (REQUIREMENTS P4).
    fn stays_in_its_environment(&mut self) -> Result<(), EngineError> {
        let catalog = &self.world.catalog;
        match *self.meta.test_environment.get_or_insert(catalog.test_environment) {
            is_test if is_test != catalog.test_environment => {
                Err(EngineError::OtherEnvironment { is_test, catalog: catalog.version.clone() })
            }
            _ => Ok(()),
        }
    }

    /// Is there nothing left to [`settle`](Self::settle)?
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.settled
    }

    /// Ids that this horizon lets go of are not known again under a longer one: a copy of their
    /// events would be counted twice, so such events stay `too_old`.
    pub(super) fn remember_horizon(&mut self) {
        if self.world.catalog.digest == self.digest_in_force() {
            let since = self.meta.watermark.saturating_sub(self.world.catalog.dedupe_horizon);
            self.meta.remembered_since = self.meta.remembered_since.max(since);
        }
    }
}
