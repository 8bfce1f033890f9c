"""Auto Scaling: target tracking from supplied metrics."""

from aws.autoscaling_policies import LOAD, load, put
from aws.behaviour import behaviour
from aws.fleet import API, PAGE, Fleet

TRACKING = f"{PAGE}/as-scaling-target-tracking.html"
PUT = f"{API}/API_PutScalingPolicy.html"
EXECUTE = f"{API}/API_ExecutePolicy.html"


def track(fleet, target=50.0, **changes):
    """Puts a policy that tracks the load."""
    return put(
        fleet,
        PolicyType="TargetTrackingScaling",
        EstimatedInstanceWarmup=60,
        TargetTrackingConfiguration={
            "CustomizedMetricSpecification": LOAD,
            "TargetValue": target,
            **changes,
        },
    )


@behaviour("autoscaling/tracking/alarms", TRACKING, moto="the policy doesn't tell its alarms")
def tracking_alarms(aws):
    fleet = Fleet(aws).create(1)
    track(fleet)
    [policy] = fleet.asg.describe_policies(AutoScalingGroupName=fleet.name)["ScalingPolicies"]
    names = sorted(alarm["AlarmName"] for alarm in policy["Alarms"])
    assert [name.split("-Alarm")[0] for name in names] == 2 * ["TargetTracking-fleet"]
    assert names[0].startswith("TargetTracking-fleet-AlarmHigh-")
    assert names[1].startswith("TargetTracking-fleet-AlarmLow-")
    watch = aws.client("cloudwatch")
    alarms = watch.describe_alarms(AlarmNames=names)["MetricAlarms"]
    high, low = sorted(alarms, key=lambda alarm: alarm["AlarmName"])
    assert (high["ComparisonOperator"], high["Threshold"]) == ("GreaterThanThreshold", 50)
    assert low["ComparisonOperator"] == "LessThanThreshold" and low["Threshold"] < 50
    fleet.asg.delete_policy(AutoScalingGroupName=fleet.name, PolicyName="policy")
    assert watch.describe_alarms(AlarmNames=names)["MetricAlarms"] == []


@behaviour("autoscaling/tracking/scales-out", TRACKING, emulator_only=True)
def tracks_out(aws):
    fleet = Fleet(aws).create(2)
    track(fleet)
    load(aws, 50, 10)
    assert fleet.desired() == 2
    load(aws, 100, 4)
    # Twice the target: twice the capacity brings the load back to it.
    assert fleet.desired() == 4
    fleet.settled(4)


@behaviour("autoscaling/tracking/scales-in-gradually", TRACKING, emulator_only=True)
def tracks_in(aws):
    fleet = Fleet(aws).create(4)
    track(fleet)
    load(aws, 10, 10)
    assert fleet.desired() == 4
    load(aws, 10, 90)
    assert fleet.desired() < 4


@behaviour("autoscaling/tracking/above-min", TRACKING, emulator_only=True)
def tracks_to_min(aws):
    fleet = Fleet(aws).create(3, MinSize=2)
    track(fleet)
    load(aws, 1, 120)
    assert fleet.desired() == 2


@behaviour("autoscaling/tracking/below-max", TRACKING, emulator_only=True)
def tracks_to_max(aws):
    fleet = Fleet(aws).create(2, MaxSize=3)
    track(fleet)
    load(aws, 500, 10)
    assert fleet.desired() == 3


@behaviour("autoscaling/tracking/scale-in-disabled", TRACKING, emulator_only=True)
def scale_in_disabled(aws):
    fleet = Fleet(aws).create(3)
    track(fleet, DisableScaleIn=True)
    load(aws, 1, 120)
    assert fleet.desired() == 3


@behaviour("autoscaling/tracking/no-data", TRACKING, emulator_only=True)
def no_data(aws):
    fleet = Fleet(aws).create(3)
    track(fleet)
    aws.step(7200)
    assert fleet.desired() == 3


@behaviour("autoscaling/tracking/not-executed", EXECUTE, moto="it is accepted")
def not_executed(aws):
    fleet = Fleet(aws).create(1)
    track(fleet)
    fleet.refused(
        "ValidationError",
        fleet.asg.execute_policy,
        PolicyName="policy",
    )


@behaviour(
    "autoscaling/tracking/label-missing",
    f"{API}/API_PredefinedMetricSpecification.html",
    moto="it is accepted",
)
def label_missing(aws):
    fleet = Fleet(aws).create()
    metric = {"PredefinedMetricType": "ALBRequestCountPerTarget"}
    fleet.refused(
        "ValidationError",
        fleet.asg.put_scaling_policy,
        PolicyName="policy",
        PolicyType="TargetTrackingScaling",
        TargetTrackingConfiguration={"PredefinedMetricSpecification": metric, "TargetValue": 10},
    )


@behaviour("autoscaling/tracking/configuration-missing", PUT, moto="it is accepted")
def configuration_missing(aws):
    fleet = Fleet(aws).create()
    fleet.refused(
        "ValidationError",
        fleet.asg.put_scaling_policy,
        PolicyName="policy",
        PolicyType="TargetTrackingScaling",
    )


@behaviour("autoscaling/tracking/same-metric-twice", TRACKING, moto="it is accepted")
def same_metric(aws):
    fleet = Fleet(aws).create()
    track(fleet)
    fleet.refused(
        "ValidationError",
        fleet.asg.put_scaling_policy,
        PolicyName="second",
        PolicyType="TargetTrackingScaling",
        TargetTrackingConfiguration={"CustomizedMetricSpecification": LOAD, "TargetValue": 40},
    )


@behaviour(
    "autoscaling/tracking/alarms-go-with-group",
    f"{API}/API_DeleteAutoScalingGroup.html",
    moto="the alarms have other names",
)
def alarms_go(aws):
    fleet = Fleet(aws).create()
    track(fleet)
    watch = aws.client("cloudwatch")
    prefix = "TargetTracking-fleet"
    assert len(watch.describe_alarms(AlarmNamePrefix=prefix)["MetricAlarms"]) == 2
    fleet.asg.delete_auto_scaling_group(AutoScalingGroupName=fleet.name)
    aws.until(lambda: fleet.group() is None, "the group gone")
    assert watch.describe_alarms(AlarmNamePrefix=prefix)["MetricAlarms"] == []
    assert fleet.asg.describe_policies()["ScalingPolicies"] == []
