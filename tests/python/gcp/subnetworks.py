"""Subnetworks, those of the load balancers' proxies too."""

import ipaddress

from gcp.behaviour import behaviour
from gcp.fixture import ELSEWHERE
from gcp.pages import balancing, provider
from gcp.pages import compute as page
from gcp.parts import PROXIES, RANGE, instance, instance_body, network, place, proxies, subnet, subnet_body

INVALID = "invalid"


@behaviour("subnetworks/insert", page("subnetworks/insert"))
def insert(gcp):
    made = place(gcp)
    assert made["network"] == gcp.link("global/networks/net")
    assert made["selfLink"] == gcp.link(f"regions/{gcp.region}/subnetworks/sub")
    assert made["region"] == gcp.link(f"regions/{gcp.region}")
    assert made["gatewayAddress"] == "10.10.0.1" and made["ipCidrRange"] == RANGE
    assert made["fingerprint"] and made["purpose"] == "PRIVATE"
    assert made["privateIpGoogleAccess"] is False
    assert gcp.get("networks", "net")["subnetworks"] == [made["selfLink"]]


@behaviour("subnetworks/typed", page("subnetworks/insert"))
def typed(gcp):
    from google.cloud import compute_v1

    network(gcp)
    client = gcp.typed("Subnetworks")
    body = compute_v1.Subnetwork(name="sub", network="global/networks/net", ip_cidr_range=RANGE)
    gcp.settled(client.insert_unary(project=gcp.project, region=gcp.region, subnetwork_resource=body))
    found = client.get(project=gcp.project, region=gcp.region, subnetwork="sub")
    assert found.gateway_address == "10.10.0.1"
    [(_, listed)] = [each for each in client.aggregated_list(project=gcp.project) if each[1].subnetworks]
    assert [each.name for each in listed.subnetworks] == ["sub"]


@behaviour("subnetworks/overlap", "https://github.com/tranquilitybase-io/tb-gcp/issues/160")
def overlap(gcp):
    """Ranges of one network don't overlap, in whatever region."""
    place(gcp)
    body = subnet_body("other", range="10.10.8.0/24")
    message = gcp.impossible("POST", f"regions/{ELSEWHERE}/subnetworks", body)
    said = f"10.10.8.0/24 conflicts with existing subnetwork 'sub' in region '{gcp.region}'"
    assert said in message, message


@behaviour("subnetworks/same-range-elsewhere", "https://docs.cloud.google.com/vpc/docs/subnets")
def same_range(gcp):
    """Networks are islands: another one may have the same range."""
    place(gcp)
    network(gcp, "other")
    assert subnet(gcp, "twin", "other")["ipCidrRange"] == RANGE


@behaviour("subnetworks/range-malformed", page("subnetworks/insert"))
def malformed(gcp):
    network(gcp)
    for range in ("10.10.0.0", "10.10.0.0/33", "ten"):
        told = gcp.refused(400, (INVALID, "badRequest"), "subnetworks.insert", body=subnet_body(range=range))
        assert "ipCidrRange" in told["message"]


@behaviour("subnetworks/expand", page("subnetworks/expandIpCidrRange"))
def expand(gcp):
    place(gcp)
    gcp.done("subnetworks.expandIpCidrRange", subnetwork="sub", body={"ipCidrRange": "10.10.0.0/16"})
    assert gcp.get("subnetworks", "sub")["ipCidrRange"] == "10.10.0.0/16"


@behaviour("subnetworks/no-shrinking", page("subnetworks/expandIpCidrRange"))
def shrink(gcp):
    """The new range must hold the old one."""
    place(gcp)
    for range in ("10.10.0.0/24", "10.30.0.0/16"):
        body = {"ipCidrRange": range}
        gcp.refused(400, INVALID, "subnetworks.expandIpCidrRange", subnetwork="sub", body=body)


@behaviour("subnetworks/stale-fingerprint", page("subnetworks/patch"))
def stale(gcp):
    """412 for a patch that was made from an older reading."""
    before = place(gcp)
    body = {"privateIpGoogleAccess": True, "fingerprint": before["fingerprint"]}
    gcp.done("subnetworks.patch", subnetwork="sub", body=body)
    after = gcp.get("subnetworks", "sub")
    assert after["privateIpGoogleAccess"] is True and after["fingerprint"] != before["fingerprint"]
    gcp.refused(412, "conditionNotMet", "subnetworks.patch", subnetwork="sub", body=body)


@behaviour("subnetworks/google-access", page("subnetworks/setPrivateIpGoogleAccess"))
def google_access(gcp):
    place(gcp)
    body = {"privateIpGoogleAccess": True}
    gcp.done("subnetworks.setPrivateIpGoogleAccess", subnetwork="sub", body=body)
    assert gcp.get("subnetworks", "sub")["privateIpGoogleAccess"] is True


@behaviour("subnetworks/in-use-by-instance", "https://github.com/genevieve/leftovers/issues/6")
def in_use(gcp):
    """Refused at once, with the user's path."""
    place(gcp)
    instance(gcp)
    told = gcp.refused(400, "resourceInUseByAnotherResource", "subnetworks.delete", subnetwork="sub")
    mine, its = f"projects/{gcp.project}/regions/{gcp.region}/subnetworks/sub", f"zones/{gcp.zone}/instances/vm"
    assert told["message"].startswith(f"The subnetwork resource '{mine}' is already being used by"), told
    assert its in told["message"]


@behaviour("subnetworks/proxy-only", balancing("proxy-only-subnets"))
def proxy_only(gcp):
    network(gcp)
    made = proxies(gcp)
    assert (made["purpose"], made["role"]) == ("REGIONAL_MANAGED_PROXY", "ACTIVE")
    assert made["ipCidrRange"] == PROXIES


@behaviour("subnetworks/proxy-only-needs-role", provider(13438))
def needs_role(gcp):
    network(gcp)
    body = subnet_body("proxies", range=PROXIES, purpose="REGIONAL_MANAGED_PROXY")
    told = gcp.refused(400, INVALID, "subnetworks.insert", body=body)
    assert "resource.role" in told["message"] and "role must be specified" in told["message"], told


@behaviour("subnetworks/one-active-proxy-only", balancing("proxy-only-subnets"))
def one_active(gcp):
    """A region of a network has one active proxy-only subnetwork; a second may stand by."""
    network(gcp)
    proxies(gcp)
    body = subnet_body("second", range="10.30.0.0/23", purpose="REGIONAL_MANAGED_PROXY", role="ACTIVE")
    gcp.impossible("POST", f"regions/{gcp.region}/subnetworks", body)
    assert gcp.make("subnetworks", {**body, "role": "BACKUP"})["role"] == "BACKUP"
    assert gcp.make("subnetworks", {**body, "ipCidrRange": "10.40.0.0/23"}, region=ELSEWHERE)["role"] == "ACTIVE"


@behaviour("subnetworks/no-instances-among-proxies", balancing("proxy-only-subnets"))
def no_instances(gcp):
    """Only the proxies live in their subnetwork."""
    place(gcp)
    proxies(gcp)
    there = [{"subnetwork": f"regions/{gcp.region}/subnetworks/proxies"}]
    body = instance_body(gcp, "vm", networkInterfaces=there)
    gcp.impossible("POST", f"zones/{gcp.zone}/instances", body)


@behaviour("subnetworks/addresses-inside", "https://docs.cloud.google.com/vpc/docs/subnets#ip-ranges")
def inside(gcp):
    """Instances get addresses of the range, but none of the four that are reserved."""
    place(gcp)
    found = [instance(gcp, f"vm{i}")["networkInterfaces"][0]["networkIP"] for i in range(3)]
    range_ = ipaddress.ip_network(RANGE)
    reserved = {range_[0], range_[1], range_[-1], range_[-2]}
    addresses = {ipaddress.ip_address(each) for each in found}
    assert len(addresses) == 3 and not addresses & reserved and all(each in range_ for each in addresses)
