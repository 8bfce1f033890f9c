"""Autoscalers, which own the size of their group."""

from gcp.behaviour import behaviour
from gcp.pages import ROOT
from gcp.pages import compute as page
from gcp.parts import REGIONAL, ZONAL, group, running, stable, zonal

ABOUT = f"{ROOT}/compute/docs/autoscaler"
SCALERS = "regionAutoscalers"


def body(gcp, name="scaler", least=2, most=6, **more):
    return {
        "name": name,
        "target": f"regions/{gcp.region}/instanceGroupManagers/group",
        "autoscalingPolicy": {
            "minNumReplicas": least,
            "maxNumReplicas": most,
            "coolDownPeriodSec": 60,
            "cpuUtilization": {"utilizationTarget": 0.6},
            **more,
        },
    }


def size(gcp):
    return gcp.get(REGIONAL, "group")["targetSize"]


@behaviour("autoscalers/insert", page("regionAutoscalers/insert"))
def insert(gcp):
    """Both know one another."""
    managed = group(gcp, size=2)
    made = gcp.make(SCALERS, body(gcp))
    assert made["target"] == managed["selfLink"] and made["region"] == gcp.link(f"regions/{gcp.region}")
    assert made["autoscalingPolicy"]["mode"] == "ON"
    assert gcp.get(REGIONAL, "group")["status"]["autoscaler"] == made["selfLink"]


@behaviour("autoscalers/at-least", ABOUT)
def at_least(gcp):
    """A group of fewer than the minimum grows to it."""
    group(gcp, size=0)
    gcp.make(SCALERS, body(gcp, least=3))
    gcp.until(lambda: len(running(gcp)) == 3, "grown")
    assert size(gcp) == 3


@behaviour("autoscalers/at-most", ABOUT)
def at_most(gcp):
    """One of more than the maximum shrinks to it."""
    group(gcp, size=6)
    gcp.make(SCALERS, body(gcp, least=1, most=3))
    gcp.until(lambda: size(gcp) <= 3, "shrunk")
    stable(gcp)
    assert len(running(gcp)) <= 3


@behaviour("autoscalers/no-resize", "https://github.com/terraform-google-modules/terraform-google-vm/issues/64")
def no_resize(gcp):
    """The size is the autoscaler's: nobody else may set it."""
    group(gcp, size=3)
    gcp.make(SCALERS, body(gcp))
    told = gcp.refused(412, "conditionNotMet", f"{REGIONAL}.resize", instanceGroupManager="group", size=5)
    assert told["message"] == (
        "Resizing of autoscaled regional managed instance groups is not allowed. If you want to manually adjust "
        "target size remove the autoscaler or set autoscaling policy mode to OFF."
    )
    gcp.drop(SCALERS, "scaler")
    gcp.done(f"{REGIONAL}.resize", instanceGroupManager="group", size=5)


@behaviour("autoscalers/off", f"{ROOT}/compute/docs/autoscaler/managing-autoscalers")
def off(gcp):
    """Turned off, it leaves the size to others."""
    group(gcp, size=3)
    gcp.make(SCALERS, body(gcp))
    policy = {**body(gcp)["autoscalingPolicy"], "mode": "OFF"}
    gcp.done(f"{SCALERS}.patch", autoscaler="scaler", body={"autoscalingPolicy": policy})
    gcp.done(f"{REGIONAL}.resize", instanceGroupManager="group", size=1)
    stable(gcp)
    assert len(running(gcp)) == 1


@behaviour("autoscalers/bounds", page("regionAutoscalers/insert"))
def bounds(gcp):
    """The maximum must be there, and not below the minimum."""
    group(gcp, size=1)
    missing = body(gcp)
    del missing["autoscalingPolicy"]["maxNumReplicas"]
    gcp.refused(400, ("required", "invalid"), f"{SCALERS}.insert", body=missing)
    gcp.refused(400, "invalid", f"{SCALERS}.insert", body=body(gcp, least=7, most=6))


@behaviour("autoscalers/target-absent", page("regionAutoscalers/insert"))
def target_absent(gcp):
    status, answer = gcp.compute("POST", f"regions/{gcp.region}/autoscalers", body(gcp))
    assert status in (400, 404) and "instanceGroupManagers/group" in answer["error"]["message"], answer


@behaviour("autoscalers/one-each", ABOUT)
def one_each(gcp):
    """A group has one autoscaler."""
    group(gcp, size=2)
    gcp.make(SCALERS, body(gcp))
    gcp.impossible("POST", f"regions/{gcp.region}/autoscalers", body(gcp, "second"))


@behaviour("autoscalers/group-in-use", ABOUT)
def group_in_use(gcp):
    """First the autoscaler goes, then the group."""
    group(gcp, size=2)
    gcp.make(SCALERS, body(gcp))
    assert "autoscalers/scaler" in gcp.in_use(REGIONAL, "group")
    gcp.drop(SCALERS, "scaler")
    gcp.drop(REGIONAL, "group")


@behaviour("autoscalers/update", page("regionAutoscalers/patch"))
def update(gcp):
    """New bounds count at once."""
    group(gcp, size=2)
    gcp.make(SCALERS, body(gcp, least=2))
    policy = body(gcp, least=4)["autoscalingPolicy"]
    gcp.done(f"{SCALERS}.patch", autoscaler="scaler", body={"autoscalingPolicy": policy})
    gcp.until(lambda: len(running(gcp)) == 4, "grown")


@behaviour("autoscalers/zonal", page("autoscalers/insert"))
def one_zone(gcp):
    """A zonal group has a zonal one."""
    zonal(gcp, size=1)
    target = f"zones/{gcp.zone}/instanceGroupManagers/group"
    made = gcp.make("autoscalers", {**body(gcp, least=2), "target": target})
    assert made["zone"] == gcp.link(f"zones/{gcp.zone}")
    gcp.until(lambda: len(running(gcp, kind=ZONAL)) == 2, "grown")
