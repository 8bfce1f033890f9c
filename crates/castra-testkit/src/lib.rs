//! The conformance suite of Castra's backends: one trial for each promise that the traits make.
//!
//! A promise is a bullet under *Behaviour* in the documentation of [`Backend`](castra_core::Backend)'s handles, of
//! [`Kind`](castra_core::Kind), [`Resource`](castra_core::Resource), [`Context`](castra_core::Context) and
//! [`Engine`](castra_engine::engine::Engine). A trial is an async function named after it, that plays on a [`Stage`]:
//! a cloud of its own, emulated or real. A backend that passes can be killed anywhere, and a run of it that is begun
//! again ends well.
//!
//! To adopt it, implement [`Subject`] and [`Stage`] and call [`main`] from a test without a harness:
//!
//! ```no_run
//! # use std::sync::Arc;
//! # use async_trait::async_trait;
//! # use castra_core::{Backend, spec::Spec};
//! # use castra_engine::{clock::{Clock, SystemClock}, store::StateUrl};
//! # fn new_backend() -> anyhow::Result<Arc<dyn Backend>> { anyhow::bail!("yours") }
//! use castra_testkit::{Stage, Subject};
//!
//! struct Mine;
//! struct Account(StateUrl);
//!
//! #[async_trait(?Send)]
//! impl Subject for Mine {
//!     async fn stage(&self) -> anyhow::Result<Box<dyn Stage>> {
//!         Ok(Box::new(Account(StateUrl::memory())))
//!     }
//! }
//!
//! #[async_trait(?Send)]
//! impl Stage for Account {
//!     async fn backend(&self) -> anyhow::Result<Arc<dyn Backend>> { new_backend() }
//!     fn clock(&self) -> Arc<dyn Clock> { Arc::new(SystemClock::new()) }
//!     fn state(&self) -> StateUrl { self.0.clone() }
//!     fn spec(&self) -> anyhow::Result<Spec> { Ok(Spec::parse_core("name = ..")?) }
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     castra_testkit::main(Mine)
//! }
//! ```
//!
//! Whatever else a stage can do, such as to list its objects by a way of its own, is a *power*: an optional method.
//! A trial that needs one which the stage lacks is reported as ignored, with the reason.

mod hand;
mod meddler;
mod play;
mod stage;
mod storm;
mod suite;
mod trials;
mod walk;

pub use stage::{Change, Contradiction, Drift, Object, Stage, Stranger, Subject};
pub use suite::{Promise, Verdict, main, promises, run};
