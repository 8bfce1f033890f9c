//! Runs that are killed at every boundary, and finished by the next process.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]

mod boundaries;
mod stopped;
mod storms;

use std::process::ExitCode;

use castra_tests::kill;
use libtest_mimic::{Arguments, Trial};
use tokio::runtime::Builder;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some((first, rest)) = arguments.split_first()
        && first == "child"
    {
        return child(rest);
    }
    let mut arguments = Arguments::from_args();
    // Each trial has workers of its own.
    arguments.test_threads = Some(1);
    let trials: Vec<Trial> =
        [boundaries::trials(), storms::trials(), stopped::trials()].into_iter().flatten().collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// This program as the process that is killed.
fn child(arguments: &[String]) -> ExitCode {
    let work = async { anyhow::Ok(serde_json::to_string(&kill::child(arguments).await?)?) };
    let done = Builder::new_current_thread().enable_all().build().map_err(anyhow::Error::from);
    match done.and_then(|runtime| runtime.block_on(work)) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
