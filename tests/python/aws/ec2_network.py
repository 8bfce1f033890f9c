"""EC2: VPCs, subnets, zones."""

from aws.behaviour import behaviour
from aws.pages import EC2_ERRORS, VPC_QUOTAS, vpc_guide
from aws.pages import ec2 as page

ABSENT = "0123456789abcdef0"


def vpc_of(ec2, cidr="10.0.0.0/16", **arguments):
    return ec2.create_vpc(CidrBlock=cidr, **arguments)["Vpc"]["VpcId"]


def subnet_of(ec2, vpc, cidr="10.0.0.0/24", zone="eu-central-1a"):
    made = ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone)
    return made["Subnet"]["SubnetId"]


def gateway_of(ec2, vpc):
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    return gateway


def by(name, *values):
    return [{"Name": name, "Values": list(values)}]


@behaviour(
    "ec2/vpc/create", page("CreateVpc"), moto="a new VPC is available at once, never pending"
)
def vpc_create(aws):
    ec2 = aws.client("ec2")
    made = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]
    assert made["State"] == "pending"
    assert made["VpcId"].startswith("vpc-") and len(made["VpcId"]) == len("vpc-") + 17
    [vpc] = aws.until(
        lambda: [
            vpc
            for vpc in ec2.describe_vpcs(VpcIds=[made["VpcId"]])["Vpcs"]
            if vpc["State"] == "available"
        ],
        "available",
    )
    assert vpc["CidrBlock"] == "10.1.0.0/16" and vpc["InstanceTenancy"] == "default"
    assert not vpc["IsDefault"] and vpc["OwnerId"] == aws.account
    [block] = vpc["CidrBlockAssociationSet"]
    assert block["CidrBlock"] == "10.1.0.0/16"
    assert block["CidrBlockState"]["State"] == "associated"


@behaviour(
    "ec2/vpc/canonical-cidr", page("CreateVpc"), moto="a CIDR block is kept with its host bits"
)
def vpc_canonical(aws):
    made = aws.client("ec2").create_vpc(CidrBlock="100.68.0.18/18")["Vpc"]
    assert made["CidrBlock"] == "100.68.0.0/18"


@behaviour("ec2/vpc/range", EC2_ERRORS)
def vpc_range(aws):
    ec2 = aws.client("ec2")
    for block in ("10.0.0.0/8", "10.0.0.0/29"):
        error = aws.refused("InvalidVpc.Range", ec2.create_vpc, CidrBlock=block)
        assert block in error["Message"] and error["status"] == 400


@behaviour("ec2/vpc/not-found", EC2_ERRORS)
def vpc_absent(aws):
    ec2 = aws.client("ec2")
    absent = f"vpc-{ABSENT}"
    error = aws.refused("InvalidVpcID.NotFound", ec2.describe_vpcs, VpcIds=[absent])
    assert absent in error["Message"] and "does not exist" in error["Message"]
    assert error["status"] == 400
    aws.refused("InvalidVpcID.NotFound", ec2.delete_vpc, VpcId=absent)
    arguments = {"VpcId": absent, "CidrBlock": "10.0.0.0/24"}
    aws.refused("InvalidVpcID.NotFound", ec2.create_subnet, **arguments)


@behaviour(
    "ec2/vpc/comes-with",
    vpc_guide("create-vpc"),
    moto="a VPC's default group has no rule that lets its members in",
)
def vpc_comes_with(aws):
    """A main route table, a network ACL and a security group, all called default."""
    ec2 = aws.client("ec2")
    mine = by("vpc-id", vpc_of(ec2))
    [table] = ec2.describe_route_tables(Filters=mine)["RouteTables"]
    assert [a["Main"] for a in table["Associations"]] == [True]
    [route] = table["Routes"]
    assert (route["GatewayId"], route["DestinationCidrBlock"]) == ("local", "10.0.0.0/16")
    assert (route["State"], route["Origin"]) == ("active", "CreateRouteTable")
    [acl] = ec2.describe_network_acls(Filters=mine)["NetworkAcls"]
    assert acl["IsDefault"]
    [group] = ec2.describe_security_groups(Filters=mine)["SecurityGroups"]
    assert group["GroupName"] == "default"
    assert group["Description"] == "default VPC security group"
    [inward] = group["IpPermissions"]
    assert [pair["GroupId"] for pair in inward["UserIdGroupPairs"]] == [group["GroupId"]]


@behaviour(
    "ec2/vpc/default", vpc_guide("default-vpc"), moto="the default VPC has no internet gateway"
)
def vpc_default(aws):
    ec2 = aws.client("ec2")
    [vpc] = ec2.describe_vpcs(Filters=by("is-default", "true"))["Vpcs"]
    assert vpc["CidrBlock"] == "172.31.0.0/16"
    subnets = ec2.describe_subnets(Filters=by("vpc-id", vpc["VpcId"]))["Subnets"]
    assert len({subnet["AvailabilityZone"] for subnet in subnets}) == 3
    for subnet in subnets:
        assert subnet["DefaultForAz"] and subnet["MapPublicIpOnLaunch"]
        assert subnet["CidrBlock"].endswith("/20")
    attached = by("attachment.vpc-id", vpc["VpcId"])
    assert len(ec2.describe_internet_gateways(Filters=attached)["InternetGateways"]) == 1


@behaviour("ec2/vpc/dns-attributes", page("DescribeVpcAttribute"))
def vpc_dns(aws):
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)

    def value(name, member):
        return ec2.describe_vpc_attribute(VpcId=vpc, Attribute=name)[member]["Value"]

    assert value("enableDnsSupport", "EnableDnsSupport") is True
    assert value("enableDnsHostnames", "EnableDnsHostnames") is False
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    assert value("enableDnsHostnames", "EnableDnsHostnames") is True
    assert value("enableDnsSupport", "EnableDnsSupport") is True


@behaviour("ec2/vpc/in-use/subnet", page("DeleteVpc"))
def vpc_with_subnet(aws):
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    subnet = subnet_of(ec2, vpc)
    error = aws.refused("DependencyViolation", ec2.delete_vpc, VpcId=vpc)
    assert vpc in error["Message"] and "dependencies" in error["Message"]
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)
    aws.refused("InvalidVpcID.NotFound", ec2.describe_vpcs, VpcIds=[vpc])


@behaviour(
    "ec2/vpc/in-use/gateway",
    page("DeleteVpc"),
    moto="a VPC is deleted with its internet gateway attached",
)
def vpc_with_gateway(aws):
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    gateway = gateway_of(ec2, vpc)
    aws.refused("DependencyViolation", ec2.delete_vpc, VpcId=vpc)
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.delete_vpc(VpcId=vpc)


@behaviour(
    "ec2/vpc/in-use/security-group",
    page("DeleteVpc"),
    moto="a VPC is deleted with security groups in it",
)
def vpc_with_group(aws):
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    group = ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
    aws.refused("DependencyViolation", ec2.delete_vpc, VpcId=vpc)
    ec2.delete_security_group(GroupId=group)
    ec2.delete_vpc(VpcId=vpc)


@behaviour("ec2/vpc/in-use/route-table", page("DeleteVpc"))
def vpc_with_table(aws):
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    aws.refused("DependencyViolation", ec2.delete_vpc, VpcId=vpc)
    ec2.delete_route_table(RouteTableId=table)
    ec2.delete_vpc(VpcId=vpc)


@behaviour("ec2/vpc/quota", VPC_QUOTAS, moto="VPCs aren't limited")
def vpc_quota(aws):
    """Five a region, the default one among them."""
    ec2 = aws.client("ec2")
    for i in range(4):
        vpc_of(ec2, f"10.{i}.0.0/16")
    aws.refused("VpcLimitExceeded", ec2.create_vpc, CidrBlock="10.9.0.0/16")
    assert len(ec2.describe_vpcs()["Vpcs"]) == 5


@behaviour("ec2/subnet/create", vpc_guide("subnet-sizing"))
def subnet_create(aws):
    """AWS keeps five addresses of every subnet."""
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", AvailabilityZone="eu-central-1b")
    subnet = made["Subnet"]
    assert subnet["AvailableIpAddressCount"] == 251
    assert subnet["AvailabilityZone"] == "eu-central-1b"
    assert subnet["AvailabilityZoneId"].startswith("euc1-az")
    assert subnet["MapPublicIpOnLaunch"] is False and subnet["DefaultForAz"] is False
    assert subnet["SubnetArn"].endswith(f":{aws.account}:subnet/{subnet['SubnetId']}")
    small = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/28")["Subnet"]
    assert small["AvailableIpAddressCount"] == 11


@behaviour("ec2/subnet/range", EC2_ERRORS, moto="subnets of any size are made")
def subnet_range(aws):
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    for block in ("10.9.0.0/24", "10.0.0.0/29", "10.0.0.0/15"):
        arguments = {"VpcId": vpc, "CidrBlock": block}
        error = aws.refused("InvalidSubnet.Range", ec2.create_subnet, **arguments)
        assert block in error["Message"]


@behaviour("ec2/subnet/conflict", EC2_ERRORS)
def subnet_conflict(aws):
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    subnet_of(ec2, vpc, "10.0.0.0/24")
    for block in ("10.0.0.0/24", "10.0.0.128/25", "10.0.0.0/20"):
        arguments = {"VpcId": vpc, "CidrBlock": block}
        error = aws.refused("InvalidSubnet.Conflict", ec2.create_subnet, **arguments)
        assert "conflicts with another subnet" in error["Message"]


@behaviour("ec2/subnet/unknown-zone", page("CreateSubnet"))
def subnet_zone(aws):
    ec2 = aws.client("ec2")
    arguments = {"CidrBlock": "10.0.0.0/24", "AvailabilityZone": "eu-central-1z"}
    error = aws.refused("InvalidParameterValue", ec2.create_subnet, VpcId=vpc_of(ec2), **arguments)
    assert "eu-central-1z" in error["Message"] and "vailabilityZone" in error["Message"]


@behaviour("ec2/subnet/not-found", EC2_ERRORS)
def subnet_absent(aws):
    ec2 = aws.client("ec2")
    absent = f"subnet-{ABSENT}"
    error = aws.refused("InvalidSubnetID.NotFound", ec2.describe_subnets, SubnetIds=[absent])
    assert absent in error["Message"] and "does not exist" in error["Message"]
    aws.refused("InvalidSubnetID.NotFound", ec2.delete_subnet, SubnetId=absent)
    aws.refused("InvalidSubnetID.NotFound", ec2.create_network_interface, SubnetId=absent)


@behaviour(
    "ec2/subnet/in-use", page("DeleteSubnet"), moto="a subnet is deleted with an instance in it"
)
def subnet_in_use(aws):
    ec2 = aws.client("ec2")
    subnet = aws.network().subnet
    [instance] = aws.instances(SubnetId=subnet)
    error = aws.refused("DependencyViolation", ec2.delete_subnet, SubnetId=subnet)
    assert subnet in error["Message"] and "dependencies" in error["Message"]
    assert error["status"] == 400
    ec2.terminate_instances(InstanceIds=[instance])

    def state():
        [reservation] = ec2.describe_instances(InstanceIds=[instance])["Reservations"]
        return reservation["Instances"][0]["State"]["Name"]

    aws.until(lambda: state() == "terminated", "terminated")
    ec2.delete_subnet(SubnetId=subnet)


@behaviour("ec2/subnet/addresses-left", page("Subnet"))
def subnet_left(aws):
    ec2 = aws.client("ec2")
    subnet = aws.network().subnet

    def left():
        [described] = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"]
        return described["AvailableIpAddressCount"]

    before = left()
    made = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]
    assert left() == before - 1
    ec2.delete_network_interface(NetworkInterfaceId=made["NetworkInterfaceId"])
    assert left() == before


@behaviour("ec2/subnet/public-addresses", page("ModifySubnetAttribute"))
def subnet_public(aws):
    ec2 = aws.client("ec2")
    net = aws.network()
    gateway_of(ec2, net.vpc)
    ec2.modify_subnet_attribute(SubnetId=net.subnet, MapPublicIpOnLaunch={"Value": True})
    [subnet] = ec2.describe_subnets(SubnetIds=[net.subnet])["Subnets"]
    assert subnet["MapPublicIpOnLaunch"] is True

    def public(subnet):
        [id] = aws.instances(SubnetId=subnet)
        [reservation] = ec2.describe_instances(InstanceIds=[id])["Reservations"]
        return reservation["Instances"][0].get("PublicIpAddress")

    assert public(net.subnets[0])
    assert not public(net.subnets[1])


@behaviour("ec2/subnet/filters", page("DescribeSubnets"))
def subnet_filters(aws):
    ec2 = aws.client("ec2")
    net = aws.network()
    filters = by("vpc-id", net.vpc) + by("availability-zone", "eu-central-1a", "eu-central-1c")
    found = ec2.describe_subnets(Filters=filters)["Subnets"]
    assert {s["SubnetId"] for s in found} == {net.subnets[0], net.subnets[2]}
    exact = by("vpc-id", net.vpc) + by("cidr-block", "10.0.1.0/24")
    [found] = ec2.describe_subnets(Filters=exact)["Subnets"]
    assert found["SubnetId"] == net.subnets[1]


@behaviour(
    "ec2/subnet/cidr-reservation",
    page("CreateSubnetCidrReservation"),
    moto="a reservation's description isn't kept, nor are its addresses",
)
def subnet_reservation(aws):
    ec2 = aws.client("ec2")
    subnet = aws.network().subnet
    made = ec2.create_subnet_cidr_reservation(
        SubnetId=subnet, Cidr="10.0.0.16/28", ReservationType="explicit", Description="ours"
    )["SubnetCidrReservation"]
    assert (made["Cidr"], made["ReservationType"]) == ("10.0.0.16/28", "explicit")
    [kept] = ec2.get_subnet_cidr_reservations(SubnetId=subnet)["SubnetIpv4CidrReservations"]
    assert kept["SubnetCidrReservationId"] == made["SubnetCidrReservationId"]
    assert kept["Description"] == "ours"
    # Explicit: no address of it is given out unasked, one asked for is.
    given = [
        ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["PrivateIpAddress"]
        for _ in range(30)
    ]
    assert not {f"10.0.0.{i}" for i in range(16, 32)} & set(given)
    arguments = {"SubnetId": subnet, "PrivateIpAddress": "10.0.0.20"}
    assert ec2.create_network_interface(**arguments)["NetworkInterface"]
    id = made["SubnetCidrReservationId"]
    ec2.delete_subnet_cidr_reservation(SubnetCidrReservationId=id)
    assert not ec2.get_subnet_cidr_reservations(SubnetId=subnet)["SubnetIpv4CidrReservations"]


@behaviour(
    "ec2/zones",
    page("DescribeAvailabilityZones"),
    moto="unknown zones are left out instead of refused",
)
def zones(aws):
    ec2 = aws.client("ec2")
    listed = ec2.describe_availability_zones()["AvailabilityZones"]
    assert [z["ZoneName"] for z in listed] == [f"eu-central-1{letter}" for letter in "abc"]
    for zone in listed:
        assert (zone["State"], zone["RegionName"]) == ("available", "eu-central-1")
        assert zone["ZoneType"] == "availability-zone" and zone["ZoneId"].startswith("euc1-az")
    call, unknown = ec2.describe_availability_zones, ["eu-central-1z"]
    assert (
        "eu-central-1z" in aws.refused("InvalidParameterValue", call, ZoneNames=unknown)["Message"]
    )


@behaviour("ec2/regions", page("DescribeRegions"))
def regions(aws):
    listed = aws.client("ec2").describe_regions(RegionNames=["eu-central-1"])["Regions"]
    assert [r["Endpoint"] for r in listed] == ["ec2.eu-central-1.amazonaws.com"]
    assert listed[0]["OptInStatus"] == "opt-in-not-required"
