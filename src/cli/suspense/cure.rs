//! What cures each reason, in one place: for people, and for the test that compares it with the documents.

use crate::domain::verdict::Reason;

/// What to do about an event that is in suspense for this reason.
#[must_use]
pub fn cure(reason: Reason) -> &'static str {
    match reason {
        Reason::WrongEnvironment => {
            "register the system for production from the day of use on (tally.it_system.v1, or tally.certificate.v1); if it was a test, \
             or stands in a log of the test environment, mend the producer and write it off (tally suspense write-off)"
        }
        Reason::UnknownService => {
            "add the type to a service of a new catalog and put it in force (tally catalog activate), or mend the producer's type"
        }
        Reason::UnknownCustomer => "send tally.customer.v1 for it, or one with an earlier `from`",
        Reason::NotActivated => "send tally.activation.v1, back-dated if that is what was agreed",
        Reason::UnknownSystem => "send tally.it_system.v1 with the event's source, back-dated; of two systems with one source, end one",
        Reason::UnknownCertificate => {
            "send tally.certificate.v1 of it, if it was valid then; use with a revoked one is for a person to look at"
        }
        Reason::NoAgreement => {
            "have the municipality approve the agreement that covers supplier, system and service, from the day of use on"
        }
        Reason::NotOnboarded => "take the step that the suspense record names; tally onboarding CUSTOMER shows all of them",
        Reason::Braked => "look at it (tally brake status), and release it (tally brake off)",
        Reason::NoPrice => "add the plan or the price to a new catalog and put it in force (tally catalog activate)",
        Reason::IncompleteCustomer => "send tally.customer.v1 with the terms that the suspense record names",
        Reason::Undecodable | Reason::BadQuantity | Reason::BadData => "whoever sent it mends and resends it, with the same id",
        Reason::PersonalData => "the producer stops sending it, and resends the event without",
        Reason::InFuture => {
            "the producer sets its clock; the event may be recycled when its time has come (tally suspense recycle --own-fault)"
        }
        Reason::TooOld => "agree on the amount by hand; if it happens often, put a catalog with a longer horizon in force",
        Reason::NothingToRetract => "if it came before what it names, resend it; else correct the amount by hand",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_cure_and_a_place_in_the_documents() {
        let read = |name: &str| std::fs::read_to_string(format!("{}/docs/{name}", env!("CARGO_MANIFEST_DIR"))).expect("a document");
        let (consumers, producers, schema) = (read("consumers.md"), read("producers.md"), read("schema/suspense.schema.json"));
        for reason in Reason::ALL {
            assert!(!cure(reason).is_empty(), "{reason}");
            assert!(consumers.contains(&format!("| `{reason}` |")), "{reason} has no row in docs/consumers.md");
            assert!(producers.contains(&format!("`{reason}`")), "{reason} is not in docs/producers.md");
            assert!(schema.contains(&format!("\"{reason}\"")), "{reason} is not in docs/schema/suspense.schema.json");
        }
    }

    #[test]
    fn the_schema_knows_no_reason_that_is_not_here() {
        let path = format!("{}/docs/schema/suspense.schema.json", env!("CARGO_MANIFEST_DIR"));
        let schema: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).expect("a document")).expect("JSON");
        let known: Vec<&str> = Reason::ALL.into_iter().map(Reason::as_str).collect();
        let of_schema = schema["properties"]["reason"]["enum"].as_array().expect("a list");
        let missing: Vec<_> = of_schema.iter().filter(|one| !known.contains(&one.as_str().unwrap_or_default())).collect();
        assert!(missing.is_empty(), "Reason::ALL lacks {missing:?}");
    }
}
