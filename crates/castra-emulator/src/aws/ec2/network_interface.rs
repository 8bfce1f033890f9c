//! Network interfaces.

use std::net::Ipv4Addr;

use jiff::Timestamp;

use super::Tags;
use crate::Seconds;
use crate::aws::ApiError;
use crate::aws::account::{Account, What};
use crate::aws::call::Operations;

/// A network interface.
#[derive(Debug, Clone)]
pub(crate) struct NetworkInterface {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) subnet: String,
    pub(crate) vpc: String,
    pub(crate) zone: String,
    pub(crate) description: String,
    /// The primary address first.
    pub(crate) addresses: Vec<Ipv4Addr>,
    pub(crate) mac: String,
    pub(crate) groups: Vec<String>,
    pub(crate) source_dest_check: bool,
    /// `interface`, `nat_gateway`, `network_load_balancer`, ...
    pub(crate) kind: &'static str,
    /// The service that made it and keeps it, such as `amazon-elb`; its owner can't delete it.
    pub(crate) requester: Option<String>,
    pub(crate) attachment: Option<Attachment>,
    pub(crate) public_ip: Option<Ipv4Addr>,
    pub(crate) token: Option<String>,
    pub(crate) tags: Tags,
}

/// What an interface is attached to.
#[derive(Debug, Clone)]
pub(crate) struct Attachment {
    pub(crate) id: String,
    /// None = a service's own machinery.
    pub(crate) instance: Option<String>,
    pub(crate) device_index: i64,
    pub(crate) attached: Timestamp,
    pub(crate) delete_on_termination: bool,
    /// `attaching`, `attached`, `detaching`.
    pub(crate) state: &'static str,
}

/// What is due to happen to an interface.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    /// It goes, with the service that made it.
    Delete(String),
}

/// Lets it happen.
pub(super) fn happen(_account: &mut Account, _region: &str, _due: Due) {}

/// What an interface is made from, by CreateNetworkInterface, a launch, or a service.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) subnet: String,
    pub(crate) description: String,
    /// The primary address; none = the first free one outside the reservations.
    pub(crate) address: Option<Ipv4Addr>,
    /// None = the VPC's default group.
    pub(crate) groups: Vec<String>,
    pub(crate) kind: &'static str,
    pub(crate) requester: Option<String>,
    pub(crate) tags: Tags,
}

/// Makes an interface, or refuses as EC2 does (an address in use, none left, a group of another VPC). The caller has
/// checked that the subnet exists.
pub(crate) fn make(_account: &mut Account, _region: &str, _wanted: Wanted) -> Result<String, ApiError> {
    Err(ApiError::new("Unsupported", "not served yet"))
}

/// Lets an interface of a service go that long from now: those of load balancers and NAT gateways linger.
pub(crate) fn let_go(account: &mut Account, region: &str, interface: &str, after: Seconds) {
    account.schedule(region, after, What::Ec2(super::Due::Interface(Due::Delete(interface.to_owned()))));
}

pub(super) const OPERATIONS: Operations = &[];
