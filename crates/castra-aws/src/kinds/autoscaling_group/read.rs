//! Reading a group.

use std::collections::BTreeMap;

use aws_sdk_autoscaling::types::{AutoScalingGroup as Described, Instance as Member, LifecycleState, TagDescription};
use castra_core::{Call, Context, Item, Result, Status, shortened};
use serde_json::{Value, json};

use super::{AutoScalingGroup, DEFAULT_VERSION, SERVICE};
use crate::call::send;
use crate::client::Clients;
use crate::kinds::live::Live;
use crate::survey::Look;

/// The group of that name, with its members: a group that isn't there is not in the answer.
pub(crate) async fn describe(cx: &dyn Context, clients: &Clients, name: &str) -> Result<Option<Described>> {
    let request = clients.autoscaling.describe_auto_scaling_groups().auto_scaling_group_names(name);
    let answer = send!(cx, Call::read(SERVICE, "DescribeAutoScalingGroups"), request)?;
    Ok(answer.auto_scaling_groups.unwrap_or_default().into_iter().next())
}

pub(super) fn live(group: &Described) -> Option<Live<String>> {
    let name = group.auto_scaling_group_name()?.to_owned();
    let subnets: Vec<&str> =
        group.vpc_zone_identifier().unwrap_or_default().split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    let tags = tags(group.tags());
    let fields = json!({
        "name": name,
        "launch_template": template(group),
        "subnets": subnets,
        "min": group.min_size(),
        "max": group.max_size(),
        "desired": group.desired_capacity(),
        "target_groups": group.target_group_arns(),
        "health_check": group.health_check_type(),
        "grace_seconds": group.health_check_grace_period(),
        "tags": tags,
    });
    Some(Live::new(name, fields, tags).status(status(group)))
}

/// The template's id, and the version where that isn't the default one.
fn template(group: &Described) -> Value {
    let Some(template) = group.launch_template() else { return Value::Null };
    let id = template.launch_template_id().unwrap_or_default();
    // A group that was made without a version uses the default one and doesn't say so.
    match template.version().unwrap_or(DEFAULT_VERSION) {
        DEFAULT_VERSION => json!(id),
        version => json!(format!("{id} version {version}")),
    }
}

/// Its tags, without those that AWS itself sets. One that is handed on to machines is shown as such: ours never are.
fn tags(tags: &[TagDescription]) -> BTreeMap<String, String> {
    tags.iter()
        .filter_map(|tag| {
            let value = tag.value().unwrap_or_default();
            let handed_on = if tag.propagate_at_launch() == Some(true) { " (propagated at launch)" } else { "" };
            Some((tag.key()?.to_owned(), format!("{value}{handed_on}")))
        })
        .filter(|(key, _)| !key.starts_with("aws:"))
        .collect()
}

/// A group's members, by where they are in their life.
#[derive(Debug, Default)]
pub(super) struct Members<'a> {
    /// In service, and well as far as the group knows.
    pub(super) serving: Vec<&'a Member>,
    /// On their way into service, or kept out of it.
    pub(super) coming: Vec<&'a Member>,
    /// On their way out: drained, held by a lifecycle hook, terminated.
    pub(super) leaving: Vec<&'a Member>,
}

impl<'a> Members<'a> {
    pub(super) fn of(group: &'a Described) -> Self {
        let mut members = Self::default();
        for member in group.instances() {
            let well = member.health_status().is_none_or(|health| health.eq_ignore_ascii_case("healthy"));
            match member.lifecycle_state() {
                Some(LifecycleState::InService) if well => members.serving.push(member),
                Some(state) if state.as_str().starts_with("Terminat") || state.as_str().starts_with("Detach") => {
                    members.leaving.push(member);
                }
                // One in service that isn't well is about to be replaced.
                Some(LifecycleState::InService) => members.leaving.push(member),
                _ => members.coming.push(member),
            }
        }
        members
    }

    /// How many there are.
    pub(super) fn all(&self) -> usize {
        self.serving.len() + self.coming.len() + self.leaving.len()
    }

    /// Their numbers, and who leaves: `3 of 5 in service; leaving: i-1 (Terminating:Wait)`.
    pub(super) fn told(&self) -> String {
        let counted = format!("{} of {} in service", self.serving.len(), self.all());
        let state = |member: &Member| match member.lifecycle_state() {
            Some(LifecycleState::InService) => "unhealthy".to_owned(),
            Some(LifecycleState::Terminating) => {
                "Terminating: drained by its load balancer, or shutting down".to_owned()
            }
            state => state.map_or("unknown", LifecycleState::as_str).to_owned(),
        };
        let leaving: Vec<String> = self
            .leaving
            .iter()
            .map(|member| format!("{} ({})", member.instance_id().unwrap_or_default(), state(member)))
            .collect();
        if leaving.is_empty() { counted } else { format!("{counted}; leaving: {}", shortened(&leaving)) }
    }
}

/// Fewer members in service than the group's own minimum is a pool on its way up, and more members than a fixed count
/// one on its way down: what a run that was stopped left to wait for. Otherwise its size and its members' health are the
/// autoscaler's business, and no change to show.
fn status(group: &Described) -> Status {
    // Only a group that is being deleted has a status ("Delete in progress").
    if group.status().is_some() {
        return Status::Deleting;
    }
    let members = Members::of(group);
    let (serving, all) = (members.serving.len(), members.all());
    let least = usize::try_from(group.min_size().unwrap_or(0)).unwrap_or(0);
    if serving < least {
        Status::Pending(format!("at {serving} of {least} in service"))
    } else if group.min_size() == group.max_size() && all > least {
        Status::Pending(format!("at {all} machines and has to go down to {least}"))
    } else {
        Status::Ready
    }
}

/// Whether the group is on its way out.
pub(super) fn leaves(live: &Live<String>) -> bool {
    live.status == Status::Deleting
}

/// The survey's item of a group that stands where the resource `resource` should.
pub(crate) fn item(look: &Look<'_>, resource: &str, group: &Described) -> Option<Item> {
    live(group).map(|live| live.item_at::<AutoScalingGroup>(look, resource))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use aws_sdk_autoscaling::types::{Instance, LaunchTemplateSpecification};

    use super::*;

    fn member(state: LifecycleState) -> Instance {
        Instance::builder().instance_id("i-1").lifecycle_state(state).build()
    }

    fn group() -> aws_sdk_autoscaling::types::builders::AutoScalingGroupBuilder {
        Described::builder()
            .auto_scaling_group_name("demo-secondaries")
            .launch_template(
                LaunchTemplateSpecification::builder().launch_template_id("lt-1").version("$Default").build(),
            )
            .vpc_zone_identifier("subnet-a,subnet-b, subnet-c")
            .min_size(2)
            .max_size(5)
            .desired_capacity(3)
            .target_group_arns("arn:1")
            .health_check_type("EC2")
            .health_check_grace_period(300)
    }

    #[test]
    fn a_group_is_read_with_every_field() {
        let described = group()
            .tags(TagDescription::builder().key("team").value("platform").propagate_at_launch(false).build())
            .tags(TagDescription::builder().key("aws:x").value("y").build())
            .build();
        assert_eq!(
            live(&described).unwrap().fields,
            json!({
                "name": "demo-secondaries", "launch_template": "lt-1", "subnets": ["subnet-a", "subnet-b", "subnet-c"],
                "min": 2, "max": 5, "desired": 3, "target_groups": ["arn:1"], "health_check": "EC2",
                "grace_seconds": 300, "tags": {"team": "platform"},
            })
        );
    }

    /// A run that was killed after it had asked for fewer: the next one waits for the rest to go.
    #[test]
    fn a_fixed_count_with_more_members_is_on_its_way_down() {
        let three = || (0..3).fold(group(), |group, _| group.instances(member(LifecycleState::InService)));
        let status = |group: Described| live(&group).unwrap().status;
        let fixed = |count| three().min_size(count).max_size(count).desired_capacity(count).build();
        assert_eq!(status(fixed(2)), Status::Pending("at 3 machines and has to go down to 2".into()));
        assert_eq!(status(fixed(3)), Status::Ready);
        assert_eq!(status(three().min_size(1).max_size(2).desired_capacity(2).build()), Status::Ready);
    }

    #[test]
    fn another_version_of_the_template_is_a_difference() {
        let at = |version| {
            let template = LaunchTemplateSpecification::builder().launch_template_id("lt-1");
            template_of(template.set_version(version))
        };
        let template_of_default = at(None);
        assert_eq!(template_of_default, "lt-1");
        assert_eq!(at(Some("$Default".into())), "lt-1");
        assert_eq!(at(Some("3".into())), "lt-1 version 3");
    }

    fn template_of(template: aws_sdk_autoscaling::types::builders::LaunchTemplateSpecificationBuilder) -> Value {
        super::template(&group().launch_template(template.build()).build())
    }

    #[test]
    fn a_tag_that_machines_get_is_a_difference() {
        let handed_on = TagDescription::builder().key("team").value("platform").propagate_at_launch(true).build();
        assert_eq!(tags(&[handed_on])["team"], "platform (propagated at launch)");
    }

    #[test]
    fn a_pool_below_its_minimum_is_on_its_way_up() {
        let pending = group().instances(member(LifecycleState::Pending)).build();
        assert_eq!(status(&pending), Status::Pending("at 0 of 2 in service".into()));
        let serving = |state| {
            let two = group().instances(member(LifecycleState::InService)).instances(member(LifecycleState::InService));
            status(&two.instances(member(state)).build())
        };
        // The third is the autoscaler's, whatever becomes of it.
        assert_eq!(serving(LifecycleState::Pending), Status::Ready);
        assert_eq!(serving(LifecycleState::Terminating), Status::Ready);
        assert_eq!(status(&group().status("Delete in progress").build()), Status::Deleting);
    }
}
