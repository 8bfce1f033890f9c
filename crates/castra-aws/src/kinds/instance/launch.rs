//! Launching a machine, past those that the same question led to before.

use std::time::Duration;

use aws_sdk_ec2::operation::run_instances::builders::RunInstancesFluentBuilder;
use aws_sdk_ec2::types::{
    BlockDeviceMapping, EbsBlockDevice, HttpTokensState, IamInstanceProfileSpecification,
    InstanceMetadataEndpointState, InstanceMetadataOptionsRequest, InstanceNetworkInterfaceSpecification,
    InstanceStateName, InstanceType, Placement, ResourceType, VolumeType,
};
use castra_core::context::ContextExt as _;
use castra_core::resource::At;
use castra_core::{Call, Error, ErrorKind, Result, Seen, Wait};
use serde_json::json;

use super::{Instance, InstanceOutput, read};
use crate::call::{assigned, send_fresh};
use crate::client::Clients;
use crate::error::{failed_launch, token_is_spent};
use crate::tags;

/// How many client tokens are tried: one for each machine of these parameters that was terminated before.
const TOKENS: u32 = 32;

/// Launches a machine and returns its id.
pub(super) async fn launch(wanted: &Instance, at: &At<'_, Clients>) -> Result<String> {
    let interface = at.get(&wanted.interface)?.id;
    let profile = at.get(&wanted.profile)?.id;
    let request = request(wanted, at, &interface, &profile)?;
    let parameters = json!([wanted, interface, profile, wanted.root_device]);
    // A predecessor may be on its way out still, with the interface; and machines may be short for a while.
    let wait = Wait::new(format!("a machine for {interface}"));
    for attempt in 0..TOKENS {
        let request = request.clone().client_token(at.owner.token(at.address, &parameters, attempt));
        let answer = at
            .cx
            .wait(&wait, || async {
                match send_fresh!(at.cx, Call::mutate("ec2", "RunInstances"), request.clone()) {
                    Err(error) if matches!(error.kind(), ErrorKind::InUse | ErrorKind::Capacity) => {
                        Ok(Seen::Hindered(error))
                    }
                    answer => answer.map(Seen::Done),
                }
            })
            .await;
        let launched = match answer {
            Err(error) if token_is_spent(&error) => continue,
            answer => answer?,
        };
        let instance = launched.instances().first();
        let gone = [Some(InstanceStateName::ShuttingDown), Some(InstanceStateName::Terminated)];
        if gone.contains(&instance.and_then(read::state).cloned()) {
            continue;
        }
        return assigned(instance.and_then(|instance| instance.instance_id()), "instance");
    }
    Err(Error::new(ErrorKind::Unexpected, format!("{TOKENS} client tokens led to terminated machines")))
}

fn request(
    wanted: &Instance,
    at: &At<'_, Clients>,
    interface: &str,
    profile: &str,
) -> Result<RunInstancesFluentBuilder> {
    let size = i32::try_from(wanted.root_disk_gib).map_err(|_| {
        Error::new(ErrorKind::Invalid, format!("{} GiB is more than a disk can have", wanted.root_disk_gib))
    })?;
    let disk = EbsBlockDevice::builder().volume_size(size).volume_type(VolumeType::Gp3).encrypted(true);
    let root = BlockDeviceMapping::builder()
        .device_name(&wanted.root_device)
        .ebs(disk.delete_on_termination(true).build())
        .build();
    let metadata = InstanceMetadataOptionsRequest::builder()
        .http_endpoint(InstanceMetadataEndpointState::Enabled)
        .http_tokens(HttpTokensState::from(wanted.metadata_tokens.as_str()))
        .http_put_response_hop_limit(wanted.metadata_hop_limit)
        .build();
    Ok(at
        .cloud
        .ec2
        .run_instances()
        .min_count(1)
        .max_count(1)
        .image_id(&wanted.image)
        .instance_type(InstanceType::from(wanted.machine_type.as_str()))
        .placement(Placement::builder().availability_zone(&wanted.zone).build())
        .iam_instance_profile(IamInstanceProfileSpecification::builder().name(profile).build())
        .network_interfaces(
            InstanceNetworkInterfaceSpecification::builder().device_index(0).network_interface_id(interface).build(),
        )
        .block_device_mappings(root)
        .metadata_options(metadata)
        .user_data(wanted.user_data.encoded())
        // An interface that exists already can't be tagged here; it carries its own.
        .tag_specifications(tags::specification(ResourceType::Instance, &wanted.tags))
        .tag_specifications(tags::specification(ResourceType::Volume, &wanted.tags)))
}

/// Waits until a machine runs.
pub(super) async fn running(at: &At<'_, Clients>, id: &str) -> Result<InstanceOutput> {
    let wait = Wait::new(format!("{id} to run")).every(Duration::from_secs(3));
    at.cx.wait(&wait, || started(at, id)).await
}

/// Looks whether a machine runs.
///
/// # Errors
/// That it has ended, with EC2's reason: it won't run any more.
pub(super) async fn started(at: &At<'_, Clients>, id: &str) -> Result<Seen<InstanceOutput>> {
    let described = read::describe(at.cx, at.cloud, vec![tags::filter("instance-id", id)]).await?;
    let Some(instance) = described.first() else { return Ok(Seen::Not("not visible yet".into())) };
    match read::state(instance) {
        Some(InstanceStateName::Running) => Ok(match read::output(instance) {
            Some(output) => Seen::Done(output),
            None => Seen::Not("not described in full yet".into()),
        }),
        Some(InstanceStateName::ShuttingDown | InstanceStateName::Terminated) => {
            let reason = instance.state_reason();
            let code = reason.and_then(|reason| reason.code()).unwrap_or_default();
            let message = reason.and_then(|reason| reason.message()).unwrap_or("no reason given");
            Err(failed_launch(code, &format!("{id} ended while starting: {message}")))
        }
        _ => Ok(Seen::Not(read::told(instance))),
    }
}
