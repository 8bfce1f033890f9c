"""Google Cloud's contracts: discovery documents, reduced to what the emulator serves."""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import googleapiclient.discovery_cache
from reachable import reachable

SOURCE = f"google-api-python-client {version('google-api-python-client')}"
DOCUMENTS = Path(googleapiclient.discovery_cache.__file__).parent / "documents"

# What the loader, `src/gcp/contract.rs` of the emulator, reads; everything else is left out, all prose first.
METHOD = ("httpMethod", "path", "flatPath", "request", "response")
PARAMETER = ("location", "type", "format", "required", "repeated", "enum", "pattern", "minimum", "maximum", "default")
SCHEMA = ("type", "format", "enum", "pattern", "minimum", "maximum", "default", "$ref")
# Old revisions, and some fields of the newest, say in the description alone that a field is the server's.
OUTPUT = ("[Output Only]", "Output only.", "[Output only]", "Output Only.")


def kept(of, names):
    return {name: of[name] for name in names if of.get(name) not in (None, False, [], "")}


def schema(of, served):
    """A schema, or one of its parts."""
    reduced = kept(of, SCHEMA)
    if of.get("readOnly") or of.get("description", "").lstrip().startswith(OUTPUT):
        reduced["readOnly"] = True
    required = sorted(set(of.get("annotations", {}).get("required", ())) & served)
    if required:
        reduced["requiredFor"] = required
    for name in ("items", "additionalProperties"):
        if name in of:
            reduced[name] = schema(of[name], served)
    if "properties" in of:
        reduced["properties"] = {name: schema(part, served) for name, part in sorted(of["properties"].items())}
    return reduced


def method(of):
    reduced = kept(of, METHOD)
    if reduced.get("flatPath") == reduced["path"]:
        del reduced["flatPath"]
    for name in ("request", "response"):
        if name in reduced:
            reduced[name] = reduced[name]["$ref"]
    reduced["parameters"] = {name: kept(part, PARAMETER) for name, part in sorted(of.get("parameters", {}).items())}
    return reduced


def methods(of, found):
    """Every method of a document or of a resource in it, by its id."""
    for entry in of.get("methods", {}).values():
        found[entry["id"]] = entry
    for below in of.get("resources", {}).values():
        methods(below, found)
    return found


def references(of):
    """The names of the schemas that a schema refers to."""
    if "$ref" in of:
        yield of["$ref"]
    for name in ("items", "additionalProperties"):
        if name in of:
            yield from references(of[name])
    for part in of.get("properties", {}).values():
        yield from references(part)


def reduced(document, resources):
    """One service's document, reduced to these verbs of these resources."""
    service = document["name"]
    known = methods(document, {})
    served = {f"{service}.{resource}.{verb}" for resource, verbs in resources.items() for verb in verbs}
    missing = served - known.keys()
    if missing:
        sys.exit(f"not in the discovery document: {', '.join(sorted(missing))}")
    kept_methods = {name: method(known[name]) for name in sorted(served)}
    roots = {of[name] for of in kept_methods.values() for name in ("request", "response") if name in of}
    schemas = document["schemas"]
    used = sorted(reachable(schemas, roots, references))
    common = {name: kept(part, PARAMETER) for name, part in sorted(document["parameters"].items())}
    return {
        "source": SOURCE,
        "revision": document["revision"],
        "name": service,
        "version": document["version"],
        "servicePath": document["servicePath"],
        "parameters": common,
        "methods": kept_methods,
        "schemas": {name: schema(schemas[name], served) for name in used},
        "unserved": {
            name: kept(of, ("httpMethod", "path", "flatPath") if of["path"] != of.get("flatPath") else METHOD[:2])
            for name, of in sorted(known.items())
            if name not in served
        },
    }


def contracts(served):
    """The contracts of the services, resources and verbs that `served.toml` lists, by file name."""
    found = {}
    for document, resources in served.items():
        text = (DOCUMENTS / f"{document}.json").read_text()
        found[f"{document}.json"] = reduced(json.loads(text), resources)
    return found
