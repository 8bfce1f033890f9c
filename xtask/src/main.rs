//! Castra's development tasks: `cargo xtask NAME`. Depends on no crate of the project.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program for a terminal, whose clock is the real one"
)]

mod api;
mod behaviours;
mod bench;
mod castra;
mod ci;
mod cloud;
mod contract;
mod demo;
mod e2e;
mod emulator;
mod http;
mod kill;
mod lab;
mod moto;
mod process;
mod python;
mod server;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use cloud::Cloud;

/// Castra's development tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// A cluster's whole life on an emulated cloud: up, killed on the way and finished, scaled, taken down.
    Demo {
        /// Which cloud.
        #[arg(default_value = "aws")]
        cloud: Cloud,
    },
    /// Every test: units, properties, integration, documented behaviours, end to end.
    Test,
    /// Drives the built `castra` as an operator would, against a cloud as castra-emulator plays it.
    E2e {
        /// Only on this cloud; else on all.
        cloud: Option<Cloud>,
        /// Only the scenarios whose names contain one of these.
        only: Vec<String>,
    },
    /// Checks what a cloud documents on the emulator (AWS's on moto too) with the cloud's own clients.
    Behaviours {
        /// Only this cloud's; else all.
        cloud: Option<Cloud>,
        /// Only those whose names contain this.
        #[arg(long, value_name = "NAME", requires = "cloud")]
        only: Option<String>,
    },
    /// Kills runs at every boundary on the emulator and lets the next process finish them.
    Kill {
        /// In the storm of several seeds too, each at every boundary; writes tests/kill/RESULT.md. Takes minutes a seed.
        #[arg(long)]
        all: bool,
        /// How many seeds that are.
        #[arg(long, default_value_t = 20, requires = "all")]
        seeds: u64,
    },
    /// Measures calls, rounds, concurrency, time, memory and processor time; prints a table.
    Bench {
        /// Only on this cloud; else on all.
        cloud: Option<Cloud>,
        /// The delay that is added to each call, in milliseconds.
        #[arg(long, default_value_t = 50)]
        delay: u64,
        /// Prints when each call began and ended, too.
        #[arg(long)]
        trace: bool,
        /// Only the emulator's part.
        #[arg(long)]
        emulator: bool,
    },
    /// Serves moto in the foreground and prints how to reach it.
    Moto,
    /// Writes the emulator's contracts from botocore's service models.
    Contract {
        /// Writes nothing; fails if the committed contracts aren't what would be written.
        #[arg(long)]
        check: bool,
    },
    /// Checks the rules of CONTRIBUTING.md that no other tool checks.
    Tidy,
    /// What continuous integration runs, in order.
    Ci,
}

fn main() -> ExitCode {
    match perform(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {}", chain(&error));
            ExitCode::FAILURE
        }
    }
}

/// An error and what led to it, without a backtrace.
fn chain(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn perform(task: Task) -> Result<()> {
    match task {
        Task::Demo { cloud } => demo::run(cloud),
        Task::Test => test::all(),
        Task::E2e { cloud, only } => e2e::run(cloud, &only),
        Task::Behaviours { cloud, only } => behaviours::check(cloud, only.as_deref()),
        Task::Kill { all: true, seeds } => kill::all(seeds),
        Task::Kill { all: false, .. } => kill::once(),
        Task::Bench { emulator: true, .. } => bench::of_emulator(),
        Task::Bench { cloud, delay, trace, .. } => bench::run(cloud, std::time::Duration::from_millis(delay), trace),
        Task::Moto => moto::serve(),
        Task::Contract { check } => contract::generate(check),
        Task::Tidy => tidy::run(),
        Task::Ci => ci::run_all(),
    }
}
