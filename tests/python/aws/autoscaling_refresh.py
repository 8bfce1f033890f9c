"""Auto Scaling: instance refresh. moto has none, so all of it is the emulator's."""

from aws.behaviour import behaviour
from aws.fleet import API, PAGE, Fleet

OVERVIEW = f"{PAGE}/instance-refresh-overview.html"
START = f"{API}/API_StartInstanceRefresh.html"
PREFERENCES = f"{API}/API_RefreshPreferences.html"
CHECKPOINTS = f"{PAGE}/asg-adding-checkpoints-instance-refresh.html"
ROLLBACK = f"{PAGE}/instance-refresh-rollback.html"
CANCEL = f"{PAGE}/cancel-instance-refresh.html"
STATUS = f"{PAGE}/check-status-instance-refresh.html"
SKIP = f"{PAGE}/asg-instance-refresh-skip-matching.html"


def start(fleet, version=None, **preferences):
    """Starts a refresh, to a version of the template if one is given; its id."""
    arguments = {"AutoScalingGroupName": fleet.name, "Preferences": preferences}
    if version:
        arguments["DesiredConfiguration"] = {"LaunchTemplate": fleet.version(version)}
    return fleet.asg.start_instance_refresh(**arguments)["InstanceRefreshId"]


def refresh(fleet, id=None):
    """A refresh's description, the newest if none is named."""
    ids = {"InstanceRefreshIds": [id]} if id else {}
    found = fleet.asg.describe_instance_refreshes(AutoScalingGroupName=fleet.name, **ids)
    return found["InstanceRefreshes"][0]


def ended(aws, fleet, status="Successful", limit=20_000):
    """Waits until the newest refresh has that status; its description."""

    def is_so():
        found = refresh(fleet)
        return found if found["Status"] == status else None

    return aws.until(is_so, f"the refresh {status}", every=5, limit=limit)


def at_version(fleet, version):
    """The members in service that were launched with that version."""
    return [
        id
        for id, member in fleet.members("InService").items()
        if member["LaunchTemplate"]["Version"] == version
    ]


@behaviour("autoscaling/refresh/all-replaced", OVERVIEW, moto="the operation is missing")
def all_replaced(aws):
    fleet = Fleet(aws).create(6)
    before = fleet.ids()
    started = start(fleet)
    done = ended(aws, fleet)
    assert done["InstanceRefreshId"] == started
    assert (done["PercentageComplete"], done["InstancesToUpdate"]) == (100, 0)
    assert done["EndTime"] > done["StartTime"]
    after = fleet.settled(6)
    assert not set(before) & set(after) and fleet.spread() == [2, 2, 2]


@behaviour("autoscaling/refresh/min-healthy", OVERVIEW, emulator_only=True)
def min_healthy(aws):
    fleet = Fleet(aws).create(6)
    start(fleet, MinHealthyPercentage=66, InstanceWarmup=60)
    fewest = 6

    def done():
        nonlocal fewest
        fewest = min(fewest, len(fleet.ids()))
        return refresh(fleet)["Status"] == "Successful"

    aws.until(done, "the refresh successful", every=3)
    # 66 percent of 6, rounded up, is 4: two at a time.
    assert fewest == 4


@behaviour(
    "autoscaling/refresh/launch-first",
    f"{PAGE}/understand-instance-refresh-default-values.html",
    emulator_only=True,
)
def launch_first(aws):
    fleet = Fleet(aws).create(4)
    start(fleet, MinHealthyPercentage=100, MaxHealthyPercentage=150, InstanceWarmup=30)
    fewest, most = 4, 4

    def done():
        nonlocal fewest, most
        fewest = min(fewest, len(fleet.ids()))
        most = max(most, len(fleet.members("Pending", "InService")))
        return refresh(fleet)["Status"] == "Successful"

    aws.until(done, "the refresh successful", every=3)
    # 150 percent of 4 is 6: two are launched before two are terminated.
    assert (fewest, most) == (4, 6)
    fleet.settled(4)


@behaviour("autoscaling/refresh/six-healthy-first", OVERVIEW, emulator_only=True)
def six_healthy_first(aws):
    fleet = Fleet(aws).create(6)
    before = set(fleet.ids())
    start(fleet, MinHealthyPercentage=100, MaxHealthyPercentage=134, InstanceWarmup=30)
    most_new = 0

    def done():
        nonlocal most_new
        ids = set(fleet.ids())
        assert len(ids) >= 6
        most_new = max(most_new, len(set(fleet.members("Pending")) - before))
        return refresh(fleet)["Status"] == "Successful"

    aws.until(done, "the refresh successful", every=3)
    # Whether 8.04 of 6 are 8 or 9 is not documented.
    assert most_new in (2, 3)
    assert not before & set(fleet.settled(6)) and fleet.spread() == [2, 2, 2]


@behaviour("autoscaling/refresh/one-at-a-time", OVERVIEW, emulator_only=True)
def one_at_a_time(aws):
    fleet = Fleet(aws).create(4)
    start(fleet, MinHealthyPercentage=90, InstanceWarmup=0)
    fewest = 4

    def done():
        nonlocal fewest
        fewest = min(fewest, len(fleet.ids()))
        return refresh(fleet)["Status"] == "Successful"

    aws.until(done, "the refresh successful", every=3)
    # 90 percent of 4, rounded up, is 4; one at a time is the least.
    assert fewest == 3


@behaviour("autoscaling/refresh/warmup", PREFERENCES, emulator_only=True)
def warmup(aws):
    fleet = Fleet(aws).create(2)
    before = set(fleet.ids())
    start(fleet, MinHealthyPercentage=50, InstanceWarmup=900)
    aws.until(lambda: set(fleet.ids()) - before and len(fleet.ids()) == 2, "one replaced")
    aws.step(840)
    assert len(set(fleet.ids()) & before) == 1
    aws.until(lambda: not set(fleet.ids()) & before, "the other replaced", limit=900)


@behaviour("autoscaling/refresh/desired-configuration", OVERVIEW, emulator_only=True)
def desired_configuration(aws):
    fleet = Fleet(aws).create(2)
    version = fleet.newer(InstanceType="t3.small")
    start(fleet, version)
    aws.until(lambda: at_version(fleet, version), "a member of the new version")
    shown = refresh(fleet)["DesiredConfiguration"]["LaunchTemplate"]
    assert (shown["LaunchTemplateId"], shown["Version"]) == (fleet.template, version)
    assert fleet.group()["LaunchTemplate"]["Version"] == "1"
    ended(aws, fleet)
    assert fleet.group()["LaunchTemplate"]["Version"] == version
    assert at_version(fleet, version) == list(fleet.members())
    assert {fleet.instance(id)["InstanceType"] for id in fleet.ids()} == {"t3.small"}


@behaviour("autoscaling/refresh/pending-first", STATUS, emulator_only=True)
def pending_first(aws):
    fleet = Fleet(aws).create(2)
    start(fleet)
    assert refresh(fleet)["Status"] in ("Pending", "InProgress")
    progress = aws.until(
        lambda: refresh(fleet)["Status"] == "InProgress" and refresh(fleet), "in progress", every=1
    )
    assert progress["PercentageComplete"] < 100 and progress["InstancesToUpdate"] == 2
    assert "EndTime" not in progress


@behaviour(
    "autoscaling/refresh/defaults",
    f"{PAGE}/understand-instance-refresh-default-values.html",
    emulator_only=True,
)
def defaults(aws):
    fleet = Fleet(aws).create(1, HealthCheckGracePeriod=77)
    start(fleet)
    shown = refresh(fleet)["Preferences"]
    assert shown["MinHealthyPercentage"] == 90 and shown["InstanceWarmup"] == 77
    assert shown["SkipMatching"] is False and shown["AutoRollback"] is False
    assert shown["ScaleInProtectedInstances"] == shown["StandbyInstances"] == "Wait"


@behaviour("autoscaling/refresh/already-running", START, moto="the operation is missing")
def already_running(aws):
    fleet = Fleet(aws).create(1)
    start(fleet)
    error = aws.refused(
        "InstanceRefreshInProgress",
        fleet.asg.start_instance_refresh,
        AutoScalingGroupName=fleet.name,
    )
    assert error["status"] == 400


@behaviour("autoscaling/refresh/unknown-group", START, moto="the operation is missing")
def unknown_group(aws):
    aws.refused(
        "ValidationError",
        aws.client("autoscaling").start_instance_refresh,
        AutoScalingGroupName="none",
    )


@behaviour("autoscaling/refresh/again", STATUS, emulator_only=True)
def again(aws):
    fleet = Fleet(aws).create(1)
    first = start(fleet)
    ended(aws, fleet)
    second = start(fleet)
    ended(aws, fleet)
    found = fleet.asg.describe_instance_refreshes(AutoScalingGroupName=fleet.name)
    ids = [refresh["InstanceRefreshId"] for refresh in found["InstanceRefreshes"]]
    assert ids == [second, first]
    assert refresh(fleet, first)["InstanceRefreshId"] == first


@behaviour("autoscaling/refresh/cancel", CANCEL, emulator_only=True)
def cancel(aws):
    fleet = Fleet(aws).create(3)
    version = fleet.newer(InstanceType="t3.small")
    started = start(fleet, version, MinHealthyPercentage=60, InstanceWarmup=600)
    aws.until(lambda: at_version(fleet, version), "one replaced")
    answer = fleet.asg.cancel_instance_refresh(AutoScalingGroupName=fleet.name)
    assert answer["InstanceRefreshId"] == started
    assert refresh(fleet)["Status"] in ("Cancelling", "Cancelled")
    ended(aws, fleet, "Cancelled")
    fleet.unchanged(3600)
    assert len(at_version(fleet, version)) == 1 and len(at_version(fleet, "1")) == 2
    assert fleet.group()["LaunchTemplate"]["Version"] == "1"


@behaviour(
    "autoscaling/refresh/cancel-none",
    f"{API}/API_CancelInstanceRefresh.html",
    moto="the operation is missing",
)
def cancel_none(aws):
    fleet = Fleet(aws).create()
    error = aws.refused(
        "ActiveInstanceRefreshNotFound",
        fleet.asg.cancel_instance_refresh,
        AutoScalingGroupName=fleet.name,
    )
    assert error["status"] == 400


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
    aws.refused(
        "ValidationError",
        fleet.asg.start_instance_refresh,
        AutoScalingGroupName=fleet.name,
        Preferences={"CheckpointDelay": 60},
    )


@behaviour(
    "autoscaling/refresh/checkpoints-unordered", PREFERENCES, moto="the operation is missing"
)
def unordered(aws):
    fleet = Fleet(aws).create()
    for percentages in ([50, 20, 100], [50, 50, 100]):
        aws.refused(
            "ValidationError",
            fleet.asg.start_instance_refresh,
            AutoScalingGroupName=fleet.name,
            Preferences={"CheckpointPercentages": percentages},
        )


@behaviour("autoscaling/refresh/wide-range", PREFERENCES, moto="the operation is missing")
def wide_range(aws):
    fleet = Fleet(aws).create()
    aws.refused(
        "ValidationError",
        fleet.asg.start_instance_refresh,
        AutoScalingGroupName=fleet.name,
        Preferences={"MinHealthyPercentage": 50, "MaxHealthyPercentage": 160},
    )


@behaviour("autoscaling/refresh/max-alone", PREFERENCES, moto="the operation is missing")
def max_alone(aws):
    fleet = Fleet(aws).create()
    aws.refused(
        "ValidationError",
        fleet.asg.start_instance_refresh,
        AutoScalingGroupName=fleet.name,
        Preferences={"MaxHealthyPercentage": 120},
    )


@behaviour("autoscaling/refresh/rollback", ROLLBACK, emulator_only=True)
def rollback(aws):
    fleet = Fleet(aws).create(3)
    version = fleet.newer(InstanceType="t3.small")
    started = start(fleet, version, MinHealthyPercentage=60, InstanceWarmup=300)
    aws.until(lambda: at_version(fleet, version), "one replaced")
    answer = fleet.asg.rollback_instance_refresh(AutoScalingGroupName=fleet.name)
    assert answer["InstanceRefreshId"] == started
    assert refresh(fleet)["Status"] == "RollbackInProgress"
    done = ended(aws, fleet, "RollbackSuccessful")
    assert done["RollbackDetails"]["RollbackReason"]
    fleet.settled(3)
    assert len(at_version(fleet, "1")) == 3
    assert fleet.group()["LaunchTemplate"]["Version"] == "1"


@behaviour(
    "autoscaling/refresh/rollback-none",
    f"{API}/API_RollbackInstanceRefresh.html",
    moto="the operation is missing",
)
def rollback_none(aws):
    fleet = Fleet(aws).create()
    aws.refused(
        "ActiveInstanceRefreshNotFound",
        fleet.asg.rollback_instance_refresh,
        AutoScalingGroupName=fleet.name,
    )


@behaviour(
    "autoscaling/refresh/rollback-without-configuration",
    f"{API}/API_RollbackInstanceRefresh.html",
    emulator_only=True,
)
def rollback_without(aws):
    fleet = Fleet(aws).create(2)
    start(fleet)
    error = aws.refused(
        "IrreversibleInstanceRefresh",
        fleet.asg.rollback_instance_refresh,
        AutoScalingGroupName=fleet.name,
    )
    assert error["status"] == 400
    ended(aws, fleet)


@behaviour(
    "autoscaling/refresh/rollback-of-latest",
    f"{API}/API_RollbackInstanceRefresh.html",
    emulator_only=True,
)
def rollback_of_latest(aws):
    fleet = Fleet(aws)
    fleet.create(2, LaunchTemplate=fleet.version("$Latest"))
    start(fleet, fleet.newer(InstanceType="t3.small"))
    aws.refused(
        "IrreversibleInstanceRefresh",
        fleet.asg.rollback_instance_refresh,
        AutoScalingGroupName=fleet.name,
    )


@behaviour(
    "autoscaling/refresh/auto-rollback-without-configuration",
    PREFERENCES,
    moto="the operation is missing",
)
def auto_rollback_without(aws):
    fleet = Fleet(aws).create()
    aws.refused(
        "ValidationError",
        fleet.asg.start_instance_refresh,
        AutoScalingGroupName=fleet.name,
        Preferences={"AutoRollback": True},
    )


def alarm(aws):
    """An alarm that is OK, and a function that lets it ring."""
    watch = aws.client("cloudwatch")
    watch.put_metric_alarm(
        AlarmName="errors",
        Namespace="Fleet",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="ignore",
    )
    watch.set_alarm_state(AlarmName="errors", StateValue="OK", StateReason="calm")
    return lambda: watch.set_alarm_state(
        AlarmName="errors", StateValue="ALARM", StateReason="too many"
    )


@behaviour("autoscaling/refresh/alarm-fails-it", ROLLBACK, emulator_only=True)
def alarm_fails(aws):
    ring = alarm(aws)
    fleet = Fleet(aws).create(3)
    version = fleet.newer(InstanceType="t3.small")
    specification = {"Alarms": ["errors"]}
    start(fleet, version, MinHealthyPercentage=60, AlarmSpecification=specification)
    aws.until(lambda: at_version(fleet, version), "one replaced")
    ring()
    assert ended(aws, fleet, "Failed")["StatusReason"]
    assert fleet.group()["LaunchTemplate"]["Version"] == "1"


@behaviour("autoscaling/refresh/auto-rollback", ROLLBACK, emulator_only=True)
def auto_rollback(aws):
    ring = alarm(aws)
    fleet = Fleet(aws).create(3)
    version = fleet.newer(InstanceType="t3.small")
    start(
        fleet,
        version,
        MinHealthyPercentage=60,
        AutoRollback=True,
        AlarmSpecification={"Alarms": ["errors"]},
    )
    aws.until(lambda: at_version(fleet, version), "one replaced")
    ring()
    ended(aws, fleet, "RollbackSuccessful")
    fleet.settled(3)
    assert len(at_version(fleet, "1")) == 3


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


def with_one_protected(aws):
    """A group of two of which one is protected from scale-in: (fleet, the protected, the other)."""
    fleet = Fleet(aws).create(2)
    kept, other = fleet.ids()
    fleet.asg.set_instance_protection(
        AutoScalingGroupName=fleet.name, InstanceIds=[kept], ProtectedFromScaleIn=True
    )
    return fleet, kept, other


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
