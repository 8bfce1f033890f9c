//! The ordinary life of a cluster.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::{Stage, fixed};
use crate::castra::exit;
use crate::emulator::Call;

/// A no-op plan makes no more calls than this, whatever the cluster's size.
const PLAN_CALLS: usize = 50;

pub(super) fn whole(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    lab.castra(&["plan"])?.exits(exit::DONE)?;
    lab.castra(&["plan", "--detailed-exitcode"])?.exits(exit::CHANGES)?;
    lab.empty().context("after plan")?;

    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    // By Google's command line too, where it is installed.
    let mut expected = fixed(&lab, 5);
    expected["gcloud"] = json!(true);
    let before = lab.verify(&expected).context("after apply")?;
    lab.castra(&["plan", "--detailed-exitcode"])?.exits(exit::DONE)?;

    for count in [8, 4] {
        lab.castra(&["scale", &count.to_string(), "--yes"])?.exits(exit::DONE)?;
        let wanted = format!("# The camp by the river.\nname = \"{}\"", lab.cluster);
        let text = lab.text()?;
        ensure!(text.starts_with(&wanted), "the comments must survive castra scale:\n{text}");
        ensure!(text.contains(&format!("count = {count} # as many as the work needs")), "the count:\n{text}");
        let now = lab.verify(&fixed(&lab, count)).with_context(|| format!("after scale {count}"))?;
        ensure!(now["primaries"] == before["primaries"], "scaling the pool must not touch the primaries");
        ensure!(now["uid"] == before["uid"], "the cluster's identity must stay");
    }
    status(&lab.castra(&["status", "--json"])?.exits(exit::DONE)?.result()?, &before)?;
    lab.castra(&["status"])?.exits(exit::DONE)?.says(&["primary", "secondary", "application", "control"])?;

    lab.castra(&["destroy", "--yes"])?.exits(exit::DONE)?;
    lab.empty().context("after destroy")?;
    lab.castra(&["destroy", "--yes"])?.exits(exit::DONE)?;

    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    let again = lab.verify(&fixed(&lab, 4)).context("after applying the same name again")?;
    ensure!(again["uid"] != before["uid"], "a new cluster has a new identity");
    lab.castra(&["destroy", "--yes"])?.exits(exit::DONE)?;
    lab.empty().context("after the second destroy")?;
    Ok(())
}

/// `status --json` names every node that the cloud's own client sees, and both endpoints.
fn status(result: &Value, seen: &Value) -> Result<()> {
    let nodes = result["nodes"].as_array().context("status --json has nodes")?;
    let of = |role: &str| nodes.iter().filter(|node| node["role"] == role).collect::<Vec<_>>();
    let (primaries, secondaries) = (of("primary"), of("secondary"));
    ensure!(primaries.len() == 3 && secondaries.len() == 4, "status shows 3 + 4 nodes: {result}");
    for primary in seen["primaries"].as_array().into_iter().flatten() {
        let shown = primaries.iter().find(|node| node["machine"] == primary["id"]);
        let shown = shown.with_context(|| format!("status shows {primary}"))?;
        ensure!(shown["zone"] == primary["zone"] && shown["address"] == primary["address"], "{shown} is not {primary}");
    }
    for node in nodes {
        ensure!(node["state"].is_string() && node["health"].is_string(), "every node has a state and health: {node}");
    }
    let endpoints = result["endpoints"].as_array().context("status --json has endpoints")?;
    for name in ["application", "control"] {
        ensure!(
            endpoints.iter().any(|endpoint| endpoint["name"] == name),
            "status shows the {name} endpoint: {result}"
        );
    }
    Ok(())
}

pub(super) fn planning(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    let calls_of = |words: &[&str]| -> Result<Vec<Call>> {
        lab.castra(words)?.exits(exit::DONE)?;
        lab.take_calls()
    };
    let first = calls_of(&["plan"])?;
    unchanging(&first)?;
    ensure!(!first.is_empty(), "a plan looks at the cloud");
    ensure!(calls_of(&["apply", "--yes"])?.iter().any(|call| call.changing), "an apply changes something");
    unchanging(&calls_of(&["apply", "--yes"])?).context("a second apply")?;
    let small = calls_of(&["plan", "--detailed-exitcode"])?;
    unchanging(&small)?;
    ensure!(
        small.len() <= PLAN_CALLS,
        "{} calls for a plan with nothing to do, not {PLAN_CALLS}: {:?}",
        small.len(),
        by_operation(&small)
    );
    calls_of(&["scale", "20", "--yes"])?;
    let large = calls_of(&["plan", "--detailed-exitcode"])?;
    ensure!(
        by_operation(&small) == by_operation(&large),
        "a plan must cost the same at 3 + 20 as at 3 + 5: {:?}, {:?}",
        by_operation(&small),
        by_operation(&large)
    );
    Ok(())
}

fn unchanging(calls: &[Call]) -> Result<()> {
    let changing: Vec<_> = calls.iter().filter(|call| call.changing).map(|call| &call.operation).collect();
    ensure!(changing.is_empty(), "calls that change something: {changing:?}");
    Ok(())
}

fn by_operation(calls: &[Call]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for call in calls {
        *counts.entry(call.operation.as_str()).or_default() += 1;
    }
    counts
}

pub(super) fn autoscaled(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    lab.edit("count = 5 # as many as the work needs", "min = 2\nmax = 10\ntarget_cpu = \"60%\"")?;
    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    lab.verify(&json!({"min": 2, "max": 10, "desired": 2}))?;
    lab.seed(&["resize", "--cluster", lab.cluster, "--size", "6"])?;
    lab.castra(&["plan", "--detailed-exitcode"])?.exits(exit::DONE).context("the autoscaler's own size is not ours")?;
    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    // The apply has nothing to do, and so nothing to wait for.
    lab.settle()?;
    lab.verify(&json!({"min": 2, "max": 10, "desired": 6}))?;

    lab.edit("min = 2\nmax = 10\ntarget_cpu = \"60%\"", "count = 3")?;
    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    lab.verify(&fixed(&lab, 3)).context("with a fixed count all three sizes are ours")?;
    lab.seed(&["resize", "--cluster", lab.cluster, "--size", "2"])?;
    lab.castra(&["plan", "--detailed-exitcode"])?.exits(exit::CHANGES)?;
    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    lab.verify(&fixed(&lab, 3))?;
    lab.castra(&["destroy", "--yes"])?.exits(exit::DONE)?;
    lab.empty()?;
    Ok(())
}

pub(super) fn offline(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    // HashiCorp's sizing rule on machines of 16 GiB: the runs' memory and 16 GiB more.
    for (runs, memory, secondaries) in
        [("100", "512MiB", 5), ("10", "512MiB", 2), ("200", "512MiB", 8), ("100", "1GiB", 8), ("100", "2GiB", 14)]
    {
        let words = ["capacity", "--runs", runs, "--memory-per-run", memory, "--machine-memory", "16GiB", "--json"];
        let result = lab.castra(&words)?.exits(exit::DONE)?.result()?;
        ensure!(result["secondaries"] == secondaries, "{runs} runs of {memory} need {secondaries}: {result}");
    }
    let words = ["capacity", "--runs", "100", "--machine-memory", "16GiB", "--json"];
    let result = lab.castra(&words)?.exits(exit::DONE)?.result()?;
    ensure!(result["secondaries"] == 5, "a run takes 512 MiB unless told otherwise: {result}");

    let printed = lab.castra(&["schema"])?.exits(exit::DONE)?.stdout;
    let schema: Value = serde_json::from_str(&printed).context("castra schema prints JSON")?;
    for section in ["name", "provider", "network", "primaries", "secondaries", "load_balancer"] {
        ensure!(schema["properties"].get(section).is_some(), "the schema describes {section}");
    }
    ensure!(lab.take_calls()?.is_empty(), "nothing is called");
    Ok(())
}
