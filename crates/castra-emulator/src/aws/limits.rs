//! How much an account may have.

use serde::{Deserialize, Serialize};

macro_rules! limits {
    ($(#[$of:meta])* $title:ident { $($(#[$attribute:meta])* $name:ident = $limit:expr,)* }) => {
        $(#[$of])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        #[non_exhaustive]
        pub struct $title {
            $($(#[$attribute])* pub $name: usize,)*
        }

        impl Default for $title {
            fn default() -> Self {
                Self { $($name: $limit,)* }
            }
        }
    };
}

limits! {
    /// How many of a network's parts an account may have. The defaults are a new account's:
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html>.
    NetworkLimits {
        /// VPCs in a region.
        vpcs = 5,
        /// Subnets of a VPC.
        subnets_per_vpc = 200,
        /// IPv4 CIDR blocks of a VPC, the primary one among them.
        cidrs_per_vpc = 5,
        /// IPv6 CIDR blocks of a VPC.
        ipv6_cidrs_per_vpc = 5,
        /// Elastic IP addresses in a region.
        addresses = 5,
        /// Internet gateways in a region; AWS ties it to the number of VPCs.
        internet_gateways = 5,
        /// NAT gateways in an availability zone; those that are gone or have failed don't count.
        nat_gateways_per_zone = 5,
        /// Network interfaces in a region.
        interfaces = 5000,
        /// Route tables of a VPC, the main one among them.
        route_tables_per_vpc = 200,
        /// Routes of a route table beside the local ones; AWS's documentation has it as 500, of old as 50.
        routes_per_table = 500,
        /// Security groups in a region.
        security_groups = 2500,
        /// Rules of a security group, for each direction and IP version.
        rules_per_security_group = 60,
        /// Security groups of a network interface.
        security_groups_per_interface = 5,
        /// Interface endpoints of a VPC.
        interface_endpoints_per_vpc = 50,
        /// Gateway endpoints in a region.
        gateway_endpoints = 20,
    }
}

limits! {
    /// How many machines and what belongs to them an account may have.
    ComputeLimits {
        /// vCPUs of the running on-demand instances of the standard families (A, C, D, H, I, M, R, T, Z) in a region.
        /// AWS starts an account with 5 and raises it as the account is used
        /// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-quotas.html>); this is an account in use.
        standard_vcpus = 64,
        /// Launch templates in a region
        /// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-template-restrictions.html>).
        launch_templates = 5000,
        /// Versions of a launch template, as there.
        launch_template_versions = 10_000,
        /// Volumes in a region (<https://docs.aws.amazon.com/ebs/latest/userguide/ebs-resource-quotas.html>, where it
        /// is their size that is limited, by kind).
        volumes = 5000,
        /// Snapshots in a region, as there.
        snapshots = 100_000,
        /// Key pairs in a region (<https://docs.aws.amazon.com/general/latest/gr/ec2-service.html>).
        key_pairs = 5000,
        /// Placement groups in a region
        /// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/placement-groups.html#limitations-placement-groups>).
        placement_groups = 500,
    }
}

limits! {
    /// How much of S3 an account may have.
    S3Limits {
        /// Buckets: <https://docs.aws.amazon.com/general/latest/gr/s3.html#limits_s3>.
        buckets = 10_000,
        /// Bytes of all objects and parts. S3 has no such limit; the emulator has, as it holds everything in memory.
        stored_bytes = 256 << 20,
        /// Versions of objects, delete markers, uploads and parts: as there.
        stored_items = 100_000,
    }
}

limits! {
    /// How much of Route 53 an account may have:
    /// <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html>.
    Route53Limits {
        /// Hosted zones.
        hosted_zones = 500,
        /// Record sets of a hosted zone.
        records_per_zone = 10_000,
        /// VPCs of a private hosted zone.
        vpcs_per_zone = 300,
        /// Health checks.
        health_checks = 200,
    }
}
