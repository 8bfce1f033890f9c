//! What is said, and where.

use std::io::{self, Write as _};

use castra::{Error, ErrorKind, Result};
use serde_json::Value;

/// Writes a text to standard output. A reader that has gone away is no failure: `castra plan | head` is fine.
///
/// # Errors
/// When it can't be written for another reason, such as a full disk.
pub(crate) fn say(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    written(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// Writes an object as one line to standard output.
///
/// # Errors
/// As [`say`].
pub(crate) fn object(value: &Value) -> Result<()> {
    say(&format!("{value}\n"))
}

/// Writes a text to standard error. There is nowhere to tell that this failed.
pub(crate) fn mutter(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Columns as wide as their widest cell.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    rows.iter().fold(String::new(), |text, row| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        format!("{text}{}\n", cells.join("  ").trim_end())
    })
}

fn written(result: io::Result<()>) -> Result<()> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::new(ErrorKind::Unexpected, format!("the result can't be written: {error}")))
        }
        _ => Ok(()),
    }
}
