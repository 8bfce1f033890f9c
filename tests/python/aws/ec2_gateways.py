"""EC2: internet gateways and Elastic IP addresses."""

from aws.behaviour import behaviour
from aws.ec2_network import gateway_of, vpc_of
from aws.pages import ec2 as page
from aws.pages import ec2_guide


@behaviour(
    "ec2/internet-gateway/second",
    page("AttachInternetGateway"),
    moto="a VPC takes several internet gateways",
)
def second_gateway(aws):
    """One a VPC, one VPC a gateway."""
    ec2 = aws.client("ec2")
    first, other = vpc_of(ec2), vpc_of(ec2, "10.1.0.0/16")
    gateway = gateway_of(ec2, first)
    spare = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    attach = ec2.attach_internet_gateway
    error = aws.refused("InvalidParameterValue", attach, InternetGatewayId=spare, VpcId=first)
    assert first in error["Message"] and "already" in error["Message"]
    aws.refused("Resource.AlreadyAssociated", attach, InternetGatewayId=gateway, VpcId=other)


@behaviour("ec2/internet-gateway/in-use", page("DeleteInternetGateway"))
def gateway_in_use(aws):
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    gateway = gateway_of(ec2, vpc)
    call = ec2.delete_internet_gateway
    error = aws.refused("DependencyViolation", call, InternetGatewayId=gateway)
    assert gateway in error["Message"]
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    call(InternetGatewayId=gateway)
    aws.refused("InvalidInternetGatewayID.NotFound", call, InternetGatewayId=gateway)


@behaviour(
    "ec2/internet-gateway/detach",
    page("DetachInternetGateway"),
    moto="a gateway is detached while public addresses are in use",
)
def gateway_detach(aws):
    """Not while the VPC has public addresses in use."""
    ec2 = aws.client("ec2")
    net = aws.network()
    gateway = gateway_of(ec2, net.vpc)
    interface = ec2.create_network_interface(SubnetId=net.subnet)["NetworkInterface"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    linked = ec2.associate_address(
        AllocationId=address, NetworkInterfaceId=interface["NetworkInterfaceId"]
    )["AssociationId"]
    arguments = {"InternetGatewayId": gateway, "VpcId": net.vpc}
    error = aws.refused("DependencyViolation", ec2.detach_internet_gateway, **arguments)
    assert "mapped public address" in error["Message"]
    ec2.disassociate_address(AssociationId=linked)
    ec2.detach_internet_gateway(**arguments)
    aws.refused("Gateway.NotAttached", ec2.detach_internet_gateway, **arguments)


@behaviour("ec2/address/allocate", page("AllocateAddress"))
def address_allocate(aws):
    ec2 = aws.client("ec2")
    made = ec2.allocate_address(Domain="vpc")
    assert made["Domain"] == "vpc" and made["AllocationId"].startswith("eipalloc-")
    [address] = ec2.describe_addresses(AllocationIds=[made["AllocationId"]])["Addresses"]
    assert address["PublicIp"] == made["PublicIp"] and "AssociationId" not in address
    ec2.release_address(AllocationId=made["AllocationId"])
    call = ec2.release_address
    error = aws.refused("InvalidAllocationID.NotFound", call, AllocationId=made["AllocationId"])
    assert made["AllocationId"] in error["Message"]


@behaviour(
    "ec2/address/quota",
    ec2_guide("elastic-ip-addresses-eip"),
    moto="Elastic IP addresses aren't limited",
)
def address_quota(aws):
    ec2 = aws.client("ec2")
    for _ in range(5):
        ec2.allocate_address(Domain="vpc")
    aws.refused("AddressLimitExceeded", ec2.allocate_address, Domain="vpc")


@behaviour("ec2/address/in-use", page("ReleaseAddress"), moto="an address in use is released")
def address_in_use(aws):
    ec2 = aws.client("ec2")
    net = aws.network()
    gateway_of(ec2, net.vpc)
    interface = ec2.create_network_interface(SubnetId=net.subnet)["NetworkInterface"]
    address = ec2.allocate_address(Domain="vpc")
    linked = ec2.associate_address(
        AllocationId=address["AllocationId"], NetworkInterfaceId=interface["NetworkInterfaceId"]
    )["AssociationId"]
    [shown] = ec2.describe_addresses(AllocationIds=[address["AllocationId"]])["Addresses"]
    assert shown["AssociationId"] == linked
    assert shown["PrivateIpAddress"] == interface["PrivateIpAddress"]
    assert shown["NetworkInterfaceId"] == interface["NetworkInterfaceId"]
    arguments = {"AllocationId": address["AllocationId"]}
    aws.refused("InvalidIPAddress.InUse", ec2.release_address, **arguments)
    ec2.disassociate_address(AssociationId=linked)
    ec2.release_address(**arguments)


@behaviour(
    "ec2/address/reassociate",
    page("AssociateAddress"),
    moto="an association made again is another one",
)
def address_reassociate(aws):
    ec2 = aws.client("ec2")
    net = aws.network()
    gateway_of(ec2, net.vpc)
    first, second = (
        ec2.create_network_interface(SubnetId=net.subnet)["NetworkInterface"]["NetworkInterfaceId"]
        for _ in range(2)
    )
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    once = ec2.associate_address(AllocationId=address, NetworkInterfaceId=first)
    again = ec2.associate_address(AllocationId=address, NetworkInterfaceId=first)
    assert once["AssociationId"] == again["AssociationId"]
    arguments = {"AllocationId": address, "NetworkInterfaceId": second}
    strict = {**arguments, "AllowReassociation": False}
    aws.refused("Resource.AlreadyAssociated", ec2.associate_address, **strict)
    moved = ec2.associate_address(**arguments, AllowReassociation=True)
    assert moved["AssociationId"] != once["AssociationId"]
    call = ec2.disassociate_address
    absent = once["AssociationId"]
    aws.refused("InvalidAssociationID.NotFound", call, AssociationId=absent)


@behaviour(
    "ec2/address/needs-gateway", page("AssociateAddress"), moto="no internet gateway is needed"
)
def address_needs_gateway(aws):
    """A VPC without an internet gateway has no use for a public address."""
    ec2 = aws.client("ec2")
    interface = ec2.create_network_interface(SubnetId=aws.network().subnet)["NetworkInterface"]
    arguments = {
        "AllocationId": ec2.allocate_address(Domain="vpc")["AllocationId"],
        "NetworkInterfaceId": interface["NetworkInterfaceId"],
    }
    aws.refused("Gateway.NotAttached", ec2.associate_address, **arguments)
