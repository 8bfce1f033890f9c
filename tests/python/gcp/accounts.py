"""IAM service accounts."""

from gcp.behaviour import behaviour
from gcp.pages import IAM
from gcp.pages import iam as page

CREATE = f"{IAM}/service-accounts-create"
SERVICE = "iam:projects.serviceAccounts"
ABSENT = ("NOT_FOUND", "notFound")
EXISTS = ("ALREADY_EXISTS", "alreadyExists")
INVALID = ("INVALID_ARGUMENT", "badRequest", "invalid")


def create(gcp, name="members", **more):
    body = {"accountId": name, "serviceAccount": {"displayName": name, **more}}
    return gcp.do(f"{SERVICE}.create", name=f"projects/{gcp.project}", body=body)


def path(gcp, name="members"):
    return f"projects/{gcp.project}/serviceAccounts/{name}@{gcp.project}.iam.gserviceaccount.com"


@behaviour("accounts/create", page("projects.serviceAccounts/create"))
def created(gcp):
    made = create(gcp, description="what nodes are")
    assert made["email"] == f"members@{gcp.project}.iam.gserviceaccount.com"
    assert made["name"] == path(gcp) and made["projectId"] == gcp.project
    assert made["uniqueId"].isdigit() and made["displayName"] == "members" and made["etag"]
    assert made["description"] == "what nodes are"
    assert gcp.do(f"{SERVICE}.get", name=path(gcp))["uniqueId"] == made["uniqueId"]
    # The project may be left open, as the address says it.
    assert gcp.do(f"{SERVICE}.get", name=f"projects/-/serviceAccounts/{made['email']}")["name"] == path(gcp)


@behaviour("accounts/exists", "https://github.com/GoogleCloudPlatform/java-docs-samples/issues/3605")
def exists(gcp):
    create(gcp)
    body = {"accountId": "members"}
    told = gcp.refused(409, EXISTS, f"{SERVICE}.create", name=f"projects/{gcp.project}", body=body)
    assert told["message"] == f"Service account members already exists within project projects/{gcp.project}."
    assert told["status"] == "ALREADY_EXISTS"


@behaviour("accounts/absent", page("projects.serviceAccounts/get"))
def absent(gcp):
    """IAM's errors have a status, as Compute Engine's haven't."""
    told = gcp.refused(404, ABSENT, f"{SERVICE}.get", name=path(gcp, "nobody"))
    assert told["status"] == "NOT_FOUND"


@behaviour("accounts/name-pattern", CREATE)
def name_pattern(gcp):
    """6 to 30 letters, digits and hyphens."""
    for name in ("short"[:4], "Upper-Case", "1digit-first", "x" * 31):
        status, answer = gcp.http(
            "POST", f"v1/projects/{gcp.project}/serviceAccounts", {"accountId": name, "serviceAccount": {}}
        )
        assert status == 400 and answer["error"]["status"] == "INVALID_ARGUMENT", (name, answer)


@behaviour("accounts/list", page("projects.serviceAccounts/list"))
def listed(gcp):
    for i in range(5):
        create(gcp, f"account-{i}")
    found, token = [], None
    for _ in range(5):
        answer = gcp.do(f"{SERVICE}.list", name=f"projects/{gcp.project}", pageSize=2, pageToken=token)
        found += [each["email"].split("@")[0] for each in answer["accounts"]]
        token = answer.get("nextPageToken")
        if not token:
            break
    assert {f"account-{i}" for i in range(5)} <= set(found) and len(found) == len(set(found))


@behaviour("accounts/patch", page("projects.serviceAccounts/patch"))
def patch(gcp):
    create(gcp)
    body = {"serviceAccount": {"displayName": "new"}, "updateMask": "displayName"}
    gcp.do(f"{SERVICE}.patch", name=path(gcp), body=body)
    assert gcp.do(f"{SERVICE}.get", name=path(gcp))["displayName"] == "new"


@behaviour("accounts/disable", f"{IAM}/service-accounts-disable-enable")
def disable(gcp):
    create(gcp)
    gcp.do(f"{SERVICE}.disable", name=path(gcp), body={})
    assert gcp.do(f"{SERVICE}.get", name=path(gcp))["disabled"] is True
    gcp.do(f"{SERVICE}.enable", name=path(gcp), body={})
    assert not gcp.do(f"{SERVICE}.get", name=path(gcp)).get("disabled")


@behaviour("accounts/delete", f"{IAM}/service-accounts-delete-undelete")
def delete(gcp):
    """It can be had back by its number; one of the same name made anew is another."""
    before = create(gcp)
    assert gcp.do(f"{SERVICE}.delete", name=path(gcp)) == {}
    gcp.refused(404, ABSENT, f"{SERVICE}.get", name=path(gcp))
    gcp.refused(404, ABSENT, f"{SERVICE}.delete", name=path(gcp))
    name = f"projects/{gcp.project}/serviceAccounts/{before['uniqueId']}"
    gcp.do(f"{SERVICE}.undelete", name=name, body={})
    assert gcp.do(f"{SERVICE}.get", name=path(gcp))["uniqueId"] == before["uniqueId"]
    gcp.do(f"{SERVICE}.delete", name=path(gcp))
    assert create(gcp)["uniqueId"] != before["uniqueId"]


@behaviour("accounts/policy", page("projects.serviceAccounts/setIamPolicy"))
def policy(gcp):
    """Who may act as the account: a policy of its own, with an etag."""
    create(gcp)
    empty = gcp.do(f"{SERVICE}.getIamPolicy", resource=path(gcp))
    assert empty["etag"] and not empty.get("bindings")
    binding = {"role": "roles/iam.serviceAccountUser", "members": ["user:someone@example.com"]}
    body = {"policy": {"bindings": [binding], "etag": empty["etag"]}}
    made = gcp.do(f"{SERVICE}.setIamPolicy", resource=path(gcp), body=body)
    assert made["bindings"] == [binding] and made["etag"] != empty["etag"]
    gcp.refused(409, ("ABORTED", "aborted"), f"{SERVICE}.setIamPolicy", resource=path(gcp), body=body)


@behaviour("accounts/role-not-supported", "https://github.com/pulumi/pulumi-gcp/issues/930")
def role_not_supported(gcp):
    """Not every role is for every resource."""
    create(gcp)
    binding = {"role": "roles/storage.admin", "members": ["user:someone@example.com"]}
    body = {"policy": {"bindings": [binding]}}
    told = gcp.refused(400, INVALID, f"{SERVICE}.setIamPolicy", resource=path(gcp), body=body)
    assert told["message"] == "Role roles/storage.admin is not supported for this resource."


@behaviour("accounts/eventual", CREATE, consistency="eventual")
def eventual(gcp):
    """A new account can't be used at once: up to a minute and more."""
    create(gcp)
    gcp.step(180)
    assert gcp.do(f"{SERVICE}.get", name=path(gcp))["name"] == path(gcp)


@behaviour("accounts/on-instances", f"{IAM}/service-accounts-actas")
def on_instances(gcp):
    """An instance runs as the account that it is given."""
    from gcp.parts import instance, place

    place(gcp)
    email = create(gcp)["email"]
    scopes = ["https://www.googleapis.com/auth/cloud-platform"]
    made = instance(gcp, serviceAccounts=[{"email": email, "scopes": scopes}])
    assert made["serviceAccounts"] == [{"email": email, "scopes": scopes}]


@behaviour("accounts/roles", page("roles/get"))
def roles(gcp):
    """Predefined roles tell what they allow."""
    found = gcp.do("iam:roles.get", name="roles/compute.viewer")
    assert found["name"] == "roles/compute.viewer" and found["title"]
    assert "compute.instances.get" in found["includedPermissions"]
    gcp.refused(404, ABSENT, "iam:roles.get", name="roles/nonsense.nobody")
