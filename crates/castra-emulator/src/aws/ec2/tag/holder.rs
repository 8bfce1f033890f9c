//! What has tags.

use jiff::Timestamp;

use super::Tags;
use crate::aws::ec2::State;

/// Anything of EC2's that has tags.
pub(crate) struct Tagged<'a> {
    /// As tag specifications name the kind.
    pub(crate) kind: &'static str,
    pub(crate) id: &'a str,
    pub(crate) created: Timestamp,
    pub(crate) tags: &'a Tags,
}

/// The kinds whose objects are in a map of the state: the map, and the kind's name.
macro_rules! kinds {
    ($($map:ident $kind:literal,)*) => {
        /// Everything that has tags, or could.
        pub(crate) fn tagged(ec2: &State) -> impl Iterator<Item = Tagged<'_>> {
            let mut all: Vec<Tagged<'_>> = Vec::new();
            $(all.extend(ec2.$map.values().map(|object| {
                Tagged { kind: $kind, id: &object.id, created: object.created, tags: &object.tags }
            }));)*
            for group in ec2.security_groups.values() {
                all.extend(group.rules.iter().map(|rule| {
                    Tagged { kind: "security-group-rule", id: &rule.id, created: group.created, tags: &rule.tags }
                }));
            }
            for subnet in ec2.subnets.values() {
                all.extend(subnet.reservations.iter().map(|reservation| Tagged {
                    kind: "subnet-cidr-reservation",
                    id: &reservation.id,
                    created: subnet.created,
                    tags: &reservation.tags,
                }));
            }
            all.into_iter()
        }

        /// The tags of what has that id.
        pub(super) fn tags_of<'a>(ec2: &'a mut State, id: &str) -> Option<&'a mut Tags> {
            $(if ec2.$map.values().any(|object| object.id == id) {
                return ec2.$map.values_mut().find(|object| object.id == id).map(|object| &mut object.tags);
            })*
            let rules = ec2.security_groups.values_mut().flat_map(|group| &mut group.rules);
            if let Some(rule) = rules.into_iter().find(|rule| rule.id == id) {
                return Some(&mut rule.tags);
            }
            let reservations = ec2.subnets.values_mut().flat_map(|subnet| &mut subnet.reservations);
            reservations.into_iter().find(|reservation| reservation.id == id).map(|reservation| &mut reservation.tags)
        }
    };
}

kinds! {
    addresses "elastic-ip",
    dhcp_options "dhcp-options",
    endpoints "vpc-endpoint",
    images "image",
    instances "instance",
    interfaces "network-interface",
    internet_gateways "internet-gateway",
    key_pairs "key-pair",
    launch_templates "launch-template",
    nat_gateways "natgateway",
    network_acls "network-acl",
    placement_groups "placement-group",
    route_tables "route-table",
    security_groups "security-group",
    snapshots "snapshot",
    subnets "subnet",
    volumes "volume",
    vpcs "vpc",
}
