//! `cargo xtask demo`: a cluster's whole life on moto, in front of your eyes and checked by boto3.

use std::process::Stdio;

use anyhow::{Result, ensure};
use serde_json::json;

use crate::castra::exit;
use crate::lab::Lab;
use crate::moto::Moto;
use crate::workspace::{build, show};

/// Plans, applies, scales up and down, and destroys, and stops at the first thing that isn't as it should be.
pub(crate) fn run() -> Result<()> {
    let binary = build("castra")?;
    let moto = Moto::start()?;
    let lab = Lab::new(&moto, &binary, 100_000_000_001, "demo")?;
    println!("\nmoto stands in for AWS at {}; the spec is {}:\n", moto.endpoint(), lab.spec().display());
    println!("{}", lab.text()?);

    step(&lab, "What would be done", &["plan", "--detailed-exitcode"], exit::CHANGES)?;
    step(&lab, "Do it", &["apply", "--yes"], exit::DONE)?;
    seen(&lab, 5)?;
    step(&lab, "Again: nothing is left to do", &["apply", "--yes"], exit::DONE)?;
    step(&lab, "And plan agrees", &["plan", "--detailed-exitcode"], exit::DONE)?;
    for count in [8, 4] {
        step(&lab, &format!("{count} secondaries"), &["scale", &count.to_string(), "--yes"], exit::DONE)?;
        seen(&lab, count)?;
        ensure!(
            lab.text()?.contains(&format!("count = {count} # as many as the work needs")),
            "castra scale must write the count into the spec and keep the comment:\n{}",
            lab.text()?
        );
    }
    step(&lab, "The cluster as it is", &["status"], exit::DONE)?;
    step(&lab, "Take it down", &["destroy", "--yes"], exit::DONE)?;
    let report = lab.empty()?;
    println!(
        "\nboto3 looked at {} objects: nothing of the cluster is left, nothing else was touched.",
        report["looked_at"]
    );
    println!("\nDone: planned, applied, scaled to 8 and to 4, destroyed.");
    Ok(())
}

/// Shows a command and runs it with its output passed through; an error unless it ends as foreseen.
fn step(lab: &Lab, what: &str, words: &[&str], code: i32) -> Result<()> {
    let mut command = lab.command(words);
    println!("\n== {what}\n$ {}", show(&command));
    let status = command.stdin(Stdio::null()).status()?;
    ensure!(status.code() == Some(code), "{} ended with {status}, not {code}", show(&command));
    Ok(())
}

/// boto3's word that the cluster is as asked for.
fn seen(lab: &Lab, secondaries: u64) -> Result<()> {
    let report = lab.verify(&json!({
        "desired": secondaries, "min": secondaries, "max": secondaries,
        "exposure": "public", "certificate": lab.certificate, "machine_type": "m7i.xlarge",
    }))?;
    let addresses: Vec<_> =
        report["primaries"].as_array().into_iter().flatten().map(|p| p["address"].to_string()).collect();
    println!(
        "\nboto3 sees 3 primaries in 3 zones ({}), a pool of {secondaries} and both balancers.",
        addresses.join(", ")
    );
    Ok(())
}
