//! Machines that have lost their group.

use aws_sdk_ec2::types::Instance as Described;
use castra_core::spec::ClusterName;
use castra_core::{Item, Kind};

use super::{Instance, read};
use crate::tags::{self, OwnerTags};

/// A cluster's secondaries that are in no Auto Scaling group any more: they carry the tags of the group that launched
/// them, which is gone or has let them go. `group` is the name of the cluster's group, where there is one.
///
/// None of them is wanted at any address, so each goes by its own id. The two things that a removal needs to know of a
/// machine are read, its interface and what it is to the cloud; its user data and the size of its disk aren't asked.
pub(crate) fn strays(cluster: &ClusterName, machines: &[Described], group: Option<&str>, name: &str) -> Vec<Item> {
    machines.iter().filter(|machine| is_stray(cluster, machine, group, name)).filter_map(item).collect()
}

fn is_stray(cluster: &ClusterName, machine: &Described, group: Option<&str>, name: &str) -> bool {
    let owner = OwnerTags::read(&tags::from_ec2(machine.tags()));
    let ours = owner.cluster.as_deref() == Some(cluster.as_str()) && owner.uid.is_some();
    let launched_by_a_group = owner.address.is_some_and(|address| address.kind() != Instance::KIND);
    let member = machine.tags().iter().find(|tag| tag.key() == Some(read::GROUP_TAG)).and_then(|tag| tag.value());
    // A group of another name is somebody else's, and so are its members.
    let alone = member.is_none_or(|member| member == name && group.is_none());
    ours && launched_by_a_group && alone
}

fn item(machine: &Described) -> Option<Item> {
    let tags = OwnerTags::read(&tags::from_ec2(machine.tags()));
    let output = read::output(machine)?;
    let id = output.id.clone();
    let item = Item::new::<Instance>(&id, read::fields(machine, None, None), output);
    Some(item.uid(tags.uid).status(read::status(machine)?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use aws_sdk_ec2::types::{InstanceState, InstanceStateName, Placement, Tag};
    use castra_core::{Owner, Status};

    use super::*;

    const UID: &str = "11111111-2222-4333-8444-555555555555";
    const OURS: [(&str, &str); 3] =
        [(Owner::CLUSTER, "demo"), (Owner::UID, UID), (Owner::RESOURCE, "autoscaling_group/secondaries")];

    fn machine(tags: &[(&str, &str)], state: InstanceStateName) -> Described {
        let tags = tags.iter().map(|(key, value)| Tag::builder().key(*key).value(*value).build()).collect();
        Described::builder()
            .instance_id("i-1")
            .set_tags(Some(tags))
            .state(InstanceState::builder().name(state).build())
            .placement(Placement::builder().availability_zone("eu-central-1a").build())
            .build()
    }

    fn found(tags: &[(&str, &str)], group: Option<&str>) -> usize {
        let machines = [machine(tags, InstanceStateName::Running)];
        strays(&"demo".parse().unwrap(), &machines, group, "demo-secondaries").len()
    }

    #[test]
    fn a_secondary_without_its_group_is_a_stray() {
        let member = |group| [&OURS[..], &[(read::GROUP_TAG, group)]].concat();
        assert_eq!(found(&OURS, Some("demo-secondaries")), 1, "it was let go");
        assert_eq!(found(&member("demo-secondaries"), None), 1, "its group is gone");
        assert_eq!(found(&member("demo-secondaries"), Some("demo-secondaries")), 0, "it is the group's");
        assert_eq!(found(&member("theirs"), None), 0, "it is another group's");
        assert_eq!(found(&OURS[..1], None), 0, "a cluster's name alone says nothing");
        assert_eq!(found(&[OURS[0], OURS[1], (Owner::RESOURCE, "instance/primary-0")], None), 0, "it is a primary");
        assert_eq!(found(&[(Owner::CLUSTER, "other"), OURS[1], OURS[2]], None), 0, "it is another cluster's");
    }

    #[test]
    fn a_stray_goes_by_its_id_until_it_is_terminated() {
        let items = |state| strays(&"demo".parse().unwrap(), &[machine(&OURS, state)], None, "demo-secondaries");
        let leaving = items(InstanceStateName::ShuttingDown);
        assert_eq!((leaving[0].address.to_string().as_str(), &leaving[0].status), ("instance/i-1", &Status::Deleting));
        assert_eq!(leaving[0].uid, UID.parse().ok());
        assert!(items(InstanceStateName::Terminated).is_empty());
    }
}
