"""What any client may send, by plain HTTP: fields, types, enums, parameters, bodies and paths that aren't Google's."""

from gcp.behaviour import behaviour
from gcp.fixture import unique
from gcp.pages import COMPUTE, ROOT, provider
from gcp.pages import compute as page
from gcp.parts import names, network

PARAMETERS = f"{ROOT}/apis/docs/system-parameters"
NAMES = f"{COMPUTE}/naming-resources"
NET = {"name": "net", "autoCreateSubnetworks": False}


def error(answer):
    """The error of an answer, in the envelope that every client of Google's reads."""
    status, body = answer
    told = body["error"]
    assert told["code"] == status and told["message"], body
    return told


def refused(answer, status, *parts):
    """The answer is an error with that status, and the parts are in its message."""
    told = error(answer)
    assert told["code"] == status, told
    missing = [part for part in parts if part not in told["message"]]
    assert not missing, f"{missing} isn't in {told['message']!r}"
    return told


@behaviour("wire/unknown-field", page("networks/insert"))
def unknown_field(gcp):
    refused(gcp.compute("POST", "global/networks", {**NET, "colour": "red"}), 400, "colour")
    gcp.gone("networks", "net")


@behaviour("wire/unknown-field-inside", page("networks/insert"))
def unknown_inside(gcp):
    body = {**NET, "routingConfig": {"routingMode": "GLOBAL", "speed": 3}}
    refused(gcp.compute("POST", "global/networks", body), 400, "speed")


@behaviour("wire/wrong-type", page("networks/insert"))
def wrong_type(gcp):
    refused(gcp.compute("POST", "global/networks", {**NET, "autoCreateSubnetworks": "perhaps"}), 400)
    refused(gcp.compute("POST", "global/networks", {**NET, "mtu": "thick"}), 400, "mtu")
    refused(gcp.compute("POST", "global/networks", {**NET, "routingConfig": []}), 400)


@behaviour("wire/wrong-enum", page("networks/insert"))
def wrong_enum(gcp):
    body = {**NET, "routingConfig": {"routingMode": "SIDEWAYS"}}
    told = refused(gcp.compute("POST", "global/networks", body), 400, "SIDEWAYS")
    assert "outingMode" in told["message"] or "outing_mode" in told["message"]


@behaviour("wire/name-pattern", "https://github.com/DefangLabs/defang/issues/1665")
def name_pattern(gcp):
    """Names are RFC 1035 labels; the refusal quotes the field, the name and the pattern."""
    for name in ("Net", "a_b", "1net", "net-", "n" * 64):
        told = refused(gcp.compute("POST", "global/networks", {**NET, "name": name}), 400)
        assert f"'resource.name': '{name}'" in told["message"], told
        assert "Must be a match of regex" in told["message"], told
        assert told["errors"][0]["reason"] == "invalid"


@behaviour("wire/name-required", page("networks/insert"))
def name_required(gcp):
    told = refused(gcp.compute("POST", "global/networks", {"autoCreateSubnetworks": False}), 400, "name")
    assert told["errors"][0]["reason"] in ("required", "invalid"), told


@behaviour("wire/not-json", f"{COMPUTE}/api/how-tos/api-requests-responses")
def not_json(gcp):
    for body in (b"{", b"[1, 2]", b"\xff\xfe", b'"text"'):
        refused(gcp.compute("POST", "global/networks", body), 400)


@behaviour("wire/body-required", "https://github.com/googleapis/google-api-python-client/issues/608")
def body_required(gcp):
    for body in (None, b"", {}):
        refused(gcp.compute("POST", "global/networks", body), 400)


@behaviour("wire/unknown-parameter", PARAMETERS)
def unknown_parameter(gcp):
    told = refused(gcp.compute("GET", "global/networks?colour=red"), 400, "colour")
    assert told.get("status", "INVALID_ARGUMENT") == "INVALID_ARGUMENT"


@behaviour("wire/system-parameters", PARAMETERS)
def system_parameters(gcp):
    """Every method takes the parameters that all of Google's have, and what older clients still send."""
    shared = "alt=json&prettyPrint=false&quotaUser=me&key=k&$alt=json&$apiVersion=2026-09-01"
    status, body = gcp.compute("GET", f"global/networks?{shared}&returnPartialSuccess=true")
    assert status == 200 and body["kind"] == "compute#networkList", body


@behaviour("wire/parameter-type", page("networks/list"))
def parameter_type(gcp):
    refused(gcp.compute("GET", "global/networks?maxResults=many"), 400, "many")


@behaviour("wire/read-only-ignored", page("networks/insert"))
def read_only(gcp):
    """Output-only fields may be sent, and are the service's own all the same."""
    body = {**NET, "id": "1", "selfLink": "http://nowhere/", "creationTimestamp": "2001-01-01T00:00:00Z"}
    status, operation = gcp.compute("POST", "global/networks", body)
    assert status == 200, operation
    gcp.finish(operation)
    found = gcp.get("networks", "net")
    assert found["id"] != "1" and found["selfLink"] == gcp.link("global/networks/net")
    assert not found["creationTimestamp"].startswith("2001")


@behaviour("wire/no-such-path", PARAMETERS, unknown=True)
def no_such_path(gcp):
    """Nothing of Google's is there: 404, and never an answer that looks right."""
    for path in ("global/nonsense", "global/networks/net/nonsense", "nowhere/networks"):
        status, _ = gcp.compute("GET", path)
        assert status in (404, 501), (path, status)


@behaviour("wire/no-such-verb", PARAMETERS, unknown=True)
def no_such_verb(gcp):
    network(gcp)
    status, _ = gcp.compute("PUT", "global/networks/net", {})
    assert status in (404, 405, 501), status
    assert gcp.get("networks", "net")


@behaviour("wire/unknown-zone", page("instances/list"))
def unknown_zone(gcp):
    for path in ("zones/europe-west3-z/instances", "regions/mars-north1/subnetworks"):
        told = error(gcp.compute("GET", path))
        assert told["code"] in (400, 404), told
        last = path.split("/")[1]
        assert last in told["message"], told


@behaviour("wire/malformed-reference", page("subnetworks/insert"))
def malformed_reference(gcp):
    """A reference is a full or partial URL of the right kind."""
    for link in ("net", "global/firewalls/net", "https://example.com/net"):
        body = {"name": "sub", "ipCidrRange": "10.0.0.0/24", "network": link}
        told = error(gcp.compute("POST", f"regions/{gcp.region}/subnetworks", body))
        assert told["code"] in (400, 404) and "network" in told["message"].lower(), told


@behaviour("wire/reference-forms", f"{COMPUTE}/reference/rest/v1/subnetworks/insert")
def reference_forms(gcp):
    """References may be full or partial; the answer has them in full."""
    network(gcp)
    forms = [
        "global/networks/net",
        f"projects/{gcp.project}/global/networks/net",
        f"https://www.googleapis.com/compute/v1/projects/{gcp.project}/global/networks/net",
        f"https://compute.googleapis.com/compute/v1/projects/{gcp.project}/global/networks/net",
    ]
    for i, link in enumerate(forms):
        made = gcp.make("subnetworks", {"name": f"sub{i}", "ipCidrRange": f"10.{i}.0.0/24", "network": link})
        assert made["network"] == gcp.link("global/networks/net"), link


@behaviour("wire/request-id-malformed", page("networks/insert"))
def request_id_malformed(gcp):
    """A request id is a UUID, and not the one of zeros."""
    for request in ("mine", "00000000-0000-0000-0000-000000000000"):
        told = error(gcp.compute("POST", f"global/networks?requestId={request}", NET))
        assert told["code"] == 400, told
    gcp.gone("networks", "net")


@behaviour("wire/description-utf8", page("networks/insert"))
def utf8(gcp):
    made = gcp.make("networks", {**NET, "description": "Größe — 大きさ"})
    assert made["description"] == "Größe — 大きさ"


@behaviour("wire/project-id", f"{ROOT}/resource-manager/docs/creating-managing-projects")
def project_id(gcp):
    """A project's id has lower-case letters, digits and hyphens."""
    for project in ("Upper-Case", "under_score", "ends-with-", "x" * 64):
        status, body = gcp.http("GET", f"compute/v1/projects/{project}/global/networks")
        assert status in (400, 403, 404), (project, status, body)
    assert names(gcp.do("networks.list")) in ([], ["default"])


@behaviour("wire/request-id-replay", "https://google.aip.dev/155")
def replay(gcp):
    """The same request again, by its id, is the same operation; another id is another request."""
    request = unique()
    first = gcp.do("networks.insert", body=NET, requestId=request)
    again = gcp.do("networks.insert", body=NET, requestId=request)
    assert again["id"] == first["id"] and again["name"] == first["name"]
    assert first["clientOperationId"] == request
    gcp.finish(first)
    late = gcp.do("networks.insert", body=NET, requestId=request)
    assert late["name"] == first["name"]
    gcp.refused(409, "alreadyExists", "networks.insert", body=NET, requestId=unique())


@behaviour("wire/delete-replay", provider(6277))
def delete_replay(gcp):
    """A delete that is sent again by its id is no 404."""
    network(gcp)
    request = unique()
    first = gcp.do("networks.delete", network="net", requestId=request)
    gcp.finish(first)
    assert gcp.do("networks.delete", network="net", requestId=request)["name"] == first["name"]
    gcp.refused(404, "notFound", "networks.delete", network="net", requestId=unique())
