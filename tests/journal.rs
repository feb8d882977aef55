//! Journal directories: lines in, lines out, and what happens when files are not as they were.

#[path = "journal/crash.rs"]
mod crash;
#[path = "journal/reading.rs"]
mod reading;
#[path = "journal/stand.rs"]
mod stand;
#[path = "journal/starting.rs"]
mod starting;
#[path = "journal/writing.rs"]
mod writing;
