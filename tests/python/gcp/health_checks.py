"""Health checks, global and regional."""

from gcp.behaviour import behaviour
from gcp.pages import ROOT
from gcp.pages import compute as page
from gcp.parts import service

ABOUT = f"{ROOT}/load-balancing/docs/health-check-concepts"


@behaviour("health-checks/defaults", page("healthChecks/insert"))
def defaults(gcp):
    """Every 5 seconds, 5 seconds' patience, twice each way; HTTP at port 80 and `/`."""
    made = gcp.make("healthChecks", {"name": "check", "type": "HTTP", "httpHealthCheck": {}})
    assert (made["checkIntervalSec"], made["timeoutSec"]) == (5, 5)
    assert (made["healthyThreshold"], made["unhealthyThreshold"]) == (2, 2)
    http = made["httpHealthCheck"]
    assert (http["port"], http["requestPath"], http["proxyHeader"]) == (80, "/", "NONE")


@behaviour("health-checks/kinds", page("healthChecks/insert"))
def kinds(gcp):
    """TCP, HTTPS and SSL have their own parts, and HTTPS its own port."""
    for kind, part, port in (("TCP", "tcp", 80), ("HTTPS", "https", 443), ("SSL", "ssl", 443)):
        body = {"name": part, "type": kind, f"{part}HealthCheck": {}}
        made = gcp.make("regionHealthChecks", body)
        assert made["type"] == kind and made[f"{part}HealthCheck"]["port"] == port


@behaviour("health-checks/impatient", ABOUT)
def impatient(gcp):
    """The timeout isn't longer than the interval."""
    body = {"name": "check", "type": "TCP", "tcpHealthCheck": {"port": 80}, "checkIntervalSec": 5, "timeoutSec": 6}
    told = gcp.refused(400, "invalid", "healthChecks.insert", body=body)
    assert "imeoutSec" in told["message"] or "imeout" in told["message"], told


@behaviour("health-checks/part-of-another-kind", page("healthChecks/insert"))
def wrong_part(gcp):
    """Exactly the part of its kind may be given."""
    body = {"name": "check", "type": "TCP", "httpHealthCheck": {"port": 80}}
    gcp.refused(400, ("invalid", "required", "badRequest"), "healthChecks.insert", body=body)


@behaviour("health-checks/patch", page("healthChecks/patch"))
def patch(gcp):
    gcp.make("healthChecks", {"name": "check", "type": "TCP", "tcpHealthCheck": {"port": 80}})
    gcp.done("healthChecks.patch", healthCheck="check", body={"unhealthyThreshold": 5})
    found = gcp.get("healthChecks", "check")
    assert found["unhealthyThreshold"] == 5 and found["tcpHealthCheck"]["port"] == 80


@behaviour("health-checks/in-use", "https://github.com/terraform-google-modules/terraform-google-vm/issues/45")
def in_use(gcp):
    service(gcp)
    told = gcp.refused(400, "resourceInUseByAnotherResource", "regionHealthChecks.delete", healthCheck="check")
    assert told["message"].startswith("The health_check resource 'projects/"), told
    assert "backendServices/service" in told["message"]


@behaviour("health-checks/typed", page("healthChecks/insert"))
def typed(gcp):
    from google.cloud import compute_v1

    client = gcp.typed("RegionHealthChecks")
    body = compute_v1.HealthCheck(
        name="check", type_="TCP", tcp_health_check=compute_v1.TCPHealthCheck(port=6443), check_interval_sec=10
    )
    there = {"project": gcp.project, "region": gcp.region}
    gcp.settled(client.insert_unary(**there, health_check_resource=body))
    found = client.get(**there, health_check="check")
    assert (found.type_, found.tcp_health_check.port, found.check_interval_sec) == ("TCP", 6443, 10)
