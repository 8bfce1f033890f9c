//! What a VPC comes with, and the default VPC of a region.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use jiff::{SignedDuration, Timestamp};

use super::Vpc;
use crate::aws::ec2::internet_gateway::InternetGateway;
use crate::aws::ec2::network_acl::NetworkAcl;
use crate::aws::ec2::route_table::{Destination, Route, RouteTable, RouteTableAssociation};
use crate::aws::ec2::security_group::{Peer, Rule, SecurityGroup};
use crate::aws::ec2::subnet::Subnet;
use crate::aws::ec2::{State, Tags, availability_zone, id};
use crate::chance::Chance;

/// Creates a VPC with its main route table, default security group and default network ACL
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/create-vpc.html>); its id.
pub(super) fn create(ec2: &mut State, chance: &mut Chance, now: Timestamp, cidr: Ipv4Net) -> String {
    let vpc = Vpc {
        id: id::new("vpc", chance),
        created: now,
        cidr,
        cidr_association: id::new("vpc-cidr-assoc", chance),
        secondary: Vec::new(),
        ipv6: Vec::new(),
        is_default: false,
        // https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns-support.html
        dns_support: true,
        dns_hostnames: false,
        usage_metrics: false,
        tenancy: "default".to_owned(),
        dhcp_options: ec2.dhcp_options.keys().next().cloned().unwrap_or_default(),
        tags: Tags::default(),
    };
    let table = RouteTable {
        id: id::new("rtb", chance),
        created: now,
        vpc: vpc.id.clone(),
        routes: vec![Route::local(Destination::V4(cidr))],
        associations: vec![RouteTableAssociation { id: id::new("rtbassoc", chance), subnet: None }],
        tags: Tags::default(),
    };
    let acl = NetworkAcl {
        id: id::new("acl", chance),
        created: now,
        vpc: vpc.id.clone(),
        is_default: true,
        tags: Tags::default(),
    };
    let group = default_group(&vpc.id, chance, now);
    let id = vpc.id.clone();
    ec2.route_tables.insert(table.id.clone(), table);
    ec2.network_acls.insert(acl.id.clone(), acl);
    ec2.security_groups.insert(group.id.clone(), group);
    ec2.vpcs.insert(id.clone(), vpc);
    id
}

/// Its members may talk to each other, and to everyone
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html>).
fn default_group(vpc: &str, chance: &mut Chance, now: Timestamp) -> SecurityGroup {
    let group = id::new("sg", chance);
    let inside = Rule::everything(false, Peer::Group(group.clone()), chance);
    let outside = Rule::everything(true, Peer::anywhere(), chance);
    SecurityGroup {
        id: group,
        created: now,
        name: "default".to_owned(),
        description: "default VPC security group".to_owned(),
        vpc: vpc.to_owned(),
        rules: vec![inside, outside],
        tags: Tags::default(),
    }
}

/// The default VPC of a new region: 172.31.0.0/16 with a public /20 in every zone
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html#default-vpc-components>). It has been there for
/// a day, so that it shows at once.
pub(in crate::aws::ec2) fn create_default(ec2: &mut State, chance: &mut Chance, now: Timestamp) {
    let created = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(now);
    let id = create(ec2, chance, created, Ipv4Net::new_assert(Ipv4Addr::new(172, 31, 0, 0), 16));
    let gateway = InternetGateway { id: id::new("igw", chance), created, vpc: Some(id.clone()), tags: Tags::default() };
    for table in ec2.route_tables.values_mut() {
        let everywhere = Destination::V4(Ipv4Net::default());
        table.routes.push(Route { destination: everywhere, target: gateway.id.clone(), origin: "CreateRoute" });
    }
    ec2.internet_gateways.insert(gateway.id.clone(), gateway);
    for (zone, block) in availability_zone::zones(&ec2.owner, &ec2.region).into_iter().zip(0_u8..16) {
        let cidr = Ipv4Net::new_assert(Ipv4Addr::new(172, 31, 16 * block, 0), 20);
        let mut subnet = Subnet::new(&id, cidr, zone.name, chance, created);
        subnet.default_for_zone = true;
        subnet.map_public_ip = true;
        ec2.subnets.insert(subnet.id.clone(), subnet);
    }
    for vpc in ec2.vpcs.values_mut() {
        vpc.is_default = true;
        vpc.dns_hostnames = true;
    }
    for options in ec2.dhcp_options.values_mut() {
        options.created = created;
    }
}
