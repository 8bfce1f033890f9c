//! Events as JSON lines on standard output.

use castra::Event;
use serde_json::json;

use super::Show;
use crate::output;

/// Every event as a line.
#[derive(Debug)]
pub(crate) struct Json;

impl Show for Json {
    fn event(&mut self, event: &Event) {
        // A full disk shows when the result itself is written.
        let _ = output::object(&json!(event));
    }

    fn message(&mut self, text: &str) {
        output::mutter(&format!("{text}\n"));
    }
}
