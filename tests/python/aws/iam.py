"""IAM: roles."""

import json
import re

from aws.behaviour import behaviour

API = "https://docs.aws.amazon.com/IAM/latest/APIReference"
GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
QUOTAS = f"{GUIDE}/reference_iam-quotas.html"
CREATE_ROLE = f"{API}/API_CreateRole.html"
DELETE_ROLE = f"{API}/API_DeleteRole.html"
MANAGED = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


TRUST = document(
    {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "ec2.amazonaws.com"},
    }
)


POLICY = document({"Effect": "Allow", "Action": "ec2:DescribeVpcs", "Resource": "*"})


def role(aws, name="worker", **changes):
    """Makes a role; the client, and the role's description."""
    iam = aws.client("iam")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, **changes)
    return iam, made["Role"]


def profile(aws, name="worker"):
    """Makes an instance profile with a role of its name in it; the client."""
    iam, _ = role(aws, name)
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    return iam


def policy(aws, name="rules"):
    """Makes a managed policy; the client, and its ARN."""
    iam = aws.client("iam")
    made = iam.create_policy(PolicyName=name, PolicyDocument=POLICY)
    return iam, made["Policy"]["Arn"]


@behaviour("iam/role/create", CREATE_ROLE)
def create_role(aws):
    iam, made = role(aws, Path="/team/", Description="works")
    assert made["Arn"] == f"arn:aws:iam::{aws.account}:role/team/worker"
    assert re.fullmatch("AROA[A-Z0-9]{17}", made["RoleId"])
    shown = iam.get_role(RoleName="worker")["Role"]
    assert shown["AssumeRolePolicyDocument"] == json.loads(TRUST)
    assert (shown["MaxSessionDuration"], shown["Description"]) == (3600, "works")


@behaviour("iam/role/exists", CREATE_ROLE)
def role_exists(aws):
    iam, _ = role(aws)
    error = aws.refused(
        "EntityAlreadyExists", iam.create_role, RoleName="worker", AssumeRolePolicyDocument=TRUST
    )
    assert error["status"] == 409
    assert error["Message"] == "Role with name worker already exists."


@behaviour("iam/role/name-case", CREATE_ROLE, moto="names differ by case")
def role_name_case(aws):
    iam, _ = role(aws)
    aws.refused(
        "EntityAlreadyExists", iam.create_role, RoleName="Worker", AssumeRolePolicyDocument=TRUST
    )


@behaviour("iam/role/unknown", f"{API}/API_GetRole.html")
def unknown_role(aws):
    error = aws.refused("NoSuchEntity", aws.client("iam").get_role, RoleName="none")
    assert error["status"] == 404 and "none" in error["Message"]


@behaviour("iam/role/malformed-trust", CREATE_ROLE, moto="it is accepted")
def malformed_trust(aws):
    create = aws.client("iam").create_role
    error = aws.refused(
        "MalformedPolicyDocument", create, RoleName="worker", AssumeRolePolicyDocument="{"
    )
    assert error["status"] == 400


@behaviour(
    "iam/role/trust-with-resource",
    f"{GUIDE}/reference_policies_elements_resource.html",
    moto="it is accepted",
)
def trust_with_resource(aws):
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Resource": "*",
        "Principal": {"Service": "ec2.amazonaws.com"},
    }
    aws.refused(
        "MalformedPolicyDocument",
        aws.client("iam").create_role,
        RoleName="worker",
        AssumeRolePolicyDocument=document(statement),
    )


@behaviour("iam/role/session-duration", CREATE_ROLE, moto="it is accepted")
def session_duration(aws):
    aws.refused(
        "ValidationError",
        aws.client("iam", parameter_validation=False).create_role,
        RoleName="worker",
        AssumeRolePolicyDocument=TRUST,
        MaxSessionDuration=600,
    )


@behaviour("iam/role/name-characters", CREATE_ROLE, moto="it is accepted")
def role_name(aws):
    create = aws.client("iam").create_role
    error = aws.refused(
        "ValidationError", create, RoleName="my worker", AssumeRolePolicyDocument=TRUST
    )
    assert error["status"] == 400 and "roleName" in error["Message"]


@behaviour("iam/role/update-trust", f"{API}/API_UpdateAssumeRolePolicy.html")
def update_trust(aws):
    iam, _ = role(aws)
    other = TRUST.replace("ec2.", "lambda.")
    iam.update_assume_role_policy(RoleName="worker", PolicyDocument=other)
    shown = iam.get_role(RoleName="worker")["Role"]["AssumeRolePolicyDocument"]
    assert shown == json.loads(other)


@behaviour("iam/role/delete-with-inline-policy", DELETE_ROLE)
def delete_with_inline(aws):
    iam, _ = role(aws)
    iam.put_role_policy(RoleName="worker", PolicyName="rules", PolicyDocument=POLICY)
    error = aws.refused("DeleteConflict", iam.delete_role, RoleName="worker")
    assert error["status"] == 409 and "must delete policies first" in error["Message"]
    iam.delete_role_policy(RoleName="worker", PolicyName="rules")
    iam.delete_role(RoleName="worker")
    aws.refused("NoSuchEntity", iam.get_role, RoleName="worker")


@behaviour("iam/role/delete-with-attached-policy", DELETE_ROLE)
def delete_with_attached(aws):
    iam, _ = role(aws)
    iam.attach_role_policy(RoleName="worker", PolicyArn=MANAGED)
    error = aws.refused("DeleteConflict", iam.delete_role, RoleName="worker")
    assert "must detach all policies first" in error["Message"]


@behaviour("iam/role/delete-in-profile", DELETE_ROLE)
def delete_in_profile(aws):
    iam = profile(aws)
    error = aws.refused("DeleteConflict", iam.delete_role, RoleName="worker")
    assert "must remove roles from instance profile first" in error["Message"]


@behaviour("iam/role/delete-unknown", DELETE_ROLE)
def delete_unknown(aws):
    aws.refused("NoSuchEntity", aws.client("iam").delete_role, RoleName="none")


@behaviour("iam/role/inline-policy", f"{API}/API_GetRolePolicy.html")
def inline(aws):
    iam, _ = role(aws)
    iam.put_role_policy(RoleName="worker", PolicyName="rules", PolicyDocument=POLICY)
    assert iam.list_role_policies(RoleName="worker")["PolicyNames"] == ["rules"]
    shown = iam.get_role_policy(RoleName="worker", PolicyName="rules")
    assert shown["PolicyDocument"] == json.loads(POLICY)
    aws.refused("NoSuchEntity", iam.get_role_policy, RoleName="worker", PolicyName="none")


@behaviour("iam/role/inline-policy-malformed", f"{API}/API_PutRolePolicy.html")
def inline_malformed(aws):
    iam, _ = role(aws)
    bad = document({"Effect": "Permit", "Action": "ec2:*", "Resource": "*"})
    aws.refused(
        "MalformedPolicyDocument",
        iam.put_role_policy,
        RoleName="worker",
        PolicyName="rules",
        PolicyDocument=bad,
    )


@behaviour("iam/role/inline-policy-size", QUOTAS, moto="it is accepted")
def inline_size(aws):
    iam, _ = role(aws)
    actions = [f"ec2:Describe{number:06}*" for number in range(600)]
    big = document({"Effect": "Allow", "Action": actions, "Resource": "*"})
    error = aws.refused(
        "LimitExceeded",
        iam.put_role_policy,
        RoleName="worker",
        PolicyName="rules",
        PolicyDocument=big,
    )
    assert error["status"] == 409 and "10240" in error["Message"].replace(",", "")


@behaviour("iam/role/attach", f"{API}/API_AttachRolePolicy.html")
def attach(aws):
    iam, _ = role(aws)
    iam.attach_role_policy(RoleName="worker", PolicyArn=MANAGED)
    iam.attach_role_policy(RoleName="worker", PolicyArn=MANAGED)
    attached = iam.list_attached_role_policies(RoleName="worker")["AttachedPolicies"]
    assert attached == [{"PolicyName": "AmazonSSMManagedInstanceCore", "PolicyArn": MANAGED}]
    iam.detach_role_policy(RoleName="worker", PolicyArn=MANAGED)
    aws.refused("NoSuchEntity", iam.detach_role_policy, RoleName="worker", PolicyArn=MANAGED)


@behaviour("iam/role/attach-unknown", f"{API}/API_AttachRolePolicy.html")
def attach_unknown(aws):
    iam, _ = role(aws)
    arn = f"arn:aws:iam::{aws.account}:policy/none"
    aws.refused("NoSuchEntity", iam.attach_role_policy, RoleName="worker", PolicyArn=arn)


@behaviour("iam/role/attach-limit", QUOTAS, moto="there is no limit")
def attach_limit(aws):
    iam, _ = role(aws)
    arns = [policy(aws, f"rules-{number}")[1] for number in range(11)]
    for arn in arns[:10]:
        iam.attach_role_policy(RoleName="worker", PolicyArn=arn)
    error = aws.refused(
        "LimitExceeded", iam.attach_role_policy, RoleName="worker", PolicyArn=arns[10]
    )
    assert error["status"] == 409 and "PoliciesPerRole: 10" in error["Message"]


@behaviour("iam/role/tags", f"{API}/API_TagRole.html")
def tags(aws):
    iam, _ = role(aws, Tags=[{"Key": "a", "Value": "1"}])
    iam.tag_role(RoleName="worker", Tags=[{"Key": "b", "Value": "2"}])
    iam.untag_role(RoleName="worker", TagKeys=["a"])
    assert iam.list_role_tags(RoleName="worker")["Tags"] == [{"Key": "b", "Value": "2"}]


@behaviour("iam/role/pages", f"{API}/API_ListRoles.html")
def pages(aws):
    names = ["a", "b", "c"]
    for name in names:
        iam, _ = role(aws, name, Path="/pages/")
    first = iam.list_roles(PathPrefix="/pages/", MaxItems=2)
    assert first["IsTruncated"] is True and len(first["Roles"]) == 2
    rest = iam.list_roles(PathPrefix="/pages/", MaxItems=2, Marker=first["Marker"])
    assert rest["IsTruncated"] is False
    found = first["Roles"] + rest["Roles"]
    assert sorted(made["RoleName"] for made in found) == names
