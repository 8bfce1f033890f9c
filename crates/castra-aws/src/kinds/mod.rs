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
pub(crate) use alias_record::AliasRecord;
pub(crate) use anchor::Anchor;
pub(crate) use autoscaling_group::AutoScalingGroup;
pub(crate) use ebs_volume::EbsVolume;
pub(crate) use eip::Eip;
pub(crate) use iam_instance_profile::IamInstanceProfile;
pub(crate) use iam_role::IamRole;
pub(crate) use instance::Instance;
#[cfg(test)]
pub(crate) use instance::InstanceOutput;
pub(crate) use internet_gateway::InternetGateway;
pub(crate) use launch_template::LaunchTemplate;
#[cfg(test)]
pub(crate) use launch_template::TemplateOutput;
pub(crate) use listener::{Listener, ListenerAction};
pub(crate) use load_balancer::{LbOutput, LoadBalancer, LoadBalancerKind};
pub(crate) use nat_gateway::NatGateway;
pub(crate) use network_interface::{InterfaceOutput, NetworkInterface};
pub(crate) use route_table::{DefaultRoute, RouteTable};
pub(crate) use scaling_policy::ScalingPolicy;
pub(crate) use security_group::SecurityGroup;
pub(crate) use security_group_rules::{Rule, RulePeer, SecurityGroupRules};
pub(crate) use subnet::{Subnet, SubnetOutput};
pub(crate) use subnet_cidr_reservation::SubnetCidrReservation;
pub(crate) use target_group::{Protocol, TargetGroup, TargetHealthCheck, TargetType};
pub(crate) use target_group_attachments::{Target, TargetGroupAttachments};
pub(crate) use vpc::Vpc;
