//! What the emulator can bear: starts, describes a second, accounts side by side, memory, snapshots. Its server is one
//! thread, so that what it does in a second is what one core does.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use crate::emulator::Emulator;
use crate::workspace::{cargo, run as run_command, target};

/// A connection that is kept.
struct Client {
    stream: BufReader<TcpStream>,
    host: String,
}

impl Client {
    fn connect(endpoint: &str) -> Result<Self> {
        let host = endpoint.trim_start_matches("http://").to_owned();
        let stream = TcpStream::connect(&host)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), host })
    }

    /// Calls EC2 as an account's root user; the answer's body.
    fn ec2(&mut self, account: usize, parameters: &str) -> Result<String> {
        let headers = format!(
            "Content-Type: application/x-www-form-urlencoded\r\nX-Amz-Date: 20260101T000000Z\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential={account:012}/20260101/eu-central-1/ec2/aws4_request, \
             SignedHeaders=host, Signature=0\r\n"
        );
        self.send("POST", "/", &headers, &format!("Version=2016-11-15&{parameters}"))
    }

    /// Calls the control API.
    fn control(&mut self, method: &str, path: &str, body: &str) -> Result<String> {
        self.send(method, &format!("/_castra/{path}"), "", body)
    }

    fn send(&mut self, method: &str, path: &str, headers: &str, body: &str) -> Result<String> {
        let (host, length) = (&self.host, body.len());
        let head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n{headers}\r\n");
        self.stream.get_mut().write_all(format!("{head}{body}").as_bytes())?;
        let (mut status, mut length) = (String::new(), 0);
        self.stream.read_line(&mut status)?;
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line)?;
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        let body = String::from_utf8(body)?;
        ensure!(status.contains(" 200 "), "{method} {path}: {status} {body}");
        Ok(body)
    }
}

/// Measures and prints, in an optimised build.
pub(super) fn measure() -> Result<()> {
    run_command(&mut cargo("build --release -p castra-emulator"))?;
    let program = target().join("release/castra-emulator");
    println!("\nThe emulator, optimised build, one connection, one thread:");
    starts(&program)?;
    let emulator = Emulator::start(&program, &["--profile", "instant"])?;
    describes(&emulator)?;
    accounts(&emulator)?;
    drop(emulator);
    memory(&Emulator::start(&program, &["--profile", "instant"])?)
}

fn starts(program: &Path) -> Result<()> {
    let mut times = Vec::new();
    for _ in 0..20 {
        let begun = Instant::now();
        let emulator = Emulator::start(program, &[])?;
        Client::connect(emulator.endpoint())?.control("GET", "health", "")?;
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    println!("  start until the first answer      {:>8.1} ms (median of 20; longest {:.1})", times[10], times[19]);
    Ok(())
}

fn describes(emulator: &Emulator) -> Result<()> {
    const CALLS: u32 = 5_000;
    let mut client = Client::connect(emulator.endpoint())?;
    client.ec2(1, &launch(8))?;
    for operation in ["DescribeVpcs", "DescribeSubnets", "DescribeInstances"] {
        let begun = Instant::now();
        for _ in 0..CALLS {
            client.ec2(1, &format!("Action={operation}"))?;
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
        client.ec2(1000 + account, "Action=CreateVpc&CidrBlock=10.0.0.0%2F16")?;
    }
    for (account, client) in clients.iter_mut().enumerate() {
        let networks = client.ec2(1000 + account, "Action=DescribeVpcs")?;
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
        client.ec2(1, &launch(50))?;
    }
    let begun = Instant::now();
    let shown = client.ec2(1, "Action=DescribeInstances")?.matches("<instanceId>").count();
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
fn memory_of(emulator: &Emulator) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", emulator.pid()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib / 1024.0)
}
