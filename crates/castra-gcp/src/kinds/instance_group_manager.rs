//! The pool of secondaries.

mod late;
mod read;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use castra_core::context::ContextExt as _;
use castra_core::resource::{At, Found, Kind, Output, Recovery, Ref};
use castra_core::{Error, ErrorKind, FieldChange, Result, Seen, Wait};
use google_cloud_compute_v1::model::distribution_policy::TargetShape;
use google_cloud_compute_v1::model::instance_group_manager_update_policy::{
    InstanceRedistributionType, MinimalAction, ReplacementMethod, Type,
};
use google_cloud_compute_v1::model::{
    DistributionPolicy, DistributionPolicyZoneConfiguration, FixedOrPercent, InstanceGroupManager as Model,
    InstanceGroupManagerAutoHealingPolicy, InstanceGroupManagerUpdatePolicy, InstanceGroupManagerVersion,
    RegionInstanceGroupsSetNamedPortsRequest,
};
use serde::{Deserialize, Serialize};

use super::autoscaler::to_i32;
use super::instance_group::to_ports;
use super::{HealthCheck, InstanceTemplate};
use crate::call::gone;
use crate::client::Clients;
use crate::links;
use crate::operation::{LONG, USUAL, from_latest, operate};
use crate::tags::Mark;

pub(crate) use read::{list, managed};

/// When waiting for its machines ends, be it that they come, roll or go: a machine's shutdown may take minutes, and a roll
/// goes through the pool one machine a zone at a time.
const DEADLINE: Duration = Duration::from_secs(3600);

/// A managed instance group of the region: so many machines of one template, spread evenly over zones. A machine that is
/// gone or stopped is made again.
///
/// Where its template changes, Google Cloud replaces its machines by itself: one more in each zone first, so that there
/// are never fewer than there should be.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct InstanceGroupManager {
    /// Its name, and that of its instance group: one of that name in the region.
    pub(crate) name: String,
    /// What its machines are made from.
    pub(crate) template: Ref<InstanceTemplate>,
    /// What its machines' names begin with, at most 58 characters.
    pub(crate) base_name: String,
    /// Its zones.
    pub(crate) zones: Vec<String>,
    /// How machines are spread over zones: `EVEN`.
    pub(crate) shape: String,
    /// How many machines, where the count is fixed. None where the group scales by itself: then the number is the
    /// autoscaler's, and only a new group's is set, to `least`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) size: Option<u32>,
    /// The fewest machines that there may be.
    #[serde(skip)]
    pub(crate) least: u32,
    /// The ports by which load balancers ask its machines, by name.
    pub(crate) named_ports: BTreeMap<String, u16>,
    /// How its machines come to be of a new template.
    pub(crate) update_policy: UpdatePolicy,
    /// By what a machine that runs is found broken, and made again. None where no application says how it is alive: then a
    /// machine's health is whether it runs.
    pub(crate) healing: Option<Healing>,
}

/// By what a machine that runs is found broken.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Healing {
    /// The check, of whether what runs on the machine is alive: not of whether it is ready.
    pub(crate) health_check: Ref<HealthCheck>,
    /// For how many seconds after its start a machine isn't judged: what it takes to boot, at most 3,600.
    pub(crate) boot_seconds: u32,
}

/// How machines come to be of a new template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UpdatePolicy {
    /// Whether by themselves: `PROACTIVE`.
    pub(crate) kind: String,
    /// What is done to each at least: `REPLACE`.
    pub(crate) minimal_action: String,
    /// Whether what replaces one has another name: `SUBSTITUTE`.
    pub(crate) method: String,
    /// Whether machines move between zones to be spread evenly again: `PROACTIVE`.
    pub(crate) redistribution: String,
    /// How many more than the group's size there may be meanwhile: as many as it has zones, or more; or 0.
    pub(crate) max_surge: u32,
    /// How many may be missing meanwhile: 0, or as many as it has zones, or more.
    pub(crate) max_unavailable: u32,
}

impl UpdatePolicy {
    /// One more machine in each zone before one is taken away ("Rolling out updates", managed instance groups: in a
    /// regional group both numbers are 0 or at least that of its zones, and not both are 0).
    pub(crate) fn rolling(zones: usize) -> Self {
        Self {
            kind: "PROACTIVE".to_owned(),
            minimal_action: "REPLACE".to_owned(),
            method: "SUBSTITUTE".to_owned(),
            redistribution: "PROACTIVE".to_owned(),
            max_surge: u32::try_from(zones).unwrap_or(u32::MAX),
            max_unavailable: 0,
        }
    }

    fn model(&self) -> InstanceGroupManagerUpdatePolicy {
        let fixed = |number: u32| FixedOrPercent::new().set_fixed(to_i32(number));
        InstanceGroupManagerUpdatePolicy::new()
            .set_type(Type::from(self.kind.as_str()))
            .set_minimal_action(MinimalAction::from(self.minimal_action.as_str()))
            .set_replacement_method(ReplacementMethod::from(self.method.as_str()))
            .set_instance_redistribution_type(InstanceRedistributionType::from(self.redistribution.as_str()))
            .set_max_surge(fixed(self.max_surge))
            .set_max_unavailable(fixed(self.max_unavailable))
    }
}

/// What a managed group gives to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct ManagerOutput {
    /// The path of its instance group, by which load balancers know it: its id here.
    pub(crate) group: String,
    /// Its own path.
    pub(crate) manager: String,
}

impl Output for ManagerOutput {
    fn id(&self) -> &str {
        &self.group
    }
}

#[async_trait]
impl Kind for InstanceGroupManager {
    const KIND: &'static str = "instance_group_manager";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name", "zones", "base_name"];
    const UPDATE_NOTE: Option<&'static str> =
        Some("Google Cloud replaces its machines, one more in each zone at a time");
    const NOTED: &'static [&'static str] = &["template"];
    type Output = ManagerOutput;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<ManagerOutput>>> {
        Ok(read::get(at, &self.name).await?.as_ref().and_then(read::live).map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<ManagerOutput> {
        let Clients { project, region, .. } = at.cloud;
        let managers = &at.cloud.region_instance_group_managers;
        let request = managers.insert().set_project(project).set_region(region).set_body(self.body(at)?);
        operate!(at, "regionInstanceGroupManagers.insert", LONG, request)?;
        // The group's own request doesn't take them.
        self.name_ports(at).await?;
        Ok(ManagerOutput {
            group: at.cloud.regional("instanceGroups", &self.name),
            manager: at.cloud.regional("instanceGroupManagers", &self.name),
        })
    }

    async fn update(
        &self,
        at: &At<'_, Clients>,
        live: &ManagerOutput,
        changes: &[FieldChange],
    ) -> Result<ManagerOutput> {
        let changed = |fields: &[&str]| changes.iter().any(|change| fields.contains(&change.field.as_str()));
        if changed(&["template", "shape", "update_policy", "healing"]) {
            self.patch(at, changes).await?;
        }
        if let Some(size) = self.size.filter(|_| changed(&["size"])) {
            self.resize(at, size).await?;
        }
        if changed(&["named_ports"]) {
            self.name_ports(at).await?;
        }
        Ok(live.clone())
    }

    /// Waits until the wanted number of machines runs, of the wanted template, and until those that are too many are gone
    /// where the count is fixed.
    ///
    /// A pool that is late is asked why: a cause that waiting doesn't mend, such as a missing permission or a reached quota,
    /// ends the wait with it. Whether a load balancer finds a machine well isn't waited for: what runs on the machines is
    /// installed later, and the group doesn't go by it either.
    async fn ready(&self, at: &At<'_, Clients>, _: &ManagerOutput) -> Result<()> {
        let (began, wanted) = (at.cx.now(), self.wanted());
        let what = format!("{} to have {wanted} machines that run", self.name);
        let wait = Wait::new(what).deadline(DEADLINE);
        at.cx
            .wait(&wait, || async move {
                match read::get(at, &self.name).await? {
                    Some(group) => late::look(at, &group, self.size, wanted, began).await,
                    None => Ok(Seen::Not("not visible".into())),
                }
            })
            .await
    }

    /// Deletes the group with its machines, and waits until they are gone.
    async fn delete(at: &At<'_, Clients>, live: &ManagerOutput) -> Result<()> {
        let Clients { project, region, .. } = at.cloud;
        let request = at.cloud.region_instance_group_managers.delete().set_project(project).set_region(region);
        let request = request.set_instance_group_manager(links::name(&live.manager));
        gone(operate!(at, "regionInstanceGroupManagers.delete", DEADLINE, request))
    }
}

impl InstanceGroupManager {
    /// How many machines there are to be at least.
    fn wanted(&self) -> u32 {
        self.size.unwrap_or(self.least)
    }

    fn version(&self, at: &At<'_, Clients>) -> Result<InstanceGroupManagerVersion> {
        Ok(InstanceGroupManagerVersion::new().set_instance_template(at.get(&self.template)?.id))
    }

    fn distribution(&self, at: &At<'_, Clients>) -> DistributionPolicy {
        let path = |zone: &String| format!("projects/{}/zones/{zone}", at.cloud.project);
        let zones = self.zones.iter().map(|zone| DistributionPolicyZoneConfiguration::new().set_zone(path(zone)));
        DistributionPolicy::new().set_zones(zones).set_target_shape(TargetShape::from(self.shape.as_str()))
    }

    fn body(&self, at: &At<'_, Clients>) -> Result<Model> {
        Ok(Model::new()
            .set_name(&self.name)
            .set_description(Mark::new(at.owner, at.address).to_string())
            .set_base_instance_name(&self.base_name)
            .set_versions([self.version(at)?])
            .set_distribution_policy(self.distribution(at))
            .set_target_size(to_i32(self.wanted()))
            .set_update_policy(self.update_policy.model())
            .set_auto_healing_policies(self.healing(at)?))
    }

    fn healing(&self, at: &At<'_, Clients>) -> Result<Option<InstanceGroupManagerAutoHealingPolicy>> {
        let policy = |healing: &Healing| {
            let check = at.get(&healing.health_check)?;
            let policy = InstanceGroupManagerAutoHealingPolicy::new().set_health_check(check);
            Ok(policy.set_initial_delay_sec(to_i32(healing.boot_seconds)))
        };
        self.healing.as_ref().map(policy).transpose()
    }

    /// Changes what differs, and nothing else: the size may be an autoscaler's.
    async fn patch(&self, at: &At<'_, Clients>, changes: &[FieldChange]) -> Result<()> {
        let Clients { project, region, .. } = at.cloud;
        let mut group = Model::new();
        for change in changes {
            group = match change.field.as_str() {
                "template" => group.set_versions([self.version(at)?]),
                "shape" => group.set_distribution_policy(self.distribution(at)),
                "update_policy" => group.set_update_policy(self.update_policy.model()),
                // One without a check stands for none: an empty list would be left out.
                "healing" => group.set_auto_healing_policies([self.healing(at)?.unwrap_or_default()]),
                _ => group,
            };
        }
        from_latest(at, &self.name, || async {
            let now = read::get(at, &self.name).await?;
            let now = now.ok_or_else(|| Error::new(ErrorKind::NotFound, format!("{} is gone", self.name)))?;
            let request = at.cloud.region_instance_group_managers.patch().set_project(project).set_region(region);
            let request = request.set_instance_group_manager(&self.name);
            let request = request.set_body(group.clone().set_or_clear_fingerprint(now.fingerprint));
            operate!(at, "regionInstanceGroupManagers.patch", LONG, request)
        })
        .await
    }

    /// Sets the number of machines. While an autoscaler has it, which is on its way out then, it is refused (412).
    async fn resize(&self, at: &At<'_, Clients>, size: u32) -> Result<()> {
        let Clients { project, region, .. } = at.cloud;
        from_latest(at, &self.name, || async {
            let request = at.cloud.region_instance_group_managers.resize().set_project(project).set_region(region);
            let request = request.set_instance_group_manager(&self.name).set_size(to_i32(size));
            operate!(at, "regionInstanceGroupManagers.resize", LONG, request)
        })
        .await
    }

    /// Names the ports of its instance group. A managed group shows while it is being made, and has none until it is: what
    /// a run that was killed has begun.
    async fn name_ports(&self, at: &At<'_, Clients>) -> Result<()> {
        let Clients { project, region, .. } = at.cloud;
        let groups = &at.cloud.region_instance_groups;
        from_latest(at, &self.name, || async {
            let absent = || Error::new(ErrorKind::Stale, format!("{} has no instance group yet", self.name));
            let group = read::group(at, &self.name).await?.ok_or_else(absent)?;
            let ports = RegionInstanceGroupsSetNamedPortsRequest::new()
                .set_named_ports(to_ports(&self.named_ports))
                .set_or_clear_fingerprint(group.fingerprint);
            let request = groups.set_named_ports().set_project(project).set_region(region);
            let request = request.set_instance_group(&self.name).set_body(ports);
            operate!(at, "regionInstanceGroups.setNamedPorts", USUAL, request)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use serde_json::Value;

    use super::*;

    #[test]
    fn what_is_sent_is_read_back_as_it_is_wanted() {
        let wanted = InstanceGroupManager {
            name: "camp-secondaries".into(),
            template: Ref::to("secondaries-1"),
            base_name: "camp-secondary".into(),
            zones: vec!["z-b".into(), "z-c".into()],
            shape: "EVEN".into(),
            size: Some(5),
            least: 5,
            named_ports: BTreeMap::from([("https".into(), 443)]),
            update_policy: UpdatePolicy::rolling(2),
            healing: None,
        };
        let host = "https://www.googleapis.com/compute/v1/projects/p1";
        let zone = |zone: &str| DistributionPolicyZoneConfiguration::new().set_zone(format!("{host}/zones/{zone}"));
        let template = format!("{host}/regions/r/instanceTemplates/camp-secondaries-1");
        let model = Model::new()
            .set_name("camp-secondaries")
            .set_self_link(format!("{host}/regions/r/instanceGroupManagers/camp-secondaries"))
            .set_instance_group(format!("{host}/regions/r/instanceGroups/camp-secondaries"))
            .set_versions([InstanceGroupManagerVersion::new().set_instance_template(&template)])
            .set_base_instance_name("camp-secondary")
            .set_distribution_policy(
                DistributionPolicy::new().set_zones([zone("z-b"), zone("z-c")]).set_target_shape(TargetShape::Even),
            )
            .set_target_size(5)
            .set_named_ports(to_ports(&wanted.named_ports))
            .set_update_policy(wanted.update_policy.model());
        let live = read::live(&model).unwrap();
        let mut expected = serde_json::to_value(&wanted).unwrap();
        expected["template"] = links::relative(&template).into();
        assert_eq!(live.fields, expected);
        assert_eq!(live.output.group, "projects/p1/regions/r/instanceGroups/camp-secondaries");
        let scaled = serde_json::to_value(InstanceGroupManager { size: None, ..wanted }).unwrap();
        assert_eq!(scaled.get("size"), None::<&Value>, "the autoscaler's");
    }
}
