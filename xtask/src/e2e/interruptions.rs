//! Ends that nobody planned.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};

use super::{Stage, fixed};
use crate::castra::exit;
use crate::lab::Lab;
use crate::proxy::{Action, Proxy, Rule};

/// A call that a rule names comes within this.
const SOON: Duration = Duration::from_secs(120);

/// After Ctrl-C a run ends within this: what is in flight is finished, nothing new is begun.
const BOUND: Duration = Duration::from_secs(60);

pub(super) fn two_at_once(stage: &Stage<'_>) -> Result<()> {
    let lab = stage.lab()?;
    let proxy = Proxy::start(stage.moto.endpoint(), Duration::ZERO)?;
    let held = proxy.arm(Rule { operation: "CreateVpc", after: 0, action: Action::HoldReply });
    let first = lab.start_by(proxy.endpoint(), &["apply", "--yes"])?;
    held.wait(SOON)?;
    for words in [&["apply", "--yes"][..], &["destroy", "--yes"]] {
        lab.castra(words)?.exits(exit::LOCKED).with_context(|| format!("{words:?} beside a running apply"))?;
    }
    drop(held);
    first.finish()?.exits(exit::DONE).context("the first is not disturbed")?;
    lab.verify(&fixed(&lab, 5))?;
    Ok(())
}

pub(super) fn interrupt(stage: &Stage<'_>) -> Result<()> {
    let lab = stage.lab()?;
    let proxy = Proxy::start(stage.moto.endpoint(), Duration::ZERO)?;
    for operation in ["CreateVpc", "CreateSubnet", "RunInstances"] {
        let held = proxy.arm(Rule { operation, after: 0, action: Action::HoldReply });
        let apply = lab.start_by(proxy.endpoint(), &["apply", "--yes"])?;
        held.wait(SOON).with_context(|| operation.to_owned())?;
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

/// Kills `words` when the answer to the nth call that changes something is on its way; true if it came to that, false
/// if the command ended well before.
fn kill_after(lab: &Lab, proxy: &Proxy, words: &[&str], rule: Rule) -> Result<bool> {
    let held = proxy.arm(rule);
    let mut running = lab.start_by(proxy.endpoint(), words)?;
    let hit = loop {
        if held.wait(Duration::from_millis(20)).is_ok() {
            break true;
        }
        if running.ended()? {
            break false;
        }
    };
    if hit {
        running.signal("KILL")?;
        let run = running.finish()?;
        ensure!(run.code.is_none(), "{words:?} was killed, but ended with {:?}", run.code);
    } else {
        running.finish()?.exits(exit::DONE)?;
        proxy.disarm();
    }
    Ok(hit)
}

/// Kills a command over and over, each time some calls further on, until it ends by itself.
fn kill_until_done(lab: &Lab, proxy: &Proxy, words: &[&str], stride: usize) -> Result<()> {
    let mut kills = 0;
    while kill_after(lab, proxy, words, Rule { operation: "*", after: stride, action: Action::HoldReply })? {
        kills += 1;
        if kills > 60 {
            bail!("{words:?} makes no progress: killed {kills} times after {stride} more calls each");
        }
    }
    ensure!(kills > 2, "{words:?} was killed only {kills} times");
    Ok(())
}

pub(super) fn killed_apply(stage: &Stage<'_>) -> Result<()> {
    let lab = stage.lab()?;
    let proxy = Proxy::start(stage.moto.endpoint(), Duration::ZERO)?;
    // moto launches twice for one client token, so the machines are where a duplicate would show.
    for operation in ["CreateNatGateway", "RunInstances", "CreateLoadBalancer"] {
        let rule = Rule { operation, after: 0, action: Action::HoldReply };
        let killed = kill_after(&lab, &proxy, &["apply", "--yes"], rule).with_context(|| operation.to_owned())?;
        ensure!(killed, "apply makes the call {operation}");
        lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
        lab.verify(&fixed(&lab, 5)).with_context(|| format!("after a kill at {operation}"))?;
        lab.castra(&["destroy", "--yes"])?.exits(exit::DONE)?;
        lab.empty().with_context(|| format!("after a kill at {operation} and a destroy"))?;
    }
    kill_until_done(&lab, &proxy, &["apply", "--yes"], 9)?;
    lab.verify(&fixed(&lab, 5)).context("after kills all along")?;
    lab.castra(&["plan", "--detailed-exitcode"])?.exits(exit::DONE)?;
    lab.castra(&["destroy", "--yes"])?.exits(exit::DONE)?;
    lab.empty()?;
    Ok(())
}

pub(super) fn killed_destroy(stage: &Stage<'_>) -> Result<()> {
    let lab = stage.lab()?;
    let proxy = Proxy::start(stage.moto.endpoint(), Duration::ZERO)?;
    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    kill_until_done(&lab, &proxy, &["destroy", "--yes"], 7)?;
    lab.empty()?;
    Ok(())
}

pub(super) fn lost_replies(stage: &Stage<'_>) -> Result<()> {
    let lab = stage.lab()?;
    let proxy = Proxy::start(stage.moto.endpoint(), Duration::ZERO)?;
    let operations = [
        "CreateVpc",
        "CreateSubnet",
        "CreateSecurityGroup",
        "CreateNetworkInterface",
        "AllocateAddress",
        "CreateNatGateway",
        "RunInstances",
        "CreateLaunchTemplate",
        "CreateAutoScalingGroup",
        "CreateLoadBalancer",
        "CreateListener",
    ];
    let lost: Vec<_> =
        operations.iter().map(|operation| proxy.arm(Rule { operation, after: 0, action: Action::LoseReply })).collect();
    lab.castra_by(proxy.endpoint(), &["apply", "--yes"])?.exits(exit::DONE)?;
    for (lost, operation) in lost.iter().zip(operations) {
        lost.wait(Duration::ZERO).with_context(|| format!("apply makes the call {operation}"))?;
    }
    lab.verify(&fixed(&lab, 5))?;
    lab.castra(&["plan", "--detailed-exitcode"])?.exits(exit::DONE)?;
    lab.castra(&["destroy", "--yes"])?.exits(exit::DONE)?;
    lab.empty()?;
    Ok(())
}

pub(super) fn throttled(stage: &Stage<'_>) -> Result<()> {
    let lab = stage.lab()?;
    let proxy = Proxy::start(stage.moto.endpoint(), Duration::ZERO)?;
    let mut refused = Vec::new();
    for (operation, after) in [("DescribeVpcs", 0), ("*", 1), ("*", 12), ("RunInstances", 0), ("CreateListener", 1)] {
        refused.push(proxy.arm(Rule { operation, after, action: Action::Refuse(503) }));
    }
    lab.castra_by(proxy.endpoint(), &["apply", "--yes"])?.exits(exit::DONE)?;
    for (number, refused) in refused.iter().enumerate() {
        refused.wait(Duration::ZERO).with_context(|| format!("refusal {number}"))?;
    }
    lab.verify(&fixed(&lab, 5))?;
    Ok(())
}
