//! The engine alone: makes, looks at and removes a number of resources that do nothing (500, or as many as the first
//! argument says), and prints what that took as JSON.
#![allow(clippy::print_stdout, reason = "a program for a terminal")]

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use castra::engine::clock::{Clock as _, SystemClock};
use castra::{Cluster, Outcome, Session, Setup, Spec, StateUrl};
use castra_examples::nowhere::Nowhere;
use serde_json::{Value, json};

/// The least spec; the backend looks at none of it.
const SPEC: &str = r#"
name = "null"
provider = { name = "nowhere", region = "nowhere" }
network = { cidr = "10.0.0.0/16" }
primaries = { machine_type = "none" }
secondaries = { machine_type = "none", count = 0 }
load_balancer = { certificate = "none" }
"#;

#[tokio::main]
async fn main() -> Result<()> {
    let resources = match std::env::args().nth(1) {
        Some(text) => text.parse().with_context(|| format!("{text} isn't a number of resources"))?,
        None => 500,
    };
    let setup = Setup::new().state(StateUrl::memory()).backend(Arc::new(Nowhere::new(resources)));
    let cluster = setup.open(Spec::parse_core(SPEC)?).await?;
    let clock = SystemClock::new();
    let session = Session::default();
    let report = |began: Duration, steps: usize| {
        let elapsed = clock.monotonic().saturating_sub(began);
        json!({ "elapsed_ms": (elapsed.as_secs_f64() * 1e4).round() / 10.0, "steps": steps })
    };

    let began = clock.monotonic();
    let made = complete(cluster.apply(&session).await?)?;
    let create = report(began, made);
    let began = clock.monotonic();
    let plan = plan(&cluster, &session).await?;
    let no_op = report(began, plan);
    let began = clock.monotonic();
    let gone = complete(cluster.destroy(&session).await?)?;
    let destroy = report(began, gone);

    ensure!(made == resources + 1 && gone == made, "{made} made and {gone} removed, not {resources} and an anchor");
    let result: Value = json!({ "resources": resources, "create": create, "plan": no_op, "destroy": destroy });
    println!("{result:#}");
    Ok(())
}

fn complete(applied: castra::Applied) -> Result<usize> {
    ensure!(matches!(applied.outcome, Outcome::Complete), "the run ended as {:?}", applied.outcome);
    Ok(applied.done)
}

async fn plan(cluster: &Cluster, session: &Session) -> Result<usize> {
    let plan = cluster.plan(session).await?;
    ensure!(plan.is_empty(), "what was just made is planned again:\n{}", plan.to_text());
    Ok(plan.steps.len())
}
