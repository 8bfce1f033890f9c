"""Cloud DNS: zones and their records."""

from gcp.behaviour import behaviour
from gcp.pages import ROOT
from gcp.pages import dns as page
from gcp.parts import network

EXISTS = "https://github.com/hashicorp/terraform-provider-google/issues/9112"
INVALID = "https://github.com/mantl/mantl/issues/1082"
CHANGES = "dns:changes"
SETS = "dns:resourceRecordSets"
ZONES = "dns:managedZones"


def zone(gcp, name="zone", **more):
    body = {"name": name, "dnsName": "example.com.", "description": "", **more}
    return gcp.do(f"{ZONES}.create", body=body)


def record(name="api.example.com.", *data, kind="A", ttl=300):
    return {"name": name, "type": kind, "ttl": ttl, "rrdatas": list(data or ["192.0.2.1"])}


def change(gcp, additions=(), deletions=()):
    body = {"additions": list(additions), "deletions": list(deletions)}
    made = gcp.do(f"{CHANGES}.create", managedZone="zone", body=body)

    def done():
        now = gcp.do(f"{CHANGES}.get", managedZone="zone", changeId=made["id"])
        return now if now["status"] == "done" else None

    return gcp.until(done, "done")


def records(gcp):
    """name and type -> data, but for what every zone has."""
    listed = gcp.do(f"{SETS}.list", managedZone="zone")["rrsets"]
    return {(each["name"], each["type"]): each["rrdatas"] for each in listed if each["type"] not in ("SOA", "NS")}


@behaviour("dns/zone", page("managedZones/create"))
def created(gcp):
    """A new public zone has name servers, and records that say so."""
    made = zone(gcp)
    assert made["dnsName"] == "example.com." and made["id"].isdigit() and made["nameServers"]
    assert made["visibility"] == "public"
    found = {each["type"]: each for each in gcp.do(f"{SETS}.list", managedZone="zone")["rrsets"]}
    assert set(found) == {"SOA", "NS"} and found["NS"]["rrdatas"] == made["nameServers"]
    gcp.refused(409, "alreadyExists", f"{ZONES}.create", body={"name": "zone", "dnsName": "x.org.", "description": ""})


@behaviour("dns/change", page("changes/create"))
def changed(gcp):
    """A change is pending, then done; what it adds is there."""
    zone(gcp)
    made = change(gcp, [record()])
    assert made["kind"] == "dns#change" and made["additions"][0]["rrdatas"] == ["192.0.2.1"]
    assert records(gcp) == {("api.example.com.", "A"): ["192.0.2.1"]}


@behaviour("dns/replace", page("changes/create"))
def replace(gcp):
    """A record is replaced in one change: the old one out, the new one in."""
    zone(gcp)
    change(gcp, [record()])
    new = record("api.example.com.", "192.0.2.2", "192.0.2.3")
    change(gcp, [new], [record()])
    assert records(gcp) == {("api.example.com.", "A"): ["192.0.2.2", "192.0.2.3"]}
    change(gcp, (), [new])
    assert not records(gcp)


@behaviour("dns/exists", "https://github.com/snarfed/bridgy-fed/issues/1072")
def exists(gcp):
    """What is there can't be added again."""
    zone(gcp)
    change(gcp, [record()])
    body = {"additions": [record("api.example.com.", "192.0.2.9")]}
    told = gcp.refused(409, "alreadyExists", f"{CHANGES}.create", managedZone="zone", body=body)
    assert "entity.change.additions[" in told["message"], told
    assert told["message"].endswith("named 'api.example.com. (A)' already exists"), told


@behaviour("dns/deletion-must-match", f"{ROOT}/dns/docs/records")
def must_match(gcp):
    """What is deleted must be given as it is."""
    zone(gcp)
    change(gcp, [record()])
    for wrong in (record("api.example.com.", "192.0.2.9"), record(ttl=60), record("other.example.com.")):
        reasons = ("notFound", "conditionNotMet", "preconditionFailed", "invalid")
        body = {"deletions": [wrong]}
        gcp.refused((400, 404, 412), reasons, f"{CHANGES}.create", managedZone="zone", body=body)
    assert len(records(gcp)) == 1


@behaviour("dns/all-or-nothing", page("changes/create"))
def atomic(gcp):
    """A change that can't be made in full isn't made at all."""
    zone(gcp)
    change(gcp, [record()])
    body = {"additions": [record("new.example.com."), record()]}
    gcp.refused(409, "alreadyExists", f"{CHANGES}.create", managedZone="zone", body=body)
    assert list(records(gcp)) == [("api.example.com.", "A")]


@behaviour("dns/outside", INVALID)
def outside(gcp):
    """Names are of the zone, and end with a dot."""
    zone(gcp)
    for name in ("api.example.org.", "api.example.com", "api..example.com."):
        body = {"additions": [record(name)]}
        told = gcp.refused(400, "invalid", f"{CHANGES}.create", managedZone="zone", body=body)
        assert "entity.change.additions[" in told["message"], told


@behaviour("dns/data-malformed", INVALID)
def data_malformed(gcp):
    zone(gcp)
    body = {"additions": [record("api.example.com.", "not-an-address")]}
    gcp.refused(400, "invalid", f"{CHANGES}.create", managedZone="zone", body=body)


@behaviour("dns/zone-not-empty", page("managedZones/delete"))
def not_empty(gcp):
    """Only an empty zone goes."""
    zone(gcp)
    change(gcp, [record()])
    gcp.refused(400, "containerNotEmpty", f"{ZONES}.delete", managedZone="zone")
    change(gcp, (), [record()])
    gcp.do(f"{ZONES}.delete", managedZone="zone")
    gcp.refused(404, "notFound", f"{ZONES}.get", managedZone="zone")


@behaviour("dns/record-sets", EXISTS)
def sets(gcp):
    """Record sets can be made, read, changed and deleted one by one, too."""
    zone(gcp)
    gcp.do(f"{SETS}.create", managedZone="zone", body=record())
    which = {"managedZone": "zone", "name": "api.example.com.", "type": "A"}
    assert gcp.do(f"{SETS}.get", **which)["ttl"] == 300
    told = gcp.refused(409, "alreadyExists", f"{SETS}.create", managedZone="zone", body=record())
    assert told["message"] == "The resource 'entity.rrset' named 'api.example.com. (A)' already exists"
    gcp.do(f"{SETS}.patch", **which, body=record("api.example.com.", "192.0.2.7"))
    assert records(gcp) == {("api.example.com.", "A"): ["192.0.2.7"]}
    gcp.do(f"{SETS}.delete", **which)
    gcp.refused(404, "notFound", f"{SETS}.get", **which)


@behaviour("dns/by-name", page("resourceRecordSets/list"))
def by_name(gcp):
    zone(gcp)
    change(gcp, [record(), record("api.example.com.", "x", kind="TXT"), record("b.example.com.")])
    listed = gcp.do(f"{SETS}.list", managedZone="zone", name="api.example.com.")["rrsets"]
    assert {each["type"] for each in listed} == {"A", "TXT"}
    listed = gcp.do(f"{SETS}.list", managedZone="zone", name="api.example.com.", type="A")["rrsets"]
    assert len(listed) == 1


@behaviour("dns/private-zone", f"{ROOT}/dns/docs/zones/zones-overview")
def private(gcp):
    """A private zone is for the networks that it names."""
    link = network(gcp)["selfLink"]
    config = {"networks": [{"networkUrl": link}]}
    made = zone(gcp, visibility="private", privateVisibilityConfig=config)
    assert made["visibility"] == "private"
    assert made["privateVisibilityConfig"]["networks"][0]["networkUrl"] == link


@behaviour("dns/absent", page("managedZones/get"))
def absent(gcp):
    gcp.refused(404, "notFound", f"{ZONES}.get", managedZone="nobody")
    gcp.refused(404, "notFound", f"{CHANGES}.create", managedZone="nobody", body={"additions": [record()]})
