//! The interceptor that makes an observer unable to write.

use std::fmt;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Every operation that an observer may send. What isn't here is refused before it is built.
pub(crate) const READS: &[&str] = &[
    "DescribeAddresses",
    "DescribeAutoScalingGroups",
    "DescribeAvailabilityZones",
    "DescribeCertificate",
    "DescribeImages",
    "DescribeInstanceAttribute",
    "DescribeInstanceTypeOfferings",
    "DescribeInstanceTypes",
    "DescribeInstances",
    "DescribeInternetGateways",
    "DescribeLaunchTemplateVersions",
    "DescribeLaunchTemplates",
    "DescribeListeners",
    "DescribeLoadBalancerAttributes",
    "DescribeLoadBalancers",
    "DescribeNatGateways",
    "DescribeNetworkInterfaces",
    "DescribePolicies",
    "DescribeRouteTables",
    "DescribeSecurityGroups",
    "DescribeSubnets",
    "DescribeTags",
    "DescribeTargetGroupAttributes",
    "DescribeTargetGroups",
    "DescribeTargetHealth",
    "DescribeVolumes",
    "DescribeVpcAttribute",
    "DescribeVpcs",
    "GetCallerIdentity",
    "GetHostedZone",
    "GetInstanceProfile",
    "GetParameter",
    "GetParameters",
    "GetParametersByPath",
    "GetRole",
    "GetRolePolicy",
    "GetSubnetCidrReservations",
    "ListAttachedRolePolicies",
    "ListInstanceProfiles",
    "ListResourceRecordSets",
    "ListRolePolicies",
    "ListRoles",
    "ListTagsForResource",
];

/// An operation was refused because it isn't a read.
#[derive(Debug)]
pub(crate) struct Refused(String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not on the list of operations that may be sent while planning", self.0)
    }
}

impl std::error::Error for Refused {}

/// Refuses whatever isn't in [`READS`].
#[derive(Debug)]
pub(crate) struct ReadOnly;

impl Intercept for ReadOnly {
    fn name(&self) -> &'static str {
        "ReadOnly"
    }

    // The earliest hook that knows the operation: a client's own interceptors begin before it is set.
    fn read_before_serialization(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = cfg.load::<Metadata>().map_or("an unnamed operation", Metadata::name);
        if READS.contains(&operation) { Ok(()) } else { Err(Box::new(Refused(operation.to_owned()))) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use std::io::ErrorKind::WouldBlock;
    use std::net::TcpListener;

    use castra_core::{Call, Error, ErrorKind};

    use super::*;
    use crate::call::direct::{Direct, clients};
    use crate::call::send;
    use crate::client::Clients;

    /// One mutation of each service, sent by these clients.
    async fn mutations(clients: &Clients) -> Vec<Error> {
        let call = |operation| Call::mutate("test", operation);
        vec![
            send!(&Direct, call("CreateVpc"), clients.ec2.create_vpc().cidr_block("10.0.0.0/16")).unwrap_err(),
            send!(&Direct, call("RunInstances"), clients.ec2.run_instances().min_count(1).max_count(1)).unwrap_err(),
            send!(
                &Direct,
                call("DeleteAutoScalingGroup"),
                clients.autoscaling.delete_auto_scaling_group().auto_scaling_group_name("a")
            )
            .unwrap_err(),
            send!(&Direct, call("DeleteLoadBalancer"), clients.elb.delete_load_balancer().load_balancer_arn("a"))
                .unwrap_err(),
            send!(&Direct, call("DeleteRole"), clients.iam.delete_role().role_name("a")).unwrap_err(),
            send!(&Direct, call("PutParameter"), clients.ssm.put_parameter().name("a").value("b")).unwrap_err(),
            send!(
                &Direct,
                call("AssumeRole"),
                clients.sts.assume_role().role_arn("arn:aws:iam::1:role/a").role_session_name("a")
            )
            .unwrap_err(),
        ]
    }

    #[tokio::test]
    async fn a_mutation_is_refused_before_anything_connects() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let clients = clients(listener.local_addr().unwrap().port(), true);
        for error in mutations(&clients).await {
            assert_eq!(error.kind(), ErrorKind::ReadOnly, "{error:?}");
            let operation = error.cloud_detail().unwrap().operation.clone();
            assert!(error.message().starts_with(&operation), "{error} should name {operation}");
            assert!(!error.is_ambiguous());
        }
        assert_eq!(listener.accept().unwrap_err().kind(), WouldBlock, "something connected");
    }

    #[tokio::test]
    async fn a_read_goes_out_and_so_does_a_mutation_of_a_writing_client() {
        // The port is closed again by the time that it is called.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let reading = clients(port, true);
        let error = send!(&Direct, Call::read("ec2", "DescribeVpcs"), reading.ec2.describe_vpcs()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
        for error in mutations(&clients(port, false)).await {
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
            assert!(error.is_ambiguous());
        }
    }

    #[test]
    fn the_list_is_sorted_and_holds_only_operations_named_as_reads() {
        assert!(READS.is_sorted());
        assert!(READS.iter().all(|read| ["Describe", "Get", "List"].iter().any(|verb| read.starts_with(verb))));
    }
}
