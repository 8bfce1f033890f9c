//! The public API, compared with the one that was reviewed.

use std::path::PathBuf;
use std::process::{Child, Command};

use anyhow::{Context as _, Result};

use crate::workspace::{cargo, root, run, show, target, tool, tools};

/// The commit whose public API nothing may break: the one in which it was reviewed. Whoever breaks it on purpose moves this
/// with the change, and says so in the changelog.
const REVIEWED: &str = "b7b4bc6";

/// Whose API that is: what tool authors use, and what it is made of. The backends show little but their names, and would
/// have the SDKs built twice more.
const PACKAGES: [&str; 3] = ["castra-core", "castra-engine", "castra"];

/// The comparison, by cargo-semver-checks. Nobody ships that program built, and building it takes minutes. The clouds' SDKs
/// leave a processor idle for as long, so it is built beside the checks that come first.
pub(crate) struct Comparison {
    /// Whether this checkout has the commit to compare with.
    possible: bool,
    install: Option<Child>,
}

impl Comparison {
    /// Begins to build the program, where it isn't there and there is something to compare with.
    pub(crate) fn prepare() -> Result<Self> {
        let possible = knows_reviewed()?;
        if !possible || program().exists() {
            return Ok(Self { possible, install: None });
        }
        let mut install = cargo("install cargo-semver-checks --locked --debug --version 0.51.0 --quiet --root");
        install.arg(tools());
        println!("$ {} &", show(&install));
        Ok(Self { possible, install: Some(install.spawn().context("cannot run cargo")?) })
    }

    /// Compares, or says why that is skipped.
    pub(crate) fn run(mut self) -> Result<()> {
        if let Some(mut install) = self.install.take() {
            install.wait()?;
        }
        if !self.possible {
            println!("skipped: this checkout doesn't have the commit {REVIEWED}, whose API is the measure");
            return Ok(());
        }
        if !program().exists() {
            println!("skipped: cargo-semver-checks can't be installed");
            return Ok(());
        }
        // Without a backend the facade compiles in a moment, and all that is its own is there.
        let mut check = Command::new(program());
        check.args(["semver-checks", "--only-explicit-features", "--baseline-rev", REVIEWED]).current_dir(root());
        let compared = run(check.args(PACKAGES.iter().flat_map(|name| ["-p", name])));
        // Two builds of all that the three depend on, which nobody needs any more.
        let built = target().join("semver-checks");
        if built.exists() {
            std::fs::remove_dir_all(built)?;
        }
        compared
    }
}

/// What isn't needed because a check before it failed is not built to its end.
impl Drop for Comparison {
    fn drop(&mut self) {
        if let Some(mut install) = self.install.take() {
            let _ = install.kill();
            let _ = install.wait();
        }
    }
}

fn program() -> PathBuf {
    tool("cargo-semver-checks")
}

fn knows_reviewed() -> Result<bool> {
    let mut known = Command::new("git");
    known.args(["cat-file", "-e", &format!("{REVIEWED}^{{commit}}")]).current_dir(root());
    Ok(known.output().context("cannot run git")?.status.success())
}
