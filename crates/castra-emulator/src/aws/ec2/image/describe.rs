//! DescribeImages (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html>).

use super::{Image, catalogue, find, show};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::filter::Filters;
use crate::aws::ec2::page;
use crate::aws::error::Answer;

const FILTERS: &[&str] = &[
    "architecture",
    "block-device-mapping.delete-on-termination",
    "block-device-mapping.device-name",
    "block-device-mapping.encrypted",
    "block-device-mapping.snapshot-id",
    "block-device-mapping.volume-size",
    "block-device-mapping.volume-type",
    "boot-mode",
    "creation-date",
    "description",
    "ena-support",
    "hypervisor",
    "image-allowed",
    "image-id",
    "image-type",
    "imds-support",
    "is-public",
    "name",
    "owner-alias",
    "owner-id",
    "platform",
    "platform-details",
    "root-device-name",
    "root-device-type",
    "state",
    "sriov-net-support",
    "usage-operation",
    "virtualization-type",
];

pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    let filters = Filters::of(call, FILTERS)?;
    let account = &*call.account;
    let ec2 = &call.look().ec2;
    let (ids, owners, launchers) = (call.texts("ImageIds"), call.texts("Owners"), call.texts("ExecutableUsers"));
    if let Some(owner) = owners.iter().find(|owner| !is_owner(owner)) {
        let message = format!("Invalid owner: {owner}");
        return Err(ApiError::new("InvalidUserID.Malformed", message));
    }
    let named = !ids.is_empty();
    let mut images: Vec<Image> = if named {
        let found = ids.iter().map(|image| find(account, ec2, image)).collect::<Result<Vec<_>, _>>();
        found.map_err(|error| if error.code.ends_with("NotFound") { missing(call, &ids) } else { error })?
    } else {
        let own = ec2.images.values().filter(|image| account.shows(&image.id, image.created)).cloned();
        let withdrawn = &account.settings.withdrawn_images;
        own.chain(catalogue::all(call.region).filter(|image| !withdrawn.contains(&image.id))).collect()
    };
    images.sort_unstable_by(|one, other| one.id.cmp(&other.id));
    images.dedup_by(|one, other| one.id == other.id);
    let me = account.id.as_str();
    let wanted = |image: &Image| {
        // Who names an image, owns it or asks for deprecated ones sees those too.
        // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-deprecate.html
        let deprecated = image.deprecation.is_some_and(|moment| moment <= account.now);
        let seen = named || !deprecated || image.owner == me || call.flag("IncludeDeprecated");
        seen && (owners.is_empty()
            || owners.iter().any(|owner| match *owner {
                "self" => image.owner == me,
                "amazon" | "aws-marketplace" => image.owner_alias == Some(owner),
                owner => image.owner == owner,
            }))
            && (launchers.is_empty()
                || launchers.iter().any(|user| match *user {
                    "all" => image.owner != me,
                    // What is public or one's own isn't shared with anybody in particular.
                    _ => false,
                }))
            && filters.pass(&image.tags, |name| values(image, me, name))
    };
    let shown = images.iter().filter(|image| wanted(image)).map(|image| show(image, me)).collect();
    page::of(call, "Images", shown)
}

/// The refusal of ids of which at least one is nothing's: all of these are told at once.
fn missing(call: &Call<'_>, ids: &[&str]) -> ApiError {
    let unknown = |image: &&&str| find(call.account, &call.look().ec2, image).is_err();
    let unknown: Vec<&str> = ids.iter().filter(unknown).copied().collect();
    let (noun, verb) = if unknown.len() == 1 { ("id", "does") } else { ("ids", "do") };
    let message = format!("The image {noun} '[{}]' {verb} not exist", unknown.join(", "));
    ApiError::new("InvalidAMIID.NotFound", message)
}

fn is_owner(owner: &str) -> bool {
    matches!(owner, "self" | "amazon" | "aws-marketplace" | "aws-backup-vault")
        || (owner.len() == 12 && owner.bytes().all(|byte| byte.is_ascii_digit()))
}

fn values(image: &Image, me: &str, filter: &str) -> Vec<String> {
    if let Some(member) = filter.strip_prefix("block-device-mapping.") {
        return image
            .disks
            .iter()
            .map(|disk| match member {
                "delete-on-termination" => disk.delete_on_termination.to_string(),
                "device-name" => disk.device.clone(),
                "encrypted" => disk.encrypted.to_string(),
                "snapshot-id" => disk.snapshot.clone(),
                "volume-size" => disk.size.to_string(),
                _ => disk.kind.clone(),
            })
            .collect();
    }
    vec![match filter {
        "architecture" => image.architecture.clone(),
        "boot-mode" => image.boot_mode.clone(),
        "creation-date" => image.created.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string(),
        "description" => image.description.clone(),
        "ena-support" | "image-allowed" => "true".to_owned(),
        "hypervisor" => "xen".to_owned(),
        "image-id" => image.id.clone(),
        "image-type" => "machine".to_owned(),
        "imds-support" if image.imds_v2 => "v2.0".to_owned(),
        "is-public" => (image.owner != me).to_string(),
        "name" => image.name.clone(),
        "owner-alias" => image.owner_alias.unwrap_or_default().to_owned(),
        "owner-id" => image.owner.clone(),
        "platform-details" => "Linux/UNIX".to_owned(),
        "root-device-name" => image.root_device.clone(),
        "root-device-type" => "ebs".to_owned(),
        "sriov-net-support" => "simple".to_owned(),
        "state" => "available".to_owned(),
        "usage-operation" => "RunInstances".to_owned(),
        "virtualization-type" => "hvm".to_owned(),
        // No image here has a platform: it is for Windows.
        _ => return Vec::new(),
    }]
}
