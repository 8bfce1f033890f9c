//! What a launch would make: everything is decided and checked here, and nothing made.

use serde_json::{Map, Value};

use super::capacity::{self, Place};
use super::merge::Template;
use super::{Reason, disk, interface, metadata, profile};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::image::{self, Image};
use crate::aws::ec2::instance_type::{self, InstanceType};
use crate::aws::ec2::launch_template::user_data_of;
use crate::aws::ec2::member::{flag, list, number, text};
use crate::aws::ec2::{Tags, key_pair, placement_group};
use crate::pattern::like;

/// A launch, decided.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) image: Image,
    pub(super) kind: &'static InstanceType,
    pub(super) place: Place,
    /// Least and most instances.
    pub(super) count: (usize, usize),
    pub(super) interfaces: Vec<interface::Interface>,
    pub(super) disks: Vec<disk::Disk>,
    /// ARN.
    pub(super) profile: Option<String>,
    pub(super) key_name: Option<String>,
    pub(super) user_data: Option<String>,
    pub(super) metadata: Value,
    pub(super) monitoring: bool,
    pub(super) ebs_optimized: bool,
    pub(super) termination_protection: bool,
    pub(super) stop_protection: bool,
    pub(super) shutdown_behavior: String,
    pub(super) token: Option<String>,
    /// Parameters that are only kept and shown.
    pub(super) kept: Value,
    pub(super) requester: Option<&'static str>,
    /// Why the instances will go instead of running.
    pub(super) fate: Option<Reason>,
    pub(super) tags: Tags,
    pub(super) volume_tags: Tags,
}

/// Parameters whose meaning isn't emulated: a launch that has one is refused rather than made without.
const UNSERVED: [&str; 8] = [
    "ElasticGpuSpecification",
    "ElasticGpuSpecifications",
    "ElasticInferenceAccelerators",
    "InstanceRequirements",
    "KernelId",
    "LicenseSpecifications",
    "RamdiskId",
    "SecondaryInterfaces",
];

/// Parameters that are only kept and shown.
const KEPT: [&str; 9] = [
    "CapacityReservationSpecification",
    "CpuOptions",
    "CreditSpecification",
    "EnclaveOptions",
    "HibernationOptions",
    "MaintenanceOptions",
    "NetworkPerformanceOptions",
    "Placement",
    "PrivateDnsNameOptions",
];

/// Decides a launch with those parameters, of a template perhaps; `service_tags` are those that a service adds.
pub(super) fn of(
    call: &mut Call<'_>,
    parameters: &Value,
    template: Option<Template>,
    service_tags: &Tags,
) -> Result<Plan, ApiError> {
    unserved(parameters)?;
    let count = count(parameters)?;
    let image = image_of(call, parameters)?;
    let kind = kind_of(parameters)?;
    check_architecture(kind, &image)?;
    let user_data = text(parameters, "UserData").map(str::to_owned);
    if let Some(user_data) = &user_data {
        user_data_of(user_data)?;
    }
    let key_name = text(parameters, "KeyName").map(str::to_owned);
    if let Some(key) = &key_name {
        key_pair::check(call.account, call.region, key)?;
    }
    let place = capacity::place(call, parameters, kind)?;
    let count = capacity::check(call, parameters, kind, &place, count)?;
    let interfaces = interface::plan(call, parameters, kind, &place, count)?;
    let profile = profile::of_launch(call, parameters)?;
    let metadata = metadata::of_launch(parameters, &image)?;
    let (disks, broken) = disk::plan(call, parameters, kind, &image)?;
    let fate = broken.or_else(|| stillborn(call, kind));
    if let Some(group) = parameters.pointer("/Placement/GroupName").and_then(Value::as_str)
        && !group.is_empty()
    {
        placement_group::find(call.account, call.region, group)?;
    }
    let tags = tags(parameters, template.as_ref(), service_tags)?;
    Ok(Plan {
        kind,
        place,
        count,
        interfaces,
        disks,
        profile,
        key_name,
        user_data,
        metadata,
        monitoring: parameters.pointer("/Monitoring/Enabled").and_then(Value::as_bool).unwrap_or(false),
        ebs_optimized: flag(parameters, "EbsOptimized").unwrap_or(false),
        termination_protection: flag(parameters, "DisableApiTermination").unwrap_or(false),
        stop_protection: flag(parameters, "DisableApiStop").unwrap_or(false),
        shutdown_behavior: text(parameters, "InstanceInitiatedShutdownBehavior").unwrap_or("stop").to_owned(),
        token: text(parameters, "ClientToken").map(str::to_owned),
        kept: kept(parameters),
        requester: None,
        fate,
        tags,
        volume_tags: Tags::in_specifications(list(parameters, "TagSpecifications"), "volume")?,
        image,
    })
}

/// Why instances of that type end instead of running, if they are set to.
fn stillborn(call: &Call<'_>, kind: &InstanceType) -> Option<Reason> {
    let (_, code) = call.account.settings.stillborn.iter().find(|(types, _)| like(types, kind.name))?;
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html
    let words = match code.as_str() {
        "Client.InternalError" => "Client error on launch",
        "Client.VolumeLimitExceeded" => "Volume limit exceeded",
        "Client.InstanceInitiatedShutdown" => "Instance initiated shutdown",
        "Server.InternalError" => "Internal error on launch",
        _ => "Instance terminated on launch",
    };
    Some(Reason { code: code.clone(), message: format!("{code}: {words}"), sentence: code.clone() })
}

fn unserved(parameters: &Value) -> Result<(), ApiError> {
    let given = |member: &&&str| match parameters.get(**member) {
        None | Some(Value::Null) => false,
        Some(Value::Array(list)) => !list.is_empty(),
        Some(_) => true,
    };
    if let Some(member) = UNSERVED.iter().find(given) {
        let message = format!("The parameter {member} is not supported in this Region.");
        return Err(ApiError::new("UnsupportedOperation", message));
    }
    // An account without a quota for Spot Instances
    // (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-limits.html).
    if parameters.pointer("/InstanceMarketOptions/MarketType").and_then(Value::as_str) == Some("spot") {
        return Err(ApiError::new("MaxSpotInstanceCountExceeded", "Max spot instance count exceeded"));
    }
    Ok(())
}

fn count(parameters: &Value) -> Result<(usize, usize), ApiError> {
    let read = |member: &str, name: &str| {
        let count = number(parameters, member).unwrap_or_default();
        usize::try_from(count).ok().filter(|count| *count > 0).ok_or_else(|| {
            let message = format!("Invalid value '{count}' for {name}. Must be greater than or equal to 1.");
            ApiError::new("InvalidParameterValue", message)
        })
    };
    let (min, max) = (read("MinCount", "minCount")?, read("MaxCount", "maxCount")?);
    if min > max {
        let message =
            format!("Value ({min}) for parameter minCount is invalid. minCount must not exceed maxCount ({max}).");
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    Ok((min, max))
}

/// The image, named by id or by a parameter of Systems Manager
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-systems-manager-parameter-to-find-AMI.html>).
fn image_of(call: &Call<'_>, parameters: &Value) -> Result<Image, ApiError> {
    let Some(named) = text(parameters, "ImageId") else {
        return Err(ApiError::new("MissingParameter", "The request must contain the parameter ImageId"));
    };
    let ec2 = &call.look().ec2;
    let Some(parameter) = named.strip_prefix("resolve:ssm:") else { return image::find(call.account, ec2, named) };
    let unresolved = || {
        let message = format!("Unable to resolve SSM Parameter: {parameter}");
        ApiError::new("InvalidParameterValue", message)
    };
    let id = image::named_by_parameter(call.account, call.region, parameter).ok_or_else(unresolved)?;
    image::find(call.account, ec2, &id)
}

/// The type; without one, it is the smallest of old
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html>: `m1.small`), which is nowhere any
/// more.
fn kind_of(parameters: &Value) -> Result<&'static InstanceType, ApiError> {
    let name = text(parameters, "InstanceType").unwrap_or("m1.small");
    instance_type::named(name).ok_or_else(|| {
        let message = "The requested configuration is currently not supported. Please check the documentation for \
                       supported configurations.";
        ApiError::new("Unsupported", message)
    })
}

/// Refuses a type whose processors don't run the image.
pub(super) fn check_architecture(kind: &InstanceType, image: &Image) -> Result<(), ApiError> {
    if kind.family.architecture == image.architecture {
        return Ok(());
    }
    let message = format!(
        "The architecture '{}' of the specified instance type does not match the architecture '{}' of the specified \
         AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use \
         'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.",
        kind.family.architecture, image.architecture,
    );
    Err(ApiError::new("InvalidParameterValue", message))
}

fn kept(parameters: &Value) -> Value {
    let members = KEPT.iter().filter_map(|member| Some(((*member).to_owned(), parameters.get(*member)?.clone())));
    Value::Object(members.collect::<Map<_, _>>())
}

/// The instances' tags; those that AWS adds begin with `aws:`
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-instances-from-launch-template.html>).
fn tags(parameters: &Value, template: Option<&Template>, service_tags: &Tags) -> Result<Tags, ApiError> {
    const KINDS: [&str; 5] = ["instance", "network-interface", "volume", "elastic-gpu", "spot-instances-request"];
    let specifications = list(parameters, "TagSpecifications");
    let unknown = specifications.iter().filter_map(|one| text(one, "ResourceType")).find(|kind| !KINDS.contains(kind));
    if let Some(kind) = unknown {
        let message = format!("'{kind}' is not a valid taggable resource type for this operation.");
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    let mut tags = Tags::in_specifications(specifications, "instance")?;
    if let Some(template) = template {
        tags.insert("aws:ec2launchtemplate:id", &template.id);
        tags.insert("aws:ec2launchtemplate:version", &template.version.to_string());
    }
    for (key, value) in service_tags.iter() {
        tags.insert(key, value);
    }
    Ok(tags)
}
