//! Reading machines.

use aws_sdk_ec2::types::{
    AttachmentStatus, Filter, HttpTokensState, Instance as Described, InstanceAttributeName, InstanceStateName,
    InstanceType,
};
use castra_core::{Call, Context, Item, Result, Status};
use futures::future::{try_join, try_join_all};
use serde_json::{Value, json};

use super::{DATA_DEVICE, Instance, InstanceOutput};
use crate::call::{maybe, send};
use crate::client::Clients;
use crate::kinds::ebs_volume;
use crate::kinds::live::Live;
use crate::survey::Look;
use crate::tags;
use crate::user_data::UserData;

/// The tag by which Auto Scaling marks its members.
pub(super) const GROUP_TAG: &str = "aws:autoscaling:groupName";

/// The machines that a filter lets through. Terminated ones stay listed for about an hour.
pub(super) async fn describe(cx: &dyn Context, clients: &Clients, filters: Vec<Filter>) -> Result<Vec<Described>> {
    let request = clients.ec2.describe_instances().set_filters(Some(filters)).max_results(1000);
    let mut all = Vec::new();
    let mut next = None;
    loop {
        let request = request.clone().set_next_token(next);
        let answer = send!(cx, Call::read("ec2", "DescribeInstances"), request)?;
        all.extend(
            answer.reservations.unwrap_or_default().into_iter().flat_map(|one| one.instances.unwrap_or_default()),
        );
        next = answer.next_token.filter(|token| !token.is_empty());
        if next.is_none() {
            return Ok(all);
        }
    }
}

/// Every machine of a cluster, primaries and secondaries alike, in any state: what `status` shows, and for terminated
/// ones what tells that a target which stayed registered was the group's.
pub(crate) async fn describe_all(look: &Look<'_>) -> Result<Vec<Described>> {
    describe(look.cx, look.clients, vec![tags::of_cluster(look.cluster)]).await
}

/// The primaries among a cluster's machines. The secondaries belong to their group.
pub(crate) async fn items(look: &Look<'_>, machines: &[Described]) -> Result<Vec<Item>> {
    let primaries: Vec<Described> = machines.iter().filter(|machine| !is_member(machine)).cloned().collect();
    let live = live(look.cx, look.clients, &primaries).await?;
    Ok(live.into_iter().filter_map(|live| live.item::<Instance>(look)).collect())
}

/// Whether a machine belongs to an Auto Scaling group.
fn is_member(machine: &Described) -> bool {
    machine.tags().iter().any(|tag| tag.key() == Some(GROUP_TAG))
}

/// Machines in full. What they don't say about themselves is asked: the size of their system disks in one call, their
/// user data in one call each, as EC2 has no other way.
pub(super) async fn live(
    cx: &dyn Context,
    clients: &Clients,
    machines: &[Described],
) -> Result<Vec<Live<InstanceOutput>>> {
    let machines: Vec<&Described> = machines.iter().filter(|machine| status(machine).is_some()).collect();
    let disks: Vec<String> = machines
        .iter()
        .filter(|machine| stays(machine))
        .filter_map(|machine| root_volume(machine))
        .map(str::to_owned)
        .collect();
    let disks = async {
        if disks.is_empty() {
            return Ok(Vec::new());
        }
        let filter = Filter::builder().name("volume-id").set_values(Some(disks)).build();
        ebs_volume::describe(cx, clients, vec![filter]).await
    };
    let scripts = try_join_all(machines.iter().map(|machine| user_data(cx, clients, machine)));
    let (disks, scripts) = try_join(disks, scripts).await?;
    Ok(machines
        .iter()
        .zip(scripts)
        .filter_map(|(machine, script)| {
            let root = root_volume(machine)
                .and_then(|id| disks.iter().find(|disk| disk.volume_id() == Some(id)))
                .and_then(|disk| disk.size());
            let fields = fields(machine, root, script);
            let live = Live::new(output(machine)?, fields, tags::from_ec2(machine.tags()));
            Some(live.status(status(machine)?))
        })
        .collect())
}

/// The digest of a machine's user data.
async fn user_data(cx: &dyn Context, clients: &Clients, machine: &Described) -> Result<Option<String>> {
    let Some(id) = machine.instance_id().filter(|_| stays(machine)) else { return Ok(None) };
    let request = clients.ec2.describe_instance_attribute().instance_id(id).attribute(InstanceAttributeName::UserData);
    let answer = maybe(send!(cx, Call::read("ec2", "DescribeInstanceAttribute"), request))?;
    Ok(answer.and_then(|answer| UserData::digest_of(answer.user_data()?.value()?)))
}

/// The live values of the owned fields.
pub(super) fn fields(machine: &Described, root_gib: Option<i32>, user_data: Option<String>) -> Value {
    let interface = machine
        .network_interfaces()
        .iter()
        .find(|interface| interface.attachment().and_then(|attachment| attachment.device_index()) == Some(0));
    let profile =
        machine.iam_instance_profile().and_then(|profile| profile.arn()).and_then(|arn| arn.rsplit('/').next());
    let metadata = machine.metadata_options();
    let stopped = matches!(state(machine), Some(InstanceStateName::Stopping | InstanceStateName::Stopped));
    json!({
        "state": if stopped { "stopped" } else { "running" },
        "image": machine.image_id(),
        "machine_type": machine.instance_type().map(InstanceType::as_str),
        "interface": interface.and_then(|interface| interface.network_interface_id()),
        "data_volume": data_volume(machine),
        "profile": profile,
        "root_disk_gib": root_gib,
        "user_data": user_data,
        "metadata_tokens": metadata.and_then(|options| options.http_tokens()).map(HttpTokensState::as_str),
        "metadata_hop_limit": metadata.and_then(|options| options.http_put_response_hop_limit()),
        "tags": tags::from_ec2(machine.tags()),
    })
}

fn data_volume(machine: &Described) -> Option<&str> {
    let mapping = machine.block_device_mappings().iter().find(|device| device.device_name() == Some(DATA_DEVICE))?;
    let disk = mapping.ebs()?;
    let leaving = [Some(&AttachmentStatus::Detaching), Some(&AttachmentStatus::Detached)];
    if leaving.contains(&disk.status()) { None } else { disk.volume_id() }
}

/// The volume that the machine boots from.
pub(super) fn root_volume(machine: &Described) -> Option<&str> {
    let root = machine.root_device_name()?;
    machine.block_device_mappings().iter().find(|device| device.device_name() == Some(root))?.ebs()?.volume_id()
}

/// EC2's word for the machine's state.
pub(super) fn state(machine: &Described) -> Option<&InstanceStateName> {
    machine.state()?.name()
}

/// The machine and its state, with EC2's reason for it where there is one: `i-1 is stopped
/// (Server.InsufficientInstanceCapacity: ...)`.
pub(crate) fn told(machine: &Described) -> String {
    let state = state(machine).map_or("in an unknown state", InstanceStateName::as_str);
    let told = format!("{} is {state}", machine.instance_id().unwrap_or_default());
    match machine.state_reason().and_then(|reason| reason.message().or(reason.code())) {
        Some(why) => format!("{told} ({why})"),
        None => told,
    }
}

/// Its state as the planner understands it; none for a terminated machine, which is no machine any more. A stopped one
/// is in order but for its field `state`.
pub(super) fn status(machine: &Described) -> Option<Status> {
    match state(machine)? {
        InstanceStateName::Terminated => None,
        InstanceStateName::ShuttingDown => Some(Status::Deleting),
        InstanceStateName::Pending => Some(Status::Pending("pending".into())),
        _ => Some(Status::Ready),
    }
}

/// Whether the machine isn't on its way out, where asking more about it would be in vain.
fn stays(machine: &Described) -> bool {
    status(machine).is_some_and(|status| status != Status::Deleting)
}

/// What the machine gives to others.
pub(super) fn output(machine: &Described) -> Option<InstanceOutput> {
    Some(InstanceOutput {
        id: machine.instance_id()?.to_owned(),
        address: machine.private_ip_address().and_then(|address| address.parse().ok()),
        zone: machine.placement()?.availability_zone()?.to_owned(),
        data_volume: data_volume(machine).map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use aws_sdk_ec2::types::{
        EbsInstanceBlockDevice, IamInstanceProfile, InstanceBlockDeviceMapping, InstanceMetadataOptionsResponse,
        InstanceNetworkInterface, InstanceNetworkInterfaceAttachment, InstanceState, Placement, Tag,
    };

    use super::*;

    fn device(name: &str, volume: &str, status: AttachmentStatus) -> InstanceBlockDeviceMapping {
        let disk = EbsInstanceBlockDevice::builder().volume_id(volume).status(status).build();
        InstanceBlockDeviceMapping::builder().device_name(name).ebs(disk).build()
    }

    fn machine(state: InstanceStateName, data: AttachmentStatus) -> Described {
        let attachment = InstanceNetworkInterfaceAttachment::builder().device_index(0).build();
        Described::builder()
            .instance_id("i-1")
            .state(InstanceState::builder().name(state).build())
            .image_id("ami-1")
            .instance_type(InstanceType::M7iXlarge)
            .private_ip_address("10.0.0.10")
            .placement(Placement::builder().availability_zone("eu-central-1a").build())
            .network_interfaces(
                InstanceNetworkInterface::builder().network_interface_id("eni-1").attachment(attachment).build(),
            )
            .iam_instance_profile(IamInstanceProfile::builder().arn("arn:aws:iam::1:instance-profile/demo").build())
            .root_device_name("/dev/xvda")
            .block_device_mappings(device("/dev/xvda", "vol-root", AttachmentStatus::Attached))
            .block_device_mappings(device(DATA_DEVICE, "vol-data", data))
            .metadata_options(
                InstanceMetadataOptionsResponse::builder()
                    .http_tokens(HttpTokensState::Required)
                    .http_put_response_hop_limit(2)
                    .build(),
            )
            .tags(Tag::builder().key("team").value("platform").build())
            .build()
    }

    #[test]
    fn a_machine_is_read_with_every_field() {
        let machine = machine(InstanceStateName::Running, AttachmentStatus::Attached);
        assert_eq!(
            fields(&machine, Some(100), Some("sha256:1".into())),
            json!({
                "state": "running", "image": "ami-1", "machine_type": "m7i.xlarge", "interface": "eni-1",
                "data_volume": "vol-data", "profile": "demo", "root_disk_gib": 100, "user_data": "sha256:1",
                "metadata_tokens": "required", "metadata_hop_limit": 2, "tags": {"team": "platform"},
            })
        );
        assert_eq!(root_volume(&machine), Some("vol-root"));
        let output = output(&machine).unwrap();
        assert_eq!((output.id.as_str(), output.zone.as_str()), ("i-1", "eu-central-1a"));
        assert_eq!(output.address, Some(std::net::Ipv4Addr::new(10, 0, 0, 10)));
    }

    #[test]
    fn a_volume_on_its_way_off_is_not_attached() {
        let on = |status| data_volume(&machine(InstanceStateName::Running, status)).map(str::to_owned);
        assert_eq!(on(AttachmentStatus::Attaching).as_deref(), Some("vol-data"));
        assert_eq!(on(AttachmentStatus::Detaching), None);
    }

    #[test]
    fn a_stopped_machine_differs_in_its_state_alone() {
        let read = |state| {
            let machine = machine(state, AttachmentStatus::Attached);
            (fields(&machine, None, None)["state"].clone(), status(&machine))
        };
        assert_eq!(read(InstanceStateName::Stopped), (json!("stopped"), Some(Status::Ready)));
        assert_eq!(read(InstanceStateName::Stopping), (json!("stopped"), Some(Status::Ready)));
        assert_eq!(read(InstanceStateName::Pending), (json!("running"), Some(Status::Pending("pending".into()))));
        assert_eq!(read(InstanceStateName::ShuttingDown).1, Some(Status::Deleting));
        assert_eq!(read(InstanceStateName::Terminated).1, None);
    }

    #[test]
    fn members_of_a_group_are_not_primaries() {
        let mut member = machine(InstanceStateName::Running, AttachmentStatus::Attached);
        assert!(!is_member(&member));
        member.tags.get_or_insert_default().push(Tag::builder().key(GROUP_TAG).value("demo-secondaries").build());
        assert!(is_member(&member));
    }
}
