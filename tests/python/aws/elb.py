"""Elastic Load Balancing: load balancers, target groups, listeners, rules, targets."""

from aws.acm import imported
from aws.behaviour import behaviour
from aws.ec2_compute import launch, reach
from aws.ec2_network import ABSENT, by, gateway_of
from aws.pages import ROOT, elb as page

APPLICATION = f"{ROOT}/elasticloadbalancing/latest/application"
NETWORK = f"{ROOT}/elasticloadbalancing/latest/network"
HEALTH = f"{APPLICATION}/target-group-health-checks.html"


def balancer(aws, net, name="front", **arguments):
    """An internal Application Load Balancer, as it is answered."""
    arguments = {"Scheme": "internal", "Subnets": net.subnets[:2], **arguments}
    return aws.client("elbv2").create_load_balancer(Name=name, **arguments)["LoadBalancers"][0]


def targets(aws, net, name="members", **arguments):
    """A target group's ARN."""
    arguments = {"Protocol": "HTTP", "Port": 8080, "VpcId": net.vpc, **arguments}
    made = aws.client("elbv2").create_target_group(Name=name, **arguments)
    return made["TargetGroups"][0]["TargetGroupArn"]


def forward(group):
    return [{"Type": "forward", "TargetGroupArn": group}]


def fixed(status="404"):
    return [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": status}}]


def listener(aws, arn, actions, port=80, protocol="HTTP", **arguments):
    made = aws.client("elbv2").create_listener(
        LoadBalancerArn=arn, Protocol=protocol, Port=port, DefaultActions=actions, **arguments
    )
    return made["Listeners"][0]["ListenerArn"]


def active(aws, arn):
    """The balancer, once it is active."""
    elb = aws.client("elbv2")

    def found():
        [shown] = elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
        return shown if shown["State"]["Code"] == "active" else None

    return aws.until(found, "active")


def health(aws, group):
    """Each target's state and its reason."""
    listed = aws.client("elbv2").describe_target_health(TargetGroupArn=group)
    return {
        each["Target"]["Id"]: (each["TargetHealth"]["State"], each["TargetHealth"].get("Reason"))
        for each in listed["TargetHealthDescriptions"]
    }


def attributes(listed):
    return {each["Key"]: each["Value"] for each in listed["Attributes"]}


@behaviour(
    "elb/balancer/application",
    page("CreateLoadBalancer"),
    moto="an internal balancer's DNS name is that of an internet-facing one",
)
def application(aws):
    net = aws.network()
    made = balancer(aws, net, SecurityGroups=[net.group])
    prefix = f"arn:aws:elasticloadbalancing:eu-central-1:{aws.account}:loadbalancer/app/front/"
    assert made["LoadBalancerArn"].startswith(prefix)
    assert made["State"]["Code"] == "provisioning" and made["Type"] == "application"
    shown = active(aws, made["LoadBalancerArn"])
    assert shown["Scheme"] == "internal" and shown["VpcId"] == net.vpc
    assert shown["SecurityGroups"] == [net.group] and shown["IpAddressType"] == "ipv4"
    zones = {zone["ZoneName"]: zone["SubnetId"] for zone in shown["AvailabilityZones"]}
    assert zones == dict(zip(net.zones[:2], net.subnets[:2]))
    assert shown["DNSName"].startswith("internal-front-")
    assert shown["DNSName"].endswith(".eu-central-1.elb.amazonaws.com")


@behaviour(
    "elb/balancer/network", page("CreateLoadBalancer"), moto="a network balancer's ARN says app"
)
def network(aws):
    """One subnet is enough for it; and its ARN says net."""
    net = aws.network()
    made = balancer(aws, net, Type="network", Subnets=[net.subnet])
    assert ":loadbalancer/net/front/" in made["LoadBalancerArn"]
    shown = active(aws, made["LoadBalancerArn"])
    assert shown["Type"] == "network" and not shown.get("SecurityGroups")
    assert ".elb.eu-central-1.amazonaws.com" in shown["DNSName"]


@behaviour("elb/balancer/provisioning", page("LoadBalancerState"), emulator_only=True)
def provisioning(aws):
    elb = aws.client("elbv2")
    arn = balancer(aws, aws.network())["LoadBalancerArn"]

    def state():
        [shown] = elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
        return shown["State"]["Code"]

    aws.step(10)
    assert state() == "provisioning"
    aws.step(15 * 60)
    assert state() == "active"


@behaviour(
    "elb/balancer/idempotent",
    page("CreateLoadBalancer"),
    moto="the same name makes a second balancer",
)
def idempotent(aws):
    """The same once more is the same one."""
    net = aws.network()
    first, again = balancer(aws, net), balancer(aws, net)
    assert first["LoadBalancerArn"] == again["LoadBalancerArn"]
    assert len(aws.client("elbv2").describe_load_balancers()["LoadBalancers"]) == 1


@behaviour(
    "elb/balancer/duplicate-name", page("CreateLoadBalancer"), moto="a name can be used twice"
)
def duplicate_name(aws):
    net = aws.network()
    balancer(aws, net)
    call = aws.client("elbv2").create_load_balancer
    arguments = {"Name": "front", "Scheme": "internal", "Subnets": net.subnets}
    error = aws.refused("DuplicateLoadBalancerName", call, **arguments)
    assert error["status"] == 400 and "front" in error["Message"]


@behaviour("elb/balancer/two-zones", page("CreateLoadBalancer"), moto="one subnet is enough")
def two_zones(aws):
    net = aws.network()
    call = aws.client("elbv2").create_load_balancer
    arguments = {"Name": "front", "Scheme": "internal", "Subnets": [net.subnet]}
    error = aws.refused("ValidationError", call, **arguments)
    assert "two subnets in two different Availability Zones" in error["Message"]


@behaviour(
    "elb/balancer/one-subnet-a-zone",
    page("CreateLoadBalancer"),
    moto="several subnets of a zone are accepted",
)
def one_subnet_a_zone(aws):
    net = aws.network()
    arguments = {"VpcId": net.vpc, "CidrBlock": "10.0.9.0/24", "AvailabilityZone": net.zones[0]}
    twin = aws.client("ec2").create_subnet(**arguments)["Subnet"]["SubnetId"]
    call = aws.client("elbv2").create_load_balancer
    arguments = {
        "Name": "front",
        "Scheme": "internal",
        "Subnets": [net.subnet, twin, net.subnets[1]],
    }
    error = aws.refused("InvalidConfigurationRequest", call, **arguments)
    assert "same Availability Zone" in error["Message"]


@behaviour(
    "elb/balancer/internet-facing", page("CreateLoadBalancer"), moto="no internet gateway is needed"
)
def internet_facing(aws):
    """Which needs an internet gateway."""
    net = aws.network()
    call = aws.client("elbv2").create_load_balancer
    arguments = {"Name": "front", "Subnets": net.subnets}
    error = aws.refused("InvalidSubnet", call, **arguments)
    assert net.vpc in error["Message"] and "internet gateway" in error["Message"]
    gateway_of(aws.client("ec2"), net.vpc)
    [made] = call(**arguments)["LoadBalancers"]
    assert made["Scheme"] == "internet-facing"
    assert made["DNSName"].startswith("front-")


@behaviour("elb/balancer/unknown-subnet", page("CreateLoadBalancer"))
def unknown_subnet(aws):
    call = aws.client("elbv2").create_load_balancer
    subnets = [aws.network().subnet, f"subnet-{ABSENT}"]
    error = aws.refused(
        ("SubnetNotFound", "InvalidSubnetID.NotFound"), call, Name="front", Subnets=subnets
    )
    assert f"subnet-{ABSENT}" in error["Message"]


@behaviour(
    "elb/balancer/unknown-group",
    page("CreateLoadBalancer"),
    moto="an unknown security group is accepted",
)
def unknown_group(aws):
    call = aws.client("elbv2").create_load_balancer
    arguments = {"Name": "front", "Scheme": "internal", "Subnets": aws.network().subnets}
    aws.refused("InvalidSecurityGroup", call, SecurityGroups=[f"sg-{ABSENT}"], **arguments)


@behaviour("elb/balancer/names", page("CreateLoadBalancer"), moto="any name is accepted")
def names(aws):
    """32 letters, digits and hyphens; none at the ends; not internal-."""
    subnets = aws.network().subnets
    call = aws.client("elbv2").create_load_balancer
    for name in ("x" * 33, "-front", "front-", "under_score", "internal-front"):
        aws.refused("ValidationError", call, Name=name, Scheme="internal", Subnets=subnets)
    assert not aws.client("elbv2").describe_load_balancers()["LoadBalancers"]


@behaviour("elb/balancer/not-found", page("DescribeLoadBalancers"), moto="another message")
def balancer_absent(aws):
    """To delete one that isn't there is no error."""
    elb = aws.client("elbv2")
    call = elb.describe_load_balancers
    error = aws.refused("LoadBalancerNotFound", call, Names=["nothing"])
    assert error["status"] == 400 and "not found" in error["Message"]
    arn = balancer(aws, aws.network())["LoadBalancerArn"]
    elb.delete_load_balancer(LoadBalancerArn=arn)
    elb.delete_load_balancer(LoadBalancerArn=arn)
    aws.until(lambda: not call()["LoadBalancers"], "gone")
    aws.refused("LoadBalancerNotFound", call, LoadBalancerArns=[arn])


@behaviour(
    "elb/balancer/deletion-protection",
    page("DeleteLoadBalancer"),
    moto="deletion protection is ignored",
)
def deletion_protection(aws):
    elb = aws.client("elbv2")
    arn = balancer(aws, aws.network())["LoadBalancerArn"]

    def protect(value):
        change = [{"Key": "deletion_protection.enabled", "Value": value}]
        elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=change)

    protect("true")
    call = elb.delete_load_balancer
    error = aws.refused("OperationNotPermitted", call, LoadBalancerArn=arn)
    assert "deletion protection" in error["Message"]
    protect("false")
    call(LoadBalancerArn=arn)


@behaviour(
    "elb/balancer/attributes", page("LoadBalancerAttribute"), moto="few attributes have a default"
)
def balancer_attributes(aws):
    elb = aws.client("elbv2")
    arn = balancer(aws, aws.network())["LoadBalancerArn"]
    shown = attributes(elb.describe_load_balancer_attributes(LoadBalancerArn=arn))
    assert shown["idle_timeout.timeout_seconds"] == "60"
    assert shown["deletion_protection.enabled"] == "false"
    assert shown["routing.http2.enabled"] == "true"
    call = elb.modify_load_balancer_attributes
    call(LoadBalancerArn=arn, Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "90"}])
    shown = attributes(elb.describe_load_balancer_attributes(LoadBalancerArn=arn))
    assert shown["idle_timeout.timeout_seconds"] == "90"
    change = [{"Key": "nothing.enabled", "Value": "true"}]
    codes = ("InvalidConfigurationRequest", "ValidationError")
    aws.refused(codes, call, LoadBalancerArn=arn, Attributes=change)


@behaviour(
    "elb/balancer/cross-zone",
    page("LoadBalancerAttribute"),
    moto="on for network balancers too, or not told",
)
def cross_zone(aws):
    """Off for network load balancers unless asked for; always on for the others."""
    net = aws.network()
    elb = aws.client("elbv2")
    key = "load_balancing.cross_zone.enabled"
    for kind, value in (("network", "false"), ("application", "true")):
        arn = balancer(aws, net, name=kind, Type=kind)["LoadBalancerArn"]
        shown = attributes(elb.describe_load_balancer_attributes(LoadBalancerArn=arn))
        assert shown.get(key, "true") == value


@behaviour(
    "elb/balancer/security-group-in-use",
    page("CreateLoadBalancer"),
    moto="a balancer's security group is deleted",
)
def group_in_use(aws):
    net = aws.network()
    balancer(aws, net, SecurityGroups=[net.group])
    call = aws.client("ec2").delete_security_group
    aws.refused("DependencyViolation", call, GroupId=net.group)


@behaviour("elb/balancer/set-groups", page("SetSecurityGroups"))
def set_groups(aws):
    net = aws.network()
    elb, ec2 = aws.client("elbv2"), aws.client("ec2")
    arn = balancer(aws, net, SecurityGroups=[net.group])["LoadBalancerArn"]
    other = ec2.create_security_group(GroupName="o", Description="o", VpcId=net.vpc)["GroupId"]
    call = elb.set_security_groups
    assert call(LoadBalancerArn=arn, SecurityGroups=[other])["SecurityGroupIds"] == [other]
    [shown] = elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
    assert shown["SecurityGroups"] == [other]
    absent = [f"sg-{ABSENT}"]
    aws.refused("InvalidSecurityGroup", call, LoadBalancerArn=arn, SecurityGroups=absent)


@behaviour("elb/balancer/set-subnets", page("SetSubnets"))
def set_subnets(aws):
    net = aws.network()
    elb = aws.client("elbv2")
    arn = balancer(aws, net)["LoadBalancerArn"]
    zones = elb.set_subnets(LoadBalancerArn=arn, Subnets=net.subnets)["AvailabilityZones"]
    assert {zone["SubnetId"] for zone in zones} == set(net.subnets)
    [shown] = elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
    assert len(shown["AvailabilityZones"]) == 3


@behaviour(
    "elb/balancer/interfaces", f"{APPLICATION}/application-load-balancers.html", emulator_only=True
)
def interfaces(aws):
    """It has one in each subnet, and they go some time after it."""
    net = aws.network()
    ec2, elb = aws.client("ec2"), aws.client("elbv2")
    arn = balancer(aws, net, SecurityGroups=[net.group])["LoadBalancerArn"]
    active(aws, arn)

    def shown():
        return ec2.describe_network_interfaces(Filters=by("vpc-id", net.vpc))["NetworkInterfaces"]

    made = shown()
    assert {each["SubnetId"] for each in made} == set(net.subnets[:2])
    for each in made:
        assert each["RequesterManaged"] and each["Description"].startswith("ELB app/front/")
        assert each["Status"] == "in-use" and each["Attachment"]["InstanceOwnerId"] == "amazon-elb"
    elb.delete_load_balancer(LoadBalancerArn=arn)
    assert shown()
    aws.refused("DependencyViolation", ec2.delete_security_group, GroupId=net.group)
    aws.refused("DependencyViolation", ec2.delete_subnet, SubnetId=net.subnet)
    aws.until(lambda: not shown(), "without interfaces", every=10)
    ec2.delete_security_group(GroupId=net.group)
    ec2.delete_subnet(SubnetId=net.subnet)


@behaviour("elb/balancer/pages", page("DescribeLoadBalancers"))
def pages(aws):
    net = aws.network()
    made = {balancer(aws, net, name=f"front-{i}")["LoadBalancerArn"] for i in range(5)}
    elb = aws.client("elbv2")
    first = elb.describe_load_balancers(PageSize=2)
    assert len(first["LoadBalancers"]) == 2 and first["NextMarker"]
    paginator = elb.get_paginator("describe_load_balancers")
    found = paginator.paginate(PaginationConfig={"PageSize": 2})
    seen = [b["LoadBalancerArn"] for one in found for b in one["LoadBalancers"]]
    assert set(seen) == made and len(seen) == 5


@behaviour("elb/tags", page("AddTags"), moto="a key may be given twice")
def tags(aws):
    elb = aws.client("elbv2")
    net = aws.network()
    arn = balancer(aws, net, Tags=[{"Key": "owner", "Value": "us"}])["LoadBalancerArn"]
    group = targets(aws, net)
    elb.add_tags(ResourceArns=[arn, group], Tags=[{"Key": "stage", "Value": "test"}])

    def shown():
        found = elb.describe_tags(ResourceArns=[arn, group])["TagDescriptions"]
        return {d["ResourceArn"]: {t["Key"]: t["Value"] for t in d["Tags"]} for d in found}

    assert shown() == {arn: {"owner": "us", "stage": "test"}, group: {"stage": "test"}}
    elb.remove_tags(ResourceArns=[arn], TagKeys=["owner"])
    assert shown()[arn] == {"stage": "test"}
    twice = [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]
    aws.refused("DuplicateTagKeys", elb.add_tags, ResourceArns=[arn], Tags=twice)


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


@behaviour("elb/listener/create", page("CreateListener"))
def listener_create(aws):
    net = aws.network()
    elb = aws.client("elbv2")
    group, arn = targets(aws, net), balancer(aws, net)["LoadBalancerArn"]
    made = listener(aws, arn, forward(group))
    assert ":listener/app/front/" in made
    [shown] = elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]
    assert (shown["ListenerArn"], shown["Port"], shown["Protocol"]) == (made, 80, "HTTP")
    assert shown["DefaultActions"][0]["TargetGroupArn"] == group
    [used] = elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"]
    assert used["LoadBalancerArns"] == [arn]
    [rule] = elb.describe_rules(ListenerArn=made)["Rules"]
    assert (rule["IsDefault"], rule["Priority"], rule["Conditions"]) == (True, "default", [])


@behaviour(
    "elb/listener/duplicate", page("CreateListener"), moto="a port can have several listeners"
)
def listener_duplicate(aws):
    """One a port; the same once more is the same one."""
    net = aws.network()
    arn, group = balancer(aws, net)["LoadBalancerArn"], targets(aws, net)
    first = listener(aws, arn, forward(group))
    arguments = {"LoadBalancerArn": arn, "Protocol": "HTTP", "Port": 80}
    call = aws.client("elbv2").create_listener
    error = aws.refused("DuplicateListener", call, DefaultActions=fixed(), **arguments)
    assert "already exists" in error["Message"]
    assert listener(aws, arn, forward(group)) == first


@behaviour("elb/listener/unknown", page("CreateListener"))
def listener_unknown(aws):
    net = aws.network()
    elb = aws.client("elbv2")
    arn, group = balancer(aws, net)["LoadBalancerArn"], targets(aws, net)
    elb.delete_target_group(TargetGroupArn=group)
    arguments = {"LoadBalancerArn": arn, "Protocol": "HTTP", "Port": 80}
    call = elb.create_listener
    aws.refused("TargetGroupNotFound", call, DefaultActions=forward(group), **arguments)
    arguments["LoadBalancerArn"] = arn[:-16] + "0123456789abcdef"
    aws.refused("LoadBalancerNotFound", call, DefaultActions=fixed(), **arguments)
    call = elb.delete_listener
    absent = arn.replace(":loadbalancer/", ":listener/") + "/0123456789abcdef"
    aws.refused("ListenerNotFound", call, ListenerArn=absent)


@behaviour(
    "elb/listener/protocols",
    page("CreateListener"),
    moto="any protocol is accepted for any balancer",
)
def protocols(aws):
    """HTTP and HTTPS for one kind of balancer, TCP, TLS and UDP for the other."""
    net = aws.network()
    call = aws.client("elbv2").create_listener
    front = balancer(aws, net)["LoadBalancerArn"]
    back = balancer(aws, net, "back", Type="network")["LoadBalancerArn"]
    http, tcp = targets(aws, net), targets(aws, net, "tcp", Protocol="TCP")
    codes = (
        "ValidationError",
        "InvalidConfigurationRequest",
        "UnsupportedProtocol",
        "IncompatibleProtocols",
    )
    for arn, protocol, group in ((front, "TCP", tcp), (back, "HTTP", http), (back, "TCP", http)):
        arguments = {"LoadBalancerArn": arn, "Protocol": protocol, "Port": 80}
        aws.refused(codes, call, DefaultActions=forward(group), **arguments)


@behaviour("elb/listener/https", page("CreateListener"), moto="no certificate is needed")
def https(aws):
    """It needs a certificate, has a policy, and holds the certificate."""
    net = aws.network()
    elb, acm = aws.client("elbv2"), aws.client("acm")
    arn = balancer(aws, net)["LoadBalancerArn"]
    certificate = imported(aws)
    arguments = {
        "LoadBalancerArn": arn,
        "Protocol": "HTTPS",
        "Port": 443,
        "DefaultActions": fixed(),
    }
    call = elb.create_listener
    aws.refused(("ValidationError", "CertificateNotFound"), call, **arguments)
    absent = certificate[:-12] + "0123456789ab"
    codes = ("CertificateNotFound", "UnsupportedCertificate")
    aws.refused(codes, call, Certificates=[{"CertificateArn": absent}], **arguments)
    [made] = call(Certificates=[{"CertificateArn": certificate}], **arguments)["Listeners"]
    assert made["SslPolicy"].startswith("ELBSecurityPolicy-")
    assert made["Certificates"][0]["CertificateArn"] == certificate
    aws.until(
        lambda: (
            arn in acm.describe_certificate(CertificateArn=certificate)["Certificate"]["InUseBy"]
        ),
        "in use",
    )
    call = acm.delete_certificate
    error = aws.refused("ResourceInUseException", call, CertificateArn=certificate)
    assert "in use" in error["Message"]


@behaviour("elb/listener/modify", page("ModifyListener"), moto="a port can have several listeners")
def listener_modify(aws):
    net = aws.network()
    elb = aws.client("elbv2")
    arn = balancer(aws, net)["LoadBalancerArn"]
    made = listener(aws, arn, fixed())
    [shown] = elb.modify_listener(ListenerArn=made, Port=8080)["Listeners"]
    assert shown["Port"] == 8080 and shown["DefaultActions"][0]["Type"] == "fixed-response"
    other = listener(aws, arn, fixed(), port=81)
    aws.refused("DuplicateListener", elb.modify_listener, ListenerArn=other, Port=8080)


@behaviour("elb/rule/priorities", page("CreateRule"), moto="no SetRulePriorities of new priorities")
def rules(aws):
    net = aws.network()
    elb = aws.client("elbv2")
    made = listener(aws, balancer(aws, net)["LoadBalancerArn"], fixed())
    condition = [{"Field": "path-pattern", "Values": ["/api/*"]}]
    arguments = {"ListenerArn": made, "Conditions": condition, "Actions": fixed("403")}
    [rule] = elb.create_rule(Priority=10, **arguments)["Rules"]
    aws.refused("PriorityInUse", elb.create_rule, Priority=10, **arguments)
    shown = elb.describe_rules(ListenerArn=made)["Rules"]
    assert [each["Priority"] for each in shown] == ["10", "default"]
    change = [{"RuleArn": rule["RuleArn"], "Priority": 20}]
    elb.set_rule_priorities(RulePriorities=change)
    shown = elb.describe_rules(ListenerArn=made)["Rules"]
    assert [each["Priority"] for each in shown] == ["20", "default"]
    default = shown[1]["RuleArn"]
    aws.refused("OperationNotPermitted", elb.delete_rule, RuleArn=default)
    elb.delete_rule(RuleArn=rule["RuleArn"])
    aws.refused("RuleNotFound", elb.describe_rules, RuleArns=[rule["RuleArn"]])


@behaviour(
    "elb/balancer/takes-listeners",
    page("DeleteLoadBalancer"),
    moto="a target group still names the balancer that is gone",
)
def takes_listeners(aws):
    """With a balancer go its listeners; its target groups stay."""
    net = aws.network()
    elb = aws.client("elbv2")
    arn, group = balancer(aws, net)["LoadBalancerArn"], targets(aws, net)
    made = listener(aws, arn, forward(group))
    elb.delete_load_balancer(LoadBalancerArn=arn)
    aws.until(lambda: not elb.describe_load_balancers()["LoadBalancers"], "gone")
    aws.refused("ListenerNotFound", elb.describe_listeners, ListenerArns=[made])
    [shown] = elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"]
    assert shown["LoadBalancerArns"] == []
    elb.delete_target_group(TargetGroupArn=group)


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


@behaviour(
    "elb/ssl-policies",
    page("DescribeSSLPolicies"),
    moto="an unknown policy is left out instead of refused",
)
def policies(aws):
    elb = aws.client("elbv2")
    name = "ELBSecurityPolicy-TLS13-1-2-2021-06"
    [policy] = elb.describe_ssl_policies(Names=[name])["SslPolicies"]
    assert set(policy["SslProtocols"]) == {"TLSv1.2", "TLSv1.3"}
    aws.refused("SSLPolicyNotFound", elb.describe_ssl_policies, Names=["nothing"])


@behaviour("elb/limits", page("DescribeAccountLimits"), moto="limits of its own")
def limits(aws):
    listed = aws.client("elbv2").describe_account_limits()["Limits"]
    limits = {each["Name"]: each["Max"] for each in listed}
    assert limits["application-load-balancers"] == "50"
    assert limits["listeners-per-application-load-balancer"] == "50"
