//! The commands.

pub mod generate;
pub mod check;

pub mod catalog_files;
pub mod config_file;
pub mod faults;
pub mod source_files;
