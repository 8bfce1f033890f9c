//! The pool of secondaries.

mod activity;
mod late;
mod read;
mod shrink;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_autoscaling::types::{LaunchTemplateSpecification, Tag};
use aws_sdk_ec2::types::Filter;
use castra_core::context::ContextExt as _;
use castra_core::resource::{At, Found, Kind, Recovery, Ref};
use castra_core::{Call, Error, ErrorKind, FieldChange, Result, Seen, Wait, shortened};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{LaunchTemplate, Subnet, TargetGroup, instance};
use crate::call::{gone, send, send_fresh};
use crate::client::Clients;

use read::Members;
pub(crate) use read::{describe, item};

/// The service, as calls name it.
pub(super) const SERVICE: &str = "autoscaling";

/// The version of its template that a group uses: whichever is the default, so that a new version reaches new nodes
/// without a change to the group.
const DEFAULT_VERSION: &str = "$Default";

/// When waiting for its machines ends, be it that they come or that they go: a machine may be drained, and its
/// shutdown take minutes.
const DEADLINE: Duration = Duration::from_secs(1800);

/// An Auto Scaling group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AutoScalingGroup {
    /// Its name: at most 255 characters, one group of that name in account and region.
    pub(crate) name: String,
    /// How its machines are launched: always by the template's default version.
    pub(crate) launch_template: Ref<LaunchTemplate>,
    /// Its subnets, one a zone; machines are spread over them.
    pub(crate) subnets: Vec<Ref<Subnet>>,
    /// The fewest machines.
    pub(crate) min: u32,
    /// The most machines.
    pub(crate) max: u32,
    /// How many machines, where the count is fixed. None where the group scales by itself: then the number is the
    /// autoscaler's, and only a new group's is set, to `min`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) desired: Option<u32>,
    /// The target groups that its machines are registered with.
    pub(crate) target_groups: Vec<Ref<TargetGroup>>,
    /// What makes a machine be replaced: `EC2`, when the machine itself is broken.
    pub(crate) health_check: String,
    /// For how many seconds after its start a machine isn't judged.
    pub(crate) grace_seconds: u32,
    /// Its own tags. Machines get theirs from the template.
    pub(crate) tags: BTreeMap<String, String>,
    /// Whether the newest machines go when there are to be fewer, instead of those that Auto Scaling chooses.
    #[serde(skip)]
    pub(crate) newest_first: bool,
}

#[async_trait]
impl Kind for AutoScalingGroup {
    const KIND: &'static str = "autoscaling_group";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let described = describe(at.cx, at.cloud, &self.name).await?;
        Ok(described.as_ref().and_then(read::live).filter(|live| !read::leaves(live)).map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let request = at
            .cloud
            .autoscaling
            .create_auto_scaling_group()
            .auto_scaling_group_name(&self.name)
            .launch_template(self.template(at)?)
            .vpc_zone_identifier(self.subnets(at)?)
            .min_size(count(self.min)?)
            .max_size(count(self.max)?)
            .desired_capacity(count(self.wanted())?)
            .set_target_group_arns(Some(self.targets(at)?))
            .health_check_type(&self.health_check)
            .health_check_grace_period(count(self.grace_seconds)?)
            .set_tags(Some(to_tags(&self.name, &self.tags)));
        // A group of that name is an error, so a lost reply is settled by looking.
        send_fresh!(at.cx, Call::mutate(SERVICE, "CreateAutoScalingGroup"), request)?;
        Ok(self.name.clone())
    }

    async fn update(&self, at: &At<'_, Clients>, name: &String, changes: &[FieldChange]) -> Result<String> {
        let mut settings = false;
        for change in changes {
            match change.field.as_str() {
                "tags" => self.sync_tags(at, change).await?,
                "target_groups" => self.sync_targets(at, change).await?,
                _ => settings = true,
            }
        }
        if settings && self.newest_first {
            shrink::newest(self, at).await?;
        }
        if settings {
            let request = at
                .cloud
                .autoscaling
                .update_auto_scaling_group()
                .auto_scaling_group_name(name)
                .launch_template(self.template(at)?)
                .vpc_zone_identifier(self.subnets(at)?)
                .min_size(count(self.min)?)
                .max_size(count(self.max)?)
                .set_desired_capacity(self.desired.map(count).transpose()?)
                .health_check_type(&self.health_check)
                .health_check_grace_period(count(self.grace_seconds)?);
            send_fresh!(at.cx, Call::idempotent(SERVICE, "UpdateAutoScalingGroup"), request)?;
        }
        Ok(name.clone())
    }

    /// Waits until the wanted number of machines is in service and, where the count is fixed, until those that are
    /// too many are gone.
    ///
    /// A pool that is late is asked why: a cause that waiting doesn't mend, such as a missing permission or a reached
    /// limit, ends the wait with it. Whether its load balancer finds a machine well isn't waited for: what runs on
    /// the machines is installed later, and the group doesn't go by it either.
    async fn ready(&self, at: &At<'_, Clients>, name: &String) -> Result<()> {
        let began = at.cx.now();
        let wait = Wait::new(format!("{name} to have {} machines in service", self.wanted())).deadline(DEADLINE);
        at.cx
            .wait(&wait, || async move {
                match describe(at.cx, at.cloud, name).await? {
                    Some(group) => late::look(at, &group, self.wanted() as usize, self.desired.is_some(), began).await,
                    None => Ok(Seen::Not("not visible yet".into())),
                }
            })
            .await
    }

    /// Deletes the group with its machines and waits until they are gone, so that what they use can be deleted.
    async fn delete(at: &At<'_, Clients>, name: &String) -> Result<()> {
        let request = at.cloud.autoscaling.delete_auto_scaling_group().auto_scaling_group_name(name).force_delete(true);
        gone(send!(at.cx, Call::idempotent(SERVICE, "DeleteAutoScalingGroup"), request))?;
        let wait = Wait::new(format!("{name} and its machines to be gone")).deadline(DEADLINE);
        // The group may go before its last machines do.
        let alive = ["pending", "running", "shutting-down", "stopping", "stopped"].map(str::to_owned).to_vec();
        let filters = [
            Filter::builder().name("tag:aws:autoscaling:groupName").values(name).build(),
            Filter::builder().name("instance-state-name").set_values(Some(alive)).build(),
        ];
        let machines = at.cloud.ec2.describe_instances().set_filters(Some(filters.to_vec()));
        at.cx
            .wait(&wait, || async {
                if let Some(group) = describe(at.cx, at.cloud, name).await? {
                    let status = group.status().unwrap_or("still there");
                    return Ok(Seen::Not(format!("{status}; {}", Members::of(&group).told())));
                }
                let answer = send!(at.cx, Call::read("ec2", "DescribeInstances"), machines.clone())?;
                let left = answer.reservations().iter().flat_map(|reservation| reservation.instances());
                let left: Vec<String> = left.map(instance::told).collect();
                let still = || Seen::Not(format!("the group is gone, its machines aren't: {}", shortened(&left)));
                Ok(if left.is_empty() { Seen::Done(()) } else { still() })
            })
            .await
    }

    fn restored(fields: Value, _: &String) -> serde_json::Result<Self> {
        Ok(Self { newest_first: true, ..serde_json::from_value(fields)? })
    }
}

impl AutoScalingGroup {
    /// How many machines there are to be at least.
    fn wanted(&self) -> u32 {
        self.desired.unwrap_or(self.min)
    }

    fn template(&self, at: &At<'_, Clients>) -> Result<LaunchTemplateSpecification> {
        let id = at.get(&self.launch_template)?.id;
        Ok(LaunchTemplateSpecification::builder().launch_template_id(id).version(DEFAULT_VERSION).build())
    }

    fn subnets(&self, at: &At<'_, Clients>) -> Result<String> {
        let ids: Vec<String> = self.subnets.iter().map(|subnet| Ok(at.get(subnet)?.id)).collect::<Result<_>>()?;
        Ok(ids.join(","))
    }

    fn targets(&self, at: &At<'_, Clients>) -> Result<Vec<String>> {
        self.target_groups.iter().map(|group| at.get(group)).collect()
    }

    async fn sync_targets(&self, at: &At<'_, Clients>, change: &FieldChange) -> Result<()> {
        let wanted = self.targets(at)?;
        let live: Vec<String> =
            change.from.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        let missing: Vec<String> = wanted.iter().filter(|arn| !live.contains(arn)).cloned().collect();
        let extra: Vec<String> = live.into_iter().filter(|arn| !wanted.contains(arn)).collect();
        let client = &at.cloud.autoscaling;
        if !missing.is_empty() {
            let request = client.attach_load_balancer_target_groups().auto_scaling_group_name(&self.name);
            let request = request.set_target_group_arns(Some(missing));
            send_fresh!(at.cx, Call::idempotent(SERVICE, "AttachLoadBalancerTargetGroups"), request)?;
        }
        if !extra.is_empty() {
            let request = client.detach_load_balancer_target_groups().auto_scaling_group_name(&self.name);
            let request = request.set_target_group_arns(Some(extra));
            send!(at.cx, Call::idempotent(SERVICE, "DetachLoadBalancerTargetGroups"), request)?;
        }
        Ok(())
    }

    async fn sync_tags(&self, at: &At<'_, Clients>, change: &FieldChange) -> Result<()> {
        let set = at.cloud.autoscaling.create_or_update_tags().set_tags(Some(to_tags(&self.name, &self.tags)));
        send!(at.cx, Call::idempotent(SERVICE, "CreateOrUpdateTags"), set)?;
        // By key alone: with a value that isn't the tag's nothing is deleted, and the call succeeds all the same (Auto
        // Scaling User Guide, "Delete tags").
        let extra: Vec<Tag> = change
            .from
            .as_object()
            .into_iter()
            .flat_map(|live| live.keys())
            .filter(|key| !self.tags.contains_key(*key))
            .map(|key| Tag::builder().resource_id(&self.name).resource_type(RESOURCE_TYPE).key(key).build())
            .collect();
        if !extra.is_empty() {
            let remove = at.cloud.autoscaling.delete_tags().set_tags(Some(extra));
            send!(at.cx, Call::idempotent(SERVICE, "DeleteTags"), remove)?;
        }
        Ok(())
    }
}

/// The type of a group's tags.
const RESOURCE_TYPE: &str = "auto-scaling-group";

/// Tags as Auto Scaling wants them, not handed on to machines.
fn to_tags(group: &str, tags: &BTreeMap<String, String>) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| {
        Tag::builder()
            .resource_id(group)
            .resource_type(RESOURCE_TYPE)
            .key(key)
            .value(value)
            .propagate_at_launch(false)
            .build()
    };
    tags.iter().map(tag).collect()
}

/// A number as the API takes it.
fn count(number: u32) -> Result<i32> {
    i32::try_from(number)
        .map_err(|_| Error::new(ErrorKind::Invalid, format!("{number} is more than Auto Scaling takes")))
}
