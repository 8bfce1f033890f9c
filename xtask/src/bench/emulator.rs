//! What the emulator can bear: starts, describes a second, accounts side by side, memory, snapshots. Its server is one
//! thread, so that what it does in a second is what one core does.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use crate::cloud::Cloud;
use crate::emulator::Emulator;
use crate::http::Client;
use crate::process::memory_kib;
use crate::workspace::{cargo, run as run_command, target};

/// Calls EC2 as an account's root user; the answer's body.
fn ec2(client: &mut Client, account: usize, parameters: &str) -> Result<String> {
    let headers = "Content-Type: application/x-www-form-urlencoded\r\n";
    client.aws(&format!("{account:012}"), "ec2", headers, &format!("Version=2016-11-15&{parameters}"))
}

/// Measures and prints, in an optimised build.
pub(super) fn measure() -> Result<()> {
    run_command(&mut cargo("build --release -p castra-emulator"))?;
    let program = target().join("release/castra-emulator");
    println!("\nThe emulator, optimised build, one connection, one thread:");
    starts(&program, Cloud::Aws, |client| ec2(client, 1, "Action=DescribeVpcs"))?;
    let emulator = Emulator::start(&program, Cloud::Aws, &["--profile", "instant"])?;
    describes(&emulator)?;
    accounts(&emulator)?;
    drop(emulator);
    memory(&Emulator::start(&program, Cloud::Aws, &["--profile", "instant"])?)?;
    super::google::measure(&program)
}

/// From the start of the program to the answer of the first call, whichever that is.
pub(super) fn starts(program: &Path, cloud: Cloud, first: impl Fn(&mut Client) -> Result<String>) -> Result<()> {
    let mut times = Vec::new();
    for _ in 0..20 {
        let begun = Instant::now();
        let emulator = Emulator::start(program, cloud, &[])?;
        first(&mut Client::connect(emulator.endpoint())?)?;
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    println!("  start until the first answer      {:>8.1} ms (median of 20; longest {:.1})", times[10], times[19]);
    Ok(())
}

fn describes(emulator: &Emulator) -> Result<()> {
    const CALLS: u32 = 5_000;
    let mut client = Client::connect(emulator.endpoint())?;
    ec2(&mut client, 1, &launch(8))?;
    for operation in ["DescribeVpcs", "DescribeSubnets", "DescribeInstances"] {
        let begun = Instant::now();
        for _ in 0..CALLS {
            ec2(&mut client, 1, &format!("Action={operation}"))?;
        }
        let rate = f64::from(CALLS) / begun.elapsed().as_secs_f64();
        println!("  {operation:<34}{rate:>8.0} a second (8 instances)");
    }
    Ok(())
}

fn accounts(emulator: &Emulator) -> Result<()> {
    const ACCOUNTS: usize = 200;
    let mut clients: Vec<Client> =
        (0..ACCOUNTS).map(|_| Client::connect(emulator.endpoint())).collect::<Result<_>>()?;
    let begun = Instant::now();
    for (account, client) in clients.iter_mut().enumerate() {
        ec2(client, 1000 + account, "Action=CreateVpc&CidrBlock=10.0.0.0%2F16")?;
    }
    for (account, client) in clients.iter_mut().enumerate() {
        let networks = ec2(client, 1000 + account, "Action=DescribeVpcs")?;
        ensure!(networks.matches("<vpcId>").count() == 2, "accounts see one another: {networks}");
    }
    println!("  200 accounts at once, 400 calls   {:>8.0} ms", begun.elapsed().as_secs_f64() * 1000.0);
    println!("  memory with 200 accounts          {:>8.1} MiB", memory_of(emulator)?);
    Ok(())
}

fn memory(emulator: &Emulator) -> Result<()> {
    let mut client = Client::connect(emulator.endpoint())?;
    println!("  memory at rest                    {:>8.1} MiB", memory_of(emulator)?);
    client.control("PATCH", "accounts/000000000001/settings", r#"{"compute_limits": {"standard_vcpus": 10000}}"#)?;
    for _ in 0..20 {
        ec2(&mut client, 1, &launch(50))?;
    }
    let begun = Instant::now();
    let shown = ec2(&mut client, 1, "Action=DescribeInstances")?.matches("<instanceId>").count();
    ensure!(shown >= 1000, "{shown} instances are there");
    println!("  DescribeInstances of 1,000        {:>8.0} ms", begun.elapsed().as_secs_f64() * 1000.0);
    println!("  memory with 1,000 instances       {:>8.1} MiB", memory_of(emulator)?);
    let begun = Instant::now();
    let snapshot = client.control("POST", "accounts/000000000001/snapshots", "")?;
    let taken = begun.elapsed();
    client.control("POST", "accounts/000000000001/restore", &snapshot)?;
    let (taken, restored) = (taken.as_secs_f64() * 1000.0, (begun.elapsed() - taken).as_secs_f64() * 1000.0);
    println!("  snapshot of them, restored        {taken:>8.1} ms, {restored:.1} ms");
    Ok(())
}

fn launch(instances: usize) -> String {
    format!(
        "Action=RunInstances&MinCount={instances}&MaxCount={instances}&InstanceType=t3.micro&ImageId=resolve%3Assm%3A\
         %2Faws%2Fservice%2Fami-amazon-linux-latest%2Fal2023-ami-kernel-default-x86_64"
    )
}

/// The memory that the emulator has in use, in MiB.
pub(super) fn memory_of(emulator: &Emulator) -> Result<f64> {
    let kib = memory_kib(emulator.pid(), "VmRSS").context("the system doesn't say")?;
    Ok(kib as f64 / 1024.0)
}
