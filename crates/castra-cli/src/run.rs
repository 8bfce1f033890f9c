//! From the command line to the exit code.

use std::ffi::OsString;

use castra::{Cancel, Error, ErrorKind};
use clap::Parser as _;
use serde_json::json;

use crate::arguments::{Arguments, Command, Global};
use crate::commands::{self, Desk};
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{logging, output, setup, signals};

/// Runs a command line.
pub(crate) fn run(words: impl IntoIterator<Item = OsString>) -> Exit {
    let words: Vec<OsString> = words.into_iter().collect();
    let json = words.iter().any(|word| word == "--json");
    let arguments = match Arguments::try_parse_from(&words) {
        Ok(arguments) => arguments,
        Err(error) => return misuse(&error, json),
    };
    let file = arguments.global.file.clone();
    start(arguments).unwrap_or_else(|failure| {
        let failure = failure.in_file(&file);
        if !json || output::object(&failure.to_json()).is_err() {
            output::mutter(&failure.to_text());
        }
        failure.exit()
    })
}

/// Help and version are asked for; everything else is a mistake.
fn misuse(error: &clap::Error, json: bool) -> Exit {
    let _ = error.print();
    if !error.use_stderr() {
        return Exit::Done;
    }
    if json {
        let message = error.to_string();
        let message = message.lines().next().unwrap_or_default().trim_start_matches("error: ");
        let error = Error::new(ErrorKind::Invalid, message).to_json();
        let _ = output::object(&json!({ "result": "error", "exit_code": Exit::Usage.code(), "error": error }));
    }
    Exit::Usage
}

fn start(Arguments { global, command }: Arguments) -> Result<Exit, Failure> {
    logging::start()?;
    let setup = setup::setup(&global)?;
    let Global { file, json, yes, .. } = global;
    let cancel = Cancel::new();
    let desk =
        Desk { console: Console { json, yes, cancel: cancel.clone(), on_failure: command.on_failure() }, setup, file };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::new(ErrorKind::Unexpected, format!("no threads to work with: {error}")))?;
    let ended = runtime.block_on(async {
        let stopped = async {
            if let Err(error) = signals::escalate(&cancel).await {
                output::mutter(&format!("signals can't be heard: {error}\n"));
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            // First, so that signals are heard before anything begins.
            biased;
            () = stopped => Ok(Exit::Interrupted),
            ended = dispatch(&desk, command) => ended,
        }
    });
    // A thread that still waits for an answer on the terminal is not waited for.
    runtime.shutdown_background();
    ended
}

async fn dispatch(desk: &Desk, command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Plan(options) => commands::plan::run(desk, &options).await,
        Command::Apply(options) => commands::apply::run(desk, &options).await,
        Command::Scale(options) => commands::scale::run(desk, &options).await,
        Command::Status(by_name) => commands::status::run(desk, &by_name).await,
        Command::Destroy(by_name) => commands::destroy::run(desk, &by_name).await,
        Command::Sweep(options) => commands::sweep::run(desk, &options).await,
        Command::Capacity(options) => commands::capacity::run(desk, &options),
        Command::Schema => commands::schema::run(desk),
    }
}
