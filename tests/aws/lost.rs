//! Answers that get lost: the cloud has done the work and nobody knows.

use anyhow::{Result, ensure};
use castra_engine::engine::{Request, Session};
use castra_tests::{Lab, Thief};

/// What a creation calls that AWS has no token for, so that only looking tells whether it was done. Not here: what has
/// a token, as moto doesn't look at tokens; nor balancers and listeners: AWS answers with the one that it has, moto makes
/// a second.
const UNTOLD: &[&str] = &[
    "AddRoleToInstanceProfile",
    "AllocateAddress",
    "AssociateRouteTable",
    "AttachInternetGateway",
    "AttachVolume",
    "AuthorizeSecurityGroupEgress",
    "AuthorizeSecurityGroupIngress",
    "CreateAutoScalingGroup",
    "CreateInstanceProfile",
    "CreateInternetGateway",
    "CreateRole",
    "CreateRoute",
    "CreateRouteTable",
    "CreateSecurityGroup",
    "CreateSubnet",
    "CreateSubnetCidrReservation",
    "CreateTargetGroup",
    "CreateVpc",
    "ModifyVpcAttribute",
    "PutParameter",
    "RegisterTargets",
    "RevokeSecurityGroupEgress",
];

/// What a destruction calls. Not here: to deregister a target and to take a role from its profile, which moto refuses
/// or can't do a second time.
const DELETIONS: &[&str] = &[
    "DeleteAutoScalingGroup",
    "DeleteInstanceProfile",
    "DeleteInternetGateway",
    "DeleteLaunchTemplate",
    "DeleteListener",
    "DeleteLoadBalancer",
    "DeleteNatGateway",
    "DeleteNetworkInterface",
    "DeleteParameter",
    "DeleteRole",
    "DeleteRouteTable",
    "DeleteSecurityGroup",
    "DeleteSubnet",
    "DeleteSubnetCidrReservation",
    "DeleteTargetGroup",
    "DeleteVolume",
    "DeleteVpc",
    "DetachInternetGateway",
    "DisassociateRouteTable",
    "ReleaseAddress",
    "RevokeSecurityGroupIngress",
    "TerminateInstances",
];

#[tokio::test]
async fn a_lost_answer_does_no_harm() -> Result<()> {
    // The way through the proxy isn't known to a clock that jumps; on the emulator the conformance suite loses answers.
    let Some(lab) = Lab::moto().await? else { return Ok(()) };
    let spec = lab.spec(&[])?;
    let thief = Thief::before(&lab.endpoint, UNTOLD).await?;
    let engine = lab.engine_by(&thief.endpoint, "unused", None).await;
    let applied = engine.apply(Request::Apply(&spec), None, &Session::default()).await?;
    assert_eq!(applied.outcome.name(), "complete", "{:?}", applied.outcome);
    assert_eq!(thief.left(), Vec::<String>::new(), "an answer to each was lost");
    lab.settled(&spec).await?;
    let copies = lab.cloud.copies("camp").await?;
    let several: Vec<_> = copies.iter().filter(|(_, count)| **count > 1).collect();
    ensure!(several.is_empty(), "there twice: {several:?}");

    let thief = Thief::before(&lab.endpoint, DELETIONS).await?;
    let engine = lab.engine_by(&thief.endpoint, "unused", None).await;
    let destroyed = engine.apply(Request::Destroy(&spec.name), None, &Session::default()).await?;
    assert_eq!(destroyed.outcome.name(), "complete", "{:?}", destroyed.outcome);
    assert_eq!(thief.left(), Vec::<String>::new(), "an answer to each was lost");
    assert_eq!(lab.cloud.left("camp").await?, Vec::<String>::new());
    Ok(())
}
