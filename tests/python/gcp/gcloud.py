"""Google's own command line, where it is installed: what an operator types works."""

import json
import os
import shutil
import subprocess
import sys
import tempfile

from gcp.behaviour import behaviour
from gcp.pages import ROOT
from gcp.fixture import MACHINE
from gcp.parts import instance, place, proxies, service, stable, template

COMMAND = shutil.which("gcloud")
REFERENCE = f"{ROOT}/sdk/gcloud/reference/compute"


def typed(gcp, *words, status=0):
    """Runs `gcloud compute WORDS` while time passes; returns what it prints, or what it complains of."""
    with tempfile.TemporaryDirectory() as configuration, gcp.scale(20):
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": configuration,
            "CLOUDSDK_CONFIG": configuration,
            "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true",
            "CLOUDSDK_CORE_PROJECT": gcp.project,
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE": f"{gcp.endpoint}/compute/v1/",
            "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
            "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true",
            "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "true",
        }
        command = [COMMAND, "--quiet", "compute", *words]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert ended.returncode == status, f"{words}: {ended.returncode} {ended.stderr or ended.stdout}"
    return ended.stdout if status == 0 else ended.stderr


def told(gcp, *words):
    """As `typed`, read as JSON."""
    return json.loads(typed(gcp, *words, "--format=json"))


if COMMAND:

    @behaviour("gcloud/network", f"{REFERENCE}/networks/create")
    def network(gcp):
        where = f"--region={gcp.region}"
        typed(gcp, "networks", "create", "typed", "--subnet-mode=custom")
        words = ["--network=typed", "--range=10.0.0.0/20", where]
        typed(gcp, "networks", "subnets", "create", "part", *words)
        typed(gcp, "firewall-rules", "create", "inside", "--network=typed", "--allow=tcp:22,icmp")
        [rule] = told(gcp, "firewall-rules", "list")
        assert rule["name"] == "inside" and {each["IPProtocol"] for each in rule["allowed"]} == {"tcp", "icmp"}
        found = told(gcp, "networks", "describe", "typed")
        assert found["subnetworks"] == [gcp.link(f"regions/{gcp.region}/subnetworks/part")]
        refusal = typed(gcp, "networks", "delete", "typed", status=1)
        assert "is already being used by" in refusal, refusal
        typed(gcp, "firewall-rules", "delete", "inside")
        typed(gcp, "networks", "subnets", "delete", "part", where)
        typed(gcp, "networks", "delete", "typed")
        refusal = typed(gcp, "networks", "describe", "typed", status=1)
        assert "was not found" in refusal, refusal

    @behaviour("gcloud/template", f"{REFERENCE}/instance-templates/create")
    def instance_template(gcp):
        place(gcp)
        words = [f"--machine-type={MACHINE}", "--subnet=sub", f"--region={gcp.region}", "--no-address"]
        image = ["--image-family=debian-12", "--image-project=debian-cloud"]
        typed(gcp, "instance-templates", "create", "typed", *words, *image)
        [found] = told(gcp, "instance-templates", "list")
        assert found["properties"]["machineType"] == MACHINE
        typed(gcp, "instance-templates", "delete", "typed")

    @behaviour("gcloud/managed-group", f"{REFERENCE}/instance-groups/managed/create")
    def managed(gcp):
        place(gcp)
        template(gcp)
        where, managed = f"--region={gcp.region}", ["instance-groups", "managed"]
        zones = f"--zones={','.join(gcp.zones)}"
        typed(gcp, *managed, "create", "group", "--size=3", "--template=template", where, zones)
        stable(gcp)
        typed(gcp, *managed, "resize", "group", "--size=6", where)
        stable(gcp)
        found = told(gcp, *managed, "list-instances", "group", where)
        assert len(found) == 6 and {each["instanceStatus"] for each in found} == {"RUNNING"}
        assert told(gcp, *managed, "describe", "group", where)["targetSize"] == 6
        typed(gcp, *managed, "delete", "group", where)
        assert told(gcp, *managed, "list") == []

    @behaviour("gcloud/balancer", f"{REFERENCE}/forwarding-rules/create")
    def balancer(gcp):
        place(gcp)
        proxies(gcp)
        where = f"--region={gcp.region}"
        scheme = "--load-balancing-scheme=EXTERNAL_MANAGED"
        typed(gcp, "health-checks", "create", "http", "typed", "--port=8080", where)
        check = ["--health-checks=typed", f"--health-checks-region={gcp.region}"]
        typed(gcp, "backend-services", "create", "typed", "--protocol=HTTP", scheme, *check, where)
        typed(gcp, "url-maps", "create", "typed", "--default-service=typed", where)
        typed(gcp, "target-http-proxies", "create", "typed", "--url-map=typed", f"--url-map-region={gcp.region}", where)
        target = ["--target-http-proxy=typed", f"--target-http-proxy-region={gcp.region}"]
        words = ["--ports=80", "--network=net", "--network-tier=STANDARD"]
        typed(gcp, "forwarding-rules", "create", "typed", scheme, *words, *target, where)
        [found] = told(gcp, "forwarding-rules", "list")
        assert found["portRange"] == "80-80" and found["target"].endswith("targetHttpProxies/typed")
        refusal = typed(gcp, "health-checks", "delete", "typed", where, status=1)
        assert "is already being used by" in refusal, refusal
        for kind in ("forwarding-rules", "target-http-proxies", "url-maps", "backend-services", "health-checks"):
            typed(gcp, kind, "delete", "typed", where)
            assert told(gcp, kind, "list") == [], kind

    @behaviour("gcloud/backend", f"{REFERENCE}/backend-services/add-backend")
    def backend(gcp):
        place(gcp)
        service(gcp)
        typed(gcp, "instance-groups", "unmanaged", "create", "some", f"--zone={gcp.zone}")
        # In a region, a group is a backend once it has had an instance.
        link = {"instances": [{"instance": instance(gcp)["selfLink"]}]}
        gcp.done("instanceGroups.addInstances", instanceGroup="some", body=link)
        group = ["--instance-group=some", f"--instance-group-zone={gcp.zone}", f"--region={gcp.region}"]
        mode = ["--balancing-mode=RATE", "--max-rate-per-instance=100"]
        typed(gcp, "backend-services", "add-backend", "service", *group, *mode)
        [found] = told(gcp, "backend-services", "describe", "service", f"--region={gcp.region}")["backends"]
        assert found["group"].endswith("instanceGroups/some") and found["balancingMode"] == "RATE"
        typed(gcp, "backend-services", "remove-backend", "service", *group)

else:
    print("gcloud is not installed: it isn't checked.", file=sys.stderr)
