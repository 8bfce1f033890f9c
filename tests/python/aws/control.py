"""The emulator's control API, as far as the suite uses it. All its paths and fields are here."""

import json
import urllib.error
import urllib.parse
import urllib.request


class Control:
    """One emulator's control API."""

    def __init__(self, endpoint):
        self.endpoint = endpoint.rstrip("/")

    def _call(self, method, path, body=None):
        request = urllib.request.Request(
            f"{self.endpoint}/_castra/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            refusal = error.read().decode(errors="replace")
            raise RuntimeError(f"{method} {path} {body}: {error.code} {refusal}") from None
        return json.loads(text) if text.strip() else None

    def advance(self, seconds):
        """Moves the clock on; everything that is due by then has happened when this returns."""
        self._call("POST", "clock", {"advance_seconds": seconds})

    def stop_clock(self):
        """From now on time passes only by `advance`."""
        self.scale_clock(0)

    def scale_clock(self, factor):
        """From now on a real second is `factor` emulated ones."""
        self._call("POST", "clock", {"scale": factor})

    def settings(self, account, changes):
        """Changes some settings of an account: a JSON merge patch of what it has.

        `consistency` may be "strong": what was written can be read at once; or "eventual".
        """
        strong = {"window": 0, "instance_profile_window": 0, "flapping": False}
        eventual = {"window": 5, "instance_profile_window": 12, "flapping": True}
        named = {"strong": strong, "eventual": eventual}
        consistency = changes.get("consistency")
        if isinstance(consistency, str):
            changes = {**changes, "consistency": named[consistency]}
        self._call("PATCH", f"accounts/{account}/settings", changes)

    def add_fault(self, account, fault):
        """Plants a fault in the calls of an account."""
        when = {**fault.get("when", {}), "account": account}
        return self._call("POST", "faults", {**fault, "when": when})["id"]

    def lose_reply(self, account, service, operation):
        """One call of the operation takes effect and its connection is reset then."""
        when = {"service": service, "operation": operation}
        self.add_fault(account, {"when": when, "effect": "reset_after", "times": 1})

    def throttle(self, account, service, operation, count):
        """So many calls of the operation are throttled."""
        when = {"service": service, "operation": operation}
        self.add_fault(account, {"when": when, "effect": "throttle", "times": count})

    def limit_as_real(self, account):
        """EC2's calls are throttled as in real accounts."""
        self.add_fault(account, {"when": {"service": "ec2"}, "effect": "account_limits"})

    def refuse_capacity(self, account, instance_type):
        """No instance of the type can be launched."""
        call = {"service": "ec2", "operation": "RunInstances"}
        self.add_fault(account, {**call, "effect": "no_capacity", "instance_type": instance_type})

    def listen(self, account, port, listening):
        """Whether the account's machines answer on a port."""
        body = {"port": port, "listening": listening}
        self._call("PUT", f"accounts/{account}/workload", body)

    def lose_reply(self, account, service, operation):
        """One call of the operation takes effect and its connection is reset then."""
        call = {"service": service, "operation": operation, "count": 1}
        self.add_fault(account, {**call, "effect": "reset_after"})

    def throttle(self, account, service, operation, count):
        """So many calls of the operation are throttled."""
        call = {"service": service, "operation": operation, "count": count}
        self.add_fault(account, {**call, "effect": "throttle"})

    def refuse_capacity(self, account, instance_type):
        """No instance of the type can be launched."""
        call = {"service": "ec2", "operation": "RunInstances"}
        self.add_fault(account, {**call, "effect": "no_capacity", "instance_type": instance_type})

    def listen(self, account, port, listening):
        """Whether the account's machines answer on a port."""
        body = {"port": port, "listening": listening}
        self._call("PUT", f"accounts/{account}/workload", body)

    def log(self, account=None, unknown=False):
        """The recorded requests, oldest first."""
        query = {"account": account} if account else {}
        if unknown:
            query["unknown"] = 1
        answer = self._call("GET", f"log?{urllib.parse.urlencode(query)}")
        return answer["entries"] if isinstance(answer, dict) else answer
