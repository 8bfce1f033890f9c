//! The calls that must follow one another, written by hand from what AWS asks for and not from Castra's own graph: a
//! dependency that Castra invents makes the ratio worse instead of hiding in it.

use std::time::Duration;

use super::measure::by_operation;
use crate::proxy::Call;

/// Calls of which each needs what the one before gave.
pub(super) type Chain = &'static [&'static str];

/// Who we are (the state's name holds the account); the lists; what lists don't tell, by what they named.
pub(super) const PLAN: &[Chain] = &[
    &["GetCallerIdentity", "DescribeLoadBalancers", "DescribeListeners"],
    &["GetCallerIdentity", "DescribeTargetGroups", "DescribeTargetHealth"],
    &["GetCallerIdentity", "DescribeLaunchTemplates", "DescribeLaunchTemplateVersions"],
];

/// An empty account has nothing that a second round of questions could be about.
pub(super) const CREATE: &[Chain] = &[
    // A primary: an interface needs a subnet and a group, the machine needs the interface, a disk is attached to a
    // running machine.
    &[
        "GetCallerIdentity",
        "DescribeInstances",
        "PutParameter",
        "CreateVpc",
        "CreateSubnet",
        "CreateNetworkInterface",
        "RunInstances",
        "DescribeInstances",
        "AttachVolume",
        "DescribeVolumes",
    ],
    // The way out: a route needs a gateway that is available.
    &[
        "GetCallerIdentity",
        "DescribeInstances",
        "PutParameter",
        "CreateVpc",
        "CreateSubnet",
        "CreateNatGateway",
        "DescribeNatGateways",
        "CreateRoute",
    ],
    // A balancer needs subnets that have a route to the internet; a listener needs the balancer.
    &[
        "GetCallerIdentity",
        "DescribeInstances",
        "PutParameter",
        "CreateVpc",
        "CreateSubnet",
        "CreateLoadBalancer",
        "CreateListener",
    ],
    // The pool: its template needs the profile and the group, and it is done when its members are in service.
    &[
        "GetCallerIdentity",
        "DescribeInstances",
        "PutParameter",
        "CreateVpc",
        "CreateSecurityGroup",
        "CreateLaunchTemplate",
        "CreateAutoScalingGroup",
        "DescribeAutoScalingGroups",
    ],
];

pub(super) const SCALE: &[Chain] = &[&[
    "GetCallerIdentity",
    "DescribeLoadBalancers",
    "DescribeListeners",
    "UpdateAutoScalingGroup",
    "DescribeAutoScalingGroups",
]];

pub(super) const DESTROY: &[Chain] = &[
    // The machine frees its interface, the interface the group and the subnet, these the network; the anchor is last.
    &[
        "GetCallerIdentity",
        "DescribeLoadBalancers",
        "DescribeListeners",
        "TerminateInstances",
        "DescribeInstances",
        "DeleteNetworkInterface",
        "DeleteSubnet",
        "DeleteVpc",
        "DeleteParameter",
    ],
    // The gateway frees its address and its subnet.
    &[
        "GetCallerIdentity",
        "DescribeLoadBalancers",
        "DescribeListeners",
        "DeleteNatGateway",
        "DescribeNatGateways",
        "DeleteSubnet",
        "DeleteVpc",
        "DeleteParameter",
    ],
    // The pool's members are gone before what their template refers to.
    &[
        "GetCallerIdentity",
        "DescribeLoadBalancers",
        "DescribeListeners",
        "DeleteAutoScalingGroup",
        "DescribeAutoScalingGroups",
        "DeleteSecurityGroup",
        "DeleteVpc",
        "DeleteParameter",
    ],
];

/// The longest chain at the run's own mean call times; an operation that wasn't called counts as the mean of all, so
/// that leaving a call out doesn't shorten the path. Nothing if nothing was called.
pub(super) fn path(chains: &[Chain], calls: &[Call]) -> Option<Duration> {
    let all: Duration = calls.iter().map(|call| call.end - call.start).sum();
    let mean = all.checked_div(u32::try_from(calls.len()).ok()?)?;
    let means = by_operation(calls);
    let cost =
        |name: &&str| means.iter().find(|((_, operation), _)| operation == name).map_or(mean, |(_, (_, took))| *took);
    chains.iter().map(|chain| chain.iter().map(cost).sum()).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_chain_counts() {
        let call = |operation: &str, took| Call {
            service: "ec2".into(),
            operation: operation.into(),
            status: 200,
            start: Duration::ZERO,
            end: Duration::from_millis(took),
        };
        let calls = [call("CreateVpc", 50), call("CreateSubnet", 70), call("RunInstances", 300)];
        let path = |chains| path(chains, &calls).map(|path| path.as_millis());
        assert_eq!(path(&[&["CreateVpc", "CreateSubnet"], &["RunInstances"]]), Some(300));
        assert_eq!(path(&[&["CreateVpc", "NeverCalled"]]), Some(50 + 140));
    }
}
