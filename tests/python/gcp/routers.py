"""Cloud Routers, with NAT."""

from gcp.behaviour import behaviour
from gcp.pages import ROOT
from gcp.pages import compute as page
from gcp.parts import network, place

NAT = f"{ROOT}/nat/docs/overview"


def nat(**more):
    return {
        "name": "nat",
        "natIpAllocateOption": "AUTO_ONLY",
        "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
        **more,
    }


def body(**more):
    return {"name": "router", "network": "global/networks/net", **more}


@behaviour("routers/insert", page("routers/insert"))
def insert(gcp):
    network(gcp)
    made = gcp.make("routers", body(nats=[nat()]))
    assert made["network"] == gcp.link("global/networks/net")
    [found] = made["nats"]
    assert (found["name"], found["natIpAllocateOption"]) == ("nat", "AUTO_ONLY")


@behaviour("routers/patch-nat", page("routers/patch"))
def patch(gcp):
    """A NAT gateway lives in its router: it comes and goes by patching it."""
    place(gcp)
    assert not gcp.make("routers", body()).get("nats")
    some = nat(
        sourceSubnetworkIpRangesToNat="LIST_OF_SUBNETWORKS",
        subnetworks=[
            {"name": f"regions/{gcp.region}/subnetworks/sub", "sourceIpRangesToNat": ["ALL_IP_RANGES"]}
        ],
    )
    gcp.done("routers.patch", router="router", body={"nats": [some]})
    [found] = gcp.get("routers", "router")["nats"]
    assert found["subnetworks"][0]["name"].endswith("subnetworks/sub")
    gcp.done("routers.patch", router="router", body={"nats": []})
    assert not gcp.get("routers", "router").get("nats")


@behaviour("routers/typed", page("routers/insert"))
def typed(gcp):
    from google.cloud import compute_v1

    network(gcp)
    client = gcp.typed("Routers")
    gateway = compute_v1.RouterNat(
        name="nat",
        nat_ip_allocate_option="AUTO_ONLY",
        source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_IP_RANGES",
    )
    router = compute_v1.Router(name="router", network="global/networks/net", nats=[gateway])
    gcp.settled(client.insert_unary(project=gcp.project, region=gcp.region, router_resource=router))
    [found] = client.list(project=gcp.project, region=gcp.region)
    assert [each.name for each in found.nats] == ["nat"]


@behaviour("routers/manual-needs-addresses", NAT)
def manual(gcp):
    network(gcp)
    gcp.impossible("POST", f"regions/{gcp.region}/routers", body(nats=[nat(natIpAllocateOption="MANUAL_ONLY")]))


@behaviour("routers/manual-address", NAT)
def manual_address(gcp):
    """A reserved address of a NAT gateway is in use."""
    network(gcp)
    address = gcp.make("addresses", {"name": "out"})["selfLink"]
    gcp.make("routers", body(nats=[nat(natIpAllocateOption="MANUAL_ONLY", natIps=[address])]))
    found = gcp.get("addresses", "out")
    assert found["status"] == "IN_USE"
    assert found["users"] == [gcp.link(f"regions/{gcp.region}/routers/router")]
    gcp.in_use("addresses", "out")


@behaviour("routers/network-in-use", "https://github.com/genevieve/leftovers/issues/6")
def in_use(gcp):
    network(gcp)
    gcp.make("routers", body())
    assert "routers/router" in gcp.in_use("networks", "net")
    gcp.drop("routers", "router")
    gcp.drop("networks", "net")
