//! A cluster's whole life, and what each part of it costs in calls.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use castra_core::spec::Spec;
use castra_core::{Access, Action, ErrorKind};
use castra_engine::engine::Request;
use castra_tests::{Lab, Trace, record};

/// The calls that change something when a cluster of 3 + 5 in a network of its own is created, and when it is
/// destroyed. Reviewed by hand: what is made or deleted, how many times, and nothing else.
const CREATE: &[(&str, usize)] = &[
    ("autoscaling:CreateAutoScalingGroup", 1),
    ("ec2:AllocateAddress", 3),
    ("ec2:AssociateRouteTable", 6),
    ("ec2:AttachInternetGateway", 1),
    ("ec2:AttachVolume", 3),
    // The balancers'; the nodes keep the rule that a new group has.
    ("ec2:AuthorizeSecurityGroupEgress", 2),
    ("ec2:AuthorizeSecurityGroupIngress", 4),
    ("ec2:CreateInternetGateway", 1),
    ("ec2:CreateLaunchTemplate", 1),
    ("ec2:CreateNatGateway", 3),
    ("ec2:CreateNetworkInterface", 3),
    ("ec2:CreateRoute", 4),
    // One for the public subnets, one for each private one.
    ("ec2:CreateRouteTable", 4),
    ("ec2:CreateSecurityGroup", 4),
    ("ec2:CreateSubnet", 6),
    ("ec2:CreateSubnetCidrReservation", 3),
    ("ec2:CreateVolume", 3),
    ("ec2:CreateVpc", 1),
    // Host names; DNS itself is on in a new VPC.
    ("ec2:ModifyVpcAttribute", 1),
    // That rule of the balancers' groups.
    ("ec2:RevokeSecurityGroupEgress", 2),
    ("ec2:RunInstances", 3),
    // The nodes' rule says why it is there.
    ("ec2:UpdateSecurityGroupRuleDescriptionsEgress", 2),
    ("elasticloadbalancing:CreateListener", 4),
    ("elasticloadbalancing:CreateLoadBalancer", 2),
    ("elasticloadbalancing:CreateTargetGroup", 3),
    ("elasticloadbalancing:ModifyLoadBalancerAttributes", 2),
    ("elasticloadbalancing:ModifyTargetGroupAttributes", 3),
    ("elasticloadbalancing:RegisterTargets", 3),
    ("iam:AddRoleToInstanceProfile", 2),
    ("iam:CreateInstanceProfile", 2),
    ("iam:CreateRole", 2),
    ("ssm:PutParameter", 1),
];
const DESTROY: &[(&str, usize)] = &[
    ("autoscaling:DeleteAutoScalingGroup", 1),
    ("ec2:DeleteInternetGateway", 1),
    ("ec2:DeleteLaunchTemplate", 1),
    ("ec2:DeleteNatGateway", 3),
    ("ec2:DeleteNetworkInterface", 3),
    ("ec2:DeleteRouteTable", 4),
    ("ec2:DeleteSecurityGroup", 4),
    ("ec2:DeleteSubnet", 6),
    ("ec2:DeleteSubnetCidrReservation", 3),
    ("ec2:DeleteVolume", 3),
    ("ec2:DeleteVpc", 1),
    ("ec2:DetachInternetGateway", 1),
    ("ec2:DisassociateRouteTable", 6),
    ("ec2:ReleaseAddress", 3),
    // Rules that name other groups, which would keep those from being deleted.
    ("ec2:RevokeSecurityGroupEgress", 2),
    ("ec2:RevokeSecurityGroupIngress", 3),
    ("ec2:TerminateInstances", 3),
    ("elasticloadbalancing:DeleteListener", 4),
    ("elasticloadbalancing:DeleteLoadBalancer", 2),
    ("elasticloadbalancing:DeleteTargetGroup", 3),
    ("elasticloadbalancing:DeregisterTargets", 3),
    ("iam:DeleteInstanceProfile", 2),
    ("iam:DeleteRole", 2),
    ("iam:RemoveRoleFromInstanceProfile", 2),
    ("ssm:DeleteParameter", 1),
];
/// Scaling the pool is one call, whatever the size.
const SCALE: &[(&str, usize)] = &[("autoscaling:UpdateAutoScalingGroup", 1)];

#[tokio::test]
async fn a_cluster_lives() -> Result<()> {
    let lab = Lab::calm().await?;
    let spec = lab.spec(&[])?;

    let (plan, trace) = lab.plan(&spec).await?;
    assert_eq!(trace.changes(), BTreeMap::new(), "a plan changes nothing");
    assert_eq!(plan.count(Action::Create), plan.steps.len(), "there is nothing yet:\n{}", plan.to_text());
    assert_eq!(lab.cloud.left("camp").await?, Vec::<String>::new(), "a plan has made nothing");

    let exactly = Request::Apply(&spec);
    let (applied, trace) = record(async |session| lab.engine.apply(exactly, Some(&plan), session).await).await;
    let applied = applied?;
    assert_eq!((applied.outcome.name(), applied.done), ("complete", plan.steps.len()));
    assert_eq!(applied.plan.hash, plan.hash, "what was planned is what was done");
    let mut create = CREATE.to_vec();
    if lab.emulator().is_none() {
        // moto takes no tags in the call that reserves a range; AWS does, and sees none of these.
        create.push(("ec2:CreateTags", 3));
    }
    golden(&trace, &create);
    let copies = lab.cloud.copies("camp").await?;
    assert!(copies.values().all(|count| *count == 1), "{copies:?}");

    lab.settled(&spec).await?;
    let (stale, trace) = record(async |session| lab.engine.apply(exactly, Some(&plan), session).await).await;
    assert_eq!(stale.err().map(|error| error.kind()), Some(ErrorKind::Stale), "the plan has been carried out");
    assert_eq!(trace.changes(), BTreeMap::new());
    let (applied, trace) = lab.apply(&spec).await?;
    assert!(applied.plan.is_empty());
    assert_eq!(trace.changes(), BTreeMap::new(), "a second apply changes nothing");
    nodes(&lab, &spec, 5).await?;

    for count in [8, 4] {
        let spec = lab.spec(&[("count = 5", &format!("count = {count}"))])?;
        let (applied, trace) = lab.apply(&spec).await?;
        assert_eq!(applied.done, 1, "{}", applied.plan.to_text());
        golden(&trace, SCALE);
        lab.settled(&spec).await?;
        nodes(&lab, &spec, count).await?;
    }

    let (_, trace) = lab.destroy().await?;
    golden(&trace, DESTROY);
    assert_eq!(lab.cloud.left("camp").await?, Vec::<String>::new(), "nothing is left");
    let (again, trace) = lab.destroy().await?;
    assert!(again.plan.is_empty(), "{}", again.plan.to_text());
    assert_eq!(trace.changes(), BTreeMap::new(), "there is nothing more to destroy");

    lab.apply(&spec).await?;
    lab.settled(&spec).await?;
    nodes(&lab, &spec, 5).await
}

/// Three primaries at their planned addresses in three zones, and so many secondaries, all running.
async fn nodes(lab: &Lab, spec: &Spec, secondaries: usize) -> Result<()> {
    lab.settle().await;
    let inventory = lab.status(Some(spec)).await?;
    let nodes = &inventory.nodes;
    let primaries: Vec<_> = nodes.iter().filter(|node| node.role == "primary").collect();
    let seen: Vec<(&str, &str, String)> = primaries
        .iter()
        .map(|node| {
            let address = node.address.map(|address| address.to_string()).unwrap_or_default();
            (node.name.as_str(), node.zone.as_str(), address)
        })
        .collect();
    let expected =
        [("primary-0", "a", "10.20.0.20"), ("primary-1", "b", "10.20.64.20"), ("primary-2", "c", "10.20.128.20")];
    let zones = expected.map(|(_, letter, _)| format!("eu-central-1{letter}"));
    for (((name, _, address), zone), seen) in expected.iter().zip(&zones).zip(&seen) {
        ensure!(*seen == (name, zone.as_str(), (*address).to_owned()), "{seen:?}");
    }
    let others = nodes.iter().filter(|node| node.role == "secondary").count();
    ensure!((primaries.len(), others) == (3, secondaries), "{} + {others} nodes", primaries.len());
    for node in nodes {
        ensure!(node.state == "running" && node.health == "healthy", "{node:?}");
        ensure!(node.machine_type == "m7i.xlarge", "{node:?}");
    }
    let endpoints: Vec<&str> = inventory.endpoints.iter().map(|endpoint| endpoint.name.as_str()).collect();
    ensure!(endpoints == ["application", "control"], "{endpoints:?}");
    Ok(())
}

fn golden(trace: &Trace, expected: &[(&str, usize)]) {
    let expected: BTreeMap<String, usize> = expected.iter().map(|(call, count)| ((*call).to_owned(), *count)).collect();
    assert_eq!(trace.changes(), expected, "the calls that change something");
    assert_eq!(trace.failures(Access::Mutate), Vec::<String>::new(), "nothing is tried in vain");
}
