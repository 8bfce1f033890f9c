"""Auto Scaling: standby, detaching and attaching."""

from aws.behaviour import behaviour
from aws.fleet import API, PAGE, Fleet

STANDBY = f"{PAGE}/as-enter-exit-standby.html"
DETACH = f"{PAGE}/ec2-auto-scaling-detach-attach-instances.html"


def newcomer(aws, fleet):
    """A running machine in the fleet's network, no member of any group."""
    [id] = aws.instances(SubnetId=fleet.network.subnet)
    aws.until(lambda: fleet.state(id) == "running", "the newcomer running")
    return id


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
    fleet.refused(
        "ValidationError",
        fleet.asg.enter_standby,
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
    fleet.refused(
        "ValidationError",
        fleet.asg.detach_instances,
        InstanceIds=fleet.ids(),
        ShouldDecrementDesiredCapacity=True,
    )


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
    fleet.refused(
        "ValidationError",
        fleet.asg.attach_instances,
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
    fleet.refused(
        "ValidationError",
        fleet.asg.attach_instances,
        InstanceIds=[new],
    )
