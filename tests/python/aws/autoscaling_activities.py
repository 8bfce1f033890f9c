"""Auto Scaling: scaling activities, schedules, shortages of capacity."""

import datetime

from aws.autoscaling_control import suspend
from aws.behaviour import behaviour
from aws.fleet import API, PAGE, Fleet, now

SUSPEND = f"{PAGE}/as-suspend-resume-processes.html"
SCHEDULE = f"{PAGE}/ec2-auto-scaling-scheduled-scaling.html"
ACTIVITIES = f"{PAGE}/as-verify-scaling-activity.html"
CAPACITY = f"{PAGE}/ts-as-capacity.html"


@behaviour("autoscaling/schedule/once", SCHEDULE, emulator_only=True)
def scheduled(aws):
    fleet = Fleet(aws).create()
    fleet.asg.put_scheduled_update_group_action(
        AutoScalingGroupName=fleet.name,
        ScheduledActionName="morning",
        StartTime=now(aws) + datetime.timedelta(hours=1),
        DesiredCapacity=2,
    )
    [action] = fleet.asg.describe_scheduled_actions(AutoScalingGroupName=fleet.name)[
        "ScheduledUpdateGroupActions"
    ]
    assert (action["ScheduledActionName"], action["DesiredCapacity"]) == ("morning", 2)
    aws.step(3300)
    assert fleet.desired() == 0
    aws.step(600)
    assert fleet.desired() == 2
    fleet.settled(2)


@behaviour("autoscaling/schedule/suspended", SUSPEND, emulator_only=True)
def schedule_suspended(aws):
    fleet = Fleet(aws).create()
    suspend(fleet, "ScheduledActions")
    fleet.asg.put_scheduled_update_group_action(
        AutoScalingGroupName=fleet.name,
        ScheduledActionName="morning",
        StartTime=now(aws) + datetime.timedelta(hours=1),
        DesiredCapacity=2,
    )
    aws.step(7200)
    assert fleet.desired() == 0


@behaviour(
    "autoscaling/schedule/past",
    f"{API}/API_PutScheduledUpdateGroupAction.html",
    moto="it is accepted",
)
def scheduled_in_the_past(aws):
    fleet = Fleet(aws).create()
    fleet.refused(
        "ValidationError",
        fleet.asg.put_scheduled_update_group_action,
        ScheduledActionName="yesterday",
        StartTime=now(aws) - datetime.timedelta(days=1),
        DesiredCapacity=2,
    )


@behaviour("autoscaling/activity/launch", ACTIVITIES, moto="there are no activities")
def launch_activity(aws):
    fleet = Fleet(aws).create(1)
    [id] = fleet.ids()
    [activity] = aws.until(
        lambda: [a for a in fleet.activities() if a["StatusCode"] == "Successful"],
        "the launch a successful activity",
    )
    assert activity["Description"] == f"Launching a new EC2 instance: {id}"
    assert "a user request created an AutoScalingGroup" in activity["Cause"]
    assert "changing the desired capacity from 0 to 1" in activity["Cause"]
    assert activity["Progress"] == 100
    assert activity["EndTime"] >= activity["StartTime"]
    assert fleet.group()["AutoScalingGroupARN"] == activity["AutoScalingGroupARN"]


@behaviour("autoscaling/activity/terminate", ACTIVITIES, moto="there are no activities")
def terminate_activity(aws):
    fleet = Fleet(aws).create(3)
    before = fleet.ids()
    fleet.resize(2)
    [gone] = set(before) - set(fleet.ids())
    [activity] = fleet.activities("Terminating")
    assert activity["Description"] == f"Terminating EC2 instance: {gone}"
    assert "a user request" in activity["Cause"]
    assert "shrinking the capacity from 3 to 2" in activity["Cause"]
    assert f"instance {gone} was selected for termination" in activity["Cause"]


@behaviour(
    "autoscaling/activity/order",
    f"{API}/API_DescribeScalingActivities.html",
    moto="there are no activities",
)
def activity_order(aws):
    fleet = Fleet(aws).create(1)
    for size in (2, 3):
        aws.step(60)
        fleet.resize(size)
    starts = [activity["StartTime"] for activity in fleet.activities()]
    assert len(starts) == 3 and starts == sorted(starts, reverse=True)
    page = fleet.asg.describe_scaling_activities(AutoScalingGroupName=fleet.name, MaxRecords=1)
    assert len(page["Activities"]) == 1 and page["NextToken"]


@behaviour(
    "autoscaling/activity/deleted-group",
    f"{API}/API_DescribeScalingActivities.html",
    moto="there are no activities",
)
def activity_of_deleted(aws):
    fleet = Fleet(aws).create(1)
    fleet.asg.delete_auto_scaling_group(AutoScalingGroupName=fleet.name, ForceDelete=True)
    aws.until(lambda: fleet.group() is None, "the group gone")
    found = fleet.asg.describe_scaling_activities(IncludeDeletedGroups=True)["Activities"]
    assert any("Launching" in activity["Description"] for activity in found)
    assert fleet.asg.describe_scaling_activities()["Activities"] == []


@behaviour(
    "autoscaling/capacity/one-zone", f"{PAGE}/auto-scaling-benefits.html", emulator_only=True
)
def zone_without_capacity(aws):
    fleet = Fleet(aws)
    aws.shortage(zones=fleet.network.zones[:1])
    fleet.create(6)
    assert fleet.spread() == [0, 3, 3]
    failed = [a for a in fleet.activities() if a["StatusCode"] == "Failed"]
    assert failed and "sufficient t3.micro capacity" in failed[0]["StatusMessage"]
    assert fleet.network.zones[0] in failed[0]["StatusMessage"]
    aws.shortage(zones=[])
    aws.until(lambda: fleet.spread() == [2, 2, 2], "the group rebalanced")


@behaviour("autoscaling/capacity/nowhere", CAPACITY, emulator_only=True)
def no_capacity(aws):
    fleet = Fleet(aws)
    aws.shortage(zones=fleet.network.zones)
    fleet.create(2, settle=False)
    aws.step(900)
    assert fleet.ids() == [] and fleet.desired() == 2
    activity = fleet.activities()[0]
    assert activity["StatusCode"] == "Failed"
    assert "We currently do not have sufficient" in activity["StatusMessage"]
    aws.shortage(zones=[])
    fleet.settled(2)


@behaviour(
    "autoscaling/capacity/template-deleted",
    f"{PAGE}/ts-as-launch-template.html",
    moto="the server fails",
)
def template_deleted(aws):
    fleet = Fleet(aws).create(1)
    fleet.ec2.delete_launch_template(LaunchTemplateId=fleet.template)
    fleet.resize(2, settle=False)
    failed = aws.until(
        lambda: [a for a in fleet.activities() if a["StatusCode"] == "Failed"], "a launch failed"
    )
    assert "launch template" in failed[0]["StatusMessage"] and len(fleet.ids()) == 1
