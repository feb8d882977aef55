//! The rules of the billing models, one file each: what a plan of the model says in the catalog.
//! How they charge is in `engine::models`.

pub mod capacity;
pub mod fixed;
pub mod per_head;
pub mod subscription;
