//! The suite on a real account or project: with `CASTRA_REAL_AWS` or `CASTRA_REAL_GCP` set to
//! `yes-create-billable-resources`, credentials, and in `CASTRA_REAL_CERTIFICATE` an issued certificate's ARN, or the path of
//! one of the region. Each trial makes a cluster of its own and destroys it, many of them several times: run one by its name,
//! and expect half an hour and about 1 USD for each. Nobody has run it yet.

use std::sync::Arc;

use anyhow::Result;
use async_trait::async_trait;
use castra_core::Backend;
use castra_core::spec::Spec;
use castra_engine::clock::{Clock, SystemClock};
use castra_engine::store::StateUrl;
use castra_testkit::{Stage, Subject};
use castra_tests::Real;
use castra_tests::kill::Place;

/// The account or project that the environment's credentials lead to.
pub(crate) struct Account(pub(crate) Place);

struct Cluster {
    real: Real,
    state: StateUrl,
    clock: Arc<dyn Clock>,
}

#[async_trait(?Send)]
impl Subject for Account {
    async fn stage(&self) -> Result<Box<dyn Stage>> {
        let real = Real::open(self.0)?;
        let state = real.state()?;
        Ok(Box::new(Cluster { real, state, clock: Arc::new(SystemClock::new()) }))
    }
}

#[async_trait(?Send)]
impl Stage for Cluster {
    async fn backend(&self) -> Result<Arc<dyn Backend>> {
        self.real.backend().await
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    fn state(&self) -> StateUrl {
        self.state.clone()
    }

    fn spec(&self) -> Result<Spec> {
        self.real.spec(2)
    }

    fn runs(&self) -> usize {
        2
    }
}
