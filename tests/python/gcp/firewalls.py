"""Firewall rules."""

from gcp.behaviour import behaviour
from gcp.pages import VPC
from gcp.pages import compute as page
from gcp.parts import network


def body(**more):
    return {"name": "rule", "network": "global/networks/net", "allowed": [{"IPProtocol": "tcp", "ports": ["22"]}], **more}


@behaviour("firewalls/defaults", page("firewalls/insert"))
def defaults(gcp):
    """Ingress from anywhere, at priority 1000, in force, unlogged."""
    network(gcp)
    made = gcp.make("firewalls", body())
    assert (made["direction"], made["priority"], made["disabled"]) == ("INGRESS", 1000, False)
    assert made["sourceRanges"] == ["0.0.0.0/0"]
    assert made["network"] == gcp.link("global/networks/net")
    assert made["allowed"] == [{"IPProtocol": "tcp", "ports": ["22"]}]


@behaviour("firewalls/typed", page("firewalls/insert"))
def typed(gcp):
    from google.cloud import compute_v1

    network(gcp)
    client = gcp.typed("Firewalls")
    allowed = [compute_v1.Allowed(I_p_protocol="tcp", ports=["80", "8000-8080"])]
    rule = compute_v1.Firewall(
        name="rule", network="global/networks/net", allowed=allowed, source_ranges=["130.211.0.0/22", "35.191.0.0/16"]
    )
    gcp.settled(client.insert_unary(project=gcp.project, firewall_resource=rule))
    found = client.get(project=gcp.project, firewall="rule")
    assert list(found.allowed[0].ports) == ["80", "8000-8080"] and found.direction == "INGRESS"


@behaviour("firewalls/neither-allowed-nor-denied", page("firewalls/insert"))
def neither(gcp):
    network(gcp)
    rule = {"name": "rule", "network": "global/networks/net"}
    gcp.refused(400, ("invalid", "required", "badRequest"), "firewalls.insert", body=rule)


@behaviour("firewalls/both-allowed-and-denied", page("firewalls/insert"))
def both(gcp):
    network(gcp)
    rule = body(denied=[{"IPProtocol": "udp"}])
    gcp.refused(400, ("invalid", "badRequest"), "firewalls.insert", body=rule)


@behaviour("firewalls/accounts-and-tags", f"{VPC}/firewalls#service-accounts-vs-tags")
def accounts_and_tags(gcp):
    """A rule selects by tags or by service accounts, not by both."""
    network(gcp)
    account = f"nodes@{gcp.project}.iam.gserviceaccount.com"
    rule = body(sourceTags=["web"], targetServiceAccounts=[account])
    gcp.refused(400, ("invalid", "badRequest"), "firewalls.insert", body=rule)


@behaviour("firewalls/egress-has-no-sources", page("firewalls/insert"))
def egress(gcp):
    network(gcp)
    gcp.refused(
        400,
        ("invalid", "badRequest"),
        "firewalls.insert",
        body=body(direction="EGRESS", sourceRanges=["10.0.0.0/8"]),
    )
    made = gcp.make("firewalls", body(direction="EGRESS", destinationRanges=["10.0.0.0/8"]))
    assert made["destinationRanges"] == ["10.0.0.0/8"] and "sourceRanges" not in made


@behaviour("firewalls/patch", page("firewalls/patch"))
def patch(gcp):
    """A patch changes what it names and leaves the rest."""
    network(gcp)
    gcp.make("firewalls", body(sourceRanges=["10.0.0.0/8"]))
    allowed = [{"IPProtocol": "tcp", "ports": ["443"]}]
    gcp.done("firewalls.patch", firewall="rule", body={"allowed": allowed, "priority": 900})
    found = gcp.get("firewalls", "rule")
    assert (found["allowed"], found["priority"]) == (allowed, 900)
    assert found["sourceRanges"] == ["10.0.0.0/8"]


@behaviour("firewalls/ports-malformed", page("firewalls/insert"))
def ports(gcp):
    network(gcp)
    for port in ("70000", "http", "90-80"):
        rule = body(allowed=[{"IPProtocol": "tcp", "ports": [port]}])
        gcp.refused(400, ("invalid", "badRequest"), "firewalls.insert", body=rule)


@behaviour("firewalls/priority-range", f"{VPC}/firewalls#priority_order_for_firewall_rules")
def priority(gcp):
    """From 0 to 65535, both of them too."""
    network(gcp)
    gcp.make("firewalls", body(priority=0))
    gcp.make("firewalls", {**body(priority=65535), "name": "last"})
    gcp.refused(400, ("invalid", "badRequest"), "firewalls.insert", body={**body(priority=65536), "name": "over"})


@behaviour("firewalls/delete", page("firewalls/delete"))
def delete(gcp):
    network(gcp)
    gcp.make("firewalls", body())
    gcp.drop("firewalls", "rule")
    gcp.gone("firewalls", "rule")
    gcp.drop("networks", "net")
