//! What AWS asks for.

use super::{Chain, Chains};

pub(super) const CHAINS: Chains = Chains { plan: PLAN, create: CREATE, scale: SCALE, destroy: DESTROY };

/// Who we are (the journal's place holds the account); the lists; what lists don't tell, by what they named.
const PLAN: &[Chain] = &[
    Chain::of(&["GetCallerIdentity", "DescribeLoadBalancers", "DescribeListeners"]),
    Chain::of(&["GetCallerIdentity", "DescribeTargetGroups", "DescribeTargetHealth"]),
    Chain::of(&["GetCallerIdentity", "DescribeInstances", "DescribeInstanceAttribute"]),
];

/// An empty account has nothing that questions about details could be about, but the image's name must be resolved.
const CREATE: &[Chain] = &[
    // A machine boots when it has a way out: a NAT gateway needs a network with an internet gateway, a route needs a
    // NAT gateway that is available. A disk is attached to a machine that runs.
    Chain::of(&[
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
    ]),
    // A target must run.
    Chain::of(&[
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
    ]),
    // The pool boots by the same way out, and is done when its members are in service.
    Chain::of(&[
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
    ]),
    // A public balancer needs subnets in a network with an internet gateway, a listener needs the balancer, which is
    // waited for.
    Chain::of(&[
        "GetCallerIdentity",
        "DescribeVpcs",
        "DescribeCertificate",
        "PutParameter",
        "CreateVpc",
        "AttachInternetGateway",
        "CreateLoadBalancer",
        "CreateListener",
        "DescribeLoadBalancers",
    ]),
];

const SCALE: &[Chain] = &[Chain::of(&[
    "GetCallerIdentity",
    "DescribeLoadBalancers",
    "DescribeListeners",
    "UpdateAutoScalingGroup",
    "DescribeAutoScalingGroups",
])];

const DESTROY: &[Chain] = &[
    // The machine frees its interface, the interface the group, this the network; the anchor is last.
    Chain::of(&[
        "GetCallerIdentity",
        "DescribeTargetGroups",
        "DescribeTargetHealth",
        "TerminateInstances",
        "DescribeInstances",
        "DeleteNetworkInterface",
        "DeleteSecurityGroup",
        "DeleteVpc",
        "DeleteParameter",
    ]),
    // The gateway frees its address; a network with public addresses keeps its internet gateway.
    Chain::of(&[
        "GetCallerIdentity",
        "DescribeTargetGroups",
        "DescribeTargetHealth",
        "DeleteNatGateway",
        "DescribeNatGateways",
        "ReleaseAddress",
        "DetachInternetGateway",
        "DeleteVpc",
        "DeleteParameter",
    ]),
    // The balancer's interfaces go some time after it, and its group after them.
    Chain::of(&[
        "GetCallerIdentity",
        "DescribeTargetGroups",
        "DescribeTargetHealth",
        "DeleteLoadBalancer",
        "DescribeNetworkInterfaces",
        "DeleteSecurityGroup",
        "DeleteVpc",
        "DeleteParameter",
    ]),
    // The pool's members are gone before what their template refers to.
    Chain::of(&[
        "GetCallerIdentity",
        "DescribeTargetGroups",
        "DescribeTargetHealth",
        "DeleteAutoScalingGroup",
        "DescribeAutoScalingGroups",
        "DeleteSecurityGroup",
        "DeleteVpc",
        "DeleteParameter",
    ]),
];
