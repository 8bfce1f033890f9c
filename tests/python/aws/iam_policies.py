"""IAM: instance profiles, managed policies, users, service-linked roles."""

import re

from aws.behaviour import behaviour
from aws.iam import API, GUIDE, MANAGED, POLICY, policy, profile, role

QUOTAS = f"{GUIDE}/reference_iam-quotas.html"
DELETE_ROLE = f"{API}/API_DeleteRole.html"
ADD_ROLE = f"{API}/API_AddRoleToInstanceProfile.html"


@behaviour(
    "iam/profile/create", f"{API}/API_CreateInstanceProfile.html", moto="the id has another form"
)
def create_profile(aws):
    iam = profile(aws)
    shown = iam.get_instance_profile(InstanceProfileName="worker")["InstanceProfile"]
    assert shown["Arn"] == f"arn:aws:iam::{aws.account}:instance-profile/worker"
    assert [held["RoleName"] for held in shown["Roles"]] == ["worker"]
    assert re.fullmatch("AIPA[A-Z0-9]{17}", shown["InstanceProfileId"])


@behaviour("iam/profile/exists", f"{API}/API_CreateInstanceProfile.html")
def profile_exists(aws):
    iam = profile(aws)
    call = iam.create_instance_profile
    error = aws.refused("EntityAlreadyExists", call, InstanceProfileName="worker")
    assert error["status"] == 409 and "worker" in error["Message"]


@behaviour("iam/profile/one-role", ADD_ROLE)
def one_role(aws):
    iam = profile(aws)
    role(aws, "other")
    error = aws.refused(
        "LimitExceeded",
        iam.add_role_to_instance_profile,
        InstanceProfileName="worker",
        RoleName="other",
    )
    assert error["status"] == 409 and "InstanceSessionsPerInstanceProfile: 1" in error["Message"]


@behaviour("iam/profile/unknown-role", ADD_ROLE)
def unknown_role_in_profile(aws):
    iam = aws.client("iam")
    iam.create_instance_profile(InstanceProfileName="worker")
    call = iam.add_role_to_instance_profile
    aws.refused("NoSuchEntity", call, InstanceProfileName="worker", RoleName="none")


@behaviour("iam/profile/delete-with-role", f"{API}/API_DeleteInstanceProfile.html")
def delete_profile(aws):
    iam = profile(aws)
    call = iam.delete_instance_profile
    error = aws.refused("DeleteConflict", call, InstanceProfileName="worker")
    assert error["status"] == 409
    iam.remove_role_from_instance_profile(InstanceProfileName="worker", RoleName="worker")
    iam.delete_instance_profile(InstanceProfileName="worker")
    aws.refused("NoSuchEntity", iam.get_instance_profile, InstanceProfileName="worker")


@behaviour("iam/policy/versions", f"{API}/API_CreatePolicyVersion.html")
def versions(aws):
    iam, arn = policy(aws)
    made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=POLICY)
    assert made["PolicyVersion"]["VersionId"] == "v2"
    assert made["PolicyVersion"]["IsDefaultVersion"] is False
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v1"
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v2")
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v2"


@behaviour("iam/policy/five-versions", f"{API}/API_CreatePolicyVersion.html")
def five_versions(aws):
    iam, arn = policy(aws)
    for _ in range(4):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=POLICY)
    error = aws.refused(
        "LimitExceeded", iam.create_policy_version, PolicyArn=arn, PolicyDocument=POLICY
    )
    assert error["status"] == 409


@behaviour("iam/policy/delete-default-version", f"{API}/API_DeletePolicyVersion.html")
def delete_default(aws):
    iam, arn = policy(aws)
    call = iam.delete_policy_version
    error = aws.refused("DeleteConflict", call, PolicyArn=arn, VersionId="v1")
    assert error["status"] == 409


@behaviour("iam/policy/delete-attached", f"{API}/API_DeletePolicy.html", moto="it is accepted")
def delete_attached(aws):
    iam, arn = policy(aws)
    role(aws)
    iam.attach_role_policy(RoleName="worker", PolicyArn=arn)
    aws.refused("DeleteConflict", iam.delete_policy, PolicyArn=arn)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1


@behaviour("iam/policy/delete-with-versions", f"{API}/API_DeletePolicy.html", moto="it is accepted")
def delete_with_versions(aws):
    iam, arn = policy(aws)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=POLICY)
    aws.refused("DeleteConflict", iam.delete_policy, PolicyArn=arn)


@behaviour(
    "iam/policy/aws-managed",
    f"{GUIDE}/access_policies_managed-vs-inline.html",
    moto="it is accepted",
)
def aws_managed(aws):
    iam = aws.client("iam")
    assert iam.get_policy(PolicyArn=MANAGED)["Policy"]["Path"] == "/"
    aws.refused("AccessDenied", iam.delete_policy, PolicyArn=MANAGED)


@behaviour("iam/user/two-keys", QUOTAS)
def two_keys(aws):
    iam = aws.client("iam")
    iam.create_user(UserName="ann")
    for _ in range(2):
        key = iam.create_access_key(UserName="ann")["AccessKey"]
    assert re.fullmatch("AKIA[A-Z0-9]{16}", key["AccessKeyId"]) and key["Status"] == "Active"
    error = aws.refused("LimitExceeded", iam.create_access_key, UserName="ann")
    assert error["status"] == 409 and "AccessKeysPerUser: 2" in error["Message"]


@behaviour("iam/user/delete-with-key", f"{API}/API_DeleteUser.html", moto="it is accepted")
def delete_user(aws):
    iam = aws.client("iam")
    iam.create_user(UserName="ann")
    iam.create_access_key(UserName="ann")
    error = aws.refused("DeleteConflict", iam.delete_user, UserName="ann")
    assert "must delete access keys first" in error["Message"]


@behaviour("iam/service-linked/create", f"{API}/API_CreateServiceLinkedRole.html")
def service_linked(aws):
    iam = aws.client("iam")
    made = iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")["Role"]
    assert made["RoleName"] == "AWSServiceRoleForAutoScaling"
    assert made["Path"] == "/aws-service-role/autoscaling.amazonaws.com/"


@behaviour(
    "iam/service-linked/exists",
    f"{API}/API_CreateServiceLinkedRole.html",
    moto="the code is EntityAlreadyExists",
)
def service_linked_exists(aws):
    iam = aws.client("iam")
    name = "autoscaling.amazonaws.com"
    iam.create_service_linked_role(AWSServiceName=name)
    error = aws.refused("InvalidInput", iam.create_service_linked_role, AWSServiceName=name)
    assert error["status"] == 400 and "has been taken in this account" in error["Message"]


@behaviour("iam/service-linked/not-deleted-directly", DELETE_ROLE, moto="it is accepted")
def service_linked_delete(aws):
    iam = aws.client("iam")
    iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    aws.refused("UnmodifiableEntity", iam.delete_role, RoleName="AWSServiceRoleForAutoScaling")
