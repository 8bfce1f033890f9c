"""What goes wrong with the service itself: quotas, capacity, throttling, permissions, outages, late lists."""

from gcp.behaviour import behaviour
from gcp.fixture import unique
from gcp.pages import COMPUTE, ROOT
from gcp.pages import compute as page
from gcp.parts import instance, instance_body, names, network, place

ERRORS = f"{ROOT}/apis/design/errors"
QUOTA = "https://github.com/trailofbits/algo/issues/1520"
STOCKOUT = "https://github.com/CCExtractor/sample-platform/issues/901"
RATES = f"{COMPUTE}/api/rate-limits"
NET = {"name": "net", "autoCreateSubnetworks": False}


@behaviour("trouble/quota", QUOTA)
def quota(gcp):
    """A global quota: refused with 403, or failed with QUOTA_EXCEEDED; with its name and limit."""
    gcp.quota("global", NETWORKS=2)
    network(gcp, "one"), network(gcp, "two")
    assert {"metric": "NETWORKS", "limit": 2, "usage": 2}.items() <= next(
        each for each in gcp.do("projects.get")["quotas"] if each["metric"] == "NETWORKS"
    ).items()
    message = exceeded(gcp, "global/networks", NET)
    assert "Quota 'NETWORKS' exceeded" in message and "2.0 globally" in message, message
    gcp.drop("networks", "one")
    network(gcp)


def exceeded(gcp, path, body):
    """That can't be for a quota's sake; returns what is said."""
    status, answer = gcp.compute("POST", path, body)
    if status == 200:
        ended = gcp.finish(answer)
        error = ended["error"]["errors"][0]
        assert (error["code"], ended["httpErrorStatusCode"]) == ("QUOTA_EXCEEDED", 403), ended
        return error["message"]
    error = answer["error"]
    assert (status, error["errors"][0]["reason"]) == (403, "quotaExceeded"), answer
    return error["message"]


@behaviour("trouble/regional-quota", f"{ROOT}/compute/resource-usage")
def regional_quota(gcp):
    """Processors are counted by region."""
    gcp.quota("regional", CPUS=2)
    place(gcp)
    instance(gcp)
    message = exceeded(gcp, f"zones/{gcp.zone}/instances", instance_body(gcp, "over"))
    assert "CPUS" in message and "2.0" in message and gcp.region in message, message
    gcp.gone("instances", "over")


@behaviour("trouble/no-capacity", STOCKOUT)
def no_capacity(gcp):
    """Accepted; then the operation fails, and nothing is left."""
    place(gcp)
    gcp.shortage([gcp.zone])
    codes = ("ZONE_RESOURCE_POOL_EXHAUSTED", "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS")
    error = gcp.failed(codes, "instances.insert", body=instance_body(gcp, "vm"))
    zone = f"projects/{gcp.project}/zones/{gcp.zone}"
    assert error["message"].startswith(f"The zone '{zone}' does not have enough resources available"), error
    gcp.gone("instances", "vm")
    gcp.gone("disks", "vm")
    assert instance(gcp, zone=gcp.zones[1])["status"] == "RUNNING"


@behaviour("trouble/no-capacity-on-start", STOCKOUT)
def no_capacity_on_start(gcp):
    """A stopped instance may find no room any more."""
    place(gcp)
    instance(gcp)
    gcp.done("instances.stop", instance="vm")
    gcp.shortage([gcp.zone])
    codes = ("ZONE_RESOURCE_POOL_EXHAUSTED", "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS")
    gcp.failed(codes, "instances.start", instance="vm")
    assert gcp.get("instances", "vm")["status"] == "TERMINATED"
    gcp.shortage([])
    gcp.done("instances.start", instance="vm")


@behaviour("trouble/throttled", RATES)
def throttled(gcp):
    """Too many calls: 403 or 429 with `rateLimitExceeded`, and nothing was done."""
    gcp.fault("throttle", "compute", "networks.*", times=2)
    told = gcp.refused((403, 429), ("rateLimitExceeded", "userRateLimitExceeded"), "networks.insert", body=NET)
    assert told["errors"][0]["domain"] in ("usageLimits", "global") and told["message"]
    gcp.refused((403, 429), ("rateLimitExceeded", "userRateLimitExceeded"), "networks.list")
    gcp.gone("networks", "net")


@behaviour("trouble/retry-by-the-client", RATES)
def client_retries(gcp):
    """google-api-python-client's own retries are enough."""
    gcp.fault("unavailable", "compute", "networks.list", times=1)
    assert gcp.request("networks.list").execute(num_retries=3)["kind"] == "compute#networkList"
    outcomes = [each["outcome"].get("status") for each in gcp.log() if each["operation"] == "networks.list"]
    assert outcomes == [503, 200], outcomes


@behaviour("trouble/unavailable", ERRORS)
def unavailable(gcp):
    gcp.fault("unavailable", "compute", "networks.get", times=1)
    reasons = ("backendError", "unavailable", "UNAVAILABLE", "serviceUnavailable")
    told = gcp.refused(503, reasons, "networks.get", network="net")
    assert told["code"] == 503


@behaviour("trouble/internal-error", ERRORS)
def internal_error(gcp):
    gcp.fault("internal_error", "compute", "networks.get", times=1)
    told = gcp.refused(500, ("backendError", "internalError", "INTERNAL"), "networks.get", network="net")
    assert told["code"] == 500


@behaviour("trouble/forbidden", "https://github.com/hashicorp/terraform/issues/18873")
def forbidden(gcp):
    """403 with the permission that was missing."""
    gcp.fault("access_denied", "compute", "networks.insert", times=1)
    told = gcp.refused(403, ("forbidden", "PERMISSION_DENIED"), "networks.insert", body=NET)
    assert "compute.networks.create" in told["message"] and "permission" in told["message"], told
    gcp.gone("networks", "net")


@behaviour("trouble/expired-credentials", f"{ROOT}/docs/authentication/token-types")
def expired(gcp):
    gcp.fault("expired_credentials", "compute", "networks.get", times=1)
    # The client itself would try to get new ones.
    status, answer = gcp.compute("GET", "global/networks/net")
    assert (status, answer["error"]["code"]) == (401, 401), answer
    assert answer["error"]["status"] == "UNAUTHENTICATED" or answer["error"]["errors"][0]["reason"] == "authError"


@behaviour("trouble/typed-errors", ERRORS)
def typed_errors(gcp):
    """google-cloud-compute makes its own exceptions of them."""
    from google.api_core import exceptions

    client = gcp.typed("Networks")
    for effect, kind in (("access_denied", exceptions.Forbidden), ("internal_error", exceptions.InternalServerError)):
        gcp.fault(effect, "compute", "networks.insert", times=1)
        try:
            client.insert_unary(project=gcp.project, network_resource={"name": "net"})
        except kind as error:
            assert error.errors, error
        else:
            raise AssertionError(f"{effect} was accepted")


@behaviour("trouble/lost-answer-to-delete", "https://google.aip.dev/155")
def lost_delete(gcp):
    """A delete whose answer is lost happens; by its request id it can be asked for again."""
    network(gcp)
    request = unique()
    gcp.fault("reset_after", "compute", "networks.delete", times=1)
    try:
        gcp.compute("DELETE", f"global/networks/net?requestId={request}")
    except OSError:
        pass
    else:
        raise AssertionError("the answer was to be lost")
    gcp.finish(gcp.do("networks.delete", network="net", requestId=request))
    gcp.gone("networks", "net")


@behaviour("trouble/operation-fails", page("globalOperations/get"))
def operation_fails(gcp):
    """A failed insert leaves its name free."""
    failure = {"code": "INTERNAL_ERROR", "message": "Internal error. Please try again.", "status": 500}
    gcp.settings({"operations": [{"method": "networks.insert", "error": failure}]})
    error = gcp.failed("INTERNAL_ERROR", "networks.insert", body=NET)
    assert error["status"] == 500
    gcp.settings({"operations": []})
    network(gcp)


@behaviour("trouble/late-lists", f"{COMPUTE}/api/how-tos/api-requests-responses", consistency="eventual")
def late_lists(gcp):
    """When the operation is done a resource is found by its name; in lists it may be late, and then it stays."""
    network(gcp)
    assert gcp.get("networks", "net")["name"] == "net"
    gcp.until(lambda: "net" in names(gcp.do("networks.list")), "listed", every=1, limit=60)
    gcp.step(60)
    assert all("net" in names(gcp.do("networks.list")) for _ in range(5))
