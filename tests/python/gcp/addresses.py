"""Static addresses, regional and global, inside and outside."""

import ipaddress

from gcp.behaviour import behaviour
from gcp.pages import ROOT
from gcp.pages import compute as page
from gcp.parts import front, place, proxies, rule_body

STATIC = f"{ROOT}/vpc/docs/reserve-static-internal-ip-addresses"


@behaviour("addresses/external", page("addresses/insert"))
def external(gcp):
    made = gcp.make("addresses", {"name": "front", "networkTier": "STANDARD"})
    assert (made["status"], made["addressType"]) == ("RESERVED", "EXTERNAL")
    assert ipaddress.ip_address(made["address"]).version == 4 and not made.get("users")
    assert made["region"] == gcp.link(f"regions/{gcp.region}")


@behaviour("addresses/internal", STATIC)
def internal(gcp):
    """One of the subnetwork's, or the one that is asked for."""
    place(gcp)
    inside = {"addressType": "INTERNAL", "subnetwork": f"regions/{gcp.region}/subnetworks/sub"}
    some = gcp.make("addresses", {"name": "some", **inside})
    assert ipaddress.ip_address(some["address"]) in ipaddress.ip_network("10.10.0.0/20")
    this = gcp.make("addresses", {"name": "this", "address": "10.10.0.77", **inside})
    assert this["address"] == "10.10.0.77" and some["address"] != "10.10.0.77"
    assert this["subnetwork"] == gcp.link(f"regions/{gcp.region}/subnetworks/sub")


@behaviour("addresses/internal-taken", STATIC)
def taken(gcp):
    place(gcp)
    inside = {"addressType": "INTERNAL", "subnetwork": f"regions/{gcp.region}/subnetworks/sub"}
    gcp.make("addresses", {"name": "this", "address": "10.10.0.77", **inside})
    body = {"name": "twin", "address": "10.10.0.77", **inside}
    assert "10.10.0.77" in gcp.impossible("POST", f"regions/{gcp.region}/addresses", body)


@behaviour("addresses/internal-outside", STATIC)
def outside(gcp):
    """An address that isn't of the subnetwork is refused."""
    place(gcp)
    inside = {"addressType": "INTERNAL", "subnetwork": f"regions/{gcp.region}/subnetworks/sub"}
    body = {"name": "this", "address": "10.99.0.1", **inside}
    gcp.impossible("POST", f"regions/{gcp.region}/addresses", body)


@behaviour("addresses/global", page("globalAddresses/insert"))
def everywhere(gcp):
    made = gcp.make("globalAddresses", {"name": "front"})
    assert made["selfLink"] == gcp.link("global/addresses/front") and "region" not in made
    assert made["status"] == "RESERVED"
    # The same name may be in a region, too.
    assert gcp.make("addresses", {"name": "front"})["id"] != made["id"]


@behaviour("addresses/in-use", page("addresses/delete"))
def in_use(gcp):
    """While a forwarding rule has it, it is IN_USE and stays."""
    place(gcp)
    proxies(gcp)
    front(gcp)
    address = gcp.make("addresses", {"name": "front", "networkTier": "STANDARD"})
    rule = gcp.make("forwardingRules", rule_body(gcp, IPAddress=address["selfLink"]))
    assert rule["IPAddress"] == address["address"]
    found = gcp.get("addresses", "front")
    assert (found["status"], found["users"]) == ("IN_USE", [rule["selfLink"]])
    gcp.in_use("addresses", "front")
    gcp.drop("forwardingRules", "rule")
    assert gcp.get("addresses", "front")["status"] == "RESERVED"
    gcp.drop("addresses", "front")


@behaviour("addresses/labels", "https://github.com/googleapis/google-cloud-go/issues/7802")
def labels(gcp):
    """Labels are set with the fingerprint of those that were read."""
    made = gcp.make("addresses", {"name": "front", "labels": {"a": "1"}})
    assert made["labels"] == {"a": "1"}
    body = {"labels": {"a": "2", "b": "3"}, "labelFingerprint": made["labelFingerprint"]}
    gcp.done("addresses.setLabels", resource="front", body=body)
    found = gcp.get("addresses", "front")
    assert found["labels"] == {"a": "2", "b": "3"}
    assert found["labelFingerprint"] != made["labelFingerprint"]
    told = gcp.refused(412, "conditionNotMet", "addresses.setLabels", resource="front", body=body)
    assert told["message"] == "Labels fingerprint either invalid or resource labels have changed"
