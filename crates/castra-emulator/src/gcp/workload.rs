//! Instances, as what runs on them knows them.

use jiff::Timestamp;

use super::resource::{Document, text};
use crate::workload::{Listening, Machine, Workload};

/// An instance's document, and since when it has run.
struct Instance<'d> {
    document: &'d Document,
    running_since: Timestamp,
}

impl Machine for Instance<'_> {
    fn id(&self) -> &str {
        text(self.document, "name")
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.document.get("labels")?.get(key)?.as_str()
    }

    fn running_since(&self) -> Option<Timestamp> {
        Some(self.running_since)
    }
}

impl Workload {
    /// How an instance that has run since that moment does on that port.
    pub(crate) fn at(&self, document: &Document, running_since: Timestamp, port: u16, now: Timestamp) -> Listening {
        self.listening(&Instance { document, running_since }, port, now)
    }
}
