"""Lets botocore's clients, unmodified, read answers that the emulator wrote.

Reads lines of JSON: what was answered (`sample`, or `error`) and how it looked on the wire. Everything but the socket
is botocore's own: its handlers, its parsers, its exceptions. Prints what it read differently; fails if there is any.
"""

import base64
import io
import json
import sys

import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError

SERVICES = {
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
}


class Wire(io.BytesIO):
    def stream(self, **_):
        yield self.getvalue()


def value(shape, depth=0):
    """The least that a request needs."""
    match shape.type_name:
        case "structure":
            return {name: value(shape.members[name], depth + 1) for name in shape.required_members}
        case "list":
            return [value(shape.member, depth + 1)]
        case "map":
            return {}
        case "integer" | "long":
            return 1
        case "float" | "double":
            return 1.0
        case "boolean":
            return True
        case "timestamp":
            return 0
        case "blob":
            return b"x"
    return shape.enum[0] if shape.enum else "sample/key" if shape.name == "CopySource" else "sample"


def plain(read):
    """What botocore read, in the emulator's terms."""
    match read:
        case dict():
            return {name: plain(held) for name, held in read.items()}
        case list():
            return [plain(held) for held in read]
        case bytes() | bytearray():
            return base64.b64encode(read).decode()
    if hasattr(read, "timestamp"):
        return read.timestamp()
    if hasattr(read, "read"):
        return base64.b64encode(read.read()).decode()
    return read


def visible(held, service):
    """Without what S3's answers can't show: a list without elements has no element of its own there, an absent body is
    an empty one."""
    if service != "s3":
        return held
    return {name: inner for name, inner in held.items() if inner not in ([], {}, "", None)}


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
                    parameter_validation=False,
                    retries={"total_max_attempts": 1},
                    response_checksum_validation="when_required",
                    s3={"addressing_style": "path"},
                ),
            )
        return made[service, protocol]

    return client


def read(client, case):
    operation = case["operation"]
    body = base64.b64decode(case["body"])
    answered = AWSResponse("http://127.0.0.1:9/", case["status"], case["headers"], Wire(body))
    model = client.meta.service_model.operation_model(operation)
    parameters = value(model.input_shape) if model.input_shape else {}
    event = f"before-send.{client.meta.service_model.service_id.hyphenize()}.{operation}"
    client.meta.events.register(event, lambda **_: answered, unique_id="wire")
    try:
        return client._make_api_call(operation, parameters)
    finally:
        client.meta.events.unregister(event, unique_id="wire")


def differs(client, case):
    if "error" in case:
        try:
            read(client, case)
        except ClientError as error:
            said = error.response["Error"]
            if case["status"] < 400 or case["head"]:
                expected = {"Code": str(case["status"])}
            else:
                expected = case["error"]
            got = {name: said.get(name) for name in expected}
            named = type(error).__name__
            if got != expected:
                return f"{got} instead of {expected}"
            if not case["head"] and named not in (case["shape"], "ClientError"):
                return f"raised {named} instead of {case['shape']}"
            return None
        return "no error was raised"
    got = plain(read(client, case))
    metadata = got.pop("ResponseMetadata")
    # Botocore doesn't look for the id where a CBOR operation has no output; the header is there all the same.
    request_id = metadata.get("RequestId") or metadata["HTTPHeaders"].get("x-amzn-requestid")
    if request_id != "id-1":
        return f"request id {request_id}"
    # Botocore's own addition to S3's answers.
    got.pop("ExpiresString", None)
    if case["operation"] == "GetConsoleOutput" and "Output" in got:
        # Botocore decodes it; the sample isn't base64.
        got["Output"] = (case["sample"] or {}).get("Output")
    expected = visible(case["sample"] or {}, case["service"])
    got = visible(got, case["service"])
    wrong = [
        f"{name}: {json.dumps(got.get(name))} instead of {json.dumps(expected.get(name))}"
        for name in sorted(got.keys() | expected.keys())
        if got.get(name) != expected.get(name)
    ]
    return "; ".join(wrong)


def main():
    client = clients()
    count = wrong = 0
    for line in sys.stdin:
        case = json.loads(line)
        count += 1
        try:
            found = differs(client(case["service"], case["protocol"]), case)
        except Exception as error:  # noqa: BLE001: whatever a client would have seen
            found = f"{type(error).__name__}: {error}"
        if found:
            wrong += 1
            print(f"{case['service']} {case['operation']} ({case['protocol']}, {case['kind']}): {found}")
    print(f"botocore read {count} answers, {wrong} of them differently")
    return 1 if wrong else 0


sys.exit(main())
