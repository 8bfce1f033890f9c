"""The two clients behind one set of words, so that each of them can lead a cluster's whole life."""

import json
import re

from gcp.fixture import described


def _snake(name):
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


class Plain:
    """google-api-python-client: methods and bodies are the discovery document's."""

    def __init__(self, gcp):
        self.gcp = gcp

    def done(self, method, **arguments):
        """Asks for something and lets it get done."""
        return self.gcp.done(method, **arguments)

    def ask(self, method, **arguments):
        """Asks, and returns the answer."""
        return self.gcp.do(method, **arguments)

    def all(self, method, field, **arguments):
        """All of a list, over its pages."""
        found, request = [], self.gcp.request(method, **arguments)
        while request is not None:
            answer = request.execute()
            found += answer.get(field, [])
            request = self.gcp.next_page(method, request, answer)
        return found


class Typed:
    """google-cloud-compute: the same methods and bodies, turned into its messages and back."""

    def __init__(self, gcp):
        self.gcp = gcp

    def _request(self, method, arguments):
        """The client's own method and its request."""
        from google.cloud import compute_v1

        collection, verb = method.rsplit(".", 1)
        about = described(method)
        own = {"project": self.gcp.project, "region": self.gcp.region, "zone": self.gcp.zone}
        request = {name: own[name] for name in about["parameterOrder"] if name in own}
        for name, value in arguments.items():
            if name == "body":
                kind = about["request"]["$ref"]
                name, value = f"{_snake(kind)}_resource", getattr(compute_v1, kind).from_json(json.dumps(value))
            request[_snake(name)] = value
        client = self.gcp.typed(collection[0].upper() + collection[1:])
        changes = about.get("response", {}).get("$ref") == "Operation"
        return getattr(client, _snake(verb) + ("_unary" if changes else "")), request

    @staticmethod
    def _plain(message):
        return json.loads(type(message).to_json(message, use_integers_for_enums=False, indent=None))

    def done(self, method, **arguments):
        call, request = self._request(method, arguments)
        return self._plain(self.gcp.settled(call(request)))

    def ask(self, method, **arguments):
        call, request = self._request(method, arguments)
        return self._plain(call(request))

    def all(self, method, field, **arguments):
        call, request = self._request(method, arguments)
        return [self._plain(each) for each in call(request)]
