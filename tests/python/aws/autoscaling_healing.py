"""Auto Scaling: how members are healed, chosen to go, and terminated."""

from aws.behaviour import behaviour
from aws.fleet import API, PAGE, Fleet

HEALTH = f"{PAGE}/ec2-auto-scaling-health-checks.html"
POLICIES = f"{PAGE}/ec2-auto-scaling-termination-policies.html"


@behaviour("autoscaling/heal/terminated", HEALTH)
def heal_terminated(aws):
    fleet = Fleet(aws).create(3)
    lost = fleet.ids()[0]
    fleet.ec2.terminate_instances(InstanceIds=[lost])
    fleet.replaced(lost, 3)
    assert fleet.desired() == 3


@behaviour("autoscaling/heal/stopped", HEALTH, moto="a stopped member breaks the group")
def heal_stopped(aws):
    fleet = Fleet(aws).create(2)
    lost = fleet.ids()[0]
    fleet.ec2.stop_instances(InstanceIds=[lost])
    fleet.replaced(lost, 2)
    aws.until(lambda: fleet.state(lost) == "terminated", "the stopped member terminated")


@behaviour(
    "autoscaling/heal/cause", f"{PAGE}/ts-as-healthchecks.html", moto="there are no activities"
)
def heal_cause(aws):
    fleet = Fleet(aws).create(1)
    [lost] = fleet.ids()
    fleet.ec2.terminate_instances(InstanceIds=[lost])
    fleet.replaced(lost, 1)
    [activity] = fleet.activities(lost)[:1]
    assert activity["Description"].startswith("Terminating EC2 instance")
    assert "taken out of service in response to an EC2 health check" in activity["Cause"]


@behaviour(
    "autoscaling/heal/set-unhealthy", f"{API}/API_SetInstanceHealth.html", moto="it isn't replaced"
)
def heal_unhealthy(aws):
    fleet = Fleet(aws).create(2)
    lost = fleet.ids()[0]
    fleet.asg.set_instance_health(InstanceId=lost, HealthStatus="Unhealthy")
    fleet.replaced(lost, 2)


@behaviour("autoscaling/heal/grace-period", f"{API}/API_SetInstanceHealth.html", emulator_only=True)
def grace_period(aws):
    fleet = Fleet(aws).create(1, HealthCheckGracePeriod=600)
    [id] = fleet.ids()
    fleet.asg.set_instance_health(InstanceId=id, HealthStatus="Unhealthy")
    aws.step(120)
    assert fleet.ids() == [id]
    fleet.asg.set_instance_health(
        InstanceId=id, HealthStatus="Unhealthy", ShouldRespectGracePeriod=False
    )
    fleet.replaced(id, 1)


@behaviour(
    "autoscaling/heal/unknown-instance",
    f"{API}/API_SetInstanceHealth.html",
    moto="the code is EC2's",
)
def unknown_health(aws):
    aws.refused(
        "ValidationError",
        aws.client("autoscaling").set_instance_health,
        InstanceId="i-0123456789abcdef0",
        HealthStatus="Unhealthy",
    )


@behaviour("autoscaling/scale-in/newest", POLICIES, emulator_only=True)
def newest_goes(aws):
    fleet = Fleet(aws)
    fleet.create(1, VPCZoneIdentifier=fleet.network.subnet, TerminationPolicies=["NewestInstance"])
    [old] = fleet.ids()
    aws.step(60)
    fleet.resize(2)
    fleet.resize(1)
    assert fleet.ids() == [old]


@behaviour("autoscaling/scale-in/oldest", POLICIES, emulator_only=True)
def oldest_goes(aws):
    fleet = Fleet(aws)
    fleet.create(1, VPCZoneIdentifier=fleet.network.subnet, TerminationPolicies=["OldestInstance"])
    [old] = fleet.ids()
    aws.step(60)
    fleet.resize(2)
    fleet.resize(1)
    assert old not in fleet.ids()


@behaviour("autoscaling/scale-in/default-outdated", POLICIES, emulator_only=True)
def outdated_goes(aws):
    fleet = Fleet(aws)
    fleet.create(1, VPCZoneIdentifier=fleet.network.subnet)
    [old] = fleet.ids()
    fleet.update(LaunchTemplate=fleet.version(fleet.newer(InstanceType="t3.small")))
    fleet.resize(3)
    fleet.resize(2)
    assert old not in fleet.ids()


@behaviour("autoscaling/scale-in/zone-first", POLICIES, emulator_only=True)
def zone_before_policy(aws):
    fleet = Fleet(aws).create(3, TerminationPolicies=["OldestInstance"])
    old = fleet.ids()
    aws.step(60)
    fleet.resize(4)
    [new] = set(fleet.ids()) - set(old)
    zone = fleet.members()[new]["AvailabilityZone"]
    fleet.resize(3)
    assert fleet.spread() == [1, 1, 1]
    assert [m["AvailabilityZone"] for id, m in fleet.members().items() if id == new] == [zone]
    assert len(set(fleet.ids()) & set(old)) == 2


@behaviour(
    "autoscaling/terminate/replace",
    f"{API}/API_TerminateInstanceInAutoScalingGroup.html",
)
def terminate_and_replace(aws):
    fleet = Fleet(aws).create(2)
    gone = fleet.ids()[0]
    answer = fleet.asg.terminate_instance_in_auto_scaling_group(
        InstanceId=gone, ShouldDecrementDesiredCapacity=False
    )
    activity = answer["Activity"]
    assert gone in activity["Description"] and activity["StatusCode"] == "InProgress"
    assert activity["AutoScalingGroupName"] == fleet.name
    fleet.replaced(gone, 2)
    assert fleet.desired() == 2


@behaviour("autoscaling/terminate/shrink", f"{API}/API_TerminateInstanceInAutoScalingGroup.html")
def terminate_and_shrink(aws):
    fleet = Fleet(aws).create(2)
    gone, stays = fleet.ids()
    fleet.asg.terminate_instance_in_auto_scaling_group(
        InstanceId=gone, ShouldDecrementDesiredCapacity=True
    )
    assert fleet.desired() == 1
    assert fleet.settled(1) == [stays]
    aws.until(lambda: fleet.state(gone) == "terminated", "the member terminated")


@behaviour(
    "autoscaling/terminate/below-min",
    f"{API}/API_TerminateInstanceInAutoScalingGroup.html",
    moto="it is accepted",
)
def terminate_below_min(aws):
    fleet = Fleet(aws).create(1, MinSize=1)
    [id] = fleet.ids()
    error = aws.refused(
        "ValidationError",
        fleet.asg.terminate_instance_in_auto_scaling_group,
        InstanceId=id,
        ShouldDecrementDesiredCapacity=True,
    )
    assert "min size" in error["Message"] or "minSize" in error["Message"]
    assert fleet.ids() == [id]


@behaviour(
    "autoscaling/terminate/unknown",
    f"{API}/API_TerminateInstanceInAutoScalingGroup.html",
    moto="the server fails",
)
def terminate_unknown(aws):
    aws.refused(
        "ValidationError",
        aws.client("autoscaling").terminate_instance_in_auto_scaling_group,
        InstanceId="i-0123456789abcdef0",
        ShouldDecrementDesiredCapacity=False,
    )


@behaviour(
    "autoscaling/lifetime/replaced", f"{PAGE}/asg-max-instance-lifetime.html", emulator_only=True
)
def lifetime(aws):
    fleet = Fleet(aws).create(1, MaxInstanceLifetime=86400)
    [old] = fleet.ids()
    aws.until(lambda: old not in fleet.members(), "the old member replaced", 3600, 200_000)
    fleet.settled(1)
