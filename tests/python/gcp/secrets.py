"""Secret Manager."""

import base64

from gcp.behaviour import behaviour
from gcp.pages import ROOT
from gcp.pages import secrets as page

SECRETS = "secretmanager:projects.secrets"
VERSIONS = f"{SECRETS}.versions"
ABSENT = ("NOT_FOUND", "notFound")
STATE = "https://github.com/external-secrets/external-secrets/issues/4042"


def create(gcp, name="token", **more):
    body = {"replication": {"automatic": {}}, **more}
    return gcp.do(f"{SECRETS}.create", parent=f"projects/{gcp.project}", secretId=name, body=body)


def path(gcp, name="token"):
    return f"projects/{gcp.project}/secrets/{name}"


def add(gcp, text, name="token"):
    body = {"payload": {"data": base64.b64encode(text.encode()).decode()}}
    return gcp.do(f"{SECRETS}.addVersion", parent=path(gcp, name), body=body)


def value(gcp, version="latest", name="token"):
    told = gcp.do(f"{VERSIONS}.access", name=f"{path(gcp, name)}/versions/{version}")
    return base64.b64decode(told["payload"]["data"]).decode()


@behaviour("secrets/create", page("projects.secrets/create"))
def created(gcp):
    made = create(gcp, labels={"a": "1"})
    assert made["name"].endswith("/secrets/token") and made["name"].startswith("projects/")
    assert made["replication"] == {"automatic": {}} and made["labels"] == {"a": "1"}
    assert made["createTime"] and made["etag"]
    told = gcp.refused(
        409,
        ("ALREADY_EXISTS", "alreadyExists"),
        f"{SECRETS}.create",
        parent=f"projects/{gcp.project}",
        secretId="token",
        body={"replication": {"automatic": {}}},
    )
    assert told["status"] == "ALREADY_EXISTS"


@behaviour("secrets/versions", page("projects.secrets/addVersion"))
def versions(gcp):
    """Versions are numbered from 1, and `latest` is the newest."""
    create(gcp)
    first = add(gcp, "one")
    assert first["name"].endswith("/versions/1") and first["state"] == "ENABLED"
    add(gcp, "two")
    assert (value(gcp), value(gcp, "1"), value(gcp, "2")) == ("two", "one", "two")
    listed = gcp.do(f"{VERSIONS}.list", parent=path(gcp))
    assert [each["name"].rsplit("/", 1)[1] for each in listed["versions"]] == ["2", "1"]


@behaviour("secrets/absent", page("projects.secrets/get"))
def absent(gcp):
    told = gcp.refused(404, ABSENT, f"{SECRETS}.get", name=path(gcp, "nobody"))
    assert told["status"] == "NOT_FOUND" and "nobody" in told["message"]
    create(gcp)
    gcp.refused(404, ABSENT, f"{VERSIONS}.access", name=f"{path(gcp)}/versions/latest")
    gcp.refused(404, ABSENT, f"{VERSIONS}.access", name=f"{path(gcp)}/versions/7")


@behaviour("secrets/disable", STATE)
def disable(gcp):
    """A disabled version isn't told, and `latest` doesn't look past it."""
    create(gcp)
    add(gcp, "one"), add(gcp, "two")
    gcp.do(f"{VERSIONS}.disable", name=f"{path(gcp)}/versions/2", body={})
    told = gcp.refused(
        400, ("FAILED_PRECONDITION", "failedPrecondition"), f"{VERSIONS}.access", name=f"{path(gcp)}/versions/latest"
    )
    assert "/versions/2] is in DISABLED state." in told["message"], told
    assert value(gcp, "1") == "one"
    gcp.do(f"{VERSIONS}.enable", name=f"{path(gcp)}/versions/2", body={})
    assert value(gcp) == "two"


@behaviour("secrets/destroy", STATE)
def destroy(gcp):
    """What is destroyed doesn't come back."""
    create(gcp)
    add(gcp, "one")
    name = f"{path(gcp)}/versions/1"
    told = gcp.do(f"{VERSIONS}.destroy", name=name, body={})
    assert told["state"] == "DESTROYED" and told["destroyTime"]
    refused = ("FAILED_PRECONDITION", "failedPrecondition")
    assert "is in DESTROYED state." in gcp.refused(400, refused, f"{VERSIONS}.access", name=name)["message"]
    gcp.refused(400, refused, f"{VERSIONS}.enable", name=name, body={})


@behaviour("secrets/delete", page("projects.secrets/delete"))
def delete(gcp):
    """Gone with all versions, and its name free at once."""
    create(gcp)
    add(gcp, "one")
    assert gcp.do(f"{SECRETS}.delete", name=path(gcp)) == {}
    gcp.refused(404, ABSENT, f"{VERSIONS}.access", name=f"{path(gcp)}/versions/1")
    create(gcp)
    gcp.refused(404, ABSENT, f"{VERSIONS}.access", name=f"{path(gcp)}/versions/latest")
    assert add(gcp, "again")["name"].endswith("/versions/1")


@behaviour("secrets/name-pattern", page("projects.secrets/create"))
def name_pattern(gcp):
    """Letters, digits, hyphens and underscores, up to 255."""
    for name in ("with.dot", "with space", "x" * 256):
        gcp.refused(
            400,
            ("INVALID_ARGUMENT", "badRequest", "invalid"),
            f"{SECRETS}.create",
            parent=f"projects/{gcp.project}",
            secretId=name,
            body={"replication": {"automatic": {}}},
        )
    assert create(gcp, "With_Capitals-and_1")["name"].endswith("/secrets/With_Capitals-and_1")


@behaviour("secrets/replication-needed", page("projects.secrets/create"))
def replication(gcp):
    gcp.refused(
        400,
        ("INVALID_ARGUMENT", "badRequest", "invalid"),
        f"{SECRETS}.create",
        parent=f"projects/{gcp.project}",
        secretId="token",
        body={},
    )


@behaviour("secrets/checksum", f"{ROOT}/secret-manager/docs/data-integrity")
def checksum(gcp):
    """Data that doesn't fit its checksum isn't taken."""
    create(gcp)
    data = base64.b64encode(b"one").decode()
    wrong = {"payload": {"data": data, "dataCrc32c": "1"}}
    told = gcp.refused(
        400, ("INVALID_ARGUMENT", "badRequest", "invalid"), f"{SECRETS}.addVersion", parent=path(gcp), body=wrong
    )
    assert told["message"]
    # The CRC32C of "one", reckoned by another program.
    add(gcp, "one")
    payload = gcp.do(f"{VERSIONS}.access", name=f"{path(gcp)}/versions/latest")["payload"]
    assert payload.get("dataCrc32c", str(crc32c(b"one"))) == str(crc32c(b"one"))


def crc32c(data):
    """Castagnoli's checksum (RFC 3720, B.4), bit by bit."""
    sum = 0xFFFFFFFF
    for byte in data:
        sum ^= byte
        for _ in range(8):
            sum = sum >> 1 ^ (0x82F63B78 if sum & 1 else 0)
    return sum ^ 0xFFFFFFFF


@behaviour("secrets/labels", page("projects.secrets/patch"))
def labels(gcp):
    """A patch changes what its mask names."""
    create(gcp, labels={"a": "1"})
    gcp.do(f"{SECRETS}.patch", name=path(gcp), updateMask="labels", body={"labels": {"b": "2"}})
    assert gcp.do(f"{SECRETS}.get", name=path(gcp))["labels"] == {"b": "2"}


@behaviour("secrets/list", page("projects.secrets/list"))
def listed(gcp):
    for name in ("one", "two", "three"):
        create(gcp, name)
    answer = gcp.do(f"{SECRETS}.list", parent=f"projects/{gcp.project}", pageSize=2)
    rest = gcp.do(
        f"{SECRETS}.list", parent=f"projects/{gcp.project}", pageSize=2, pageToken=answer["nextPageToken"]
    )
    found = [each["name"].rsplit("/", 1)[1] for each in answer["secrets"] + rest["secrets"]]
    assert sorted(found) == ["one", "three", "two"] and answer.get("totalSize", 3) == 3


@behaviour("secrets/payload-not-in-log", f"{ROOT}/secret-manager/docs/best-practices")
def not_logged(gcp):
    """Neither the secret nor its code is in the emulator's own request log."""
    create(gcp)
    add(gcp, "very-much-hidden")
    assert value(gcp) == "very-much-hidden"
    log = str(gcp.log())
    assert "very-much-hidden" not in log and base64.b64encode(b"very-much-hidden").decode() not in log


@behaviour("secrets/policy", page("projects.secrets/setIamPolicy"))
def policy(gcp):
    create(gcp)
    empty = gcp.do(f"{SECRETS}.getIamPolicy", resource=path(gcp))
    binding = {"role": "roles/secretmanager.secretAccessor", "members": ["user:someone@example.com"]}
    body = {"policy": {"bindings": [binding], "etag": empty["etag"]}}
    assert gcp.do(f"{SECRETS}.setIamPolicy", resource=path(gcp), body=body)["bindings"] == [binding]
    gcp.refused(409, ("ABORTED", "aborted"), f"{SECRETS}.setIamPolicy", resource=path(gcp), body=body)
