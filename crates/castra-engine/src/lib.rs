//! Castra's engine: survey, plan, run.
//!
//! It knows no cloud. What it needs to know of one it asks the backend's
//! [`Capabilities`](castra_core::Capabilities); what it does to one it does through the backend's two handles.

pub mod cancel;
pub mod clock;
pub mod context;
pub mod engine;
pub mod events;
pub mod journal;
pub mod limits;

pub mod store;

mod executor;
mod planner;
mod retry;
#[cfg(test)]
mod testing;
