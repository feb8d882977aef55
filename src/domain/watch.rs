//! What the catalog wants to be told of waiting events and of missing ones.

/// In ns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watch {
    /// Ages of a customer's oldest waiting event at which that is told, ascending.
    pub ages: Vec<i64>,
    /// How long a missing number of a source's `sequence` is waited for; none: numbers are not looked at.
    pub patience: Option<i64>,
}
