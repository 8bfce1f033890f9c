"""Auto Scaling: protection from scale-in, and suspended processes."""

from aws.behaviour import behaviour
from aws.fleet import API, PAGE, Fleet

PROTECTION = f"{PAGE}/ec2-auto-scaling-instance-protection.html"
SUSPEND = f"{PAGE}/as-suspend-resume-processes.html"


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
    error = fleet.refused(
        "ValidationError",
        fleet.asg.set_instance_protection,
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
    fleet.refused(
        "ValidationError",
        fleet.asg.suspend_processes,
        ScalingProcesses=["Sleep"],
    )
