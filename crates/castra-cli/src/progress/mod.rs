//! Showing what goes on.

mod json;
mod line;
mod plain;
mod terminal;

use std::io::IsTerminal as _;

use castra::Event;

/// Whoever shows a piece of work.
pub(crate) trait Show {
    /// Shows an event.
    fn event(&mut self, event: &Event);

    /// Shows a message of the command itself.
    fn message(&mut self, text: &str);

    /// Moves what moves; called several times a second if [`Show::moves`].
    fn tick(&mut self) {}

    /// Whether anything moves.
    fn moves(&self) -> bool {
        false
    }

    /// Takes away what isn't to stay.
    fn finish(&mut self) {}
}

/// Whoever shows it best: JSON lines if asked for, live lines on a terminal, plain lines otherwise.
pub(crate) fn choose(json: bool) -> Box<dyn Show> {
    let dumb = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "false");
    let live =
        std::io::stderr().is_terminal() && !dumb("CI") && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
    if json {
        Box::new(json::Json)
    } else if live {
        Box::new(terminal::Terminal::new())
    } else {
        Box::new(plain::Plain::default())
    }
}
