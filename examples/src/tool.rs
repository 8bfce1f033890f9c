//! A tool of somebody's own on top of Castra. It knows no cloud: it is told where its cluster is to be, and what the
//! provider's section of the spec is there.
#![allow(clippy::print_stdout, reason = "a program for a terminal")]

use std::env;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use castra::engine::clock::SystemClock;
use castra::{Applied, Outcome, Place, Request, Session, Setup};

/// The rest of the spec. Which machines, and by which certificate, the tool's user says.
const SPEC: &str = r#"
name = "camp"
network = { cidr = "10.20.0.0/16" }
primaries = { machine_type = "MACHINE_TYPE" }
secondaries = { machine_type = "MACHINE_TYPE", count = 2 }
load_balancer = { certificate = "CERTIFICATE" }
"#;

/// Brings a cluster up, lets it grow, shows it, and takes it down with nothing at hand but its name and where it is.
///
/// # Errors
/// When an argument is missing, or as Castra's own.
pub async fn run(place: Place, provider: &str) -> Result<()> {
    let mut words = env::args().skip(1);
    let mut word = || words.next().context("two arguments are needed: a machine type and a certificate");
    let spec = SPEC.replace("MACHINE_TYPE", &word()?).replace("CERTIFICATE", &word()?);

    let mut cluster = setup()?.open(castra::parse(&format!("{spec}{provider}"))?).await?;
    let session = Session::default();
    complete(cluster.apply(&session).await?)?;
    complete(cluster.scale(4, &session).await?)?;

    let (engine, name) = (setup()?.engine(&place).await?, "camp".parse()?);
    for node in engine.status(&name, None, &session).await?.nodes {
        println!("{} {} {}", node.name, node.zone, node.state);
    }
    complete(engine.apply(Request::Destroy(&name), None, &session).await?)?;
    println!("{} in {} is gone", name, place.region);
    Ok(())
}

/// As usual, but that against an emulator, which may be quick, time is told to pass as quickly.
fn setup() -> Result<Setup> {
    match env::var("CASTRA_CLOCK_SCALE") {
        Ok(times) => Ok(Setup::new().clock(Arc::new(SystemClock::scaled(times.parse()?)))),
        Err(_) => Ok(Setup::new()),
    }
}

fn complete(applied: Applied) -> Result<()> {
    ensure!(matches!(applied.outcome, Outcome::Complete), "{:?}", applied.outcome);
    Ok(())
}
