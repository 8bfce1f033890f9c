//! `castra schema`: the JSON Schema of the spec.

use super::Desk;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Prints the schema with every backend's section in it; on one line with `--json`.
pub(crate) fn run(desk: &Desk) -> Result<Exit, Failure> {
    let schema = castra::schema();
    if desk.console.json {
        output::object(&schema)?;
    } else {
        output::say(&format!("{schema:#}\n"))?;
    }
    Ok(Exit::Done)
}
