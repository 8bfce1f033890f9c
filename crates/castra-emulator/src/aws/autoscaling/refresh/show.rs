//! Refreshes as describes show them.

use serde_json::{Map, Value, json};

use super::Refresh;
use crate::aws::call::epoch;

impl Refresh {
    /// As DescribeInstanceRefreshes shows it.
    pub(super) fn show(&self, group: &str) -> Value {
        let mut shown = Map::new();
        let mut set = |member: &str, value: Option<Value>| {
            if let Some(value) = value {
                shown.insert(member.to_owned(), value);
            }
        };
        set("InstanceRefreshId", Some(self.id.as_str().into()));
        set("AutoScalingGroupName", Some(group.into()));
        set("Status", Some(self.status.shown().into()));
        set("StatusReason", self.reason.as_deref().map(Into::into));
        set("StartTime", self.start.map(epoch));
        set("EndTime", self.end.map(epoch));
        set("PercentageComplete", Some(self.percentage().into()));
        set("InstancesToUpdate", Some(self.to_update().into()));
        set("Preferences", Some(self.preferences.show()));
        set("Strategy", Some("Rolling".into()));
        if let Some(desired) = &self.desired {
            let mut configuration = Map::new();
            desired.show(&mut configuration);
            set("DesiredConfiguration", Some(configuration.into()));
        }
        if let Some(rollback) = &self.rollback {
            let details = json!({
                "RollbackReason": rollback.reason,
                "RollbackStartTime": epoch(rollback.start),
                "PercentageCompleteOnRollback": rollback.percentage,
                "InstancesToUpdateOnRollback": rollback.to_update,
            });
            set("RollbackDetails", Some(details));
        }
        shown.into()
    }

    /// How many instances are still to be replaced; on the way back, how many the refresh had not got to.
    pub(super) fn to_update(&self) -> usize {
        match &self.rollback {
            Some(rollback) => rollback.to_update,
            None => self.total.saturating_sub(self.updated),
        }
    }
}
