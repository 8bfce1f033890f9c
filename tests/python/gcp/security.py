"""Security policies, which let some sources through and others not."""

from gcp.behaviour import behaviour
from gcp.pages import ROOT
from gcp.pages import compute as page
from gcp.parts import service

ABOUT = f"{ROOT}/armor/docs/security-policy-overview"
POLICIES = "regionSecurityPolicies"


def rule(priority, *ranges, action="allow"):
    return {
        "priority": priority,
        "action": action,
        "match": {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": list(ranges)}},
    }


def policy(gcp, kind=POLICIES):
    rules = [rule(1000, "10.0.0.0/8"), rule(2147483647, "*", action="deny(403)")]
    return gcp.make(kind, {"name": "policy", "type": "CLOUD_ARMOR", "rules": rules})


def priorities(found):
    return sorted(each["priority"] for each in found["rules"])


@behaviour("security/insert", page("regionSecurityPolicies/insert"))
def insert(gcp):
    made = policy(gcp)
    assert priorities(made) == [1000, 2147483647] and made["fingerprint"]
    assert made["selfLink"] == gcp.link(f"regions/{gcp.region}/securityPolicies/policy")
    assert policy(gcp, "securityPolicies")["selfLink"] == gcp.link("global/securityPolicies/policy")


@behaviour("security/default-rule", ABOUT)
def default_rule(gcp):
    """There is always a last rule that matches everything."""
    made = gcp.make(POLICIES, {"name": "policy", "type": "CLOUD_ARMOR"})
    assert priorities(made) == [2147483647]
    [last] = made["rules"]
    assert last["match"]["config"]["srcIpRanges"] == ["*"]
    method, which = f"{POLICIES}.removeRule", {"securityPolicy": "policy", "priority": 2147483647}
    gcp.refused(400, ("invalid", "badRequest", "invalidUsage"), method, **which)


@behaviour("security/rules", page("regionSecurityPolicies/addRule"))
def rules(gcp):
    """Rules are added, read, changed and removed by their priority."""
    policy(gcp)
    gcp.done(f"{POLICIES}.addRule", securityPolicy="policy", body=rule(500, "192.0.2.0/24"))
    assert priorities(gcp.get(POLICIES, "policy")) == [500, 1000, 2147483647]
    which = {"securityPolicy": "policy", "priority": 500}
    found = gcp.do(f"{POLICIES}.getRule", **which)
    assert found["match"]["config"]["srcIpRanges"] == ["192.0.2.0/24"] and found["action"] == "allow"
    gcp.done(f"{POLICIES}.patchRule", **which, body={"action": "deny(403)"})
    assert gcp.do(f"{POLICIES}.getRule", **which)["action"] == "deny(403)"
    gcp.done(f"{POLICIES}.removeRule", **which)
    assert priorities(gcp.get(POLICIES, "policy")) == [1000, 2147483647]


@behaviour("security/priority-taken", page("regionSecurityPolicies/addRule"))
def taken(gcp):
    policy(gcp)
    path = f"regions/{gcp.region}/securityPolicies/policy/addRule"
    gcp.impossible("POST", path, rule(1000, "192.0.2.0/24"))


@behaviour("security/in-use", page("regionBackendServices/setSecurityPolicy"))
def in_use(gcp):
    """A policy that a backend service has stays."""
    made = policy(gcp)
    service(gcp)
    body = {"securityPolicy": made["selfLink"]}
    gcp.done("regionBackendServices.setSecurityPolicy", backendService="service", body=body)
    assert gcp.get("regionBackendServices", "service")["securityPolicy"] == made["selfLink"]
    gcp.in_use(POLICIES, "policy")
    gcp.done("regionBackendServices.setSecurityPolicy", backendService="service", body={})
    assert "securityPolicy" not in gcp.get("regionBackendServices", "service")
    gcp.drop(POLICIES, "policy")
