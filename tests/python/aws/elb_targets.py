"""Elastic Load Balancing: targets and their health."""

from aws.behaviour import behaviour
from aws.ec2_compute import launch, reach
from aws.ec2_network import ABSENT
from aws.elb import HEALTH, active, balancer, forward, health, listener, targets
from aws.pages import elb as page


def machine(aws, net):
    """A running instance that the balancers' health checks can reach."""
    inside = [{"CidrIp": "10.0.0.0/16"}]
    rule = {"IpProtocol": "tcp", "FromPort": 6443, "ToPort": 6443, "IpRanges": inside}
    allow = aws.client("ec2").authorize_security_group_ingress
    allow(GroupId=net.group, IpPermissions=[rule])
    id = launch(aws, SubnetId=net.subnet, SecurityGroupIds=[net.group])["InstanceId"]
    reach(aws, id, "running")
    return id


def served(aws, net, **arguments):
    """A target group behind an active network load balancer."""
    group = targets(aws, net, Protocol="TCP", Port=6443, **arguments)
    arn = balancer(aws, net, Type="network")["LoadBalancerArn"]
    active(aws, arn)
    listener(aws, arn, forward(group), port=6443, protocol="TCP")
    return group


def register(aws, group, *ids):
    aws.client("elbv2").register_targets(TargetGroupArn=group, Targets=[{"Id": id} for id in ids])


@behaviour("elb/target/unused", HEALTH, moto="targets are healthy at once")
def unused(aws):
    """A group that no load balancer uses isn't checked."""
    net = aws.network()
    group, id = targets(aws, net), machine(aws, net)
    register(aws, group, id)
    assert health(aws, group) == {id: ("unused", "Target.NotInUse")}


@behaviour("elb/target/deaf", HEALTH, emulator_only=True)
def deaf(aws):
    """What listens to nothing never becomes healthy."""
    net = aws.network()
    group, id = served(aws, net), machine(aws, net)
    register(aws, group, id)
    assert health(aws, group)[id] in (
        ("initial", "Elb.RegistrationInProgress"),
        ("initial", "Elb.InitialHealthChecking"),
    )
    for _ in range(30):
        aws.step(30)
        assert health(aws, group)[id][0] != "healthy"
    assert health(aws, group)[id] in (
        ("unhealthy", "Target.FailedHealthChecks"),
        ("unhealthy", "Target.Timeout"),
    )


@behaviour("elb/target/healthy", HEALTH, emulator_only=True)
def healthy(aws):
    """After as many good checks as the threshold says; and not when it stops listening."""
    net = aws.network()
    aws.listen(None, [6443])
    group, id = served(aws, net), machine(aws, net)
    register(aws, group, id)
    assert health(aws, group)[id][0] == "initial"
    aws.until(lambda: health(aws, group)[id][0] == "healthy", "healthy")
    assert health(aws, group)[id][1] is None
    aws.listen(None, [])
    aws.until(lambda: health(aws, group)[id][0] == "unhealthy", "unhealthy")


@behaviour("elb/target/draining", page("DeregisterTargets"), emulator_only=True)
def draining(aws):
    """For the group's delay, and then it's gone."""
    net = aws.network()
    aws.listen(None, [6443])
    group, id = served(aws, net), machine(aws, net)
    register(aws, group, id)
    aws.until(lambda: health(aws, group)[id][0] == "healthy", "healthy")
    aws.client("elbv2").deregister_targets(TargetGroupArn=group, Targets=[{"Id": id}])
    assert health(aws, group)[id] == ("draining", "Target.DeregistrationInProgress")
    aws.step(200)
    assert health(aws, group)[id][0] == "draining"
    aws.step(400)
    assert health(aws, group) == {}


@behaviour("elb/target/not-registered", page("DescribeTargetHealth"))
def not_registered(aws):
    net = aws.network()
    group, id = targets(aws, net), machine(aws, net)
    call = aws.client("elbv2").describe_target_health
    [shown] = call(TargetGroupArn=group, Targets=[{"Id": id}])["TargetHealthDescriptions"]
    assert shown["TargetHealth"]["State"] == "unused"
    assert shown["TargetHealth"]["Reason"] == "Target.NotRegistered"


@behaviour("elb/target/invalid", page("RegisterTargets"), moto="anything can be a target")
def invalid(aws):
    """Neither one of another VPC nor one that is gone."""
    net = aws.network()
    call = aws.client("elbv2").register_targets
    group, gone = targets(aws, net), machine(aws, net)
    elsewhere = launch(aws)["InstanceId"]
    aws.client("ec2").terminate_instances(InstanceIds=[gone])
    reach(aws, gone, "terminated")
    for id in (gone, elsewhere, f"i-{ABSENT}"):
        error = aws.refused("InvalidTarget", call, TargetGroupArn=group, Targets=[{"Id": id}])
        assert id in error["Message"]
    assert health(aws, group) == {}


@behaviour("elb/target/terminated", page("DeregisterTargets"))
def terminated(aws):
    """A terminated instance leaves its groups by itself."""
    net = aws.network()
    group, id = targets(aws, net), machine(aws, net)
    register(aws, group, id)
    aws.client("ec2").terminate_instances(InstanceIds=[id])
    aws.until(lambda: not health(aws, group), "left")


@behaviour(
    "elb/target/ports",
    page("RegisterTargets"),
    moto="an instance is one target, whatever its ports",
)
def ports(aws):
    """One instance at two ports is two targets."""
    net = aws.network()
    elb = aws.client("elbv2")
    group, id = targets(aws, net), machine(aws, net)
    both = [{"Id": id}, {"Id": id, "Port": 9090}]
    elb.register_targets(TargetGroupArn=group, Targets=both)
    listed = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert sorted(each["Target"]["Port"] for each in listed) == [8080, 9090]
    elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": id, "Port": 9090}])
    aws.step(600)
    listed = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert [each["Target"]["Port"] for each in listed] == [8080]


@behaviour("elb/target/wrong-group", page("RegisterTargets"))
def wrong_group(aws):
    net = aws.network()
    group = targets(aws, net)
    call = aws.client("elbv2").register_targets
    absent = group[:-16] + "0123456789abcdef"
    error = aws.refused(
        "TargetGroupNotFound", call, TargetGroupArn=absent, Targets=[{"Id": f"i-{ABSENT}"}]
    )
    assert error["status"] == 400
