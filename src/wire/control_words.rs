//! What each type of control event does, in words for those who read the log. A type that is not here is shown by
//! its name.

/// Type, and what was done; `{member}` is what the event's data says, and goes with its word if it says nothing.
pub const WORDS: &[(&str, &str)] = &[
    ("tally.customer.v1", "told the facts of the customer {name} from {from}"),
    ("tally.activation.v1", "activated {service} from {from} to {to}"),
    ("tally.head_count.v1", "told a head count of {count} {kind} on {on}"),
    ("tally.catalog.v1", "put the catalog {version} ({digest}) in force"),
    ("tally.decision.v1", "decided {decision} for {plan} from {period_from}"),
    ("tally.rerate.v1", "charged {plan} again from {from} to {to}"),
    ("tally.merger.v1", "merged the customer into {into} from {from}"),
    ("tally.split.v1", "split the customer from {from}: {parts}"),
    ("tally.agreement_request.v1", "asked for the agreement {agreement} version {version} of {supplier} with {system} on {services}"),
    ("tally.agreement_answer.v1", "answered the agreement {agreement} version {version}: {answer} {services} from {from} to {to}"),
    ("tally.write_off.v1", "wrote off waiting events: {select}"),
    ("tally.recycle.v1", "tried waiting events again"),
    ("tally.erasure.v1", "erased {what} {pseudonym} {version}"),
    ("tally.keys.v1", "made the keys of version {version}"),
    ("tally.brake.v1", "put the brake of a {scope} {service} {state}"),
    ("tally.freeze.v1", "froze closes and changes from {from} to {to}"),
    ("tally.relation.v1", "told a customer relation from {from} to {to}"),
    ("tally.service_description.v1", "put version {version} of the description in force from {from}"),
    ("tally.description_approval.v1", "approved version {version} of the description of {service}"),
    ("tally.commissioning_plan.v1", "planned the commissioning {plan} of {service} with {supplier} from {from} to {to}"),
    ("tally.commissioning_run.v1", "carried out the test of {plan}: {outcome}"),
    ("tally.commissioning_verification.v1", "verified the documents of {plan}"),
    ("tally.commissioning_report.v1", "reported the test of {plan}"),
    ("tally.test_id_grant.v1", "granted test ids from {from} to {to}"),
    ("tally.test_id_issue.v1", "issued a test id to {customer} for {service} from {from} to {to}"),
    ("tally.test_id_return.v1", "took back a test id of {customer} for {service}"),
    ("tally.roster.v1", "told chunk {chunk} of {of} of the roster load {load} as of {as_of}"),
    ("tally.load_decision.v1", "decided to {decision} the roster load {load}"),
    ("tally.master_count.v1", "told what the master data counts on {on}"),
    ("tally.pupil.v1", "told master data of a pupil"),
    ("tally.party.v1", "registered the party {name} as {roles} from {from}"),
    ("tally.it_system.v1", "registered the it-system {name} of {supplier} from {from} to {to}"),
    ("tally.trial.v1", "connected the it-system of {supplier} by trial from {from} to {to}"),
    ("tally.relation.v1", "told the customer relation from {from} to {to}"),
    ("tally.service_description.v1", "published version {version} of the description from {from}"),
    ("tally.description_approval.v1", "approved version {version} of the description of {service}"),
    ("tally.commissioning_plan.v1", "agreed on the commissioning test {plan} of {service} with {supplier} from {from} to {to}"),
    ("tally.commissioning_run.v1", "carried out the commissioning test {plan} at {at}: {outcome}"),
    ("tally.commissioning_verification.v1", "verified the commissioning test {plan} in {archive} at {at}"),
    ("tally.commissioning_report.v1", "reported the commissioning test {plan} at {at}"),
    ("tally.test_id_grant.v1", "granted test ids from {from} to {to}"),
    ("tally.test_id_issue.v1", "issued the test id to {customer} for {service} from {from} to {to}"),
    ("tally.test_id_return.v1", "took the test id back from {customer} for {service} at {at}"),
    ("tally.tick.v1", "moved the clock"),
];

/// The words of a type.
#[must_use]
pub fn of(kind: &str) -> Option<&'static str> {
    WORDS.iter().find(|(name, _)| *name == kind).map(|(_, words)| *words)
}
