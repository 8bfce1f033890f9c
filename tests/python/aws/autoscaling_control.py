"""Auto Scaling: protection, suspension, standby, attaching and detaching, schedules, activities."""

import datetime

from aws.behaviour import behaviour
from aws.fleet import API, PAGE, Fleet, now

PROTECTION = f"{PAGE}/ec2-auto-scaling-instance-protection.html"
SUSPEND = f"{PAGE}/as-suspend-resume-processes.html"
STANDBY = f"{PAGE}/as-enter-exit-standby.html"
DETACH = f"{PAGE}/ec2-auto-scaling-detach-attach-instances.html"
SCHEDULE = f"{PAGE}/ec2-auto-scaling-scheduled-scaling.html"
ACTIVITIES = f"{PAGE}/as-verify-scaling-activity.html"
CAPACITY = f"{PAGE}/ts-as-capacity.html"


def protect(fleet, ids, protected=True):
    fleet.asg.set_instance_protection(
        AutoScalingGroupName=fleet.name, InstanceIds=ids, ProtectedFromScaleIn=protected
    )


def suspend(fleet, *processes):
    fleet.asg.suspend_processes(AutoScalingGroupName=fleet.name, ScalingProcesses=list(processes))


def resume(fleet, *processes):
    fleet.asg.resume_processes(AutoScalingGroupName=fleet.name, ScalingProcesses=list(processes))


@behaviour("autoscaling/protection/scale-in", PROTECTION)
def protected_stays(aws):
    fleet = Fleet(aws).create(3)
    kept = fleet.ids()[1]
    protect(fleet, [kept])
    assert fleet.members()[kept]["ProtectedFromScaleIn"] is True
    fleet.resize(1)
    assert fleet.ids() == [kept]


@behaviour("autoscaling/protection/all", PROTECTION, moto="the protected are terminated")
def all_protected(aws):
    fleet = Fleet(aws).create(2)
    ids = fleet.ids()
    protect(fleet, ids)
    fleet.resize(1, settle=False)
    assert fleet.desired() == 1
    assert fleet.unchanged() == ids
    protect(fleet, ids[:1], False)
    assert fleet.settled(1) == ids[1:]


@behaviour("autoscaling/protection/new-members", PROTECTION)
def protected_from_birth(aws):
    fleet = Fleet(aws).create(1, NewInstancesProtectedFromScaleIn=True)
    assert [m["ProtectedFromScaleIn"] for m in fleet.members().values()] == [True]


@behaviour("autoscaling/protection/not-from-healing", PROTECTION)
def protected_healed(aws):
    fleet = Fleet(aws).create(1, NewInstancesProtectedFromScaleIn=True)
    [lost] = fleet.ids()
    fleet.ec2.terminate_instances(InstanceIds=[lost])
    fleet.replaced(lost, 1)


@behaviour(
    "autoscaling/protection/unknown-instance",
    f"{API}/API_SetInstanceProtection.html",
    moto="it is accepted",
)
def protect_unknown(aws):
    fleet = Fleet(aws).create()
    error = aws.refused(
        "ValidationError",
        fleet.asg.set_instance_protection,
        AutoScalingGroupName=fleet.name,
        InstanceIds=["i-0123456789abcdef0"],
        ProtectedFromScaleIn=True,
    )
    assert "i-0123456789abcdef0" in error["Message"]


@behaviour("autoscaling/suspend/launch", SUSPEND)
def suspended_launch(aws):
    fleet = Fleet(aws).create(1)
    suspend(fleet, "Launch")
    fleet.resize(2, settle=False)
    fleet.unchanged()
    resume(fleet, "Launch")
    fleet.settled(2)


@behaviour("autoscaling/suspend/terminate", SUSPEND)
def suspended_terminate(aws):
    fleet = Fleet(aws).create(2)
    suspend(fleet, "Terminate")
    fleet.resize(1, settle=False)
    fleet.unchanged()
    resume(fleet, "Terminate")
    fleet.settled(1)


@behaviour("autoscaling/suspend/replace-unhealthy", SUSPEND, emulator_only=True)
def suspended_replacement(aws):
    fleet = Fleet(aws).create(1)
    [id] = fleet.ids()
    suspend(fleet, "ReplaceUnhealthy")
    fleet.ec2.terminate_instances(InstanceIds=[id])
    aws.until(lambda: fleet.members()[id]["HealthStatus"] == "Unhealthy", "it shows as unhealthy")
    aws.step(1800)
    assert list(fleet.members()) == [id]
    resume(fleet, "ReplaceUnhealthy")
    fleet.replaced(id, 1)


@behaviour("autoscaling/suspend/health-check", SUSPEND, emulator_only=True)
def suspended_health_check(aws):
    fleet = Fleet(aws).create(1)
    [id] = fleet.ids()
    suspend(fleet, "HealthCheck")
    fleet.ec2.stop_instances(InstanceIds=[id])
    aws.step(1800)
    assert fleet.members()[id]["HealthStatus"] == "Healthy"
    resume(fleet, "HealthCheck")
    fleet.replaced(id, 1)


@behaviour(
    "autoscaling/suspend/shown", f"{API}/API_SuspendedProcess.html", moto="there is no reason"
)
def suspended_shown(aws):
    fleet = Fleet(aws).create()
    suspend(fleet, "Launch", "AZRebalance")
    shown = fleet.group()["SuspendedProcesses"]
    assert {process["ProcessName"] for process in shown} == {"Launch", "AZRebalance"}
    assert all(process["SuspensionReason"] for process in shown)
    resume(fleet, "Launch")
    shown = fleet.group()["SuspendedProcesses"]
    assert [process["ProcessName"] for process in shown] == ["AZRebalance"]


@behaviour("autoscaling/suspend/all", f"{API}/API_SuspendProcesses.html")
def suspended_all(aws):
    fleet = Fleet(aws).create()
    fleet.asg.suspend_processes(AutoScalingGroupName=fleet.name)
    names = {process["ProcessName"] for process in fleet.group()["SuspendedProcesses"]}
    assert names >= {
        "Launch",
        "Terminate",
        "HealthCheck",
        "ReplaceUnhealthy",
        "AZRebalance",
        "AlarmNotification",
        "ScheduledActions",
        "AddToLoadBalancer",
    }
    fleet.asg.resume_processes(AutoScalingGroupName=fleet.name)
    assert fleet.group()["SuspendedProcesses"] == []


@behaviour(
    "autoscaling/suspend/unknown-process", f"{API}/API_SuspendProcesses.html", moto="it is accepted"
)
def unknown_process(aws):
    fleet = Fleet(aws).create()
    aws.refused(
        "ValidationError",
        fleet.asg.suspend_processes,
        AutoScalingGroupName=fleet.name,
        ScalingProcesses=["Sleep"],
    )


@behaviour("autoscaling/standby/enter-exit", STANDBY, moto="the activities are in another form")
def standby(aws):
    fleet = Fleet(aws).create(2)
    resting, working = fleet.ids()
    [activity] = fleet.asg.enter_standby(
        AutoScalingGroupName=fleet.name, InstanceIds=[resting], ShouldDecrementDesiredCapacity=True
    )["Activities"]
    assert activity["Description"] == f"Moving EC2 instance to Standby: {resting}"
    assert "moved to standby in response to a user request" in activity["Cause"]
    aws.until(lambda: list(fleet.members("Standby")) == [resting], "the member on standby")
    assert fleet.desired() == 1 and fleet.unchanged() == [working]
    assert fleet.state(resting) == "running"
    fleet.asg.exit_standby(AutoScalingGroupName=fleet.name, InstanceIds=[resting])
    assert fleet.desired() == 2
    assert fleet.settled(2) == sorted([resting, working])


@behaviour("autoscaling/standby/replace", STANDBY)
def standby_replaced(aws):
    fleet = Fleet(aws).create(2)
    resting = fleet.ids()[0]
    fleet.asg.enter_standby(
        AutoScalingGroupName=fleet.name, InstanceIds=[resting], ShouldDecrementDesiredCapacity=False
    )
    aws.until(lambda: len(fleet.ids()) == 2, "the member on standby replaced")
    assert fleet.desired() == 2 and list(fleet.members("Standby")) == [resting]


@behaviour("autoscaling/standby/below-min", f"{API}/API_EnterStandby.html", moto="it is accepted")
def standby_below_min(aws):
    fleet = Fleet(aws).create(1, MinSize=1)
    aws.refused(
        "ValidationError",
        fleet.asg.enter_standby,
        AutoScalingGroupName=fleet.name,
        InstanceIds=fleet.ids(),
        ShouldDecrementDesiredCapacity=True,
    )
    assert len(fleet.ids()) == 1


@behaviour("autoscaling/standby/not-checked", STANDBY, emulator_only=True)
def standby_not_checked(aws):
    fleet = Fleet(aws).create(1)
    [id] = fleet.ids()
    fleet.asg.enter_standby(
        AutoScalingGroupName=fleet.name, InstanceIds=[id], ShouldDecrementDesiredCapacity=True
    )
    aws.until(lambda: fleet.members("Standby"), "the member on standby")
    fleet.ec2.stop_instances(InstanceIds=[id])
    aws.step(1800)
    assert fleet.members()[id]["HealthStatus"] == "Healthy" and fleet.state(id) == "stopped"


@behaviour("autoscaling/detach/shrink", DETACH)
def detach(aws):
    fleet = Fleet(aws).create(2)
    freed, stays = fleet.ids()
    fleet.asg.detach_instances(
        AutoScalingGroupName=fleet.name, InstanceIds=[freed], ShouldDecrementDesiredCapacity=True
    )
    aws.until(lambda: list(fleet.members()) == [stays], "one member left")
    assert fleet.desired() == 1 and fleet.state(freed) == "running"
    tags = {tag["Key"] for tag in fleet.instance(freed).get("Tags", [])}
    assert "aws:autoscaling:groupName" not in tags


@behaviour("autoscaling/detach/replace", DETACH)
def detach_and_replace(aws):
    fleet = Fleet(aws).create(1)
    [freed] = fleet.ids()
    fleet.asg.detach_instances(
        AutoScalingGroupName=fleet.name, InstanceIds=[freed], ShouldDecrementDesiredCapacity=False
    )
    fleet.replaced(freed, 1)
    assert fleet.desired() == 1 and fleet.state(freed) == "running"


@behaviour("autoscaling/detach/below-min", DETACH, moto="it is accepted")
def detach_below_min(aws):
    fleet = Fleet(aws).create(1, MinSize=1)
    aws.refused(
        "ValidationError",
        fleet.asg.detach_instances,
        AutoScalingGroupName=fleet.name,
        InstanceIds=fleet.ids(),
        ShouldDecrementDesiredCapacity=True,
    )


def newcomer(aws, fleet):
    """A running machine in the fleet's network, no member of any group."""
    [id] = aws.instances(SubnetId=fleet.network.subnet)
    aws.until(lambda: fleet.state(id) == "running", "the newcomer running")
    return id


@behaviour("autoscaling/attach/grows", DETACH)
def attach(aws):
    fleet = Fleet(aws).create(1)
    [old], new = fleet.ids(), newcomer(aws, fleet)
    fleet.asg.attach_instances(AutoScalingGroupName=fleet.name, InstanceIds=[new])
    assert fleet.desired() == 2
    assert fleet.settled(2) == sorted([old, new])
    assert fleet.tags(new)["aws:autoscaling:groupName"] == fleet.name


@behaviour("autoscaling/attach/above-max", DETACH, moto="the code is ResourceContention")
def attach_above_max(aws):
    fleet = Fleet(aws).create(1, MaxSize=1)
    new = newcomer(aws, fleet)
    aws.refused(
        "ValidationError",
        fleet.asg.attach_instances,
        AutoScalingGroupName=fleet.name,
        InstanceIds=[new],
    )
    assert new not in fleet.members()


@behaviour("autoscaling/attach/other-group", DETACH, moto="it is accepted")
def attach_member_of_other(aws):
    fleet = Fleet(aws).create(1)
    fleet.asg.create_auto_scaling_group(**fleet.arguments(AutoScalingGroupName="other"))
    error = aws.refused(
        "ValidationError",
        fleet.asg.attach_instances,
        AutoScalingGroupName="other",
        InstanceIds=fleet.ids(),
    )
    assert fleet.name in error["Message"] and len(fleet.ids()) == 1


@behaviour("autoscaling/attach/not-running", DETACH, moto="it is accepted")
def attach_stopped(aws):
    fleet = Fleet(aws).create()
    new = newcomer(aws, fleet)
    fleet.ec2.stop_instances(InstanceIds=[new])
    aws.until(lambda: fleet.state(new) == "stopped", "the newcomer stopped")
    aws.refused(
        "ValidationError",
        fleet.asg.attach_instances,
        AutoScalingGroupName=fleet.name,
        InstanceIds=[new],
    )


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
    aws.refused(
        "ValidationError",
        fleet.asg.put_scheduled_update_group_action,
        AutoScalingGroupName=fleet.name,
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
