//! A backend without a cloud: what the least one can be, and what the engine costs by itself.
//!
//! It remembers what was made, in memory, and each operation is one call through the engine's seam that does nothing.

mod backend;
mod memory;
mod resources;
#[cfg(test)]
mod tests;

pub use backend::Nowhere;
pub use memory::Memory;
pub use resources::{Anchor, Nothing};
