"""Auto Scaling: simple and step scaling policies, and alarms that set them off."""

from aws.behaviour import behaviour
from aws.fleet import API, PAGE, Fleet

SIMPLE = f"{PAGE}/simple-scaling-policies.html"
STEP = f"{PAGE}/as-scaling-simple-step.html"
PUT = f"{API}/API_PutScalingPolicy.html"
EXECUTE = f"{API}/API_ExecutePolicy.html"
COOLDOWN = f"{PAGE}/ec2-auto-scaling-scaling-cooldowns.html"
LOAD = {"Namespace": "Fleet", "MetricName": "Load", "Statistic": "Average"}


def put(fleet, name="policy", **arguments):
    """Puts a policy; of one more instance, if nothing else is said."""
    arguments = arguments or {"AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": 1}
    return fleet.asg.put_scaling_policy(
        AutoScalingGroupName=fleet.name, PolicyName=name, **arguments
    )


def execute(fleet, name="policy", **arguments):
    fleet.asg.execute_policy(AutoScalingGroupName=fleet.name, PolicyName=name, **arguments)


def load(aws, value, minutes):
    """Reports that load every minute for that long."""
    watch = aws.client("cloudwatch")
    for _ in range(minutes):
        data = [{"MetricName": "Load", "Value": value}]
        watch.put_metric_data(Namespace="Fleet", MetricData=data)
        aws.step(60)


STEPS = [
    {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 20, "ScalingAdjustment": 1},
    {"MetricIntervalLowerBound": 20, "ScalingAdjustment": 3},
]


def put_steps(fleet, steps):
    return put(
        fleet,
        PolicyType="StepScaling",
        AdjustmentType="ChangeInCapacity",
        StepAdjustments=steps,
        EstimatedInstanceWarmup=60,
    )


def put_alarm(aws, arn):
    """An alarm that sets the policy off while the load is above 80."""
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName="busy",
        Period=60,
        EvaluationPeriods=1,
        Threshold=80,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[arn],
        **LOAD,
    )


@behaviour("autoscaling/policy/simple", PUT, moto="there is no ARN")
def simple(aws):
    fleet = Fleet(aws).create(1)
    arn = put(fleet)["PolicyARN"]
    assert arn.startswith(f"arn:aws:autoscaling:{aws.region}:{aws.account}:scalingPolicy:")
    assert arn.endswith(":autoScalingGroupName/fleet:policyName/policy")
    [shown] = fleet.asg.describe_policies(AutoScalingGroupName=fleet.name)["ScalingPolicies"]
    assert (shown["PolicyARN"], shown["PolicyType"]) == (arn, "SimpleScaling")
    execute(fleet)
    assert fleet.desired() == 2
    fleet.settled(2)


@behaviour("autoscaling/policy/exact", STEP)
def exact(aws):
    fleet = Fleet(aws).create(1)
    put(fleet, AdjustmentType="ExactCapacity", ScalingAdjustment=3)
    execute(fleet)
    assert fleet.desired() == 3


@behaviour("autoscaling/policy/percent", STEP)
def percent(aws):
    fleet = Fleet(aws).create(3)
    put(fleet, AdjustmentType="PercentChangeInCapacity", ScalingAdjustment=50)
    execute(fleet)
    # 1.5 instances are rounded down.
    assert fleet.desired() == 4


@behaviour("autoscaling/policy/percent-at-least-one", STEP)
def percent_at_least_one(aws):
    fleet = Fleet(aws).create(3)
    put(fleet, AdjustmentType="PercentChangeInCapacity", ScalingAdjustment=10)
    execute(fleet)
    assert fleet.desired() == 4


@behaviour("autoscaling/policy/magnitude", PUT, moto="the magnitude is not looked at")
def magnitude(aws):
    fleet = Fleet(aws).create(4)
    put(
        fleet,
        AdjustmentType="PercentChangeInCapacity",
        ScalingAdjustment=25,
        MinAdjustmentMagnitude=2,
    )
    execute(fleet)
    assert fleet.desired() == 6


@behaviour(
    "autoscaling/policy/stays-within-bounds",
    f"{PAGE}/asg-capacity-limits.html",
    moto="it goes beyond",
)
def bounded(aws):
    fleet = Fleet(aws).create(2, MinSize=1, MaxSize=3)
    put(fleet, "up", AdjustmentType="ChangeInCapacity", ScalingAdjustment=5)
    execute(fleet, "up")
    assert fleet.desired() == 3


@behaviour("autoscaling/policy/cooldown", COOLDOWN, emulator_only=True)
def cooldown(aws):
    fleet = Fleet(aws).create(1, DefaultCooldown=600)
    aws.step(900)
    put(fleet)
    execute(fleet)
    fleet.settled(2)
    error = fleet.refused(
        "ScalingActivityInProgress",
        fleet.asg.execute_policy,
        PolicyName="policy",
        HonorCooldown=True,
    )
    assert error["status"] == 400 and fleet.desired() == 2
    aws.step(600)
    execute(fleet, HonorCooldown=True)
    assert fleet.desired() == 3


@behaviour("autoscaling/policy/own-cooldown", COOLDOWN, emulator_only=True)
def own_cooldown(aws):
    fleet = Fleet(aws).create(1, DefaultCooldown=3600)
    aws.step(3600)
    put(fleet, AdjustmentType="ChangeInCapacity", ScalingAdjustment=1, Cooldown=120)
    execute(fleet)
    fleet.settled(2)
    aws.step(120)
    execute(fleet, HonorCooldown=True)
    assert fleet.desired() == 3


@behaviour("autoscaling/policy/unknown", EXECUTE, moto="the server fails")
def unknown(aws):
    fleet = Fleet(aws).create()
    fleet.refused(
        "ValidationError",
        fleet.asg.execute_policy,
        PolicyName="none",
    )


@behaviour("autoscaling/policy/unknown-group", PUT, moto="it is accepted")
def unknown_group(aws):
    aws.refused(
        "ValidationError",
        aws.client("autoscaling").put_scaling_policy,
        AutoScalingGroupName="none",
        PolicyName="policy",
        AdjustmentType="ChangeInCapacity",
        ScalingAdjustment=1,
    )


@behaviour("autoscaling/policy/adjustment-missing", PUT, moto="it is accepted")
def no_adjustment(aws):
    fleet = Fleet(aws).create()
    call = fleet.asg.put_scaling_policy
    names = {"AutoScalingGroupName": fleet.name, "PolicyName": "policy"}
    aws.refused("ValidationError", call, ScalingAdjustment=1, **names)
    aws.refused("ValidationError", call, AdjustmentType="ChangeInCapacity", **names)


@behaviour("autoscaling/policy/unknown-type", PUT, moto="it is accepted")
def unknown_type(aws):
    fleet = Fleet(aws).create()
    fleet.refused(
        "ValidationError",
        fleet.asg.put_scaling_policy,
        PolicyName="policy",
        PolicyType="MagicScaling",
        AdjustmentType="ChangeInCapacity",
        ScalingAdjustment=1,
    )


@behaviour("autoscaling/policy/steps", EXECUTE, moto="the server fails")
def steps(aws):
    fleet = Fleet(aws).create(1)
    put_steps(fleet, STEPS)
    for value, size in ((59, 2), (69.5, 2), (70, 4), (500, 4)):
        execute(fleet, MetricValue=value, BreachThreshold=50)
        assert fleet.desired() == size, value
        fleet.settled(size)
        fleet.resize(1)
        aws.step(600)


@behaviour("autoscaling/policy/steps-need-a-value", EXECUTE, moto="the server fails")
def steps_without_value(aws):
    fleet = Fleet(aws).create(1)
    put_steps(fleet, STEPS)
    names = {"AutoScalingGroupName": fleet.name, "PolicyName": "policy"}
    aws.refused("ValidationError", fleet.asg.execute_policy, **names)
    arguments = {"MetricValue": 40, "BreachThreshold": 50, **names}
    aws.refused("ValidationError", fleet.asg.execute_policy, **arguments)
    assert fleet.desired() == 1


@behaviour("autoscaling/policy/steps-overlap", STEP, moto="it is accepted")
def overlapping_steps(aws):
    fleet = Fleet(aws).create()
    overlapping = [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 20, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 10, "ScalingAdjustment": 3},
    ]
    gap = [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 20, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 30, "ScalingAdjustment": 3},
    ]
    for steps in (overlapping, gap):
        fleet.refused(
            "ValidationError",
            fleet.asg.put_scaling_policy,
            PolicyName="policy",
            PolicyType="StepScaling",
            AdjustmentType="ChangeInCapacity",
            StepAdjustments=steps,
        )


@behaviour("autoscaling/policy/alarm", SIMPLE, emulator_only=True)
def alarm(aws):
    fleet = Fleet(aws).create(1)
    aws.step(600)
    put_alarm(aws, put(fleet)["PolicyARN"])
    load(aws, 50, 5)
    assert fleet.desired() == 1
    load(aws, 90, 3)
    assert fleet.desired() == 2
    causes = [activity["Cause"] for activity in fleet.activities("Launching")]
    assert any("alarm busy in state ALARM triggered policy policy" in cause for cause in causes)


@behaviour(
    "autoscaling/policy/alarm-suspended",
    f"{PAGE}/as-suspend-resume-processes.html",
    emulator_only=True,
)
def alarm_suspended(aws):
    fleet = Fleet(aws).create(1)
    aws.step(600)
    put_alarm(aws, put(fleet)["PolicyARN"])
    fleet.asg.suspend_processes(
        AutoScalingGroupName=fleet.name, ScalingProcesses=["AlarmNotification"]
    )
    load(aws, 90, 10)
    assert fleet.desired() == 1


@behaviour(
    "autoscaling/policy/disabled",
    f"{PAGE}/as-enable-disable-scaling-policy.html",
    emulator_only=True,
)
def disabled(aws):
    fleet = Fleet(aws).create(1)
    aws.step(600)
    arguments = {"AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": 1}
    put_alarm(aws, put(fleet, Enabled=False, **arguments)["PolicyARN"])
    load(aws, 90, 10)
    assert fleet.desired() == 1
    put(fleet, Enabled=True, **arguments)
    load(aws, 90, 5)
    assert fleet.desired() > 1
