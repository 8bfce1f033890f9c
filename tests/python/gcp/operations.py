"""Operations: how what was asked for gets done, in three scopes."""

from gcp.behaviour import behaviour
from gcp.pages import HANDLING, ROOT
from gcp.pages import compute as page
from gcp.parts import instance_body, last, network, place, subnet_body

NET = {"name": "net", "autoCreateSubnetworks": False}


@behaviour("operations/shape", HANDLING)
def shape(gcp):
    """What every mutation answers with."""
    made = gcp.do("networks.insert", body=NET)
    assert made["kind"] == "compute#operation" and made["id"].isdigit()
    assert made["name"].startswith("operation-")
    assert made["operationType"] == "insert" and made["status"] in ("PENDING", "RUNNING")
    assert 0 <= made["progress"] < 100 and "insertTime" in made and "endTime" not in made
    assert made["targetLink"] == gcp.link("global/networks/net") and made["targetId"].isdigit()
    assert made["selfLink"] == gcp.link(f"global/operations/{made['name']}")
    assert "zone" not in made and "region" not in made and "error" not in made


@behaviour("operations/runs", HANDLING)
def runs(gcp):
    """PENDING or RUNNING, then DONE with an end; the resource's id is the operation's target."""
    made = gcp.do("networks.insert", body=NET)
    seen = [made["status"]]

    def done():
        now = gcp.operation(made)
        seen.append(now["status"])
        return now if now["status"] == "DONE" else None

    ended = gcp.until(done, "done", every=0.5)
    order = ["PENDING", "RUNNING", "DONE"]
    assert seen == sorted(seen, key=order.index) and len(seen) > 2
    assert ended["progress"] == 100 and ended["insertTime"] <= ended["startTime"] <= ended["endTime"]
    assert gcp.get("networks", "net")["id"] == ended["targetId"]


@behaviour("operations/scopes", HANDLING)
def scopes(gcp):
    """Global, regional and zonal ones are found each in their own scope only."""
    place(gcp)
    regional = gcp.do("subnetworks.insert", body=subnet_body("other", range="10.77.0.0/24"))
    zonal = gcp.do("disks.insert", body={"name": "disk", "sizeGb": "10"})
    assert regional["region"] == gcp.link(f"regions/{gcp.region}") and "zone" not in regional
    assert zonal["zone"] == gcp.link(f"zones/{gcp.zone}")
    gcp.do("regionOperations.get", operation=regional["name"])
    gcp.do("zoneOperations.get", operation=zonal["name"])
    for each in (regional, zonal):
        gcp.refused(404, "notFound", "globalOperations.get", operation=each["name"])
    gcp.refused(404, "notFound", "regionOperations.get", operation=zonal["name"])
    assert "/regions/" in regional["selfLink"] and "/zones/" in zonal["selfLink"]


@behaviour("operations/by-number", page("globalOperations/get"))
def by_number(gcp):
    """By its name, or by its unique number."""
    made = gcp.do("networks.insert", body=NET)
    assert gcp.do("globalOperations.get", operation=made["id"])["name"] == made["name"]


@behaviour("operations/absent", page("globalOperations/get"))
def absent(gcp):
    told = gcp.refused(404, "notFound", "globalOperations.get", operation="operation-1-2-3-4")
    assert "global/operations/operation-1-2-3-4' was not found" in told["message"]


@behaviour("operations/list", page("globalOperations/list"))
def listed(gcp):
    """Newest first if asked so, and by filter."""
    gcp.make("networks", NET)
    gcp.step(1)
    gcp.drop("networks", "net")
    found = gcp.do("globalOperations.list", orderBy="creationTimestamp desc")["items"]
    assert [each["operationType"] for each in found] == ["delete", "insert"]
    only = gcp.do("globalOperations.list", filter='operationType="delete"')["items"]
    assert [each["name"] for each in only] == [found[0]["name"]]


@behaviour("operations/aggregated", page("globalOperations/aggregatedList"))
def aggregated(gcp):
    place(gcp)
    found = gcp.do("globalOperations.aggregatedList", maxResults=500)["items"]
    assert len(found["global"]["operations"]) == 1
    assert len(found[f"regions/{gcp.region}"]["operations"]) == 1


@behaviour("operations/wait", page("globalOperations/wait"))
def wait(gcp):
    """Returns when the operation is done."""
    made = gcp.do("networks.insert", body=NET)
    with gcp.scale(100):
        ended = gcp.do("globalOperations.wait", operation=made["name"])
    assert ended["status"] == "DONE" and ended["name"] == made["name"]
    # What is done is not waited for.
    assert gcp.do("globalOperations.wait", operation=made["name"])["status"] == "DONE"


@behaviour("operations/wait-ends", page("zoneOperations/wait"))
def wait_ends(gcp):
    """After two minutes it returns all the same, with the operation as it is then."""
    place(gcp)
    gcp.slow("instances.insert", 1000)
    made = gcp.do("instances.insert", body=instance_body(gcp, "vm"))
    with gcp.scale(200):
        ended = gcp.do("zoneOperations.wait", operation=made["name"])
    assert ended["status"] != "DONE" and "endTime" not in ended


@behaviour("operations/typed-scopes", "https://docs.cloud.google.com/python/docs/reference/compute/latest")
def typed_scopes(gcp):
    """google-cloud-compute's operations clients find them, too."""
    from google.cloud import compute_v1

    place(gcp)
    disk = compute_v1.Disk(name="disk", size_gb=10)
    made = gcp.typed("Disks").insert_unary(project=gcp.project, zone=gcp.zone, disk_resource=disk)
    assert last(made.zone) == gcp.zone and made.status.name in ("PENDING", "RUNNING")
    ended = gcp.settled(made)
    assert ended.target_id == gcp.typed("Disks").get(project=gcp.project, zone=gcp.zone, disk="disk").id


@behaviour("operations/delete", page("globalOperations/delete"))
def delete(gcp):
    """Forgets the operation, and doesn't undo what it did."""
    made = gcp.finish(gcp.do("networks.insert", body=NET))
    status, _ = gcp.compute("DELETE", f"global/operations/{made['name']}")
    assert status in (200, 204)
    gcp.refused(404, "notFound", "globalOperations.get", operation=made["name"])
    assert gcp.get("networks", "net")


@behaviour("operations/expire", page("globalOperations"))
def expire(gcp):
    """Completed operations are kept for a limited time; the resource stays."""
    made = gcp.finish(gcp.do("networks.insert", body=NET))
    gcp.step(600)
    assert gcp.operation(made)["status"] == "DONE"
    gcp.step(60 * 24 * 3600)
    gcp.refused(404, "notFound", "globalOperations.get", operation=made["name"])
    assert gcp.get("networks", "net")


@behaviour("operations/error-shape", "https://github.com/CCExtractor/sample-platform/issues/901")
def error_shape(gcp):
    """A failed one is DONE, with code and message, and the status and phrase that HTTP would have had."""
    place(gcp)
    ended = gcp.finish(gcp.do("networks.delete", network="net"))
    assert (ended["status"], ended["progress"]) == ("DONE", 100)
    assert (ended["httpErrorStatusCode"], ended["httpErrorMessage"]) == (400, "BAD REQUEST")
    [error] = ended["error"]["errors"]
    assert error["code"] == "RESOURCE_IN_USE_BY_ANOTHER_RESOURCE" and error["message"]


@behaviour("operations/patch-type", HANDLING)
def patch_type(gcp):
    """The type says what is being done."""
    network(gcp)
    rule = {"name": "rule", "network": "global/networks/net", "allowed": [{"IPProtocol": "tcp"}]}
    assert gcp.done("firewalls.insert", body=rule)["operationType"] == "insert"
    assert gcp.done("firewalls.patch", firewall="rule", body={"priority": 5})["operationType"] == "patch"
    assert gcp.done("firewalls.delete", firewall="rule")["operationType"] == "delete"


@behaviour("operations/same-name-meanwhile", f"{ROOT}/compute/docs/troubleshooting/troubleshooting-using-the-compute-engine-api")
def meanwhile(gcp):
    """The name is taken from when the insert was accepted, or the second insert fails: never two of it."""
    first = gcp.do("networks.insert", body=NET)
    status, answer = gcp.compute("POST", "global/networks", NET)
    if status == 200:
        assert "error" in gcp.finish(answer)
    else:
        assert status in (400, 409), answer
    assert "error" not in gcp.finish(first)
    assert len(gcp.do("networks.list", filter="name=net")["items"]) == 1
