//! Reading a managed group.

use castra_core::{Call, Item, Result, Status};
use google_cloud_compute_v1::model::distribution_policy::TargetShape;
use google_cloud_compute_v1::model::instance_group_manager_update_policy::{
    InstanceRedistributionType, MinimalAction, ReplacementMethod, Type,
};
use google_cloud_compute_v1::model::{
    FixedOrPercent, InstanceGroup, InstanceGroupManager as Model, InstanceGroupManagerAutoHealingPolicy,
    InstanceGroupManagerUpdatePolicy, ManagedInstance,
};
use serde_json::{Value, json};

use super::{InstanceGroupManager, ManagerOutput};
use crate::call::{Seam, list, maybe, send};
use crate::client::Clients;
use crate::kinds::instance_group::from_ports;
use crate::kinds::live::{Live, items};
use crate::links;
use crate::survey::Look;

/// A managed group by its name.
pub(super) async fn get<S: Seam>(seam: &S, name: &str) -> Result<Option<Model>> {
    let clients = seam.clients();
    let request = clients.region_instance_group_managers.get().set_project(&clients.project);
    let request = request.set_region(&clients.region).set_instance_group_manager(name);
    maybe(send!(seam, Call::read("compute", "regionInstanceGroupManagers.get"), request))
}

/// The instance group of a managed group.
pub(super) async fn group<S: Seam>(seam: &S, name: &str) -> Result<Option<InstanceGroup>> {
    let clients = seam.clients();
    let request = clients.region_instance_groups.get().set_project(&clients.project);
    let request = request.set_region(&clients.region).set_instance_group(name);
    maybe(send!(seam, Call::read("compute", "regionInstanceGroups.get"), request))
}

/// Reads a managed group.
pub(super) fn live(group: &Model) -> Option<Live<ManagerOutput>> {
    let output = ManagerOutput {
        group: links::relative(group.instance_group.as_deref()?).to_owned(),
        manager: links::relative(group.self_link.as_deref()?).to_owned(),
    };
    let distribution = group.distribution_policy.as_ref();
    let zones = distribution.into_iter().flat_map(|policy| &policy.zones);
    let zones: Vec<&str> = zones.filter_map(|zone| zone.zone.as_deref().map(links::name)).collect();
    let fields = json!({
        "name": group.name,
        "template": template(group),
        "base_name": group.base_instance_name,
        "zones": zones,
        "shape": distribution.and_then(|policy| policy.target_shape.as_ref()).and_then(TargetShape::name),
        "size": group.target_size,
        "named_ports": from_ports(&group.named_ports),
        "update_policy": group.update_policy.as_ref().map(update_policy),
        "healing": healing(&group.auto_healing_policies),
    });
    Some(Live::described(output, fields, group.description.as_deref()).status(status(group)))
}

/// The template of all machines; all templates, where there is more than one.
fn template(group: &Model) -> Value {
    let link = |link: &Option<String>| link.as_deref().map(links::relative).map(str::to_owned);
    match group.versions.as_slice() {
        [] => json!(link(&group.instance_template)),
        [one] => json!(link(&one.instance_template)),
        several => several.iter().map(|version| link(&version.instance_template)).collect(),
    }
}

/// What it heals by; nothing, where that is no check.
fn healing(policies: &[InstanceGroupManagerAutoHealingPolicy]) -> Value {
    let one = |policy: &InstanceGroupManagerAutoHealingPolicy| {
        let check = policy.health_check.as_deref().filter(|check| !check.is_empty())?;
        Some(json!({ "health_check": links::relative(check), "boot_seconds": policy.initial_delay_sec.unwrap_or(0) }))
    };
    policies.first().and_then(one).unwrap_or_default()
}

fn update_policy(policy: &InstanceGroupManagerUpdatePolicy) -> Value {
    let number = |amount: &Option<FixedOrPercent>| match amount.as_ref().map(|amount| (amount.fixed, amount.percent)) {
        Some((_, Some(percent))) => json!(format!("{percent} %")),
        Some((fixed, None)) => json!(fixed),
        None => Value::Null,
    };
    json!({
        "kind": policy.r#type.as_ref().and_then(Type::name),
        "minimal_action": policy.minimal_action.as_ref().and_then(MinimalAction::name),
        "method": policy.replacement_method.as_ref().and_then(ReplacementMethod::name),
        "redistribution":
            policy.instance_redistribution_type.as_ref().and_then(InstanceRedistributionType::name),
        "max_surge": number(&policy.max_surge),
        "max_unavailable": number(&policy.max_unavailable),
    })
}

/// A group whose machines aren't of the wanted template yet rolls, and one with a fixed count that isn't stable is on its
/// way: what a run that was stopped left to wait for. Otherwise its size is the autoscaler's business, and no change to
/// show.
fn status(group: &Model) -> Status {
    let scaled = group.status.as_ref().is_some_and(|status| status.autoscaler.is_some());
    if !reached(group) {
        Status::Pending("going over to its template".to_owned())
    } else if !scaled && !stable(group) {
        Status::Pending(format!("at {}", told(group)))
    } else {
        Status::Ready
    }
}

/// Whether all machines are of the wanted template.
pub(super) fn reached(group: &Model) -> bool {
    let target = group.status.as_ref().and_then(|status| status.version_target.as_ref());
    target.and_then(|target| target.is_reached) != Some(false)
}

/// Whether nothing is being done to any machine, nor will be.
pub(super) fn stable(group: &Model) -> bool {
    group.status.as_ref().and_then(|status| status.is_stable) == Some(true)
}

/// How many machines run and are left alone.
pub(super) fn serving(group: &Model) -> u32 {
    let none = group.current_actions.as_ref().and_then(|actions| actions.none).unwrap_or(0);
    u32::try_from(none).unwrap_or(0)
}

/// Numbers of machines: `3 of 5 running; 1 creating, 1 verifying`.
pub(super) fn told(group: &Model) -> String {
    let counted = format!("{} of {} running", serving(group), group.target_size.unwrap_or(0));
    let Some(actions) = &group.current_actions else { return counted };
    let all = [
        (actions.abandoning, "abandoning"),
        (actions.creating, "creating"),
        (actions.creating_without_retries, "creating"),
        (actions.deleting, "deleting"),
        (actions.recreating, "recreating"),
        (actions.refreshing, "refreshing"),
        (actions.restarting, "restarting"),
        (actions.resuming, "resuming"),
        (actions.starting, "starting"),
        (actions.stopping, "stopping"),
        (actions.suspending, "suspending"),
        (actions.verifying, "verifying"),
    ];
    let some = all.iter().filter_map(|(number, action)| Some((number.filter(|number| *number > 0)?, action)));
    let some: Vec<String> = some.map(|(number, action)| format!("{number} {action}")).collect();
    if some.is_empty() { counted } else { format!("{counted}; {}", some.join(", ")) }
}

/// The machines of a managed group; none, where there is no such group.
pub(crate) async fn managed<S: Seam>(seam: &S, name: &str) -> Result<Vec<ManagedInstance>> {
    let clients = seam.clients();
    let request = clients.region_instance_group_managers.list_managed_instances().set_project(&clients.project);
    let request = request.set_region(&clients.region).set_instance_group_manager(name);
    let (mut all, mut next) = (Vec::new(), None);
    loop {
        let page = request.clone().set_or_clear_page_token(next.take());
        let call = Call::read("compute", "regionInstanceGroupManagers.listManagedInstances");
        let Some(answer) = maybe(send!(seam, call, page))? else { return Ok(all) };
        all.extend(answer.managed_instances);
        next = answer.next_page_token.filter(|token: &String| !token.is_empty());
        if next.is_none() {
            return Ok(all);
        }
    }
}

/// The managed group of a cluster.
pub(crate) async fn list(look: &Look<'_>, wanted: &[&str]) -> Result<Vec<Item>> {
    let Clients { project, region, .. } = look.clients;
    let request = look.clients.region_instance_group_managers.list().set_project(project).set_region(region);
    let request = request.set_filter(look.names().filter());
    let found: Vec<Model> = list!(look, "regionInstanceGroupManagers.list", request)?;
    Ok(items::<InstanceGroupManager>(look, found.iter().filter_map(live), wanted))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    fn group(status: Value, creating: i32) -> Model {
        serde_json::from_value(json!({
            "targetSize": 5,
            "status": status,
            "currentActions": { "none": 5 - creating, "creating": creating },
        }))
        .unwrap()
    }

    #[test]
    fn what_a_stopped_run_left_to_wait_for_is_pending() {
        let calm = json!({ "isStable": true, "versionTarget": { "isReached": true } });
        assert_eq!(status(&group(calm, 0)), Status::Ready);
        let growing = json!({ "isStable": false, "versionTarget": { "isReached": true } });
        assert_eq!(status(&group(growing.clone(), 2)), Status::Pending("at 3 of 5 running; 2 creating".into()));
        let mut scaled = growing;
        scaled["autoscaler"] = json!("a");
        assert_eq!(status(&group(scaled.clone(), 2)), Status::Ready, "the autoscaler's business");
        scaled["versionTarget"]["isReached"] = json!(false);
        assert!(matches!(status(&group(scaled, 2)), Status::Pending(_)), "a roll");
    }

    #[test]
    fn two_templates_differ_from_one() {
        let of = |versions: Value| template(&serde_json::from_value(json!({ "versions": versions })).unwrap());
        let one = json!({ "instanceTemplate": "https://x/projects/p1/t1" });
        assert_eq!(of(json!([one])), json!("projects/p1/t1"));
        assert_ne!(of(json!([one, { "instanceTemplate": "https://x/projects/p1/t2" }])), json!("projects/p1/t1"));
    }

    #[test]
    fn a_policy_without_a_check_heals_nothing() {
        let policy = |policy: Value| healing(&[serde_json::from_value(policy).unwrap()]);
        assert_eq!((healing(&[]), policy(json!({ "initialDelaySec": 60 }))), (Value::Null, Value::Null));
        let check = json!({ "healthCheck": "https://x/projects/p1/regions/r/healthChecks/h", "initialDelaySec": 60 });
        let wanted = json!({ "health_check": "projects/p1/regions/r/healthChecks/h", "boot_seconds": 60 });
        assert_eq!(policy(check), wanted);
    }

    #[test]
    fn a_share_differs_from_a_number() {
        let policy = |amount: Value| {
            let policy = json!({ "type": "PROACTIVE", "maxSurge": amount });
            update_policy(&serde_json::from_value(policy).unwrap())["max_surge"].clone()
        };
        assert_eq!(policy(json!({ "fixed": 3, "calculated": 3 })), json!(3));
        assert_eq!(policy(json!({ "percent": 30, "calculated": 3 })), json!("30 %"));
    }
}
