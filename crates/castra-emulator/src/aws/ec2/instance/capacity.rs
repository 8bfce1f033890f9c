//! Where a launch goes, and whether there is room for it.

use serde_json::Value;

use super::{Instance, InstanceState};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::availability_zone::{self, Zone, zones};
use crate::aws::ec2::instance_type::{InstanceType, named, offered};
use crate::aws::ec2::member::{list, text};
use crate::aws::ec2::resource::find;
use crate::aws::ec2::{NetworkInterface, State, Subnet, placement_group};

/// Where instances go.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) subnet: String,
    pub(super) vpc: String,
    pub(super) zone: String,
}

impl Place {
    fn of(subnet: &Subnet) -> Self {
        Self { subnet: subnet.id.clone(), vpc: subnet.vpc.clone(), zone: subnet.zone.clone() }
    }
}

/// The place that the parameters name; without one, a default subnet that has room
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html>).
pub(super) fn place(call: &mut Call<'_>, parameters: &Value, kind: &InstanceType) -> Result<Place, ApiError> {
    let zone =
        parameters.pointer("/Placement/AvailabilityZone").and_then(Value::as_str).filter(|zone| !zone.is_empty());
    if let Some(zone) = zone
        && availability_zone::named(&call.account.id, call.region, zone).is_none()
    {
        return Err(ApiError::new("InvalidParameterValue", format!("Invalid availability zone: [{zone}]")));
    }
    let interface = list(parameters, "NetworkInterfaces").first();
    let of_interface = |member: &str| interface.and_then(|interface| text(interface, member));
    if let Some(existing) = of_interface("NetworkInterfaceId") {
        let interface: &NetworkInterface = find(call, existing)?;
        let subnet = find::<Subnet>(call, &interface.subnet)?;
        return in_zone(subnet, zone);
    }
    if let Some(subnet) = text(parameters, "SubnetId").or_else(|| of_interface("SubnetId")) {
        return in_zone(find(call, subnet)?, zone);
    }
    default_place(call, zone, kind)
}

fn in_zone(subnet: &Subnet, zone: Option<&str>) -> Result<Place, ApiError> {
    if let Some(zone) = zone.filter(|zone| *zone != subnet.zone) {
        let message =
            format!("The availability zone '{zone}' is not that of the subnet '{}' ('{}').", subnet.id, subnet.zone);
        return Err(ApiError::new("InvalidParameterCombination", message));
    }
    Ok(Place::of(subnet))
}

fn default_place(call: &mut Call<'_>, zone: Option<&str>, kind: &InstanceType) -> Result<Place, ApiError> {
    let ec2 = &call.look().ec2;
    let Some(vpc) = ec2.vpcs.values().find(|vpc| vpc.is_default) else {
        let message = "No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.";
        return Err(ApiError::new("VPCIdNotSpecified", message));
    };
    let subnets = ec2.subnets.values().filter(|subnet| subnet.vpc == vpc.id && subnet.default_for_zone);
    let subnets: Vec<Place> = subnets.map(Place::of).collect();
    if let Some(zone) = zone {
        return subnets.into_iter().find(|place| place.zone == zone).ok_or_else(|| {
            ApiError::new("MissingInput", format!("No default subnet for availability zone: '{zone}'."))
        });
    }
    let has_room = |place: &&Place| is_offered(call, kind, &place.zone) && left(call, kind, &place.zone) > 0;
    let mut roomy: Vec<Place> = subnets.iter().filter(has_room).cloned().collect();
    if roomy.is_empty() {
        roomy = subnets;
    }
    let chosen = call.account.chance.below(roomy.len() as u64);
    let chosen = usize::try_from(chosen).ok().and_then(|chosen| roomy.into_iter().nth(chosen));
    chosen
        .ok_or_else(|| ApiError::new("MissingInput", "No subnets found for the default VPC. Please specify a subnet."))
}

fn is_offered(call: &Call<'_>, kind: &InstanceType, zone: &str) -> bool {
    offered(kind, &availability_zone::id_of(&call.account.id, call.region, zone))
}

/// How many more of a type a zone has: as many as one likes, but for the shortages that are set.
fn left(call: &Call<'_>, kind: &InstanceType, zone: &str) -> usize {
    let shortages = call.account.settings.shortages.iter();
    shortages
        .filter(|shortage| shortage.covers(kind.name, zone))
        .map(|shortage| shortage.left)
        .min()
        .unwrap_or(usize::MAX)
}

/// How many instances can be launched there, which is at least the least that are wanted:
/// "EC2 launches the largest possible number of instances above the specified minimum count"
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html>, `MaxCount`).
pub(super) fn check(
    call: &Call<'_>,
    parameters: &Value,
    kind: &'static InstanceType,
    place: &Place,
    (min, max): (usize, usize),
) -> Result<(usize, usize), ApiError> {
    let zone = place.zone.as_str();
    let region_zones = zones(&call.account.id, call.region);
    if !is_offered(call, kind, zone) {
        let others = others(&region_zones, zone, |zone| offered(kind, &zone.id));
        let message = format!(
            "Your requested instance type ({}) is not supported in your requested Availability Zone ({zone}). Please \
             retry your request by not specifying an Availability Zone or choosing {others}.",
            kind.name
        );
        return Err(ApiError::new("Unsupported", message));
    }
    let by_quota = vcpus_left(call) / usize::try_from(kind.vcpus).unwrap_or(1).max(1);
    if by_quota < min {
        let quota = call.account.settings.compute_limits.standard_vcpus;
        let message = format!(
            "You have requested more vCPU capacity than your current vCPU limit of {quota} allows for the instance \
             bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request \
             to request an adjustment to this limit."
        );
        return Err(ApiError::new("VcpuLimitExceeded", message));
    }
    let group = parameters.pointer("/Placement/GroupName").and_then(Value::as_str).filter(|name| !name.is_empty());
    let room = match group {
        Some(name) => {
            let group = placement_group::find(call.account, call.region, name)?;
            placement_group::room(&call.look().ec2, group, zone)
        }
        None => usize::MAX,
    };
    let by_capacity = left(call, kind, zone).min(room);
    if by_capacity < min {
        let others = others(&region_zones, zone, |zone| offered(kind, &zone.id) && left(call, kind, &zone.name) > 0);
        let hint = if others.is_empty() {
            String::new()
        } else {
            format!(
                " You can currently get {} capacity by not specifying an Availability Zone in your request or choosing \
                 {others}.",
                kind.name
            )
        };
        let message = format!(
            "We currently do not have sufficient {} capacity in the Availability Zone you requested ({zone}). Our \
             system will be working on provisioning additional capacity.{hint}",
            kind.name
        );
        return Err(ApiError::new("InsufficientInstanceCapacity", message));
    }
    Ok((min, max.min(by_quota).min(by_capacity)))
}

/// The other zones of which that holds, as messages list them.
fn others(zones: &[Zone], but: &str, holds: impl Fn(&Zone) -> bool) -> String {
    let names = zones.iter().filter(|zone| zone.name != but && holds(zone)).map(|zone| zone.name.as_str());
    names.collect::<Vec<_>>().join(", ")
}

/// vCPUs that the quota leaves: pending and running instances count
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-quotas.html>).
fn vcpus_left(call: &Call<'_>) -> usize {
    let quota = call.account.settings.compute_limits.standard_vcpus;
    quota.saturating_sub(vcpus_used(&call.look().ec2))
}

fn vcpus_used(ec2: &State) -> usize {
    let counts = |instance: &&Instance| matches!(instance.state, InstanceState::Pending | InstanceState::Running);
    let vcpus = |instance: &Instance| named(&instance.instance_type).map_or(0, |kind| kind.vcpus);
    let total: i64 = ec2.instances.values().filter(counts).map(vcpus).sum();
    usize::try_from(total).unwrap_or(0)
}

/// Refuses to start an instance that the quota or a shortage leaves no room for.
pub(super) fn check_start(call: &Call<'_>, instance: &Instance) -> Result<(), ApiError> {
    let Some(kind) = named(&instance.instance_type) else { return Ok(()) };
    let place = Place { subnet: instance.subnet.clone(), vpc: instance.vpc.clone(), zone: instance.zone.clone() };
    check(call, &Value::Null, kind, &place, (1, 1)).map(|_| ())
}

/// Takes what a launch needs from the shortages that are set.
pub(super) fn take(call: &mut Call<'_>, kind: &InstanceType, zone: &str, count: usize) {
    for shortage in &mut call.account.settings.shortages {
        if shortage.covers(kind.name, zone) {
            shortage.left = shortage.left.saturating_sub(count);
        }
    }
}
