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
    let settings = (lab.site.existing)(&network)?;
    lab.edit("\n[network]\ncidr = \"10.20.0.0/16\"", &format!("{settings}\n[network]\nexisting = true"))?;
    lab.note_holdings()?;
    Ok(network["network"].as_str().context("seed.py names a network")?.to_owned())
}

pub(super) fn existing_network(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    let network = use_existing(&lab)?;
    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    let mut expected = fixed(&lab, 5);
    expected["network"] = json!(network);
    lab.verify(&expected)?;
    lab.castra(&["plan", "--detailed-exitcode"])?.exits(exit::DONE)?;
    lab.castra(&["destroy", "--yes"])?.exits(exit::DONE)?;
    lab.empty()?;
    Ok(())
}

pub(super) fn foreign_firewall(stage: &Stage) -> Result<()> {
    let lab = stage.lab()?;
    let network = use_existing(&lab)?;
    lab.castra(&["apply", "--yes"])?.exits(exit::DONE)?;
    let seen = lab.verify(&fixed(&lab, 5))?;
    let firewalls = seen["firewalls"].as_array().context("verify.py names who may connect")?;
    let name = firewalls.iter().find_map(|name| name.as_str()).context("the cluster says who may connect")?;
    lab.castra(&["destroy", "--yes"])?.exits(exit::DONE)?;
    let foreign = lab.seed(&["firewall", "--network", &network, "--name", name])?;
    let foreign = foreign["firewall"].as_str().context("seed.py names what it made")?;
    lab.note_holdings()?;
    let address = format!("{}/", lab.site.firewall);
    for words in [&["plan"][..], &["apply", "--yes"]] {
        lab.castra(words)?.exits(exit::REFUSED)?.says(&[&address, foreign])?;
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
