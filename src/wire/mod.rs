pub mod document;

pub mod catalog;
