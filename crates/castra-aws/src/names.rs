//! The names that follow from a cluster's name and its region, so that everything is found without a spec.

use castra_core::naming::derive;
use castra_core::spec::ClusterName;
use castra_core::topology::{BalancerRole, Role};

use crate::kinds::load_balancing;

/// The ports of the control balancer, each with a target group of its own.
const CONTROL_PORTS: [u16; 2] = [6443, 23010];

/// The longest name of a load balancer or target group (Elastic Load Balancing API reference, `CreateLoadBalancer`,
/// `CreateTargetGroup`).
const ELB: usize = 32;
/// The longest name of a role (IAM User Guide, "IAM and AWS STS quotas"). Instance profiles may have 128.
const IAM: usize = 64;
/// The longest name of a launch template (EC2 API reference, `CreateLaunchTemplate`).
const TEMPLATE: usize = 128;
/// The longest name of a security group, of an Auto Scaling group and of its policies (API references,
/// `CreateSecurityGroup`, `CreateAutoScalingGroup`, `PutScalingPolicy`).
const GROUP: usize = 255;

/// Derives the names of one cluster's objects.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) cluster: &'a ClusterName,
    pub(crate) region: &'a str,
}

impl Names<'_> {
    /// A load balancer's.
    pub(crate) fn balancer(&self, role: BalancerRole) -> String {
        derive(self.cluster, &[role.as_str()], ELB)
    }

    /// A target group's, from the name of its resource.
    pub(crate) fn target_group(&self, resource: &str) -> String {
        derive(self.cluster, &[resource], ELB)
    }

    /// A role's and its instance profile's. IAM is global, so the region is part of it.
    pub(crate) fn identity(&self, role: Role) -> String {
        derive(self.cluster, &[self.region, role.as_str()], IAM)
    }

    /// The cluster whose role or instance profile in a region has this name, going by the name alone: the inverse of
    /// [`Names::identity`], whose names are never so long that they would be cut.
    pub(crate) fn cluster_of_identity(name: &str, region: &str) -> Option<ClusterName> {
        let (rest, _) = name.rsplit_once('-').filter(|(_, role)| Role::ALL.iter().any(|one| one.as_str() == *role))?;
        rest.strip_suffix(region)?.strip_suffix('-')?.parse().ok()
    }

    /// The secondaries' launch template's.
    pub(crate) fn launch_template(&self) -> String {
        derive(self.cluster, &["secondaries"], TEMPLATE)
    }

    /// The secondaries' Auto Scaling group's.
    pub(crate) fn autoscaling_group(&self) -> String {
        derive(self.cluster, &["secondaries"], GROUP)
    }

    /// The scaling policy's.
    pub(crate) fn scaling_policy(&self) -> String {
        derive(self.cluster, &["cpu"], GROUP)
    }

    /// A security group's, from the name of its resource.
    pub(crate) fn security_group(&self, resource: &str) -> String {
        derive(self.cluster, &[resource], GROUP)
    }

    /// Those of everything that Elastic Load Balancing has of the cluster, each with its resource's.
    pub(crate) fn balancing(&self) -> load_balancing::Names {
        let roles = [BalancerRole::Application, BalancerRole::Control];
        load_balancing::Names {
            balancers: roles.map(|role| (self.balancer(role), role.as_str().to_owned())).into(),
            groups: Self::target_groups().into_iter().map(|group| (self.target_group(&group), group)).collect(),
        }
    }

    /// The resources of all target groups.
    fn target_groups() -> Vec<String> {
        let control = CONTROL_PORTS.iter().map(|port| control_group(*port));
        std::iter::once(BalancerRole::Application.as_str().to_owned()).chain(control).collect()
    }
}

/// The resource name of the target group behind a port of the control balancer.
pub(crate) fn control_group(port: u16) -> String {
    format!("{}-{port}", BalancerRole::Control)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn every_name_fits_with_the_longest_cluster_name() {
        let cluster: ClusterName = "a".repeat(ClusterName::LONGEST).parse().unwrap();
        let names = Names { cluster: &cluster, region: "ap-southeast-7" };
        let mut groups: Vec<String> = Names::target_groups().iter().map(|group| names.target_group(group)).collect();
        assert!(groups.iter().all(|name| name.len() <= ELB), "{groups:?}");
        groups.sort();
        groups.dedup();
        assert_eq!(groups.len(), 3);
        for role in Role::ALL {
            assert!(names.identity(role).len() <= IAM && names.identity(role).ends_with(role.as_str()));
        }
        for role in [BalancerRole::Application, BalancerRole::Control] {
            assert!(names.balancer(role).len() <= ELB && names.balancer(role).ends_with(role.as_str()));
        }
    }

    #[test]
    fn an_identity_leads_back_to_its_cluster_and_to_that_of_its_region_alone() {
        let of = |name: &str, region: &str| Names::cluster_of_identity(name, region).map(|cluster| cluster.to_string());
        for cluster in ["abc", "two-parts", &"a".repeat(ClusterName::LONGEST)] {
            for region in ["eu-central-1", "us-gov-west-1", "ap-southeast-7"] {
                let name = cluster.parse().unwrap();
                for role in Role::ALL {
                    let identity = Names { cluster: &name, region }.identity(role);
                    assert_eq!(of(&identity, region).as_deref(), Some(cluster));
                    assert_eq!(of(&identity, "eu-west-1"), None);
                }
            }
        }
        for other in
            ["eu-central-1-primary", "demo-eu-central-1", "demo-eu-central-1-admin", "Demo-eu-central-1-primary"]
        {
            assert_eq!(of(other, "eu-central-1"), None, "{other}");
        }
    }

    #[test]
    fn names_are_fixed_for_ever() {
        let cluster: ClusterName = "demo".parse().unwrap();
        let names = Names { cluster: &cluster, region: "eu-central-1" };
        assert_eq!(names.identity(Role::Primary), "demo-eu-central-1-primary");
        assert_eq!(names.balancer(BalancerRole::Control), "demo-control");
        assert_eq!(names.target_group("control-6443"), "demo-control-6443");
        assert_eq!(names.autoscaling_group(), "demo-secondaries");
        assert_eq!(names.scaling_policy(), "demo-cpu");
    }
}
