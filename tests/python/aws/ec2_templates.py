"""EC2: launch templates."""

import base64

from aws.behaviour import behaviour
from aws.ec2_compute import described, reach
from aws.ec2_network import ABSENT, by
from aws.pages import EC2_ERRORS, EC2_IDEMPOTENCY, ec2_guide
from aws.pages import ec2 as page

NAME = "members"


def template(aws, name=NAME, **data):
    data = {"ImageId": aws.image(), "InstanceType": "t3.micro", **data}
    made = aws.client("ec2").create_launch_template(
        LaunchTemplateName=name, LaunchTemplateData=data
    )
    return made["LaunchTemplate"]


def versions(ec2, *wanted):
    answer = ec2.describe_launch_template_versions(LaunchTemplateName=NAME, Versions=list(wanted))
    return {v["VersionNumber"]: v for v in answer["LaunchTemplateVersions"]}


@behaviour("ec2/launch-template/create", page("CreateLaunchTemplate"))
def create(aws):
    ec2 = aws.client("ec2")
    made = template(aws, UserData=base64.b64encode(b"#!/bin/sh\n").decode())
    assert made["LaunchTemplateId"].startswith("lt-")
    assert (made["DefaultVersionNumber"], made["LatestVersionNumber"]) == (1, 1)
    [shown] = ec2.describe_launch_templates(LaunchTemplateNames=[NAME])["LaunchTemplates"]
    assert shown["LaunchTemplateId"] == made["LaunchTemplateId"]
    version = versions(ec2, "1")[1]
    assert version["DefaultVersion"] is True
    data = version["LaunchTemplateData"]
    assert data["InstanceType"] == "t3.micro" and data["ImageId"] == aws.image()
    assert base64.b64decode(data["UserData"]) == b"#!/bin/sh\n"


@behaviour("ec2/launch-template/duplicate", EC2_ERRORS)
def duplicate(aws):
    template(aws)
    call = aws.client("ec2").create_launch_template
    data = {"InstanceType": "t3.small"}
    code = "InvalidLaunchTemplateName.AlreadyExistsException"
    error = aws.refused(code, call, LaunchTemplateName=NAME, LaunchTemplateData=data)
    assert "already in use" in error["Message"]


@behaviour("ec2/launch-template/idempotent", EC2_IDEMPOTENCY, moto="client tokens are ignored")
def idempotent(aws):
    ec2 = aws.client("ec2")
    data = {"InstanceType": "t3.micro"}
    same = {"LaunchTemplateName": NAME, "LaunchTemplateData": data, "ClientToken": "once"}
    first = ec2.create_launch_template(**same)["LaunchTemplate"]
    again = ec2.create_launch_template(**same)["LaunchTemplate"]
    assert first["LaunchTemplateId"] == again["LaunchTemplateId"]


@behaviour(
    "ec2/launch-template/not-found", EC2_ERRORS, moto="an unknown id is left out instead of refused"
)
def absent(aws):
    ec2 = aws.client("ec2")
    call = ec2.describe_launch_templates
    code = "InvalidLaunchTemplateName.NotFoundException"
    aws.refused(code, call, LaunchTemplateNames=["nothing"])
    code = "InvalidLaunchTemplateId.NotFound"
    absent = f"lt-{ABSENT}"
    assert absent in aws.refused(code, call, LaunchTemplateIds=[absent])["Message"]
    aws.refused(code, ec2.delete_launch_template, LaunchTemplateId=absent)


@behaviour("ec2/launch-template/names", page("CreateLaunchTemplate"), moto="any name is accepted")
def names(aws):
    """3 to 128 letters, digits and ( ) . - / _."""
    call = aws.client("ec2").create_launch_template
    for name in ("ab", "with space"):
        codes = ("InvalidLaunchTemplateName.MalformedException", "InvalidParameterValue")
        aws.refused(codes, call, LaunchTemplateName=name, LaunchTemplateData={"EbsOptimized": True})


@behaviour("ec2/launch-template/versions", page("CreateLaunchTemplateVersion"))
def new_version(aws):
    """The default stays until it is changed."""
    ec2 = aws.client("ec2")
    template(aws)
    data = {"InstanceType": "t3.small"}
    made = ec2.create_launch_template_version(
        LaunchTemplateName=NAME, LaunchTemplateData=data, VersionDescription="bigger"
    )["LaunchTemplateVersion"]
    assert made["VersionNumber"] == 2 and made["DefaultVersion"] is False
    assert list(versions(ec2, "$Latest")) == [2] and list(versions(ec2, "$Default")) == [1]
    # Nothing is taken over from an earlier one unless it is named.
    assert "ImageId" not in versions(ec2, "2")[2]["LaunchTemplateData"]
    changed = ec2.modify_launch_template(LaunchTemplateName=NAME, DefaultVersion="2")
    assert changed["LaunchTemplate"]["DefaultVersionNumber"] == 2
    assert versions(ec2, "$Default")[2]["VersionDescription"] == "bigger"


@behaviour(
    "ec2/launch-template/source-version",
    page("CreateLaunchTemplateVersion"),
    moto="SourceVersion is ignored",
)
def source_version(aws):
    ec2 = aws.client("ec2")
    template(aws)
    data = {"InstanceType": "t3.small"}
    ec2.create_launch_template_version(
        LaunchTemplateName=NAME, SourceVersion="1", LaunchTemplateData=data
    )
    made = versions(ec2, "2")[2]["LaunchTemplateData"]
    assert made["ImageId"] == aws.image() and made["InstanceType"] == "t3.small"


@behaviour("ec2/launch-template/version-not-found", EC2_ERRORS)
def version_absent(aws):
    ec2 = aws.client("ec2")
    made = template(aws)
    code = "InvalidLaunchTemplateId.VersionNotFound"
    which = {"LaunchTemplateId": made["LaunchTemplateId"], "Version": "7"}
    call = ec2.run_instances
    error = aws.refused(code, call, LaunchTemplate=which, MinCount=1, MaxCount=1)
    assert "7" in error["Message"]
    assert not ec2.describe_instances()["Reservations"]


@behaviour(
    "ec2/launch-template/delete-versions",
    page("DeleteLaunchTemplateVersions"),
    moto="no DeleteLaunchTemplateVersions",
)
def delete_versions(aws):
    """Answered one by one: not the default; and a number isn't used again."""
    ec2 = aws.client("ec2")
    template(aws)
    more = {"LaunchTemplateName": NAME, "LaunchTemplateData": {"InstanceType": "t3.small"}}
    ec2.create_launch_template_version(**more)
    gone = ec2.delete_launch_template_versions(LaunchTemplateName=NAME, Versions=["1", "2"])
    [deleted] = gone["SuccessfullyDeletedLaunchTemplateVersions"]
    [kept] = gone["UnsuccessfullyDeletedLaunchTemplateVersions"]
    assert (deleted["VersionNumber"], kept["VersionNumber"]) == (2, 1)
    assert kept["ResponseError"]["Code"]
    assert ec2.create_launch_template_version(**more)["LaunchTemplateVersion"]["VersionNumber"] == 3


@behaviour(
    "ec2/launch-template/launch",
    ec2_guide("launch-instances-from-launch-template"),
    moto="the template's metadata options aren't applied",
)
def launched(aws):
    """What the template says, but for what the launch says; tagged with its origin."""
    net = aws.network()
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "role", "Value": "member"}]}]
    options = {"HttpTokens": "required", "HttpPutResponseHopLimit": 2}
    made = template(
        aws, SecurityGroupIds=[net.group], TagSpecifications=tags, MetadataOptions=options
    )
    which = {"LaunchTemplateId": made["LaunchTemplateId"], "Version": "$Latest"}
    one = aws.client("ec2").run_instances(
        MinCount=1, MaxCount=1, LaunchTemplate=which, InstanceType="t3.small", SubnetId=net.subnet
    )["Instances"][0]
    shown = reach(aws, one["InstanceId"], "running")
    assert (shown["InstanceType"], shown["ImageId"]) == ("t3.small", aws.image())
    assert [g["GroupId"] for g in shown["SecurityGroups"]] == [net.group]
    assert shown["MetadataOptions"]["HttpTokens"] == "required"
    tags = {tag["Key"]: tag["Value"] for tag in shown["Tags"]}
    assert tags["role"] == "member"
    assert tags["aws:ec2launchtemplate:id"] == made["LaunchTemplateId"]
    assert tags["aws:ec2launchtemplate:version"] == "1"


@behaviour("ec2/launch-template/delete", page("DeleteLaunchTemplate"))
def delete(aws):
    """Its instances stay, its name is free."""
    ec2 = aws.client("ec2")
    made = template(aws)
    which = {"LaunchTemplateName": NAME}
    one = ec2.run_instances(MinCount=1, MaxCount=1, LaunchTemplate=which)["Instances"][0]
    gone = ec2.delete_launch_template(LaunchTemplateId=made["LaunchTemplateId"])
    assert gone["LaunchTemplate"]["LaunchTemplateName"] == NAME
    assert described(aws, one["InstanceId"])["State"]["Name"] in ("pending", "running")
    assert template(aws)["LaunchTemplateId"] != made["LaunchTemplateId"]


@behaviour("ec2/launch-template/tags", page("CreateLaunchTemplate"))
def tagged(aws):
    ec2 = aws.client("ec2")
    spec = [{"ResourceType": "launch-template", "Tags": [{"Key": "owner", "Value": "us"}]}]
    ec2.create_launch_template(
        LaunchTemplateName=NAME,
        LaunchTemplateData={"InstanceType": "t3.micro"},
        TagSpecifications=spec,
    )
    [found] = ec2.describe_launch_templates(Filters=by("tag:owner", "us"))["LaunchTemplates"]
    assert found["LaunchTemplateName"] == NAME and found["Tags"] == spec[0]["Tags"]
