//! Asking the operator.

use castra::{Cancel, Error, ErrorKind, Result};

use crate::output;

/// Asks for a word and says whether that was the answer.
///
/// # Errors
/// [`ErrorKind::Interrupted`] when a signal came instead.
pub(crate) async fn ask(cancel: &Cancel, question: &str, word: &str) -> Result<bool> {
    output::mutter(&format!("\n{question} Only \"{word}\" is a yes: "));
    // The thread stays behind when a signal comes first; it ends with the process.
    let answer = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map(|_| line)
    });
    tokio::select! {
        answer = answer => match answer {
            Ok(Ok(line)) => Ok(line.trim() == word),
            _ => Ok(false),
        },
        () = cancel.until_graceful() => {
            output::mutter("\n");
            Err(Error::new(ErrorKind::Interrupted, "stopped before anything was done"))
        }
    }
}
