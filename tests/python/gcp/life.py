"""A cluster's whole life, led by each of the two clients: made, resized, healed, rolled, taken down."""

from gcp.behaviour import behaviour
from gcp.cluster import SERVICES, left, teardown, whole
from gcp.pages import GROUPS, UPDATES, balancing, groups
from gcp.parts import REGIONAL, last, template_body
from gcp.voices import Plain, Typed

REGIONAL_HTTPS = balancing("https/setting-up-reg-ext-https-lb")


def walk(gcp, voice):
    cluster = whole(gcp, voice)
    pool = cluster.get(REGIONAL, "pool")["instanceGroup"]
    assert cluster.spread() == [2, 2, 2]
    gcp.until(lambda: cluster.health("web", pool) == ["HEALTHY"] * 6, "all healthy")
    own = gcp.link(f"zones/{gcp.zone}/instanceGroups/primaries-0")
    gcp.until(lambda: cluster.health("api", own) == ["HEALTHY"], "the primary healthy")
    assert cluster.health("web", own) == ["HEALTHY"]

    cluster.resize(9)
    assert cluster.spread() == [3, 3, 3]
    cluster.resize(6)
    assert cluster.spread() == [2, 2, 2]

    before = cluster.members()
    victim = next(iter(before))
    zone = before[victim]["instance"].split("/")[-3]
    voice.done("instances.delete", zone=zone, instance=victim)
    gcp.until(lambda: cluster.members().get(victim, before[victim])["id"] != before[victim]["id"], "healed")
    cluster.stable()
    assert cluster.spread() == [2, 2, 2]

    before = set(cluster.members())
    cluster.make("instanceTemplates", template_body(gcp, "two", labels={"generation": "two"}))
    body = {"versions": [{"instanceTemplate": "global/instanceTemplates/two"}]}
    voice.done(f"{REGIONAL}.patch", instanceGroupManager="pool", body=body)

    def rolled():
        status = cluster.get(REGIONAL, "pool")["status"]
        assert len(cluster.members()) >= 6
        return status["versionTarget"]["isReached"] and status["isStable"]

    gcp.until(rolled, "rolled", every=10)
    after = cluster.members()
    assert not before & set(after) and cluster.spread() == [2, 2, 2]
    assert {last(each["version"]["instanceTemplate"]) for each in after.values()} == {"two"}
    cluster.drop("instanceTemplates", "one")
    gcp.until(lambda: cluster.health("web", pool) == ["HEALTHY"] * 6, "all healthy again")

    # The new template is used by the group that was made before it.
    cluster.made.remove(("instanceTemplates", "two", None))
    cluster.made.insert(0, ("instanceTemplates", "two", None))
    teardown(cluster)
    assert not left(gcp)


@behaviour("life/by-google-api-python-client", GROUPS)
def by_plain(gcp):
    walk(gcp, Plain(gcp))


@behaviour("life/by-google-cloud-compute", GROUPS)
def by_typed(gcp):
    walk(gcp, Typed(gcp))


@behaviour("life/wrong-order", "https://github.com/terraform-google-modules/terraform-google-vm/issues/45")
def wrong_order(gcp):
    """Whatever is in use is refused, and after all the refusals everything is still there."""
    cluster = whole(gcp, Plain(gcp), size=3)
    before = left(gcp)
    used = [
        ("networks", "net"),
        ("subnetworks", "sub"),
        ("instanceTemplates", "one"),
        (REGIONAL, "pool"),
        ("regionHealthChecks", "web"),
        ("regionHealthChecks", "api"),
        (SERVICES, "web"),
        (SERVICES, "api"),
        ("regionUrlMaps", "web"),
        ("regionUrlMaps", "away"),
        ("regionSslCertificates", "cert"),
        ("regionTargetHttpsProxies", "web"),
        ("regionTargetHttpProxies", "away"),
        ("addresses", "front"),
    ]
    for collection, name in used:
        gcp.in_use(collection, name)
    for i, zone in enumerate(gcp.zones):
        gcp.in_use("instanceGroups", f"primaries-{i}", zone=zone)
        gcp.in_use("disks", f"data-{i}", zone=zone)
    assert sorted(left(gcp)) == sorted(before)
    teardown(cluster)
    assert not left(gcp)


@behaviour("life/again", groups("creating-groups-of-managed-instances"))
def again(gcp):
    """The same names are free as soon as all is gone."""
    for _ in range(2):
        teardown(whole(gcp, Plain(gcp), size=3))
        assert not left(gcp)


@behaviour("life/template-swapped-under-load", UPDATES)
def under_load(gcp):
    """While a group rolls its service never has fewer healthy machines than the group's size."""
    cluster = whole(gcp, Plain(gcp), size=3)
    pool = cluster.get(REGIONAL, "pool")["instanceGroup"]
    gcp.until(lambda: cluster.health("web", pool) == ["HEALTHY"] * 3, "all healthy")
    cluster.make("instanceTemplates", template_body(gcp, "two"))
    body = {"versions": [{"instanceTemplate": "global/instanceTemplates/two"}]}
    cluster.voice.done(f"{REGIONAL}.patch", instanceGroupManager="pool", body=body)

    def rolled():
        status = cluster.get(REGIONAL, "pool")["status"]
        running = len(cluster.members())
        assert running >= 3, running
        return status["versionTarget"]["isReached"] and status["isStable"]

    gcp.until(rolled, "rolled")


@behaviour("life/network-alone", REGIONAL_HTTPS)
def alone(gcp):
    """The network alone: made, as it was asked for, and taken down again."""
    from gcp.cluster import Cluster, network

    cluster = Cluster(gcp, Plain(gcp))
    network(cluster)
    assert sorted(last(link) for link in cluster.get("networks", "net")["subnetworks"]) == ["proxies", "sub"]
    teardown(cluster)
    assert not left(gcp)
