//! Names as types, so that a plan is never passed where a service is meant. Cheap to clone.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            #[must_use]
            pub fn new(text: &str) -> Self {
                Self(Arc::from(text))
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
    };
}

name!(
    /// Who pays: the `subject` of an event.
    CustomerId
);
name!(
    /// A service in the catalog, e.g. `sms`.
    ServiceId
);
name!(
    /// A plan in the catalog: how some services are charged.
    PlanId
);
name!(
    /// Who charges.
    SellerId
);
name!(
    /// Who takes part: a municipality, a supplier.
    PartyId
);
name!(
    /// A registered it-system.
    SystemId
);
name!(
    /// A freeze window, e.g. `dnp-2026`.
    FreezeId
);
name!(
    /// A group of customers that has prices of its own.
    GroupId
);
name!(
    /// A service agreement between a municipality and a supplier.
    AgreementId
);
