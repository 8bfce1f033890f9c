//! Instances, as what runs on them knows them.

use jiff::Timestamp;

use super::{Instance, InstanceState};
use crate::workload::Machine;

impl Machine for Instance {
    fn id(&self) -> &str {
        &self.id
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.tags.get(key)
    }

    fn running_since(&self) -> Option<Timestamp> {
        (self.state == InstanceState::Running).then_some(self.since)
    }
}
