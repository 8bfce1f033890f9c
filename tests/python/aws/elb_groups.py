"""Elastic Load Balancing: target groups."""

from aws.behaviour import behaviour
from aws.elb import attributes, balancer, forward, listener, targets
from aws.pages import elb as page


@behaviour("elb/target-group/create", page("CreateTargetGroup"))
def group_create(aws):
    """An HTTP group's checks unless told otherwise."""
    net = aws.network()
    arn = targets(aws, net)
    [group] = aws.client("elbv2").describe_target_groups(TargetGroupArns=[arn])["TargetGroups"]
    assert (group["Protocol"], group["Port"], group["TargetType"]) == ("HTTP", 8080, "instance")
    assert group["HealthCheckProtocol"] == "HTTP" and group["HealthCheckPath"] == "/"
    assert group["HealthCheckPort"] == "traffic-port" and group["HealthCheckEnabled"] is True
    assert (group["HealthCheckIntervalSeconds"], group["HealthCheckTimeoutSeconds"]) == (30, 5)
    assert (group["HealthyThresholdCount"], group["UnhealthyThresholdCount"]) == (5, 2)
    assert group["Matcher"] == {"HttpCode": "200"} and group["LoadBalancerArns"] == []


@behaviour(
    "elb/target-group/tcp", page("CreateTargetGroup"), moto="TCP's attributes have no defaults"
)
def group_tcp(aws):
    net = aws.network()
    arn = targets(aws, net, Protocol="TCP", Port=6443)
    elb = aws.client("elbv2")
    [group] = elb.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"]
    assert group["HealthCheckProtocol"] == "TCP" and "HealthCheckPath" not in group
    assert group["HealthCheckIntervalSeconds"] == 30
    shown = attributes(elb.describe_target_group_attributes(TargetGroupArn=arn))
    assert shown["preserve_client_ip.enabled"] == "true"
    assert shown["proxy_protocol_v2.enabled"] == "false"


@behaviour("elb/target-group/attributes", page("TargetGroupAttribute"))
def group_attributes(aws):
    elb = aws.client("elbv2")
    arn = targets(aws, aws.network())
    shown = attributes(elb.describe_target_group_attributes(TargetGroupArn=arn))
    assert shown["deregistration_delay.timeout_seconds"] == "300"
    assert shown["stickiness.enabled"] == "false" and shown["slow_start.duration_seconds"] == "0"
    change = [{"Key": "deregistration_delay.timeout_seconds", "Value": "20"}]
    elb.modify_target_group_attributes(TargetGroupArn=arn, Attributes=change)
    shown = attributes(elb.describe_target_group_attributes(TargetGroupArn=arn))
    assert shown["deregistration_delay.timeout_seconds"] == "20"


@behaviour(
    "elb/target-group/names",
    page("CreateTargetGroup"),
    moto="the same settings are a duplicate too",
)
def group_names(aws):
    """The same is the same; other settings are another's."""
    net = aws.network()
    call = aws.client("elbv2").create_target_group
    assert targets(aws, net) == targets(aws, net)
    other = {"Name": "members", "Protocol": "HTTP", "Port": 9090, "VpcId": net.vpc}
    aws.refused("DuplicateTargetGroupName", call, **other)
    for name in ("x" * 33, "-members", "under_score"):
        aws.refused("ValidationError", call, **other | {"Name": name})


@behaviour(
    "elb/target-group/ranges",
    page("CreateTargetGroup"),
    moto="health checks of any pace are accepted",
)
def group_ranges(aws):
    call = aws.client("elbv2", parameter_validation=False).create_target_group
    arguments = {"Name": "members", "Protocol": "HTTP", "Port": 80, "VpcId": aws.network().vpc}
    for change in (
        {"HealthCheckIntervalSeconds": 4},
        {"HealthCheckIntervalSeconds": 301},
        {"HealthyThresholdCount": 1},
        {"UnhealthyThresholdCount": 11},
        {"Port": 70000},
        {"Protocol": "SMTP"},
    ):
        aws.refused("ValidationError", call, **arguments | change)


@behaviour("elb/target-group/in-use", page("DeleteTargetGroup"))
def group_in_use_by_listener(aws):
    net = aws.network()
    elb = aws.client("elbv2")
    group = targets(aws, net)
    made = listener(aws, balancer(aws, net)["LoadBalancerArn"], forward(group))
    call = elb.delete_target_group
    error = aws.refused("ResourceInUse", call, TargetGroupArn=group)
    assert error["status"] == 400 and group in error["Message"]
    elb.delete_listener(ListenerArn=made)
    call(TargetGroupArn=group)
    call = elb.describe_target_groups
    aws.refused("TargetGroupNotFound", call, TargetGroupArns=[group])


@behaviour(
    "elb/target-group/one-balancer",
    page("CreateListener"),
    moto="a target group can serve several balancers",
)
def one_balancer(aws):
    net = aws.network()
    group = targets(aws, net)
    listener(aws, balancer(aws, net, "one")["LoadBalancerArn"], forward(group))
    arguments = {"Protocol": "HTTP", "Port": 80, "DefaultActions": forward(group)}
    arguments["LoadBalancerArn"] = balancer(aws, net, "two")["LoadBalancerArn"]
    call = aws.client("elbv2").create_listener
    error = aws.refused("TargetGroupAssociationLimit", call, **arguments)
    assert "more than one load balancer" in error["Message"]


@behaviour("elb/target-group/modify-checks", page("ModifyTargetGroup"))
def modify_checks(aws):
    elb = aws.client("elbv2")
    group = targets(aws, aws.network())
    elb.modify_target_group(
        TargetGroupArn=group,
        HealthCheckPath="/ready",
        HealthCheckIntervalSeconds=10,
        HealthyThresholdCount=2,
        Matcher={"HttpCode": "200-299"},
    )
    [shown] = elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"]
    assert (shown["HealthCheckPath"], shown["HealthCheckIntervalSeconds"]) == ("/ready", 10)
    assert shown["HealthyThresholdCount"] == 2 and shown["Matcher"]["HttpCode"] == "200-299"
    assert shown["UnhealthyThresholdCount"] == 2
