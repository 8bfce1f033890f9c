//! The `castra` command: plan, apply, scale and destroy a highly available cluster.
//!
//! Results go to standard output, progress and errors to standard error. See [`exit::Exit`] for how it ends.

mod arguments;
mod carry_out;
mod commands;
mod confirm;
mod console;
mod edit;
mod exit;
mod failure;
mod logging;
mod output;
mod progress;
mod replace;
mod run;
mod saved;
mod setup;
mod signals;
mod spec_file;
mod target;

use std::process::ExitCode;

fn main() -> ExitCode {
    run::run(std::env::args_os()).into()
}
