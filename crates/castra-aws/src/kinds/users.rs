//! What still uses an object that is to be deleted. EC2 only says that something does ("has a dependent object").

use aws_sdk_ec2::types::{NetworkInterface, NetworkInterfaceStatus};
use castra_core::resource::At;
use castra_core::{Call, Error, ErrorKind, Result, shortened};

use crate::call::{gone, send};
use crate::client::Clients;
use crate::tags;

/// As [`gone`], for an object that network interfaces stand in or belong to: `filter` is what
/// `DescribeNetworkInterfaces` calls that, such as `subnet-id`. A refusal for being in use names them.
pub(super) async fn gone_unless_used<T>(at: &At<'_, Clients>, answer: Result<T>, filter: &str, id: &str) -> Result<()> {
    match gone(answer) {
        Err(error) if error.kind() == ErrorKind::InUse => Err(named(at, error, filter, id).await),
        answer => answer,
    }
}

/// The refusal, with the interfaces named if there are any that may be seen.
async fn named(at: &At<'_, Clients>, refusal: Error, filter: &str, id: &str) -> Error {
    let request = at.cloud.ec2.describe_network_interfaces().filters(tags::filter(filter, id));
    let Ok(answer) = send!(at.cx, Call::read("ec2", "DescribeNetworkInterfaces"), request) else { return refusal };
    let users: Vec<String> = answer.network_interfaces().iter().map(told).collect();
    if users.is_empty() { refusal } else { refusal.preceded_by(&format!("{id} is used by {}", shortened(&users))) }
}

/// An interface, what it is and who has it: `eni-1 "ELB app/demo/1" (in-use, of amazon-elb)`.
pub(super) fn told(interface: &NetworkInterface) -> String {
    let id = interface.network_interface_id().unwrap_or_default();
    let what = match interface.description().filter(|text| !text.is_empty()) {
        Some(text) => format!(" \"{text}\""),
        None => String::new(),
    };
    let status = interface.status().map_or("unknown", NetworkInterfaceStatus::as_str);
    let machine = interface.attachment().and_then(|attachment| attachment.instance_id());
    let holder = machine.or(interface.requester_id()).or(interface.owner_id()).unwrap_or("an unknown owner");
    format!("{id}{what} ({status}, of {holder})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_says_whose_it_is() {
        let interface = NetworkInterface::builder().network_interface_id("eni-1").status(NetworkInterfaceStatus::InUse);
        let balancer = interface.clone().description("ELB app/demo/1").requester_id("amazon-elb").owner_id("1");
        assert_eq!(told(&balancer.build()), "eni-1 \"ELB app/demo/1\" (in-use, of amazon-elb)");
        assert_eq!(told(&interface.owner_id("1").build()), "eni-1 (in-use, of 1)");
    }
}
