"""The project's own policy: who may do what, with an etag, and when it counts."""

from gcp.accounts import create
from gcp.behaviour import behaviour
from gcp.pages import IAM
from gcp.pages import manager as page

PROPAGATION = f"{IAM}/access-change-propagation"
CONFLICT = "https://github.com/DataBiosphere/leonardo/pull/737"
SERVICE = "cloudresourcemanager:projects"
INVALID = ("INVALID_ARGUMENT", "badRequest", "invalid")
DENIED = ("PERMISSION_DENIED", "forbidden")


def read(gcp):
    return gcp.do(f"{SERVICE}.getIamPolicy", resource=f"projects/{gcp.project}", body={})


def write(gcp, policy):
    return gcp.do(f"{SERVICE}.setIamPolicy", resource=f"projects/{gcp.project}", body={"policy": policy})


def bind(gcp, role, member):
    """Adds one binding to what is there."""
    policy = read(gcp)
    bindings = [*policy.get("bindings", []), {"role": role, "members": [member]}]
    return write(gcp, {**policy, "bindings": bindings})


def bound(policy):
    return {(each["role"], member) for each in policy.get("bindings", []) for member in each["members"]}


@behaviour("policies/project", page("projects/get"))
def project(gcp):
    found = gcp.do(f"{SERVICE}.get", name=f"projects/{gcp.project}")
    assert found["projectId"] == gcp.project and found["state"] == "ACTIVE"
    number = found["name"].removeprefix("projects/")
    assert number.isdigit() and gcp.do("projects.get")["defaultServiceAccount"].startswith(number)


@behaviour("policies/read-modify-write", page("projects/setIamPolicy"))
def modify(gcp):
    before = read(gcp)
    assert before["etag"]
    email = create(gcp)["email"]
    after = bind(gcp, "roles/compute.viewer", f"serviceAccount:{email}")
    assert ("roles/compute.viewer", f"serviceAccount:{email}") in bound(after)
    assert bound(before) < bound(after) and after["etag"] != before["etag"]
    assert read(gcp)["etag"] == after["etag"]


@behaviour("policies/stale-etag", CONFLICT)
def stale(gcp):
    """Who comes second has to read again."""
    before = read(gcp)
    binding = {"role": "roles/viewer", "members": ["user:someone@example.com"]}
    write(gcp, {**before, "bindings": [*before.get("bindings", []), binding]})
    told = gcp.refused(
        409,
        ("ABORTED", "aborted"),
        f"{SERVICE}.setIamPolicy",
        resource=f"projects/{gcp.project}",
        body={"policy": {**before, "bindings": [binding]}},
    )
    assert told["message"].startswith("There were concurrent policy changes."), told
    assert told["status"] == "ABORTED"


@behaviour("policies/without-etag", f"{IAM}/policies#etag")
def blind(gcp):
    """Without an etag it is overwritten, whoever was there before."""
    bind(gcp, "roles/viewer", "user:someone@example.com")
    binding = {"role": "roles/editor", "members": ["user:other@example.com"]}
    write(gcp, {"bindings": [binding]})
    assert bound(read(gcp)) == {("roles/editor", "user:other@example.com")}


@behaviour("policies/account-absent", "https://github.com/GoogleCloudPlatform/generative-ai/issues/944")
def account_absent(gcp):
    """A service account that isn't there can't be bound."""
    policy = read(gcp)
    email = f"nobody@{gcp.project}.iam.gserviceaccount.com"
    binding = {"role": "roles/viewer", "members": [f"serviceAccount:{email}"]}
    body = {"policy": {**policy, "bindings": [binding]}}
    told = gcp.refused(400, INVALID, f"{SERVICE}.setIamPolicy", resource=f"projects/{gcp.project}", body=body)
    assert told["message"] == f"Service account {email} does not exist." and told["status"] == "INVALID_ARGUMENT"


@behaviour("policies/role-absent", page("projects/setIamPolicy"))
def role_absent(gcp):
    binding = {"role": "roles/nonsense.nobody", "members": ["user:someone@example.com"]}
    body = {"policy": {**read(gcp), "bindings": [binding]}}
    told = gcp.refused(400, INVALID, f"{SERVICE}.setIamPolicy", resource=f"projects/{gcp.project}", body=body)
    assert "roles/nonsense.nobody" in told["message"]


@behaviour("policies/member-malformed", page("projects/setIamPolicy"))
def member_malformed(gcp):
    for member in ("someone@example.com", "robot:someone@example.com", "user:"):
        binding = {"role": "roles/viewer", "members": [member]}
        body = {"policy": {**read(gcp), "bindings": [binding]}}
        gcp.refused(400, INVALID, f"{SERVICE}.setIamPolicy", resource=f"projects/{gcp.project}", body=body)


@behaviour("policies/deleted-account", f"{IAM}/service-accounts-delete-undelete")
def deleted(gcp):
    """Bindings of a deleted account stay, marked with its number; one made anew doesn't get them."""
    made = create(gcp)
    bind(gcp, "roles/viewer", f"serviceAccount:{made['email']}")
    gcp.do("iam:projects.serviceAccounts.delete", name=made["name"])
    gone = f"deleted:serviceAccount:{made['email']}?uid={made['uniqueId']}"
    assert ("roles/viewer", gone) in bound(read(gcp))
    create(gcp)
    assert ("roles/viewer", f"serviceAccount:{made['email']}") not in bound(read(gcp))


@behaviour("policies/test-permissions", page("projects/testIamPermissions"))
def permissions(gcp):
    """Of the permissions asked about, those that the caller has."""
    asked = ["compute.instances.get", "compute.networks.create"]
    body = {"permissions": asked}
    told = gcp.do(f"{SERVICE}.testIamPermissions", resource=f"projects/{gcp.project}", body=body)
    assert sorted(told["permissions"]) == asked
    email = create(gcp)["email"]
    gcp.control.enforce(gcp.account)
    where = f"v3/projects/{gcp.project}:testIamPermissions"
    status, told = gcp.called_by(email, "POST", where, body)
    assert (status, told.get("permissions", [])) == (200, [])
    bind(gcp, "roles/compute.viewer", f"serviceAccount:{email}")
    gcp.step(600)
    assert gcp.called_by(email, "POST", where, body) == (200, {"permissions": ["compute.instances.get"]})


@behaviour("policies/enforced", "https://github.com/hashicorp/terraform/issues/18873")
def enforced(gcp):
    """Who has no role is refused, with the permission and the resource; who has one isn't."""
    email = create(gcp)["email"]
    gcp.control.enforce(gcp.account)
    where = f"compute/v1/projects/{gcp.project}/global/networks"
    body = {"name": "net", "autoCreateSubnetworks": False}
    status, answer = gcp.called_by(email, "POST", where, body)
    told = answer["error"]
    assert status == 403 and told["errors"][0]["reason"] == "forbidden", answer
    path = f"projects/{gcp.project}/global/networks/net"
    assert told["message"] == f"Required 'compute.networks.create' permission for '{path}'", told
    bind(gcp, "roles/compute.networkAdmin", f"serviceAccount:{email}")
    gcp.step(600)
    status, answer = gcp.called_by(email, "POST", where, body)
    assert status == 200 and answer["user"] == email, answer


@behaviour("policies/viewer", f"{IAM}/roles-overview")
def viewer(gcp):
    """A viewer reads and changes nothing."""
    email = create(gcp)["email"]
    gcp.control.enforce(gcp.account)
    bind(gcp, "roles/viewer", f"serviceAccount:{email}")
    gcp.step(600)
    where = f"compute/v1/projects/{gcp.project}/global/networks"
    assert gcp.called_by(email, "GET", where)[0] == 200
    assert gcp.called_by(email, "POST", where, {"name": "net", "autoCreateSubnetworks": False})[0] == 403


@behaviour("policies/propagation", PROPAGATION, consistency="eventual")
def propagation(gcp):
    """A new binding counts after a while: minutes, not at once; it is read at once."""
    made = create(gcp)
    gcp.step(300)
    gcp.control.enforce(gcp.account)
    bind(gcp, "roles/viewer", f"serviceAccount:{made['email']}")
    assert ("roles/viewer", f"serviceAccount:{made['email']}") in bound(read(gcp))
    where = f"compute/v1/projects/{gcp.project}/global/networks"
    assert gcp.called_by(made["email"], "GET", where)[0] == 403
    waited = 0
    while gcp.called_by(made["email"], "GET", where)[0] != 200:
        gcp.step(10)
        waited += 10
        assert waited <= 600, "never allowed"
    assert waited >= 10


@behaviour("policies/denied-fault", "https://github.com/GoogleCloudPlatform/deploymentmanager-samples/issues/332")
def denied(gcp):
    """A refusal of Resource Manager's has a status."""
    gcp.fault("access_denied", "cloudresourcemanager", "projects.setIamPolicy", times=1)
    body = {"policy": read(gcp)}
    told = gcp.refused(403, DENIED, f"{SERVICE}.setIamPolicy", resource=f"projects/{gcp.project}", body=body)
    assert told["status"] == "PERMISSION_DENIED"
