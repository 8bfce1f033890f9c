//! The machines of a cluster, as `status` shows them.

use std::collections::BTreeMap;

use aws_sdk_autoscaling::types::AutoScalingGroup;
use aws_sdk_ec2::types::{Instance as Machine, InstanceStateName, InstanceType};
use castra_core::inventory::{Endpoint, Node};
use castra_core::topology::{BalancerRole, Role};
use castra_core::{Address, Kind, Owner};

use super::base::Base;
use crate::facts::output_of;
use crate::kinds::load_balancing::TargetState;
use crate::kinds::target_group_attachments::Machines;
use crate::kinds::{Instance, InterfaceOutput};

/// The tag by which Auto Scaling marks its members (Amazon EC2 Auto Scaling User Guide, "Tag Auto Scaling groups and
/// instances").
const GROUP_TAG: &str = "aws:autoscaling:groupName";

/// What tells registered targets apart.
pub(super) fn machines(base: &Base) -> Machines {
    let interfaces = base.items.iter().filter_map(output_of::<InterfaceOutput>);
    let listed =
        base.machines.iter().filter(|machine| tag(machine, GROUP_TAG).is_some()).filter_map(Machine::instance_id);
    let grouped = base.group.iter().flat_map(AutoScalingGroup::instances).filter_map(|member| member.instance_id());
    Machines {
        interfaces: interfaces.map(|output| (output.address, output.id.clone())).collect(),
        members: listed.chain(grouped).map(str::to_owned).collect(),
    }
}

/// The system disk's device name of each image that a machine runs on.
pub(super) fn roots(machines: &[Machine]) -> BTreeMap<String, String> {
    let root = |machine: &Machine| Some((machine.image_id()?.to_owned(), machine.root_device_name()?.to_owned()));
    machines.iter().filter(|machine| !terminated(machine)).filter_map(root).collect()
}

/// Primaries first, then secondaries, each sorted by name. Terminated machines are no nodes any more.
pub(super) fn nodes(machines: &[Machine], group: Option<&AutoScalingGroup>, health: &[TargetState]) -> Vec<Node> {
    let mut nodes: Vec<Node> = machines
        .iter()
        .filter(|machine| !terminated(machine))
        .filter_map(|machine| node(machine, group, health))
        .collect();
    nodes.sort_by(|a, b| (&a.role, &a.name).cmp(&(&b.role, &b.name)));
    nodes
}

fn node(machine: &Machine, group: Option<&AutoScalingGroup>, health: &[TargetState]) -> Option<Node> {
    let id = machine.instance_id()?;
    let (role, name) = match tag(machine, GROUP_TAG) {
        Some(_) => (Role::Secondary, id.to_owned()),
        None => {
            let address: Address = tag(machine, Owner::RESOURCE)?.parse().ok()?;
            if address.kind() != <Instance as Kind>::KIND {
                return None;
            }
            (Role::Primary, address.name().to_owned())
        }
    };
    let target = health.iter().find(|one| one.group == BalancerRole::Application.as_str() && one.target == id);
    let member = || {
        let members = group.map(AutoScalingGroup::instances).unwrap_or_default();
        members.iter().find(|member| member.instance_id() == Some(id))?.health_status().map(str::to_lowercase)
    };
    let health = match target {
        Some(TargetState { state, reason: Some(reason), .. }) => Some(format!("{state} ({reason})")),
        Some(target) => Some(target.state.clone()),
        None => member(),
    };
    let mut node = Node::new(name, role.as_str(), id);
    node.zone = machine.placement().and_then(|place| place.availability_zone()).unwrap_or_default().to_owned();
    node.machine_type = machine.instance_type().map(InstanceType::as_str).unwrap_or_default().to_owned();
    node.address = machine.private_ip_address().and_then(|address| address.parse().ok());
    node.state = state(machine).to_owned();
    node.health = health.unwrap_or_else(|| "unknown".to_owned());
    Some(node)
}

fn terminated(machine: &Machine) -> bool {
    state(machine) == InstanceStateName::Terminated.as_str()
}

fn state(machine: &Machine) -> &str {
    machine.state().and_then(|state| state.name()).map(InstanceStateName::as_str).unwrap_or_default()
}

fn tag<'a>(machine: &'a Machine, key: &str) -> Option<&'a str> {
    machine.tags().iter().find(|tag| tag.key() == Some(key))?.value()
}

/// The cluster's addresses.
pub(super) fn endpoints(application: Option<&str>, control: Option<&str>) -> Vec<Endpoint> {
    let application =
        application.map(|host| (BalancerRole::Application, format!("https://{}", host.to_ascii_lowercase())));
    let control = control.map(|host| (BalancerRole::Control, host.to_ascii_lowercase()));
    let endpoint = |(role, url): (BalancerRole, String)| Endpoint::new(role.as_str(), url);
    application.into_iter().chain(control).map(endpoint).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use aws_sdk_ec2::types::{InstanceState, Placement, Tag};

    use super::*;

    fn machine(id: &str, key: &str, value: &str, state: InstanceStateName) -> Machine {
        Machine::builder()
            .instance_id(id)
            .tags(Tag::builder().key(key).value(value).build())
            .state(InstanceState::builder().name(state).build())
            .placement(Placement::builder().availability_zone("eu-central-1a").build())
            .private_ip_address("10.0.0.20")
            .image_id("ami-1")
            .root_device_name("/dev/xvda")
            .build()
    }

    #[test]
    fn each_machine_is_what_its_tags_say() {
        let machines = [
            machine("i-3", GROUP_TAG, "demo-secondaries", InstanceStateName::Running),
            machine("i-2", GROUP_TAG, "demo-secondaries", InstanceStateName::Terminated),
            machine("i-1", Owner::RESOURCE, "instance/primary-0", InstanceStateName::Stopped),
            machine("i-4", Owner::RESOURCE, "other/thing", InstanceStateName::Running),
        ];
        let health = [TargetState {
            group: "application".into(),
            target: "i-3".into(),
            state: "unhealthy".into(),
            reason: Some("Target.Timeout".into()),
        }];
        let nodes = nodes(&machines, None, &health);
        let seen: Vec<_> = nodes
            .iter()
            .map(|node| (node.name.as_str(), node.role.as_str(), node.state.as_str(), node.health.as_str()))
            .collect();
        assert_eq!(
            seen,
            [
                ("primary-0", "primary", "stopped", "unknown"),
                ("i-3", "secondary", "running", "unhealthy (Target.Timeout)"),
            ]
        );
        assert_eq!(roots(&machines), BTreeMap::from([("ami-1".to_owned(), "/dev/xvda".to_owned())]));
    }
}
