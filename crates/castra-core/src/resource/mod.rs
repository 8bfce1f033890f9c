//! Resources: one cloud object each that a topology needs.
//!
//! A backend writes a [`Kind`]: a plain struct of wanted fields with four operations. [`Node`] makes it the
//! object-safe [`Resource`] that plans and runs work with, and gives every kind the same body: observe, ensure,
//! sync, return.

mod address;
mod graph;
mod kind;
mod node;
mod output;
mod owner;
mod restore;

pub use address::Address;
pub use graph::Graph;
pub use kind::{AnyKind, At, Found, Kind, KindOf, Recovery};
pub use node::{Node, Resource, Settle, StepContext};
pub use output::{AnyOutput, Output, Outputs, REFERENCE, Ref};
pub use owner::Owner;
