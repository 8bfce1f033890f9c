//! Castra's Google Cloud backend: a cluster on Compute Engine, managed instance groups and Cloud Load Balancing, straight
//! through Google's own SDK.
//!
//! [`Gcp`] is the backend. One resource kind stands in one file under `kinds`.

mod backend;
mod call;
mod client;
pub mod deployer;
mod error;
mod facts;
mod graph;
mod kinds;
mod links;
mod names;
mod operation;
mod read_only;
mod settings;
mod startup_script;
mod survey;
mod tags;

pub use backend::Gcp;
pub use client::Connection;
pub use settings::{GcpProvider, Image, Settings};
