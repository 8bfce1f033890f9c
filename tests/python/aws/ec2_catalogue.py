"""EC2: key pairs, images, instance types, placement groups."""

from aws.behaviour import behaviour
from aws.ec2_compute import described, launch, reach
from aws.ec2_network import by
from aws.pages import ec2 as page
from aws.pages import ec2_guide


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
