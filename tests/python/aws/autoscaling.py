"""Auto Scaling: what groups are made of, and what they refuse."""

import re

from aws.behaviour import behaviour
from aws.fleet import API, PAGE, Fleet

CREATE = f"{API}/API_CreateAutoScalingGroup.html"


@behaviour("autoscaling/group/defaults", CREATE, moto="the grace period is 300 seconds")
def defaults(aws):
    group = Fleet(aws).create(MinSize=0, DesiredCapacity=None).group()
    expected = {
        "DesiredCapacity": 0,
        "DefaultCooldown": 300,
        "HealthCheckType": "EC2",
        "HealthCheckGracePeriod": 0,
        "TerminationPolicies": ["Default"],
        "NewInstancesProtectedFromScaleIn": False,
        "SuspendedProcesses": [],
        "Instances": [],
    }
    assert {name: group[name] for name in expected} == expected
    assert sorted(group["AvailabilityZones"]) == ["eu-central-1a", "eu-central-1b", "eu-central-1c"]


@behaviour(
    "autoscaling/group/arn",
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html",
)
def arn(aws):
    group = Fleet(aws).create().group()
    uuid = "[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}"
    assert re.fullmatch(
        f"arn:aws:autoscaling:{aws.region}:{aws.account}:autoScalingGroup:{uuid}"
        ":autoScalingGroupName/fleet",
        group["AutoScalingGroupARN"],
    )


@behaviour("autoscaling/group/service-linked-role", f"{PAGE}/autoscaling-service-linked-role.html")
def service_linked_role(aws):
    role = Fleet(aws).create().group()["ServiceLinkedRoleARN"]
    assert role == (
        f"arn:aws:iam::{aws.account}:role/aws-service-role/autoscaling.amazonaws.com"
        "/AWSServiceRoleForAutoScaling"
    )


@behaviour("autoscaling/group/duplicate", CREATE, moto="the second replaces the first")
def duplicate(aws):
    fleet = Fleet(aws).create(MaxSize=3)
    error = aws.refused(
        "AlreadyExists", fleet.asg.create_auto_scaling_group, **fleet.arguments(MaxSize=4)
    )
    assert error["status"] == 400 and "fleet" in error["Message"]
    assert fleet.group()["MaxSize"] == 3


@behaviour("autoscaling/group/min-above-max", CREATE, moto="it is accepted")
def min_above_max(aws):
    fleet = Fleet(aws)
    arguments = fleet.arguments(MinSize=3, MaxSize=2, DesiredCapacity=None)
    error = aws.refused("ValidationError", fleet.asg.create_auto_scaling_group, **arguments)
    assert error["status"] == 400 and fleet.group() is None


@behaviour("autoscaling/group/desired-above-max", CREATE, moto="it is accepted")
def desired_above_max(aws):
    fleet = Fleet(aws)
    arguments = fleet.arguments(3, MinSize=1, MaxSize=2)
    error = aws.refused("ValidationError", fleet.asg.create_auto_scaling_group, **arguments)
    assert "Desired capacity:3 must be between" in error["Message"]
    assert "min size:1 and max size:2" in error["Message"]


@behaviour("autoscaling/group/desired-below-min", CREATE, moto="it is accepted")
def desired_below_min(aws):
    fleet = Fleet(aws)
    arguments = fleet.arguments(0, MinSize=1, MaxSize=2)
    aws.refused("ValidationError", fleet.asg.create_auto_scaling_group, **arguments)
    assert fleet.group() is None


@behaviour("autoscaling/group/no-template", CREATE)
def no_template(aws):
    fleet = Fleet(aws)
    arguments = fleet.arguments(LaunchTemplate=None)
    error = aws.refused("ValidationError", fleet.asg.create_auto_scaling_group, **arguments)
    assert "LaunchTemplate" in error["Message"] and "MixedInstancesPolicy" in error["Message"]


@behaviour(
    "autoscaling/group/unknown-template",
    f"{API}/API_LaunchTemplateSpecification.html",
    moto="the code is EC2's",
)
def unknown_template(aws):
    fleet = Fleet(aws)
    arguments = fleet.arguments(LaunchTemplate={"LaunchTemplateId": "lt-0123456789abcdef0"})
    error = aws.refused("ValidationError", fleet.asg.create_auto_scaling_group, **arguments)
    assert "launch template" in error["Message"]


@behaviour(
    "autoscaling/group/unknown-template-version",
    f"{API}/API_LaunchTemplateSpecification.html",
    moto="it is accepted",
)
def unknown_version(aws):
    fleet = Fleet(aws)
    arguments = fleet.arguments(LaunchTemplate=fleet.version("7"))
    aws.refused("ValidationError", fleet.asg.create_auto_scaling_group, **arguments)


@behaviour("autoscaling/group/template-id-and-name", f"{API}/API_LaunchTemplateSpecification.html")
def template_id_and_name(aws):
    fleet = Fleet(aws)
    both = {**fleet.version("1"), "LaunchTemplateName": "fleet"}
    arguments = fleet.arguments(LaunchTemplate=both)
    aws.refused("ValidationError", fleet.asg.create_auto_scaling_group, **arguments)


@behaviour("autoscaling/group/template-by-name", f"{API}/API_LaunchTemplateSpecification.html")
def template_by_name(aws):
    fleet = Fleet(aws)
    fleet.create(LaunchTemplate={"LaunchTemplateName": "fleet", "Version": "$Latest"})
    assert fleet.group()["LaunchTemplate"] == {
        "LaunchTemplateId": fleet.template,
        "LaunchTemplateName": "fleet",
        "Version": "$Latest",
    }


@behaviour("autoscaling/group/unknown-subnet", CREATE, moto="the code is EC2's")
def unknown_subnet(aws):
    fleet = Fleet(aws)
    arguments = fleet.arguments(VPCZoneIdentifier="subnet-0123456789abcdef0")
    error = aws.refused("ValidationError", fleet.asg.create_auto_scaling_group, **arguments)
    assert "subnet-0123456789abcdef0" in error["Message"]


@behaviour("autoscaling/group/no-subnet", CREATE)
def no_subnet(aws):
    fleet = Fleet(aws)
    arguments = fleet.arguments(VPCZoneIdentifier=None)
    error = aws.refused("ValidationError", fleet.asg.create_auto_scaling_group, **arguments)
    assert "Availability Zone" in error["Message"]


@behaviour("autoscaling/group/subnet-outside-zones", CREATE)
def subnet_outside_zones(aws):
    fleet = Fleet(aws)
    arguments = fleet.arguments(
        VPCZoneIdentifier=fleet.network.subnet, AvailabilityZones=["eu-central-1b"]
    )
    aws.refused("ValidationError", fleet.asg.create_auto_scaling_group, **arguments)


@behaviour("autoscaling/group/unknown-target-group", CREATE, moto="the code is ELB's")
def unknown_target_group(aws):
    fleet = Fleet(aws)
    missing = (
        f"arn:aws:elasticloadbalancing:{aws.region}:{aws.account}:targetgroup/none/0123456789abcdef"
    )
    arguments = fleet.arguments(TargetGroupARNs=[missing])
    aws.refused("ValidationError", fleet.asg.create_auto_scaling_group, **arguments)
    assert fleet.group() is None


@behaviour("autoscaling/group/health-check-type", CREATE, moto="it is accepted")
def health_check_type(aws):
    fleet = Fleet(aws)
    arguments = fleet.arguments(HealthCheckType="PING")
    aws.refused("ValidationError", fleet.asg.create_auto_scaling_group, **arguments)


@behaviour(
    "autoscaling/group/instance-lifetime",
    f"{PAGE}/asg-max-instance-lifetime.html",
    moto="it is accepted",
)
def short_lifetime(aws):
    fleet = Fleet(aws)
    arguments = fleet.arguments(MaxInstanceLifetime=3600)
    aws.refused("ValidationError", fleet.asg.create_auto_scaling_group, **arguments)


@behaviour("autoscaling/group/termination-policy", CREATE, moto="it is accepted")
def unknown_termination_policy(aws):
    fleet = Fleet(aws)
    arguments = fleet.arguments(TerminationPolicies=["LargestInstance"])
    aws.refused("ValidationError", fleet.asg.create_auto_scaling_group, **arguments)


@behaviour("autoscaling/group/colon-in-name", CREATE, moto="it is accepted")
def colon(aws):
    fleet = Fleet(aws)
    arguments = fleet.arguments(AutoScalingGroupName="a:b")
    aws.refused("ValidationError", fleet.asg.create_auto_scaling_group, **arguments)


@behaviour(
    "autoscaling/launch-configuration/new-account",
    f"{PAGE}/launch-configurations.html",
    moto="every account may create them",
)
def launch_configuration(aws):
    error = aws.refused(
        "UnsupportedOperation",
        aws.client("autoscaling").create_launch_configuration,
        LaunchConfigurationName="old",
        ImageId=aws.image(),
        InstanceType="t3.micro",
    )
    assert error["status"] == 400 and "launch templates" in error["Message"]
