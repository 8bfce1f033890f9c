"""EC2: instances, and what their launch asks for."""

import base64

from aws.behaviour import behaviour
from aws.ec2_network import by
from aws.pages import EC2_ERRORS, EC2_IDEMPOTENCY, ec2_guide
from aws.pages import ec2 as page

TRUST = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
    "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"""


def launch(aws, **arguments):
    """What RunInstances answers for one instance."""
    arguments = {"ImageId": aws.image(), "InstanceType": "t3.micro", **arguments}
    return aws.client("ec2").run_instances(MinCount=1, MaxCount=1, **arguments)["Instances"][0]


def described(aws, id):
    [reservation] = aws.client("ec2").describe_instances(InstanceIds=[id])["Reservations"]
    return reservation["Instances"][0]


def reach(aws, id, state):
    """The instance, once it is in that state."""
    aws.until(lambda: described(aws, id)["State"]["Name"] == state, state)
    return described(aws, id)


def attempt(aws, **arguments):
    """RunInstances's arguments for an attempt that is to be refused."""
    one = {"ImageId": aws.image(), "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    return one | arguments


@behaviour("ec2/instance/run", page("RunInstances"))
def run(aws):
    net = aws.network()
    made = launch(aws, SubnetId=net.subnet, SecurityGroupIds=[net.group])
    id = made["InstanceId"]
    assert id.startswith("i-") and len(id) == len("i-") + 17
    assert made["State"] == {"Code": 0, "Name": "pending"}
    shown = reach(aws, id, "running")
    assert shown["State"]["Code"] == 16 and shown["InstanceType"] == "t3.micro"
    assert (shown["VpcId"], shown["SubnetId"]) == (net.vpc, net.subnet)
    assert shown["PrivateIpAddress"].startswith("10.0.0.")
    assert [group["GroupId"] for group in shown["SecurityGroups"]] == [net.group]
    assert shown["Placement"]["AvailabilityZone"] == net.zones[0]
    assert shown["ImageId"] == aws.image() and shown["AmiLaunchIndex"] == 0
    assert "PublicIpAddress" not in shown


@behaviour("ec2/instance/several", page("RunInstances"), moto="every instance has launch index 0")
def several(aws):
    """One reservation, an index for each."""
    net = aws.network()
    made = aws.client("ec2").run_instances(
        **attempt(aws, MinCount=2, MaxCount=3, SubnetId=net.subnet)
    )
    assert [i["AmiLaunchIndex"] for i in made["Instances"]] == [0, 1, 2]
    assert len({i["InstanceId"] for i in made["Instances"]}) == 3
    assert len({i["PrivateIpAddress"] for i in made["Instances"]}) == 3
    assert made["OwnerId"] == aws.account and made["ReservationId"].startswith("r-")


@behaviour(
    "ec2/instance/same-token", EC2_IDEMPOTENCY, moto="client tokens are ignored: two machines"
)
def same_token(aws):
    ec2 = aws.client("ec2")
    arguments = attempt(aws, SubnetId=aws.network().subnet, ClientToken="once")
    first = ec2.run_instances(**arguments)
    again = ec2.run_instances(**arguments)
    assert first["Instances"][0]["InstanceId"] == again["Instances"][0]["InstanceId"]
    assert first["ReservationId"] == again["ReservationId"]
    [reservation] = ec2.describe_instances()["Reservations"]
    assert [i["ClientToken"] for i in reservation["Instances"]] == ["once"]


@behaviour("ec2/instance/token-mismatch", EC2_IDEMPOTENCY, moto="client tokens are ignored")
def token_mismatch(aws):
    ec2 = aws.client("ec2")
    arguments = attempt(aws, SubnetId=aws.network().subnet, ClientToken="once")
    ec2.run_instances(**arguments)
    for change in ({"InstanceType": "t3.small"}, {"MaxCount": 2}):
        error = aws.refused("IdempotentParameterMismatch", ec2.run_instances, **arguments | change)
        assert error["status"] == 400
    assert len(ec2.describe_instances()["Reservations"]) == 1


@behaviour("ec2/instance/token-terminated", EC2_ERRORS, moto="client tokens are ignored")
def token_terminated(aws):
    ec2 = aws.client("ec2")
    arguments = attempt(aws, SubnetId=aws.network().subnet, ClientToken="once")
    id = ec2.run_instances(**arguments)["Instances"][0]["InstanceId"]
    ec2.terminate_instances(InstanceIds=[id])
    reach(aws, id, "terminated")
    aws.refused("IdempotentInstanceTerminated", ec2.run_instances, **arguments)


@behaviour("ec2/instance/token-per-region", EC2_IDEMPOTENCY)
def token_region(aws):
    """A token is a region's: elsewhere it launches another."""
    here = launch(aws, ClientToken="once")["InstanceId"]
    ec2 = aws.client("ec2", region="eu-west-1")
    ssm = aws.client("ssm", region="eu-west-1")
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    image = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    arguments = attempt(aws, ImageId=image, ClientToken="once")
    there = ec2.run_instances(**arguments)["Instances"][0]["InstanceId"]
    assert here != there
    [reservation] = ec2.describe_instances()["Reservations"]
    assert [i["InstanceId"] for i in reservation["Instances"]] == [there]


@behaviour("ec2/instance/lost-reply", EC2_IDEMPOTENCY, emulator_only=True)
def lost_reply(aws):
    """The SDK tries again, with the token it chose: one machine."""
    arguments = attempt(aws, SubnetId=aws.network().subnet)
    aws.fault("reset_after", "ec2", "RunInstances", times=1)
    patient = aws.client("ec2", retries={"total_max_attempts": 4, "mode": "standard"})
    made = patient.run_instances(**arguments)["Instances"]
    calls = [c for c in aws.log() if c["operation"] == "RunInstances"]
    assert len(calls) == 2, calls
    [reservation] = patient.describe_instances()["Reservations"]
    assert [i["InstanceId"] for i in reservation["Instances"]] == [made[0]["InstanceId"]]


@behaviour(
    "ec2/instance/default-vpc",
    page("RunInstances"),
    moto="without a group an instance isn't in the default one",
)
def in_default_vpc(aws):
    """Without a subnet: in a default subnet, with a public address and the default group."""
    ec2 = aws.client("ec2")
    shown = reach(aws, launch(aws)["InstanceId"], "running")
    [vpc] = ec2.describe_vpcs(Filters=by("is-default", "true"))["Vpcs"]
    assert shown["VpcId"] == vpc["VpcId"] and shown["PublicIpAddress"]
    assert [group["GroupName"] for group in shown["SecurityGroups"]] == ["default"]


@behaviour("ec2/instance/user-data", ec2_guide("user-data"))
def user_data(aws):
    id = launch(aws, UserData="#cloud-config\n")["InstanceId"]
    shown = aws.client("ec2").describe_instance_attribute(InstanceId=id, Attribute="userData")
    assert base64.b64decode(shown["UserData"]["Value"]) == b"#cloud-config\n"


@behaviour("ec2/instance/user-data-limit", ec2_guide("user-data"), moto="user data isn't limited")
def user_data_limit(aws):
    """16 KB before it is encoded, to the byte."""
    call = aws.client("ec2").run_instances
    launch(aws, UserData="x" * 16384)
    error = aws.refused("InvalidParameterValue", call, **attempt(aws, UserData="x" * 16385))
    assert "16384" in error["Message"]


@behaviour(
    "ec2/instance/metadata-options",
    page("InstanceMetadataOptionsRequest"),
    moto="a change of one metadata option drops the others",
)
def metadata_options(aws):
    ec2 = aws.client("ec2")
    asked = {
        "HttpTokens": "required",
        "HttpPutResponseHopLimit": 2,
        "InstanceMetadataTags": "enabled",
    }
    id = launch(aws, MetadataOptions=asked)["InstanceId"]
    reach(aws, id, "running")
    kept = described(aws, id)["MetadataOptions"]
    assert {name: kept[name] for name in asked} == asked and kept["HttpEndpoint"] == "enabled"
    ec2.modify_instance_metadata_options(InstanceId=id, HttpPutResponseHopLimit=1)
    aws.until(
        lambda: described(aws, id)["MetadataOptions"]["State"] == "applied", "metadata applied"
    )
    kept = described(aws, id)["MetadataOptions"]
    assert (kept["HttpPutResponseHopLimit"], kept["HttpTokens"]) == (1, "required")


@behaviour("ec2/instance/profile", page("IamInstanceProfileAssociation"))
def profile(aws):
    ec2, iam = aws.client("ec2"), aws.client("iam")
    made = iam.create_instance_profile(InstanceProfileName="members")["InstanceProfile"]
    iam.create_role(RoleName="members", AssumeRolePolicyDocument=TRUST)
    iam.add_role_to_instance_profile(InstanceProfileName="members", RoleName="members")
    id = launch(aws, IamInstanceProfile={"Arn": made["Arn"]})["InstanceId"]
    assert described(aws, id)["IamInstanceProfile"]["Arn"] == made["Arn"]
    filters = by("instance-id", id)
    associations = ec2.describe_iam_instance_profile_associations(Filters=filters)
    [association] = associations["IamInstanceProfileAssociations"]
    assert association["IamInstanceProfile"]["Id"] == made["InstanceProfileId"]
    assert association["State"] in ("associating", "associated")


@behaviour("ec2/instance/filters", page("DescribeInstances"))
def filters(aws):
    ec2 = aws.client("ec2")
    net = aws.network()
    made = []
    for i, subnet in enumerate(net.subnets):
        tags = [{"Key": "Name", "Value": f"member-{i}"}, {"Key": "role", "Value": "member"}]
        spec = [{"ResourceType": "instance", "Tags": tags}]
        made.append(launch(aws, SubnetId=subnet, TagSpecifications=spec)["InstanceId"])
    ec2.terminate_instances(InstanceIds=made[2:])
    reach(aws, made[0], "running"), reach(aws, made[1], "running")

    def found(*filters):
        listed = ec2.describe_instances(Filters=list(filters))["Reservations"]
        return {i["InstanceId"] for r in listed for i in r["Instances"]}

    assert found(*by("tag:role", "member")) == set(made)
    assert found(*by("instance-state-name", "running"), *by("vpc-id", net.vpc)) == set(made[:2])
    assert found(*by("tag:Name", "member-1", "member-9")) == {made[1]}
    assert found(*by("subnet-id", net.subnets[0])) == {made[0]}
    assert found(*by("tag-key", "nothing")) == set()


@behaviour(
    "ec2/instance/tag-on-create",
    page("TagSpecification"),
    moto="a launch's tags for interfaces are dropped",
)
def tag_on_create(aws):
    """Instance, volumes and interfaces, each by its own specification."""
    ec2 = aws.client("ec2")
    kinds = ("instance", "volume", "network-interface")
    specs = [{"ResourceType": kind, "Tags": [{"Key": "kind", "Value": kind}]} for kind in kinds]
    id = launch(aws, TagSpecifications=specs)["InstanceId"]
    shown = reach(aws, id, "running")
    assert shown["Tags"] == [{"Key": "kind", "Value": "instance"}]
    [volume] = ec2.describe_volumes(Filters=by("attachment.instance-id", id))["Volumes"]
    assert volume["Tags"] == [{"Key": "kind", "Value": "volume"}]
    interfaces = ec2.describe_network_interfaces(Filters=by("attachment.instance-id", id))
    [interface] = interfaces["NetworkInterfaces"]
    assert interface["TagSet"] == [{"Key": "kind", "Value": "network-interface"}]
