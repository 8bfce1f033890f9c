//! The network and who may reach whom in it.

use anyhow::{Context as _, Result};
use aws_sdk_ec2::types::{AttributeBooleanValue, Filter, IpPermission, IpRange, Tag};

use super::world::{Case, World, case};

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = [
        "vpc/main",
        "internet_gateway/main",
        "subnet/private-a",
        "eip/nat-a",
        "nat_gateway/a",
        "route_table/private-a",
        "subnet_cidr_reservation/private-a",
        "security_group/primary",
        "network_interface/primary-0",
        "ebs_volume/primary-0",
        "instance/primary-0",
        "launch_template/secondaries",
    ]
    .into_iter()
    .map(|address| case(address, "tags", tag))
    .collect();
    cases.extend([
        case("vpc/main", "dns_hostnames", |w| async move {
            w.cloud.ec2.modify_vpc_attribute().vpc_id(w.me).enable_dns_hostnames(no()).send().await?;
            Ok(())
        }),
        case("vpc/main", "dns_support", |w| async move {
            w.cloud.ec2.modify_vpc_attribute().vpc_id(w.me).enable_dns_support(no()).send().await?;
            Ok(())
        }),
        case("subnet/private-a", "map_public_ip", |w| async move {
            let yes = AttributeBooleanValue::builder().value(true).build();
            w.cloud.ec2.modify_subnet_attribute().subnet_id(w.me).map_public_ip_on_launch(yes).send().await?;
            Ok(())
        }),
        case("route_table/private-a", "default_route", |w| async move {
            let other = w.id("nat_gateway/b");
            let request = w.cloud.ec2.replace_route().route_table_id(w.me).destination_cidr_block("0.0.0.0/0");
            request.nat_gateway_id(other).send().await?;
            Ok(())
        }),
        case("route_table/private-b", "default_route", |w| async move {
            let request = w.cloud.ec2.delete_route().route_table_id(w.me).destination_cidr_block("0.0.0.0/0");
            request.send().await?;
            Ok(())
        }),
        case("route_table/private-a", "subnets", |w| async move {
            let tables = w.cloud.ec2.describe_route_tables().route_table_ids(w.me).send().await?;
            let association = tables.route_tables()[0].associations()[0].route_table_association_id();
            let association = association.context("an association")?;
            w.cloud.ec2.disassociate_route_table().association_id(association).send().await?;
            Ok(())
        }),
        case("security_group_rules/primary", "ingress", |w| async move {
            let range = IpRange::builder().cidr_ip("198.51.100.0/24").description("let me in").build();
            let rule = IpPermission::builder().ip_protocol("tcp").from_port(22).to_port(22).ip_ranges(range).build();
            w.cloud.ec2.authorize_security_group_ingress().group_id(w.me).ip_permissions(rule).send().await?;
            Ok(())
        }),
        case("security_group_rules/primary", "egress", |w| async move {
            let groups = w.cloud.ec2.describe_security_groups().group_ids(&w.me).send().await?;
            let rules = groups.security_groups()[0].ip_permissions_egress().to_vec();
            let request = w.cloud.ec2.revoke_security_group_egress().group_id(w.me);
            request.set_ip_permissions(Some(rules)).send().await?;
            Ok(())
        }),
        case("security_group_rules/control", "ingress", |w| async move {
            let groups = w.cloud.ec2.describe_security_groups().group_ids(&w.me).send().await?;
            let rules = groups.security_groups()[0].ip_permissions().to_vec();
            let request = w.cloud.ec2.revoke_security_group_ingress().group_id(w.me);
            request.set_ip_permissions(Some(rules)).send().await?;
            Ok(())
        }),
        case("network_interface/primary-0", "security_groups", |w| async move {
            let other = w.id("security_group/secondary");
            let request = w.cloud.ec2.modify_network_interface_attribute().network_interface_id(w.me);
            request.groups(other).send().await?;
            Ok(())
        }),
    ]);
    cases
}

fn no() -> AttributeBooleanValue {
    AttributeBooleanValue::builder().value(false).build()
}

/// Adds a tag and changes one.
async fn tag(w: World) -> Result<()> {
    let tags = [("owner", "me"), ("team", "mine")].map(|(key, value)| Tag::builder().key(key).value(value).build());
    w.cloud.ec2.create_tags().resources(&w.me).set_tags(Some(tags.into())).send().await?;
    let ours = Filter::builder().name("resource-id").values(&w.me).build();
    let shown = w.cloud.ec2.describe_tags().filters(ours).send().await?;
    anyhow::ensure!(shown.tags().iter().any(|tag| tag.key() == Some("owner")), "the tag is there");
    Ok(())
}
