//! Castra's provider-neutral core.
//!
//! Everything here is types and pure functions: the [`spec`] an operator writes, the [`sizing`] rules, the
//! [`topology`] a spec expands to, and the traits and data that an engine and its cloud backends share
//! ([`resource`], [`backend`], [`answer`], [`plan`], [`event`], [`error`]). There is no cloud SDK, no network, no file system
//! and no clock in this crate: time and calls come from whoever implements [`context::Context`].

pub mod answer;
pub mod backend;
pub mod context;
pub mod error;
pub mod event;
pub mod inventory;
pub mod naming;
pub mod plan;
pub mod resource;
mod shortened;
mod sign;
pub mod sizing;
pub mod spec;
pub mod topology;

pub use backend::{Actuator, Backend, Capabilities, Catalogue, Observer};
pub use context::{Access, BoxFuture, Call, Context, ContextExt, Seen, Wait};
pub use error::{Error, ErrorKind, Result, Retry};
pub use event::Event;
pub use inventory::{Inventory, Item, Ownership, Status};
pub use plan::{Action, FieldChange, Plan, Step};
pub use resource::{Address, Graph, Kind, Outputs, Owner, Ref, Resource};
pub use shortened::shortened;
pub use sign::Sign;
