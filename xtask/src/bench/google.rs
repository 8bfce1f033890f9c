//! What the emulator can bear as Google Cloud: reads a second, projects side by side, memory, snapshots.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use super::emulator::{memory_of, starts};
use crate::cloud::Cloud;
use crate::emulator::Emulator;
use crate::http::Client;

/// Calls Compute Engine; `path` follows `projects/`.
fn compute(client: &mut Client, method: &str, path: &str, body: &str) -> Result<String> {
    client.google(method, &format!("/compute/v1/projects/{path}"), body)
}

/// Measures and prints.
pub(super) fn measure(program: &Path) -> Result<()> {
    println!("\nAs Google Cloud:");
    starts(program, Cloud::Gcp, |client| compute(client, "GET", "bench-1/global/networks", ""))?;
    let emulator = Emulator::start(program, Cloud::Gcp, &["--profile", "instant"])?;
    reads(&emulator)?;
    projects(&emulator)?;
    drop(emulator);
    memory(&Emulator::start(program, Cloud::Gcp, &["--profile", "instant"])?)
}

fn insert(client: &mut Client, project: &str, place: &str, body: &str) -> Result<()> {
    compute(client, "POST", &format!("{project}/{place}"), body)?;
    Ok(())
}

fn reads(emulator: &Emulator) -> Result<()> {
    const CALLS: u32 = 5_000;
    let mut client = Client::connect(emulator.endpoint())?;
    for number in 0..8 {
        let body = format!(r#"{{"name": "n{number}", "autoCreateSubnetworks": false}}"#);
        insert(&mut client, "bench-1", "global/networks", &body)?;
    }
    for path in ["global/networks/n1", "global/networks", "global/networks?filter=name=n1", "zones"] {
        let begun = Instant::now();
        for _ in 0..CALLS {
            compute(&mut client, "GET", &format!("bench-1/{path}"), "")?;
        }
        let rate = f64::from(CALLS) / begun.elapsed().as_secs_f64();
        println!("  {path:<34}{rate:>8.0} a second");
    }
    Ok(())
}

fn projects(emulator: &Emulator) -> Result<()> {
    const PROJECTS: usize = 200;
    let mut clients: Vec<Client> =
        (0..PROJECTS).map(|_| Client::connect(emulator.endpoint())).collect::<Result<_>>()?;
    let begun = Instant::now();
    for (project, client) in clients.iter_mut().enumerate() {
        let body = r#"{"name": "n", "autoCreateSubnetworks": false}"#;
        insert(client, &format!("bench-many-{project}"), "global/networks", body)?;
    }
    for (project, client) in clients.iter_mut().enumerate() {
        let listed = compute(client, "GET", &format!("bench-many-{project}/global/networks"), "")?;
        ensure!(listed.matches("\"compute#network\"").count() == 1, "projects see one another: {listed}");
    }
    println!("  200 projects at once, 400 calls   {:>8.0} ms", begun.elapsed().as_secs_f64() * 1000.0);
    println!("  memory with 200 projects          {:>8.1} MiB", memory_of(emulator)?);
    Ok(())
}

fn memory(emulator: &Emulator) -> Result<()> {
    let mut client = Client::connect(emulator.endpoint())?;
    let wide =
        r#"{"quotas": {"regional": {"CPUS": 10000, "INSTANCES": 10000}, "global": {"CPUS_ALL_REGIONS": 10000}}}"#;
    client.control("PATCH", "accounts/bench-1/settings", wide)?;
    let network = r#"{"name": "n", "autoCreateSubnetworks": false}"#;
    insert(&mut client, "bench-1", "global/networks", network)?;
    let subnetwork = r#"{"name": "s", "network": "global/networks/n", "ipCidrRange": "10.0.0.0/16"}"#;
    insert(&mut client, "bench-1", "regions/europe-west1/subnetworks", subnetwork)?;
    let begun = Instant::now();
    for number in 0..1000 {
        let body = format!(
            r#"{{"name": "i{number}", "machineType": "zones/europe-west1-b/machineTypes/e2-micro",
                "disks": [{{"boot": true, "autoDelete": true,
                    "initializeParams": {{"sourceImage": "projects/debian-cloud/global/images/family/debian-12"}}}}],
                "networkInterfaces": [{{"subnetwork": "regions/europe-west1/subnetworks/s"}}]}}"#
        );
        insert(&mut client, "bench-1", "zones/europe-west1-b/instances", &body)?;
    }
    println!("  1,000 instances inserted in       {:>8.0} ms", begun.elapsed().as_secs_f64() * 1000.0);
    let begun = Instant::now();
    let mut shown = 0;
    let mut token = String::new();
    while {
        let page =
            compute(&mut client, "GET", &format!("bench-1/zones/europe-west1-b/instances?pageToken={token}"), "")?;
        shown += page.matches("\"compute#instance\"").count();
        let next = page.split("\"nextPageToken\":\"").nth(1).and_then(|rest| rest.split('"').next());
        token = next.unwrap_or_default().replace('=', "%3D");
        !token.is_empty()
    } {}
    ensure!(shown == 1000, "{shown} instances are there");
    println!("  a list of 1,000                   {:>8.0} ms", begun.elapsed().as_secs_f64() * 1000.0);
    println!("  memory with 1,000 instances       {:>8.1} MiB", memory_of(emulator)?);
    let begun = Instant::now();
    let snapshot = client.control("POST", "accounts/bench-1/snapshots", "")?;
    let taken = begun.elapsed();
    client.control("POST", "accounts/bench-1/restore", &snapshot).context("a snapshot is brought back")?;
    let (taken, restored) = (taken.as_secs_f64() * 1000.0, (begun.elapsed() - taken).as_secs_f64() * 1000.0);
    println!("  snapshot of them, restored        {taken:>8.1} ms, {restored:.1} ms");
    Ok(())
}
