//! Saved plans.

use anyhow::{Context as _, Result, ensure};

use super::{Stage, fixed};
use crate::castra::exit;

pub(super) fn applied(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    lab.castra(&["plan", "-o", "create.plan"])?.exits(exit::DONE)?;
    ensure!(lab.folder().join("create.plan").exists(), "plan -o writes its file");
    lab.empty().context("a saved plan changes nothing")?;
    let run = lab.castra(&["apply", "create.plan", "--yes", "--json"])?.exits(exit::DONE)?;
    let finished = run.events("run_finished")?;
    ensure!(
        finished.len() == 1 && finished[0]["outcome"] == "complete",
        "the events end with the outcome: {finished:?}"
    );
    ensure!(!run.events("step_done")?.is_empty(), "each step is told");
    run.result()?;
    lab.verify(&fixed(&lab, 5))?;
    lab.castra(&["apply", "create.plan", "--yes"])?.exits(exit::STALE).context("a plan is applied once")?;
    lab.verify(&fixed(&lab, 5))?;
    Ok(())
}

pub(super) fn stale(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    lab.edit("count = 5", "count = 7")?;
    lab.castra(&["plan", "-o", "seven.plan"])?.exits(exit::DONE)?;
    let sizes = lab.seed(&["resize", "--cluster", lab.cluster, "--size", "6"])?;
    lab.castra(&["apply", "seven.plan", "--yes"])?.exits(exit::STALE)?;
    lab.settle()?;
    lab.verify(&sizes).context("a stale plan changes nothing")?;
    lab.castra(&["plan", "-o", "again.plan"])?.exits(exit::DONE)?;
    lab.castra(&["apply", "again.plan", "--yes"])?.exits(exit::DONE)?;
    lab.verify(&fixed(&lab, 7))?;
    Ok(())
}
