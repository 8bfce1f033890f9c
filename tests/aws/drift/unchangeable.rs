//! Fields that nobody can change behind our back, each with the reason; every other one must have a case.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

/// Kind, field, reason.
const UNCHANGEABLE: &[(&str, &str, &str)] = &[
    ("anchor", "name", "a parameter's name is its identity"),
    ("anchor", "uid", "it says whose the cluster is: another one is a conflict, see `conflicts`"),
    ("vpc", "cidr", "the first range of a VPC stays"),
    ("internet_gateway", "vpc", "a gateway stays while an address of its VPC is in use"),
    ("subnet", "vpc", "a subnet stays in its VPC"),
    ("subnet", "cidr", "a subnet's range stays"),
    ("subnet", "zone", "a subnet's zone stays"),
    ("nat_gateway", "subnet", "a NAT gateway stays in its subnet"),
    ("nat_gateway", "eip", "the first address of a NAT gateway stays"),
    ("route_table", "vpc", "a route table stays in its VPC"),
    ("subnet_cidr_reservation", "subnet", "a reservation stays in its subnet"),
    ("subnet_cidr_reservation", "cidr", "a reservation's range stays"),
    ("security_group", "vpc", "a security group stays in its VPC"),
    ("security_group", "name", "a security group's name stays"),
    ("security_group", "description", "a security group's description stays"),
    ("security_group_rules", "group", "rules belong to their group"),
    ("iam_role", "name", "a role's name is its identity"),
    ("iam_instance_profile", "name", "a profile's name is its identity"),
    ("network_interface", "subnet", "an interface stays in its subnet"),
    ("network_interface", "address", "an interface's first address stays"),
    ("ebs_volume", "size_gib", "a volume never gets smaller; one that somebody made bigger is refused, tested apart"),
    ("ebs_volume", "zone", "a volume stays in its zone"),
    ("ebs_volume", "encrypted", "a volume's encryption stays"),
    ("instance", "image", "a machine's image stays"),
    ("instance", "interface", "the first interface of a machine cannot be detached"),
    ("launch_template", "name", "a template's name is its identity"),
    ("autoscaling_group", "name", "a group's name is its identity"),
    ("autoscaling_policy", "name", "a policy's name is its identity"),
    ("autoscaling_policy", "group", "a policy belongs to its group"),
    ("lb", "name", "a balancer's name stays"),
    ("lb", "type", "a balancer's type stays"),
    ("lb", "internal", "a balancer's scheme stays"),
    ("lb_target_group", "name", "a target group's name stays"),
    ("lb_target_group", "vpc", "a target group stays in its VPC"),
    ("lb_target_group", "protocol", "a target group's protocol stays"),
    ("lb_target_group", "port", "a target group's port stays"),
    ("lb_target_group", "target_type", "a target group's type stays"),
    ("lb_target_group_attachments", "target_group", "targets belong to their group"),
    ("lb_listener", "load_balancer", "a listener stays on its balancer"),
    ("route53_record", "zone_id", "a record's zone is part of its identity"),
    ("route53_record", "name", "a record's name is its identity"),
    ("route53_record", "load_balancer", "a record that points elsewhere is somebody else's: a conflict, tested apart"),
];

/// Every owned field is tested or unchangeable, and none is both or neither owned nor there.
pub(super) fn cover(owned: &BTreeSet<(String, String)>, tested: &BTreeSet<(String, String)>) -> Result<()> {
    let pair = |(kind, field, _): &(&str, &str, &str)| ((*kind).to_owned(), (*field).to_owned());
    let unchangeable: BTreeSet<(String, String)> = UNCHANGEABLE.iter().map(pair).collect();
    // A field that isn't part of a creation but is compared: a machine that runs.
    let tested: BTreeSet<(String, String)> = tested.iter().filter(|(_, field)| !field.is_empty()).cloned().collect();
    let untested: Vec<_> = owned.iter().filter(|one| !tested.contains(one) && !unchangeable.contains(one)).collect();
    ensure!(untested.is_empty(), "owned fields without a test: {untested:?}");
    let both: Vec<_> = tested.intersection(&unchangeable).collect();
    ensure!(both.is_empty(), "said to be unchangeable, and changed: {both:?}");
    let unknown: Vec<_> = tested.union(&unchangeable).filter(|one| !owned.contains(one)).collect();
    ensure!(unknown.is_empty(), "fields that no resource has: {unknown:?}");
    Ok(())
}
