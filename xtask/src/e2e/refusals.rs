//! What is refused, and how.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use super::{Stage, fixed};
use crate::castra::exit;

/// A spec is broken by replacing the first text by the second, where `REGION` and `CLOUD` stand for those of the spec;
/// the refusal names everything in the third.
const BROKEN: &[(&str, &str, &[&str])] = &[
    ("count = 5", "cuont = 5", &["secondaries.cuont", "count"]),
    ("[network]", "[netwrok]", &["netwrok", "network"]),
    ("[primaries]", "[primaries]\ncount = 2", &["primaries.count", "2", "3"]),
    ("count = 5", "count = -1", &["secondaries.count", "-1"]),
    ("count = 5", "count = \"five\"", &["secondaries.count", "five"]),
    ("count = 5", "count = 2000", &["secondaries.count", "2000", "1000"]),
    ("count = 5", "min = 9\nmax = 4", &["secondaries", "9", "4"]),
    ("count = 5", "count = 5\nmin = 2\nmax = 4", &["secondaries", "count"]),
    ("count = 5", "count = 5\ntarget_cpu = \"60%\"", &["secondaries.target_cpu"]),
    ("count = 5", "min = 2\nmax = 4\ntarget_cpu = \"160%\"", &["secondaries.target_cpu", "160"]),
    ("count = 5 # as many as the work needs\n", "", &["secondaries", "count"]),
    ("name = \"camp\"", "name = \"Camp_1\"", &["name", "Camp_1"]),
    ("name = \"camp\"", "name = \"a-name-that-is-far-too-long\"", &["name", "a-name-that-is-far-too-long", "20"]),
    ("region = \"REGION\"", "region = \"Frankfurt\"", &["provider.region", "Frankfurt"]),
    ("region = \"REGION\"\n", "", &["provider.region"]),
    ("name = \"CLOUD\"", "name = \"aww\"", &["provider", "aww", "aws"]),
    ("cidr = \"10.20.0.0/16\"", "cidr = \"10.20.0.7/16\"", &["network.cidr", "10.20.0.7/16", "10.20.0.0/16"]),
    ("cidr = \"10.20.0.0/16\"", "cidr = \"10.20.0.0/30\"", &["network.cidr", "10.20.0.0/30"]),
    ("cidr = \"10.20.0.0/16\"", "cidr = \"10.20.0.0/16\"\nexisting = true", &["network"]),
    ("[primaries]", "[primaries]\ndata_disk = { size = \"40GiB\" }", &["primaries.data_disk.size", "40", "100"]),
    ("[primaries]", "[primaries]\nroot_disk = { size = \"lots\" }", &["primaries.root_disk.size", "lots"]),
    ("allowed_cidrs = [\"0.0.0.0/0\"]", "allowed_cidrs = [\"everyone\"]", &["load_balancer.allowed_cidrs", "everyone"]),
    ("exposure = \"public\"", "exposure = \"secret\"", &["load_balancer.exposure", "secret", "public"]),
    (
        "exposure = \"public\"",
        "exposure = \"public\"\nhealth_check = { path = \"health\" }",
        &["load_balancer.health_check.path", "health"],
    ),
    ("[network]", "[access]\nssh_cidrs = [\"10.0.0.0/8\"]\n\n[network]", &["access", "ssh_public_keys"]),
    ("[network]", "[tags]\n\"castra:cluster\" = \"x\"\n\n[network]", &["tags", "castra:cluster"]),
    (
        "[network]",
        "[application]\nencryption_password = \"hunter2-canary\"\n\n[network]",
        &["application.encryption_password"],
    ),
    ("[network]", "[network", &["cluster.toml"]),
];

/// A value that no refusal may repeat.
const CANARY: &str = "hunter2-canary";

pub(super) fn broken_specs(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    let good = lab.text()?;
    let site = lab.site;
    for (from, to, named) in BROKEN {
        lab.edit(&from.replace("REGION", site.region).replace("CLOUD", site.cloud.name()), to)?;
        let run = lab.castra(&["plan"])?.exits(exit::INVALID).with_context(|| format!("{to:?}"))?;
        let run = run.says(named).with_context(|| format!("{to:?}"))?;
        ensure!(!format!("{}{}", run.stdout, run.stderr).contains(CANARY), "a secret is repeated: {}", run.stderr);
        std::fs::write(lab.spec(), &good)?;
    }
    lab.edit("count = 5", "count = -1")?;
    lab.edit(&format!("region = \"{}\"", site.region), "region = \"Frankfurt\"")?;
    lab.edit("[primaries]", "[primaries]\ncount = 2")?;
    for words in [&["plan"][..], &["apply", "--yes"], &["plan", "--json"]] {
        let run = lab.castra(words)?.exits(exit::INVALID)?;
        run.says(&["secondaries.count", "provider.region", "primaries.count"]).context("all problems at once")?;
    }
    ensure!(lab.take_calls()?.is_empty(), "nothing is called");
    Ok(())
}

pub(super) fn scale_with_range(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    lab.edit("count = 5 # as many as the work needs", "min = 2\nmax = 10")?;
    let before = lab.text()?;
    let run = lab.castra(&["scale", "4", "--yes"])?;
    ensure!(run.code != Some(exit::DONE), "scale must be refused where min and max are given");
    run.says(&["min", "max", "2", "10"])?;
    ensure!(lab.text()? == before, "a refused scale must not touch the file");
    ensure!(!lab.take_calls()?.iter().any(|call| call.changing), "a refused scale changes nothing");
    Ok(())
}

pub(super) fn protected(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    lab.edit("[network]", "[protection]\nenabled = true\n\n[network]")?;
    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    let by_name =
        ["destroy", "--name", lab.cluster, "--provider", lab.site.cloud.name(), "--region", lab.site.region, "--yes"];
    lab.castra(&["destroy", "--yes"])?.exits(exit::REFUSED)?.says(&["protect"])?;
    lab.castra(&by_name)?.exits(exit::REFUSED).context("by name")?;
    std::fs::remove_dir_all(lab.state()).context("the journal was there")?;
    lab.castra(&["destroy", "--yes"])?.exits(exit::REFUSED).context("without a journal")?;
    lab.edit("enabled = true", "enabled = false")?;
    let run = lab.castra(&["destroy", "--yes"])?;
    run.exits(exit::REFUSED).context("the cluster is protected until the change is applied")?;
    lab.verify(&fixed(&lab, 5)).context("a refused destroy changes nothing")?;
    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    lab.castra(&["destroy", "--yes"])?.exits(exit::DONE)?;
    lab.empty()?;
    Ok(())
}

pub(super) fn failure(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    let calls = &lab.site.calls;
    // Each has its run in which it is the first that is refused.
    let runs = [calls.way_out, calls.machine, calls.firewall, calls.front];
    let refuse = |operation: &str| lab.fault(&json!({ "when": { "operation": operation }, "effect": "access_denied" }));
    let refused = runs.into_iter().map(refuse).collect::<Result<Vec<_>>>()?;
    // Without its firewalls nobody would find a node healthy, which the emulator doesn't know.
    lab.answers(false)?;
    for (operation, fault) in runs.into_iter().zip(refused) {
        if operation == calls.front {
            lab.answers(true)?;
        }
        let run = lab.castra(&["apply", "--yes", "--json"])?;
        let run = run.exits(exit::FAILED).with_context(|| format!("{operation} is refused"))?;
        drop(fault);
        let result = run.result()?;
        let errors = result["errors"].as_array().context("apply --json has errors")?;
        ensure!(errors.iter().any(|error| error["cloud"]["operation"] == operation), "{operation} is named: {result}");
        let refused = errors.iter().all(|error| error["kind"] == "denied");
        ensure!(refused, "nothing is waited for that can't come while {operation} is refused: {result}");
    }
    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    lab.verify(&fixed(&lab, 5))?;
    Ok(())
}
