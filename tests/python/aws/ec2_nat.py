"""EC2: NAT gateways."""

from aws.behaviour import behaviour
from aws.ec2_network import ABSENT, by, gateway_of
from aws.ec2_routes import ANYWHERE, routes_of, table_of
from aws.pages import EC2_ERRORS, EC2_IDEMPOTENCY, NAT_TROUBLE, vpc_guide
from aws.pages import ec2 as page


def nat_of(aws, subnet, **arguments):
    """A NAT gateway and its address, as soon as it is asked for."""
    ec2 = aws.client("ec2")
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address, **arguments)
    return made["NatGateway"]["NatGatewayId"], address


def nat(ec2, id):
    [described] = ec2.describe_nat_gateways(NatGatewayIds=[id])["NatGateways"]
    return described


def settled(aws, id, state):
    """The gateway, once it is in that state."""
    ec2 = aws.client("ec2")
    aws.until(lambda: nat(ec2, id)["State"] not in ("pending", "deleting"), state)
    described = nat(ec2, id)
    assert described["State"] == state, described
    return described


@behaviour("ec2/nat-gateway/available", page("CreateNatGateway"), moto="no connectivity type")
def nat_available(aws):
    ec2 = aws.client("ec2")
    net = aws.network()
    gateway_of(ec2, net.vpc)
    id, address = nat_of(aws, net.subnet)
    made = settled(aws, id, "available")
    assert made["ConnectivityType"] == "public"
    assert (made["SubnetId"], made["VpcId"]) == (net.subnet, net.vpc)
    [place] = made["NatGatewayAddresses"]
    assert place["AllocationId"] == address and place["PrivateIp"].startswith("10.0.0.")
    [shown] = ec2.describe_addresses(AllocationIds=[address])["Addresses"]
    assert place["PublicIp"] == shown["PublicIp"]
    assert shown["NetworkInterfaceId"] == place["NetworkInterfaceId"]


@behaviour("ec2/nat-gateway/takes-time", page("NatGateway"), emulator_only=True)
def nat_time(aws):
    ec2 = aws.client("ec2")
    net = aws.network()
    gateway_of(ec2, net.vpc)
    id, _ = nat_of(aws, net.subnet)
    assert nat(ec2, id)["State"] == "pending"
    aws.step(10)
    assert nat(ec2, id)["State"] == "pending"
    aws.step(600)
    assert nat(ec2, id)["State"] == "available"


@behaviour(
    "ec2/nat-gateway/interface",
    vpc_guide("nat-gateway-basics"),
    moto="a NAT gateway's interface is an ordinary one",
)
def nat_interface(aws):
    """It has an interface of its own, which nobody else may delete."""
    ec2 = aws.client("ec2")
    net = aws.network()
    gateway_of(ec2, net.vpc)
    id, _ = nat_of(aws, net.subnet)
    interface = settled(aws, id, "available")["NatGatewayAddresses"][0]["NetworkInterfaceId"]
    call = ec2.describe_network_interfaces
    [shown] = call(NetworkInterfaceIds=[interface])["NetworkInterfaces"]
    assert shown["InterfaceType"] == "nat_gateway" and shown["RequesterManaged"] is True
    assert shown["Status"] == "in-use" and id in shown["Description"]
    aws.refused("DependencyViolation", ec2.delete_subnet, SubnetId=net.subnet)


@behaviour("ec2/nat-gateway/idempotent", EC2_IDEMPOTENCY, moto="client tokens are ignored")
def nat_idempotent(aws):
    ec2 = aws.client("ec2")
    net = aws.network()
    gateway_of(ec2, net.vpc)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    arguments = {"AllocationId": address, "ClientToken": "once"}
    first = ec2.create_nat_gateway(SubnetId=net.subnet, **arguments)
    again = ec2.create_nat_gateway(SubnetId=net.subnet, **arguments)
    assert first["ClientToken"] == "once"
    assert first["NatGateway"]["NatGatewayId"] == again["NatGateway"]["NatGatewayId"]
    listed = ec2.describe_nat_gateways(Filter=by("vpc-id", net.vpc))["NatGateways"]
    assert len(listed) == 1
    arguments["SubnetId"] = net.subnets[1]
    aws.refused("IdempotentParameterMismatch", ec2.create_nat_gateway, **arguments)


@behaviour(
    "ec2/nat-gateway/needs-gateway", NAT_TROUBLE, moto="available without an internet gateway"
)
def nat_failed(aws):
    id, _ = nat_of(aws, aws.network().subnet)
    failed = settled(aws, id, "failed")
    assert failed["FailureCode"] == "Gateway.NotAttached"
    assert "has no Internet gateway attached" in failed["FailureMessage"]


@behaviour(
    "ec2/nat-gateway/address-taken", NAT_TROUBLE, moto="refused at once instead of failing later"
)
def nat_address_taken(aws):
    ec2 = aws.client("ec2")
    net = aws.network()
    gateway_of(ec2, net.vpc)
    id, address = nat_of(aws, net.subnet)
    settled(aws, id, "available")
    arguments = {"SubnetId": net.subnets[1], "AllocationId": address}
    second = ec2.create_nat_gateway(**arguments)["NatGateway"]["NatGatewayId"]
    failed = settled(aws, second, "failed")
    assert failed["FailureCode"] == "Resource.AlreadyAssociated"
    assert address in failed["FailureMessage"]


@behaviour(
    "ec2/nat-gateway/not-found",
    EC2_ERRORS,
    moto="an unknown NAT gateway is left out instead of refused",
)
def nat_absent(aws):
    ec2 = aws.client("ec2")
    absent = f"nat-{ABSENT}"
    call = ec2.describe_nat_gateways
    assert absent in aws.refused("NatGatewayNotFound", call, NatGatewayIds=[absent])["Message"]
    aws.refused("NatGatewayNotFound", ec2.delete_nat_gateway, NatGatewayId=absent)
    aws.refused(
        ("InvalidAllocationID.NotFound", "InvalidElasticIpID.NotFound"),
        ec2.create_nat_gateway,
        SubnetId=aws.network().subnet,
        AllocationId=f"eipalloc-{ABSENT}",
    )


@behaviour("ec2/nat-gateway/delete", page("DeleteNatGateway"), moto="routes to it stay active")
def nat_delete(aws):
    """Its address stays, routes to it become black holes, and it's shown for about an hour."""
    ec2 = aws.client("ec2")
    net = aws.network()
    gateway_of(ec2, net.vpc)
    table = table_of(ec2, net.vpc)
    id, address = nat_of(aws, net.subnet)
    settled(aws, id, "available")
    ec2.create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, NatGatewayId=id)
    assert ec2.delete_nat_gateway(NatGatewayId=id)["NatGatewayId"] == id
    settled(aws, id, "deleted")
    assert routes_of(ec2, table)[ANYWHERE]["State"] == "blackhole"
    [shown] = ec2.describe_addresses(AllocationIds=[address])["Addresses"]
    assert "AssociationId" not in shown
    ec2.release_address(AllocationId=address)
    ec2.delete_subnet(SubnetId=net.subnet)


@behaviour("ec2/nat-gateway/deleting", page("DeleteNatGateway"), emulator_only=True)
def nat_deleting(aws):
    """While it goes its address and its subnet are held."""
    ec2 = aws.client("ec2")
    net = aws.network()
    gateway_of(ec2, net.vpc)
    id, address = nat_of(aws, net.subnet)
    settled(aws, id, "available")
    ec2.delete_nat_gateway(NatGatewayId=id)
    assert nat(ec2, id)["State"] == "deleting"
    codes = ("InvalidIPAddress.InUse", "AuthFailure")
    aws.refused(codes, ec2.release_address, AllocationId=address)
    aws.refused("DependencyViolation", ec2.delete_subnet, SubnetId=net.subnet)
    settled(aws, id, "deleted")
    aws.step(3 * 3600)
    aws.refused("NatGatewayNotFound", ec2.describe_nat_gateways, NatGatewayIds=[id])
