"""Makes what a cluster only refers to, or must not touch, and prints its ids as JSON.

    seed.py --region R network                      a VPC with three public and three private subnets
    seed.py --region R group --vpc ID --name NAME   a security group of somebody else's
    seed.py --region R parameter --name NAME        a parameter of somebody else's
    seed.py --region R resize --cluster NAME [--desired N] [--min N] [--max N]
                                                    another size for the pool, out of band
"""

import json
import sys

from cloud import CLUSTER, Cloud, arguments, tags_of


def network(cloud, _options):
    """An ordinary VPC: an internet gateway, one NAT gateway, three zones, /20 subnets."""
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.90.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    zones = [z["ZoneName"] for z in ec2.describe_availability_zones()["AvailabilityZones"]][:3]

    def subnets(first):
        return [
            ec2.create_subnet(
                VpcId=vpc, CidrBlock=f"10.90.{(first + i) * 16}.0/20", AvailabilityZone=zone
            )["Subnet"]["SubnetId"]
            for i, zone in enumerate(zones)
        ]

    def table(target, members):
        made = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=made, DestinationCidrBlock="0.0.0.0/0", **target)
        for member in members:
            ec2.associate_route_table(RouteTableId=made, SubnetId=member)

    public, private = subnets(0), subnets(3)
    table({"GatewayId": gateway}, public)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=public[0], AllocationId=address)
    gateway = nat["NatGateway"]["NatGatewayId"]
    table({"NatGatewayId": gateway}, private)
    # What changes by itself must not look as if somebody had touched it.
    waiter = ec2.get_waiter("nat_gateway_available")
    waiter.wait(NatGatewayIds=[gateway], WaiterConfig={"Delay": 1, "MaxAttempts": 180})
    return {"vpc": vpc, "public": public, "private": private, "zones": zones}


def group(cloud, options):
    made = cloud.client("ec2").create_security_group(
        GroupName=options.name, Description="of somebody else", VpcId=options.vpc
    )
    return {"group": made["GroupId"]}


def parameter(cloud, options):
    cloud.client("ssm").put_parameter(Name=options.name, Value="somebody else's", Type="String")
    return {"parameter": options.name}


def resize(cloud, options):
    """What an autoscaler or a hurried operator does."""
    groups = cloud.pages("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups")
    ours = [g for g in groups if tags_of(g).get(CLUSTER) == options.cluster]
    asked = {"DesiredCapacity": options.desired, "MinSize": options.min, "MaxSize": options.max}
    sizes = {field: size for field, size in asked.items() if size is not None}
    for found in ours:
        cloud.client("autoscaling").update_auto_scaling_group(
            AutoScalingGroupName=found["AutoScalingGroupName"], **sizes
        )
    return {"resized": len(ours)}


def main():
    parser = arguments(__doc__)
    kinds = parser.add_subparsers(required=True)
    for make, needs in (
        (network, []),
        (group, ["vpc", "name"]),
        (parameter, ["name"]),
    ):
        kind = kinds.add_parser(make.__name__)
        kind.set_defaults(make=make)
        for need in needs:
            kind.add_argument(f"--{need}", required=True)
    kind = kinds.add_parser("resize")
    kind.set_defaults(make=resize)
    kind.add_argument("--cluster", required=True)
    for size in ("desired", "min", "max"):
        kind.add_argument(f"--{size}", type=int)
    options = parser.parse_args()
    json.dump(options.make(Cloud(options.endpoint, options.region), options), sys.stdout)
    return 0


sys.exit(main())
