//! Bringing a machine's fields back to what is wanted, one call or so each.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_ec2::types::{
    HttpTokensState, IamInstanceProfileAssociationState, IamInstanceProfileSpecification, InstanceMetadataEndpointState,
};
use castra_core::context::ContextExt as _;
use castra_core::resource::At;
use castra_core::{Call, ErrorKind, FieldChange, Result, Seen, Wait};

use super::{DATA_DEVICE, Instance, read};
use crate::call::{send, send_fresh};
use crate::client::Clients;
use crate::kinds::ebs_volume;

/// Attaches the data volume, as soon as the machine's predecessor has let it go. It is never taken from another
/// machine that holds it.
pub(super) async fn attach(at: &At<'_, Clients>, id: &str, volume: &str) -> Result<()> {
    let request = at.cloud.ec2.attach_volume().instance_id(id).volume_id(volume).device(DATA_DEVICE);
    let wait = Wait::new(format!("{volume} to be attached to {id}")).every(Duration::from_secs(3));
    at.cx
        .wait(&wait, || async {
            let error = match send_fresh!(at.cx, Call::idempotent("ec2", "AttachVolume"), request.clone()) {
                Err(error) if error.kind() == ErrorKind::InUse => error,
                answer => return answer.map(|_| Seen::Done(())),
            };
            let filter = vec![crate::tags::filter("volume-id", volume)];
            let described = ebs_volume::describe(at.cx, at.cloud, filter).await?;
            let holder = described.first().and_then(|volume| volume.attachments().first()?.instance_id());
            Ok(match holder {
                Some(holder) if holder == id => Seen::Done(()),
                Some(holder) => Seen::Not(format!("attached to {holder}")),
                None => Seen::Not(error.message().to_owned()),
            })
        })
        .await
}

/// Sets the metadata service's options: all of them, because what is left out may fall back.
pub(super) async fn metadata(wanted: &Instance, at: &At<'_, Clients>, id: &str) -> Result<()> {
    let request = at
        .cloud
        .ec2
        .modify_instance_metadata_options()
        .instance_id(id)
        .http_endpoint(InstanceMetadataEndpointState::Enabled)
        .http_tokens(HttpTokensState::from(wanted.metadata_tokens.as_str()))
        .http_put_response_hop_limit(wanted.metadata_hop_limit);
    send!(at.cx, Call::idempotent("ec2", "ModifyInstanceMetadataOptions"), request)?;
    Ok(())
}

/// Gives the machine its instance profile, in place of another one if it has one.
pub(super) async fn profile(at: &At<'_, Clients>, id: &str, profile: &str) -> Result<()> {
    let request =
        at.cloud.ec2.describe_iam_instance_profile_associations().filters(crate::tags::filter("instance-id", id));
    let answer = send!(at.cx, Call::read("ec2", "DescribeIamInstanceProfileAssociations"), request)?;
    let gone = [
        Some(&IamInstanceProfileAssociationState::Disassociating),
        Some(&IamInstanceProfileAssociationState::Disassociated),
    ];
    let association = answer
        .iam_instance_profile_associations()
        .iter()
        .find(|association| !gone.contains(&association.state()))
        .and_then(|association| association.association_id());
    let wanted = IamInstanceProfileSpecification::builder().name(profile).build();
    match association {
        Some(association) => {
            let request = at.cloud.ec2.replace_iam_instance_profile_association().association_id(association);
            let request = request.iam_instance_profile(wanted);
            send_fresh!(at.cx, Call::idempotent("ec2", "ReplaceIamInstanceProfileAssociation"), request)?;
        }
        None => {
            let request = at.cloud.ec2.associate_iam_instance_profile().instance_id(id).iam_instance_profile(wanted);
            send_fresh!(at.cx, Call::idempotent("ec2", "AssociateIamInstanceProfile"), request)?;
        }
    }
    Ok(())
}

/// Brings the tags of the machine and of its system disk to the wanted ones.
pub(super) async fn tags(
    at: &At<'_, Clients>,
    id: &str,
    wanted: &BTreeMap<String, String>,
    change: &FieldChange,
) -> Result<()> {
    let described = read::describe(at.cx, at.cloud, vec![crate::tags::filter("instance-id", id)]).await?;
    let mut tagged = vec![id];
    tagged.extend(described.first().and_then(read::root_volume));
    crate::tags::sync_ec2(at, &tagged, wanted, change).await
}

/// Starts a stopped machine, as soon as it has stopped.
pub(super) async fn start(at: &At<'_, Clients>, id: &str) -> Result<()> {
    let request = at.cloud.ec2.start_instances().instance_ids(id);
    let wait = Wait::new(format!("{id} to be started"));
    at.cx
        .wait(&wait, || async {
            match send!(at.cx, Call::idempotent("ec2", "StartInstances"), request.clone()) {
                Err(error) if error.kind() == ErrorKind::InUse => Ok(Seen::Not(error.message().to_owned())),
                answer => answer.map(|_| Seen::Done(())),
            }
        })
        .await
}
