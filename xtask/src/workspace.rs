//! Where things are, and how other programs are run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Cargo's build directory.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// Where programs that the checks need are installed.
pub(crate) fn tools() -> PathBuf {
    target().join("tools")
}

/// One of them, which needn't be there.
pub(crate) fn tool(name: &str) -> PathBuf {
    tools().join("bin").join(name)
}

/// Cargo, in the root of the repository, with the given arguments.
pub(crate) fn cargo(arguments: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments.split_whitespace()).current_dir(root()).stdin(Stdio::null());
    // Set for this program by `cargo run`; a nested cargo must find its own.
    command.env_remove("CARGO_MANIFEST_DIR").env_remove("CARGO_PKG_NAME");
    command
}

/// Runs a command to its end with its output passed through, showing it first; an error unless it succeeds.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", show(command));
    let status = command.status().with_context(|| format!("cannot run {}", show(command)))?;
    if !status.success() {
        bail!("{} failed: {status}", show(command));
    }
    Ok(())
}

/// A command as one would type it, without the path of the program.
pub(crate) fn show(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy();
    command.get_args().fold(program.into_owned(), |line, argument| format!("{line} {}", argument.to_string_lossy()))
}

/// Builds programs of the workspace and returns where they are. Always with these arguments: another set of packages
/// or features would build the cloud SDKs a second time.
pub(crate) fn build<const N: usize>(programs: [&str; N]) -> Result<[PathBuf; N]> {
    run(cargo("build --workspace --all-features").args(programs.iter().flat_map(|program| ["--bin", program])))?;
    Ok(programs.map(|program| target().join("debug").join(program)))
}
