//! Permanent numbers of the domain's alternatives. Never use one again for something else.

use super::format::Fault;
use crate::domain::account::TaskKind;
use crate::domain::cell::PeriodStatus;
use crate::domain::control::{HeadCountKind, Ruling};
use crate::domain::directory::{Role, Stage};
use crate::domain::gates::brake::Switch;
use crate::domain::gates::onboarding::facts::DocumentFlaw;
use crate::domain::gates::rate::RateOf;
use crate::domain::levels::Lifecycle;
use crate::domain::record::RecordKind;
use crate::domain::roster::{LoadMode, QualityRule};
use crate::domain::sizing::SizeReason;
use crate::domain::usage::Environment;
use crate::domain::verdict::Reason;

pub(super) trait Coded: Sized {
    fn code(self) -> u8;
    fn of_code(code: u8) -> Result<Self, Fault>;
}

macro_rules! codes {
    ($what:ident { $($code:literal = $name:ident,)+ }) => {
        impl Coded for $what {
            fn code(self) -> u8 {
                match self {
                    $(Self::$name => $code,)+
                }
            }

            fn of_code(code: u8) -> Result<Self, Fault> {
                match code {
                    $($code => Ok(Self::$name),)+
                    other => Err(Fault(format!("{other} is not the number of a {}", stringify!($what)))),
                }
            }
        }
    };
}

codes!(TaskKind {
    1 = Close,
    2 = Correct,
    3 = Bundle,
    4 = Forget,
    5 = Remind,
});

codes!(SizeReason {
    1 = Start,
    2 = TooLittleHistory,
    3 = Fits,
    4 = Largest,
    5 = WithinHysteresis,
    6 = TooManyPurchases,
    7 = SmallerSuffices,
    8 = SizeGone,
    9 = Frozen,
});

codes!(HeadCountKind {
    1 = Inhabitants,
    2 = ActivePupils,
});

codes!(DocumentFlaw {
    1 = NotArchived,
    2 = NotRegistered,
    3 = Differs,
});

codes!(Ruling {
    1 = ChargeAll,
    2 = Waive,
});

codes!(Lifecycle {
    1 = Active,
    2 = Archived,
});

codes!(Role {
    1 = Municipality,
    2 = Supplier,
});

codes!(LoadMode {
    1 = Full,
    2 = Delta,
});

codes!(QualityRule {
    1 = MissingForm,
    2 = UnknownForm,
    3 = DatesBackwards,
    4 = Overlap,
    5 = NoEnrolment,
    6 = OpenAfterDelete,
    7 = DuplicatePupil,
    8 = BadPseudonym,
    9 = SameClass,
    10 = HistoryLost,
});

codes!(RecordKind {
    1 = Annual,
    2 = PackagePurchase,
    3 = Periodic,
    4 = Quarterly,
    5 = Correction,
});

codes!(PeriodStatus {
    1 = Open,
    2 = Held,
    3 = Closed,
});

codes!(Environment {
    1 = Production,
    2 = Test,
    3 = Unknown,
    4 = Unsaid,
});

codes!(RateOf {
    1 = Use,
    2 = Culls,
});

codes!(Switch {
    1 = On,
    2 = Off,
});

codes!(Stage {
    1 = Planned,
    2 = Begun,
    3 = Over,
});

codes!(Reason {
    1 = Undecodable,
    2 = BadQuantity,
    3 = BadData,
    4 = PersonalData,
    5 = InFuture,
    6 = TooOld,
    7 = UnknownService,
    8 = UnknownCustomer,
    9 = NotActivated,
    10 = NoPrice,
    11 = IncompleteCustomer,
    12 = NothingToRetract,
    13 = UnknownSystem,
    14 = NoAgreement,
    15 = UnknownCertificate,
    16 = NotOnboarded,
    17 = Braked,
    19 = WrongEnvironment,
});
