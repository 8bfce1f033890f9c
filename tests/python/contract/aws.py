"""AWS's contracts: botocore's service models, reduced to what the emulator serves."""

import sys

import botocore
from botocore.loaders import Loader
from reachable import reachable

SOURCE = f"botocore {botocore.__version__}"

# What the loader, `src/aws/contract.rs` of the emulator, reads; everything else is left out, all prose first.
METADATA = {
    "apiVersion",
    "endpointPrefix",
    "signingName",
    "protocols",
    "jsonVersion",
    "targetPrefix",
    "xmlNamespace",
    "awsQueryCompatible",
}
OPERATION = {"name", "http", "input", "output", "errors"}
HTTP = {"method", "requestUri", "responseCode"}
REFERENCE = {
    "shape",
    "locationName",
    "location",
    "queryName",
    "resultWrapper",
    "xmlNamespace",
    "xmlAttribute",
    "flattened",
    "streaming",
    "timestampFormat",
}
SHAPE = {
    "type",
    "members",
    "required",
    "payload",
    "member",
    "key",
    "value",
    "flattened",
    "enum",
    "pattern",
    "min",
    "max",
    "timestampFormat",
    "sensitive",
    "locationName",
    "xmlNamespace",
    "exception",
    "error",
}
ERROR = {"code", "httpStatusCode", "senderFault"}


def kept(of, names):
    """The entries of these names, in the order they came; without those that only repeat the default."""
    return {name: value for name, value in of.items() if name in names and value is not False and value != []}


def reference(of):
    return kept(of, REFERENCE)


def operation(of):
    of = kept(of, OPERATION)
    of["http"] = kept(of["http"], HTTP)
    for name in ("input", "output"):
        if name in of:
            of[name] = reference(of[name])
    if "errors" in of:
        of["errors"] = [reference(error) for error in of["errors"]]
    return of


def shape(of):
    of = kept(of, SHAPE)
    if "members" in of:
        of["members"] = {name: reference(member) for name, member in of["members"].items()}
    for name in ("member", "key", "value"):
        if name in of:
            of[name] = reference(of[name])
    if "error" in of:
        of["error"] = kept(of["error"], ERROR)
    return of


def references(of):
    """The names of the shapes that an operation or a shape refers to."""
    for name in ("input", "output", "member", "key", "value"):
        if name in of:
            yield of[name]["shape"]
    for other in [*of.get("errors", ()), *of.get("members", {}).values()]:
        yield other["shape"]


def reduced(model, served):
    """One service's model, reduced to these operations."""
    missing = set(served) - set(model["operations"])
    if missing:
        sys.exit(f"not in botocore's model: {', '.join(sorted(missing))}")
    operations = {name: operation(model["operations"][name]) for name in sorted(served)}
    shapes = {name: shape(of) for name, of in model["shapes"].items()}
    roots = [name for of in operations.values() for name in references(of)]
    return {
        "botocore": botocore.__version__,
        "metadata": dict(sorted(kept(model["metadata"], METADATA).items())),
        "operations": operations,
        "shapes": {name: shapes[name] for name in sorted(reachable(shapes, roots, references))},
        "unserved": sorted(set(model["operations"]) - set(served)),
    }


def contracts(served):
    """The contracts of the services and operations that `served.toml` lists, by file name."""
    loader = Loader()
    return {
        f"{service}.json": reduced(loader.load_service_model(service, "service-2"), operations)
        for service, operations in served.items()
    }
