//! The calls that must follow one another, written by hand from what AWS asks for and not from Castra's own graph: a
//! dependency that Castra invents makes the ratio worse instead of hiding in it.

use std::time::Duration;

use super::measure::by_operation;
use crate::emulator::Call;

/// Calls of which each needs what the one before gave.
pub(super) type Chain = &'static [&'static str];

/// Who we are (the journal's place holds the account); the lists; what lists don't tell, by what they named.
pub(super) const PLAN: &[Chain] = &[
    &["GetCallerIdentity", "DescribeLoadBalancers", "DescribeListeners"],
    &["GetCallerIdentity", "DescribeTargetGroups", "DescribeTargetHealth"],
    &["GetCallerIdentity", "DescribeInstances", "DescribeInstanceAttribute"],
];

/// An empty account has nothing that questions about details could be about, but the image's name must be resolved.
pub(super) const CREATE: &[Chain] = &[
    // A machine boots when it has a way out: a NAT gateway needs a network with an internet gateway, a route needs a
    // NAT gateway that is available. A disk is attached to a machine that runs.
    &[
        "GetCallerIdentity",
        "GetParameters",
        "DescribeImages",
        "PutParameter",
        "CreateVpc",
        "AttachInternetGateway",
        "CreateNatGateway",
        "DescribeNatGateways",
        "CreateRoute",
        "RunInstances",
        "DescribeInstances",
        "AttachVolume",
    ],
    // A target must run.
    &[
        "GetCallerIdentity",
        "GetParameters",
        "DescribeImages",
        "PutParameter",
        "CreateVpc",
        "AttachInternetGateway",
        "CreateNatGateway",
        "DescribeNatGateways",
        "CreateRoute",
        "RunInstances",
        "DescribeInstances",
        "RegisterTargets",
    ],
    // The pool boots by the same way out, and is done when its members are in service.
    &[
        "GetCallerIdentity",
        "GetParameters",
        "DescribeImages",
        "PutParameter",
        "CreateVpc",
        "AttachInternetGateway",
        "CreateNatGateway",
        "DescribeNatGateways",
        "CreateRoute",
        "CreateAutoScalingGroup",
        "DescribeAutoScalingGroups",
    ],
    // A public balancer needs subnets in a network with an internet gateway, a listener needs the balancer, which is
    // waited for.
    &[
        "GetCallerIdentity",
        "DescribeVpcs",
        "DescribeCertificate",
        "PutParameter",
        "CreateVpc",
        "AttachInternetGateway",
        "CreateLoadBalancer",
        "CreateListener",
        "DescribeLoadBalancers",
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
    // The machine frees its interface, the interface the group, this the network; the anchor is last.
    &[
        "GetCallerIdentity",
        "DescribeTargetGroups",
        "DescribeTargetHealth",
        "TerminateInstances",
        "DescribeInstances",
        "DeleteNetworkInterface",
        "DeleteSecurityGroup",
        "DeleteVpc",
        "DeleteParameter",
    ],
    // The gateway frees its address; a network with public addresses keeps its internet gateway.
    &[
        "GetCallerIdentity",
        "DescribeTargetGroups",
        "DescribeTargetHealth",
        "DeleteNatGateway",
        "DescribeNatGateways",
        "ReleaseAddress",
        "DetachInternetGateway",
        "DeleteVpc",
        "DeleteParameter",
    ],
    // The balancer's interfaces go some time after it, and its group after them.
    &[
        "GetCallerIdentity",
        "DescribeTargetGroups",
        "DescribeTargetHealth",
        "DeleteLoadBalancer",
        "DescribeNetworkInterfaces",
        "DeleteSecurityGroup",
        "DeleteVpc",
        "DeleteParameter",
    ],
    // The pool's members are gone before what their template refers to.
    &[
        "GetCallerIdentity",
        "DescribeTargetGroups",
        "DescribeTargetHealth",
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
            changing: true,
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
