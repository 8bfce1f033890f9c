//! The conformance suite on Google Cloud: emulated, in this process; or on a real project, where the environment says so.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "../case.rs"]
mod case;
mod drift;
mod objects;
#[path = "../real.rs"]
mod real;
mod strangers;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use async_trait::async_trait;
use castra_core::Backend;
use castra_core::spec::Spec;
use castra_engine::clock::Clock;
use castra_engine::store::StateUrl;
use castra_testkit::{Contradiction, Drift, Object, Stage, Stranger, Subject};
use castra_tests::Real;
use castra_tests::gcp::{Lab, REGION};
use castra_tests::kill::Place;

fn main() -> ExitCode {
    if Real::is_wanted(Place::Gcp) {
        castra_testkit::main(real::Account(Place::Gcp))
    } else {
        castra_testkit::main(GoogleCloud)
    }
}

struct GoogleCloud;

struct Project(Lab);

#[async_trait(?Send)]
impl Subject for GoogleCloud {
    async fn stage(&self) -> Result<Box<dyn Stage>> {
        Ok(Box::new(Project(Lab::open().await?)))
    }
}

#[async_trait(?Send)]
impl Stage for Project {
    async fn backend(&self) -> Result<Arc<dyn Backend>> {
        Ok(Arc::new(self.0.gcp(REGION).await?))
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.0.clock)
    }

    fn state(&self) -> StateUrl {
        self.0.state().clone()
    }

    fn spec(&self) -> Result<Spec> {
        self.0.spec(&[("count = 5", "count = 2")])
    }

    fn runs(&self) -> usize {
        2
    }

    fn lives(&self) -> usize {
        3
    }

    fn vanishes(&self) -> bool {
        true
    }

    async fn objects(&self) -> Result<Option<Vec<Object>>> {
        let objects = self.0.emulator.objects(&self.0.project);
        Ok(Some(objects.into_iter().map(|one| objects::object(&self.0.project, one)).collect()))
    }

    async fn drift(&self) -> Result<Option<Drift>> {
        drift::of(&self.0).map(Some)
    }

    async fn strangers(&self) -> Result<Option<Vec<Stranger>>> {
        self.0.calm_down();
        strangers::make(&self.0.cloud).await.map(Some)
    }

    async fn elsewhere(&self) -> Result<Option<Arc<dyn Backend>>> {
        Ok(Some(Arc::new(self.0.gcp("us-east1").await?)))
    }

    fn contradiction(&self) -> Result<Option<Contradiction>> {
        let machine = "[primaries]\nmachine_type = \"n2-";
        let edits = [
            (&format!("{machine}standard-4") as &str, &format!("{machine}gigantic-4") as &str),
            ("sslCertificates/camp-example-com", "sslCertificates/nobodys"),
        ];
        let paths = vec!["primaries.machine_type", "load_balancer.certificate"];
        Ok(Some(Contradiction { spec: self.0.spec(&edits)?, paths }))
    }
}
