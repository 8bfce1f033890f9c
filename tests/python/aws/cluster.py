"""A cluster of three zones: how its parts are made, looked at, and taken down."""

import base64
import types

from aws.ec2_nat import settled
from aws.ec2_network import by, gateway_of
from aws.ec2_routes import ANYWHERE
from aws.elb import active, forward, listener

API = 6443
NAME = "cluster"


def tagged(kind):
    tags = [{"Key": "cluster", "Value": NAME}]
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": tags}]}


def network(aws):
    """A VPC with three public and three private subnets, an internet and a NAT gateway."""
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16", **tagged("vpc"))["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    gateway = gateway_of(ec2, vpc)
    listed = ec2.describe_availability_zones()["AvailabilityZones"]
    zones = [zone["ZoneName"] for zone in listed][:3]

    def subnets(first):
        return [
            ec2.create_subnet(
                VpcId=vpc,
                CidrBlock=f"10.20.{first + i}.0/24",
                AvailabilityZone=zone,
                **tagged("subnet"),
            )["Subnet"]["SubnetId"]
            for i, zone in enumerate(zones)
        ]

    def table(members, **target):
        made = ec2.create_route_table(VpcId=vpc, **tagged("route-table"))
        id = made["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=id, DestinationCidrBlock=ANYWHERE, **target)
        joined = ec2.associate_route_table
        return id, [joined(RouteTableId=id, SubnetId=m)["AssociationId"] for m in members]

    public, private = subnets(0), subnets(10)
    tables = [table(public, GatewayId=gateway)]
    address = ec2.allocate_address(Domain="vpc", **tagged("elastic-ip"))["AllocationId"]
    nat = ec2.create_nat_gateway(
        SubnetId=public[0], AllocationId=address, ClientToken=address, **tagged("natgateway")
    )["NatGateway"]["NatGatewayId"]
    settled(aws, nat, "available")
    tables.append(table(private, NatGatewayId=nat))
    return types.SimpleNamespace(
        vpc=vpc,
        zones=zones,
        gateway=gateway,
        public=public,
        private=private,
        tables=tables,
        address=address,
        nat=nat,
    )


def groups(aws, net):
    """One for the front, one for the members, each naming the other."""
    ec2 = aws.client("ec2")

    def group(name):
        made = ec2.create_security_group(GroupName=name, Description=name, VpcId=net.vpc)
        return made["GroupId"]

    def allow(group, source, port):
        pair = [{"GroupId": source}]
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": pair}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])

    net.front, net.members = group("front"), group("members")
    anyone = [
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": ANYWHERE}]}
    ]
    ec2.authorize_security_group_ingress(GroupId=net.front, IpPermissions=anyone)
    inside = [
        {
            "IpProtocol": "tcp",
            "FromPort": API,
            "ToPort": API,
            "IpRanges": [{"CidrIp": "10.20.0.0/16"}],
        }
    ]
    ec2.authorize_security_group_ingress(GroupId=net.members, IpPermissions=inside)
    allow(net.members, net.front, 8080)
    allow(net.front, net.members, 8443)


def balancers(aws, net):
    """A network balancer for the API and an application balancer for the web."""
    elb = aws.client("elbv2")

    def made(name, **arguments):
        answer = elb.create_load_balancer(Name=name, Scheme="internal", **arguments)
        return answer["LoadBalancers"][0]["LoadBalancerArn"]

    def targets(name, **arguments):
        answer = elb.create_target_group(Name=name, VpcId=net.vpc, **arguments)
        return answer["TargetGroups"][0]["TargetGroupArn"]

    net.api = made("api", Type="network", Subnets=net.private)
    net.web = made("web", Subnets=net.public, SecurityGroups=[net.front])
    net.api_targets = targets(
        "api", Protocol="TCP", Port=API, HealthCheckIntervalSeconds=10, HealthyThresholdCount=2
    )
    net.web_targets = targets("web", Protocol="HTTP", Port=8080)
    delay = [{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}]
    elb.modify_target_group_attributes(TargetGroupArn=net.api_targets, Attributes=delay)
    active(aws, net.api), active(aws, net.web)
    net.listeners = [
        listener(aws, net.api, forward(net.api_targets), port=API, protocol="TCP"),
        listener(aws, net.web, forward(net.web_targets), port=80),
    ]


def template_data(aws, net, generation):
    """All that a member is to be."""
    tags = [{"Key": "cluster", "Value": NAME}, {"Key": "generation", "Value": generation}]
    [image] = aws.client("ec2").describe_images(ImageIds=[aws.image()])["Images"]
    disk = {"VolumeSize": 30, "VolumeType": "gp3", "DeleteOnTermination": True}
    return {
        "ImageId": aws.image(),
        "InstanceType": "t3.small",
        "SecurityGroupIds": [net.members],
        "UserData": base64.b64encode(f"#!/bin/sh\n# {generation}\n".encode()).decode(),
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
        "BlockDeviceMappings": [{"DeviceName": image["RootDeviceName"], "Ebs": disk}],
        "TagSpecifications": [{"ResourceType": "instance", "Tags": tags}],
    }


def fleet(aws, net, size):
    """A group of that many machines over the private subnets."""
    net.template = aws.client("ec2").create_launch_template(
        LaunchTemplateName=NAME, LaunchTemplateData=template_data(aws, net, "one")
    )["LaunchTemplate"]["LaunchTemplateId"]
    aws.client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName=NAME,
        MinSize=0,
        MaxSize=12,
        DesiredCapacity=size,
        LaunchTemplate={"LaunchTemplateId": net.template, "Version": "1"},
        VPCZoneIdentifier=",".join(net.private),
        TargetGroupARNs=[net.api_targets],
        HealthCheckType="EC2",
        HealthCheckGracePeriod=60,
        DefaultInstanceWarmup=0,
    )


def members(aws):
    """Those in service: id -> zone."""
    scaling = aws.client("autoscaling")
    listed = scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[NAME])
    return {
        member["InstanceId"]: member["AvailabilityZone"]
        for group in listed["AutoScalingGroups"]
        for member in group["Instances"]
        if member["LifecycleState"] == "InService"
    }


def machines(aws, *filters):
    """Descriptions of the cluster's machines that run."""
    filters = [*by("tag:cluster", NAME), *by("instance-state-name", "pending", "running"), *filters]
    listed = aws.client("ec2").describe_instances(Filters=filters)["Reservations"]
    return [instance for reservation in listed for instance in reservation["Instances"]]


def spread(aws):
    """How many members each zone has, in order."""
    zones = list(members(aws).values())
    return sorted(zones.count(zone) for zone in set(zones))


def resize(aws, size):
    scaling = aws.client("autoscaling")
    scaling.set_desired_capacity(AutoScalingGroupName=NAME, DesiredCapacity=size)
    aws.until(lambda: len(members(aws)) == size and len(machines(aws)) == size, f"{size} members")


def gone_instances(aws):
    """The group, and then its machines, are gone."""
    scaling = aws.client("autoscaling")
    names = {"AutoScalingGroupNames": [NAME]}
    aws.until(
        lambda: (
            not scaling.describe_auto_scaling_groups(**names)["AutoScalingGroups"]
            and not machines(aws)
        ),
        "the group gone",
    )


def interfaces(aws, net):
    filters = by("vpc-id", net.vpc)
    return aws.client("ec2").describe_network_interfaces(Filters=filters)["NetworkInterfaces"]


def teardown(aws, net):
    """In the right order, waiting where AWS makes one wait: nothing is refused."""
    ec2, elb = aws.client("ec2"), aws.client("elbv2")
    for each in net.listeners:
        elb.delete_listener(ListenerArn=each)
    for each in (net.api, net.web):
        elb.delete_load_balancer(LoadBalancerArn=each)
    for each in (net.api_targets, net.web_targets):
        elb.delete_target_group(TargetGroupArn=each)
    ec2.delete_launch_template(LaunchTemplateId=net.template)
    ec2.delete_nat_gateway(NatGatewayId=net.nat)
    settled(aws, net.nat, "deleted")
    aws.until(lambda: not interfaces(aws, net), "no interface left", every=10)
    ec2.release_address(AllocationId=net.address)
    pair = [{"GroupId": net.front}]
    rule = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "UserIdGroupPairs": pair}
    ec2.revoke_security_group_ingress(GroupId=net.members, IpPermissions=[rule])
    for each in (net.front, net.members):
        ec2.delete_security_group(GroupId=each)
    for table, joined in net.tables:
        for each in joined:
            ec2.disassociate_route_table(AssociationId=each)
        ec2.delete_route_table(RouteTableId=table)
    for each in net.public + net.private:
        ec2.delete_subnet(SubnetId=each)
    ec2.detach_internet_gateway(InternetGatewayId=net.gateway, VpcId=net.vpc)
    ec2.delete_internet_gateway(InternetGatewayId=net.gateway)
    ec2.delete_vpc(VpcId=net.vpc)


def nothing_left(aws):
    """Only what every account has."""
    ec2 = aws.client("ec2")
    assert [vpc["IsDefault"] for vpc in ec2.describe_vpcs()["Vpcs"]] == [True]
    assert not ec2.describe_addresses()["Addresses"] and not ec2.describe_volumes()["Volumes"]
    assert not ec2.describe_launch_templates()["LaunchTemplates"] and not machines(aws)
    nats = ec2.describe_nat_gateways()["NatGateways"]
    assert all(each["State"] == "deleted" for each in nats)
    elb = aws.client("elbv2")
    assert not elb.describe_load_balancers()["LoadBalancers"]
    assert not elb.describe_target_groups()["TargetGroups"]
    assert not ec2.describe_network_interfaces()["NetworkInterfaces"]


def whole(aws, size=6):
    net = network(aws)
    groups(aws, net)
    balancers(aws, net)
    aws.listen(None, [API])
    fleet(aws, net, size)
    aws.until(lambda: len(members(aws)) == size, f"{size} members")
    return net
