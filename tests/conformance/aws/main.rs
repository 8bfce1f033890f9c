//! The conformance suite on AWS: emulated, in this process; or on a moto, where `CASTRA_TEST_MOTO` says where one is,
//! less what that cannot do; or on a real account, where the environment says so.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "../case.rs"]
mod case;
mod drift;
mod moto;
#[path = "../real.rs"]
mod real;
mod strangers;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use async_trait::async_trait;
use castra_core::spec::Spec;
use castra_core::{Backend, Owner};
use castra_engine::clock::Clock;
use castra_engine::engine::Engine;
use castra_engine::store::StateUrl;
use castra_testkit::{Contradiction, Drift, Object, Stage, Stranger, Subject};
use castra_tests::kill::Place;
use castra_tests::{Lab, REGION, Real};

fn main() -> ExitCode {
    if Real::is_wanted(Place::Aws) {
        castra_testkit::main(real::Account(Place::Aws))
    } else {
        castra_testkit::main(Aws)
    }
}

struct Aws;

struct Account(Lab);

#[async_trait(?Send)]
impl Subject for Aws {
    async fn stage(&self) -> Result<Box<dyn Stage>> {
        Ok(Box::new(Account(Lab::open().await?)))
    }

    fn lacks(&self) -> &'static [(&'static str, &'static str)] {
        if Lab::is_moto() { moto::LACKS } else { &[] }
    }
}

#[async_trait(?Send)]
impl Stage for Account {
    async fn backend(&self) -> Result<Arc<dyn Backend>> {
        Ok(Arc::new(self.0.aws(REGION).await))
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(self.0.clock())
    }

    fn state(&self) -> StateUrl {
        self.0.state().clone()
    }

    fn spec(&self) -> Result<Spec> {
        self.0.spec(&[("count = 5", "count = 2")])
    }

    fn engine(&self, backend: Arc<dyn Backend>, state: StateUrl) -> Engine {
        self.0.engine_with(backend, state)
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
        let Some(emulator) = self.0.emulator() else { return Ok(None) };
        let held = emulator.objects(&self.0.account).into_iter();
        // What is gone shows for a while, and a volume takes a moment to go.
        let there = held.filter(|one| !matches!(one.state.as_deref(), Some("terminated" | "deleted" | "deleting")));
        Ok(Some(there.map(object).collect()))
    }

    async fn drift(&self) -> Result<Option<Drift>> {
        drift::of(&self.0).await.map(Some)
    }

    async fn strangers(&self) -> Result<Option<Vec<Stranger>>> {
        self.0.calm_down();
        strangers::make(&self.0.cloud).await.map(Some)
    }

    async fn elsewhere(&self) -> Result<Option<Arc<dyn Backend>>> {
        Ok(Some(Arc::new(self.0.aws("eu-west-1").await)))
    }

    fn contradiction(&self) -> Result<Option<Contradiction>> {
        let machine = "[primaries]\nmachine_type = \"m7i";
        let missing = format!("{}0", self.0.certificate.trim_end_matches(|digit: char| digit.is_ascii_hexdigit()));
        let edits = [
            (&format!("{machine}.xlarge") as &str, &format!("{machine}.huge") as &str),
            (&self.0.certificate, &missing),
        ];
        let paths = vec!["primaries.machine_type", "load_balancer.certificate"];
        Ok(Some(Contradiction { spec: self.0.spec(&edits)?, paths }))
    }
}

/// An object of the emulator's listing. Ids differ from run to run, so what it is goes by its address, or by its kind.
fn object(one: castra_emulator::Object) -> Object {
    let resource = one.tags.get(Owner::RESOURCE).map_or("", String::as_str);
    let what = format!("{} {} {resource}", one.service, one.kind);
    // The interfaces of balancers and gateways are AWS's own, and carry no tags.
    let tags = (one.kind != "network-interface" || !one.tags.is_empty()).then_some(one.tags);
    Object { id: one.id, what, tags }
}
