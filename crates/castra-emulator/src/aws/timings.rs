//! How long things take on AWS.

use crate::timings::timings;

timings! {
    /// How long things take, in emulated seconds. The defaults are those of the real service as its documentation
    /// or published measurements give them; each field names its source.
    instant keeps nat_gateway_listed;

    /// From an instance's launch until it is running
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html> has the states; AWS speaks
    /// of "a few minutes" until it can be used, published measurements of 10 to 20 s until it runs).
    instance_pending = 15.0,
    /// From an instance's running until its status checks have passed, which are `initializing` before
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_status.html>; they are run every minute, and pass
    /// after two or three).
    instance_initializing = 120.0,
    /// From stopping to stopped
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/how-ec2-instance-stop-start-works.html> has the states; an
    /// operating system that shuts down by itself takes some 30 s).
    instance_stopping = 30.0,
    /// From shutting-down to terminated
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/how-ec2-instance-termination-works.html>).
    instance_shutting_down = 30.0,
    /// For how long a terminated instance stays visible
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html>: "for a short while", which is
    /// about an hour).
    instance_forgotten = 3600.0,
    /// Until changed metadata options are `applied`
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceMetadataOptionsResponse.html>).
    metadata_options = 3.0,
    /// Until a new volume is available, or attached to the instance that it was made for
    /// (<https://docs.aws.amazon.com/ebs/latest/userguide/ebs-describing-volumes.html> has the states).
    volume_creation = 3.0,
    /// Until a volume is attached, or detached
    /// (<https://docs.aws.amazon.com/ebs/latest/userguide/ebs-attaching-volume.html>).
    volume_attachment = 3.0,
    /// Until a volume is deleted: "The volume can remain in the deleting state for several minutes"
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVolume.html>); an empty one for seconds.
    volume_deletion = 5.0,
    /// For how long a volume's modification is `modifying`: "a few seconds"
    /// (<https://docs.aws.amazon.com/ebs/latest/userguide/monitoring-volume-modifications.html>).
    volume_modifying = 10.0,
    /// For how long it is `optimizing` then: "a few minutes to a few hours", as there.
    volume_optimizing = 600.0,
    /// Until a snapshot is completed; real ones take as long as there is data to copy
    /// (<https://docs.aws.amazon.com/ebs/latest/userguide/ebs-create-snapshot.html>).
    snapshot_pending = 60.0,
    /// Until a network interface is attached, or detached
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network-interface-attachments.html> has the states and no
    /// times; hot attachment takes a few seconds).
    interface_attachment = 3.0,
    /// Until a NAT gateway is available, or has failed
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html> has the states; creation takes "a few
    /// minutes", published deployments show about two).
    nat_gateway_pending = 100.0,
    /// Until a NAT gateway is deleted (<https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html>;
    /// published deployments show about a minute).
    nat_gateway_deleting = 50.0,
    /// How long the interface of a NAT gateway stays once the gateway is deleted. Interfaces that AWS manages go with
    /// their owner (<https://repost.aws/knowledge-center/troubleshoot-dependency-error-delete-vpc>), which is to say
    /// that it stays while the gateway is deleting; some see it for longer.
    nat_gateway_interface = 0.0,
    /// How long a deleted or failed NAT gateway is listed: "a short while (usually about an hour)"
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html>).
    nat_gateway_listed = 3600.0,
    /// Until a gateway endpoint is available
    /// (<https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>).
    gateway_endpoint_pending = 2.0,
    /// Until an interface endpoint is available: "a couple of minutes"
    /// (<https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html>).
    interface_endpoint_pending = 90.0,
    /// Until an interface endpoint and its interfaces are gone
    /// (<https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html>; published deployments show one to
    /// five minutes).
    interface_endpoint_deleting = 90.0,
    /// Until a change of records has reached all of Route 53's servers: "generally [..] within 60 seconds"
    /// (<https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html>).
    dns_change = 45.0,
    /// Until a service-linked role is deleted, or its deletion has failed: "asynchronous"
    /// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteServiceLinkedRole.html>); callers' waiters see
    /// it done after a few polls.
    service_linked_role_deletion = 5.0,
    /// From a change of a group's desired capacity until Auto Scaling acts: 4 s in
    /// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeScalingActivities.html>'s example.
    autoscaling_reaction = 4.0,
    /// From an instance running until its group has it in service: the example above has 33 s from the launch.
    autoscaling_in_service = 18.0,
    /// From the end of a lifecycle hook's wait until the instance goes on
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks-overview.html> has the states, no times).
    autoscaling_proceed = 1.0,
    /// From a failing check of an instance until its group has it as unhealthy: "periodically"
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html>), in practice well
    /// within a minute.
    autoscaling_health_check = 15.0,
    /// From the attachment of a target group until all instances are registered with it
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LoadBalancerTargetGroupState.html> has the
    /// states, no times).
    autoscaling_attach = 5.0,
    /// For how long a group must be out of balance before it is balanced, once nothing else is under way
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-availability-zone-balanced.html>: no time).
    autoscaling_rebalance = 60.0,
    /// How often a group is looked at, at most.
    autoscaling_look = 1.0,
    /// From an application load balancer's creation until it is active ("it takes a few minutes", as
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancer-getting-started.html>
    /// puts it; Terraform's published logs show two to three).
    application_load_balancer_provisioning = 150.0,
    /// As before, for network load balancers
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancer-getting-started.html>).
    network_load_balancer_provisioning = 150.0,
    /// From a load balancer's deletion until its network interfaces are gone. The documentation doesn't say; Terraform's
    /// provider waits for them for minutes
    /// (<https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/elbv2/load_balancer.go>).
    load_balancer_interface_linger = 120.0,
    /// Until a target's registration with an application load balancer is through and checks begin
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html>).
    application_target_registration = 5.0,
    /// As before, for network load balancers: "It can take a few minutes for the registration process to complete and
    /// health checks to start"
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html>); measured at two
    /// (<https://github.com/awsdocs/elb-network-load-balancers-user-guide/pull/11>).
    network_target_registration = 120.0,
    /// Until a target that is a terminated instance is off the target group's list
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html> says that
    /// it is deregistered, and not when).
    terminated_target_removal = 300.0,
    /// From a certificate's request until the record that validates it can be read: "a delay of several seconds"
    /// (<https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html>).
    certificate_validation_record = 5.0,
    /// From the moment that a certificate's record is in DNS until it is issued: minutes, at most 30
    /// (<https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html>,
    /// <https://docs.aws.amazon.com/acm/latest/userguide/troubleshooting-DNS-validation.html>).
    certificate_issuance = 120.0,
    /// Until the name of a deleted parameter can be taken again: "at least 30 seconds"
    /// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameter.html>).
    parameter_name_held = 30.0,
    /// From a secret's deletion without recovery until its name is free: "a short delay"
    /// (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html>).
    secret_forced_deletion = 5.0,
}
