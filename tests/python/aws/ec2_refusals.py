"""EC2: launches that are refused."""

from aws.behaviour import behaviour
from aws.ec2_compute import attempt
from aws.ec2_network import ABSENT, vpc_of
from aws.pages import EC2_ERRORS
from aws.pages import ec2 as page


@behaviour("ec2/instance/no-capacity", EC2_ERRORS, emulator_only=True)
def no_capacity(aws):
    ec2 = aws.client("ec2")
    arguments = attempt(aws, SubnetId=aws.network().subnet)
    aws.shortage(["eu-central-1a"])
    error = aws.refused("InsufficientInstanceCapacity", ec2.run_instances, **arguments)
    assert error["status"] == 500 and "t3.micro" in error["Message"]
    assert not ec2.describe_instances()["Reservations"]


@behaviour("ec2/instance/image-not-found", EC2_ERRORS)
def image_absent(aws):
    ec2 = aws.client("ec2")
    absent = f"ami-{ABSENT}"
    call = ec2.run_instances
    error = aws.refused("InvalidAMIID.NotFound", call, **attempt(aws, ImageId=absent))
    assert absent in error["Message"] and "does not exist" in error["Message"]
    aws.refused("InvalidAMIID.NotFound", ec2.describe_images, ImageIds=[absent])


@behaviour("ec2/instance/image-malformed", EC2_ERRORS)
def image_malformed(aws):
    call = aws.client("ec2").run_instances
    error = aws.refused("InvalidAMIID.Malformed", call, **attempt(aws, ImageId="image"))
    assert "Invalid id" in error["Message"]


@behaviour(
    "ec2/instance/unknown-type",
    page("RunInstances"),
    moto="another code: InvalidInstanceType.NotFound",
)
def unknown_type(aws):
    call = aws.client("ec2").run_instances
    error = aws.refused("InvalidParameterValue", call, **attempt(aws, InstanceType="t3.enormous"))
    assert "t3.enormous" in error["Message"]


@behaviour(
    "ec2/instance/key-not-found", EC2_ERRORS, moto="the message names the key without quotes"
)
def key_absent(aws):
    call = aws.client("ec2").run_instances
    error = aws.refused("InvalidKeyPair.NotFound", call, **attempt(aws, KeyName="nobody"))
    assert "'nobody' does not exist" in error["Message"]


@behaviour("ec2/instance/subnet-not-found", EC2_ERRORS)
def subnet_absent(aws):
    call = aws.client("ec2").run_instances
    absent = f"subnet-{ABSENT}"
    error = aws.refused("InvalidSubnetID.NotFound", call, **attempt(aws, SubnetId=absent))
    assert absent in error["Message"]


@behaviour("ec2/instance/group-not-found", EC2_ERRORS)
def group_absent(aws):
    call = aws.client("ec2").run_instances
    arguments = attempt(aws, SubnetId=aws.network().subnet, SecurityGroupIds=[f"sg-{ABSENT}"])
    assert f"sg-{ABSENT}" in aws.refused("InvalidGroup.NotFound", call, **arguments)["Message"]


@behaviour(
    "ec2/instance/group-elsewhere", page("RunInstances"), moto="a group of another VPC is accepted"
)
def group_elsewhere(aws):
    """Subnet and groups must be of one VPC."""
    ec2 = aws.client("ec2")
    other = vpc_of(ec2, "10.1.0.0/16")
    group = ec2.create_security_group(GroupName="o", Description="o", VpcId=other)["GroupId"]
    arguments = attempt(aws, SubnetId=aws.network().subnet, SecurityGroupIds=[group])
    error = aws.refused("InvalidParameter", ec2.run_instances, **arguments)
    assert "different networks" in error["Message"] and group in error["Message"]


@behaviour(
    "ec2/instance/unknown-profile",
    page("IamInstanceProfileSpecification"),
    moto="another code: NoSuchEntity",
)
def unknown_profile(aws):
    call = aws.client("ec2").run_instances
    arguments = attempt(aws, IamInstanceProfile={"Name": "nobody"})
    error = aws.refused("InvalidParameterValue", call, **arguments)
    assert "nobody" in error["Message"] and "iamInstanceProfile" in error["Message"]


@behaviour("ec2/instance/not-found", EC2_ERRORS)
def absent(aws):
    ec2 = aws.client("ec2")
    absent = [f"i-{ABSENT}"]
    code = "InvalidInstanceID.NotFound"
    error = aws.refused(code, ec2.describe_instances, InstanceIds=absent)
    assert absent[0] in error["Message"] and "does not exist" in error["Message"]
    for call in (ec2.terminate_instances, ec2.stop_instances, ec2.start_instances):
        aws.refused(code, call, InstanceIds=absent)


@behaviour("ec2/instance/malformed", EC2_ERRORS, moto="a malformed id isn't found")
def malformed(aws):
    call = aws.client("ec2").describe_instances
    for id in ("instance", "i-xyz", "vpc-0123456789abcdef0"):
        error = aws.refused("InvalidInstanceID.Malformed", call, InstanceIds=[id])
        assert "Invalid id" in error["Message"] and id in error["Message"]
