"""Makes what a cluster only refers to, or must not touch, and prints as JSON what it is.

    seed.py --region R network                           a network, whose way out is there
    seed.py --region R firewall --network ID --name NAME a security group of somebody else's
    seed.py --region R resize --cluster NAME --size N    another size for the pool, out of band

With --project P it does so in that project on Google Cloud, where a firewall rule takes the security group's place.
"""

import json
import sys

from cloud import CLUSTER, Cloud, arguments, tags_of


def network(cloud):
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
    return {"network": vpc, "public": public, "private": private}


def firewall(cloud, network, name):
    """A security group."""
    made = cloud.client("ec2").create_security_group(GroupName=name, Description="of somebody else", VpcId=network)
    return {"firewall": made["GroupId"]}


def resize(cloud, cluster, size):
    """What an autoscaler does, or a hurried operator, who moves a bound in the way. The sizes as they are then."""
    groups = cloud.pages("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups")
    [found] = [group for group in groups if tags_of(group).get(CLUSTER) == cluster]
    least, most = min(found["MinSize"], size), max(found["MaxSize"], size)
    cloud.client("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName=found["AutoScalingGroupName"], DesiredCapacity=size, MinSize=least, MaxSize=most
    )
    return {"desired": size, "min": least, "max": most}


def main():
    parser = arguments(__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    kinds.add_parser("network")
    needs = kinds.add_parser("firewall")
    needs.add_argument("--network", required=True)
    needs.add_argument("--name", required=True)
    needs = kinds.add_parser("resize")
    needs.add_argument("--cluster", required=True)
    needs.add_argument("--size", type=int, required=True)
    options = vars(parser.parse_args())
    endpoint, region, project, kind = (options.pop(key) for key in ("endpoint", "region", "project", "kind"))
    if project:
        import project_seed

        cloud, makers = project_seed.Cloud(endpoint, region, project), vars(project_seed)
    else:
        cloud, makers = Cloud(endpoint, region), globals()
    json.dump(makers[kind](cloud, **options), sys.stdout)
    return 0


sys.exit(main())
