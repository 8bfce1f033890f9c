//! Runs that die at every boundary, and are finished by the next one.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]

mod boundaries;
mod stopped;
mod storms;

use std::process::ExitCode;

use anyhow::Result;
use castra_tests::kill::{self, Report};
use libtest_mimic::{Arguments, Trial};
use tokio::signal::unix::{SignalKind, signal};

use crate::boundaries::runtime;

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

/// This program as the process that dies.
fn child(arguments: &[String]) -> ExitCode {
    match reported(arguments).and_then(|report| Ok(serde_json::to_string(&report)?)) {
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

/// What its work came to. Told to, it drops its runtime, with the run and all that the run has begun, and begins again in
/// another, as a program may that uses the library.
fn reported(arguments: &[String]) -> Result<Report> {
    let until_told = async {
        let mut told = signal(SignalKind::user_defined1())?;
        tokio::select! {
            report = kill::child(arguments) => report.map(Some),
            _ = told.recv() => Ok(None),
        }
    };
    let first = runtime()?;
    let report = first.block_on(until_told)?;
    drop(first);
    match report {
        Some(report) => Ok(report),
        None => runtime()?.block_on(kill::child(arguments)),
    }
}
