//! The rules of the billing models, one file each: what a plan of the model says in the catalog.
//! How they charge is in `engine::models`.

pub mod capacity;
