//! Status checks
//! (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-system-instance-status-check.html>).

use serde_json::{Value, json};

use super::{Instance, InstanceState};
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::aws::call::{Call, epoch};
use crate::aws::ec2::filter::Filters;
use crate::aws::ec2::resource::listed;
use crate::aws::ec2::{availability_zone, page};
use crate::aws::error::Answer;

const FILTERS: &[&str] = &[
    "attached-ebs-status.status",
    "availability-zone",
    "availability-zone-id",
    "event.code",
    "event.description",
    "event.instance-event-id",
    "event.not-after",
    "event.not-before",
    "event.not-before-deadline",
    "instance-state-code",
    "instance-state-name",
    "instance-status.reachability",
    "instance-status.status",
    "operator.managed",
    "operator.principal",
    "system-status.reachability",
    "system-status.status",
];

/// Whether an instance fails its status checks, because it is set to.
pub(crate) fn impaired(account: &Account, instance: &Instance) -> bool {
    instance.state == InstanceState::Running && account.settings.impaired_instances.contains(&instance.id)
}

/// Status and reachability as the checks find them.
fn found(account: &Account, instance: &Instance) -> (&'static str, &'static str) {
    if !matches!(instance.state, InstanceState::Running | InstanceState::Pending) {
        return ("not-applicable", "");
    }
    if impaired(account, instance) {
        return ("impaired", "failed");
    }
    let age = account.now.duration_since(instance.launched).as_secs_f64();
    let timings = &account.settings.timings;
    if instance.state == InstanceState::Pending || age < timings.instance_pending.0 + timings.instance_initializing.0 {
        return ("initializing", "initializing");
    }
    ("ok", "passed")
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceStatus.html>
pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    let filters = Filters::of(call, FILTERS)?;
    if call.number("MaxResults").is_some() && !call.list("InstanceIds").is_empty() {
        let message = "The parameter instancesSet cannot be used with the parameter maxResults";
        return Err(ApiError::new("InvalidParameterCombination", message));
    }
    let all = call.flag("IncludeAllInstances");
    let account = &*call.account;
    let zone_id = |instance: &Instance| availability_zone::id_of(&account.id, call.region, &instance.zone);
    let instances = listed::<Instance>(call, "InstanceIds")?;
    let wanted = instances.into_iter().filter(|instance| {
        let (status, reachability) = found(account, instance);
        (all || instance.state == InstanceState::Running)
            && filters.pass(&instance.tags, |name| {
                vec![match name {
                    "availability-zone" => instance.zone.clone(),
                    "availability-zone-id" => zone_id(instance),
                    "instance-state-code" => instance.state.code().to_string(),
                    "instance-state-name" => instance.state.name().to_owned(),
                    "operator.managed" => "false".to_owned(),
                    "attached-ebs-status.status" | "instance-status.status" | "system-status.status" => {
                        status.to_owned()
                    }
                    "instance-status.reachability" | "system-status.reachability" => reachability.to_owned(),
                    _ => return Vec::new(),
                }]
            })
    });
    let shown = wanted.map(|instance| {
        json!({
            "InstanceId": instance.id,
            "AvailabilityZone": instance.zone,
            "AvailabilityZoneId": zone_id(instance),
            "InstanceState": instance.state.shown(),
            "InstanceStatus": checks(account, instance),
            "SystemStatus": checks(account, instance),
            "AttachedEbsStatus": checks(account, instance),
            "Operator": { "Managed": false },
        })
    });
    page::of(call, "InstanceStatuses", shown.collect())
}

fn checks(account: &Account, instance: &Instance) -> Value {
    let (status, reachability) = found(account, instance);
    if reachability.is_empty() {
        return json!({ "Status": status });
    }
    let mut detail = json!({ "Name": "reachability", "Status": reachability });
    if status == "impaired" {
        detail["ImpairedSince"] = epoch(instance.since);
    }
    json!({ "Status": status, "Details": [detail] })
}
