"""Auto Scaling: the preferences of an instance refresh."""

from aws.autoscaling_refresh import at_version, ended, refresh, start
from aws.behaviour import behaviour
from aws.fleet import API, PAGE, Fleet

OVERVIEW = f"{PAGE}/instance-refresh-overview.html"
PREFERENCES = f"{API}/API_RefreshPreferences.html"
CHECKPOINTS = f"{PAGE}/asg-adding-checkpoints-instance-refresh.html"
SKIP = f"{PAGE}/asg-instance-refresh-skip-matching.html"


def with_one_protected(aws):
    """A group of two of which one is protected from scale-in: (fleet, the protected, the other)."""
    fleet = Fleet(aws).create(2)
    kept, other = fleet.ids()
    fleet.asg.set_instance_protection(
        AutoScalingGroupName=fleet.name, InstanceIds=[kept], ProtectedFromScaleIn=True
    )
    return fleet, kept, other


@behaviour("autoscaling/refresh/checkpoint", CHECKPOINTS, emulator_only=True)
def checkpoint(aws):
    fleet = Fleet(aws).create(4)
    version = fleet.newer(InstanceType="t3.small")
    start(
        fleet,
        version,
        MinHealthyPercentage=50,
        InstanceWarmup=60,
        CheckpointPercentages=[50, 100],
        CheckpointDelay=7200,
    )
    aws.until(lambda: refresh(fleet)["PercentageComplete"] == 50, "half replaced")
    aws.step(6600)
    assert len(at_version(fleet, version)) == len(at_version(fleet, "1")) == 2
    assert refresh(fleet)["Status"] == "InProgress"
    ended(aws, fleet)
    assert len(at_version(fleet, version)) == 4


@behaviour("autoscaling/refresh/partial", CHECKPOINTS, emulator_only=True)
def partial(aws):
    fleet = Fleet(aws).create(4)
    before = set(fleet.ids())
    start(fleet, MinHealthyPercentage=50, CheckpointPercentages=[50], CheckpointDelay=60)
    ended(aws, fleet)
    aws.step(1800)
    assert len(set(fleet.settled(4)) & before) == 2


@behaviour(
    "autoscaling/refresh/delay-without-checkpoints", PREFERENCES, moto="the operation is missing"
)
def delay_alone(aws):
    fleet = Fleet(aws).create()
    fleet.refused(
        "ValidationError",
        fleet.asg.start_instance_refresh,
        Preferences={"CheckpointDelay": 60},
    )


@behaviour(
    "autoscaling/refresh/checkpoints-unordered", PREFERENCES, moto="the operation is missing"
)
def unordered(aws):
    fleet = Fleet(aws).create()
    for percentages in ([50, 20, 100], [50, 50, 100]):
        fleet.refused(
            "ValidationError",
            fleet.asg.start_instance_refresh,
            Preferences={"CheckpointPercentages": percentages},
        )


@behaviour("autoscaling/refresh/wide-range", PREFERENCES, moto="the operation is missing")
def wide_range(aws):
    fleet = Fleet(aws).create()
    fleet.refused(
        "ValidationError",
        fleet.asg.start_instance_refresh,
        Preferences={"MinHealthyPercentage": 50, "MaxHealthyPercentage": 160},
    )


@behaviour("autoscaling/refresh/max-alone", PREFERENCES, moto="the operation is missing")
def max_alone(aws):
    fleet = Fleet(aws).create()
    fleet.refused(
        "ValidationError",
        fleet.asg.start_instance_refresh,
        Preferences={"MaxHealthyPercentage": 120},
    )


@behaviour("autoscaling/refresh/skip-matching-all", SKIP, emulator_only=True)
def nothing_to_do(aws):
    fleet = Fleet(aws).create(2)
    before = fleet.ids()
    start(fleet, "1", SkipMatching=True)
    ended(aws, fleet, limit=600)
    assert fleet.ids() == before


@behaviour("autoscaling/refresh/skip-matching-some", SKIP, emulator_only=True)
def skip_matching(aws):
    fleet = Fleet(aws).create(2)
    version = fleet.newer(InstanceType="t3.small")
    fleet.update(LaunchTemplate=fleet.version(version))
    fleet.resize(3)
    [new] = at_version(fleet, version)
    start(fleet, version, SkipMatching=True)
    ended(aws, fleet)
    assert len(at_version(fleet, version)) == 3 and new in fleet.ids()


@behaviour("autoscaling/refresh/protected-ignored", PREFERENCES, emulator_only=True)
def protected_ignored(aws):
    fleet, kept, other = with_one_protected(aws)
    start(fleet, MinHealthyPercentage=50, ScaleInProtectedInstances="Ignore")
    ended(aws, fleet)
    assert kept in fleet.ids() and other not in fleet.members()


@behaviour("autoscaling/refresh/protected-replaced", PREFERENCES, emulator_only=True)
def protected_replaced(aws):
    fleet, kept, _other = with_one_protected(aws)
    start(fleet, MinHealthyPercentage=50, ScaleInProtectedInstances="Refresh")
    ended(aws, fleet)
    assert kept not in fleet.members()


@behaviour("autoscaling/refresh/protected-waits", PREFERENCES, emulator_only=True)
def protected_waits(aws):
    fleet, kept, _other = with_one_protected(aws)
    start(fleet, MinHealthyPercentage=50)
    aws.step(1800)
    assert refresh(fleet)["Status"] == "InProgress" and kept in fleet.ids()
    failed = ended(aws, fleet, "Failed")
    assert failed["StatusReason"] and kept in fleet.ids()


@behaviour("autoscaling/refresh/standby-ignored", PREFERENCES, emulator_only=True)
def standby_ignored(aws):
    fleet = Fleet(aws).create(2)
    resting, working = fleet.ids()
    fleet.asg.enter_standby(
        AutoScalingGroupName=fleet.name, InstanceIds=[resting], ShouldDecrementDesiredCapacity=True
    )
    aws.until(lambda: fleet.members("Standby"), "one on standby")
    start(fleet, StandbyInstances="Ignore")
    ended(aws, fleet)
    assert list(fleet.members("Standby")) == [resting] and working not in fleet.members()


@behaviour("autoscaling/refresh/bake-time", PREFERENCES, emulator_only=True)
def bake_time(aws):
    fleet = Fleet(aws).create(1)
    start(fleet, BakeTime=1800)
    ended(aws, fleet, "Baking")
    aws.step(1500)
    assert refresh(fleet)["Status"] == "Baking"
    ended(aws, fleet, limit=600)


@behaviour("autoscaling/refresh/hook", OVERVIEW, emulator_only=True)
def with_hook(aws):
    fleet = Fleet(aws).create(1)
    fleet.asg.put_lifecycle_hook(
        AutoScalingGroupName=fleet.name,
        LifecycleHookName="hook",
        LifecycleTransition="autoscaling:EC2_INSTANCE_LAUNCHING",
    )
    start(fleet)
    [new] = aws.until(lambda: list(fleet.members("Pending:Wait")), "the new member waiting")
    aws.step(1200)
    assert refresh(fleet)["Status"] == "InProgress"
    fleet.asg.complete_lifecycle_action(
        AutoScalingGroupName=fleet.name,
        LifecycleHookName="hook",
        InstanceId=new,
        LifecycleActionResult="CONTINUE",
    )
    ended(aws, fleet)
    assert fleet.ids() == [new]
