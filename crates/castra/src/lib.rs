//! Provision a highly available cluster on any cloud, as a library: a load balancer, three primaries and a pool of
//! secondaries, straight through the cloud's own SDK.
//!
//! [`parse`] reads a [`Spec`], [`Cluster`] does the work, [`Session`] watches it and asks it to stop:
//!
//! ```no_run
//! use castra::{Cluster, Outcome, Session};
//!
//! # async fn example(text: &str) -> castra::Result<()> {
//! let spec = castra::parse(text)?;
//! let mut cluster = Cluster::open(spec).await?;
//! let session = Session::default();
//!
//! println!("{}", cluster.plan(&session).await?.to_text());
//! let applied = cluster.apply(&session).await?;
//! if let Outcome::Failed(errors) = applied.outcome {
//!     for error in errors {
//!         eprintln!("{error}");
//!     }
//! }
//! cluster.scale(8, &session).await?;
//! cluster.destroy(&session).await?;
//! # Ok(())
//! # }
//! ```
//!
//! With [`OnFailure::Undo`] in the session a run that fails leaves the cloud as it was:
//!
//! ```no_run
//! # use castra::{Cluster, OnFailure, Outcome, Session};
//! # async fn example(cluster: Cluster) -> castra::Result<()> {
//! let session = Session::default().on_failure(OnFailure::Undo);
//! if let Outcome::Stuck { what, how, .. } = cluster.apply(&session).await?.outcome {
//!     for left in what {
//!         eprintln!("{left}");
//!     }
//!     eprintln!("{how}");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! - `aws` (default): the AWS backend, [`aws`].
//! - `gcp`: the Google Cloud backend, `castra::gcp`.
//! - `s3`, `gs`, `az`: journals in Amazon S3, Google Cloud Storage and Azure Blob Storage, instead of a directory.

mod cluster;
mod place;
mod provider;
mod scaling;
mod setup;
mod state;

#[cfg(feature = "aws")]
pub use castra_aws as aws;
pub use castra_core as core;
pub use castra_engine as engine;
#[cfg(feature = "gcp")]
pub use castra_gcp as gcp;

pub use castra_core::spec::{ClusterName, Spec};
pub use castra_core::{Action, Backend, Error, ErrorKind, Event, Inventory, Plan, Result};
pub use castra_engine::cancel::Cancel;
pub use castra_engine::engine::{Applied, Clusters, Engine, Found, Left, Life, OnFailure, Outcome, Request, Session};
pub use castra_engine::events::{EventStream, Events};
pub use castra_engine::limits::Limits;
pub use castra_engine::store::StateUrl;

pub use cluster::Cluster;
pub use place::Place;
pub use provider::{connect, parse, providers, schema};
pub use scaling::with_secondaries;
pub use setup::Setup;
pub use state::default_state;
