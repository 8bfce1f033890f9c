"""The emulator's control API, as far as the suites use it, whichever cloud it plays. All its paths are here."""

import json
import urllib.error
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
        """Changes some settings of an account: a JSON merge patch."""
        self._call("PATCH", f"accounts/{account}/settings", changes)

    def fault(self, account, effect, service="*", operation="*", times=None):
        """Something goes wrong with an account's calls; `times` = with so many of them."""
        when = {"account": account, "service": service, "operation": operation}
        fault = {"when": when, "effect": effect, "times": times}
        return self._call("POST", "faults", fault)["id"]

    def log(self, account, unknown=False):
        """An account's recorded requests, oldest first; or those for what nobody serves."""
        query = f"account={account}" + ("&unknown=1" if unknown else "")
        entries = self._call("GET", f"log?{query}")["entries"]
        return [{**entry, **entry["subject"]} for entry in entries]
