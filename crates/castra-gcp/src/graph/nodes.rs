//! The machines: three primaries one by one, and the secondaries as a group.

use super::Build;
use super::network::Net;

impl Build<'_> {
    /// Each primary with its address, its data disk and its instance group.
    pub(super) fn primaries(&mut self, net: &Net) {
        let _ = (net, self.topology);
    }

    /// The secondaries' template, group and autoscaler.
    pub(super) fn secondaries(&mut self, net: &Net) {
        let _ = (net, self.settings);
    }
}
