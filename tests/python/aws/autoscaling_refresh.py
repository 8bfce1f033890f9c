"""Auto Scaling: instance refresh. moto has none, so all of it is the emulator's."""

from aws.behaviour import behaviour
from aws.fleet import API, PAGE, Fleet

OVERVIEW = f"{PAGE}/instance-refresh-overview.html"
START = f"{API}/API_StartInstanceRefresh.html"
PREFERENCES = f"{API}/API_RefreshPreferences.html"
CANCEL = f"{PAGE}/cancel-instance-refresh.html"
STATUS = f"{PAGE}/check-status-instance-refresh.html"


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
    error = fleet.refused("InstanceRefreshInProgress", fleet.asg.start_instance_refresh)
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
    error = fleet.refused("ActiveInstanceRefreshNotFound", fleet.asg.cancel_instance_refresh)
    assert error["status"] == 400
