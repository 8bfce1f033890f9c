"""EC2: volumes and snapshots."""

from aws.behaviour import behaviour
from aws.ec2_compute import described as instance_of
from aws.ec2_compute import launch, reach
from aws.ec2_network import ABSENT, by
from aws.pages import EC2_ERRORS, EC2_IDEMPOTENCY, ebs_guide
from aws.pages import ec2 as page

ZONE = "eu-central-1a"


def described(aws, id):
    [volume] = aws.client("ec2").describe_volumes(VolumeIds=[id])["Volumes"]
    return volume


def reached(aws, id, state):
    aws.until(lambda: described(aws, id)["State"] == state, state)
    return described(aws, id)


def made(aws, size=8, zone=ZONE, **arguments):
    """A volume that is available."""
    answer = aws.client("ec2").create_volume(AvailabilityZone=zone, Size=size, **arguments)
    return reached(aws, answer["VolumeId"], "available")["VolumeId"]


def machine(aws):
    """A running instance in the first zone."""
    id = launch(aws, SubnetId=aws.network().subnet)["InstanceId"]
    reach(aws, id, "running")
    return id


def attach(aws, volume, instance, device="/dev/sdf"):
    aws.client("ec2").attach_volume(VolumeId=volume, InstanceId=instance, Device=device)
    reached(aws, volume, "in-use")


@behaviour(
    "ec2/volume/create",
    page("CreateVolume"),
    moto="a new volume is available at once, never creating",
)
def create(aws):
    ec2 = aws.client("ec2")
    answer = ec2.create_volume(AvailabilityZone=ZONE, Size=10, VolumeType="gp3")
    assert answer["State"] == "creating"
    volume = reached(aws, answer["VolumeId"], "available")
    assert (volume["Size"], volume["AvailabilityZone"]) == (10, ZONE)
    assert volume["VolumeType"] == "gp3" and volume["Encrypted"] is False
    assert volume["Attachments"] == [] and not volume.get("SnapshotId")


@behaviour(
    "ec2/volume/gp3-baseline", page("CreateVolume"), moto="no throughput unless it was given"
)
def baseline(aws):
    """3,000 operations and 125 MiB a second come with gp3."""
    volume = described(aws, made(aws, VolumeType="gp3"))
    assert (volume["Iops"], volume["Throughput"]) == (3000, 125)


@behaviour("ec2/volume/type-is-gp2", page("CreateVolume"))
def default_type(aws):
    assert described(aws, made(aws))["VolumeType"] == "gp2"


@behaviour(
    "ec2/volume/iops-of-gp2", page("CreateVolume"), moto="another code: InvalidParameterDependency"
)
def iops_of_gp2(aws):
    arguments = {"AvailabilityZone": ZONE, "Size": 8, "VolumeType": "gp2", "Iops": 3000}
    call = aws.client("ec2").create_volume
    error = aws.refused("InvalidParameterCombination", call, **arguments)
    assert "iops" in error["Message"] and "gp2" in error["Message"]


@behaviour(
    "ec2/volume/unknown-zone", EC2_ERRORS, moto="a volume is made in a zone that isn't there"
)
def zone(aws):
    call = aws.client("ec2").create_volume
    codes = ("InvalidZone.NotFound", "InvalidParameterValue")
    error = aws.refused(codes, call, AvailabilityZone="eu-central-1z", Size=8)
    assert "eu-central-1z" in error["Message"]


@behaviour("ec2/volume/idempotent", EC2_IDEMPOTENCY, moto="client tokens are ignored")
def idempotent(aws):
    ec2 = aws.client("ec2")
    arguments = {"AvailabilityZone": ZONE, "Size": 8, "ClientToken": "once"}
    first, again = ec2.create_volume(**arguments), ec2.create_volume(**arguments)
    assert first["VolumeId"] == again["VolumeId"]
    aws.refused("IdempotentParameterMismatch", ec2.create_volume, **arguments | {"Size": 9})


@behaviour("ec2/volume/not-found", EC2_ERRORS)
def absent(aws):
    ec2 = aws.client("ec2")
    absent = f"vol-{ABSENT}"
    call = ec2.describe_volumes
    error = aws.refused("InvalidVolume.NotFound", call, VolumeIds=[absent])
    assert absent in error["Message"] and "does not exist" in error["Message"]
    aws.refused("InvalidVolume.NotFound", ec2.delete_volume, VolumeId=absent)


@behaviour(
    "ec2/volume/attach",
    page("AttachVolume"),
    moto="an attachment doesn't tell whether it ends with the instance",
)
def attached(aws):
    ec2 = aws.client("ec2")
    volume, instance = made(aws), machine(aws)
    answer = ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdf")
    assert answer["State"] in ("attaching", "attached")
    [attachment] = reached(aws, volume, "in-use")["Attachments"]
    assert (attachment["InstanceId"], attachment["Device"]) == (instance, "/dev/sdf")
    assert attachment["DeleteOnTermination"] is False
    devices = {d["DeviceName"]: d["Ebs"] for d in instance_of(aws, instance)["BlockDeviceMappings"]}
    assert devices["/dev/sdf"]["VolumeId"] == volume


@behaviour("ec2/volume/in-use", page("DeleteVolume"), moto="a volume can be attached twice")
def in_use(aws):
    ec2 = aws.client("ec2")
    volume, instance = made(aws), machine(aws)
    attach(aws, volume, instance)
    error = aws.refused("VolumeInUse", ec2.delete_volume, VolumeId=volume)
    assert volume in error["Message"] and instance in error["Message"]
    error = aws.refused(
        "VolumeInUse", ec2.attach_volume, VolumeId=volume, InstanceId=instance, Device="/dev/sdg"
    )
    assert volume in error["Message"]
    ec2.detach_volume(VolumeId=volume)
    reached(aws, volume, "available")
    ec2.delete_volume(VolumeId=volume)


@behaviour("ec2/volume/zone-mismatch", EC2_ERRORS, moto="zones are ignored")
def zone_mismatch(aws):
    call = aws.client("ec2").attach_volume
    arguments = {"VolumeId": made(aws, zone="eu-central-1b"), "InstanceId": machine(aws)}
    aws.refused("InvalidVolume.ZoneMismatch", call, Device="/dev/sdf", **arguments)


@behaviour("ec2/volume/device-taken", page("AttachVolume"), moto="two volumes can be one device")
def device_taken(aws):
    instance = machine(aws)
    attach(aws, made(aws), instance)
    arguments = {"VolumeId": made(aws), "InstanceId": instance, "Device": "/dev/sdf"}
    call = aws.client("ec2").attach_volume
    error = aws.refused("InvalidParameterValue", call, **arguments)
    assert "/dev/sdf" in error["Message"] and "already in use" in error["Message"]


@behaviour("ec2/volume/detach-free", EC2_ERRORS, moto="an HTML page with status 500")
def detach_free(aws):
    volume = made(aws)
    error = aws.refused("IncorrectState", aws.client("ec2").detach_volume, VolumeId=volume)
    assert volume in error["Message"] and "available" in error["Message"]


@behaviour("ec2/volume/after-termination", ebs_guide("ebs-volume-lifecycle"))
def after_termination(aws):
    """The root volume goes with its instance; one attached later is left."""
    ec2 = aws.client("ec2")
    volume, instance = made(aws), machine(aws)
    attach(aws, volume, instance)
    filters = by("attachment.instance-id", instance)
    ids = {v["VolumeId"] for v in ec2.describe_volumes(Filters=filters)["Volumes"]}
    [root] = ids - {volume}
    ec2.terminate_instances(InstanceIds=[instance])
    reach(aws, instance, "terminated")
    reached(aws, volume, "available")
    aws.until(
        lambda: root not in {v["VolumeId"] for v in ec2.describe_volumes()["Volumes"]},
        "the root volume gone",
    )


@behaviour("ec2/volume/mapping", page("BlockDeviceMapping"))
def mapping(aws):
    """The root volume's size and kind, and a second volume, as the launch says."""
    ec2 = aws.client("ec2")
    [image] = ec2.describe_images(ImageIds=[aws.image()])["Images"]
    root = image["RootDeviceName"]
    ebs = {"VolumeSize": 40, "VolumeType": "gp3", "DeleteOnTermination": True}
    data = {"VolumeSize": 5, "DeleteOnTermination": False}
    mappings = [{"DeviceName": root, "Ebs": ebs}, {"DeviceName": "/dev/sdf", "Ebs": data}]
    id = launch(aws, BlockDeviceMappings=mappings)["InstanceId"]
    devices = {d["DeviceName"]: d["Ebs"] for d in reach(aws, id, "running")["BlockDeviceMappings"]}
    assert set(devices) == {root, "/dev/sdf"}
    volume = described(aws, devices[root]["VolumeId"])
    assert (volume["Size"], volume["VolumeType"]) == (40, "gp3")
    assert devices["/dev/sdf"]["DeleteOnTermination"] is False
    assert devices[root]["DeleteOnTermination"] is True


@behaviour("ec2/volume/modify", page("ModifyVolume"))
def modify(aws):
    ec2 = aws.client("ec2")
    volume = made(aws, size=10, VolumeType="gp3")
    change = ec2.modify_volume(VolumeId=volume, Size=20)["VolumeModification"]
    assert (change["OriginalSize"], change["TargetSize"]) == (10, 20)
    assert change["ModificationState"] in ("modifying", "optimizing", "completed")
    aws.until(lambda: described(aws, volume)["Size"] == 20, "20 GiB")
    [shown] = ec2.describe_volumes_modifications(VolumeIds=[volume])["VolumesModifications"]
    assert shown["TargetSize"] == 20


@behaviour("ec2/volume/shrink", page("ModifyVolume"), moto="a volume can shrink")
def shrink(aws):
    volume = made(aws, size=10, VolumeType="gp3")
    call = aws.client("ec2").modify_volume
    error = aws.refused("InvalidParameterValue", call, VolumeId=volume, Size=5)
    assert "size" in error["Message"].lower()
    assert described(aws, volume)["Size"] == 10


@behaviour("ec2/volume/modify-again", page("ModifyVolume"), emulator_only=True)
def modify_again(aws):
    """One change must be over before the next begins."""
    ec2 = aws.client("ec2")
    volume = made(aws, size=10, VolumeType="gp3")
    ec2.modify_volume(VolumeId=volume, Size=20)
    codes = ("IncorrectModificationState", "VolumeModificationRateExceeded")
    aws.refused(codes, ec2.modify_volume, VolumeId=volume, Size=30)
    aws.step(24 * 3600)
    ec2.modify_volume(VolumeId=volume, Size=30)


@behaviour(
    "ec2/volume/encrypted-by-default",
    page("EnableEbsEncryptionByDefault"),
    moto="the setting has no effect",
)
def encryption(aws):
    ec2 = aws.client("ec2")
    assert ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False
    assert ec2.enable_ebs_encryption_by_default()["EbsEncryptionByDefault"] is True
    assert ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is True
    volume = described(aws, made(aws))
    assert volume["Encrypted"] is True and ":key/" in volume["KmsKeyId"]
    ec2.disable_ebs_encryption_by_default()
    assert described(aws, made(aws))["Encrypted"] is False


@behaviour(
    "ec2/snapshot/create", page("CreateSnapshot"), moto="a volume can be smaller than its snapshot"
)
def snapshot(aws):
    """It outlives its volume, and makes others."""
    ec2 = aws.client("ec2")
    volume = made(aws, size=9)
    id = ec2.create_snapshot(VolumeId=volume, Description="kept")["SnapshotId"]

    def shown():
        [snapshot] = ec2.describe_snapshots(SnapshotIds=[id])["Snapshots"]
        return snapshot

    aws.until(lambda: shown()["State"] == "completed", "completed")
    assert (shown()["VolumeId"], shown()["VolumeSize"]) == (volume, 9)
    assert (shown()["Description"], shown()["Progress"]) == ("kept", "100%")
    ec2.delete_volume(VolumeId=volume)
    answer = ec2.create_volume(AvailabilityZone=ZONE, SnapshotId=id)
    assert (answer["Size"], answer["SnapshotId"]) == (9, id)
    small = {"AvailabilityZone": ZONE, "SnapshotId": id, "Size": 4}
    aws.refused("InvalidParameterValue", ec2.create_volume, **small)


@behaviour("ec2/snapshot/delete", page("DeleteSnapshot"), moto="the error has no message")
def snapshot_delete(aws):
    ec2 = aws.client("ec2")
    id = ec2.create_snapshot(VolumeId=made(aws))["SnapshotId"]
    ec2.delete_snapshot(SnapshotId=id)
    error = aws.refused("InvalidSnapshot.NotFound", ec2.delete_snapshot, SnapshotId=id)
    assert id in error["Message"]
