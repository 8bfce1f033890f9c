"""Auto Scaling: groups listed, changed in size, and deleted."""

from aws.behaviour import behaviour
from aws.fleet import API, PAGE, Fleet

CREATE = f"{API}/API_CreateAutoScalingGroup.html"
UPDATE = f"{API}/API_UpdateAutoScalingGroup.html"
DELETE = f"{API}/API_DeleteAutoScalingGroup.html"


@behaviour("autoscaling/group/desired-defaults-to-min", CREATE)
def desired_defaults(aws):
    fleet = Fleet(aws).create(settle=False, MinSize=2, DesiredCapacity=None)
    assert fleet.desired() == 2
    fleet.settled(2)


@behaviour("autoscaling/group/describe-unknown", f"{API}/API_DescribeAutoScalingGroups.html")
def describe_unknown(aws):
    found = aws.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=["none"])
    assert found["AutoScalingGroups"] == []


@behaviour("autoscaling/group/pages", f"{API}/API_DescribeAutoScalingGroups.html")
def pages(aws):
    fleet = Fleet(aws)
    names = ["one", "three", "two"]
    for name in names:
        fleet.asg.create_auto_scaling_group(**fleet.arguments(AutoScalingGroupName=name))
    first = fleet.asg.describe_auto_scaling_groups(MaxRecords=2)
    assert len(first["AutoScalingGroups"]) == 2
    rest = fleet.asg.describe_auto_scaling_groups(MaxRecords=2, NextToken=first["NextToken"])
    assert "NextToken" not in rest
    found = first["AutoScalingGroups"] + rest["AutoScalingGroups"]
    assert sorted(group["AutoScalingGroupName"] for group in found) == names


@behaviour(
    "autoscaling/group/next-token",
    f"{API}/API_DescribeAutoScalingGroups.html",
    moto="the server fails",
)
def next_token(aws):
    asg = aws.client("autoscaling")
    aws.refused("InvalidNextToken", asg.describe_auto_scaling_groups, NextToken="nonsense")


@behaviour("autoscaling/group/filter", f"{API}/API_DescribeAutoScalingGroups.html")
def tag_filter(aws):
    fleet = Fleet(aws)
    for name, value in (("one", "red"), ("two", "blue")):
        tag = {"Key": "colour", "Value": value, "PropagateAtLaunch": True}
        arguments = fleet.arguments(AutoScalingGroupName=name, Tags=[tag])
        fleet.asg.create_auto_scaling_group(**arguments)
    found = fleet.asg.describe_auto_scaling_groups(
        Filters=[{"Name": "tag:colour", "Values": ["blue"]}]
    )
    assert [group["AutoScalingGroupName"] for group in found["AutoScalingGroups"]] == ["two"]


@behaviour("autoscaling/group/update-unknown", UPDATE)
def update_unknown(aws):
    error = aws.refused(
        "ValidationError",
        aws.client("autoscaling").update_auto_scaling_group,
        AutoScalingGroupName="none",
        MaxSize=2,
    )
    assert "not found" in error["Message"]


@behaviour("autoscaling/group/max-lowers-desired", UPDATE)
def max_lowers_desired(aws):
    fleet = Fleet(aws).create(3)
    fleet.update(MaxSize=2)
    assert fleet.desired() == 2
    fleet.settled(2)


@behaviour("autoscaling/group/min-raises-desired", UPDATE)
def min_raises_desired(aws):
    fleet = Fleet(aws).create(1)
    fleet.update(MinSize=3)
    assert fleet.desired() == 3
    fleet.settled(3)


@behaviour("autoscaling/group/update-min-above-max", UPDATE, moto="it is accepted")
def update_min_above_max(aws):
    fleet = Fleet(aws).create(MaxSize=2)
    fleet.refused(
        "ValidationError",
        fleet.asg.update_auto_scaling_group,
        MinSize=3,
    )
    assert fleet.group()["MinSize"] == 0


@behaviour("autoscaling/group/update-leaves-the-rest", UPDATE)
def update_leaves(aws):
    fleet = Fleet(aws).create(DefaultCooldown=77, HealthCheckGracePeriod=66)
    fleet.update(MaxSize=7)
    group = fleet.group()
    shown = [group[name] for name in ("MaxSize", "DefaultCooldown", "HealthCheckGracePeriod")]
    assert shown == [7, 77, 66]


@behaviour(
    "autoscaling/desired/above-max", f"{API}/API_SetDesiredCapacity.html", moto="it is accepted"
)
def set_above_max(aws):
    fleet = Fleet(aws).create(MaxSize=2)
    error = fleet.refused(
        "ValidationError",
        fleet.asg.set_desired_capacity,
        DesiredCapacity=5,
    )
    assert "above max value 2" in error["Message"] and fleet.desired() == 0


@behaviour(
    "autoscaling/desired/below-min", f"{API}/API_SetDesiredCapacity.html", moto="it is accepted"
)
def set_below_min(aws):
    fleet = Fleet(aws).create(2, MinSize=2)
    error = fleet.refused(
        "ValidationError",
        fleet.asg.set_desired_capacity,
        DesiredCapacity=1,
    )
    assert "below min value 2" in error["Message"] and fleet.desired() == 2


@behaviour(
    "autoscaling/desired/cooldown",
    f"{PAGE}/ec2-auto-scaling-scaling-cooldowns.html",
    emulator_only=True,
)
def honoured_cooldown(aws):
    fleet = Fleet(aws).create(1, DefaultCooldown=300)
    arguments = {"AutoScalingGroupName": fleet.name, "DesiredCapacity": 2}
    call = fleet.asg.set_desired_capacity
    error = aws.refused("ScalingActivityInProgress", call, HonorCooldown=True, **arguments)
    assert error["status"] == 400 and fleet.desired() == 1
    aws.step(300)
    call(HonorCooldown=True, **arguments)
    fleet.settled(2)


@behaviour("autoscaling/desired/cooldown-not-honoured", f"{API}/API_SetDesiredCapacity.html")
def ignored_cooldown(aws):
    fleet = Fleet(aws).create(1, DefaultCooldown=300)
    fleet.resize(2)


@behaviour("autoscaling/delete/unknown", DELETE)
def delete_unknown(aws):
    asg = aws.client("autoscaling")
    error = aws.refused(
        "ValidationError", asg.delete_auto_scaling_group, AutoScalingGroupName="none"
    )
    assert "not found" in error["Message"]


@behaviour("autoscaling/delete/with-instances", DELETE, moto="the group goes, its instances stay")
def delete_with_instances(aws):
    fleet = Fleet(aws).create(1)
    error = fleet.refused("ResourceInUse", fleet.asg.delete_auto_scaling_group)
    assert error["status"] == 400 and "instances" in error["Message"]
    assert len(fleet.ids()) == 1


@behaviour("autoscaling/delete/force", DELETE)
def force_delete(aws):
    fleet = Fleet(aws).create(2)
    ids = fleet.ids()
    fleet.asg.delete_auto_scaling_group(AutoScalingGroupName=fleet.name, ForceDelete=True)
    aws.until(lambda: fleet.group() is None, "the group gone")
    aws.until(lambda: {fleet.state(id) for id in ids} == {"terminated"}, "its members terminated")


@behaviour(
    "autoscaling/delete/in-progress", f"{API}/API_AutoScalingGroup.html", moto="it is gone at once"
)
def delete_in_progress(aws):
    fleet = Fleet(aws).create(1)
    fleet.asg.delete_auto_scaling_group(AutoScalingGroupName=fleet.name, ForceDelete=True)
    assert fleet.group()["Status"] == "Delete in progress"


@behaviour("autoscaling/delete/empty", DELETE)
def delete_empty(aws):
    fleet = Fleet(aws).create()
    fleet.asg.delete_auto_scaling_group(AutoScalingGroupName=fleet.name)
    aws.until(lambda: fleet.group() is None, "the group gone")
    fleet.create(MaxSize=1)
    assert fleet.group()["MaxSize"] == 1


@behaviour(
    "autoscaling/limits", f"{PAGE}/ec2-auto-scaling-quotas.html", moto="the operation is missing"
)
def limits(aws):
    fleet = Fleet(aws).create()
    limits = fleet.asg.describe_account_limits()
    assert limits["MaxNumberOfAutoScalingGroups"] == 500
    assert limits["MaxNumberOfLaunchConfigurations"] == 200
    assert limits["NumberOfAutoScalingGroups"] == 1


@behaviour(
    "autoscaling/adjustment-types",
    f"{API}/API_DescribeAdjustmentTypes.html",
    moto="the operation is missing",
)
def adjustment_types(aws):
    types = aws.client("autoscaling").describe_adjustment_types()["AdjustmentTypes"]
    names = {"ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"}
    assert {kind["AdjustmentType"] for kind in types} == names


@behaviour(
    "autoscaling/termination-policy-types",
    f"{API}/API_DescribeTerminationPolicyTypes.html",
    moto="the operation is missing",
)
def termination_policy_types(aws):
    types = aws.client("autoscaling").describe_termination_policy_types()
    listed = set(types["TerminationPolicyTypes"])
    assert listed >= {
        "Default",
        "NewestInstance",
        "OldestInstance",
        "OldestLaunchTemplate",
        "ClosestToNextInstanceHour",
    }
