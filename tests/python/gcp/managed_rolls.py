"""Managed instance groups: how a new template is rolled out."""

from gcp.behaviour import behaviour
from gcp.pages import GROUPS, UPDATES, provider
from gcp.pages import compute as page
from gcp.parts import (
    REGIONAL,
    ZONAL,
    group,
    group_body,
    is_stable,
    last,
    members,
    place,
    running,
    spread,
    stable,
    template,
    zonal,
)

SURGE = f"{UPDATES}#max_surge"
UNAVAILABLE = f"{UPDATES}#max_unavailable"
# What the service says of numbers that don't fit the zones.
FIXED = "https://github.com/terraform-google-modules/terraform-example-foundation/pull/427"


def policy(surge=3, unavailable=0, **more):
    return {
        "type": "PROACTIVE",
        "minimalAction": "REPLACE",
        "maxSurge": {"fixed": surge},
        "maxUnavailable": {"fixed": unavailable},
        **more,
    }


def roll(gcp, new="next", kind=REGIONAL, **more):
    """Asks for the new template on all instances."""
    body = {"versions": [{"instanceTemplate": f"global/instanceTemplates/{new}"}], "updatePolicy": policy(**more)}
    gcp.done(f"{kind}.patch", instanceGroupManager="group", body=body)


def reached(gcp, kind=REGIONAL):
    status = gcp.get(kind, "group")["status"]
    return status["versionTarget"]["isReached"] and status["isStable"]


def of_template(gcp, name, kind=REGIONAL):
    """The members that run and are of that template."""
    return [each for each in running(gcp, kind=kind).values() if last(each["version"]["instanceTemplate"]) == name]


def watched(gcp, kind=REGIONAL, every=2):
    """Lets the roll happen; returns the fewest that ran and the most that there were at any time."""
    fewest, most = [], []

    def done():
        found = members(gcp, kind=kind)
        fewest.append(sum(each.get("instanceStatus") == "RUNNING" for each in found.values()))
        most.append(len(found))
        return reached(gcp, kind)

    gcp.until(done, "rolled", every=every)
    return min(fewest), max(most)


@behaviour("rolls/replace-all", UPDATES)
def replace_all(gcp):
    """In the end all are of the new template, none of the old instances is left, and zones are even."""
    group(gcp, size=6)
    before = set(members(gcp))
    template(gcp, "next")
    roll(gcp)
    assert not reached(gcp)
    gcp.until(lambda: reached(gcp), "rolled")
    assert len(of_template(gcp, "next")) == 6 and not before & set(members(gcp))
    assert spread(gcp, running(gcp)) == [2, 2, 2]


@behaviour("rolls/surge", SURGE)
def surge(gcp):
    """With a surge and nothing unavailable there are never fewer than the size, and never more than both."""
    group(gcp, size=6)
    template(gcp, "next")
    roll(gcp, surge=3, unavailable=0)
    fewest, most = watched(gcp)
    assert fewest >= 6 and 6 < most <= 9, (fewest, most)


@behaviour("rolls/unavailable", UNAVAILABLE)
def unavailable(gcp):
    """Without a surge there are never more than the size, and so many may be missing."""
    group(gcp, size=6)
    template(gcp, "next")
    roll(gcp, surge=0, unavailable=3)
    fewest, most = watched(gcp)
    assert 3 <= fewest < 6 and most <= 6, (fewest, most)


@behaviour("rolls/both-zero", page("instanceGroupManagers/patch"))
def both_zero(gcp):
    """Then nothing could ever be replaced."""
    group(gcp, size=3)
    template(gcp, "next")
    body = {"updatePolicy": policy(0, 0)}
    told = gcp.refused(400, "invalid", f"{REGIONAL}.patch", instanceGroupManager="group", body=body)
    assert "maxSurge" in told["message"] or "maxUnavailable" in told["message"], told


@behaviour("rolls/fixed-and-zones", FIXED)
def fixed(gcp):
    """In a regional group a fixed number is 0 or at least that of the zones."""
    group(gcp, size=6)
    for surge, unavailable, field in ((1, 0, "maxSurge"), (2, 0, "maxSurge"), (0, 2, "maxUnavailable")):
        body = {"updatePolicy": policy(surge, unavailable)}
        told = gcp.refused(400, "invalid", f"{REGIONAL}.patch", instanceGroupManager="group", body=body)
        assert f"resource.updatePolicy.{field}" in told["message"], told
        assert "has to be either 0 or at least equal to the number of zones" in told["message"], told


@behaviour("rolls/fixed-and-two-zones", FIXED)
def two_zones(gcp):
    """It's the group's zones that count."""
    place(gcp)
    template(gcp)
    gcp.make(REGIONAL, group_body(size=2, zones=gcp.zones[:2], updatePolicy=policy(2, 0)))
    stable(gcp)
    body = {"updatePolicy": policy(1, 0)}
    gcp.refused(400, "invalid", f"{REGIONAL}.patch", instanceGroupManager="group", body=body)


@behaviour("rolls/percent-of-few", SURGE)
def percent_of_few(gcp):
    """Percentages are for regional groups of ten and more."""
    group(gcp, size=6)
    body = {"updatePolicy": {**policy(), "maxSurge": {"percent": 50}}}
    gcp.refused(400, "invalid", f"{REGIONAL}.patch", instanceGroupManager="group", body=body)


@behaviour("rolls/percent", SURGE)
def percent(gcp):
    """Of a group of twelve, 25 % are three."""
    group(gcp, size=12)
    body = {"updatePolicy": {**policy(), "maxSurge": {"percent": 25}}}
    gcp.done(f"{REGIONAL}.patch", instanceGroupManager="group", body=body)
    assert gcp.get(REGIONAL, "group")["updatePolicy"]["maxSurge"] == {"percent": 25, "calculated": 3}


@behaviour("rolls/recreate-has-no-surge", "https://github.com/GoogleCloudPlatform/magic-modules/pull/8210")
def recreate(gcp):
    """Instances that keep their names can't be there twice."""
    group(gcp, size=3)
    body = {"updatePolicy": policy(3, 0, replacementMethod="RECREATE")}
    told = gcp.refused(400, "invalid", f"{REGIONAL}.patch", instanceGroupManager="group", body=body)
    assert "maxSurge must be equal to 0 when replacement method is set to RECREATE" in told["message"], told


@behaviour("rolls/recreate-keeps-names", f"{UPDATES}#replacement_method")
def recreate_names(gcp):
    group(gcp, size=3)
    before = members(gcp)
    template(gcp, "next")
    roll(gcp, surge=0, unavailable=3, replacementMethod="RECREATE")
    gcp.until(lambda: reached(gcp), "rolled")
    after = members(gcp)
    assert set(after) == set(before) and len(of_template(gcp, "next")) == 3
    assert all(after[name]["id"] != before[name]["id"] for name in before)


@behaviour("rolls/zonal-by-one", UPDATES)
def zonal_by_one(gcp):
    """A zonal group may go one by one."""
    zonal(gcp, size=3)
    template(gcp, "next")
    roll(gcp, kind=ZONAL, surge=1, unavailable=0)
    fewest, most = watched(gcp, ZONAL)
    assert fewest >= 3 and most == 4, (fewest, most)
    assert len(of_template(gcp, "next", ZONAL)) == 3


@behaviour("rolls/opportunistic", f"{GROUPS}/rolling-out-updates-to-managed-instance-groups#type")
def opportunistic(gcp):
    """Nothing is replaced on its own; new instances are of the new template."""
    group(gcp, size=3)
    before = set(members(gcp))
    template(gcp, "next")
    roll(gcp, type="OPPORTUNISTIC")
    gcp.step(600)
    assert set(members(gcp)) == before and len(of_template(gcp, "template")) == 3
    gcp.done(f"{REGIONAL}.resize", instanceGroupManager="group", size=6)
    stable(gcp)
    assert len(of_template(gcp, "next")) == 3 and len(of_template(gcp, "template")) == 3
    assert gcp.get(REGIONAL, "group")["status"]["versionTarget"]["isReached"] is False


@behaviour("rolls/selected", f"{GROUPS}/updating-managed-instance-groups#selective_updates")
def selected(gcp):
    """Updates that are applied to some instances leave the others."""
    group(gcp, size=3)
    template(gcp, "next")
    roll(gcp, type="OPPORTUNISTIC")
    chosen = next(iter(members(gcp).values()))["instance"]
    body = {"instances": [chosen], "minimalAction": "REPLACE"}
    gcp.done(f"{REGIONAL}.applyUpdatesToInstances", instanceGroupManager="group", body=body)
    stable(gcp)
    assert len(of_template(gcp, "next")) == 1 and len(of_template(gcp, "template")) == 2


@behaviour("rolls/version-target", page("regionInstanceGroupManagers/get"))
def version_target(gcp):
    """`isReached` says that all are of the versions asked for, `isStable` that nothing is going on."""
    made = group(gcp, size=3)
    assert made["status"]["versionTarget"]["isReached"] is True and made["status"]["isStable"] is True
    template(gcp, "next")
    roll(gcp)
    status = gcp.get(REGIONAL, "group")["status"]
    assert status["versionTarget"]["isReached"] is False and status["isStable"] is False
    gcp.until(lambda: reached(gcp), "rolled")


@behaviour("rolls/old-template-in-use", provider(1448))
def old_template(gcp):
    """The old template is in use until the roll has ended, and then it can go."""
    group(gcp, size=3)
    template(gcp, "next")
    roll(gcp)
    gcp.in_use("instanceTemplates", "template")
    gcp.until(lambda: reached(gcp), "rolled")
    gcp.drop("instanceTemplates", "template")


@behaviour("rolls/canary", f"{UPDATES}#starting_a_canary_update")
def canary(gcp):
    """Two versions: so many of the new one, and the rest of the other."""
    group(gcp, size=6)
    template(gcp, "next")
    versions = [
        {"name": "stable", "instanceTemplate": "global/instanceTemplates/template"},
        {"name": "canary", "instanceTemplate": "global/instanceTemplates/next", "targetSize": {"fixed": 2}},
    ]
    body = {"versions": versions, "updatePolicy": policy()}
    gcp.done(f"{REGIONAL}.patch", instanceGroupManager="group", body=body)
    gcp.until(lambda: reached(gcp), "rolled")
    assert len(of_template(gcp, "next")) == 2 and len(of_template(gcp, "template")) == 4


@behaviour("rolls/versions-without-sizes", f"{UPDATES}#starting_a_canary_update")
def without_sizes(gcp):
    """Only one version may have no size: it takes what is left."""
    group(gcp, size=3)
    template(gcp, "next")
    versions = [{"instanceTemplate": f"global/instanceTemplates/{name}"} for name in ("template", "next")]
    gcp.impossible("PATCH", f"regions/{gcp.region}/instanceGroupManagers/group", {"versions": versions})


@behaviour("rolls/changed-midway", UPDATES)
def midway(gcp):
    """A roll that is overtaken by the next one ends with the last template."""
    group(gcp, size=6)
    template(gcp, "next")
    template(gcp, "third")
    roll(gcp)
    gcp.step(20)
    roll(gcp, "third")
    gcp.until(lambda: reached(gcp), "rolled")
    assert len(of_template(gcp, "third")) == 6
    gcp.drop("instanceTemplates", "next")


@behaviour("rolls/back", f"{UPDATES}#rolling_back_an_update")
def back(gcp):
    """Rolling back is rolling out the old template."""
    group(gcp, size=3)
    template(gcp, "next")
    roll(gcp)
    gcp.step(20)
    roll(gcp, "template")
    gcp.until(lambda: reached(gcp), "rolled back")
    assert len(of_template(gcp, "template")) == 3
    gcp.drop("instanceTemplates", "next")


@behaviour("rolls/restart", f"{GROUPS}/rolling-out-updates-to-managed-instance-groups")
def restart(gcp):
    """Instances that are recreated on request keep names and template, and are new."""
    group(gcp, size=3)
    before = members(gcp)
    chosen = [each["instance"] for each in before.values()]
    gcp.done(f"{REGIONAL}.recreateInstances", instanceGroupManager="group", body={"instances": chosen})
    assert not is_stable(gcp)
    stable(gcp)
    after = members(gcp)
    assert set(after) == set(before) and all(after[name]["id"] != before[name]["id"] for name in before)
