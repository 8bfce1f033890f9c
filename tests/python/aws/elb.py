"""Elastic Load Balancing: load balancers."""

from aws.behaviour import behaviour
from aws.ec2_network import ABSENT, by, gateway_of
from aws.pages import ROOT
from aws.pages import elb as page

APPLICATION = f"{ROOT}/elasticloadbalancing/latest/application"
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
    assert zones == dict(zip(net.zones[:2], net.subnets[:2], strict=True))
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


@behaviour(
    "elb/balancer/unknown-subnet",
    page("CreateLoadBalancer"),
    moto="another code: InvalidSubnetID.NotFound",
)
def unknown_subnet(aws):
    call = aws.client("elbv2").create_load_balancer
    subnets = [aws.network().subnet, f"subnet-{ABSENT}"]
    arguments = {"Name": "front", "Scheme": "internal", "Subnets": subnets}
    error = aws.refused(("SubnetNotFound", "InvalidSubnet"), call, **arguments)
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
        codes = ("ValidationError", "InvalidConfigurationRequest")
        aws.refused(codes, call, Name=name, Scheme="internal", Subnets=subnets)
    assert not aws.client("elbv2").describe_load_balancers()["LoadBalancers"]


@behaviour(
    "elb/balancer/not-found",
    page("DescribeLoadBalancers"),
    moto="the message is that of another error",
)
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
    moto="off, it says, for application balancers",
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
