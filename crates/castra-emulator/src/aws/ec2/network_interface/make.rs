//! How an interface comes to be, whoever asks for it.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{Attachment, NetworkInterface};
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::aws::ec2::resource::Resource;
use crate::aws::ec2::subnet::addresses;
use crate::aws::ec2::{SecurityGroup, State, Subnet, Tags, address, id};
use crate::chance::Chance;

/// What an interface is made from, by CreateNetworkInterface, a launch, or a service.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) subnet: String,
    pub(crate) description: String,
    /// The primary address; none = any free one outside the reservations.
    pub(crate) address: Option<Ipv4Addr>,
    /// Further addresses.
    pub(crate) secondary: Vec<Ipv4Addr>,
    /// How many further addresses AWS is to choose.
    pub(crate) secondary_count: usize,
    /// IPv6 addresses, and how many more AWS is to choose; one at least if the subnet gives each interface one.
    pub(crate) ipv6: Vec<Ipv6Addr>,
    pub(crate) ipv6_count: usize,
    /// Whether it gets a public address of Amazon's pool.
    pub(crate) public: bool,
    /// None = the VPC's default group.
    pub(crate) groups: Vec<String>,
    /// Empty = `interface`.
    pub(crate) kind: &'static str,
    /// The service that makes it, which it is attached to from the start.
    pub(crate) requester: Option<String>,
    pub(crate) tags: Tags,
}

/// Makes an interface and returns its id, or refuses as EC2 does (an address in use, none left, a group of another
/// VPC). Whether the subnet shows is the caller's to check.
pub(crate) fn make(account: &mut Account, region: &str, wanted: Wanted) -> Result<String, ApiError> {
    let now = account.now;
    let limits = account.settings.network_limits.clone();
    let mut chance = account.chance.clone();
    let ec2 = &mut account.region(region).ec2;
    let subnet = ec2.subnets.get(&wanted.subnet).ok_or_else(|| Subnet::not_found(&wanted.subnet))?;
    let groups = groups(ec2, subnet, wanted.groups, limits.security_groups_per_interface)?;
    let mut addresses: Vec<Ipv4Addr> = wanted.address.into_iter().chain(wanted.secondary).collect();
    for (at, address) in addresses.iter().enumerate() {
        addresses::check(ec2, subnet, *address)?;
        if addresses.iter().take(at).any(|earlier| earlier == address) {
            let message = format!("The private IP address {address} is specified more than once.");
            return Err(ApiError::new("InvalidParameterValue", message));
        }
    }
    let more = wanted.secondary_count + usize::from(wanted.address.is_none());
    let chosen = addresses::pick(ec2, subnet, &addresses, more, &mut chance)?;
    // Without a wish for the primary address, the first that was chosen is it.
    if wanted.address.is_none() {
        addresses.splice(0..0, chosen);
    } else {
        addresses.extend(chosen);
    }
    let unasked = wanted.ipv6.is_empty() && wanted.requester.is_none() && subnet.assign_ipv6;
    let ipv6_count = wanted.ipv6_count.max(usize::from(unasked));
    let ipv6 = addresses::pick_ipv6(ec2, subnet, &wanted.ipv6, ipv6_count, &mut chance)?;
    if ec2.interfaces.len() >= limits.interfaces {
        let message = "The maximum number of network interfaces has been reached.";
        return Err(ApiError::new("NetworkInterfaceLimitExceeded", message));
    }
    let kind = if wanted.kind.is_empty() { "interface" } else { wanted.kind };
    let attachment = wanted.requester.as_ref().map(|_| Attachment {
        // Services whose interfaces aren't attached as an instance's are have ids of their own for it.
        id: id::new(if kind == "interface" { "eni-attach" } else { "ela-attach" }, &mut chance),
        instance: None,
        device_index: 1,
        attached: now,
        delete_on_termination: false,
        state: "attached",
    });
    let interface = NetworkInterface {
        id: id::new("eni", &mut chance),
        created: now,
        subnet: subnet.id.clone(),
        vpc: subnet.vpc.clone(),
        zone: subnet.zone.clone(),
        description: wanted.description,
        addresses,
        ipv6,
        mac: mac(&mut chance),
        groups,
        // https://docs.aws.amazon.com/vpc/latest/userguide/work-with-nat-instances.html#EIP_Disable_SrcDestCheck
        source_dest_check: wanted.requester.is_none(),
        kind,
        requester: wanted.requester,
        attachment,
        public_ip: wanted.public.then(|| address::from_pool(ec2, &mut chance)),
        wants_public_ip: wanted.public,
        tags: wanted.tags,
    };
    let id = interface.id.clone();
    ec2.interfaces.insert(id.clone(), interface);
    account.chance = chance;
    Ok(id)
}

/// The groups that an interface in that subnet gets: those that are wanted, or the VPC's default one.
fn groups(ec2: &State, subnet: &Subnet, wanted: Vec<String>, limit: usize) -> Result<Vec<String>, ApiError> {
    if wanted.is_empty() {
        let default = |group: &&SecurityGroup| group.vpc == subnet.vpc && group.name == "default";
        return Ok(ec2.security_groups.values().find(default).map(|group| group.id.clone()).into_iter().collect());
    }
    check_groups(ec2, &subnet.vpc, &wanted, limit).map_err(|error| match error {
        GroupsError::Elsewhere(group) => {
            let message = format!("Security group {group} and subnet {} belong to different networks.", subnet.id);
            ApiError::new("InvalidParameter", message)
        }
        GroupsError::Refused(error) => error,
    })?;
    let mut groups = wanted;
    let mut seen = std::collections::BTreeSet::new();
    groups.retain(|group| seen.insert(group.clone()));
    Ok(groups)
}

/// Why groups don't fit.
pub(super) enum GroupsError {
    /// One is another VPC's.
    Elsewhere(String),
    Refused(ApiError),
}

/// Whether an interface in that VPC can have these groups.
pub(super) fn check_groups(ec2: &State, vpc: &str, groups: &[String], limit: usize) -> Result<(), GroupsError> {
    for group in groups {
        match ec2.security_groups.get(group) {
            None => return Err(GroupsError::Refused(SecurityGroup::not_found(group))),
            Some(found) if found.vpc != vpc => return Err(GroupsError::Elsewhere(group.clone())),
            Some(_) => {}
        }
    }
    if groups.len() > limit {
        let message = "The maximum number of security groups per interface has been reached.";
        return Err(GroupsError::Refused(ApiError::new("SecurityGroupsPerInterfaceLimitExceeded", message)));
    }
    Ok(())
}

/// A MAC address, locally administered as EC2's are.
fn mac(chance: &mut Chance) -> String {
    let hex = chance.hex(10);
    let bytes: Vec<&str> = (0..10).step_by(2).filter_map(|at| hex.get(at..at + 2)).collect();
    format!("0a:{}", bytes.join(":"))
}
