"""EC2: instances, key pairs, images, types."""

import base64

from botocore.exceptions import ClientError

from aws.behaviour import behaviour
from aws.ec2_network import ABSENT, by, gateway_of, vpc_of
from aws.pages import EC2_ERRORS, EC2_IDEMPOTENCY, ec2 as page, ec2_guide


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


@behaviour("ec2/instance/pending-first", ec2_guide("ec2-instance-lifecycle"), emulator_only=True)
def pending(aws):
    id = launch(aws, SubnetId=aws.network().subnet)["InstanceId"]
    assert described(aws, id)["State"]["Name"] == "pending"
    aws.step(300)
    assert described(aws, id)["State"]["Name"] == "running"


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


@behaviour("ec2/instance/no-capacity", EC2_ERRORS, emulator_only=True)
def no_capacity(aws):
    ec2 = aws.client("ec2")
    arguments = attempt(aws, SubnetId=aws.network().subnet)
    aws.refuse_capacity("t3.micro")
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
    "ec2/instance/default-vpc",
    page("RunInstances"),
    moto="without a group an instance has none, not the default one",
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


@behaviour("ec2/instance/profile", page("IamInstanceProfileAssociation"))
def profile(aws):
    ec2, iam = aws.client("ec2"), aws.client("iam")
    made = iam.create_instance_profile(InstanceProfileName="members")["InstanceProfile"]
    id = launch(aws, IamInstanceProfile={"Arn": made["Arn"]})["InstanceId"]
    assert described(aws, id)["IamInstanceProfile"]["Arn"] == made["Arn"]
    filters = by("instance-id", id)
    associations = ec2.describe_iam_instance_profile_associations(Filters=filters)
    [association] = associations["IamInstanceProfileAssociations"]
    assert association["IamInstanceProfile"]["Id"] == made["InstanceProfileId"]
    assert association["State"] in ("associating", "associated")


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


@behaviour(
    "ec2/instance/terminate",
    page("TerminateInstances"),
    moto="a terminated instance can be terminated anew: it is shutting down again",
)
def terminate(aws):
    """It stays listed, without addresses; and once more is no error."""
    ec2 = aws.client("ec2")
    id = launch(aws, SubnetId=aws.network().subnet)["InstanceId"]
    reach(aws, id, "running")
    [change] = ec2.terminate_instances(InstanceIds=[id])["TerminatingInstances"]
    assert change["PreviousState"] == {"Code": 16, "Name": "running"}
    assert change["CurrentState"] == {"Code": 32, "Name": "shutting-down"}
    shown = reach(aws, id, "terminated")
    assert shown["State"]["Code"] == 48 and shown["StateReason"]["Code"].startswith("Client.")
    assert "User initiated" in shown["StateTransitionReason"]
    [change] = ec2.terminate_instances(InstanceIds=[id])["TerminatingInstances"]
    assert change["CurrentState"]["Name"] == change["PreviousState"]["Name"] == "terminated"


@behaviour(
    "ec2/instance/terminated-is-bare",
    ec2_guide("terminating-instances"),
    moto="a terminated instance keeps address, subnet and disks",
)
def terminated_bare(aws):
    net = aws.network()
    id = launch(aws, SubnetId=net.subnet)["InstanceId"]
    aws.client("ec2").terminate_instances(InstanceIds=[id])
    shown = reach(aws, id, "terminated")
    assert "PrivateIpAddress" not in shown and "SubnetId" not in shown
    assert not shown["NetworkInterfaces"] and not shown["BlockDeviceMappings"]


@behaviour("ec2/instance/forgotten", ec2_guide("terminating-instances"), emulator_only=True)
def forgotten(aws):
    """A terminated one is shown for about an hour."""
    ec2 = aws.client("ec2")
    id = launch(aws)["InstanceId"]
    ec2.terminate_instances(InstanceIds=[id])
    reach(aws, id, "terminated")
    aws.step(20 * 60)
    assert described(aws, id)["State"]["Name"] == "terminated"
    aws.step(3 * 3600)
    call = ec2.describe_instances
    aws.refused("InvalidInstanceID.NotFound", call, InstanceIds=[id])


@behaviour(
    "ec2/instance/termination-protection",
    ec2_guide("Using_ChangingDisableAPITermination"),
    moto="termination protection is ignored",
)
def termination_protection(aws):
    ec2 = aws.client("ec2")
    id = launch(aws, DisableApiTermination=True)["InstanceId"]
    call = ec2.terminate_instances
    error = aws.refused("OperationNotPermitted", call, InstanceIds=[id])
    assert id in error["Message"] and "disableApiTermination" in error["Message"]
    change = {"InstanceId": id, "DisableApiTermination": {"Value": False}}
    ec2.modify_instance_attribute(**change)
    call(InstanceIds=[id])
    reach(aws, id, "terminated")


@behaviour("ec2/instance/all-or-none", page("TerminateInstances"))
def all_or_none(aws):
    """One id that isn't there, and none of them is terminated."""
    ec2 = aws.client("ec2")
    id = launch(aws)["InstanceId"]
    ids = [id, f"i-{ABSENT}"]
    aws.refused("InvalidInstanceID.NotFound", ec2.terminate_instances, InstanceIds=ids)
    assert reach(aws, id, "running")


@behaviour("ec2/instance/stop-and-start", page("StopInstances"))
def stop_and_start(aws):
    ec2 = aws.client("ec2")
    id = launch(aws, SubnetId=aws.network().subnet)["InstanceId"]
    address = reach(aws, id, "running")["PrivateIpAddress"]
    [change] = ec2.stop_instances(InstanceIds=[id])["StoppingInstances"]
    assert change["CurrentState"] == {"Code": 64, "Name": "stopping"}
    shown = reach(aws, id, "stopped")
    assert shown["State"]["Code"] == 80 and shown["PrivateIpAddress"] == address
    [change] = ec2.start_instances(InstanceIds=[id])["StartingInstances"]
    assert change["CurrentState"]["Name"] == "pending"
    assert reach(aws, id, "running")["PrivateIpAddress"] == address


@behaviour("ec2/instance/public-address-changes", page("StopInstances"))
def public_address(aws):
    """A stopped instance loses the public address that AWS lent it."""
    ec2 = aws.client("ec2")
    id = launch(aws)["InstanceId"]
    assert reach(aws, id, "running")["PublicIpAddress"]
    ec2.stop_instances(InstanceIds=[id])
    assert "PublicIpAddress" not in reach(aws, id, "stopped")


@behaviour("ec2/instance/wrong-state", EC2_ERRORS, moto="a terminated instance can be started")
def wrong_state(aws):
    ec2 = aws.client("ec2")
    id = launch(aws)["InstanceId"]
    ec2.terminate_instances(InstanceIds=[id])
    reach(aws, id, "terminated")
    error = aws.refused("IncorrectInstanceState", ec2.start_instances, InstanceIds=[id])
    assert id in error["Message"]
    aws.refused("IncorrectInstanceState", ec2.stop_instances, InstanceIds=[id])


@behaviour(
    "ec2/instance/change-type",
    ec2_guide("change-instance-type-of-ebs-backed-instance"),
    moto="a running instance's type can be changed",
)
def change_type(aws):
    """Only of a stopped one."""
    ec2 = aws.client("ec2")
    id = launch(aws)["InstanceId"]
    reach(aws, id, "running")
    change = {"InstanceId": id, "InstanceType": {"Value": "t3.small"}}
    error = aws.refused("IncorrectInstanceState", ec2.modify_instance_attribute, **change)
    assert "stopped" in error["Message"]
    ec2.stop_instances(InstanceIds=[id])
    reach(aws, id, "stopped")
    ec2.modify_instance_attribute(**change)
    assert described(aws, id)["InstanceType"] == "t3.small"


@behaviour("ec2/instance/reboot", page("RebootInstances"))
def reboot(aws):
    ec2 = aws.client("ec2")
    id = launch(aws)["InstanceId"]
    before = reach(aws, id, "running")
    ec2.reboot_instances(InstanceIds=[id])
    after = described(aws, id)
    assert after["State"]["Name"] == "running" and after["LaunchTime"] == before["LaunchTime"]


@behaviour("ec2/instance/status", page("DescribeInstanceStatus"))
def status(aws):
    """Running ones, unless all are asked for."""
    ec2 = aws.client("ec2")
    up, down = launch(aws)["InstanceId"], launch(aws)["InstanceId"]
    reach(aws, up, "running"), reach(aws, down, "running")
    ec2.stop_instances(InstanceIds=[down])
    reach(aws, down, "stopped")
    call = ec2.describe_instance_status
    assert [s["InstanceId"] for s in call()["InstanceStatuses"]] == [up]
    everyone = {s["InstanceId"]: s for s in call(IncludeAllInstances=True)["InstanceStatuses"]}
    assert everyone[down]["InstanceState"]["Name"] == "stopped"
    assert everyone[down]["InstanceStatus"]["Status"] == "not-applicable"


@behaviour(
    "ec2/instance/status-checks",
    ec2_guide("monitoring-system-instance-status-check"),
    emulator_only=True,
)
def status_checks(aws):
    """They start when it runs and take minutes."""
    ec2 = aws.client("ec2")
    id = launch(aws)["InstanceId"]
    aws.until(lambda: described(aws, id)["State"]["Name"] == "running", "running", every=1)

    def statuses():
        [status] = ec2.describe_instance_status(InstanceIds=[id])["InstanceStatuses"]
        return status["InstanceStatus"]["Status"], status["SystemStatus"]["Status"]

    assert statuses() == ("initializing", "initializing")
    aws.step(15 * 60)
    assert statuses() == ("ok", "ok")


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


@behaviour("ec2/instance/monitoring", page("MonitorInstances"), moto="no MonitorInstances")
def monitoring(aws):
    ec2 = aws.client("ec2")
    id = launch(aws)["InstanceId"]
    assert described(aws, id)["Monitoring"]["State"] == "disabled"
    [change] = ec2.monitor_instances(InstanceIds=[id])["InstanceMonitorings"]
    assert change["InstanceId"] == id and change["Monitoring"]["State"] in ("pending", "enabled")
    aws.until(lambda: described(aws, id)["Monitoring"]["State"] == "enabled", "monitored")


@behaviour(
    "ec2/instance/elastic-address",
    page("AssociateAddress"),
    moto="an address stays with its terminated instance",
)
def elastic_address(aws):
    """It goes free, and stays ours, when its instance is terminated."""
    ec2 = aws.client("ec2")
    net = aws.network()
    gateway_of(ec2, net.vpc)
    id = launch(aws, SubnetId=net.subnet)["InstanceId"]
    reach(aws, id, "running")
    address = ec2.allocate_address(Domain="vpc")
    which = {"AllocationId": address["AllocationId"]}
    ec2.associate_address(InstanceId=id, **which)
    assert described(aws, id)["PublicIpAddress"] == address["PublicIp"]
    ec2.terminate_instances(InstanceIds=[id])
    reach(aws, id, "terminated")
    [shown] = ec2.describe_addresses(AllocationIds=[which["AllocationId"]])["Addresses"]
    assert "AssociationId" not in shown
    ec2.release_address(**which)


@behaviour("ec2/key-pair/create", page("CreateKeyPair"))
def key_create(aws):
    ec2 = aws.client("ec2")
    made = ec2.create_key_pair(KeyName="admin", KeyType="ed25519")
    assert "PRIVATE KEY" in made["KeyMaterial"] and made["KeyPairId"].startswith("key-")
    [shown] = ec2.describe_key_pairs(KeyNames=["admin"])["KeyPairs"]
    assert (shown["KeyType"], shown["KeyPairId"]) == ("ed25519", made["KeyPairId"])
    assert "KeyMaterial" not in shown
    error = aws.refused("InvalidKeyPair.Duplicate", ec2.create_key_pair, KeyName="admin")
    assert "already exists" in error["Message"]


@behaviour("ec2/key-pair/delete", page("DeleteKeyPair"))
def key_delete(aws):
    """Of one that isn't there is no error; a description of it is."""
    ec2 = aws.client("ec2")
    ec2.create_key_pair(KeyName="admin")
    ec2.delete_key_pair(KeyName="admin")
    ec2.delete_key_pair(KeyName="admin")
    aws.refused("InvalidKeyPair.NotFound", ec2.describe_key_pairs, KeyNames=["admin"])


@behaviour("ec2/key-pair/import", page("ImportKeyPair"), moto="no answer to a key that isn't one")
def key_import(aws):
    ec2 = aws.client("ec2")
    material = b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + b"N" * 42 + b"a us"
    made = ec2.import_key_pair(KeyName="ours", PublicKeyMaterial=material)
    assert made["KeyName"] == "ours" and made["KeyFingerprint"]
    again = {"KeyName": "ours", "PublicKeyMaterial": material}
    aws.refused("InvalidKeyPair.Duplicate", ec2.import_key_pair, **again)
    again = {"KeyName": "nonsense", "PublicKeyMaterial": b"not a key"}
    aws.refused("InvalidKey.Format", ec2.import_key_pair, **again)


@behaviour("ec2/image/public-parameter", ec2_guide("finding-an-ami-parameter-store"))
def image(aws):
    """The image that the public parameter names is there to use."""
    [image] = aws.client("ec2").describe_images(ImageIds=[aws.image()])["Images"]
    assert (image["State"], image["Architecture"]) == ("available", "x86_64")
    assert image["RootDeviceType"] == "ebs" and image["Public"] is True
    roots = [d for d in image["BlockDeviceMappings"] if d["DeviceName"] == image["RootDeviceName"]]
    assert roots[0]["Ebs"]["SnapshotId"].startswith("snap-")


@behaviour("ec2/instance-type/describe", page("DescribeInstanceTypes"))
def instance_type(aws):
    ec2 = aws.client("ec2")
    [kind] = ec2.describe_instance_types(InstanceTypes=["t3.micro"])["InstanceTypes"]
    assert kind["VCpuInfo"]["DefaultVCpus"] == 2 and kind["MemoryInfo"]["SizeInMiB"] == 1024
    assert (
        kind["BurstablePerformanceSupported"]
        and "x86_64" in kind["ProcessorInfo"]["SupportedArchitectures"]
    )
    call = ec2.describe_instance_types
    error = aws.refused("InvalidInstanceType", call, InstanceTypes=["t3.enormous"])
    assert "t3.enormous" in error["Message"]


@behaviour("ec2/instance-type/offerings", page("DescribeInstanceTypeOfferings"))
def offerings(aws):
    found = aws.client("ec2").describe_instance_type_offerings(
        LocationType="availability-zone", Filters=by("instance-type", "t3.micro")
    )["InstanceTypeOfferings"]
    zones = {f"eu-central-1{letter}" for letter in "abc"}
    assert {offer["Location"] for offer in found} == zones
    assert {offer["LocationType"] for offer in found} == {"availability-zone"}


@behaviour("ec2/placement-group/in-use", page("DeletePlacementGroup"), moto="no placement groups")
def placement(aws):
    ec2 = aws.client("ec2")
    ec2.create_placement_group(GroupName="apart", Strategy="spread")
    again = {"GroupName": "apart", "Strategy": "spread"}
    aws.refused("InvalidPlacementGroup.Duplicate", ec2.create_placement_group, **again)
    id = launch(aws, Placement={"GroupName": "apart"})["InstanceId"]
    assert described(aws, id)["Placement"]["GroupName"] == "apart"
    call = ec2.delete_placement_group
    aws.refused("InvalidPlacementGroup.InUse", call, GroupName="apart")
    ec2.terminate_instances(InstanceIds=[id])
    reach(aws, id, "terminated")
    call(GroupName="apart")
    aws.refused("InvalidPlacementGroup.Unknown", call, GroupName="apart")


@behaviour(
    "ec2/instance/eventually-there",
    page("RunInstances"),
    emulator_only=True,
    consistency="eventual",
)
def eventually(aws):
    """A new instance may not be found for a while, and then it is."""
    ec2 = aws.client("ec2")
    id = launch(aws)["InstanceId"]
    refusals = 0
    for _ in range(120):
        try:
            described(aws, id)
        except ClientError as error:
            assert error.response["Error"]["Code"] == "InvalidInstanceID.NotFound"
            refusals += 1
        aws.step(0.5)
    assert refusals
    for _ in range(20):
        assert described(aws, id)["InstanceId"] == id
    assert ec2.describe_instances()["Reservations"]
