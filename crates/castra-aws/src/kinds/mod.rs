//! The resource kinds, one a file: wanted fields, how to find, make, change and delete the object, and how to list
//! those of a cluster.

#[cfg(feature = "route53")]
pub(crate) mod alias_record;
pub(crate) mod anchor;
pub(crate) mod autoscaling_group;
pub(crate) mod ebs_volume;
pub(crate) mod eip;
pub(crate) mod iam_instance_profile;
pub(crate) mod iam_role;
pub(crate) mod instance;
pub(crate) mod internet_gateway;
pub(crate) mod launch_template;
pub(crate) mod listener;
mod live;
pub(crate) mod load_balancer;
pub(crate) mod load_balancing;
pub(crate) mod nat_gateway;
pub(crate) mod network_interface;
pub(crate) mod route_table;
pub(crate) mod scaling_policy;
pub(crate) mod security_group;
pub(crate) mod security_group_rules;
pub(crate) mod subnet;
pub(crate) mod subnet_cidr_reservation;
pub(crate) mod target_group;
pub(crate) mod target_group_attachments;
mod users;
pub(crate) mod vpc;

#[cfg(feature = "route53")]
pub use alias_record::{AliasOutput, AliasRecord};
pub use anchor::Anchor;
pub use autoscaling_group::AutoScalingGroup;
pub use ebs_volume::EbsVolume;
pub use eip::{Eip, EipOutput};
pub use iam_instance_profile::{IamInstanceProfile, ProfileOutput};
pub use iam_role::{IamRole, RoleOutput};
pub use instance::{DATA_DEVICE, Instance, InstanceOutput};
pub use internet_gateway::InternetGateway;
pub use launch_template::{LaunchTemplate, TemplateOutput};
pub use listener::{Listener, ListenerAction};
pub use load_balancer::{LbOutput, LoadBalancer, LoadBalancerKind};
pub use nat_gateway::NatGateway;
pub use network_interface::{InterfaceOutput, NetworkInterface};
pub use route_table::{DefaultRoute, RouteTable};
pub use scaling_policy::{PolicyOutput, ScalingPolicy};
pub use security_group::SecurityGroup;
pub use security_group_rules::{Rule, RulePeer, SecurityGroupRules};
pub use subnet::{Subnet, SubnetOutput};
pub use subnet_cidr_reservation::SubnetCidrReservation;
pub use target_group::{Protocol, TargetGroup, TargetHealthCheck, TargetType};
pub use target_group_attachments::{Target, TargetGroupAttachments};
pub use vpc::Vpc;
