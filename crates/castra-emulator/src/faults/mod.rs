//! Faults: what goes wrong with a call, chosen by a test.

mod bucket;
mod exchange;
mod fault;
mod held;
mod inject;

pub use fault::{Effect, Fault, Matching, Phase, Predicate, Refusal};
pub use held::Held;
pub use inject::{Faults, InForce};

pub(crate) use exchange::Done;
pub(crate) use inject::Mishap;
