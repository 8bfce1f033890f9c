"""Auto Scaling: lifecycle hooks."""

from aws.behaviour import behaviour
from aws.fleet import API, PAGE, Fleet

HOOKS = f"{PAGE}/lifecycle-hooks-overview.html"
COMPLETE = f"{API}/API_CompleteLifecycleAction.html"
PUT = f"{API}/API_PutLifecycleHook.html"
LAUNCHING = "autoscaling:EC2_INSTANCE_LAUNCHING"
TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"


def put(fleet, transition=LAUNCHING, **changes):
    arguments = {
        "AutoScalingGroupName": fleet.name,
        "LifecycleHookName": "hook",
        "LifecycleTransition": transition,
        **changes,
    }
    fleet.asg.put_lifecycle_hook(**arguments)


def complete(fleet, id, result="CONTINUE", hook="hook"):
    fleet.asg.complete_lifecycle_action(
        AutoScalingGroupName=fleet.name,
        LifecycleHookName=hook,
        InstanceId=id,
        LifecycleActionResult=result,
    )


def waiting(aws, fleet, state="Pending:Wait"):
    """Waits until a member waits; its id."""
    return aws.until(lambda: list(fleet.members(state)), f"a member in {state}")[0]


def held(aws, **hook):
    """A group of one whose launch waits on a hook, and that member's id."""
    fleet = Fleet(aws).create()
    put(fleet, **hook)
    fleet.resize(1, settle=False)
    return fleet, waiting(aws, fleet)


@behaviour("autoscaling/hook/defaults", PUT, moto="the global timeout is as long as the other")
def defaults(aws):
    fleet = Fleet(aws).create()
    put(fleet)
    [hook] = fleet.asg.describe_lifecycle_hooks(AutoScalingGroupName=fleet.name)["LifecycleHooks"]
    assert (hook["HeartbeatTimeout"], hook["DefaultResult"]) == (3600, "ABANDON")
    assert hook["GlobalTimeout"] == 172800
    assert hook["LifecycleTransition"] == LAUNCHING
    put(fleet, HeartbeatTimeout=60)
    [hook] = fleet.asg.describe_lifecycle_hooks(AutoScalingGroupName=fleet.name)["LifecycleHooks"]
    assert hook["GlobalTimeout"] == 6000


@behaviour("autoscaling/hook/launch-waits", HOOKS, emulator_only=True)
def launch_waits(aws):
    fleet, id = held(aws)
    assert fleet.state(id) == "running"
    aws.step(1800)
    assert list(fleet.members("Pending:Wait")) == [id] and fleet.ids() == []
    complete(fleet, id)
    assert fleet.settled(1) == [id]


@behaviour("autoscaling/hook/abandoned", HOOKS, emulator_only=True)
def abandoned(aws):
    fleet, id = held(aws)
    complete(fleet, id, "ABANDON")
    aws.until(lambda: fleet.state(id) == "terminated", "the abandoned member terminated")
    second = waiting(aws, fleet)
    assert second != id
    complete(fleet, second)
    assert fleet.settled(1) == [second]


@behaviour("autoscaling/hook/timeout-abandons", HOOKS, emulator_only=True)
def timeout_abandons(aws):
    fleet, id = held(aws, HeartbeatTimeout=300)
    aws.step(240)
    assert id in fleet.members("Pending:Wait")
    aws.until(lambda: fleet.state(id) == "terminated", "the member terminated", limit=900)


@behaviour("autoscaling/hook/timeout-continues", HOOKS, emulator_only=True)
def timeout_continues(aws):
    fleet, id = held(aws, HeartbeatTimeout=300, DefaultResult="CONTINUE")
    aws.step(240)
    assert id in fleet.members("Pending:Wait")
    assert fleet.settled(1) == [id]


@behaviour(
    "autoscaling/hook/heartbeat",
    f"{API}/API_RecordLifecycleActionHeartbeat.html",
    emulator_only=True,
)
def heartbeat(aws):
    fleet, id = held(aws, HeartbeatTimeout=300)
    for _ in range(3):
        aws.step(240)
        fleet.asg.record_lifecycle_action_heartbeat(
            AutoScalingGroupName=fleet.name, LifecycleHookName="hook", InstanceId=id
        )
    aws.step(240)
    assert list(fleet.members("Pending:Wait")) == [id]
    aws.until(lambda: fleet.state(id) == "terminated", "the member abandoned")


@behaviour("autoscaling/hook/terminate-waits", HOOKS, emulator_only=True)
def terminate_waits(aws):
    fleet = Fleet(aws).create(1)
    [id] = fleet.ids()
    put(fleet, TERMINATING)
    fleet.resize(0, settle=False)
    assert waiting(aws, fleet, "Terminating:Wait") == id
    aws.step(1800)
    assert fleet.state(id) == "running" and id in fleet.members("Terminating:Wait")
    complete(fleet, id)
    aws.until(lambda: fleet.state(id) == "terminated", "the member terminated")
    assert fleet.group()["Instances"] == []


@behaviour("autoscaling/hook/terminate-abandon", HOOKS, emulator_only=True)
def terminate_abandoned(aws):
    fleet = Fleet(aws).create(1)
    [id] = fleet.ids()
    put(fleet, TERMINATING)
    fleet.resize(0, settle=False)
    waiting(aws, fleet, "Terminating:Wait")
    complete(fleet, id, "ABANDON")
    aws.until(lambda: fleet.state(id) == "terminated", "the member terminated")


@behaviour("autoscaling/hook/two", HOOKS, emulator_only=True)
def two_hooks(aws):
    fleet = Fleet(aws).create()
    put(fleet)
    put(fleet, LifecycleHookName="other")
    fleet.resize(1, settle=False)
    id = waiting(aws, fleet)
    complete(fleet, id)
    aws.step(300)
    assert list(fleet.members("Pending:Wait")) == [id]
    complete(fleet, id, hook="other")
    assert fleet.settled(1) == [id]


@behaviour(
    "autoscaling/hook/at-creation", f"{API}/API_CreateAutoScalingGroup.html", emulator_only=True
)
def at_creation(aws):
    hook = {"LifecycleHookName": "hook", "LifecycleTransition": LAUNCHING}
    fleet = Fleet(aws)
    fleet.create(1, settle=False, LifecycleHookSpecificationList=[hook])
    id = waiting(aws, fleet)
    complete(fleet, id)
    assert fleet.settled(1) == [id]


@behaviour(
    "autoscaling/hook/deleted-launching", f"{API}/API_DeleteLifecycleHook.html", emulator_only=True
)
def deleted_launching(aws):
    fleet, id = held(aws)
    fleet.asg.delete_lifecycle_hook(AutoScalingGroupName=fleet.name, LifecycleHookName="hook")
    aws.until(lambda: fleet.state(id) == "terminated", "the waiting member abandoned")
    fleet.settled(1)


@behaviour(
    "autoscaling/hook/deleted-terminating",
    f"{API}/API_DeleteLifecycleHook.html",
    emulator_only=True,
)
def deleted_terminating(aws):
    fleet = Fleet(aws).create(1)
    [id] = fleet.ids()
    put(fleet, TERMINATING)
    fleet.resize(0, settle=False)
    waiting(aws, fleet, "Terminating:Wait")
    fleet.asg.delete_lifecycle_hook(AutoScalingGroupName=fleet.name, LifecycleHookName="hook")
    aws.until(lambda: fleet.state(id) == "terminated", "the waiting member terminated")


@behaviour(
    "autoscaling/hook/force-delete", f"{API}/API_DeleteAutoScalingGroup.html", emulator_only=True
)
def force_delete(aws):
    fleet = Fleet(aws).create(1)
    [id] = fleet.ids()
    put(fleet, TERMINATING)
    fleet.asg.delete_auto_scaling_group(AutoScalingGroupName=fleet.name, ForceDelete=True)
    aws.until(lambda: fleet.state(id) == "terminated", "the member terminated", limit=1200)
    aws.until(lambda: fleet.group() is None, "the group gone", limit=1200)


@behaviour("autoscaling/hook/short-timeout", PUT, moto="it is accepted")
def short_timeout(aws):
    fleet = Fleet(aws).create()
    fleet.refused(
        "ValidationError",
        fleet.asg.put_lifecycle_hook,
        LifecycleHookName="hook",
        LifecycleTransition=LAUNCHING,
        HeartbeatTimeout=29,
    )


@behaviour("autoscaling/hook/transition-missing", PUT, moto="it is accepted")
def no_transition(aws):
    fleet = Fleet(aws).create()
    fleet.refused(
        "ValidationError",
        fleet.asg.put_lifecycle_hook,
        LifecycleHookName="hook",
    )


@behaviour("autoscaling/hook/unknown-result", PUT, moto="it is accepted")
def unknown_result(aws):
    fleet = Fleet(aws).create()
    fleet.refused(
        "ValidationError",
        fleet.asg.put_lifecycle_hook,
        LifecycleHookName="hook",
        LifecycleTransition=LAUNCHING,
        DefaultResult="RETRY",
    )


@behaviour(
    "autoscaling/hook/delete-unknown", f"{API}/API_DeleteLifecycleHook.html", moto="it is accepted"
)
def delete_unknown(aws):
    fleet = Fleet(aws).create()
    fleet.refused(
        "ValidationError",
        fleet.asg.delete_lifecycle_hook,
        LifecycleHookName="none",
    )


@behaviour("autoscaling/hook/nothing-to-complete", COMPLETE, moto="the operation is missing")
def nothing_to_complete(aws):
    fleet = Fleet(aws).create(1)
    put(fleet)
    fleet.refused(
        "ValidationError",
        fleet.asg.complete_lifecycle_action,
        LifecycleHookName="hook",
        InstanceId=fleet.ids()[0],
        LifecycleActionResult="CONTINUE",
    )


@behaviour(
    "autoscaling/hook/types",
    f"{API}/API_DescribeLifecycleHookTypes.html",
    moto="the operation is missing",
)
def types(aws):
    found = aws.client("autoscaling").describe_lifecycle_hook_types()["LifecycleHookTypes"]
    assert sorted(found) == [LAUNCHING, TERMINATING]


@behaviour(
    "autoscaling/hook/limit", f"{PAGE}/ec2-auto-scaling-quotas.html", moto="there is no limit"
)
def limit(aws):
    fleet = Fleet(aws).create()
    for number in range(50):
        put(fleet, LifecycleHookName=f"hook-{number}")
    error = fleet.refused(
        "LimitExceeded",
        fleet.asg.put_lifecycle_hook,
        LifecycleHookName="hook-50",
        LifecycleTransition=LAUNCHING,
    )
    assert error["status"] == 400
