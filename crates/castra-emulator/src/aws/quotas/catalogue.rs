//! The quotas, each with the setting that it comes from. Codes and names are those that `ListServiceQuotas` gives on
//! AWS; those of VPCs and load balancers are also linked from
//! <https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html> and
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html>.

use crate::aws::Settings;

/// A quota.
#[derive(Debug)]
pub(super) struct Quota {
    pub(super) service: &'static str,
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) adjustable: bool,
    value: fn(&Settings) -> usize,
}

/// Services by their codes, with their names and whether their quotas are the account's rather than a region's.
pub(super) const SERVICES: &[(&str, &str, bool)] = &[
    ("autoscaling", "Amazon EC2 Auto Scaling", false),
    ("ec2", "Amazon Elastic Compute Cloud (Amazon EC2)", false),
    ("elasticloadbalancing", "Elastic Load Balancing (ELB)", false),
    ("iam", "AWS Identity and Access Management (IAM)", true),
    ("route53", "Amazon Route 53", true),
    ("s3", "Amazon Simple Storage Service (Amazon S3)", true),
    ("vpc", "Amazon Virtual Private Cloud (Amazon VPC)", false),
];

macro_rules! quotas {
    ($($service:literal { $($code:literal $name:literal $adjustable:literal $($field:ident).+,)* })*) => {
        &[$($(Quota {
            service: $service,
            code: $code,
            name: $name,
            adjustable: $adjustable,
            value: |settings| settings.$($field).+,
        },)*)*]
    };
}

pub(super) const QUOTAS: &[Quota] = quotas! {
    "autoscaling" {
        "L-CDE20ADC" "Auto Scaling groups per region" true autoscaling.groups,
    }
    "ec2" {
        "L-0263D0A3" "EC2-VPC Elastic IPs" true network_limits.addresses,
        "L-1216C47A" "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances" true compute_limits.standard_vcpus,
        "L-142B4294" "Launch template versions" false compute_limits.launch_template_versions,
        "L-FB451C26" "Launch templates" false compute_limits.launch_templates,
    }
    "elasticloadbalancing" {
        "L-53DA6B97" "Application Load Balancers per Region" true load_balancing_limits.application_load_balancers,
        "L-69A177A2" "Network Load Balancers per Region" true load_balancing_limits.network_load_balancers,
        "L-7EED9B64" "Rules per Application Load Balancer" true load_balancing_limits.rules_per_load_balancer,
        "L-822D1B1B" "Target Groups per Application Load Balancer" false
            load_balancing_limits.target_groups_per_load_balancer,
        "L-9365A611" "Certificates per Application Load Balancer" true
            load_balancing_limits.certificates_per_load_balancer,
        "L-A0D0B863" "Targets per Target Group per Region" true load_balancing_limits.targets_per_target_group,
        "L-B22855CB" "Target Groups per Region" true load_balancing_limits.target_groups,
        "L-B6DF7632" "Listeners per Application Load Balancer" true load_balancing_limits.listeners_per_load_balancer,
        "L-EBC0C08B" "Condition Values per Rule" false load_balancing_limits.condition_values_per_rule,
    }
    "iam" {
        "L-0DA4ABF3" "Managed policies per role" true iam_limits.policies_per_role,
        "L-384571C4" "Managed policies per group" false iam_limits.policies_per_group,
        "L-4019AD8B" "Managed policies per user" true iam_limits.policies_per_user,
        "L-6E65F664" "Instance profiles per account" true iam_limits.instance_profiles,
        "L-BF35879D" "Server certificates per account" true iam_limits.server_certificates,
        "L-C07B4B0D" "Role trust policy length" true iam_limits.trust_policy_length,
        "L-E95E4862" "Customer managed policies per account" true iam_limits.policies,
        "L-F4A5425F" "Groups per account" true iam_limits.groups,
        "L-F55AF5E4" "Users per account" false iam_limits.users,
        "L-FE177D64" "Roles per account" true iam_limits.roles,
    }
    "route53" {
        "L-4EA4796A" "Hosted zones" true route53_limits.hosted_zones,
        "L-ACB674F3" "Health checks" true route53_limits.health_checks,
        "L-E209CC9F" "Records per hosted zone" true route53_limits.records_per_zone,
    }
    "s3" {
        "L-DC2B2D3D" "General purpose buckets" true s3_limits.buckets,
    }
    "vpc" {
        "L-085A6257" "IPv6 CIDR blocks per VPC" true network_limits.ipv6_cidrs_per_vpc,
        "L-0EA8095F" "Inbound or outbound rules per security group" true network_limits.rules_per_security_group,
        "L-1B52E74A" "Gateway VPC endpoints per Region" true network_limits.gateway_endpoints,
        "L-29B6F2EB" "Interface VPC endpoints per VPC" true network_limits.interface_endpoints_per_vpc,
        "L-2AFB9258" "Security groups per network interface" true network_limits.security_groups_per_interface,
        "L-407747CB" "Subnets per VPC" true network_limits.subnets_per_vpc,
        "L-589F43AA" "Route tables per VPC" true network_limits.route_tables_per_vpc,
        "L-83CA0A9D" "IPv4 CIDR blocks per VPC" true network_limits.cidrs_per_vpc,
        "L-93826ACB" "Routes per route table" true network_limits.routes_per_table,
        "L-A4707A72" "Internet gateways per Region" true network_limits.internet_gateways,
        "L-DF5E4CA3" "Network interfaces per Region" true network_limits.interfaces,
        "L-E79EC296" "VPC security groups per Region" true network_limits.security_groups,
        "L-F678F1CE" "VPCs per Region" true network_limits.vpcs,
        "L-FE5A380F" "NAT gateways per Availability Zone" true network_limits.nat_gateways_per_zone,
    }
};

/// What AWS starts every account with where the emulator's usual account has been raised
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-quotas.html>).
const RAISED: &[(&str, f64)] = &[("L-1216C47A", 5.0)];

impl Quota {
    /// What an account with these settings may have.
    pub(super) fn value(&self, settings: &Settings) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a limit")]
        let value = (self.value)(settings) as f64;
        value
    }

    /// What AWS gives every account.
    pub(super) fn usual(&self) -> f64 {
        let raised = RAISED.iter().find(|(code, _)| *code == self.code);
        raised.map_or_else(|| self.value(&Settings::default()), |(_, usual)| *usual)
    }
}
