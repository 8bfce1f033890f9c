"""Lets botocore's clients, unmodified, write requests.

Reads lines of JSON: what an operation is given (`sample`). Everything but the socket is botocore's own: its handlers,
its serializers, its signer. Prints the same lines with what would have gone over the wire.
"""

import base64
import datetime
import json
import sys
import urllib.parse

import botocore.session
from botocore.config import Config

SERVICES = {
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
}


class Enough(Exception):
    """The request is written; nothing is sent."""


def given(shape, value):
    """A value as botocore takes it."""
    match shape.type_name:
        case "structure":
            return {name: given(shape.members[name], held) for name, held in value.items()}
        case "list":
            return [given(shape.member, held) for held in value]
        case "map":
            return {key: given(shape.value, held) for key, held in value.items()}
        case "blob":
            return base64.b64decode(value)
        case "timestamp":
            return datetime.datetime.fromtimestamp(value, datetime.timezone.utc)
    return value


def clients():
    session = botocore.session.Session()
    made = {}

    def client(service, protocol):
        if (service, protocol) not in made:
            # The loader hands out its one copy, so that a client can be made to prefer another of a service's protocols.
            model = session.get_component("data_loader").load_service_model(SERVICES.get(service, service), "service-2")
            model["metadata"]["protocols"] = [protocol]
            made[service, protocol] = session.create_client(
                SERVICES.get(service, service),
                region_name="eu-west-1",
                endpoint_url="http://127.0.0.1:9",
                aws_access_key_id="a",
                aws_secret_access_key="b",
                config=Config(
                    parameter_validation=False, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}
                ),
            )
        return made[service, protocol]

    return client


def written(client, case):
    operation = case["operation"]
    seen = []

    def keep(request, **_):
        seen.append(request)
        raise Enough

    sample = dict(case["sample"])
    if case["service"] == "s3" and "Bucket" in sample:
        # Clients refuse names that can't be in an address.
        sample["Bucket"] = case["sample"]["Bucket"] = "bucket"
    if "CopySource" in sample:
        sample["CopySource"] = "bucket/key"
    model = client.meta.service_model.operation_model(operation)
    parameters = given(model.input_shape, sample) if model.input_shape else {}
    event = f"before-send.{client.meta.service_model.service_id.hyphenize()}.{operation}"
    client.meta.events.register(event, keep, unique_id="wire")
    try:
        client._make_api_call(operation, parameters)
    except Enough:
        pass
    finally:
        client.meta.events.unregister(event, unique_id="wire")
    request = seen[-1]
    url = urllib.parse.urlsplit(request.url)
    body = request.body
    body = body.encode() if isinstance(body, str) else body.read() if hasattr(body, "read") else body
    text = lambda value: value.decode("latin-1") if isinstance(value, bytes) else str(value)
    return {
        "method": request.method,
        "target": url.path + ("?" + url.query if url.query else ""),
        "headers": {name: text(value) for name, value in request.headers.items()},
        "body": base64.b64encode(body or b"").decode(),
    }


def main():
    client = clients()
    for line in sys.stdin:
        case = json.loads(line)
        case |= written(client(case["service"], case["protocol"]), case)
        print(json.dumps(case))


main()
