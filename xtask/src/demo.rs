//! `cargo xtask demo`: a cluster's whole life on an emulated cloud, in front of your eyes: built, killed on the way,
//! finished, scaled, taken down.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Result, ensure};
use serde_json::json;

use crate::castra::{Running, exit};
use crate::cloud::Cloud;
use crate::emulator::Object;
use crate::lab::{Lab, Programs, Time};
use crate::workspace::show;

/// How many minutes of the cloud's pass in one of ours.
const FASTER: u32 = 60;

/// Plays it, and stops at the first thing that isn't as it should be.
pub(crate) fn run(cloud: Cloud) -> Result<()> {
    let programs = Programs::build()?;
    let started = Instant::now();
    let lab = Lab::new(&programs, cloud, "demo", Time::Faster(FASTER))?;
    let title = lab.site.title;
    println!(
        "\ncastra-emulator plays {title} at {}. Things take as long there as on {title}, but its clock runs\n\
         {FASTER} times faster, and castra's with it: a second is a minute. The spec is {}:\n\n{}",
        lab.endpoint(),
        lab.spec().display(),
        lab.text()?
    );
    step(&lab, "What would be done", &["plan", "--detailed-exitcode"], exit::CHANGES)?;
    let primaries = killed(&lab)?;
    step(&lab, "Once more: it looks at what is there and goes on", &["apply", "--yes"], exit::DONE)?;
    let now = machines(&lab, 3 + 5)?;
    ensure!(
        primaries.iter().all(|primary| now.contains(primary)),
        "the machines that were there must be the cluster's: {primaries:?}, {now:?}"
    );
    println!("\nThe machines from before the kill are among the eight; none was made twice.");
    step(&lab, "Again: nothing is left to do", &["apply", "--yes"], exit::DONE)?;
    for count in [8, 4] {
        step(&lab, &format!("{count} secondaries"), &["scale", &count.to_string(), "--yes"], exit::DONE)?;
        machines(&lab, 3 + count)?;
        ensure!(
            lab.text()?.contains(&format!("count = {count} # as many as the work needs")),
            "castra scale must write the count into the spec and keep the comment:\n{}",
            lab.text()?
        );
    }
    step(&lab, "The cluster as it is", &["status"], exit::DONE)?;
    step(&lab, "Take it down", &["destroy", "--yes"], exit::DONE)?;
    let (gone, left): (Vec<_>, Vec<_>) = lab.objects()?.into_iter().partition(Object::is_gone);
    ensure!(left.is_empty(), "destroy left {left:?}");
    println!("\nBy the emulator's own listing nothing of the cluster is left.");
    if !gone.is_empty() {
        println!("It still shows, as {title} does for an hour: {}.", counted(&gone));
    }
    println!(
        "\nDone in {:.0} s: planned, built, killed, finished, scaled to 8 and to 4, destroyed.",
        started.elapsed().as_secs_f32()
    );
    Ok(())
}

/// Shows a command and runs it with its output passed through; an error unless it ends as foreseen.
fn step(lab: &Lab, what: &str, words: &[&str], code: i32) -> Result<()> {
    begin(lab, what, words)?.finish()?.exits(code)?;
    Ok(())
}

fn begin(lab: &Lab, what: &str, words: &[&str]) -> Result<Running> {
    let command = lab.command(words);
    println!("\n== {what}\n$ {}", show(&command));
    Running::shown(command)
}

/// Begins to build the cluster and kills that where it hurts: a machine was launched, and the answer, which tells its
/// id, hasn't come. The machines that are there then.
fn killed(lab: &Lab) -> Result<Vec<String>> {
    let second = json!({ "when": { "operation": lab.site.calls.machine }, "skip": 1, "effect": { "hold": "reply" } });
    let _held = lab.fault(&second)?;
    let mut apply = begin(lab, "Do it, and be killed on the way", &["apply", "--yes"])?;
    ensure!(lab.until_held(&mut apply)?, "apply launches a second machine");
    apply.signal("KILL")?;
    let run = apply.finish()?;
    ensure!(run.code.is_none(), "apply was killed, but ended with {:?}", run.code);
    let there = lab.objects()?;
    println!(
        "\nkill -9, after {} had launched a machine and before castra was told which.\nThere is now, by the emulator's own \
         listing: {}.",
        lab.site.title,
        counted(&there)
    );
    Ok(running(lab, &there))
}

/// The ids of the machines that aren't gone; an error unless there are so many.
fn machines(lab: &Lab, wanted: usize) -> Result<Vec<String>> {
    let machines = running(lab, &lab.objects()?);
    ensure!(machines.len() == wanted, "there are to be {wanted} machines: {machines:?}");
    Ok(machines)
}

fn running(lab: &Lab, objects: &[Object]) -> Vec<String> {
    let machines = objects.iter().filter(|object| object.kind == lab.site.machine && !object.is_gone());
    machines.map(|machine| machine.id.clone()).collect()
}

/// How many objects there are of each kind, and of those that are gone in which state.
fn counted(objects: &[Object]) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for object in objects {
        let state = object.state.as_deref().filter(|_| object.is_gone());
        let kind = state.map_or(object.kind.clone(), |state| format!("{} ({state})", object.kind));
        *counts.entry(kind).or_default() += 1;
    }
    counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect::<Vec<_>>().join(", ")
}
