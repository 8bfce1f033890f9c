"""Managed instance groups: how they are made, spread, named, resized and deleted."""

import re

from gcp.behaviour import behaviour
from gcp.fixture import MACHINE
from gcp.pages import ABOUT_REGIONAL, groups, provider
from gcp.pages import compute as page
from gcp.parts import (
    REGIONAL,
    ZONAL,
    group,
    group_body,
    is_stable,
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

WORKING = groups("working-with-managed-instances")
INFO = groups("getting-info-about-migs")


@behaviour("managed/insert", page("regionInstanceGroupManagers/insert"))
def insert(gcp):
    """The manager, its group of the same name, and the documented defaults of its update policy."""
    made = group(gcp, size=0)
    assert made["region"] == gcp.link(f"regions/{gcp.region}") and "zone" not in made
    assert made["instanceGroup"] == gcp.link(f"regions/{gcp.region}/instanceGroups/group")
    assert made["targetSize"] == 0 and made["baseInstanceName"] == "web" and made["fingerprint"]
    assert made["versions"][0]["instanceTemplate"] == gcp.link("global/instanceTemplates/template")
    assert made["instanceTemplate"] == made["versions"][0]["instanceTemplate"]
    assert [last(each["zone"]) for each in made["distributionPolicy"]["zones"]] == gcp.zones
    policy = made["updatePolicy"]
    assert policy["type"] == "OPPORTUNISTIC" and policy["instanceRedistributionType"] == "PROACTIVE"
    assert policy["maxSurge"]["calculated"] == 3 == policy["maxUnavailable"]["calculated"]
    assert gcp.get("regionInstanceGroups", "group")["size"] == 0


@behaviour("managed/operation-before-instances", page("regionInstanceGroupManagers/insert"))
def before(gcp):
    """The operation is done when the group is scheduled to be created, before its instances are."""
    place(gcp)
    template(gcp)
    gcp.done(f"{REGIONAL}.insert", body=group_body(size=3, zones=gcp.zones))
    made = gcp.get(REGIONAL, "group")
    assert made["targetSize"] == 3 and made["status"]["isStable"] is False
    assert made["currentActions"]["creating"] == 3 and made["currentActions"]["none"] == 0
    stable(gcp)
    made = gcp.get(REGIONAL, "group")
    assert made["currentActions"]["creating"] == 0 and made["currentActions"]["none"] == 3


@behaviour("managed/spread", ABOUT_REGIONAL)
def spread_evenly(gcp):
    """6 over three zones are 2 + 2 + 2."""
    group(gcp, size=6)
    found = running(gcp)
    assert len(found) == 6 and spread(gcp, found) == [2, 2, 2]


@behaviour("managed/spread-uneven", ABOUT_REGIONAL)
def spread_unevenly(gcp):
    """What doesn't divide differs by one at the most."""
    group(gcp, size=5)
    assert sorted(spread(gcp, running(gcp))) == [1, 2, 2]


@behaviour("managed/zones-chosen", groups("distributing-instances-with-regional-instance-groups"))
def zones_chosen(gcp):
    """Only the zones that the group was made for."""
    place(gcp)
    template(gcp)
    gcp.make(REGIONAL, group_body(size=4, zones=gcp.zones[:2]))
    stable(gcp)
    assert spread(gcp, running(gcp)) == [2, 2, 0]


@behaviour("managed/zone-of-another-region", page("regionInstanceGroupManagers/insert"))
def zone_elsewhere(gcp):
    place(gcp)
    template(gcp)
    body = group_body(zones=["europe-west1-b", "europe-west1-c"])
    gcp.impossible("POST", f"regions/{gcp.region}/instanceGroupManagers", body)


@behaviour("managed/names", page("instanceGroupManagers/insert"))
def instance_names(gcp):
    """The base name, a hyphen, and four random letters or digits."""
    group(gcp, size=6)
    found = members(gcp)
    assert len(found) == 6 and all(re.fullmatch("web-[a-z0-9]{4}", name) for name in found), list(found)


@behaviour("managed/instances-are-of-the-template", groups("creating-groups-of-managed-instances"))
def as_template(gcp):
    place(gcp)
    template(gcp, labels={"role": "web"}, tags={"items": ["web"]})
    gcp.make(REGIONAL, group_body(size=3, zones=gcp.zones))
    stable(gcp)
    for each in running(gcp).values():
        found = gcp.get("instances", last(each["instance"]), zone=each["instance"].split("/")[-3])
        assert found["labels"]["role"] == "web" and found["tags"]["items"] == ["web"]
        assert last(found["machineType"]) == MACHINE and found["status"] == "RUNNING"
        assert found["networkInterfaces"][0]["networkIP"].startswith("10.10.")
        created = {each["key"]: each["value"] for each in found["metadata"]["items"]}
        assert created["created-by"].endswith(f"regions/{gcp.region}/instanceGroupManagers/group")
        assert created["instance-template"].endswith("global/instanceTemplates/template")


@behaviour("managed/list-instances", page("regionInstanceGroups/listInstances"))
def list_instances(gcp):
    """Two lists of the same: the manager's and the group's."""
    group(gcp)
    listed = gcp.do("regionInstanceGroups.listInstances", instanceGroup="group", body={"instanceState": "ALL"})
    assert {each["instance"] for each in listed["items"]} == {each["instance"] for each in members(gcp).values()}
    assert {each["status"] for each in listed["items"]} == {"RUNNING"}


@behaviour("managed/list-managed", WORKING)
def list_managed(gcp):
    """What the manager knows of each: id, state, what is done to it, and of which template it is."""
    made = group(gcp)
    for each in members(gcp).values():
        assert each["id"].isdigit() and each["instanceStatus"] == "RUNNING" and each["currentAction"] == "NONE"
        assert each["version"]["instanceTemplate"] == made["versions"][0]["instanceTemplate"]


@behaviour("managed/list-managed-pages", page("regionInstanceGroupManagers/listManagedInstances"))
def list_managed_pages(gcp):
    """Pages, for a group that is made with pagination."""
    group(gcp, size=5, listManagedInstancesResults="PAGINATED")
    first = gcp.do(f"{REGIONAL}.listManagedInstances", instanceGroupManager="group", maxResults=3)
    assert len(first["managedInstances"]) == 3
    token = first["nextPageToken"]
    rest = gcp.do(f"{REGIONAL}.listManagedInstances", instanceGroupManager="group", maxResults=3, pageToken=token)
    found = [each["instance"] for each in first["managedInstances"] + rest["managedInstances"]]
    assert len(set(found)) == 5 and "nextPageToken" not in rest


@behaviour("managed/creating", WORKING)
def creating(gcp):
    """While instances are being made the action is CREATING."""
    place(gcp)
    template(gcp)
    gcp.done(f"{REGIONAL}.insert", body=group_body(size=3, zones=gcp.zones))
    found = gcp.until(lambda: members(gcp), "listed", every=1)
    assert {each["currentAction"] for each in found.values()} == {"CREATING"}


@behaviour("managed/resize", page("regionInstanceGroupManagers/resize"))
def resize(gcp):
    """Out and in, evenly each time."""
    group(gcp, size=3)
    before = set(running(gcp))
    gcp.done(f"{REGIONAL}.resize", instanceGroupManager="group", size=6)
    stable(gcp)
    assert spread(gcp, running(gcp)) == [2, 2, 2] and before < set(running(gcp))
    gcp.done(f"{REGIONAL}.resize", instanceGroupManager="group", size=3)
    assert gcp.get(REGIONAL, "group")["targetSize"] == 3
    stable(gcp)
    assert spread(gcp, members(gcp)) == [1, 1, 1]
    assert sum(len(names(gcp.do("instances.list", zone=zone))) for zone in gcp.zones) == 3


@behaviour("managed/resize-operation-before-instances", page("regionInstanceGroupManagers/resize"))
def resize_before(gcp):
    """The operation is DONE when the actions are scheduled, even if the instances aren't there or gone yet."""
    group(gcp, size=3)
    gcp.done(f"{REGIONAL}.resize", instanceGroupManager="group", size=6)
    assert not is_stable(gcp) and gcp.get(REGIONAL, "group")["currentActions"]["creating"] == 3
    stable(gcp)
    gcp.done(f"{REGIONAL}.resize", instanceGroupManager="group", size=0)
    assert not is_stable(gcp) and gcp.get(REGIONAL, "group")["currentActions"]["deleting"] == 6


@behaviour("managed/resize-to-nothing", page("regionInstanceGroupManagers/resize"))
def to_nothing(gcp):
    group(gcp, size=3)
    gcp.done(f"{REGIONAL}.resize", instanceGroupManager="group", size=0)
    stable(gcp)
    assert not members(gcp) and gcp.get(REGIONAL, "group")["status"]["isStable"] is True


@behaviour("managed/resize-negative", page("regionInstanceGroupManagers/resize"))
def negative(gcp):
    group(gcp, size=0)
    status, answer = gcp.compute("POST", f"regions/{gcp.region}/instanceGroupManagers/group/resize?size=-1")
    assert status == 400, answer
    status, answer = gcp.compute("POST", f"regions/{gcp.region}/instanceGroupManagers/group/resize")
    assert status == 400 and "size" in answer["error"]["message"], answer


@behaviour("managed/delete", page("regionInstanceGroupManagers/delete"))
def delete(gcp):
    """With the manager go its group and all its instances, before the operation is done."""
    group(gcp)
    gcp.drop(REGIONAL, "group")
    gcp.gone(REGIONAL, "group")
    gcp.gone("regionInstanceGroups", "group")
    assert not any(names(gcp.do("instances.list", zone=zone)) for zone in gcp.zones)
    gcp.drop("instanceTemplates", "template")
    gcp.drop("subnetworks", "sub")


@behaviour("managed/template-absent", page("regionInstanceGroupManagers/insert"))
def template_absent(gcp):
    body = group_body(template="nobody", zones=gcp.zones)
    status, answer = gcp.compute("POST", f"regions/{gcp.region}/instanceGroupManagers", body)
    assert status in (400, 404) and "instanceTemplates/nobody" in answer["error"]["message"], answer


@behaviour("managed/target-size-needed", page("regionInstanceGroupManagers/insert"))
def size_needed(gcp):
    place(gcp)
    template(gcp)
    body = group_body(zones=gcp.zones)
    del body["targetSize"]
    gcp.refused(400, ("required", "invalid"), f"{REGIONAL}.insert", body=body)


@behaviour("managed/base-name-pattern", page("regionInstanceGroupManagers/insert"))
def base_name(gcp):
    place(gcp)
    template(gcp)
    told = gcp.refused(400, "invalid", f"{REGIONAL}.insert", body=group_body(baseInstanceName="Web_1"))
    assert "baseInstanceName" in told["message"]


@behaviour("managed/zonal", page("instanceGroupManagers/insert"))
def one_zone(gcp):
    """A zonal group has all in its zone, and may roll by one."""
    made = zonal(gcp)
    assert made["zone"] == gcp.link(f"zones/{gcp.zone}") and "region" not in made
    assert made["updatePolicy"]["maxSurge"]["calculated"] == 1
    assert len(running(gcp, kind=ZONAL)) == 3
    assert sorted(names(gcp.do("instances.list"))) == sorted(members(gcp, kind=ZONAL))


@behaviour("managed/aggregated", page("instanceGroupManagers/aggregatedList"))
def aggregated(gcp):
    """Zonal and regional groups in one answer."""
    group(gcp, "wide", size=0)
    gcp.make(ZONAL, group_body("narrow", 0))
    found = gcp.do("instanceGroupManagers.aggregatedList", maxResults=500)["items"]
    assert [each["name"] for each in found[f"regions/{gcp.region}"]["instanceGroupManagers"]] == ["wide"]
    assert [each["name"] for each in found[f"zones/{gcp.zone}"]["instanceGroupManagers"]] == ["narrow"]


@behaviour("managed/named-ports", page("regionInstanceGroups/setNamedPorts"))
def named_ports(gcp):
    """They are the group's; its manager shows them."""
    group(gcp, size=0)
    before = gcp.get("regionInstanceGroups", "group")
    ports = [{"name": "http", "port": 8081}]
    body = {"namedPorts": ports, "fingerprint": before["fingerprint"]}
    gcp.done("regionInstanceGroups.setNamedPorts", instanceGroup="group", body=body)
    assert gcp.get("regionInstanceGroups", "group")["namedPorts"] == ports
    assert gcp.get(REGIONAL, "group")["namedPorts"] == ports


@behaviour("managed/subnetwork-in-use", provider(1883))
def subnetwork_in_use(gcp):
    """What its instances are in can't be deleted."""
    group(gcp, size=1)
    assert "/instances/web-" in gcp.in_use("subnetworks", "sub")


@behaviour("managed/typed", page("regionInstanceGroupManagers/insert"))
def typed(gcp):
    """google-cloud-compute makes, resizes, lists and deletes a group."""
    from google.cloud import compute_v1

    place(gcp)
    template(gcp)
    client = gcp.typed("RegionInstanceGroupManagers")
    version = compute_v1.InstanceGroupManagerVersion(instance_template="global/instanceTemplates/template")
    body = compute_v1.InstanceGroupManager(
        name="group", base_instance_name="web", target_size=3, versions=[version]
    )
    there = {"project": gcp.project, "region": gcp.region}
    gcp.settled(client.insert_unary(**there, instance_group_manager_resource=body))
    which = {**there, "instance_group_manager": "group"}
    gcp.until(lambda: client.get(**which).status.is_stable, "stable")
    gcp.settled(client.resize_unary(**which, size=4))
    gcp.until(lambda: client.get(**which).status.is_stable, "stable")
    listed = list(client.list_managed_instances(**which))
    assert len(listed) == 4 and {each.instance_status for each in listed} == {"RUNNING"}
    gcp.settled(client.delete_unary(**which))
    assert not list(client.list(**there))
