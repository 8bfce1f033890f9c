"""EC2: network interfaces."""

from aws.behaviour import behaviour
from aws.ec2_network import ABSENT, by
from aws.ec2_security import group_of
from aws.pages import EC2_ERRORS, EC2_IDEMPOTENCY, vpc_guide
from aws.pages import ec2 as page


@behaviour("ec2/interface/create", page("CreateNetworkInterface"))
def interface_create(aws):
    ec2 = aws.client("ec2")
    net = aws.network()
    made = ec2.create_network_interface(
        SubnetId=net.subnet, Groups=[net.group], PrivateIpAddress="10.0.0.77", Description="ours"
    )["NetworkInterface"]
    call = ec2.describe_network_interfaces
    ids = [made["NetworkInterfaceId"]]
    [shown] = call(NetworkInterfaceIds=ids)["NetworkInterfaces"]
    assert shown["Status"] == "available" and shown["InterfaceType"] == "interface"
    assert shown["PrivateIpAddress"] == "10.0.0.77" and shown["Description"] == "ours"
    assert [g["GroupId"] for g in shown["Groups"]] == [net.group]
    assert shown["SourceDestCheck"] is True and shown["AvailabilityZone"] == net.zones[0]
    assert (shown["VpcId"], shown["RequesterManaged"]) == (net.vpc, False)


@behaviour("ec2/interface/address-taken", EC2_ERRORS, moto="two interfaces can have one address")
def interface_taken(aws):
    ec2 = aws.client("ec2")
    arguments = {"SubnetId": aws.network().subnet, "PrivateIpAddress": "10.0.0.77"}
    ec2.create_network_interface(**arguments)
    error = aws.refused("InvalidIPAddress.InUse", ec2.create_network_interface, **arguments)
    assert "10.0.0.77" in error["Message"]


@behaviour(
    "ec2/interface/address-range",
    vpc_guide("subnet-sizing"),
    moto="an address outside the subnet is accepted",
)
def interface_range(aws):
    """Outside the subnet, and the five that AWS keeps."""
    ec2 = aws.client("ec2")
    subnet = aws.network().subnet
    for address in ("10.0.1.9", "10.0.0.0", "10.0.0.1", "10.0.0.3", "10.0.0.255"):
        arguments = {"SubnetId": subnet, "PrivateIpAddress": address}
        aws.refused("InvalidParameterValue", ec2.create_network_interface, **arguments)
    assert ec2.create_network_interface(SubnetId=subnet, PrivateIpAddress="10.0.0.4")


@behaviour(
    "ec2/interface/in-use",
    page("DeleteNetworkInterface"),
    moto="a primary interface isn't said to go with its instance",
)
def interface_in_use(aws):
    ec2 = aws.client("ec2")
    net = aws.network()
    aws.instances(SubnetId=net.subnet)
    found = ec2.describe_network_interfaces(Filters=by("vpc-id", net.vpc))["NetworkInterfaces"]
    [interface] = found
    assert interface["Status"] == "in-use" and interface["Attachment"]["DeleteOnTermination"]
    codes = ("InvalidNetworkInterface.InUse", "InvalidParameterValue")
    which = {"NetworkInterfaceId": interface["NetworkInterfaceId"]}
    error = aws.refused(codes, ec2.delete_network_interface, **which)
    assert "in use" in error["Message"]


@behaviour("ec2/interface/not-found", EC2_ERRORS)
def interface_absent(aws):
    ec2 = aws.client("ec2")
    absent = f"eni-{ABSENT}"
    call = ec2.describe_network_interfaces
    code = "InvalidNetworkInterfaceID.NotFound"
    assert absent in aws.refused(code, call, NetworkInterfaceIds=[absent])["Message"]
    aws.refused(code, ec2.delete_network_interface, NetworkInterfaceId=absent)


@behaviour("ec2/interface/idempotent", EC2_IDEMPOTENCY, moto="client tokens are ignored")
def interface_idempotent(aws):
    ec2 = aws.client("ec2")
    net = aws.network()
    arguments = {"SubnetId": net.subnet, "ClientToken": "once"}
    first = ec2.create_network_interface(**arguments)["NetworkInterface"]
    again = ec2.create_network_interface(**arguments)["NetworkInterface"]
    assert first["NetworkInterfaceId"] == again["NetworkInterfaceId"]
    arguments["Description"] = "another"
    aws.refused("IdempotentParameterMismatch", ec2.create_network_interface, **arguments)


@behaviour(
    "ec2/interface/attach",
    page("AttachNetworkInterface"),
    moto="a primary interface outlives its instance",
)
def interface_attach(aws):
    """A second one outlives its instance, unless told otherwise."""
    ec2 = aws.client("ec2")
    net = aws.network()
    [instance] = aws.instances(SubnetId=net.subnet)
    made = ec2.create_network_interface(SubnetId=net.subnet)["NetworkInterface"]
    id = made["NetworkInterfaceId"]
    aws.until(
        lambda: ec2.describe_instance_status(InstanceIds=[instance])["InstanceStatuses"], "up"
    )
    ec2.attach_network_interface(NetworkInterfaceId=id, InstanceId=instance, DeviceIndex=1)
    [reservation] = ec2.describe_instances(InstanceIds=[instance])["Reservations"]
    interfaces = reservation["Instances"][0]["NetworkInterfaces"]
    assert {i["Attachment"]["DeviceIndex"] for i in interfaces} == {0, 1}
    ec2.terminate_instances(InstanceIds=[instance])

    def shown():
        found = ec2.describe_network_interfaces(Filters=by("vpc-id", net.vpc))
        return found["NetworkInterfaces"]

    aws.until(lambda: len(shown()) == 1, "the primary one gone")
    assert shown()[0]["NetworkInterfaceId"] == id and shown()[0]["Status"] == "available"


@behaviour(
    "ec2/interface/groups",
    page("ModifyNetworkInterfaceAttribute"),
    moto="an unknown group is accepted",
)
def interface_groups(aws):
    ec2 = aws.client("ec2")
    net = aws.network()
    other = group_of(ec2, net.vpc, "other")
    made = ec2.create_network_interface(SubnetId=net.subnet, Groups=[net.group])
    id = made["NetworkInterface"]["NetworkInterfaceId"]
    change = ec2.modify_network_interface_attribute
    change(NetworkInterfaceId=id, Groups=[other])
    [shown] = ec2.describe_network_interfaces(NetworkInterfaceIds=[id])["NetworkInterfaces"]
    assert [g["GroupId"] for g in shown["Groups"]] == [other]
    ec2.delete_security_group(GroupId=net.group)
    absent = [f"sg-{ABSENT}"]
    aws.refused("InvalidGroup.NotFound", change, NetworkInterfaceId=id, Groups=absent)
