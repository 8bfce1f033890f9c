"""Auto Scaling: instance refreshes that fail or are rolled back."""

from aws.autoscaling_refresh import at_version, ended, refresh, start
from aws.behaviour import behaviour
from aws.fleet import API, PAGE, Fleet

PREFERENCES = f"{API}/API_RefreshPreferences.html"
ROLLBACK = f"{PAGE}/instance-refresh-rollback.html"


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
    fleet.refused("ActiveInstanceRefreshNotFound", fleet.asg.rollback_instance_refresh)


@behaviour(
    "autoscaling/refresh/rollback-without-configuration",
    f"{API}/API_RollbackInstanceRefresh.html",
    emulator_only=True,
)
def rollback_without(aws):
    fleet = Fleet(aws).create(2)
    start(fleet)
    error = fleet.refused("IrreversibleInstanceRefresh", fleet.asg.rollback_instance_refresh)
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
    fleet.refused("IrreversibleInstanceRefresh", fleet.asg.rollback_instance_refresh)


@behaviour(
    "autoscaling/refresh/auto-rollback-without-configuration",
    PREFERENCES,
    moto="the operation is missing",
)
def auto_rollback_without(aws):
    fleet = Fleet(aws).create()
    fleet.refused(
        "ValidationError",
        fleet.asg.start_instance_refresh,
        Preferences={"AutoRollback": True},
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
