"""Auto Scaling: how members spread, and what they are launched with."""

from aws.behaviour import behaviour
from aws.fleet import API, PAGE, Fleet

SPREAD = f"{PAGE}/auto-scaling-benefits.html"
POLICIES = f"{PAGE}/ec2-auto-scaling-termination-policies.html"
TAGS = f"{PAGE}/ec2-auto-scaling-tagging.html"
TEMPLATE = f"{PAGE}/create-launch-template.html"
FIRST_SUBNET = "all members land in the first subnet"
TRUST = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
"Principal": {"Service": "ec2.amazonaws.com"}}]}"""


def profile_with_role(iam, name):
    """Makes an instance profile with a role in it; its ARN."""
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    made = iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    return made["InstanceProfile"]["Arn"]


@behaviour("autoscaling/spread/six", SPREAD, moto=FIRST_SUBNET)
def spread(aws):
    fleet = Fleet(aws).create(6)
    assert fleet.spread() == [2, 2, 2]
    subnets = [fleet.instance(id)["SubnetId"] for id in fleet.ids()]
    assert sorted(subnets) == sorted(2 * fleet.network.subnets)


@behaviour("autoscaling/spread/uneven", SPREAD, moto=FIRST_SUBNET)
def spread_unevenly(aws):
    assert Fleet(aws).create(5).spread() == [1, 2, 2]


@behaviour("autoscaling/spread/scale-out", SPREAD, moto=FIRST_SUBNET)
def spread_on_scale_out(aws):
    fleet = Fleet(aws).create(2)
    assert fleet.spread() == [0, 1, 1]
    fleet.resize(3)
    assert fleet.spread() == [1, 1, 1]
    fleet.resize(9)
    assert fleet.spread() == [3, 3, 3]


@behaviour("autoscaling/spread/scale-in", POLICIES, moto=FIRST_SUBNET)
def spread_on_scale_in(aws):
    fleet = Fleet(aws).create(9)
    fleet.resize(6)
    assert fleet.spread() == [2, 2, 2]
    fleet.resize(4)
    assert fleet.spread() == [1, 1, 2]


@behaviour("autoscaling/spread/healing", SPREAD, moto=FIRST_SUBNET)
def spread_after_healing(aws):
    fleet = Fleet(aws).create(6)
    zone = fleet.network.zones[1]
    lost = [id for id, m in fleet.members().items() if m["AvailabilityZone"] == zone]
    fleet.ec2.terminate_instances(InstanceIds=lost)
    for id in lost:
        fleet.replaced(id, 6)
    assert fleet.spread() == [2, 2, 2]


@behaviour("autoscaling/spread/zone-removed", SPREAD, moto="members stay where they are")
def zone_removed(aws):
    fleet = Fleet(aws).create(6)
    fleet.update(VPCZoneIdentifier=",".join(fleet.network.subnets[:2]))
    aws.until(lambda: fleet.spread() == [0, 3, 3], "members moved to the zones that are left")
    fleet.settled(6)


@behaviour("autoscaling/spread/rebalance-launches-first", SPREAD, emulator_only=True)
def rebalance_launches_first(aws):
    fleet = Fleet(aws).create(6)
    fleet.update(VPCZoneIdentifier=",".join(fleet.network.subnets[:2]))

    def moved():
        assert len(fleet.ids()) >= 6
        return fleet.spread() == [0, 3, 3]

    aws.until(moved, "members moved, never fewer than six")


@behaviour(
    "autoscaling/launch/template", TEMPLATE, moto="metadata options and monitoring are not applied"
)
def template_applied(aws):
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "member"}]}]
    fleet = Fleet(
        aws,
        InstanceType="t3.small",
        MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
        Monitoring={"Enabled": True},
        UserData="aGVsbG8=",
        TagSpecifications=tags,
    ).create(1)
    [id] = fleet.ids()
    machine = fleet.instance(id)
    assert machine["InstanceType"] == fleet.members()[id]["InstanceType"] == "t3.small"
    assert machine["ImageId"] == fleet.launch["ImageId"]
    assert [group["GroupId"] for group in machine["SecurityGroups"]] == [fleet.network.group]
    assert machine["Monitoring"]["State"] == "enabled"
    options = machine["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("required", 2)
    data = fleet.ec2.describe_instance_attribute(InstanceId=id, Attribute="userData")
    assert data["UserData"]["Value"] == "aGVsbG8="
    assert fleet.tags(id)["Name"] == "member"


@behaviour("autoscaling/launch/volumes", TEMPLATE, moto="there is a disk too many")
def template_volumes(aws):
    disk = {"VolumeSize": 33, "VolumeType": "gp3", "Encrypted": True}
    name = aws.client("ec2").describe_images(ImageIds=[aws.image()])["Images"][0]["RootDeviceName"]
    fleet = Fleet(aws, BlockDeviceMappings=[{"DeviceName": name, "Ebs": disk}]).create(1)
    [mapping] = fleet.instance(fleet.ids()[0])["BlockDeviceMappings"]
    volume = fleet.ec2.describe_volumes(VolumeIds=[mapping["Ebs"]["VolumeId"]])["Volumes"][0]
    assert (volume["Size"], volume["VolumeType"], volume["Encrypted"]) == (33, "gp3", True)


@behaviour("autoscaling/launch/profile", TEMPLATE, moto="the profile is not applied")
def template_profile(aws):
    made = profile_with_role(aws.client("iam"), "member")
    fleet = Fleet(aws, IamInstanceProfile={"Name": "member"}).create(1)
    profile = fleet.instance(fleet.ids()[0])["IamInstanceProfile"]
    assert profile["Arn"] == made


@behaviour(
    "autoscaling/launch/member",
    f"{API}/API_Instance.html",
    moto="the health status is in another case",
)
def member(aws):
    fleet = Fleet(aws)
    fleet.create(1, VPCZoneIdentifier=fleet.network.subnets[1])
    [(id, member)] = fleet.members().items()
    assert member["AvailabilityZone"] == "eu-central-1b"
    assert (member["LifecycleState"], member["HealthStatus"]) == ("InService", "Healthy")
    assert member["ProtectedFromScaleIn"] is False
    [alone] = fleet.asg.describe_auto_scaling_instances(InstanceIds=[id])["AutoScalingInstances"]
    assert (alone["AutoScalingGroupName"], alone["HealthStatus"]) == (fleet.name, "HEALTHY")


@behaviour(
    "autoscaling/launch/latest",
    f"{API}/API_LaunchTemplateSpecification.html",
    moto="members show the default version",
)
def latest_version(aws):
    fleet = Fleet(aws)
    fleet.create(1, LaunchTemplate=fleet.version("$Latest"))
    [old] = fleet.ids()
    fleet.newer(InstanceType="t3.small")
    fleet.resize(2)
    [new] = set(fleet.ids()) - {old}
    assert fleet.group()["LaunchTemplate"]["Version"] == "$Latest"
    versions = {id: m["LaunchTemplate"]["Version"] for id, m in fleet.members().items()}
    assert versions == {old: "1", new: "2"}
    assert fleet.instance(new)["InstanceType"] == "t3.small"


@behaviour("autoscaling/launch/default", f"{API}/API_LaunchTemplateSpecification.html")
def default_version(aws):
    fleet = Fleet(aws)
    fleet.newer(InstanceType="t3.small")
    fleet.create(1, LaunchTemplate=fleet.version("$Default"))
    assert fleet.instance(fleet.ids()[0])["InstanceType"] == "t3.micro"
    fleet.ec2.modify_launch_template(LaunchTemplateId=fleet.template, DefaultVersion="2")
    fleet.resize(2)
    types = sorted(fleet.instance(id)["InstanceType"] for id in fleet.ids())
    assert types == ["t3.micro", "t3.small"]


@behaviour("autoscaling/launch/update-keeps-members", f"{API}/API_UpdateAutoScalingGroup.html")
def update_keeps(aws):
    fleet = Fleet(aws).create(1)
    [old] = fleet.ids()
    fleet.update(LaunchTemplate=fleet.version(fleet.newer(InstanceType="t3.small")))
    assert fleet.unchanged() == [old]
    assert fleet.instance(old)["InstanceType"] == "t3.micro"


@behaviour(
    "autoscaling/launch/template-tags",
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-instances-from-launch-template.html",
)
def template_tags(aws):
    fleet = Fleet(aws).create(1)
    tags = fleet.tags(fleet.ids()[0])
    assert tags["aws:ec2launchtemplate:id"] == fleet.template
    assert tags["aws:ec2launchtemplate:version"] == "1"


@behaviour(
    "autoscaling/launch/pending-first",
    f"{PAGE}/ec2-auto-scaling-lifecycle.html",
    emulator_only=True,
)
def pending_first(aws):
    fleet = Fleet(aws).create(2, settle=False)
    aws.until(lambda: len(fleet.members("Pending")) == 2, "two members pending", every=1)
    assert fleet.ids() == []
    fleet.settled(2)


@behaviour("autoscaling/tags/group-name", TAGS)
def group_name_tag(aws):
    fleet = Fleet(aws).create(1)
    assert fleet.tags(fleet.ids()[0])["aws:autoscaling:groupName"] == fleet.name


@behaviour("autoscaling/tags/propagate", TAGS)
def tags_propagate(aws):
    fleet = Fleet(aws)
    fleet.create(
        1,
        Tags=[
            {"Key": "both", "Value": "1", "PropagateAtLaunch": True},
            {"Key": "group", "Value": "1", "PropagateAtLaunch": False},
        ],
    )
    tags = fleet.tags(fleet.ids()[0])
    assert tags["both"] == "1" and "group" not in tags
    shown = {tag["Key"]: tag for tag in fleet.group()["Tags"]}
    assert set(shown) == {"both", "group"}
    assert shown["both"]["ResourceType"] == "auto-scaling-group"
    assert shown["both"]["ResourceId"] == fleet.name


@behaviour("autoscaling/tags/group-wins", TAGS, moto="the template's tag wins")
def group_tag_wins(aws):
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "who", "Value": "template"}]}]
    fleet = Fleet(aws, TagSpecifications=tags)
    fleet.create(1, Tags=[{"Key": "who", "Value": "group", "PropagateAtLaunch": True}])
    assert fleet.tags(fleet.ids()[0])["who"] == "group"


@behaviour("autoscaling/tags/later", f"{API}/API_CreateOrUpdateTags.html")
def tags_later(aws):
    fleet = Fleet(aws).create(1)
    [old] = fleet.ids()
    tag = {
        "ResourceId": fleet.name,
        "ResourceType": "auto-scaling-group",
        "Key": "late",
        "Value": "1",
        "PropagateAtLaunch": True,
    }
    fleet.asg.create_or_update_tags(Tags=[tag])
    fleet.asg.create_or_update_tags(Tags=[{**tag, "Value": "2"}])
    [shown] = fleet.asg.describe_tags(
        Filters=[{"Name": "auto-scaling-group", "Values": [fleet.name]}]
    )["Tags"]
    assert shown == {**tag, "Value": "2"}
    fleet.resize(2)
    [new] = set(fleet.ids()) - {old}
    assert fleet.tags(new)["late"] == "2" and "late" not in fleet.tags(old)
    fleet.asg.delete_tags(Tags=[{name: tag[name] for name in tag if name != "Value"}])
    assert fleet.group()["Tags"] == []


@behaviour(
    "autoscaling/tags/unknown-group", f"{API}/API_CreateOrUpdateTags.html", moto="the server fails"
)
def tags_of_unknown(aws):
    tag = {"ResourceId": "none", "ResourceType": "auto-scaling-group", "Key": "a", "Value": "1"}
    aws.refused("ValidationError", aws.client("autoscaling").create_or_update_tags, Tags=[tag])
