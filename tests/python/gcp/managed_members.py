"""Managed instance groups: single instances that leave, come, fail and heal."""

from gcp.behaviour import behaviour
from gcp.pages import ROOT, groups
from gcp.pages import compute as page
from gcp.parts import (
    REGIONAL,
    ZONAL,
    group,
    group_body,
    health_check,
    last,
    members,
    names,
    place,
    running,
    spread,
    stable,
    template,
    zonal,
)

REPAIR = groups("about-repair")
HEALING = groups("autohealing-instances-in-migs")
WORKING = groups("working-with-managed-instances")
STOCKOUT = f"{ROOT}/compute/docs/troubleshooting/troubleshooting-resource-availability"


def where(link):
    """The zone in an instance's link."""
    return link.split("/")[-3]


def healing(check="check", delay=60):
    return {"autoHealingPolicies": [{"healthCheck": f"global/healthChecks/{check}", "initialDelaySec": delay}]}


@behaviour("members/deleted-behind-its-back", REPAIR)
def deleted(gcp):
    """An instance that is deleted by another than the group comes back, under its old name."""
    group(gcp, size=3)
    before = members(gcp)
    victim, told = next(iter(before.items()))
    gcp.drop("instances", victim, zone=where(told["instance"]))
    gcp.until(lambda: set(running(gcp)) == set(before), "healed")
    after = members(gcp)
    assert after[victim]["id"] != told["id"] and spread(gcp, after) == [1, 1, 1]
    assert gcp.get(REGIONAL, "group")["targetSize"] == 3


@behaviour("members/stopped-behind-its-back", REPAIR)
def stopped(gcp):
    """So does one that is stopped."""
    group(gcp, size=3)
    before = members(gcp)
    victim, told = next(iter(before.items()))
    gcp.done("instances.stop", instance=victim, zone=where(told["instance"]))
    gcp.until(lambda: set(running(gcp)) == set(before), "healed")


@behaviour("members/delete-instances", page("regionInstanceGroupManagers/deleteInstances"))
def delete_instances(gcp):
    """Deleted through the group, the size goes down, too."""
    group(gcp, size=6)
    victim, told = next(iter(members(gcp).items()))
    body = {"instances": [told["instance"]]}
    gcp.done(f"{REGIONAL}.deleteInstances", instanceGroupManager="group", body=body)
    assert gcp.get(REGIONAL, "group")["targetSize"] == 5
    stable(gcp)
    assert victim not in members(gcp) and len(running(gcp)) == 5
    gcp.gone("instances", victim, zone=where(told["instance"]))


@behaviour("members/delete-stranger", page("regionInstanceGroupManagers/deleteInstances"))
def delete_stranger(gcp):
    """Only the group's own."""
    group(gcp, size=1)
    body = {"instances": [f"zones/{gcp.zone}/instances/stranger"]}
    gcp.impossible("POST", f"regions/{gcp.region}/instanceGroupManagers/group/deleteInstances", body)
    assert gcp.get(REGIONAL, "group")["targetSize"] == 1


@behaviour("members/abandon", page("regionInstanceGroupManagers/abandonInstances"))
def abandon(gcp):
    """An abandoned instance runs on outside the group, whose size goes down."""
    group(gcp, size=3)
    freed, told = next(iter(members(gcp).items()))
    body = {"instances": [told["instance"]]}
    gcp.done(f"{REGIONAL}.abandonInstances", instanceGroupManager="group", body=body)
    stable(gcp)
    assert gcp.get(REGIONAL, "group")["targetSize"] == 2 and freed not in members(gcp)
    assert gcp.get("instances", freed, zone=where(told["instance"]))["status"] == "RUNNING"
    gcp.drop(REGIONAL, "group")
    assert gcp.get("instances", freed, zone=where(told["instance"]))["status"] == "RUNNING"


@behaviour("members/create-instances", page("instanceGroupManagers/createInstances"))
def create(gcp):
    """Instances of chosen names add to the size."""
    zonal(gcp, size=1)
    body = {"instances": [{"name": "db-0"}, {"name": "db-1"}]}
    gcp.done(f"{ZONAL}.createInstances", instanceGroupManager="group", body=body)
    stable(gcp, kind=ZONAL)
    assert gcp.get(ZONAL, "group")["targetSize"] == 3
    assert {"db-0", "db-1"} < set(running(gcp, kind=ZONAL))


@behaviour("members/recreate-keeps-size", page("regionInstanceGroupManagers/recreateInstances"))
def recreate(gcp):
    group(gcp, size=3)
    name, told = next(iter(members(gcp).items()))
    gcp.done(f"{REGIONAL}.recreateInstances", instanceGroupManager="group", body={"instances": [told["instance"]]})
    stable(gcp)
    assert gcp.get(REGIONAL, "group")["targetSize"] == 3 and members(gcp)[name]["id"] != told["id"]


@behaviour("members/healthy-is-left-alone", HEALING)
def left_alone(gcp):
    """What answers its health check is VERIFIED and stays."""
    gcp.listen((None, [8080]))
    health_check(gcp)
    group(gcp, size=3, **healing())
    before = {name: told["id"] for name, told in members(gcp).items()}
    gcp.step(1800)
    after = members(gcp)
    assert {name: told["id"] for name, told in after.items()} == before
    states = {each["detailedHealthState"] for told in after.values() for each in told["instanceHealth"]}
    assert states == {"HEALTHY"}


@behaviour("members/autohealing", HEALING)
def autohealing(gcp):
    """What stops answering is replaced after a while; its neighbours aren't."""
    gcp.listen((None, [8080]))
    health_check(gcp)
    group(gcp, size=3, **healing())
    gcp.step(300)
    before = {name: told["id"] for name, told in members(gcp).items()}
    victim, *others = sorted(before)
    gcp.listen((others, [8080]))
    gcp.until(lambda: members(gcp).get(victim, {}).get("id") != before[victim], "replaced")
    gcp.listen((None, [8080]))
    stable(gcp)
    after = {name: told["id"] for name, told in members(gcp).items()}
    assert len(after) == 3 and all(after[name] == before[name] for name in others)


@behaviour("members/initial-delay", HEALING)
def initial_delay(gcp):
    """In its first seconds an instance isn't healed, whatever it answers."""
    health_check(gcp)
    place(gcp)
    template(gcp)
    gcp.make(REGIONAL, group_body(size=3, zones=gcp.zones, **healing(delay=1800)))
    gcp.until(lambda: len(running(gcp)) + len(verifying(gcp)) >= 3, "running")
    before = {name: told["id"] for name, told in members(gcp).items()}
    gcp.step(1200)
    assert {name: told["id"] for name, told in members(gcp).items()} == before
    gcp.step(1800)
    assert {name: told["id"] for name, told in members(gcp).items()} != before


def verifying(gcp):
    return [each for each in members(gcp).values() if each["currentAction"] == "VERIFYING"]


@behaviour("members/initial-delay-range", page("instanceGroupManagers/insert"))
def delay_range(gcp):
    """From 0 to an hour."""
    health_check(gcp)
    place(gcp)
    template(gcp)
    body = group_body(size=0, zones=gcp.zones, **healing(delay=3601))
    told = gcp.refused(400, ("invalid", "badRequest"), f"{REGIONAL}.insert", body=body)
    assert "nitialDelaySec" in told["message"], told
    gcp.make(REGIONAL, group_body(size=0, zones=gcp.zones, **healing(delay=3600)))


@behaviour("members/one-healing-policy", page("instanceGroupManagers/insert"))
def one_policy(gcp):
    """At most one."""
    health_check(gcp)
    health_check(gcp, "other")
    place(gcp)
    template(gcp)
    both = healing()["autoHealingPolicies"] + healing("other")["autoHealingPolicies"]
    body = group_body(size=0, zones=gcp.zones, autoHealingPolicies=both)
    gcp.refused(400, ("invalid", "badRequest"), f"{REGIONAL}.insert", body=body)


@behaviour("members/health-check-in-use", "https://github.com/terraform-google-modules/terraform-google-vm/issues/45")
def check_in_use(gcp):
    health_check(gcp)
    group(gcp, size=0, **healing())
    message = gcp.in_use("healthChecks", "check")
    assert message.startswith("The health_check resource 'projects/"), message
    assert f"regions/{gcp.region}/instanceGroupManagers/group" in message


@behaviour("members/no-capacity", STOCKOUT)
def no_capacity(gcp):
    """The insert goes well; the instances don't come, `listErrors` says why, and the group tries on."""
    place(gcp)
    template(gcp)
    gcp.shortage(gcp.zones)
    gcp.make(REGIONAL, group_body(size=3, zones=gcp.zones))
    gcp.step(300)
    assert not gcp.get(REGIONAL, "group")["status"]["isStable"] and not running(gcp)
    [*errors] = gcp.do(f"{REGIONAL}.listErrors", instanceGroupManager="group")["items"]
    assert {each["error"]["code"] for each in errors} <= {
        "ZONE_RESOURCE_POOL_EXHAUSTED",
        "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS",
    }
    assert all("does not have enough resources available" in each["error"]["message"] for each in errors)
    assert errors[0]["instanceActionDetails"]["action"] == "CREATING" and errors[0]["timestamp"]
    gcp.shortage([])
    gcp.until(lambda: len(running(gcp)) == 3, "all running")


@behaviour("members/no-capacity-in-one-zone", groups("regional-mig-distribution-shape"))
def one_zone_short(gcp):
    """An even group insists on its zones: it waits for the one that is short rather than lean on the others."""
    place(gcp)
    template(gcp)
    gcp.shortage(gcp.zones[:1])
    gcp.make(REGIONAL, group_body(size=6, zones=gcp.zones))
    gcp.step(300)
    assert spread(gcp, running(gcp)) == [0, 2, 2]
    listed = gcp.do(f"{REGIONAL}.listErrors", instanceGroupManager="group")["items"]
    assert {where(each["instanceActionDetails"]["instance"]) for each in listed} == {gcp.zones[0]}
    gcp.shortage([])
    gcp.until(lambda: spread(gcp, running(gcp)) == [2, 2, 2], "even")


@behaviour("members/last-attempt", WORKING)
def last_attempt(gcp):
    """A managed instance that can't be made tells the errors of the last attempt."""
    place(gcp)
    template(gcp)
    gcp.shortage(gcp.zones)
    gcp.make(ZONAL, group_body(size=1))
    gcp.step(300)
    [told] = members(gcp, kind=ZONAL).values()
    assert told["currentAction"] == "CREATING" and told.get("instanceStatus") != "RUNNING"
    [error] = told["lastAttempt"]["errors"]["errors"]
    assert error["code"].startswith("ZONE_RESOURCE_POOL_EXHAUSTED")


@behaviour("members/in-unmanaged-group", groups("creating-groups-of-unmanaged-instances"))
def in_unmanaged(gcp):
    """A managed instance may be in an unmanaged group, too, until it is replaced."""
    zonal(gcp, size=1)
    [name] = members(gcp, kind=ZONAL)
    gcp.make("instanceGroups", {"name": "extra"})
    body = {"instances": [{"instance": f"zones/{gcp.zone}/instances/{name}"}]}
    gcp.done("instanceGroups.addInstances", instanceGroup="extra", body=body)
    gcp.drop("instances", name)
    gcp.until(lambda: set(running(gcp, kind=ZONAL)) == {name}, "healed")
    listed = gcp.do("instanceGroups.listInstances", instanceGroup="extra", body={})
    assert not [last(each["instance"]) for each in listed.get("items", [])]


@behaviour("members/delete-one-of-each-zone", page("regionInstanceGroupManagers/deleteInstances"))
def several(gcp):
    """Several at once, in several zones."""
    group(gcp, size=6)
    found = members(gcp).values()
    chosen = [next(each["instance"] for each in found if where(each["instance"]) == zone) for zone in gcp.zones]
    gcp.done(f"{REGIONAL}.deleteInstances", instanceGroupManager="group", body={"instances": chosen})
    stable(gcp)
    assert spread(gcp, running(gcp)) == [1, 1, 1]
    assert sum(len(names(gcp.do("instances.list", zone=zone))) for zone in gcp.zones) == 3
