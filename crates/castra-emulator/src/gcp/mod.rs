//! Google Cloud: projects and what they hold. The settings of an emulated project are here; its services are served by
//! the same emulator as AWS's.

mod call;
mod caller;
mod check;
mod compute;
mod contract;
mod contracts;
mod dispatch;
mod dns;
mod error;
mod field;
mod filter;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
mod handlers;
mod iam;
mod mishap;
mod objects;
mod operation;
mod partial;
mod permission;
mod policy;
mod project;
mod quotas;
mod recognise;
mod resource;
mod resource_manager;
mod roles;
mod route;
mod scope;
mod secrecy;
mod secrets;
mod settings;
#[cfg(test)]
mod testing;
mod timings;
mod workload;

pub(crate) use dispatch::{Gcp, is_project};
pub(crate) use project::Project;
pub use quotas::Quotas;
pub(crate) use route::is_googles;
pub use settings::{Consistency, Demand, OperationFailure, OperationRule, Settings, Stockout};
pub use timings::Timings;
