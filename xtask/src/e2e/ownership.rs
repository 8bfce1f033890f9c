//! Whose an object is, and how a cluster is found again.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use super::{Stage, fixed};
use crate::castra::exit;
use crate::lab::Lab;

pub(super) fn journal_lost(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    let before = lab.verify(&fixed(&lab, 5))?;
    std::fs::remove_dir_all(lab.state()).context("the journal was there")?;
    lab.castra(&["plan", "--detailed-exitcode"])?.exits(exit::DONE)?;
    lab.castra(&["scale", "6", "--yes"])?.exits(exit::DONE)?;
    let after = lab.verify(&fixed(&lab, 6))?;
    ensure!(before["uid"] == after["uid"], "it is the same cluster");
    lab.castra(&["destroy", "--yes"])?.exits(exit::DONE)?;
    lab.empty()?;
    Ok(())
}

pub(super) fn by_name(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    lab.verify(&fixed(&lab, 5))?;
    std::fs::remove_dir_all(lab.state()).context("the journal was there")?;
    std::fs::remove_file(lab.spec())?;
    let words =
        ["destroy", "--name", lab.cluster, "--provider", lab.site.cloud.name(), "--region", lab.site.region, "--yes"];
    lab.castra(&words)?.exits(exit::DONE)?;
    lab.empty()?;
    Ok(())
}

/// Points the lab's spec at a network that was there before, and notes the account's holdings anew.
fn use_existing(lab: &Lab) -> Result<String> {
    let network = lab.seed(&["network"])?;
    let vpc = network["vpc"].as_str().context("seed.py names a network")?;
    let settings = format!(
        "vpc_id = \"{vpc}\"\npublic_subnet_ids = {}\nprivate_subnet_ids = {}\n\n[network]\nexisting = true",
        network["public"], network["private"]
    );
    lab.edit("\n[network]\ncidr = \"10.20.0.0/16\"", &settings)?;
    lab.note_holdings()?;
    Ok(vpc.to_owned())
}

pub(super) fn existing_network(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    let vpc = use_existing(&lab)?;
    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    let mut expected = fixed(&lab, 5);
    expected["vpc"] = json!(vpc);
    lab.verify(&expected)?;
    lab.castra(&["plan", "--detailed-exitcode"])?.exits(exit::DONE)?;
    lab.castra(&["destroy", "--yes"])?.exits(exit::DONE)?;
    lab.empty()?;
    Ok(())
}

pub(super) fn foreign_group(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    let vpc = use_existing(&lab)?;
    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    let seen = lab.verify(&fixed(&lab, 5))?;
    let groups = seen["security_groups"].as_array().context("verify.py names the security groups")?;
    let name = groups.iter().find_map(|group| group.as_str()).context("the cluster has a security group")?;
    lab.castra(&["destroy", "--yes"])?.exits(exit::DONE)?;
    let foreign = lab.seed(&["group", "--vpc", &vpc, "--name", name])?;
    let foreign = foreign["group"].as_str().context("seed.py names the group")?;
    lab.note_holdings()?;
    for words in [&["plan"][..], &["apply", "--yes"]] {
        lab.castra(words)?.exits(exit::REFUSED)?.says(&["security_group/", foreign])?;
    }
    lab.empty().context("a refused apply makes nothing and touches nothing")?;
    Ok(())
}

pub(super) fn same_name(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    let aside = lab.folder().join("aside");
    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    std::fs::rename(lab.state(), &aside).context("the journal was there")?;
    lab.castra(&["destroy", "--yes"])?.exits(exit::DONE)?;
    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    let before = lab.verify(&fixed(&lab, 5))?;
    std::fs::remove_dir_all(lab.state())?;
    // The journal of the first cluster beside the second, which took its name.
    std::fs::rename(&aside, lab.state())?;
    lab.edit("count = 5", "count = 6")?;
    for words in [&["apply", "--yes"][..], &["destroy", "--yes"]] {
        lab.castra(words)?.exits(exit::REFUSED).with_context(|| format!("{words:?}"))?;
    }
    let after = lab.verify(&fixed(&lab, 5)).context("a conflict changes nothing")?;
    ensure!(before["uid"] == after["uid"], "it is the same cluster");
    Ok(())
}
