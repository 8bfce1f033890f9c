//! Ends that nobody planned.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use super::{Stage, fixed};
use crate::castra::exit;
use crate::emulator::Fault;
use crate::lab::Lab;

/// After Ctrl-C a run ends within this: what is in flight is finished, nothing new is begun.
const BOUND: Duration = Duration::from_secs(60);

/// Holds the answer to a call once it was done, until the fault is dropped.
fn hold<'a>(lab: &'a Lab, when: &Value, skip: usize) -> Result<Fault<'a>> {
    lab.fault(&json!({ "when": when, "skip": skip, "effect": { "hold": "reply" }, "times": 1 }))
}

pub(super) fn two_at_once(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    let held = hold(&lab, &json!({ "operation": lab.site.calls.network }), 0)?;
    let mut first = lab.start(&["apply", "--yes"])?;
    ensure!(lab.until_held(&mut first)?, "apply makes its network");
    for words in [&["apply", "--yes"][..], &["destroy", "--yes"]] {
        lab.castra(words)?.exits(exit::LOCKED).with_context(|| format!("{words:?} beside a running apply"))?;
    }
    drop(held);
    first.finish()?.exits(exit::DONE).context("the first is not disturbed")?;
    lab.verify(&fixed(&lab, 5))?;
    Ok(())
}

pub(super) fn interrupt(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    for operation in lab.site.calls.in_turn {
        let held = hold(&lab, &json!({ "operation": operation }), 0)?;
        let mut apply = lab.start(&["apply", "--yes"])?;
        ensure!(lab.until_held(&mut apply)?, "apply makes the call {operation}");
        let begun = std::time::Instant::now();
        apply.signal("INT")?;
        // The signal is there before the answer is: give it the time to be seen.
        std::thread::sleep(Duration::from_millis(300));
        drop(held);
        let run = apply.finish()?.exits(exit::INTERRUPTED).with_context(|| format!("Ctrl-C at {operation}"))?;
        ensure!(begun.elapsed() < BOUND, "Ctrl-C at {operation} took {:?}", begun.elapsed());
        run.says(&["castra apply"]).context("an interrupted run says how to go on")?;
    }
    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    lab.verify(&fixed(&lab, 5))?;
    Ok(())
}

/// Kills `words` when the answer to that call is on its way; true if it came to that, false if the command ended before.
fn kill_at(lab: &Lab, words: &[&str], when: &Value, skip: usize) -> Result<bool> {
    let _held = hold(lab, when, skip)?;
    let mut running = lab.start(words)?;
    let hit = lab.until_held(&mut running)?;
    if hit {
        running.signal("KILL")?;
        let run = running.finish()?;
        ensure!(run.code.is_none(), "{words:?} was killed, but ended with {:?}", run.code);
    } else {
        running.finish()?.exits(exit::DONE)?;
    }
    Ok(hit)
}

/// Kills a command over and over, each time some changes further on, until it ends by itself.
fn kill_until_done(lab: &Lab, words: &[&str], stride: usize) -> Result<()> {
    let mut kills = 0;
    while kill_at(lab, words, &json!({ "changing": true }), stride)? {
        kills += 1;
        if kills > 60 {
            bail!("{words:?} makes no progress: killed {kills} times after {stride} more changes each");
        }
    }
    ensure!(kills > 2, "{words:?} was killed only {kills} times");
    Ok(())
}

pub(super) fn killed_apply(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    let calls = &lab.site.calls;
    for operation in [calls.way_out, calls.machine, calls.front] {
        let killed = kill_at(&lab, &["apply", "--yes"], &json!({ "operation": operation }), 0);
        ensure!(killed.with_context(|| operation.to_owned())?, "apply makes the call {operation}");
        lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
        lab.verify(&fixed(&lab, 5)).with_context(|| format!("after a kill at {operation}"))?;
        lab.castra(&["destroy", "--yes"])?.exits(exit::DONE)?;
        lab.empty().with_context(|| format!("after a kill at {operation} and a destroy"))?;
    }
    kill_until_done(&lab, &["apply", "--yes"], 9)?;
    lab.verify(&fixed(&lab, 5)).context("after kills all along")?;
    lab.castra(&["plan", "--detailed-exitcode"])?.exits(exit::DONE)?;
    lab.castra(&["destroy", "--yes"])?.exits(exit::DONE)?;
    lab.empty()?;
    Ok(())
}

pub(super) fn killed_destroy(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    kill_until_done(&lab, &["destroy", "--yes"], 7)?;
    lab.empty()?;
    Ok(())
}

pub(super) fn lost_replies(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    let operations = lab.site.calls.makes;
    let lose = |operation: &&str| {
        lab.fault(&json!({ "when": { "operation": operation }, "effect": "reset_after", "times": 1 }))
    };
    let lost = operations.iter().map(lose).collect::<Result<Vec<_>>>()?;
    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    for (lost, operation) in lost.iter().zip(operations) {
        ensure!(lost.befallen()? == 1, "apply makes the call {operation}");
    }
    lab.verify(&fixed(&lab, 5))?;
    lab.castra(&["plan", "--detailed-exitcode"])?.exits(exit::DONE)?;
    lab.castra(&["destroy", "--yes"])?.exits(exit::DONE)?;
    lab.empty()?;
    Ok(())
}

pub(super) fn throttled(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    let throttle = |(when, skip): (Value, u64)| {
        lab.fault(&json!({ "when": when, "skip": skip, "effect": "throttle", "times": 1 }))
    };
    let of = |operation: &str| json!({ "operation": operation });
    let any = json!({ "changing": true });
    let calls = &lab.site.calls;
    let chosen = [(of(calls.look), 0), (any.clone(), 1), (any, 12), (of(calls.machine), 0), (of(calls.listener), 1)];
    let refused = chosen.into_iter().map(throttle).collect::<Result<Vec<_>>>()?;
    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    for (number, refused) in refused.iter().enumerate() {
        ensure!(refused.befallen()? == 1, "refusal {number} came");
    }
    lab.verify(&fixed(&lab, 5))?;
    Ok(())
}
