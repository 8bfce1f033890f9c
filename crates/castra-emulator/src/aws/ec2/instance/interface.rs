//! The network interfaces of instances to come
//! (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceNetworkInterfaceSpecification.html>).

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use serde_json::Value;

use super::capacity::Place;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::instance_type::InstanceType;
use crate::aws::ec2::member::{flag, list, number, text, texts};
use crate::aws::ec2::network_interface::{Wanted, check_free};
use crate::aws::ec2::resource::{Resource as _, find};
use crate::aws::ec2::{NetworkInterface, SecurityGroup, Subnet, Tags};

/// An interface of each instance.
#[derive(Debug, Clone)]
pub(super) struct Interface {
    pub(super) device_index: i64,
    pub(super) delete_on_termination: bool,
    pub(super) source: Source,
}

/// Where it comes from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    New(Wanted),
    /// One that is there already, by id.
    Existing(String),
}

fn combination<T>(message: &str) -> Result<T, ApiError> {
    Err(ApiError::new("InvalidParameterCombination", message))
}

/// The interfaces, as many as are specified, or one.
pub(super) fn plan(
    call: &Call<'_>,
    parameters: &Value,
    kind: &InstanceType,
    place: &Place,
    count: (usize, usize),
) -> Result<Vec<Interface>, ApiError> {
    let specified = list(parameters, "NetworkInterfaces");
    let tags = Tags::in_specifications(list(parameters, "TagSpecifications"), "network-interface")?;
    if number(parameters, "Ipv6AddressCount").is_some_and(|count| count > 0)
        || !list(parameters, "Ipv6Addresses").is_empty()
    {
        return Err(no_ipv6());
    }
    if specified.is_empty() {
        let groups = groups(call, parameters, "SecurityGroupIds", place)?;
        let address = text(parameters, "PrivateIpAddress").map(read).transpose()?;
        single(address.is_some(), count)?;
        let public = find::<Subnet>(call, &place.subnet)?.map_public_ip;
        let wanted = Wanted { subnet: place.subnet.clone(), address, groups, public, tags, ..Wanted::default() };
        return Ok(vec![Interface { device_index: 0, delete_on_termination: true, source: Source::New(wanted) }]);
    }
    if text(parameters, "SubnetId").is_some() {
        return combination(
            "Network interfaces and an instance-level subnet ID may not be specified on the same request",
        );
    }
    if !list(parameters, "SecurityGroupIds").is_empty() || !list(parameters, "SecurityGroups").is_empty() {
        return combination(
            "Network interfaces and an instance-level security groups may not be specified on the same request",
        );
    }
    if text(parameters, "PrivateIpAddress").is_some() {
        return combination(
            "Network interfaces and an instance-level private IP address may not be specified on the same request",
        );
    }
    if specified.len() > kind.interfaces {
        let message = format!("Interface count {} exceeds the limit for {}", specified.len(), kind.name);
        return Err(ApiError::new("AttachmentLimitExceeded", message));
    }
    let mut indexes = BTreeSet::new();
    let mut interfaces = Vec::new();
    for one in specified {
        let interface = interface(call, one, kind, place, count, specified.len(), &tags)?;
        if !indexes.insert(interface.device_index) {
            return combination("Network interfaces must have distinct device indexes.");
        }
        interfaces.push(interface);
    }
    if !indexes.contains(&0) {
        return Err(ApiError::new("InvalidParameterValue", "A network interface with device index 0 is required."));
    }
    Ok(interfaces)
}

fn interface(
    call: &Call<'_>,
    specified: &Value,
    kind: &InstanceType,
    place: &Place,
    count: (usize, usize),
    of: usize,
    tags: &Tags,
) -> Result<Interface, ApiError> {
    let Some(device_index) = number(specified, "DeviceIndex") else {
        return Err(ApiError::new("InvalidParameterValue", "Each network interface requires a device index."));
    };
    let associate = flag(specified, "AssociatePublicIpAddress");
    if associate == Some(true) && of > 1 {
        return combination(
            "The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces.",
        );
    }
    if ["Ipv6AddressCount", "Ipv6PrefixCount", "Ipv4PrefixCount"]
        .iter()
        .any(|member| number(specified, member).is_some_and(|count| count > 0))
        || !list(specified, "Ipv6Addresses").is_empty()
    {
        return Err(no_ipv6());
    }
    if let Some(existing) = text(specified, "NetworkInterfaceId") {
        single(true, count)?;
        if text(specified, "SubnetId").is_some() || associate.is_some() || !list(specified, "Groups").is_empty() {
            return combination(
                "A network interface may not specify both a network interface ID and a subnet, groups or a public IP address",
            );
        }
        let interface: &NetworkInterface = find(call, existing)?;
        check_free(interface)?;
        if interface.zone != place.zone || interface.vpc != place.vpc {
            return combination(
                "You may not attach a network interface to an instance if they are not in the same availability zone",
            );
        }
        // One that was there before outlives the instance, unless told otherwise.
        let delete_on_termination = flag(specified, "DeleteOnTermination").unwrap_or(false);
        return Ok(Interface { device_index, delete_on_termination, source: Source::Existing(interface.id.clone()) });
    }
    let subnet: &Subnet = find(call, text(specified, "SubnetId").unwrap_or(&place.subnet))?;
    if subnet.zone != place.zone {
        return combination("Network interfaces must be in the same availability zone.");
    }
    let (address, secondary) = addresses(specified)?;
    single(address.is_some() || !secondary.is_empty(), count)?;
    let secondary_count = number(specified, "SecondaryPrivateIpAddressCount").unwrap_or(0);
    let secondary_count = usize::try_from(secondary_count).unwrap_or(0);
    if secondary_count > 0 && !secondary.is_empty() {
        return combination("Private IP addresses and their count can't both be specified.");
    }
    if 1 + secondary.len() + secondary_count > kind.addresses {
        let message = format!("Number of private addresses will exceed limit: {} has {}.", kind.name, kind.addresses);
        return Err(ApiError::new("PrivateIpAddressLimitExceeded", message));
    }
    let wanted = Wanted {
        subnet: subnet.id.clone(),
        description: text(specified, "Description").unwrap_or_default().to_owned(),
        address,
        secondary,
        secondary_count,
        public: associate.unwrap_or(device_index == 0 && of == 1 && subnet.map_public_ip),
        groups: groups(call, specified, "Groups", place)?,
        tags: tags.clone(),
        ..Wanted::default()
    };
    let delete_on_termination = flag(specified, "DeleteOnTermination").unwrap_or(true);
    Ok(Interface { device_index, delete_on_termination, source: Source::New(wanted) })
}

/// The primary private address and the others.
fn addresses(specified: &Value) -> Result<(Option<Ipv4Addr>, Vec<Ipv4Addr>), ApiError> {
    let mut primary = text(specified, "PrivateIpAddress").map(read).transpose()?;
    let mut secondary = Vec::new();
    for entry in list(specified, "PrivateIpAddresses") {
        let address = read(text(entry, "PrivateIpAddress").unwrap_or_default())?;
        match (flag(entry, "Primary").unwrap_or(false), primary) {
            (true, Some(other)) if other != address => {
                return combination("Only one primary private IP address can be specified.");
            }
            (true, _) => primary = Some(address),
            (false, _) => secondary.push(address),
        }
    }
    Ok((primary, secondary))
}

fn read(text: &str) -> Result<Ipv4Addr, ApiError> {
    text.parse().map_err(|_| {
        let message = format!("Value ({text}) for parameter address is invalid. Not a valid IPv4 address.");
        ApiError::new("InvalidParameterValue", message)
    })
}

/// An address or an interface is one instance's.
fn single(fixed: bool, (_, max): (usize, usize)) -> Result<(), ApiError> {
    if fixed && max > 1 {
        return combination(
            "Multiple instances can't be launched with a fixed private IP address or network interface.",
        );
    }
    Ok(())
}

fn no_ipv6() -> ApiError {
    ApiError::new("InvalidParameterValue", "IPv6 addresses and prefixes can't be assigned in the specified subnet.")
}

/// Groups by id, or by name where the VPC is the default one.
fn groups(call: &Call<'_>, of: &Value, ids: &str, place: &Place) -> Result<Vec<String>, ApiError> {
    let (ids, names) = (texts(of, ids), texts(of, "SecurityGroups"));
    for group in &ids {
        find::<SecurityGroup>(call, group)?;
    }
    if names.is_empty() {
        return Ok(ids.into_iter().map(str::to_owned).collect());
    }
    if !ids.is_empty() {
        return combination("The parameter groupName cannot be used with the parameter groupId");
    }
    if text(of, "SubnetId").is_some() {
        return combination("The parameter groupName cannot be used with the parameter subnet");
    }
    let ec2 = &call.look().ec2;
    let by_name = |name: &&str| {
        let is_it = |group: &&SecurityGroup| group.name == **name && group.vpc == place.vpc;
        let found =
            ec2.security_groups.values().find(is_it).filter(|group| call.account.shows(&group.id, group.created));
        found.map(|group| group.id.clone()).ok_or_else(|| {
            let message = format!("The security group '{name}' does not exist in VPC '{}'", place.vpc);
            ApiError::new(SecurityGroup::NOT_FOUND, message)
        })
    };
    names.iter().map(by_name).collect()
}
