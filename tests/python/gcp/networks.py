"""VPC networks."""

from gcp.behaviour import behaviour
from gcp.fixture import unique
from gcp.pages import VPC, provider
from gcp.pages import compute as page
from gcp.parts import last, network, names, place, subnet_body


@behaviour("networks/insert", page("networks/insert"))
def insert(gcp):
    """What the service answers with has an id, links, a time and the documented defaults."""
    made = network(gcp)
    assert made["kind"] == "compute#network" and made["id"].isdigit()
    assert made["selfLink"] == gcp.link("global/networks/net")
    assert made["autoCreateSubnetworks"] is False and not made.get("subnetworks")
    assert made["routingConfig"]["routingMode"] == "REGIONAL"
    assert made.get("mtu", 1460) == 1460
    assert "T" in made["creationTimestamp"]


@behaviour("networks/typed", page("networks/insert"))
def typed(gcp):
    """google-cloud-compute makes, reads, lists and deletes a network."""
    from google.api_core.exceptions import NotFound
    from google.cloud import compute_v1

    client = gcp.typed("Networks")
    body = compute_v1.Network(name="net", auto_create_subnetworks=False, description="mine")
    gcp.settled(client.insert_unary(project=gcp.project, network_resource=body))
    found = client.get(project=gcp.project, network="net")
    assert (found.name, found.description, found.auto_create_subnetworks) == ("net", "mine", False)
    assert [each.id for each in client.list(project=gcp.project)] == [found.id]
    gcp.settled(client.delete_unary(project=gcp.project, network="net"))
    try:
        client.get(project=gcp.project, network="net")
    except NotFound as error:
        assert f"projects/{gcp.project}/global/networks/net" in str(error)
    else:
        raise AssertionError("still there")


@behaviour("networks/not-found", provider(6277))
def absent(gcp):
    """404 with Compute Engine's own envelope: a reason, a domain, and no status string."""
    told = gcp.refused(404, "notFound", "networks.get", network="nobody")
    path = f"projects/{gcp.project}/global/networks/nobody"
    assert told["message"] == f"The resource '{path}' was not found"
    assert told["code"] == 404 and "status" not in told
    assert told["errors"] == [{"message": told["message"], "domain": "global", "reason": "notFound"}]


@behaviour("networks/exists", "https://github.com/GoogleCloudPlatform/terraform-dynamic-python-webapp/issues/60")
def exists(gcp):
    network(gcp)
    body = {"name": "net", "autoCreateSubnetworks": False}
    told = gcp.refused(409, "alreadyExists", "networks.insert", body=body)
    assert told["message"] == f"The resource 'projects/{gcp.project}/global/networks/net' already exists"


@behaviour("networks/auto", f"{VPC}/vpc#auto-mode-considerations")
def auto(gcp):
    """An auto mode network has a /20 in every region, all from 10.128.0.0/9."""
    gcp.done("networks.insert", body={"name": "auto", "autoCreateSubnetworks": True})
    regions = names(gcp.do("regions.list", maxResults=500))
    found = gcp.until(lambda: gcp.get("networks", "auto").get("subnetworks"), "subnetworks made")
    assert len(found) == len(regions)
    mine = gcp.get("subnetworks", "auto")
    assert mine["ipCidrRange"].endswith("/20") and mine["selfLink"] in found
    assert mine["ipCidrRange"].startswith("10.") and 128 <= int(mine["ipCidrRange"].split(".")[1]) <= 255


@behaviour("networks/auto-subnetwork-stays", "https://github.com/tektoncd/plumbing/issues/28")
def auto_stays(gcp):
    """The subnetworks of an auto mode network can't be deleted one by one; they go with the network."""
    gcp.done("networks.insert", body={"name": "auto", "autoCreateSubnetworks": True})
    message = gcp.impossible("DELETE", f"regions/{gcp.region}/subnetworks/auto")
    assert "auto subnet" in message, message
    gcp.drop("networks", "auto")
    gcp.gone("subnetworks", "auto")


@behaviour("networks/switch-to-custom", page("networks/switchToCustomMode"))
def to_custom(gcp):
    gcp.done("networks.insert", body={"name": "auto", "autoCreateSubnetworks": True})
    gcp.done("networks.switchToCustomMode", network="auto")
    found = gcp.get("networks", "auto")
    assert found["autoCreateSubnetworks"] is False and found["subnetworks"]
    gcp.drop("subnetworks", "auto")


@behaviour("networks/patch", page("networks/patch"))
def patch(gcp):
    network(gcp)
    gcp.done("networks.patch", network="net", body={"routingConfig": {"routingMode": "GLOBAL"}})
    assert gcp.get("networks", "net")["routingConfig"]["routingMode"] == "GLOBAL"


@behaviour("networks/in-use-by-subnetwork", "https://github.com/genevieve/leftovers/issues/6")
def in_use(gcp):
    """Deleting a network that has a subnetwork is accepted, and then fails."""
    place(gcp)
    message = gcp.in_use("networks", "net")
    assert f"projects/{gcp.project}/regions/{gcp.region}/subnetworks/sub" in message
    assert gcp.get("networks", "net")["name"] == "net"


@behaviour("networks/in-use-is-asynchronous", "https://github.com/genevieve/leftovers/issues/6")
def in_use_later(gcp):
    """The refusal is in the operation: 200 at once, and DONE with an error."""
    place(gcp)
    failed = gcp.failed("RESOURCE_IN_USE_BY_ANOTHER_RESOURCE", "networks.delete", network="net")
    assert (failed["status"], failed["phrase"]) == (400, "BAD REQUEST")
    assert failed["message"].startswith("The network resource 'projects/")


@behaviour("networks/in-use-by-firewall", provider(1883))
def in_use_by_firewall(gcp):
    network(gcp)
    gcp.make("firewalls", {"name": "rule", "network": "global/networks/net", "allowed": [{"IPProtocol": "tcp"}]})
    assert "global/firewalls/rule" in gcp.in_use("networks", "net")


@behaviour("networks/delete", page("networks/delete"))
def delete(gcp):
    """From the last one using it on it can be deleted, and its name is free again."""
    place(gcp)
    gcp.drop("subnetworks", "sub")
    done = gcp.drop("networks", "net")
    assert done["operationType"] == "delete" and last(done["targetLink"]) == "net"
    gcp.gone("networks", "net")
    before = done["targetId"]
    assert network(gcp)["id"] != before


@behaviour("networks/delete-absent", page("networks/delete"))
def delete_absent(gcp):
    told = gcp.refused(404, "notFound", "networks.delete", network="nobody")
    assert "global/networks/nobody' was not found" in told["message"]


@behaviour("networks/projects-apart", page("networks/list"))
def apart(gcp):
    """A project sees nothing of another."""
    network(gcp)
    other = f"{gcp.project}-b"
    assert names(gcp.do("networks.list", project=other)) in ([], ["default"])
    gcp.refused(404, "notFound", "networks.get", project=other, network="net")


@behaviour("networks/lost-answer", "https://google.aip.dev/155")
def lost_answer(gcp):
    """After a lost answer the same request id brings the same operation, not a 409."""
    request = unique()
    body = {"name": "net", "autoCreateSubnetworks": False}
    gcp.fault("reset_after", "compute", "networks.insert", times=1)
    try:
        # The client itself would try once more.
        gcp.compute("POST", f"global/networks?requestId={request}", body)
    except OSError:
        pass
    else:
        raise AssertionError("the answer was to be lost")
    ended = gcp.finish(gcp.do("networks.insert", body=body, requestId=request))
    assert "error" not in ended and ended["operationType"] == "insert"
    assert len(gcp.do("networks.list", filter='name="net"')["items"]) == 1


@behaviour("networks/reference-must-exist", page("subnetworks/insert"))
def reference(gcp):
    told = gcp.refused(404, "notFound", "subnetworks.insert", body=subnet_body(network="nobody"))
    assert told["message"] == f"The resource 'projects/{gcp.project}/global/networks/nobody' was not found"
