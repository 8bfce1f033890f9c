//! A cluster's life against an AWS inside this process: built, cut off on the way, finished, scaled, removed. It needs
//! no account, no network and nothing installed, and takes seconds: it is how a test of yours could look.
#![allow(clippy::print_stdout, reason = "a program for a terminal")]

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use aws_sdk_acm::config::{Credentials, Region};
use castra::aws::{Aws, Connection};
use castra::engine::clock::SystemClock;
use castra::{Applied, Outcome, Session, Setup, StateUrl};
use castra_emulator::{Effect, Emulator, Fault, Listens, Matching, Object, Options, Pace, Phase, Seconds, Settings};

/// Any twelve digits are an account of their own.
const ACCOUNT: &str = "100000000001";

/// A second here is a minute there.
const FASTER: f64 = 60.0;

const SPEC: &str = r#"
name = "camp"
network = { cidr = "10.20.0.0/16" }
primaries = { machine_type = "m7i.xlarge" }
secondaries = { machine_type = "m7i.xlarge", count = 2 }
load_balancer = { certificate = "CERTIFICATE" }

[provider]
name = "aws"
region = "eu-central-1"
image = { ssm_parameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64" }
"#;

#[tokio::main]
async fn main() -> Result<()> {
    // An AWS on a thread of its own, on which every machine answers as soon as it runs.
    let mut settings = Settings::default();
    settings.workload.listens = vec![Listens::default()];
    settings.issue_unvalidated_certificates = true;
    settings.timings.certificate_issuance = Seconds(0.0);
    let mut options = Options::default();
    (options.settings, options.pace) = (settings, Pace::Scaled(FASTER));
    let emulator = Emulator::start(options)?;

    // The same Castra as against AWS itself, but for an endpoint, a clock and a journal in memory.
    let connection = Connection::new("eu-central-1").endpoint(emulator.endpoint()).credentials(ACCOUNT, "any", None);
    let setup = Setup::new()
        .backend(Arc::new(Aws::through(&connection).await))
        .clock(Arc::new(SystemClock::scaled(FASTER)))
        .state(StateUrl::memory());
    let spec = SPEC.replace("CERTIFICATE", &certificate(&emulator.endpoint()).await?);
    let mut cluster = setup.open(castra::parse(&spec)?).await?;
    let session = Session::default();
    println!("{}", cluster.plan(&session).await?.to_text());

    // The run is cut off where it hurts: AWS has launched a machine, and the answer that tells its id never arrives.
    // Dropping the future of a run is the same as killing the process.
    let launched = Fault::new(Matching::operation("ec2", "RunInstances"), Effect::Hold(Phase::Reply)).times(1);
    emulator.faults().inject(launched);
    tokio::select! {
        applied = cluster.apply(&session) => anyhow::bail!("the run was to be cut off: {:?}", applied?.outcome),
        held = emulator.faults().until_held(1) => println!("cut off in the middle of {}", held[0].subject.operation),
    }
    emulator.faults().clear();
    println!("left: {} objects, {} machines", living(&emulator, None), living(&emulator, Some("instance")));

    // The next one looks at what is there and goes on. The machine that nobody was told of is the cluster's.
    complete(cluster.apply(&session).await?)?;
    ensure!(living(&emulator, Some("instance")) == 3 + 2, "a machine was made twice");
    println!("finished, and no machine was made twice");
    ensure!(cluster.plan(&session).await?.is_empty(), "nothing is left to do");
    complete(cluster.scale(4, &session).await?)?;
    for node in cluster.status(&session).await?.nodes {
        println!("{:<24} {} {:<8} {}", node.name, node.zone, node.state, node.health);
    }
    complete(cluster.destroy(&session).await?)?;
    ensure!(living(&emulator, None) == 0, "destroy left something behind");
    println!("destroyed, and nothing is left");
    Ok(())
}

/// What the cluster only refers to is made with the SDK's own client: any client of AWS works on the emulator.
async fn certificate(endpoint: &str) -> Result<String> {
    let config = aws_sdk_acm::Config::builder()
        .behavior_version_latest()
        .endpoint_url(endpoint)
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new(ACCOUNT, "any", None, None, "example"));
    let acm = aws_sdk_acm::Client::from_conf(config.build());
    let requested = acm.request_certificate().domain_name("camp.example.com").send().await?;
    requested.certificate_arn.context("a certificate has an ARN")
}

fn complete(applied: Applied) -> Result<()> {
    ensure!(matches!(applied.outcome, Outcome::Complete), "{:?}", applied.outcome);
    Ok(())
}

/// What the cluster has by the emulator's own listing, less what is gone and only listed for a while yet, as on AWS.
fn living(emulator: &Emulator, kind: Option<&str>) -> usize {
    let is_gone = |object: &Object| matches!(object.state.as_deref(), Some("terminated" | "deleted"));
    let counts = |object: &&Object| kind.is_none_or(|kind| object.kind == kind) && object.service != "acm";
    emulator.objects(ACCOUNT).iter().filter(counts).filter(|object| !is_gone(object)).count()
}
