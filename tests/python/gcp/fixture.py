"""What a behaviour is given: a fresh project in the stand-in, and few words to talk to it.

Two of Google's own clients do the talking: google-api-python-client (`do`, `done`, `refused`), built from the
discovery documents that it ships, and google-cloud-compute (`typed`), which reads answers through protobuf.
"""

import json
import pathlib
import threading
import urllib.error
import urllib.request
import uuid

import googleapiclient
from google.auth.credentials import AnonymousCredentials
from googleapiclient import discovery
from googleapiclient.errors import HttpError

from account import Account
from gcp.control import Control

REGION = "europe-west3"
ZONES = ["europe-west3-a", "europe-west3-b", "europe-west3-c"]
ELSEWHERE = "europe-west1"
# https://docs.cloud.google.com/compute/docs/images/os-details
IMAGE = "projects/debian-cloud/global/images/family/debian-12"
MACHINE = "e2-small"
# Where a reference to another resource begins when the service answers with it:
# https://docs.cloud.google.com/compute/docs/reference/rest/v1/networks
LINK = "https://www.googleapis.com/compute/v1/projects/"

IN_USE = "resourceInUseByAnotherResource"
FAILED_IN_USE = "RESOURCE_IN_USE_BY_ANOTHER_RESOURCE"

# These tell nothing of what a behaviour is about: nobody answers.
SILENT = (ConnectionError, TimeoutError)

# What each service's paths begin with on the one port, and the version of its document.
SERVICES = {
    "compute": ("compute/v1/", "v1"),
    "iam": ("", "v1"),
    "cloudresourcemanager": ("", "v3"),
    "secretmanager": ("", "v1"),
    "dns": ("", "v1"),
}
_documents = {}
# The client completes the document's methods as they are asked for, so that is done by one thread at a time.
_reading = threading.Lock()


def account(number):
    """The name of a fresh project, by a number that is used once."""
    return f"suite-{number}"


def unique():
    """A request id that nobody had."""
    return str(uuid.uuid4())


def _document(service):
    if service not in _documents:
        folder = pathlib.Path(googleapiclient.__file__).parent / "discovery_cache/documents"
        _documents[service] = json.loads((folder / f"{service}.{SERVICES[service][1]}.json").read_text())
    return _documents[service]


class Refusal(dict):
    """What an error's body says; `reason` is that of its first error, or its google.rpc status."""

    @property
    def reason(self):
        listed = self.get("errors") or [{}]
        return listed[0].get("reason") or self.get("status")


def refusal(error):
    """The body of the error that the service answered with."""
    return Refusal(json.loads(error.content)["error"])


class Cloud(Account):
    """One project."""

    def __init__(self, endpoint, account, emulated):
        super().__init__(endpoint, account, Control(endpoint) if emulated else None)
        self.project = account
        self.region, self.zones, self.zone = REGION, ZONES, ZONES[0]
        self._built, self._collections, self._typed = {}, {}, {}

    # google-api-python-client

    def _collection(self, service, names):
        if (service, names) not in self._collections:
            with _reading:
                if service not in self._built:
                    where = f"{self.endpoint}/{SERVICES[service][0]}"
                    self._built[service] = discovery.build_from_document(
                        _document(service),
                        credentials=AnonymousCredentials(),
                        client_options={"api_endpoint": where},
                    )
                found = self._built[service]
                for name in names:
                    found = getattr(found, name)()
            self._collections[service, names] = found
        return self._collections[service, names]

    def request(self, method, /, **arguments):
        """A request that isn't sent yet.

        `method` is as the discovery document has it ("networks.insert"), with its service before it if that isn't
        Compute Engine ("iam:projects.serviceAccounts.create"). Compute Engine's project, region and zone are this
        account's, the suite's and the suite's first unless they are given.
        """
        service, _, path = method.rpartition(":")
        service = service or "compute"
        *names, verb = path.split(".")
        if service in ("compute", "dns"):
            known = _document(service)["resources"][names[0]]["methods"][verb]["parameters"]
            own = {"project": self.project, "region": self.region, "zone": self.zone}
            placed = {name: value for name, value in own.items() if known.get(name, {}).get("location") == "path"}
            arguments = {**placed, **arguments}
        return getattr(self._collection(service, tuple(names)), verb)(**arguments)

    def next_page(self, method, request, answer):
        """The request for what comes after that answer, or None; as the client makes it."""
        collection, verb = method.rsplit(".", 1)
        return getattr(self._collection("compute", (collection,)), f"{verb}_next")(request, answer)

    def do(self, method, /, **arguments):
        """Calls, and returns the answer."""
        return self.request(method, **arguments).execute()

    def refused(self, code, reason, method, /, **arguments):
        """Calls, expects to be refused with that HTTP status and reason (or one of several), returns the error."""
        codes = (code,) if isinstance(code, int) else code
        reasons = (reason,) if isinstance(reason, str) else reason
        try:
            answer = self.do(method, **arguments)
        except HttpError as error:
            told = refusal(error)
            found = (error.status_code, told.reason)
            assert error.status_code in codes and told.reason in reasons, f"{code} {reason} expected, not {found}: {told}"
            return told
        raise AssertionError(f"{code} {reason} expected, but it was accepted: {answer}")

    # Operations

    def operation(self, operation):
        """The operation as it is now."""
        scope = {name: operation[name].rsplit("/", 1)[1] for name in ("zone", "region") if name in operation}
        kind = next(iter(scope), "global")
        return self.do(f"{kind}Operations.get", operation=operation["name"], **scope)

    def finish(self, operation):
        """Lets time pass until the operation is done, and returns it."""

        def ended():
            now = self.operation(operation)
            return now if now["status"] == "DONE" else None

        return self.until(ended, f"done: {operation}", every=2)

    def done(self, method, /, **arguments):
        """Calls, lets the operation end well, and returns it."""
        ended = self.finish(self.do(method, **arguments))
        assert "error" not in ended, f"{method} failed: {ended['error']}"
        return ended

    def make(self, collection, body, /, **arguments):
        """Inserts a resource, lets the operation end well, and returns the resource."""
        self.done(f"{collection}.insert", body=body, **arguments)
        return self.get(collection, body["name"], **arguments)

    def get(self, collection, name, /, **arguments):
        """A resource by its name."""
        return self.do(f"{collection}.get", **{**_named(collection, name), **_placed(arguments)})

    def drop(self, collection, name, /, **arguments):
        """Deletes a resource and lets the operation end well."""
        return self.done(f"{collection}.delete", **{**_named(collection, name), **_placed(arguments)})

    def gone(self, collection, name, /, **arguments):
        """The resource is not there."""
        return self.refused(404, "notFound", f"{collection}.get", **{**_named(collection, name), **_placed(arguments)})

    def failed(self, code, method, /, **arguments):
        """Calls, is accepted, lets the operation fail with `code` (or one of several); returns its first error."""
        ended = self.finish(self.do(method, **arguments))
        codes = (code,) if isinstance(code, str) else code
        assert "error" in ended, f"{code} expected, but it went well: {ended}"
        first = ended["error"]["errors"][0]
        assert first["code"] in codes, f"{code} expected, not {first}"
        return {**first, "status": ended.get("httpErrorStatusCode"), "phrase": ended.get("httpErrorMessage")}

    def denied(self, reason, code, method, /, **arguments):
        """Refused at once with 400 and `reason`, or accepted and failed with `code`; returns the message.

        For what the service is known to say in both ways.
        """
        try:
            operation = self.do(method, **arguments)
        except HttpError as error:
            told = refusal(error)
            assert (error.status_code, told.reason) == (400, reason), f"400 {reason} expected, not {told}"
            return told["message"]
        ended = self.finish(operation)
        assert "error" in ended, f"{reason} or {code} expected, but it went well: {ended}"
        first = ended["error"]["errors"][0]
        assert first["code"] == code, f"{code} expected, not {first}"
        return first["message"]

    def in_use(self, collection, name, /, **arguments):
        """Can't be deleted while something uses it; returns the message."""
        method = f"{collection}.delete"
        message = self.denied(IN_USE, FAILED_IN_USE, method, **{**_named(collection, name), **_placed(arguments)})
        assert name in message and "is already being used by" in message, message
        return message

    # google-cloud-compute

    def typed(self, resource):
        """google-cloud-compute's client of a resource: `Networks`."""
        from google.api_core.client_options import ClientOptions
        from google.cloud import compute_v1

        if resource not in self._typed:
            kind = getattr(compute_v1, f"{resource}Client")
            where = ClientOptions(api_endpoint=self.endpoint)
            self._typed[resource] = kind(credentials=AnonymousCredentials(), client_options=where)
        return self._typed[resource]

    def settled(self, operation):
        """google-cloud-compute's wait for an operation of its own, while time runs; it must end well."""
        scope = {n: getattr(operation, n).rsplit("/", 1)[1] for n in ("zone", "region") if getattr(operation, n)}
        kind = {"zone": "ZoneOperations", "region": "RegionOperations"}.get(next(iter(scope), ""), "GlobalOperations")
        asked = {"project": self.project, "operation": operation.name, **scope}
        with self.scale(100):
            for _ in range(30):
                ended = self.typed(kind).wait(asked)
                if ended.status.name == "DONE":
                    break
        assert ended.status.name == "DONE", f"never done: {ended}"
        assert not ended.error.errors, f"failed: {ended.error.errors}"
        return ended

    # Plain HTTP

    def called_by(self, email, method, path, body=None):
        """As `http`, in the name of a service account."""
        return self.http(method, path, body, {"Authorization": f"Bearer {email}"})

    def http(self, method, path, body=None, headers=None):
        """One request without any client: status and body, parsed if it is JSON."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **(headers or {})}
        request = urllib.request.Request(f"{self.endpoint}/{path}", method=method, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text

    def compute(self, method, path, body=None, headers=None):
        """As `http`, below this project in Compute Engine."""
        return self.http(method, f"compute/v1/projects/{self.project}/{path}", body, headers)

    def impossible(self, method, path, body=None):
        """Refused with 400, 409 or 412, or accepted and failed; returns the message.

        For what Google documents that it can't be, without what is said then.
        """
        status, answer = self.compute(method, path, body)
        if status == 200:
            ended = self.finish(answer)
            assert "error" in ended, f"{method} {path} was possible: {ended}"
            return ended["error"]["errors"][0]["message"]
        assert status in (400, 409, 412), answer
        return answer["error"]["message"]

    # What the behaviours have in common

    def link(self, path):
        """A resource of this project's as the service refers to it: `global/networks/n`."""
        return f"{LINK}{self.project}/{path}"

    def listen(self, *rules):
        """From now on only these answer: (names of instances or None for all, TCP ports) each."""
        self.control.workload(self.account, rules)

    def shortage(self, zones, machines=("*",)):
        """From now on those zones have no capacity for those machine types."""
        self.control.shortage(self.account, zones, machines)

    def quota(self, scope, **limits):
        """From now on so much may be there, by the quotas' names, in `scope` "global" or "regional"."""
        self.control.quota(self.account, scope, limits)

    def slow(self, method, seconds):
        """From now on the operations of a method take so long."""
        self.control.operations(self.account, method, seconds)


def described(method):
    """What the discovery document says of one of Compute Engine's methods."""
    collection, verb = method.rsplit(".", 1)
    return _document("compute")["resources"][collection]["methods"][verb]


def _named(collection, name):
    """The parameter that names one of a collection."""
    return {described(f"{collection}.get")["parameterOrder"][-1]: name}


def _placed(arguments):
    """Those that tell where."""
    return {name: value for name, value in arguments.items() if name in ("project", "region", "zone")}
