"""A cluster's whole life: made, scaled, healed, refreshed, and taken down."""

from aws.behaviour import behaviour
from aws.cluster import (
    NAME,
    gone_instances,
    machines,
    members,
    network,
    nothing_left,
    resize,
    spread,
    teardown,
    template_data,
    whole,
)
from aws.ec2_nat import settled
from aws.ec2_network import by
from aws.elb import health
from aws.pages import ROOT, vpc_guide
from aws.pages import autoscaling as page

GROUP_GUIDE = f"{ROOT}/autoscaling/ec2/userguide/auto-scaling-groups.html"


@behaviour("life/network", vpc_guide("vpc-example-private-subnets-nat"))
def life_network(aws):
    """The network alone: made, as it was asked for, and taken down again."""
    ec2 = aws.client("ec2")
    net = network(aws)
    subnets = ec2.describe_subnets(Filters=by("tag:cluster", NAME))["Subnets"]
    assert len(subnets) == 6 and {s["VpcId"] for s in subnets} == {net.vpc}
    places = {(s["AvailabilityZone"], s["SubnetId"] in net.public) for s in subnets}
    assert len(places) == 6
    tables = ec2.describe_route_tables(Filters=by("tag:cluster", NAME))["RouteTables"]
    ways = {r.get("GatewayId") or r.get("NatGatewayId") for t in tables for r in t["Routes"]}
    assert ways == {"local", net.gateway, net.nat}
    ec2.delete_nat_gateway(NatGatewayId=net.nat)
    settled(aws, net.nat, "deleted")
    ec2.release_address(AllocationId=net.address)
    for table, joined in net.tables:
        for each in joined:
            ec2.disassociate_route_table(AssociationId=each)
        ec2.delete_route_table(RouteTableId=table)
    for each in net.public + net.private:
        ec2.delete_subnet(SubnetId=each)
    ec2.detach_internet_gateway(InternetGatewayId=net.gateway, VpcId=net.vpc)
    ec2.delete_internet_gateway(InternetGatewayId=net.gateway)
    ec2.delete_vpc(VpcId=net.vpc)


@behaviour(
    "life/members", page("CreateAutoScalingGroup"), moto="all members are in the first subnet"
)
def life_members(aws):
    """Every member is what the template says."""
    net = whole(aws)
    assert spread(aws) == [2, 2, 2]
    made = machines(aws)
    assert len(made) == 6
    for member in made:
        assert member["InstanceType"] == "t3.small" and member["SubnetId"] in net.private
        assert [g["GroupId"] for g in member["SecurityGroups"]] == [net.members]
        assert member["MetadataOptions"]["HttpTokens"] == "required"
        tags = {tag["Key"]: tag["Value"] for tag in member["Tags"]}
        assert tags["generation"] == "one" and tags["aws:autoscaling:groupName"] == NAME
        assert tags["aws:ec2launchtemplate:id"] == net.template
    filters = by("attachment.instance-id", *[m["InstanceId"] for m in made])
    disks = aws.client("ec2").describe_volumes(Filters=filters)["Volumes"]
    assert [(d["Size"], d["VolumeType"]) for d in disks] == [(30, "gp3")] * 6


@behaviour("life/walk", GROUP_GUIDE, emulator_only=True)
def walk(aws):
    """Made, checked, scaled out and in, healed, refreshed, and taken down."""
    net = whole(aws)
    scaling = aws.client("autoscaling")
    states = lambda: {state for state, _ in health(aws, net.api_targets).values()}  # noqa: E731
    aws.until(lambda: states() == {"healthy"}, "all healthy")
    assert set(health(aws, net.api_targets)) == set(members(aws)) and spread(aws) == [2, 2, 2]

    resize(aws, 9)
    assert spread(aws) == [3, 3, 3]
    resize(aws, 6)
    assert spread(aws) == [2, 2, 2]
    aws.until(lambda: set(health(aws, net.api_targets)) == set(members(aws)), "drained")

    victim = next(iter(members(aws)))
    aws.client("ec2").terminate_instances(InstanceIds=[victim])
    aws.until(lambda: victim not in members(aws) and len(members(aws)) == 6, "healed")
    assert spread(aws) == [2, 2, 2]

    before = set(members(aws))
    aws.client("ec2").create_launch_template_version(
        LaunchTemplateId=net.template, LaunchTemplateData=template_data(aws, net, "two")
    )
    refresh = scaling.start_instance_refresh(
        AutoScalingGroupName=NAME,
        DesiredConfiguration={"LaunchTemplate": {"LaunchTemplateId": net.template, "Version": "2"}},
        Preferences={"MinHealthyPercentage": 50, "InstanceWarmup": 0},
    )["InstanceRefreshId"]

    def progress():
        which = {"AutoScalingGroupName": NAME, "InstanceRefreshIds": [refresh]}
        [shown] = scaling.describe_instance_refreshes(**which)["InstanceRefreshes"]
        assert len(members(aws)) >= 3
        return shown if shown["Status"] == "Successful" else None

    done = aws.until(progress, "refreshed", every=10)
    assert done["PercentageComplete"] == 100
    assert not before & set(members(aws)) and spread(aws) == [2, 2, 2]
    generations = [
        tag["Value"] for m in machines(aws) for tag in m["Tags"] if tag["Key"] == "generation"
    ]
    assert generations == ["two"] * 6

    scaling.delete_auto_scaling_group(AutoScalingGroupName=NAME, ForceDelete=True)
    gone_instances(aws)
    teardown(aws, net)
    nothing_left(aws)


@behaviour("life/teardown", vpc_guide("delete-vpc"), emulator_only=True)
def right_order(aws):
    """In order, from an empty group down: nothing is refused and nothing is left."""
    net = whole(aws, size=3)
    scaling = aws.client("autoscaling")
    scaling.update_auto_scaling_group(AutoScalingGroupName=NAME, MinSize=0, DesiredCapacity=0)
    names = {"AutoScalingGroupNames": [NAME]}
    shown = scaling.describe_auto_scaling_groups
    aws.until(lambda: not shown(**names)["AutoScalingGroups"][0]["Instances"], "empty")
    assert not machines(aws) and not health(aws, net.api_targets)
    scaling.delete_auto_scaling_group(AutoScalingGroupName=NAME)
    gone_instances(aws)
    teardown(aws, net)
    nothing_left(aws)


@behaviour("life/wrong-order", vpc_guide("delete-vpc"), emulator_only=True)
def wrong_order(aws):
    """Whatever is in use is refused, and after all the refusals everything is still there."""
    net = whole(aws, size=3)
    ec2, elb = aws.client("ec2"), aws.client("elbv2")
    scaling = aws.client("autoscaling")
    before = len(members(aws))
    aws.refused("ResourceInUse", scaling.delete_auto_scaling_group, AutoScalingGroupName=NAME)
    for each in (net.api_targets, net.web_targets):
        aws.refused("ResourceInUse", elb.delete_target_group, TargetGroupArn=each)
    code = "DependencyViolation"
    for each in (net.front, net.members):
        aws.refused(code, ec2.delete_security_group, GroupId=each)
    for each in net.public + net.private:
        aws.refused(code, ec2.delete_subnet, SubnetId=each)
    for table, _ in net.tables:
        aws.refused(code, ec2.delete_route_table, RouteTableId=table)
    aws.refused(code, ec2.delete_internet_gateway, InternetGatewayId=net.gateway)
    which = {"InternetGatewayId": net.gateway, "VpcId": net.vpc}
    aws.refused(code, ec2.detach_internet_gateway, **which)
    aws.refused(code, ec2.delete_vpc, VpcId=net.vpc)
    codes = ("InvalidIPAddress.InUse", "AuthFailure")
    aws.refused(codes, ec2.release_address, AllocationId=net.address)
    assert len(members(aws)) == before == 3
    listed = ec2.describe_route_tables(Filters=by("tag:cluster", NAME))["RouteTables"]
    assert {r["State"] for table in listed for r in table["Routes"]} == {"active"}
    # The balancers first, and their interfaces still hold groups and subnets.
    for each in (net.api, net.web):
        elb.delete_load_balancer(LoadBalancerArn=each)
    aws.refused(code, ec2.delete_security_group, GroupId=net.front)
    scaling.delete_auto_scaling_group(AutoScalingGroupName=NAME, ForceDelete=True)
    gone_instances(aws)


@behaviour("life/again", GROUP_GUIDE, emulator_only=True)
def again(aws):
    """The same names are free as soon as all is gone."""
    for _ in range(2):
        net = whole(aws, size=3)
        aws.client("autoscaling").delete_auto_scaling_group(
            AutoScalingGroupName=NAME, ForceDelete=True
        )
        gone_instances(aws)
        teardown(aws, net)
        nothing_left(aws)


@behaviour("life/impatient-sdk", GROUP_GUIDE, emulator_only=True)
def throttled(aws):
    """Under throttling an SDK's own retries still make one network, and only one."""
    share = {"capacity": 4, "refill": 0.05}
    aws.fault({"token_bucket": share}, "ec2")
    patient = {"total_max_attempts": 12, "mode": "standard"}
    ec2 = aws.client("ec2", retries=patient)
    with aws.scale(5):
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        for i in range(12):
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24")
        for _ in range(12):
            found = ec2.describe_subnets(Filters=by("vpc-id", vpc))["Subnets"]
    assert len(found) == 12
    refused = [c for c in aws.log() if c["outcome"].get("code") == "RequestLimitExceeded"]
    assert refused
