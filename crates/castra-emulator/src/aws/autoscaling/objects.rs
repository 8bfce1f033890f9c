//! Auto Scaling's objects as a list.

use super::state::State;
use crate::aws::object::Objects;

impl State {
    /// Its groups; their instances are EC2's.
    pub(crate) fn objects(&self, objects: &mut Objects<'_>) {
        for group in self.groups.values() {
            let tags = group.tags.iter().map(|(key, (value, _))| (key.clone(), value.clone())).collect();
            objects.add("auto-scaling-group", &group.name, group.deleting.then_some("deleting"), tags);
        }
    }
}
