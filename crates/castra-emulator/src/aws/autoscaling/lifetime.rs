//! Instances that have served for as long as they may
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-max-instance-lifetime.html>).

use serde_json::Value;

use super::activity::at;
use super::member::{Lifecycle, Member};
use super::turn::Turn;

impl Turn<'_> {
    /// Replaces an instance that is too old; one at a time, so that the group is never without most of its capacity.
    pub(super) fn replace_aged(&mut self) -> bool {
        let lifetime = self.group.options.inert.get("MaxInstanceLifetime").and_then(Value::as_i64).unwrap_or(0);
        let serves = |member: &&Member| member.state == Lifecycle::InService;
        let oldest = self.group.members.iter().filter(serves).min_by_key(|member| member.joined);
        let Some((id, joined)) = oldest.map(|member| (member.id.clone(), member.joined)) else { return false };
        if lifetime == 0 || self.group.suspends("Terminate") || self.group.refresh().is_some() {
            return false;
        }
        let due = self.has_come(Self::seconds_after(joined, lifetime));
        if !due || self.group.busy() || self.group.capacity() != self.group.desired {
            return false;
        }
        let cause = format!(
            "At {} an instance was taken out of service in response to maximum instance lifetime.",
            at(self.now)
        );
        self.terminate(&id, cause);
        true
    }
}
