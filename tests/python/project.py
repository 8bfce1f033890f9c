"""What a project holds, listed with Google's own Python client alone: the other pair of eyes on Google Cloud.

Nothing here knows how Castra works. It lists every kind of object that a cluster could leave behind.
"""

import json
import os
import shutil
import subprocess
import tempfile

from google.auth.credentials import AnonymousCredentials
from googleapiclient import discovery

from cloud import Thing

EVERYWHERE = "https://www.googleapis.com/compute/v1/"
GLOBAL = ("networks", "firewalls", "globalAddresses", "routes")
AGGREGATED = (
    "addresses",
    "autoscalers",
    "backendServices",
    "disks",
    "forwardingRules",
    "healthChecks",
    "instanceGroupManagers",
    "instanceGroups",
    "instanceTemplates",
    "instances",
    "routers",
    "securityPolicies",
    "sslCertificates",
    "subnetworks",
    "targetHttpProxies",
    "targetHttpsProxies",
    "urlMaps",
)


def path(link):
    """A resource's path, however it is referred to."""
    return link.removeprefix(EVERYWHERE)


def last(link):
    return link.rsplit("/", 1)[-1]


class Cloud:
    """One project."""

    def __init__(self, endpoint, region, project):
        self.endpoint, self.region, self.project = endpoint, region, project
        self.compute = self._built("compute", "v1", "/compute/v1/")
        self.iam = self._built("iam", "v1", "/")
        self.manager = self._built("cloudresourcemanager", "v3", "/")

    def _built(self, service, version, below):
        where = {"api_endpoint": f"{self.endpoint}{below}"}
        credentials = AnonymousCredentials()
        return discovery.build(
            service, version, credentials=credentials, client_options=where, static_discovery=True
        )

    def pages(self, collection, method="list", **where):
        """The answers to a list call, over all its pages."""
        found = getattr(self.compute, collection)()
        request = getattr(found, method)(project=self.project, **where)
        while request is not None:
            answer = request.execute()
            yield answer
            request = getattr(found, f"{method}_next")(request, answer)

    def done(self, method, **arguments):
        """Has a compute method do something, and waits until that is done."""
        operation = method(project=self.project, **arguments).execute()
        where = {"region": self.region} if "region" in operation else {}
        operations = self.compute.regionOperations() if where else self.compute.globalOperations()
        while operation["status"] != "DONE":
            operation = operations.wait(project=self.project, operation=operation["name"], **where).execute()
        if "error" in operation:
            raise RuntimeError(f"{operation['operationType']}: {operation['error']}")

    def things(self):
        """Every object, but for what Google itself makes."""
        for collection in GLOBAL:
            for page in self.pages(collection):
                for raw in page.get("items", []):
                    if collection != "routes" or "nextHopGateway" not in raw and "nextHopNetwork" not in raw:
                        yield self._thing(collection, raw)
        for collection in AGGREGATED:
            for page in self.pages(collection, "aggregatedList"):
                for scope in page.get("items", {}).values():
                    yield from (self._thing(collection, raw) for raw in scope.get(collection, []))
        listed = self.iam.projects().serviceAccounts().list(name=f"projects/{self.project}").execute()
        for raw in listed.get("accounts", []):
            yield Thing("serviceAccounts", raw["email"], raw["email"], {}, "", raw)
        for role, members in self.policy().items():
            for member in members:
                yield Thing("members", f"{role} {member}", role, {}, "", {"role": role, "member": member})

    @staticmethod
    def _thing(collection, raw):
        return Thing(collection, path(raw["selfLink"]), raw["name"], raw.get("labels", {}), raw.get("status", ""), raw)

    def policy(self):
        """Who has which role in the project; those who are gone left out."""
        asked = {"options": {"requestedPolicyVersion": 3}}
        policy = self.manager.projects().getIamPolicy(resource=f"projects/{self.project}", body=asked).execute()
        gone = "deleted:"
        bindings = policy.get("bindings", [])
        return {each["role"]: [m for m in each["members"] if not m.startswith(gone)] for each in bindings}

    def gcloud(self, *words):
        """What `gcloud compute WORDS` tells; None where it isn't installed."""
        command = shutil.which("gcloud")
        if command is None:
            return None
        with tempfile.TemporaryDirectory() as configuration:
            environment = {
                "PATH": os.environ["PATH"],
                "HOME": configuration,
                "CLOUDSDK_CONFIG": configuration,
                "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true",
                "CLOUDSDK_CORE_PROJECT": self.project,
                "CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE": f"{self.endpoint}/compute/v1/",
                "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
                "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true",
                "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "true",
            }
            line = [command, "--quiet", "compute", *words, "--format=json"]
            ended = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=120, check=False)
        if ended.returncode != 0:
            raise RuntimeError(f"{words}: {ended.stderr}")
        return json.loads(ended.stdout)
