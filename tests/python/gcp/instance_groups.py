"""Unmanaged instance groups."""

from gcp.behaviour import behaviour
from gcp.pages import groups
from gcp.pages import compute as page
from gcp.parts import instance, last, network, place, subnet

UNMANAGED = groups("creating-groups-of-unmanaged-instances")


def add(gcp, *links, group="group", zone=None):
    body = {"instances": [{"instance": link} for link in links]}
    gcp.done("instanceGroups.addInstances", instanceGroup=group, zone=zone or gcp.zone, body=body)


def members(gcp, group="group"):
    listed = gcp.do("instanceGroups.listInstances", instanceGroup=group, body={})
    return {last(each["instance"]): each for each in listed.get("items", [])}


@behaviour("instance-groups/insert", page("instanceGroups/insert"))
def insert(gcp):
    ports = [{"name": "http", "port": 80}, {"name": "api", "port": 6443}]
    made = gcp.make("instanceGroups", {"name": "group", "namedPorts": ports})
    assert made["size"] == 0 and made["zone"] == gcp.link(f"zones/{gcp.zone}")
    assert sorted(made["namedPorts"], key=lambda each: each["port"]) == ports and made["fingerprint"]
    assert not members(gcp)


@behaviour("instance-groups/members", UNMANAGED)
def membership(gcp):
    """Instances come and go; the first one brings the group its network."""
    place(gcp)
    made = instance(gcp)
    gcp.make("instanceGroups", {"name": "group"})
    add(gcp, made["selfLink"])
    found = gcp.get("instanceGroups", "group")
    assert found["size"] == 1 and found["network"] == gcp.link("global/networks/net")
    assert members(gcp)["vm"]["status"] == "RUNNING"
    body = {"instances": [{"instance": made["selfLink"]}]}
    gcp.done("instanceGroups.removeInstances", instanceGroup="group", body=body)
    assert gcp.get("instanceGroups", "group")["size"] == 0 and gcp.get("instances", "vm")


@behaviour("instance-groups/deleted-instance", UNMANAGED)
def deleted_instance(gcp):
    """With the instance its membership is lost; one of the same name is not a member."""
    place(gcp)
    gcp.make("instanceGroups", {"name": "group"})
    add(gcp, instance(gcp)["selfLink"])
    gcp.drop("instances", "vm")
    gcp.until(lambda: gcp.get("instanceGroups", "group")["size"] == 0, "empty")
    instance(gcp)
    assert not members(gcp)


@behaviour("instance-groups/instance-absent", page("instanceGroups/addInstances"))
def instance_absent(gcp):
    gcp.make("instanceGroups", {"name": "group"})
    body = {"instances": [{"instance": f"zones/{gcp.zone}/instances/nobody"}]}
    status, answer = gcp.compute("POST", f"zones/{gcp.zone}/instanceGroups/group/addInstances", body)
    assert status in (400, 404) or "error" in gcp.finish(answer), answer


@behaviour("instance-groups/one-zone", UNMANAGED)
def one_zone(gcp):
    """All are of the group's own zone."""
    place(gcp)
    other = instance(gcp, zone=gcp.zones[1])["selfLink"]
    gcp.make("instanceGroups", {"name": "group"})
    body = {"instances": [{"instance": other}]}
    gcp.impossible("POST", f"zones/{gcp.zone}/instanceGroups/group/addInstances", body)


@behaviour("instance-groups/one-network", UNMANAGED)
def one_network(gcp):
    """All are of one network, that of the first."""
    place(gcp)
    network(gcp, "other")
    far = subnet(gcp, "far", "other")["selfLink"]
    gcp.make("instanceGroups", {"name": "group"})
    add(gcp, instance(gcp)["selfLink"])
    stranger = instance(gcp, "stranger", networkInterfaces=[{"subnetwork": far}])["selfLink"]
    body = {"instances": [{"instance": stranger}]}
    gcp.impossible("POST", f"zones/{gcp.zone}/instanceGroups/group/addInstances", body)


@behaviour("instance-groups/member-twice", page("instanceGroups/addInstances"))
def twice(gcp):
    place(gcp)
    made = instance(gcp)["selfLink"]
    gcp.make("instanceGroups", {"name": "group"})
    add(gcp, made)
    body = {"instances": [{"instance": made}]}
    message = gcp.impossible("POST", f"zones/{gcp.zone}/instanceGroups/group/addInstances", body)
    assert "already" in message or "vm" in message


@behaviour("instance-groups/named-ports", page("instanceGroups/setNamedPorts"))
def named_ports(gcp):
    """They are replaced as a whole, by who has read them last."""
    before = gcp.make("instanceGroups", {"name": "group", "namedPorts": [{"name": "http", "port": 80}]})
    body = {"namedPorts": [{"name": "http", "port": 8080}], "fingerprint": before["fingerprint"]}
    gcp.done("instanceGroups.setNamedPorts", instanceGroup="group", body=body)
    found = gcp.get("instanceGroups", "group")
    assert found["namedPorts"] == [{"name": "http", "port": 8080}]
    gcp.refused(412, "conditionNotMet", "instanceGroups.setNamedPorts", instanceGroup="group", body=body)


@behaviour("instance-groups/delete", page("instanceGroups/delete"))
def delete(gcp):
    """Its instances stay."""
    place(gcp)
    gcp.make("instanceGroups", {"name": "group"})
    add(gcp, instance(gcp)["selfLink"])
    gcp.drop("instanceGroups", "group")
    gcp.gone("instanceGroups", "group")
    assert gcp.get("instances", "vm")["status"] == "RUNNING"
