"""Backend services: their groups, balancing modes and health."""

from gcp.behaviour import behaviour
from gcp.pages import ROOT, balancing, provider
from gcp.pages import compute as page
from gcp.parts import (
    ZONAL,
    group,
    health_check,
    instance,
    members,
    network,
    place,
    service,
    service_body,
    zonal,
)

ABOUT = balancing("backend-service")
MODES = f"{ABOUT}#balancing-mode"
REGIONAL = "regionBackendServices"


def rate(link, **more):
    return {"group": link, "balancingMode": "RATE", "maxRatePerInstance": 100, **more}


def internal(gcp, name="inside", **more):
    """A passthrough service for TCP inside the network."""
    return {
        "name": name,
        "protocol": "TCP",
        "loadBalancingScheme": "INTERNAL",
        "healthChecks": [f"regions/{gcp.region}/healthChecks/check"],
        **more,
    }


def unmanaged(gcp, name="group", *instances):
    """An unmanaged group of those instances."""
    made = gcp.make("instanceGroups", {"name": name})
    if instances:
        body = {"instances": [{"instance": each["selfLink"]} for each in instances]}
        gcp.done("instanceGroups.addInstances", instanceGroup=name, body=body)
    return made["selfLink"]


def states(gcp, link, service="service", kind=REGIONAL):
    """What getHealth says of a group's instances: address -> state."""
    told = gcp.do(f"{kind}.getHealth", backendService=service, body={"group": link})
    return {each["ipAddress"]: each["healthState"] for each in told.get("healthStatus", [])}


@behaviour("backends/insert", page("regionBackendServices/insert"))
def insert(gcp):
    made = service(gcp)
    assert made["region"] == gcp.link(f"regions/{gcp.region}") and made["fingerprint"]
    assert made["healthChecks"] == [gcp.link(f"regions/{gcp.region}/healthChecks/check")]
    assert (made["timeoutSec"], made["sessionAffinity"], made["portName"]) == (30, "NONE", "http")
    assert not made.get("backends")


@behaviour("backends/global", page("backendServices/insert"))
def everywhere(gcp):
    made = service(gcp, kind="backendServices")
    assert made["selfLink"] == gcp.link("global/backendServices/service") and "region" not in made


@behaviour("backends/managed-group", ABOUT)
def managed(gcp):
    """A managed group's instance group is what serves."""
    link = group(gcp, size=3)["instanceGroup"]
    made = service(gcp, backends=[rate(link, capacityScaler=1.0)])
    [found] = made["backends"]
    assert found["group"] == link and found["balancingMode"] == "RATE" and found["maxRatePerInstance"] == 100
    assert found["capacityScaler"] == 1


@behaviour("backends/rate-needs-limit", provider(1051))
def needs_limit(gcp):
    """RATE needs to know the rate."""
    link = group(gcp, size=0)["instanceGroup"]
    health_check(gcp, kind="regionHealthChecks")
    body = service_body(gcp, backends=[{"group": link, "balancingMode": "RATE"}])
    told = gcp.refused(400, "invalid", f"{REGIONAL}.insert", body=body)
    assert "maxRate" in told["message"] and "resource.backends[0]" in told["message"], told


@behaviour("backends/internal-needs-connection", MODES)
def needs_connection(gcp):
    """Passthrough balancers count connections, and nothing else."""
    link = group(gcp, size=1)["instanceGroup"]
    health_check(gcp, kind="regionHealthChecks")
    for mode in ("UTILIZATION", "RATE"):
        body = internal(gcp, backends=[{"group": link, "balancingMode": mode}])
        told = gcp.refused(400, "invalid", f"{REGIONAL}.insert", body=body)
        assert "alancing" in told["message"] and "CONNECTION" in told["message"], told
    made = gcp.make(REGIONAL, internal(gcp, backends=[{"group": link, "balancingMode": "CONNECTION"}]))
    assert made["backends"][0]["balancingMode"] == "CONNECTION"


@behaviour("backends/http-takes-no-connection", MODES)
def no_connection(gcp):
    """Application balancers balance by rate or utilisation."""
    link = group(gcp, size=1)["instanceGroup"]
    health_check(gcp, kind="regionHealthChecks")
    backend = {"group": link, "balancingMode": "CONNECTION", "maxConnectionsPerInstance": 10}
    gcp.impossible("POST", f"regions/{gcp.region}/backendServices", service_body(gcp, backends=[backend]))


@behaviour("backends/health-check-needed", ABOUT)
def check_needed(gcp):
    """A service with instance groups has exactly one health check."""
    link = group(gcp, size=1)["instanceGroup"]
    health_check(gcp, kind="regionHealthChecks")
    body = service_body(gcp, backends=[rate(link)])
    del body["healthChecks"]
    gcp.impossible("POST", f"regions/{gcp.region}/backendServices", body)


@behaviour("backends/health-check-absent", page("regionBackendServices/insert"))
def check_absent(gcp):
    status, answer = gcp.compute("POST", f"regions/{gcp.region}/backendServices", service_body(gcp))
    assert status in (400, 404) and "healthChecks/check" in answer["error"]["message"], answer


@behaviour("backends/group-absent", page("regionBackendServices/insert"))
def group_absent(gcp):
    health_check(gcp, kind="regionHealthChecks")
    body = service_body(gcp, backends=[rate(f"regions/{gcp.region}/instanceGroups/nobody")])
    status, answer = gcp.compute("POST", f"regions/{gcp.region}/backendServices", body)
    assert status in (400, 404) and "instanceGroups/nobody" in answer["error"]["message"], answer


@behaviour("backends/group-twice", "https://github.com/spinnaker/spinnaker/issues/6136")
def group_twice(gcp):
    """A group is in a service once."""
    link = group(gcp, size=0)["instanceGroup"]
    health_check(gcp, kind="regionHealthChecks")
    told = gcp.refused(400, "invalid", f"{REGIONAL}.insert", body=service_body(gcp, backends=[rate(link)] * 2))
    assert "Duplicate instance groups in backend service" in told["message"], told


@behaviour("backends/empty-unmanaged-group", provider(105))
def empty_group(gcp):
    """An unmanaged group that never had an instance has no network, and can't be a passthrough backend."""
    place(gcp)
    health_check(gcp, kind="regionHealthChecks")
    link = unmanaged(gcp)
    body = internal(gcp, backends=[{"group": link, "balancingMode": "CONNECTION"}])
    gcp.impossible("POST", f"regions/{gcp.region}/backendServices", body)
    unmanaged(gcp, "full", instance(gcp))
    body["backends"][0]["group"] = f"zones/{gcp.zone}/instanceGroups/full"
    gcp.make(REGIONAL, body)


@behaviour("backends/one-balanced-group", "https://github.com/kubernetes/ingress-gce/issues/2215")
def one_group(gcp):
    """An instance is in one load-balanced instance group at most."""
    place(gcp)
    health_check(gcp, kind="regionHealthChecks")
    made = instance(gcp)
    one, other = unmanaged(gcp, "one", made), unmanaged(gcp, "other", made)
    gcp.make(REGIONAL, internal(gcp, "first", backends=[{"group": one, "balancingMode": "CONNECTION"}]))
    body = internal(gcp, "second", backends=[{"group": other, "balancingMode": "CONNECTION"}])
    reasons = ("instanceInMultipleLoadBalancedIgs", "INSTANCE_IN_MULTIPLE_LOAD_BALANCED_IGS")
    message = gcp.denied(*reasons, f"{REGIONAL}.insert", body=body)
    assert "instance may belong to at most one load-balanced instance group" in message, message
    assert f"zones/{gcp.zone}/instances/vm" in message


@behaviour("backends/one-group-two-balancers", "https://github.com/kubernetes/kubernetes/issues/58500")
def two_balancers(gcp):
    """The same group serves a passthrough and an application balancer, each in its mode."""
    link = group(gcp, size=3)["instanceGroup"]
    service(gcp, backends=[rate(link)])
    made = gcp.make(REGIONAL, internal(gcp, backends=[{"group": link, "balancingMode": "CONNECTION"}]))
    assert made["backends"][0]["group"] == gcp.get(REGIONAL, "service")["backends"][0]["group"]


@behaviour("backends/group-in-use", provider(1853))
def group_in_use(gcp):
    """A group that serves can't be deleted, managed or not."""
    link = group(gcp, size=1)["instanceGroup"]
    service(gcp, backends=[rate(link)])
    message = gcp.in_use("regionInstanceGroupManagers", "group")
    assert message.startswith("The instance_group_manager resource 'projects/"), message
    assert f"regions/{gcp.region}/backendServices/service" in message
    plain = unmanaged(gcp, "plain", instance(gcp))
    gcp.make(REGIONAL, internal(gcp, backends=[{"group": plain, "balancingMode": "CONNECTION"}]))
    assert "The instance_group resource" in gcp.in_use("instanceGroups", "plain")


@behaviour("backends/stale-fingerprint", page("regionBackendServices/patch"))
def stale(gcp):
    before = service(gcp)
    body = {"timeoutSec": 45, "fingerprint": before["fingerprint"]}
    gcp.done(f"{REGIONAL}.patch", backendService="service", body=body)
    assert gcp.get(REGIONAL, "service")["timeoutSec"] == 45
    gcp.refused(412, "conditionNotMet", f"{REGIONAL}.patch", backendService="service", body=body)


@behaviour("backends/patch-backends", page("regionBackendServices/patch"))
def patch_backends(gcp):
    """Lists are replaced as a whole."""
    link = group(gcp, size=1)["instanceGroup"]
    service(gcp)
    gcp.done(f"{REGIONAL}.patch", backendService="service", body={"backends": [rate(link)]})
    assert len(gcp.get(REGIONAL, "service")["backends"]) == 1
    gcp.done(f"{REGIONAL}.patch", backendService="service", body={"backends": []})
    assert not gcp.get(REGIONAL, "service").get("backends")
    gcp.drop("regionInstanceGroupManagers", "group")


@behaviour("backends/health", page("regionBackendServices/getHealth"))
def health(gcp):
    """Health is what the machines answer, and nothing else."""
    link = group(gcp, size=3)["instanceGroup"]
    service(gcp, backends=[rate(link)])
    gcp.step(120)
    found = states(gcp, link)
    assert len(found) == 3 and set(found.values()) == {"UNHEALTHY"}, found
    gcp.listen((None, [8080]))
    gcp.until(lambda: set(states(gcp, link).values()) == {"HEALTHY"}, "healthy")
    some, *others = members(gcp)
    gcp.listen((others, [8080]))
    gcp.until(lambda: sorted(states(gcp, link).values()) == ["HEALTHY", "HEALTHY", "UNHEALTHY"], "one unhealthy")


@behaviour("backends/health-takes-time", f"{ROOT}/load-balancing/docs/health-check-concepts")
def health_later(gcp):
    """So many probes in a row decide, an interval apart."""
    link = group(gcp, size=1)["instanceGroup"]
    gcp.listen((None, [8080]))
    health_check(gcp, kind="regionHealthChecks", checkIntervalSec=30, timeoutSec=5, unhealthyThreshold=3)
    gcp.make(REGIONAL, service_body(gcp, backends=[rate(link)]))
    gcp.until(lambda: set(states(gcp, link).values()) == {"HEALTHY"}, "healthy")
    gcp.listen()
    gcp.step(40)
    assert set(states(gcp, link).values()) == {"HEALTHY"}
    gcp.step(120)
    assert set(states(gcp, link).values()) == {"UNHEALTHY"}


@behaviour("backends/health-of-stranger", page("regionBackendServices/getHealth"))
def health_of_stranger(gcp):
    """Only of groups that serve."""
    link = group(gcp, size=1)["instanceGroup"]
    service(gcp)
    status, answer = gcp.compute(
        "POST", f"regions/{gcp.region}/backendServices/service/getHealth", {"group": link}
    )
    assert status in (400, 404), answer


@behaviour("backends/scope-of-health-check", ABOUT)
def scope(gcp):
    """A global service can't be checked by a regional health check."""
    network(gcp)
    health_check(gcp, kind="regionHealthChecks")
    body = service_body(gcp, kind="backendServices")
    body["healthChecks"] = [f"regions/{gcp.region}/healthChecks/check"]
    gcp.impossible("POST", "global/backendServices", body)


@behaviour("backends/typed", page("regionBackendServices/insert"))
def typed(gcp):
    """google-cloud-compute makes one and asks for its group's health."""
    from google.cloud import compute_v1

    link = zonal(gcp, size=2)["instanceGroup"]
    health_check(gcp, kind="regionHealthChecks")
    gcp.listen((None, [8080]))
    client = gcp.typed("RegionBackendServices")
    backend = compute_v1.Backend(group=link, balancing_mode="CONNECTION")
    body = compute_v1.BackendService(
        name="inside",
        protocol="TCP",
        load_balancing_scheme="INTERNAL",
        health_checks=[f"regions/{gcp.region}/healthChecks/check"],
        backends=[backend],
    )
    there = {"project": gcp.project, "region": gcp.region}
    gcp.settled(client.insert_unary(**there, backend_service_resource=body))
    which = {**there, "backend_service": "inside"}
    reference = compute_v1.ResourceGroupReference(group=link)

    def healthy():
        told = client.get_health(**which, resource_group_reference_resource=reference)
        return [each.health_state for each in told.health_status] == ["HEALTHY", "HEALTHY"]

    gcp.until(healthy, "healthy")
    assert len(members(gcp, kind=ZONAL)) == 2
