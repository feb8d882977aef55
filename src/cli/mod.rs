//! The commands.

pub mod check;
pub mod generate;

pub mod catalog_files;
pub mod config_file;
pub mod faults;
pub mod source_files;
