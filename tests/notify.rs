//! Notices as e-mail, through a real mail server (`scripts/smtp-server.sh`): what arrives is read back from it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod kafka;

#[path = "notify/agreements.rs"]
mod agreements;
#[path = "notify/faults.rs"]
mod faults;
#[path = "notify/hostile.rs"]
mod hostile;
#[path = "notify/kills.rs"]
mod kills;
#[path = "notify/letters.rs"]
mod letters;
#[path = "notify/mailbox.rs"]
mod mailbox;
#[path = "notify/on_kafka.rs"]
mod on_kafka;
#[path = "notify/server.rs"]
mod server;
#[path = "notify/stand.rs"]
mod stand;
#[path = "notify/tls.rs"]
mod tls;
